import type { GroupBy } from "../../api/generated";
import { go } from "../../navigation";
import { GROUPINGS, type ColourBy, type ExploreRoute } from "../../routes";
import { levelsInWords } from "../../words/groups";
import type { Since } from "./since";

type Props = {
  route: ExploreRoute;
  /** Null where resources are listed. */
  view: "map" | "table" | null;
  since: Since;
  filtersOpen: boolean;
  onFilters: () => void;
};

/** How the estate is shown. */
export function Toolbar({ route, view, since, filtersOpen, onFilters }: Props) {
  return (
    <div class="toolbar" role="group" aria-label="Display">
      <button class="toggle" aria-pressed={filtersOpen} onClick={onFilters}>
        Filters
      </button>
      {view && (
        <div class="segmented" role="group" aria-label="View">
          <button aria-pressed={view === "map"} onClick={() => go({ ...route, view: "map", sort: "" })}>
            Map
          </button>
          <button aria-pressed={view === "table"} onClick={() => go({ ...route, view: "table", selected: [] })}>
            Table
          </button>
        </div>
      )}
      <label class="pick">
        Group
        <select
          value={route.groupBy}
          onChange={(event) => go({ ...route, groupBy: event.currentTarget.value as GroupBy, tag: "", path: [], selected: [] })}
        >
          {GROUPINGS.map((by) => (
            <option key={by} value={by}>
              {levelsInWords(by, by === "TAG" ? route.tag : "")}
            </option>
          ))}
        </select>
      </label>
      {route.groupBy === "TAG" && route.tag !== "" && (
        <button onClick={() => go({ ...route, tag: "", path: [], selected: [] })}>Another tag</button>
      )}
      {view === "map" && (
        <label class="pick">
          Colour
          <select value={route.colour} onChange={(event) => go({ ...route, colour: event.currentTarget.value as ColourBy }, { replace: true })}>
            <option value="dependents">Dependents</option>
            <option value="coverage">Coverage</option>
            <option value="changes" disabled={since.kept !== null && since.kept < 2}>
              Changed in 7 days{since.kept !== null && since.kept < 2 && " (from the second snapshot on)"}
            </option>
          </select>
        </label>
      )}
    </div>
  );
}
