import { describe, expect, test } from "vitest";
import type { Altered, Card, DiffResult, LinkOfDiff, Relation, ResourceKind } from "../../api/generated";
import { toCsv } from "../../data/csv";
import { formatHistory, historyOf, parseHistory } from "./address";
import { filtered, grouped, readChanges } from "./changes";
import { COLUMNS, rowsOf } from "./csv";
import { barsOf } from "./days";
import { leavesOf } from "./leaves";
import { pictureOf } from "./picture";
import { linesOf } from "./said";

const card = (kind: ResourceKind, name: string, rest: Partial<Card> = {}): Card => ({ id: `${kind}/${name}`, kind, name, account: "1", region: "r", presence: "LIVE", owner: "team", ...rest });
const link = (from: Card, relation: Relation, to: Card): LinkOfDiff => ({ from, to, relation, phases: ["RUN"], evidence: { api: "ecs:Describe", field: "a.b", inferred: false } });
const at = (takenAt: string, changed: number | null) => ({ id: takenAt, takenAt, resources: 1, links: 1, problem: null, changes: changed === null ? null : { added: 0, removed: 0, changed } });
const altered = (name: string, before: unknown, after: unknown, rest: Partial<Altered> = {}): Altered => ({ name, before, after, unknown: false, sensitive: false, ...rest });
const taken = (id: string) => ({ id, takenAt: "2026-11-23T16:05:00Z", resources: 3, links: 2 });

function diffOf(part: Partial<DiffResult["diff"]>): DiffResult["diff"] {
  const lists = { added: [], removed: [], changed: [], linksAdded: [], linksRemoved: [], byKind: [], ...part };
  return {
    from: taken("a"),
    to: taken("b"),
    addedCount: lists.added.length,
    removedCount: lists.removed.length,
    changedCount: lists.changed.length,
    linksAddedCount: lists.linksAdded.length,
    linksRemovedCount: lists.linksRemoved.length,
    ...lists,
  };
}

const read = (part: Partial<DiffResult["diff"]>) => {
  const changes = readChanges([diffOf(part)]);
  if (!changes) throw new Error("there is a page");
  return changes;
};

describe("addresses of the history", () => {
  test.each([
    historyOf(),
    historyOf({ resource: "arn:aws:ecs:us-east-1:1:service/prod/web" }),
    historyOf({ from: "a", to: "b", happened: ["added", "unlinked"], kinds: ["SECRET"], view: "split", group: "owner", selected: "x" }),
  ])("come back", (route) => {
    expect(parseHistory(formatHistory(route))).toEqual(route);
  });

  test("leave out what cannot be read", () => {
    expect(parseHistory(new URLSearchParams("happened=eaten&kind=NOPE&view=cube&group=mood&from="))).toEqual(historyOf());
  });
});

describe("values that changed", () => {
  test("are told one by one, by the names of what they are in", () => {
    const before = [{ name: "app", image: "a:1", environment: [{ name: "X", value: "1" }] }, { name: "proxy", image: "p:1" }];
    const after = [{ name: "proxy", image: "p:1" }, { name: "app", image: "a:2", environment: [{ name: "X", value: "2" }] }];
    expect(leavesOf("containerDefinitions", before, after)).toEqual([
      { path: "containerDefinitions[app].environment[X].value", before: "1", after: "2" },
      { path: "containerDefinitions[app].image", before: "a:1", after: "a:2" },
    ]);
  });

  test("of plain lists are what went and what came", () => {
    expect(leavesOf("subnets", ["a", "b", "b"], ["b", "c", "d"])).toEqual([
      { path: "subnets[]", before: "a", after: undefined },
      { path: "subnets[]", before: "b", after: undefined },
      { path: "subnets[]", before: undefined, after: "c" },
      { path: "subnets[]", before: undefined, after: "d" },
    ]);
  });

  test("say that only the order is another", () => {
    expect(leavesOf("list", ["a", "b"], ["b", "a"])).toEqual([{ path: "list, in another order", before: ["a", "b"], after: ["b", "a"] }]);
  });

  test("are none where the fields stand in another order", () => {
    expect(leavesOf("x", { a: 1, b: { c: null } }, { b: { c: null }, a: 1 })).toEqual([]);
  });

  test("of things without names are matched by what is equal", () => {
    const [kept, old, young] = [{ FromPort: 80 }, { FromPort: 443, ToPort: 443 }, { FromPort: 443, ToPort: 444 }];
    expect(leavesOf("IpPermissions", [kept, old], [young, kept])).toEqual([{ path: "IpPermissions[1].ToPort", before: 443, after: 444 }]);
  });
});

