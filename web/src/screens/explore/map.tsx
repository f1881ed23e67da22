import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { samePath, type Box } from "../../layout/estate";
import { layTiles, tileAt, tileOf, type Tile } from "../../layout/treemap";
import { go } from "../../navigation";
import type { ExploreRoute } from "../../routes";
import { useBoxLinks } from "./box-links";
import { Legend } from "./legend";
import { limitsOf } from "./limits";
import { drawMarks, drawTiles, fitCanvas } from "./map-draw";
import { readLook, useLookVersion } from "./map-look";
import { MapTree } from "./map-tree";
import { Selected } from "./selected";
import type { Since } from "./since";

/** The width of the panel with its margin. */
const PANEL = 356;

type Props = { route: ExploreRoute; boxes: Box[]; selected: Box | null; since: Since };

/** The estate as nested boxes, drawn, under a tree of the same for the keyboard and for screen readers. */
export function EstateMap({ route, boxes, selected, since }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const ground = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const lookVersion = useLookVersion();
  const tiles = useMemo(() => layTiles(boxes, size.width, size.height), [boxes, size]);
  const limits = useMemo(() => limitsOf(tiles, route.colour), [tiles, route.colour]);
  const [hovered, setHovered] = useState<{ tile: Tile; x: number; y: number } | null>(null);
  const [focused, setFocused] = useState<Box | null>(null);
  useEffect(() => setHovered(null), [tiles]);
  const linked = useBoxLinks(route, selected, tiles);

  useLayoutEffect(() => {
    const context = fitCanvas(ground.current, size);
    if (context && frame.current) drawTiles(context, size, tiles, readLook(frame.current), route.colour, limits);
  }, [tiles, size, route.colour, limits, lookVersion]);
  useLayoutEffect(() => {
    const context = fitCanvas(marks.current, size);
    if (!context || !frame.current) return;
    const find = (box: Box | null) => box && tileOf(tiles, box.path);
    drawMarks(context, size, readLook(frame.current), { selected: find(selected), focused: find(focused), hovered, colour: route.colour, linked: linked?.boxes ?? [] });
  }, [tiles, size, selected, focused, hovered, linked, route.colour, lookVersion]);

  const under = (event: MouseEvent) => {
    const bounds = frame.current?.getBoundingClientRect();
    if (!bounds) return null;
    const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
    const tile = tileAt(tiles, x, y);
    return tile && { tile, x, y };
  };
  const open = (box: Box) => go({ ...route, path: box.path, selected: [], sort: "" });
  const select = (box: Box) => {
    const isSelected = selected !== null && samePath(selected.path, box.path);
    go({ ...route, selected: isSelected ? [] : box.path }, { replace: true });
  };
  const pointer = {
    onMouseMove: (event: MouseEvent) => setHovered(under(event)),
    onMouseLeave: () => setHovered(null),
    onClick: (event: MouseEvent) => {
      const hit = under(event);
      // The second click of two opens: the selection of the first one stays out of the way.
      if (hit && event.detail < 2) select(hit.tile.box);
    },
    onDblClick: (event: MouseEvent) => {
      const hit = under(event);
      if (hit) open(hit.tile.box);
    },
  };
  return (
    <>
      <div ref={frame} class="map">
        <canvas ref={ground} aria-hidden="true" />
        <canvas ref={marks} aria-hidden="true" />
        <MapTree route={route} boxes={boxes} selected={selected} onFocus={setFocused} onOpen={open} onSelect={select} pointer={pointer} />
        {selected && <Selected route={route} box={selected} linked={linked} side={sideFor(tileOf(tiles, selected.path), size.width)} />}
      </div>
      <Legend route={route} limits={limits} since={since} hasLines={linked !== null && linked.boxes.length > 0} />
    </>
  );
}

/** The panel lies over the map, so that the box under the pointer stays there for a second click; and not over its own box. */
function sideFor(tile: Tile | null, width: number): "left" | "right" {
  return tile !== null && tile.x + tile.width / 2 > width - PANEL && tile.x > PANEL ? "left" : "right";
}

function useSize(frame: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const measure = () => setSize((last) => (last.width === element.clientWidth && last.height === element.clientHeight ? last : { width: element.clientWidth, height: element.clientHeight }));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return size;
}
