import { NO_OWNER } from "../../components/resource-line";
import type { ReviewCards } from "../../layout/review-cards";
import { go } from "../../navigation";
import { formatRoute, type Detail, type LaneBy, type ReviewRoute, type View } from "../../routes";
import { counted, joined } from "../../words/counts";
import { OUTCOME } from "../../words/outcomes";
import { isFiltered } from "./shown";

const VIEWS: [View, string][] = [
  ["graph", "Graph"],
  ["table", "Table"],
  ["split", "Split"],
];

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
      <div class="segmented" role="group" aria-label="View">
        {VIEWS.map(([value, label]) => (
          <button key={value} aria-pressed={view === value} onClick={() => go({ ...route, view: value })}>
            {label}
          </button>
        ))}
      </div>
      {view !== "table" && (
        <>
          <label class="pick">
            Lanes
            <select value={route.lanes} onChange={(event) => go({ ...route, lanes: event.currentTarget.value as LaneBy })}>
              <option value="owner">Team</option>
              <option value="account">Account</option>
              <option value="region">Region</option>
              <option value="cluster">Cluster</option>
              <option value="none">None</option>
            </select>
          </label>
          <label class="pick">
            Detail
            <select value={route.detail} onChange={(event) => go({ ...route, detail: event.currentTarget.value as Detail })}>
              <option value="folded">Workloads</option>
              <option value="all">All resources</option>
            </select>
          </label>
        </>
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
