import { ChangeSign, OutcomeTag } from "../../components/outcome-sign";
import { BlindSign } from "../../components/signs";
import type { ReviewCards } from "../../layout/review-cards";
import { OUTCOMES } from "../../words/outcomes";
import { BadgeMeans, LineMeans } from "../../components/graph/legend-parts";
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
      <LineMeans>observed</LineMeans>
      <LineMeans of="is-inferred">inferred</LineMeans>
      <BadgeMeans>folded</BadgeMeans>
      {!drawsAllLines(drawing.cards) && <span class="legend-item muted">lines between lanes: select a card</span>}
    </div>
  );
}
