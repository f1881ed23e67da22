import type { Direction } from "../../api/generated";
import { useAnnouncement } from "../../data/announce";
import { go } from "../../navigation";
import type { Radius } from "../../layout/radius";
import type { Detail, LaneBy, RadiusRoute, View } from "../../routes";
import { counted } from "../../words/counts";

const VIEWS: [View, string][] = [
  ["graph", "Graph"],
  ["table", "Table"],
  ["split", "Split"],
];

const DIRECTIONS: [Direction, string, string][] = [
  ["DEPENDENTS", "Dependents", "Everything that harm can reach"],
  ["DEPENDENCIES", "Dependencies", "Everything that it needs"],
];

type Props = { route: RadiusRoute; radius: Radius; view: View; filtersOpen: boolean; onFilters: () => void };

/** How the answer is shown. */
export function Toolbar({ route, radius, view, filtersOpen, onFilters }: Props) {
  const words = countWords(radius, view);
  useAnnouncement(words);
  return (
    <div class="toolbar" role="group" aria-label="Display">
      <button class="toggle" aria-pressed={filtersOpen} onClick={onFilters}>
        Filters
      </button>
      <div class="segmented" role="group" aria-label="Direction">
        {DIRECTIONS.map(([value, label, meaning]) => (
          <button key={value} aria-pressed={route.direction === value} title={meaning} onClick={() => go({ ...route, direction: value, selected: null })}>
            {label}
          </button>
        ))}
      </div>
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
              <option value="folded">Alike folded</option>
              <option value="all">All resources</option>
            </select>
          </label>
        </>
      )}
      <p class="toolbar-count muted">{words}</p>
    </div>
  );
}

function countWords({ answer, cards }: Radius, view: View): string {
  if (view === "table") return `${counted(answer.nodes.length, "resource")}${answer.truncated ? ` of ${answer.totalCount.toLocaleString("en")}` : ""}`;
  return `${counted(answer.totalCount, "resource")} in ${counted(Math.max(0, cards.length - answer.roots.length), "card")}`;
}
