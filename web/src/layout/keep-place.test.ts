import { describe, expect, test } from "vitest";
import { shiftToKeep } from "./keep-place";
import type { Place } from "./lanes";

const places = (ys: Record<string, number>) => new Map<string, Place>(Object.entries(ys).map(([id, y]) => [id, { x: 0, y, column: 0, lane: 0 }]));
const window = { left: 0, top: 100, width: 500, height: 200 };

describe("the place of what is looked at", () => {
  test("moves with the topmost card in sight that is still there", () => {
    const before = places({ above: 0, gone: 110, seen: 150, below: 400 });
    expect(shiftToKeep(window, before, 1, places({ above: 0, fresh: 60, seen: 250, below: 500 }), 1, [])).toEqual({ x: 0, y: 100 });
  });

  test("is rather that of the card with the focus or the selection, if it is in sight", () => {
    const before = places({ seen: 110, chosen: 200, far: 900 });
    const after = places({ seen: 110, chosen: 248, far: 900 });
    expect(shiftToKeep(window, before, 1, after, 1, [undefined, "chosen"]).y).toBe(48);
    expect(shiftToKeep(window, before, 1, after, 1, ["far"]).y).toBe(0);
  });

  test("holds through a change of zoom", () => {
    const same = places({ seen: 150 });
    expect(shiftToKeep(window, same, 1, same, 0.5, []).y).toBe(-75);
  });

  test("is left alone where nothing in sight is left", () => {
    expect(shiftToKeep(window, places({ gone: 150 }), 1, places({ fresh: 10 }), 1, ["gone"])).toEqual({ x: 0, y: 0 });
  });
});