describe("lines of before and after", () => {
  test("say what is not known, and do not list it as gone", () => {
    const lines = linesOf([altered("presence", "LIVE", "UNREADABLE"), altered("cpu", "512", null), altered("memory", "1024", null), altered("tags", { team: "a" }, {})]);
    expect(lines).toEqual([
      { path: "state", before: { why: "live" }, after: { why: "could not be read" } },
      { path: "cpu, memory", before: { why: "read from AWS" }, after: { why: "not known" }, note: "nothing can be read of it any more" },
    ]);
  });

  test("never show what is secret", () => {
    const lines = linesOf([altered("value", "old secret", "new secret", { sensitive: true })]);
    expect(JSON.stringify(lines)).not.toContain("secret\"");
    expect(lines[0]?.note).toBe("a secret value changed");
    expect(linesOf([altered("value", "fingerprint:aa", "fingerprint:bb")])[0]?.note).toBe("only fingerprints of the values are kept");
  });

  test("tell what is not there from what is empty and what is not set", () => {
    expect(linesOf([altered("a", null, ""), altered("b", { c: null }, { c: 1 })])).toEqual([
      { path: "a", before: { why: "not there" }, after: { value: "" } },
      { path: "b.c", before: { value: null }, after: { value: 1 } },
    ]);
  });
});

