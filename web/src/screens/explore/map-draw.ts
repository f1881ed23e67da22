import type { Tile } from "../../layout/treemap";
import { shadeOf } from "../../layout/shades";
import type { ColourBy } from "../../routes";
import { counted } from "../../words/counts";
import { groupName } from "../../words/groups";
import { figureOf, figureWords } from "./limits";
import { STRONGEST, type LinkedBox } from "./box-links";
import type { Look } from "./map-look";

type Size = { width: number; height: number };

const NAME = 12;
const SMALL = 11;
/** Below these a box holds no text. */
const LEAST_FOR_NAME = { width: 34, height: 17 };
const LEAST_FOR_COUNT = 34;
const LEAST_LETTERS = 3;

/** Makes the canvas as fine as the screen; the context then counts in the page's pixels. */
export function fitCanvas(canvas: HTMLCanvasElement | null, { width, height }: Size): CanvasRenderingContext2D | null {
  const context = canvas?.getContext("2d") ?? null;
  if (!canvas || !context) return null;
  const ratio = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Groups as frames with their names, and the innermost boxes in the colour of what is asked. */
export function drawTiles(context: CanvasRenderingContext2D, { width, height }: Size, tiles: Tile[], look: Look, colour: ColourBy, limits: number[]): void {
  context.fillStyle = look.canvas;
  context.fillRect(0, 0, width, height);
  const [frames, leaves] = sortOut(tiles);
  for (const tile of frames) drawFrame(context, tile, look);

  const hasShades = colour !== "coverage";
  const fills = hasShades ? [...look.shades, look.rest] : [look.seen];
  const inks = hasShades ? [...look.onShades, look.text] : [look.onSeen];
  const shade = ({ box }: Tile) => {
    if (!hasShades) return 0;
    const figure = figureOf(box, colour);
    return figure === null ? look.shades.length : shadeOf(figure, limits);
  };
  const shaded = fills.map((): Tile[] => []);
  for (const tile of leaves) shaded[shade(tile)]?.push(tile);
  // A colour at a time: a change of it costs more than a box.
  for (const [index, fill] of fills.entries()) fillBoxes(context, shaded[index] ?? [], fill);
  if (hasShades) outlineBoxes(context, shaded.at(-1) ?? [], look.border);
  else {
    const blind = leaves.filter(({ box }) => box.blindSpots > 0);
    fillBoxes(context, blind, look.surface);
    fillBoxes(context, blind, hatching(context, look.hatch) ?? look.hatch);
  }

  const small = measureIn(context, `${SMALL}px ${look.font}`);
  const bold = measureIn(context, `600 ${NAME}px ${look.font}`);
  for (const tile of frames) drawHead(context, tile, look, bold, small, colour);
  context.font = small.font;
  for (const [index, ink] of inks.entries()) {
    for (const tile of shaded[index] ?? []) drawName(context, tile, ink, small, look, colour);
  }
}

type Marks = { selected: Tile | null; focused: Tile | null; hovered: { tile: Tile; x: number; y: number } | null; colour: ColourBy; linked: LinkedBox[] };

/** Outlines of what is under the pointer, has the focus, and is selected, with its links; and what the pointer is on, in words. */
export function drawMarks(context: CanvasRenderingContext2D, { width, height }: Size, look: Look, { selected, focused, hovered, colour, linked }: Marks): void {
  context.clearRect(0, 0, width, height);
  // The strongest last, over the others.
  if (selected) for (const [index, link] of [...linked.entries()].toReversed()) drawLink(context, selected, link, look, index < STRONGEST);
  if (hovered) outline(context, hovered.tile, look.text, 1.5);
  if (selected) outline(context, selected, look.accent, 4);
  if (focused) {
    outline(context, focused, look.surface, 5);
    outline(context, focused, look.accent, 2);
  }
  if (hovered) drawWords(context, { width, height }, look, hovered, colour);
}

function sortOut(tiles: Tile[], frames: Tile[] = [], leaves: Tile[] = []): [Tile[], Tile[]] {
  for (const tile of tiles) {
    if (tile.inside.length === 0) leaves.push(tile);
    else {
      frames.push(tile);
      sortOut(tile.inside, frames, leaves);
    }
  }
  return [frames, leaves];
}

function drawFrame(context: CanvasRenderingContext2D, { x, y, width, height, depth }: Tile, look: Look): void {
  context.fillStyle = depth % 2 === 0 ? look.surface : look.raised;
  context.strokeStyle = look.border;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, Math.max(0, width - 1), Math.max(0, height - 1), depth === 0 ? 6 : 4);
  context.fill();
  context.stroke();
}

