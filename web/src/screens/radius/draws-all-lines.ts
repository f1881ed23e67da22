import type { Radius } from "../../layout/radius";

/** Beyond this many cards, lines from lane to lane would be a thicket: they are drawn for the selection only. */
const MOST = 60;

export function drawsAllLines(radius: Radius): boolean {
  return radius.cards.length <= MOST;
}
