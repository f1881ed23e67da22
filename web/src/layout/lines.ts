import { CARD, ROW_GAP, type Place } from "./lanes";

/** The SVG path of a link between two placed cards, from the edge of the nearer to the edge of the farther. */
export function linePath(near: Place, far: Place): string {
  const startX = near.x + CARD.width;
  const startY = near.y + CARD.height / 2;
  const endY = far.y + CARD.height / 2;
  if (near.column === far.column) {
    // Both sit in one column: a loop on its right-hand side.
    const bulge = startX + 26;
    return `M${startX} ${startY}C${bulge} ${startY} ${bulge} ${endY} ${startX} ${endY}`;
  }
  const endX = far.x - 5;
  if (far.column - near.column > 1) {
    // Past the columns between, in the gap above the far card's row: behind a card it would seem to be that card's own.
    const gap = far.y - ROW_GAP / 2;
    return `M${startX} ${startY}C${startX + 20} ${startY} ${startX + 14} ${gap} ${startX + 34} ${gap}H${endX - 26}C${endX - 10} ${gap} ${endX - 16} ${endY} ${endX} ${endY}`;
  }
  const bend = Math.max(24, Math.min(90, (endX - startX) / 2));
  return `M${startX} ${startY}C${startX + bend} ${startY} ${endX - bend} ${endY} ${endX} ${endY}`;
}
