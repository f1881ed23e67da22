import type { Outcome } from "../../api/generated";
import { ChangeSign, OutcomeSign } from "../../components/outcome-sign";
import { BlindSign } from "../../components/signs";
import { go } from "../../navigation";
import { HIT, OUTCOME } from "../../words/outcomes";
import type { PartProps } from "./parts";
import { countOf } from "./shown";

const SHOWN: Outcome[] = [...HIT, "UNAFFECTED"];

/** How much of what is hit how; each count shows only that. */
export function ImpactBar({ route, assessed, onSelect }: PartProps) {
  const { blindSpots } = assessed.judged;
  const counts = SHOWN.map((outcome) => ({ outcome, count: countOf(assessed, outcome) }));
  const only = route.outcomes.length === 1 ? route.outcomes[0] : null;
  const hit = counts.filter(({ outcome }) => outcome !== "UNAFFECTED").reduce((sum, { count }) => sum + count, 0);
  const showBlindSpots = () => {
    onSelect(null);
    requestAnimationFrame(() => document.getElementById("blind-spots")?.focus());
  };
  return (
    <div class="impact" role="group" aria-label="Impact: each count shows only what it counts">
      <div class="impact-bar" aria-hidden="true">
        {counts.map(({ outcome, count }) => count > 0 && (outcome !== "UNAFFECTED" || hit === 0) && <span key={outcome} class={`segment segment-${outcome.toLowerCase()}`} style={{ flexGrow: count }} />)}
      </div>
      <div class="impact-counts">
        <span class="impact-count is-fixed">
          <span class="impact-figure">
            <ChangeSign />
            {assessed.changes.length.toLocaleString("en")}
          </span>
          changes
        </span>
        {counts.map(({ outcome, count }) => (
          <button
            key={outcome}
            class={`impact-count outcome-${outcome.toLowerCase()}`}
            aria-pressed={only === outcome}
            disabled={count === 0 && only !== outcome}
            title={OUTCOME[outcome].sentence}
            onClick={() => go({ ...route, outcomes: only === outcome ? [] : [outcome] })}
          >
            <span class="impact-figure">
              <OutcomeSign outcome={outcome} />
              {count.toLocaleString("en")}
            </span>
            {OUTCOME[outcome].word}
          </button>
        ))}
        <button class="impact-count" disabled={blindSpots.length === 0} title="Calls that failed and could hide more" onClick={showBlindSpots}>
          <span class="impact-figure">
            <BlindSign />
            {blindSpots.length}
          </span>
          {blindSpots.length === 1 ? "blind spot" : "blind spots"}
        </button>
      </div>
    </div>
  );
}
