import { KindChoices } from "../../components/choices";
import { OutcomeSign } from "../../components/outcome-sign";
import { go } from "../../navigation";
import type { Outcome } from "../../api/generated";
import { counted } from "../../words/counts";
import { HIT, OUTCOME, OUTCOMES } from "../../words/outcomes";
import { wasMatched } from "../../layout/assessment";
import { ChangeList } from "./change-list";
import { NotMatched } from "./not-matched";
import type { PartProps } from "./parts";
import { countOf, isFiltered, NO_FILTER, outcomesShown } from "./shown";

const SHOWN = 40;

/** What is shown of the answer, and the change as it was understood. */
export function Rail({ route, assessed, kept }: PartProps) {
  const chosen = outcomesShown(route);
  const { changes } = assessed;
  const matched = changes.filter(wasMatched);
  const { impacts } = assessed.judged;
  const kinds = [...new Set(impacts.map(({ resource }) => resource.kind))].map((key) => ({ key, count: impacts.filter(({ resource }) => resource.kind === key).length }));
  const farthest = Math.max(route.hops ?? 0, ...impacts.map(({ resource }) => assessed.reasonOf.get(resource.id)?.length ?? 0));
  return (
    <aside class="rail" aria-label="Changes and filters">
      <fieldset>
        <legend>Impact</legend>
        {OUTCOMES.map((outcome) => (
          <label key={outcome} class="check">
            <input type="checkbox" checked={chosen.includes(outcome)} onChange={() => go({ ...route, outcomes: usual(OUTCOMES.filter((one) => chosen.includes(one) !== (one === outcome))) })} />
            <OutcomeSign outcome={outcome} />
            <span class="check-words">
              {OUTCOME[outcome].word}
              <span class="hint">{OUTCOME[outcome].sentence}</span>
            </span>
            <span class="check-count">{countOf(assessed, outcome).toLocaleString("en")}</span>
          </label>
        ))}
      </fieldset>
      <KindChoices all={kinds} chosen={route.kinds} onChange={(chosenKinds) => go({ ...route, kinds: chosenKinds })} />
      {farthest > 1 && (
        <label class="pick">
          At most
          <select value={route.hops ?? ""} onChange={(event) => go({ ...route, hops: Number(event.currentTarget.value) || null })}>
            <option value="">any steps away</option>
            {Array.from({ length: farthest }, (_, index) => (
              <option key={index} value={index + 1}>
                {counted(index + 1, "step")} away
              </option>
            ))}
          </select>
        </label>
      )}
      {isFiltered(route) && (
        <button class="quiet" onClick={() => go({ ...route, ...NO_FILTER })}>
          Clear filters
        </button>
      )}
      <h2>
        Changes <span class="count">{changes.length.toLocaleString("en")}</span>
      </h2>
      <NotMatched changes={changes.filter((change) => !wasMatched(change))} route={route} kept={kept} />
      <ChangeList changes={matched.slice(0, SHOWN)} />
      {matched.length > SHOWN && <p class="muted small">and {matched.length - SHOWN} more: the report has them all</p>}
    </aside>
  );
}

/** Everything that is hit, and nothing, are both said by an empty list. */
function usual(chosen: Outcome[]): Outcome[] {
  return chosen.length === HIT.length && HIT.every((outcome) => chosen.includes(outcome)) ? [] : chosen;
}
