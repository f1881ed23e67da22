import { describe, expect, test } from "vitest";
import { lineKey, litAlong, litAround } from "./lit";
import type { DrawnCard, DrawnLink } from "./types";

const card = (id: string): DrawnCard => ({ id, members: [], distance: 0 });
const line = (near: string, far: string, mark?: DrawnLink["mark"]): DrawnLink => ({ near, far, inferred: false, bridge: false, ...(mark && { mark }) });

describe("what is lit", () => {
  const [a, b, c] = [card("a"), card("b"), card("c")];
  const links = [line("a", "b"), line("b", "c"), line("a", "c")];

  test("on a way: its cards, and the lines between those that follow each other, whichever way they are drawn", () => {
    const cardOf = new Map([a, b, c].map((one) => [one.id, one]));
    const there = litAlong(["a", "b", "c"], cardOf, links);
    expect([...there.cards]).toEqual(["a", "b", "c"]);
    expect([...there.lines]).toEqual([line("a", "b"), line("b", "c")].map(lineKey));
    expect(litAlong(["c", "b", "a"], cardOf, links).lines).toEqual(there.lines);
  });

  test("of two resources in one card: the card once, and no line", () => {
    const cardOf = new Map([["a", a], ["alike", a]]);
    expect(litAlong(["a", "alike"], cardOf, links)).toEqual({ cards: new Set(["a"]), lines: new Set() });
  });

  test("around a card: every line of it and the other ends, one that came and one that went apart", () => {
    const marked = [line("a", "b", "linked"), line("a", "b", "unlinked"), line("b", "c", "linked")];
    const { cards, lines } = litAround("a", marked);
    expect([...cards].toSorted()).toEqual(["a", "b"]);
    expect([...lines]).toEqual(marked.slice(0, 2).map(lineKey));
    expect(new Set(marked.map(lineKey)).size).toBe(3);
  });
});
