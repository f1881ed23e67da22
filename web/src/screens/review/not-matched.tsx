import { useState } from "preact/hooks";
import { RequestError } from "../../api/client";
import type { Changed } from "../../api/generated";
import { Failure } from "../../components/states";
import { changeOf, keepReview } from "../../data/kept-reviews";
import { go } from "../../navigation";
import { reviewOf, type ReviewRoute } from "../../routes";
import { counted } from "../../words/counts";
import { ChangeList } from "./change-list";
import type { KeptFacts, PartProps } from "./parts";

/** Changes that were not judged. Whoever knows what one is about says it, and has the plan judged again. */
export function NotMatched({ changes, route, kept }: Pick<PartProps, "route" | "kept"> & { changes: Changed[] }) {
  return (
    <>
      <ChangeList changes={changes} unjudged naming={kept && route} />
      {kept && route.mapping.length > 0 && <AssessAgain route={route} kept={kept} />}
    </>
  );
}

function AssessAgain({ route: { mapping }, kept }: { route: ReviewRoute; kept: KeptFacts }) {
  const [judging, setJudging] = useState(false);
  const [failure, setFailure] = useState<RequestError | null>(null);
  const change = changeOf(kept.id);
  const again = async () => {
    // The plan is asked for once more where nobody keeps it.
    const form = reviewOf(null, { title: kept.title, mapping });
    if (!change) return go(form);
    setJudging(true);
    setFailure(null);
    try {
      go(reviewOf(await keepReview(kept.title, { ...change, mapping: [...(change.mapping ?? []), ...mapping] })));
    } catch (error) {
      setJudging(false);
      if (!(error instanceof RequestError)) return undefined;
      if (error.code === "NOT_FOUND") go(form);
      else setFailure(error);
    }
    return undefined;
  };
  return (
    <div class="assess-again">
      {failure && <Failure error={failure} retry={again} hasData={false} part />}
      <p class="small">
        {counted(mapping.length, "address is", "addresses are")} named by hand. {change ? "That makes a new review." : "The plan itself is not kept: a new review asks for it again."}
      </p>
      <button class="primary" disabled={judging} onClick={again}>
        {judging ? "Assessing…" : "Assess again"}
      </button>
    </div>
  );
}
