import { hierarchy, treemap, treemapSquarify, type HierarchyRectangularNode } from "d3-hierarchy";
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
  if (boxes.length === 0 || width <= 0 || height <= 0) return [];
  type Node = { box: Box | null; nodes: Box[] };
  const root = hierarchy<Node>({ box: null, nodes: boxes }, ({ nodes }) => nodes.map((box) => ({ box, nodes: insideOf(box) })))
    .sum(({ box, nodes }) => (box && nodes.length === 0 ? box.count : 0))
    // What is in none of the groups comes last, however much it is. A hierarchy has no copying sort.
    // oxlint-disable-next-line unicorn/no-array-sort
    .sort((a, b) => Number(a.data.box?.key === "") - Number(b.data.box?.key === "") || (b.value ?? 0) - (a.value ?? 0));
  const laid = treemap<Node>()
    .tile(treemapSquarify.ratio(RATIO))
    .size([width, height])
    .paddingInner((node) => (node.depth < 2 ? 2 * GAP : GAP))
    .paddingOuter((node) => (node.depth === 0 ? 0 : GAP))
    .paddingTop((node) => (node.depth === 0 ? 0 : headOf(node as HierarchyRectangularNode<Node>)))(root);

  const read = (node: HierarchyRectangularNode<Node>, box: Box): Tile => {
    // Where there is no room for its name, what is inside would be dust: the group is one box then.
    const isOpen = node.children !== undefined && headOf(node) === HEAD;
    return { box, depth: node.depth - 1, x: node.x0, y: node.y0, width: node.x1 - node.x0, height: node.y1 - node.y0, inside: isOpen ? tilesIn(node) : [] };
  };
  const tilesIn = (node: HierarchyRectangularNode<Node>): Tile[] => (node.children ?? []).flatMap((child) => (child.data.box ? [read(child, child.data.box)] : []));
  return tilesIn(laid);
}

/** A service is one box: its own colour says more than its types would. */
function insideOf(box: Box): Box[] {
  return box.by === "SERVICE" && !box.isRest ? [] : box.boxes;
}

function headOf(node: { x0: number; x1: number; y0: number; y1: number }): number {
  return node.x1 - node.x0 >= LEAST_FOR_HEAD.width && node.y1 - node.y0 >= LEAST_FOR_HEAD.height ? HEAD : GAP;
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
