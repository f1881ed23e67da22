import type { Direction } from "../../api/generated";
import { DrawingPickers, ViewSwitch } from "../../components/graph/display";
import { useAnnouncement } from "../../data/announce";
import { go } from "../../navigation";
import type { Radius } from "../../layout/radius";
import type { RadiusRoute, View } from "../../routes";
import { counted } from "../../words/counts";

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
      <ViewSwitch view={view} onView={(value) => go({ ...route, view: value })} />
      {view !== "table" && (
        <DrawingPickers lanes={route.lanes} detail={route.detail} folded="Alike folded" onLanes={(lanes) => go({ ...route, lanes })} onDetail={(detail) => go({ ...route, detail })} />
      )}
      <p class="toolbar-count muted">{words}</p>
    </div>
  );
}

function countWords({ answer, cards }: Radius, view: View): string {
  if (view === "table") return `${counted(answer.nodes.length, "resource")}${answer.truncated ? ` of ${answer.totalCount.toLocaleString("en")}` : ""}`;
  return `${counted(answer.totalCount, "resource")} in ${counted(Math.max(0, cards.length - answer.roots.length), "card")}`;
}
