import type { Place } from "./lanes";
import type { DrawnLink } from "./types";

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End";

/**
 * The card that an arrow key goes to: left and right along a link, up and down within a column.
 * Null where there is nothing that way.
 */
export function moveFrom(current: string, arrow: Arrow, places: Map<string, Place>, links: DrawnLink[]): string | null {
  const here = places.get(current);
  if (!here) return null;
  const ordered = [...places].toSorted(([, a], [, b]) => a.column - b.column || a.y - b.y);
  switch (arrow) {
    case "Home":
      return ordered.at(0)?.[0] ?? null;
    case "End":
      return ordered.at(-1)?.[0] ?? null;
    case "ArrowUp":
      return ordered.findLast(([, place]) => place.column === here.column && place.y < here.y)?.[0] ?? null;
    case "ArrowDown":
      return ordered.find(([, place]) => place.column === here.column && place.y > here.y)?.[0] ?? null;
    case "ArrowLeft":
      return closest(linked(current, "near", links), here, places, -1);
    case "ArrowRight":
      return closest(linked(current, "far", links), here, places, 1);
  }
}

function linked(id: string, end: "near" | "far", links: DrawnLink[]): string[] {
  const other = end === "near" ? "far" : "near";
  return links.filter((link) => link[other] === id).map((link) => link[end]);
}

/** Of the linked cards on the given side, the one nearest in columns, then in height. */
function closest(ids: string[], here: Place, places: Map<string, Place>, side: -1 | 1): string | null {
  let best: { id: string; cost: number } | null = null;
  for (const id of ids) {
    const place = places.get(id);
    if (!place || Math.sign(place.column - here.column) !== side) continue;
    const cost = Math.abs(place.column - here.column) * 100_000 + Math.abs(place.y - here.y);
    if (!best || cost < best.cost) best = { id, cost };
  }
  return best?.id ?? null;
}
