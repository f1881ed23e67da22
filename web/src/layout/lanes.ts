import type { DrawnCard, DrawnLink } from "./types";

/** Sizes in CSS pixels at 100 % zoom. */
export const CARD = { width: 176, height: 40 };
/** Between two cards of a column. */
export const ROW_GAP = 8;
const ROW = CARD.height + ROW_GAP;
const LANE_TITLE = 28;
const LANE_END = 10;
const MARGIN = 20;
const COLUMN = { least: CARD.width + 38, most: CARD.width + 150 };

export type Place = { x: number; y: number; column: number; lane: number };
export type Lane = { key: string; label: string; y: number; height: number; resources: number };
export type Column = { distance: number; x: number; resources: number };

/** Where everything goes: columns by distance, lanes by whatever `laneOf` says. */
export type Lanes = {
  columns: Column[];
  lanes: Lane[];
  places: Map<string, Place>;
  width: number;
  height: number;
};

export type LaneOf = (card: DrawnCard) => { key: string; label: string };

/**
 * Places cards in columns by distance and in lanes, in time linear in cards and links but for sorting.
 * The root's lane comes first, then the lanes nearest to it, then the fuller ones; the lane with the empty key is last.
 */
export function placeInLanes(cards: DrawnCard[], links: DrawnLink[], laneOf: LaneOf, availableWidth: number): Lanes {
  const columns = columnsOf(cards, availableWidth);
  const columnAt = new Map(columns.map((column, index) => [column.distance, index]));
  const groups = groupByLane(cards, laneOf);
  const places = new Map<string, Place>();
  const lanes: Lane[] = [];

  let y = 0;
  for (const group of groups) {
    const rows = Math.max(...countPerDistance(group.cards).values());
    const height = LANE_TITLE + rows * ROW + LANE_END;
    lanes.push({ key: group.key, label: group.label, y, height, resources: sizeOf(group.cards) });
    y += height;
  }

  const nearOf = new Map<string, string[]>();
  for (const link of links) nearOf.set(link.far, [...(nearOf.get(link.far) ?? []), link.near]);
  for (const [index, column] of columns.entries()) {
    for (const [lane, group] of groups.entries()) {
      const inCell = group.cards.filter((card) => columnAt.get(card.distance) === index);
      const top = (lanes[lane]?.y ?? 0) + LANE_TITLE;
      for (const [row, card] of sortCell(inCell, nearOf, places).entries()) {
        places.set(card.id, { x: column.x, y: top + row * ROW, column: index, lane });
      }
    }
  }
  const last = columns.at(-1);
  const width = Math.max((last?.x ?? 0) + CARD.width + MARGIN, Math.floor(availableWidth));
  return { columns, lanes, places, width, height: y };
}

function columnsOf(cards: DrawnCard[], availableWidth: number): Column[] {
  const sizes = new Map<number, number>();
  for (const card of cards) sizes.set(card.distance, (sizes.get(card.distance) ?? 0) + card.members.length);
  const distances = [...sizes.keys()].toSorted((a, b) => a - b);
  const fair = (availableWidth - 2 * MARGIN + (COLUMN.least - CARD.width)) / Math.max(1, distances.length);
  const pitch = Math.floor(Math.min(COLUMN.most, Math.max(COLUMN.least, fair)));
  return distances.map((distance, index) => ({ distance, x: MARGIN + index * pitch, resources: sizes.get(distance) ?? 0 }));
}

type Group = { key: string; label: string; cards: DrawnCard[] };

function groupByLane(cards: DrawnCard[], laneOf: LaneOf): Group[] {
  const groups = new Map<string, Group>();
  for (const card of cards) {
    const { key, label } = laneOf(card);
    const group = groups.get(key);
    if (group) group.cards.push(card);
    else groups.set(key, { key, label, cards: [card] });
  }
  const nearest = (group: Group) => Math.min(...group.cards.map((card) => card.distance));
  return [...groups.values()].toSorted(
    (a, b) =>
      Number(nearest(a) !== 0) - Number(nearest(b) !== 0) ||
      Number(a.key === "") - Number(b.key === "") ||
      nearest(a) - nearest(b) ||
      b.cards.length - a.cards.length ||
      a.label.localeCompare(b.label, "en"),
  );
}

/** Orders a cell by the middle of what leads into each card, so that lines cross less. */
function sortCell(cards: DrawnCard[], nearOf: Map<string, string[]>, places: Map<string, Place>): DrawnCard[] {
  const middle = new Map<string, number>();
  for (const card of cards) {
    const rows = (nearOf.get(card.id) ?? []).map((near) => places.get(near)?.y).filter((row) => row !== undefined);
    middle.set(card.id, rows.length > 0 ? rows.reduce((sum, row) => sum + row, 0) / rows.length : 0);
  }
  return cards.toSorted((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0) || compareCards(a, b));
}

function compareCards(a: DrawnCard, b: DrawnCard): number {
  const [first, second] = [a.members[0]?.resource, b.members[0]?.resource];
  if (!first || !second) return 0;
  return first.kind.localeCompare(second.kind) || first.name.localeCompare(second.name, "en") || first.id.localeCompare(second.id);
}

function countPerDistance(cards: DrawnCard[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const card of cards) counts.set(card.distance, (counts.get(card.distance) ?? 0) + 1);
  return counts;
}

function sizeOf(cards: DrawnCard[]): number {
  return cards.reduce((sum, card) => sum + card.members.length, 0);
}
