import type { Detail, LaneBy, View } from "../../routes";

const VIEWS: [View, string][] = [
  ["graph", "Graph"],
  ["table", "Table"],
  ["split", "Split"],
];

/** The drawing, the same as a table, or both. */
export function ViewSwitch({ view, onView }: { view: View; onView: (view: View) => void }) {
  return (
    <div class="segmented" role="group" aria-label="View">
      {VIEWS.map(([value, label]) => (
        <button key={value} aria-pressed={view === value} onClick={() => onView(value)}>
          {label}
        </button>
      ))}
    </div>
  );
}

type DrawingProps = { lanes: LaneBy; detail: Detail; folded: string; onLanes: (lanes: LaneBy) => void; onDetail: (detail: Detail) => void };

/** By what cards lie in lanes, and whether they stand for several; `folded` says what is one then. */
export function DrawingPickers({ lanes, detail, folded, onLanes, onDetail }: DrawingProps) {
  return (
    <>
      <label class="pick">
        Lanes
        <select value={lanes} onChange={(event) => onLanes(event.currentTarget.value as LaneBy)}>
          <option value="owner">Team</option>
          <option value="account">Account</option>
          <option value="region">Region</option>
          <option value="cluster">Cluster</option>
          <option value="none">None</option>
        </select>
      </label>
      <label class="pick">
        Detail
        <select value={detail} onChange={(event) => onDetail(event.currentTarget.value as Detail)}>
          <option value="folded">{folded}</option>
          <option value="all">All resources</option>
        </select>
      </label>
    </>
  );
}
