import { DrawingPickers, ViewSwitch } from "../../components/graph/display";
import { go } from "../../navigation";
import { formatRoute, type View } from "../../routes";
import { counted } from "../../words/counts";
import type { PartProps } from "./parts";
import { filterWords, isFiltered, NO_FILTER } from "./shown";

type Props = PartProps & { view: View; filtersOpen: boolean; onFilters: () => void };

/** How the answer is shown. */
export function ReviewToolbar({ route, assessed, impacts, drawing, view, filtersOpen, onFilters }: Props) {
  const hidden = assessed.judged.impacts.length - impacts.length;
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
            only {filterWords(route)} · {hidden > 0 && `${hidden.toLocaleString("en")} hidden · `}
            <a href={formatRoute({ ...route, ...NO_FILTER })}>clear</a> ·{" "}
          </>
        )}
        {counted(drawing.cardOf.size, "resource")} in {counted(drawing.cards.length, "card")}
      </p>
    </div>
  );
}
