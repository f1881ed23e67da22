import type { Box } from "../../layout/estate";
import { shadeLimits } from "../../layout/shades";
import { leavesOf, type Tile } from "../../layout/treemap";
import type { ColourBy } from "../../routes";

/** The limits of the shades, by the largest figure of any box that has one. */
export function limitsOf(tiles: Tile[], colour: ColourBy): number[] {
  return shadeLimits(leavesOf(tiles).reduce((most, { box }) => Math.max(most, figureOf(box, colour) ?? 0), 0));
}

/** What a box's shade stands for; null where it has none. */
export function figureOf(box: Box, colour: ColourBy): number | null {
  if (colour === "changes") return box.changed;
  return box.isRest ? null : box.dependents;
}

export function figureWords(box: Box, colour: ColourBy): string {
  return colour === "changes" ? `${(box.changed ?? 0).toLocaleString("en")} changed` : `${box.dependents.toLocaleString("en")} depend`;
}
