import { ChangeSign, OutcomeTag } from "../../components/outcome-sign";
import { BlindSign } from "../../components/signs";
import type { ReviewCards } from "../../layout/review-cards";
import { OUTCOMES } from "../../words/outcomes";
import { drawsAllLines } from "../../components/graph/draws-all-lines";

/** Always there, so that nobody has to remember a sign. */
export function ReviewLegend({ drawing }: { drawing: ReviewCards }) {
  return (
    <div class="legend" role="group" aria-label="Legend">
      <span class="legend-item">
        <ChangeSign /> changed
      </span>
      {OUTCOMES.map((outcome) => (
        <span key={outcome} class="legend-item">
          <OutcomeTag outcome={outcome} />
        </span>
      ))}
      <span class="legend-item presence-unreadable">
        <BlindSign /> blind spot
      </span>
      <span class="legend-item">
        <svg width="34" height="8" aria-hidden="true">
          <path d="M0 4h34" class="line" />
        </svg>
        observed
      </span>
      <span class="legend-item">
        <svg width="34" height="8" aria-hidden="true">
          <path d="M0 4h34" class="line is-inferred" />
        </svg>
        inferred
      </span>
      <span class="legend-item">
        <span class="badge" aria-hidden="true">
          3
        </span>
        folded
      </span>
      {!drawsAllLines(drawing.cards) && <span class="legend-item muted">lines between lanes: select a card</span>}
    </div>
  );
}
