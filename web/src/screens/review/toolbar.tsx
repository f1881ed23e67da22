import { DrawingPickers, ViewSwitch } from "../../components/graph/display";
import { NO_OWNER } from "../../components/resource-line";
import type { ReviewCards } from "../../layout/review-cards";
import { go } from "../../navigation";
import { formatRoute, type ReviewRoute, type View } from "../../routes";
import { counted, joined } from "../../words/counts";
import { OUTCOME } from "../../words/outcomes";
import { isFiltered } from "./shown";

type Props = { route: ReviewRoute; drawing: ReviewCards; view: View; filtersOpen: boolean; onFilters: () => void };

/** How the answer is shown. */
export function ReviewToolbar({ route, drawing, view, filtersOpen, onFilters }: Props) {
  return (
    <div class="toolbar" role="group" aria-label="Display">
      {!route.presenting && (
        <button class="toggle" aria-pressed={filtersOpen} onClick={onFilters}>
          Changes and filters
        </button>
      )}
      <ViewSwitch view={view} onView={(value) => go({ ...route, view: value })} />
      {view !== "table" && (
        <DrawingPickers lanes={route.lanes} detail={route.detail} folded="Workloads" onLanes={(lanes) => go({ ...route, lanes })} onDetail={(detail) => go({ ...route, detail })} />
      )}
      <button class="toggle" aria-pressed={route.presenting} title="Larger type, for a room (P)" onClick={() => go({ ...route, presenting: !route.presenting })}>
        Present
      </button>
      <p class="toolbar-count muted">
        {isFiltered(route) && (
          <>
            only {filterWords(route)} · <a href={formatRoute({ ...route, outcomes: [], team: null })}>clear</a> ·{" "}
          </>
        )}
        {counted(drawing.cardOf.size, "resource")} in {counted(drawing.cards.length, "card")}
      </p>
    </div>
  );
}

function filterWords({ outcomes, team }: ReviewRoute): string {
  const words = outcomes.length > 0 ? [joined(outcomes.map((outcome) => OUTCOME[outcome].word))] : [];
  if (team !== null) words.push(team === "" ? NO_OWNER.toLowerCase() : `team ${team}`);
  return words.join(", ");
}
