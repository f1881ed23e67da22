import { wasMatched, type Assessed } from "../../layout/assessment";
import { counted } from "../../words/counts";

export type Stage = { name: string; words: string; state: "done" | "busy" | "waiting" };

/** How a change becomes an answer, step by step, with what each has counted. */
export function Stages({ stages }: { stages: Stage[] }) {
  return (
    <ol class="stages">
      {stages.map(({ name, words, state }) => (
        <li key={name} class={`stage-${state}`} aria-current={state === "busy" ? "step" : undefined}>
          <span class="stage-mark" aria-hidden="true">
            {state === "done" ? "✓" : state === "busy" ? "…" : ""}
          </span>
          <span class="stage-name">{name}</span>
          <span class="muted">{words}</span>
        </li>
      ))}
    </ol>
  );
}

/** What the stages counted on the way to an answer. */
export function stagesOf({ judged }: Assessed): Stage[] {
  const { changes, notJudged, impacts, blastRadius } = judged;
  const matched = changes.filter(wasMatched).length;
  return [
    { name: "Read", words: counted(changes.length, "change"), state: "done" },
    { name: "Match", words: `${matched} found or new${notJudged.length > 0 ? `, ${notJudged.length} not judged` : ""}`, state: "done" },
    { name: "Walk", words: `${counted(blastRadius.totalCount, "resource")} reached of ${judged.snapshot.resources.toLocaleString("en")}`, state: "done" },
    { name: "Grade", words: `${impacts.length} hit`, state: "done" },
  ];
}