function fillBoxes(context: CanvasRenderingContext2D, tiles: Tile[], fill: string | CanvasPattern): void {
  context.fillStyle = fill;
  context.beginPath();
  for (const { x, y, width, height } of tiles) {
    if (width > 14 && height > 14) context.roundRect(x, y, width, height, 3);
    // What is thinner than a pixel is still there.
    else context.rect(x, y, Math.max(1, width), Math.max(1, height));
  }
  context.fill();
}

function outlineBoxes(context: CanvasRenderingContext2D, tiles: Tile[], colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (const { x, y, width, height } of tiles) context.rect(x + 0.5, y + 0.5, Math.max(0, width - 1), Math.max(0, height - 1));
  context.stroke();
}

function drawHead(context: CanvasRenderingContext2D, { box, x, y, width }: Tile, look: Look, bold: Measure, small: Measure, colour: ColourBy): void {
  const room = width - 12;
  const name = bold.cut(`${colour === "coverage" && box.blindSpots > 0 ? "? " : ""}${groupName(box.by, box)}`, room);
  context.font = bold.font;
  context.fillStyle = look.text;
  context.fillText(name, x + 6, y + 14);
  const count = box.count.toLocaleString("en");
  const taken = bold.of(name) + 6;
  if (taken + small.of(count) > room) return;
  context.font = small.font;
  context.fillStyle = look.muted;
  context.fillText(count, x + 6 + taken, y + 14);
}

function drawName(context: CanvasRenderingContext2D, { box, x, y, width, height }: Tile, ink: string, small: Measure, look: Look, colour: ColourBy): void {
  if (width < LEAST_FOR_NAME.width || height < LEAST_FOR_NAME.height) return;
  const isBlind = colour === "coverage" && box.blindSpots > 0;
  const room = width - 8;
  const name = small.cut(`${isBlind ? "? " : ""}${groupName(box.by, box)}`, room);
  if (isBlind) {
    // Words on hatching cannot be read.
    context.fillStyle = look.surface;
    context.fillRect(x + 2, y + 3, Math.min(width - 4, small.of(name) + 6), 15);
  }
  context.fillStyle = isBlind ? look.text : ink;
  context.fillText(name, x + 4, y + 14);
  if (height < LEAST_FOR_COUNT || isBlind) return;
  const count = box.count.toLocaleString("en");
  const both = `${count} · ${figureWords(box, colour)}`;
  if (colour !== "coverage" && small.of(both) <= room) context.fillText(both, x + 4, y + 28);
  else if (small.of(count) <= room) context.fillText(count, x + 4, y + 28);
}

function outline(context: CanvasRenderingContext2D, { x, y, width, height }: Tile, colour: string, line: number): void {
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.beginPath();
  context.roundRect(x + line / 2, y + line / 2, Math.max(1, width - line), Math.max(1, height - line), 4);
  context.stroke();
}