describe("changes", () => {
  const service = card("ECS_SERVICE", "web");
  const [old, young] = [card("ECS_TASK", "1"), card("ECS_TASK", "2")];
  const parameter = card("SSM_PARAMETER", "url");

  test("tell links that were rewired from those that came with a resource", () => {
    const { links } = read({ added: [young], linksAdded: [link(young, "PART_OF", service), link(service, "READS_SECRET", parameter)] });
    expect(links.map(({ withItsEnd }) => withItsEnd)).toEqual([true, false]);
  });

  test("count what is not loaded", () => {
    expect(read({ added: [young], addedCount: 213 }).beyond).toEqual({ added: 212, removed: 0, changed: 0, linked: 0, unlinked: 0 });
  });

  test("are joined from pages", () => {
    const changes = readChanges([diffOf({ added: [old], addedCount: 2 }), diffOf({ added: [young], addedCount: 2 })]);
    expect(changes?.resources.map(({ resource }) => resource.name)).toEqual(["1", "2"]);
    expect(changes?.beyond.added).toBe(0);
  });

  test("are filtered by what happened and by type, links by either end", () => {
    const changes = read({ added: [young], removed: [old, parameter], linksAdded: [link(service, "READS_SECRET", parameter)] });
    expect(filtered(changes, historyOf({ happened: ["removed"] })).resources.map(({ resource }) => resource.name)).toEqual(["1", "url"]);
    const { resources, links } = filtered(changes, historyOf({ kinds: ["SSM_PARAMETER"] }));
    expect([resources.length, links.length]).toEqual([1, 1]);
  });

  test("stand in groups, what comes and goes with deployments last; the tasks of a service are one row", () => {
    const more = card("ECS_TASK", "3");
    const changes = read({ added: [young, more], removed: [old], changed: [{ before: { presence: "LIVE" }, after: service, attributes: [altered("desiredCount", 1, 2)] }], linksAdded: [link(young, "PART_OF", service), link(more, "PART_OF", service)], linksRemoved: [link(old, "PART_OF", service)] });
    const groups = grouped(changes.resources, changes.links, "kind");
    expect(groups.map(({ key, rows }) => [key, rows.map((row) => row.changes.length)])).toEqual([
      ["ECS_SERVICE", [1]],
      ["ECS_TASK", [1, 2]],
    ]);
    expect(groups[1]?.rows[1]?.whole?.name).toBe("web");
  });

  test("export every value and every link, and no formula", () => {
    const named = card("SECRET", "=cmd()");
    const { resources, links } = read({ added: [named], changed: [{ before: { presence: "LIVE" }, after: service, attributes: [altered("desiredCount", 1, 2), altered("x", null, "a,b")] }], linksRemoved: [link(service, "READS_SECRET", parameter)] });
    const [head, ...rows] = toCsv(
      COLUMNS.map(({ label }) => label),
      rowsOf({ resources, links }).map((row) => COLUMNS.map(({ value }) => value(row))),
    )
      .trim()
      .split("\r\n");
    expect(head?.startsWith("what,type,name,id,owner")).toBe(true);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toContain("desiredCount,1,2");
    expect(rows[1]).toContain('x,(not there),"a,b"');
    expect(rows[2]).toContain("'=cmd()");
    expect(rows[3]).toContain("link removed");
    expect(new Set(rows.map((row) => row.replaceAll(/"[^"]*"/g, "").split(",").length))).toEqual(new Set([head?.split(",").length]));
  });
});

describe("the picture", () => {
  test("puts what is gone on the left, what is new on the right, and unchanged ends between", () => {
    const [gone, kept, come] = [card("LOG_GROUP", "gone"), card("ECS_TASK_DEFINITION", "kept"), card("LOG_GROUP", "come")];
    const { resources, links } = read({ added: [come], removed: [gone], linksAdded: [link(kept, "LOGS_TO", come)], linksRemoved: [link(kept, "LOGS_TO", gone)] });
    const { cards, links: lines } = pictureOf(resources, links);
    expect(Object.fromEntries(cards.map(({ id, distance }) => [id, distance]))).toEqual({ [gone.id]: 1, [kept.id]: 3, [come.id]: 4 });
    expect(lines.map(({ near, far, mark, backward }) => [near, far, mark, backward])).toEqual([
      [gone.id, kept.id, "unlinked", true],
      [kept.id, come.id, "linked", false],
    ]);
  });

  test("draws no more than 150 cards, and every resource is in one or counted", () => {
    const many = Array.from({ length: 400 }, (_, index) => card("LOG_GROUP", `log-${index}`, { owner: `team-${index % 200}` }));
    const { resources, links } = read({ added: many });
    const { cards, leftOut } = pictureOf(resources, links);
    expect(cards.length).toBeLessThanOrEqual(150);
    const drawn = cards.reduce((sum, { members }) => sum + members.length, 0);
    expect(drawn + [...leftOut.values()].reduce((sum, count) => sum + count, 0)).toBe(400);
  });

  test("folds what is alike before it leaves anything out", () => {
    const many = Array.from({ length: 400 }, (_, index) => card("LOG_GROUP", `log-${index}`, { owner: `team-${index % 3}` }));
    const { resources, links } = read({ added: many });
    const { cards, leftOut } = pictureOf(resources, links);
    expect([cards.length, leftOut.size]).toEqual([3, 0]);
  });
});

describe("bars of the strip", () => {
  test("are days, with those between that have no snapshot", () => {
    const { bars, marks } = barsOf([at("2026-11-27T10:00:00Z", 3), at("2026-11-27T09:00:00Z", 4), at("2026-11-24T23:59:59Z", null)]);
    expect(bars.map(({ snapshots, changes }) => [snapshots.length, changes])).toEqual([
      [1, null],
      [0, null],
      [0, null],
      [2, 7],
    ]);
    expect(marks.map(({ snapshot }) => snapshot.takenAt.slice(8, 13))).toEqual(["24T23", "27T09", "27T10"]);
    expect(marks.every(({ at: place }, index) => place > (marks[index - 1]?.at ?? 0) && place < 1)).toBe(true);
  });

  test("reach back a year", () => {
    const { bars, marks } = barsOf([at("2026-11-27T10:00:00Z", 1), at("2025-11-27T10:00:00Z", 1), at("2025-11-01T10:00:00Z", 1)]);
    expect([bars.length, marks.length]).toEqual([366, 2]);
  });
});
