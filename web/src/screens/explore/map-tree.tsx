import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { HTMLAttributes } from "preact";
import { samePath, type Box } from "../../layout/estate";
import type { ExploreRoute } from "../../routes";
import { counted } from "../../words/counts";
import { groupName, groupWords } from "../../words/groups";
import { figureWords } from "./limits";

type Props = {
  route: ExploreRoute;
  boxes: Box[];
  selected: Box | null;
  /** The box that the keyboard is on; null while the keyboard is elsewhere. */
  onFocus: (box: Box | null) => void;
  onOpen: (box: Box) => void;
  onSelect: (box: Box) => void;
  /** The tree lies over the drawing: the pointer reaches both here. */
  pointer: Pick<HTMLAttributes<HTMLDivElement>, "onMouseMove" | "onMouseLeave" | "onClick" | "onDblClick">;
};

type Row = { box: Box; level: number; position: number; of: number };

/** The boxes of the map as an ARIA tree: one stop for the keyboard, its rows for screen readers alone. */
export function MapTree({ route, boxes, selected, onFocus, onOpen, onSelect, pointer }: Props) {
  const tree = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const [hasFocus, setHasFocus] = useState(false);
  const rows = rowsOf(boxes, unfolded);
  const place = route.path.join("\n");
  const at = Math.max(0, rows.findIndex(({ box }) => idOf(box) === current));
  const row = rows[at];
  const focused = hasFocus && row ? row.box : null;
  useEffect(() => onFocus(focused), [focused, onFocus]);

  // Another group was opened: its boxes are others, and whoever was in the map still is.
  useEffect(() => {
    setCurrent(null);
    setUnfolded(new Set());
    if (isInMap.peek()) tree.current?.focus();
  }, [place]);

  const fold = (box: Box, open: boolean) => {
    const next = new Set(unfolded);
    if (open) next.add(idOf(box));
    else next.delete(idOf(box));
    setUnfolded(next);
  };
  const moveTo = (target: Row | undefined) => {
    if (target) setCurrent(idOf(target.box));
  };
  const keys: Record<string, (box: Box) => void> = {
    ArrowDown: () => moveTo(rows[at + 1]),
    ArrowUp: () => moveTo(rows[at - 1]),
    Home: () => moveTo(rows[0]),
    End: () => moveTo(rows.at(-1)),
    ArrowRight: (box) => {
      if (box.boxes.length === 0) return;
      if (unfolded.has(idOf(box))) moveTo(rows[at + 1]);
      else fold(box, true);
    },
    ArrowLeft: (box) => {
      if (unfolded.has(idOf(box))) fold(box, false);
      else moveTo(rows.slice(0, at).findLast(({ level }) => level < (row?.level ?? 0)));
    },
    Enter: (box) => {
      isInMap.value = true;
      onOpen(box);
    },
    " ": onSelect,
  };
  return (
    <div
      {...pointer}
      ref={tree}
      class="map-tree"
      role="tree"
      tabIndex={0}
      aria-label={`Estate by ${groupWords(boxes[0]?.by ?? route.groupBy).one}`}
      aria-activedescendant={row && `box-${at}`}
      onFocus={() => {
        isInMap.value = true;
        setHasFocus(true);
      }}
      onBlur={(event) => {
        // What is taken off the page while it loads has lost the focus to nothing, and gets it back.
        if (event.relatedTarget) isInMap.value = false;
        setHasFocus(false);
      }}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || !row || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        act(row.box);
      }}
    >
      {rows.map(({ box, level, position, of }, index) => (
        <div
          key={idOf(box)}
          id={`box-${index}`}
          class="visually-hidden"
          role="treeitem"
          aria-level={level}
          aria-posinset={position}
          aria-setsize={of}
          aria-expanded={box.boxes.length > 0 ? unfolded.has(idOf(box)) : undefined}
          aria-selected={selected !== null && samePath(selected.path, box.path)}
        >
          {groupName(box.by, box)}, {counted(box.count, "resource")}, {counted(box.dependents, "dependent")}
          {route.colour === "changes" && box.changed !== null && `, ${figureWords(box, route.colour)}`}
          {box.blindSpots > 0 && `, ${counted(box.blindSpots, "blind spot")}`}
        </div>
      ))}
    </div>
  );
}

/** The map is built anew for a group that was not answered yet; the focus then comes back to it. */
const isInMap = signal(false);

function rowsOf(boxes: Box[], unfolded: ReadonlySet<string>, level = 1): Row[] {
  return boxes.flatMap((box, index) => [
    { box, level, position: index + 1, of: boxes.length },
    ...(unfolded.has(idOf(box)) ? rowsOf(box.boxes, unfolded, level + 1) : []),
  ]);
}

function idOf(box: Box): string {
  return box.path.join("\n");
}
