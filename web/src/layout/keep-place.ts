import type { Place } from "./lanes";
import { CARD } from "./lanes";

/** What of a drawing is in its window, in CSS pixels of the scroller. */
export type Window = { left: number; top: number; width: number; height: number };

/**
 * By how much to scroll so that what somebody looks at stays where it is when the drawing changes:
 * the first of the wanted cards that was in the window, else the topmost card there that is still drawn.
 */
export function shiftToKeep(window: Window, before: Map<string, Place>, scaleBefore: number, after: Map<string, Place>, scale: number, wanted: (string | undefined)[]): { x: number; y: number } {
  const seen = (place: Place | undefined): place is Place =>
    place !== undefined &&
    (place.y + CARD.height) * scaleBefore > window.top &&
    place.y * scaleBefore < window.top + window.height &&
    (place.x + CARD.width) * scaleBefore > window.left &&
    place.x * scaleBefore < window.left + window.width;
  const inSight = [...before].filter(([id, place]) => after.has(id) && seen(place)).toSorted(([, a], [, b]) => a.y - b.y || a.x - b.x);
  const anchor = wanted.find((id) => id !== undefined && after.has(id) && seen(before.get(id))) ?? inSight[0]?.[0];
  const [old, young] = [before.get(anchor ?? ""), after.get(anchor ?? "")];
  return old && young ? { x: young.x * scale - old.x * scaleBefore, y: young.y * scale - old.y * scaleBefore } : { x: 0, y: 0 };
}
