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
      <svg class="impact-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        {segments(counts.filter(({ outcome, count }) => count > 0 && (outcome !== "UNAFFECTED" || hit === 0))).map(({ outcome, x, width }) => (
          <rect key={outcome} class={`segment segment-${outcome.toLowerCase()}`} x={x} y="0" width={width} height="4" />
        ))}
      </svg>
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

/** From 0 to 100, with a hair between two, and none too thin to be seen. */
function segments(counts: { outcome: Outcome; count: number }[]): { outcome: Outcome; x: number; width: number }[] {
  const LEAST = 2;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const widths = counts.map(({ count }) => Math.max(LEAST, (count / total) * 100));
  const scale = 100 / widths.reduce((sum, width) => sum + width, 0);
  let x = 0;
  return counts.map(({ outcome }, index) => {
    const width = (widths[index] ?? 0) * scale;
    const segment = { outcome, x, width: Math.max(0.5, width - 0.4) };
    x += width;
    return segment;
  });
}
