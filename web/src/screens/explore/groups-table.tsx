import { useState } from "preact/hooks";
import { DataTable, inOrder, type Column } from "../../components/data-table";
import { BlindSign, KindCode } from "../../components/signs";
import { everyBox, type Box } from "../../layout/estate";
import { go } from "../../navigation";
import { formatRoute, type ExploreRoute } from "../../routes";
import { counted } from "../../words/counts";
import { groupName, groupWords, levelsOf } from "../../words/groups";

/** The boxes of the map as rows, each opening onto those inside of it. */
export function GroupsTable({ route, boxes }: { route: ExploreRoute; boxes: Box[] }) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const toggle = (box: Box) => {
    const next = new Set(unfolded);
    if (!next.delete(idOf(box))) next.add(idOf(box));
    setUnfolded(next);
  };
  const columns = columnsOf(route, boxes, unfolded, toggle);
  const sort = route.sort || "-count";
  const rowsOf = (level: Box[], isShown: (box: Box) => boolean): Box[] =>
    inOrder(level, columns, sort, (box) => box.key !== "").flatMap((box) => [box, ...(isShown(box) ? rowsOf(box.boxes, isShown) : [])]);
  const resources = boxes.reduce((sum, box) => sum + box.count, 0);
  const levels = levelsOf(route.groupBy);
  return (
    <DataTable
      label="Estate"
      class="stage-table"
      caption={`${counted(resources, "resource")} in ${counted(boxes.length, "group")}`}
      rows={rowsOf(boxes, (box) => unfolded.has(idOf(box)))}
      columns={columns}
      keyOf={idOf}
      sort={sort}
      onSort={(by) => go({ ...route, view: "table", sort: by }, { replace: true })}
      inOrder
      file={`estate-by-${levels.slice(0, 2).join("-").toLowerCase()}`}
      fileRows={() => Promise.resolve(rowsOf(boxes, () => true))}
    />
  );
}

function columnsOf(route: ExploreRoute, boxes: Box[], unfolded: ReadonlySet<string>, toggle: (box: Box) => void): Column<Box>[] {
  const outermost = boxes[0]?.path.length ?? 1;
  const most = everyBox(boxes).reduce((last, box) => Math.max(last, box.dependents), 1);
  const names = namesOf(boxes);
  return [
    {
      id: "name",
      label: groupWords(boxes[0]?.by ?? route.groupBy).one,
      value: (box) => groupName(box.by, box),
      isHead: true,
      cell: (box) => {
        const name = groupName(box.by, box);
        const depth = box.path.length - outermost;
        return (
          <span class={`group-name in-${Math.min(depth, 4)}`}>
            {box.boxes.length > 0 ? (
              <button class="fold-button" aria-expanded={unfolded.has(idOf(box))} aria-label={`What is in ${name}`} onClick={() => toggle(box)}>
                <span aria-hidden="true">{unfolded.has(idOf(box)) ? "▾" : "▸"}</span>
              </button>
            ) : (
              <span class="fold-space" />
            )}
            {box.by === "KIND" && <KindCode kind={box.key} />}
            <a href={formatRoute({ ...route, path: box.path, selected: [], sort: "" })}>{name}</a>
            {depth > 0 && <span class="chip">{groupWords(box.by).one}</span>}
          </span>
        );
      },
    },
    { id: "within", label: "Within", value: (box) => names.get(idOf(box)) ?? "", only: "file" },
    { id: "key", label: "Id", value: (box) => box.key, only: "file" },
    { id: "count", label: "Resources", value: (box) => box.count, isNumber: true },
    {
      id: "dependents",
      label: "Others that depend on them",
      value: (box) => box.dependents,
      isNumber: true,
      isWide: true,
      cell: (box) => (
        <span class="measure">
          <meter min={0} max={most} value={Math.min(most, box.dependents)} aria-hidden="true" />
          {box.dependents.toLocaleString("en")}
        </span>
      ),
    },
    ...(route.colour === "changes" ? [{ id: "changed", label: "Came or changed", value: (box: Box) => box.changed, isNumber: true }] : []),
    {
      id: "blindSpots",
      label: "Blind spots",
      value: (box) => box.blindSpots,
      isNumber: true,
      cell: (box) =>
        box.blindSpots > 0 ? (
          <a class="presence presence-unreadable" href="/coverage">
            <BlindSign />
            {box.blindSpots.toLocaleString("en")}
            <span class="cell-words"> {box.blindSpots === 1 ? "blind spot" : "blind spots"}</span>
          </a>
        ) : (
          <span class="muted">none</span>
        ),
    },
  ];
}

function idOf(box: Box): string {
  return box.path.join("\n");
}

/** For each box the names of those around it. */
function namesOf(boxes: Box[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const box of everyBox(boxes)) {
    const own = [names.get(idOf(box)), groupName(box.by, box)].filter(Boolean).join(" › ");
    for (const inner of box.boxes) names.set(idOf(inner), own);
  }
  return names;
}