/** A line that bends to one side, so that two boxes in a row can be told apart, with a tip at whatever is needed. */
function drawLink(context: CanvasRenderingContext2D, from: Tile, { tile: to, needs, neededBy, inferred }: LinkedBox, look: Look, isStrong: boolean): void {
  const [x, y, endX, endY] = [...middleOf(from), ...middleOf(to)] as const;
  const [bendX, bendY] = [(x + endX) / 2 - (endY - y) / 8, (y + endY) / 2 + (endX - x) / 8];
  if (isStrong) outline(context, to, look.accent, 2);
  context.setLineDash(inferred ? [6, 4] : []);
  // Its rim keeps it apart from whatever colour it crosses.
  for (const [colour, line] of [
    [look.surface, isStrong ? 5 : 3],
    [isStrong ? look.accent : look.muted, isStrong ? 2.5 : 1],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.beginPath();
    context.moveTo(x, y);
    context.quadraticCurveTo(bendX, bendY, endX, endY);
    context.stroke();
  }
  context.setLineDash([]);
  context.strokeStyle = look.surface;
  context.fillStyle = isStrong ? look.accent : look.muted;
  if (needs > 0) drawTip(context, endX, endY, Math.atan2(endY - bendY, endX - bendX));
  if (neededBy > 0) drawTip(context, x, y, Math.atan2(y - bendY, x - bendX));
}

function middleOf({ x, y, width, height }: Tile): [number, number] {
  return [x + width / 2, y + height / 2];
}

function drawTip(context: CanvasRenderingContext2D, x: number, y: number, angle: number): void {
  context.beginPath();
  for (const turn of [0, 2.6, -2.6]) context.lineTo(x + 8 * Math.cos(angle + turn), y + 8 * Math.sin(angle + turn));
  context.closePath();
  context.stroke();
  context.fill();
}

function drawWords(context: CanvasRenderingContext2D, { width, height }: Size, look: Look, { tile: { box }, x, y }: { tile: Tile; x: number; y: number }, colour: ColourBy): void {
  const lines = [
    groupName(box.by, box),
    `${counted(box.count, "resource")}, ${box.dependents === 0 ? "nothing else depends on it" : `${counted(box.dependents, "other")} depend on it`}`,
    ...(colour === "changes" && box.changed !== null ? [`${box.changed.toLocaleString("en")} of them came or changed`] : []),
    ...(box.blindSpots > 0 ? [`${counted(box.blindSpots, "blind spot")}: more may be there`] : []),
  ];
  context.font = `600 ${NAME}px ${look.font}`;
  const wide = Math.min(width - 8, Math.max(...lines.map((line) => context.measureText(line).width)) + 20);
  const high = lines.length * 17 + 11;
  const left = Math.max(4, Math.min(x + 14, width - wide - 4));
  const top = y + 18 + high > height ? Math.max(4, y - high - 8) : y + 18;
  context.fillStyle = look.surface;
  context.strokeStyle = look.text;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left + 0.5, top + 0.5, wide, high, 6);
  context.fill();
  context.stroke();
  context.fillStyle = look.text;
  for (const [index, line] of lines.entries()) {
    context.font = `${index === 0 ? 600 : 400} ${NAME}px ${look.font}`;
    context.fillText(line, left + 10, top + 19 + index * 17, wide - 20);
  }
}

function hatching(context: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const stamp = document.createElement("canvas");
  stamp.width = 8;
  stamp.height = 8;
  const pen = stamp.getContext("2d");
  if (!pen) return null;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const from of [-8, 0, 8]) {
    pen.moveTo(from, 8);
    pen.lineTo(from + 8, 0);
  }
  pen.stroke();
  return context.createPattern(stamp, "repeat");
}

type Measure = { font: string; of: (text: string) => number; cut: (text: string, room: number) => string };

/** How wide a text is, from its letters: measuring thousands of names by themselves would take longer than drawing them. */
function measureIn(context: CanvasRenderingContext2D, font: string): Measure {
  const known = new Map<number, number>();
  context.font = font;
  for (let code = 32; code < 127; code++) known.set(code, context.measureText(String.fromCodePoint(code)).width);
  const other = context.measureText("M").width;
  const dots = context.measureText("…").width;
  const widthOf = (char: string) => known.get(char.codePointAt(0) ?? 0) ?? other;
  const of = (text: string) => {
    let sum = 0;
    for (const char of text) sum += widthOf(char);
    return sum;
  };
  const cut = (text: string, room: number) => {
    let sum = 0;
    let fits = 0;
    for (const char of text) {
      sum += widthOf(char);
      if (sum + dots <= room) fits += char.length;
    }
    if (sum <= room) return text;
    // A letter or two name nothing.
    return fits < LEAST_LETTERS ? "" : `${text.slice(0, fits)}…`;
  };
  return { font, of, cut };
}
