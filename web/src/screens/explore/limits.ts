import { shadeLimits } from "../../layout/shades";
import { leavesOf, type Tile } from "../../layout/treemap";

/** The limits of the shades, by the most that depend on any box that has a shade. */
export function limitsOf(tiles: Tile[]): number[] {
  return shadeLimits(leavesOf(tiles).reduce((most, { box }) => (box.isRest ? most : Math.max(most, box.dependents)), 0));
}
