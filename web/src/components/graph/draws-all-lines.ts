import type { DrawnCard } from "../../layout/types";

/** Beyond this many cards, lines from lane to lane would be a thicket: they are drawn for the selection only. */
const MOST = 60;

export function drawsAllLines(cards: DrawnCard[]): boolean {
  return cards.length <= MOST;
}
