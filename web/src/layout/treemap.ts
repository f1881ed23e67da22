import type { Box } from "./estate";

export type Tile = {
  box: Box;
  depth: number;
  x: number;
  y: number;
  width: number;
  height: number;
  inside: Tile[];
};

const HEAD = 20;
const LEAST_FOR_HEAD = { width: 44, height: 40 };
const GAP = 2;
/** A little wider than high: names are. */
const RATIO = 1.4;

/** Where each box goes: area is the number of resources, and boxes lie within their groups. */
export function layTiles(boxes: Box[], width: number, height: number): Tile[] {
  if (width <= 0 || height <= 0) return [];
  return place(nodesOf(boxes), { x: 0, y: 0, width, height }, 0);
}

type Node = { box: Box; value: number; inside: Node[] };
type Area = { x: number; y: number; width: number; height: number };

function nodesOf(boxes: Box[]): Node[] {
  const nodes = boxes.map((box) => {
    const inside = nodesOf(insideOf(box));
    return { box, inside, value: inside.length > 0 ? sumOf(inside) : box.count };
  });
  // What is in none of the groups comes last, however much it is.
  return nodes.toSorted((a, b) => Number(a.box.key === "") - Number(b.box.key === "") || b.value - a.value);
}

function sumOf(nodes: Node[]): number {
  return nodes.reduce((sum, { value }) => sum + value, 0);
}

/** The tiles of an area whose edges they touch, with a gap between each two. */
function place(nodes: Node[], area: Area, depth: number): Tile[] {
  const gap = depth < 2 ? 2 * GAP : GAP;
  return squarify(nodes, shrunk(area, -gap / 2)).map(([{ box, inside }, room]) => {
    const own = shrunk(room, gap / 2);
    // Where there is no room for its name, what is inside would be dust: the group is one box then.
    const isOpen = inside.length > 0 && own.width >= LEAST_FOR_HEAD.width && own.height >= LEAST_FOR_HEAD.height;
    const within = { x: own.x + GAP, y: own.y + HEAD, width: own.width - 2 * GAP, height: own.height - HEAD - GAP };
    return { box, depth, ...own, inside: isOpen ? place(inside, within, depth + 1) : [] };
  });
}

function shrunk({ x, y, width, height }: Area, by: number): Area {
  // What is thinner than its gap is a line in the middle.
  const [across, down] = [Math.min(by, width / 2), Math.min(by, height / 2)];
  return { x: x + across, y: y + down, width: width - 2 * across, height: height - 2 * down };
}

/** Row after row along the shorter side, each as long as its boxes come nearer to the wanted shape by it (Bruls, Huizing, van Wijk: Squarified Treemaps). */
function squarify(nodes: Node[], area: Area): [Node, Area][] {
  const placed: [Node, Area][] = [];
  let { x, y, width, height } = area;
  let left = sumOf(nodes);
  for (let from = 0, to = 0; from < nodes.length; from = to) {
    const scale = Math.max(width / height, height / width) / (left * RATIO);
    let [row, worst, least, most] = [0, Infinity, Infinity, 0];
    for (; to < nodes.length; to++) {
      const value = nodes[to]?.value ?? 0;
      [least, most] = [Math.min(least, value), Math.max(most, value)];
      const square = (row + value) ** 2 * scale;
      const shape = Math.max(most / square, square / least);
      if (shape > worst) break;
      [row, worst] = [row + value, shape];
    }
    const isDown = width < height;
    const share = left > 0 ? row / left : 1;
    const room = isDown ? { x, y, width, height: height * share } : { x, y, width: width * share, height };
    for (const node of nodes.slice(from, to)) {
      const part = row > 0 ? node.value / row : 0;
      const [wide, high] = isDown ? [room.width * part, room.height] : [room.width, room.height * part];
      placed.push([node, { x, y, width: wide, height: high }]);
      if (isDown) x += wide;
      else y += high;
    }
    left -= row;
    ({ x, y, width, height } = isDown ? { x: room.x, y: room.y + room.height, width, height: height - room.height } : { x: room.x + room.width, y: room.y, width: width - room.width, height });
  }
  return placed;
}

/** A service is one box: its own colour says more than its types would. */
function insideOf(box: Box): Box[] {
  return box.by === "SERVICE" && !box.isRest ? [] : box.boxes;
}

/** The innermost box under a point. */
export function tileAt(tiles: Tile[], x: number, y: number): Tile | null {
  const hit = tiles.find((tile) => x >= tile.x && x < tile.x + tile.width && y >= tile.y && y < tile.y + tile.height);
  if (!hit) return null;
  return tileAt(hit.inside, x, y) ?? hit;
}

/** The tile of the box at a path, or of the one around it that is drawn as one. */
export function tileOf(tiles: Tile[], path: string[]): Tile | null {
  const tile = tiles.find(({ box }) => box.path.length <= path.length && box.path.every((key, index) => key === path[index]));
  if (!tile) return null;
  return tile.box.path.length === path.length ? tile : (tileOf(tile.inside, path) ?? tile);
}

/** The tiles with nothing drawn inside. */
export function leavesOf(tiles: Tile[]): Tile[] {
  return tiles.flatMap((tile) => (tile.inside.length === 0 ? [tile] : leavesOf(tile.inside)));
}
