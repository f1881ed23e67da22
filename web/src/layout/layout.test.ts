import { describe, expect, test } from "vitest";
import type { Card, Presence, Relation, ResourceKind } from "../api/generated";
import { fold, linksBetween, nearest, unfolded } from "./fold";
import { CARD, placeInLanes } from "./lanes";
import { linePath } from "./lines";
import { moveFrom } from "./move";
import { lastSteps, pathTo } from "./path";
import { readRadius } from "./radius";
import type { DrawnCard, Hop, Reached } from "./types";

function resource(id: string, distance: number, owner: string | null = null, kind: ResourceKind = "ECS_SERVICE", presence: Presence = "LIVE"): Reached {
  const card: Card = { id, kind, name: id, account: "111122223333", region: "us-east-1", presence, owner };
  return { resource: card, distance };
}

function link(from: string, to: string, inferred = false, relation: Relation = "READS_SECRET"): Hop {
  return { from: { id: from }, to: { id: to }, relation, phases: ["START"], evidence: { api: "ecs:DescribeServices", field: "f", inferred } };
}

const byOwner = (card: DrawnCard) => {
  const owner = card.members[0]?.resource.owner ?? "";
  return { key: owner, label: owner || "No owner tag" };
};

function overlaps(cards: DrawnCard[], lanes: ReturnType<typeof placeInLanes>): string[] {
  const found: string[] = [];
  for (const [index, a] of cards.entries()) {
    for (const b of cards.slice(index + 1)) {
      const [first, second] = [lanes.places.get(a.id), lanes.places.get(b.id)];
      if (!first || !second) continue;
      if (Math.abs(first.x - second.x) < CARD.width && Math.abs(first.y - second.y) < CARD.height) found.push(`${a.id} ${b.id}`);
    }
  }
  return found;
}

describe("fold", () => {
  const reached = [
    resource("secret", 0),
    resource("web", 1),
    resource("task-1", 2, null, "ECS_TASK"),
    resource("task-2", 2, null, "ECS_TASK"),
    resource("task-3", 2, null, "ECS_TASK"),
  ];
  const links = [link("web", "secret"), ...["task-1", "task-2", "task-3"].map((id) => link(id, "web", false, "PART_OF"))];

  test("puts what nothing tells apart into one card", () => {
    expect(fold(reached, links).map((card) => card.members.map((member) => member.resource.id))).toEqual([
      ["secret"],
      ["web"],
      ["task-1", "task-2", "task-3"],
    ]);
  });

  test("keeps what has a link of its own apart", () => {
    const cards = fold([...reached, resource("alarm", 3)], [...links, link("alarm", "task-2")]);
    expect(cards.map((card) => card.members.length)).toEqual([1, 1, 2, 1, 1]);
  });

  test("keeps a missing resource apart from live ones", () => {
    const missing = resource("task-4", 2, null, "ECS_TASK", "MISSING");
    const cards = fold([...reached, missing], [...links, link("task-4", "web", false, "PART_OF")]);
    expect(cards.map((card) => card.members.length)).toEqual([1, 1, 3, 1]);
  });

  test("folds what has a name of its own only where there are many", () => {
    const secrets = Array.from({ length: 5 }, (_, index) => resource(`key-${index}`, 1, null, "SECRET"));
    const reads = secrets.map(({ resource: { id } }) => link("web", id));
    expect(fold(secrets.slice(0, 4), reads.slice(0, 4))).toHaveLength(4);
    expect(fold(secrets, reads)).toHaveLength(1);
  });

  test("never folds roots", () => {
    expect(fold([resource("a", 0), resource("b", 0)], [])).toHaveLength(2);
  });

  test("draws one line between two cards, and says inferred only when every link is", () => {
    const both = [link("task-1", "web", true), link("task-2", "web", false), link("web", "secret", true)];
    expect(linksBetween(fold(reached, links), both)).toEqual([
      { near: "web", far: "task-1", inferred: false, bridge: false },
      { near: "secret", far: "web", inferred: true, bridge: false },
    ]);
  });
});

describe("nearest", () => {
  test("draws the nearest, and counts what is left out by distance", () => {
    const cards = unfolded([resource("far-1", 3), resource("far-2", 3), resource("root", 0), resource("middle", 2), resource("close", 1)]);
    const { drawn, leftOut } = nearest(cards, 2);
    expect(drawn.map((card) => card.id)).toEqual(["root", "close"]);
    expect([...leftOut]).toEqual([
      [2, 1],
      [3, 2],
    ]);
  });
});

describe("placeInLanes", () => {
  const cards = unfolded([
    resource("db", 0, "payments"),
    resource("api", 1, "payments"),
    resource("worker", 1, "payments"),
    resource("untagged", 1, null),
    resource("web", 2, "checkout"),
    resource("score", 1, "fraud"),
  ]);
  const lanes = placeInLanes(cards, [], byOwner, 1_000);

  test("makes one column a distance, from left to right", () => {
    expect(lanes.columns.map((column) => [column.distance, column.resources])).toEqual([
      [0, 1],
      [1, 4],
      [2, 1],
    ]);
    const xs = lanes.columns.map((column) => column.x);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    expect(lanes.places.get("web")?.x).toBe(lanes.columns[2]?.x);
  });

  test("puts the root's lane first, nearer lanes before farther ones, and no owner last", () => {
    expect(lanes.lanes.map((lane) => lane.label)).toEqual(["payments", "fraud", "checkout", "No owner tag"]);
  });

  test("keeps every card inside its lane", () => {
    for (const place of lanes.places.values()) {
      const lane = lanes.lanes[place.lane];
      expect(place.y).toBeGreaterThanOrEqual(lane?.y ?? Number.NaN);
      expect(place.y + CARD.height).toBeLessThanOrEqual((lane?.y ?? 0) + (lane?.height ?? 0));
    }
  });

  test("lets no two of 150 cards overlap, and no column leave the width it says", () => {
    const many = unfolded(Array.from({ length: 150 }, (_, index) => resource(`r${index}`, index % 7, `team-${index % 5}`)));
    const placed = placeInLanes(many, [], byOwner, 600);
    expect(placed.places.size).toBe(150);
    expect(overlaps(many, placed)).toEqual([]);
    for (const place of placed.places.values()) expect(place.x + CARD.width).toBeLessThanOrEqual(placed.width);
  });

  test("orders a column by what leads into it, so that lines do not cross", () => {
    const crossed = unfolded([resource("root", 0), resource("a", 1), resource("b", 1), resource("c", 2), resource("d", 2)]);
    const links = linksBetween(crossed, [link("a", "root"), link("b", "root"), link("d", "a"), link("c", "b")]);
    const { places } = placeInLanes(crossed, links, () => ({ key: "all", label: "all" }), 1_000);
    expect(places.get("d")?.y).toBeLessThan(places.get("c")?.y ?? 0);
  });

  test("says the same whatever the order of the answer, for equal data", () => {
    const again = placeInLanes(cards.toReversed(), [], byOwner, 1_000);
    expect([...again.places].toSorted()).toEqual([...lanes.places].toSorted());
  });

  test("places nothing for nothing", () => {
    expect(placeInLanes([], [], byOwner, 500)).toMatchObject({ columns: [], lanes: [], height: 0 });
  });
});

describe("linePath", () => {
  test("goes from the right edge of the nearer card to the left edge of the farther one", () => {
    const path = linePath({ x: 0, y: 0, column: 0, lane: 0 }, { x: 300, y: 100, column: 1, lane: 0 });
    expect(path.startsWith(`M${CARD.width} ${CARD.height / 2}`)).toBe(true);
    expect(path.endsWith(`295 ${100 + CARD.height / 2}`)).toBe(true);
  });

  test("passes the columns between in the gap between rows, never behind a card", () => {
    const cards = unfolded([resource("root", 0), ...["a", "b", "c"].map((id) => resource(id, 1)), resource("far", 2)]);
    const { places } = placeInLanes(cards, [], () => ({ key: "", label: "" }), 1_000);
    const [near, far] = [places.get("root"), places.get("far")];
    const run = near && far && /([\d.]+) ([\d.]+)H([\d.]+)/.exec(linePath(near, far));
    const [from, height, to] = (run ?? []).slice(1).map(Number);
    for (const id of ["a", "b", "c"]) {
      const place = places.get(id);
      expect(from).toBeLessThan(place?.x ?? 0);
      expect(to).toBeGreaterThan((place?.x ?? 0) + CARD.width);
      const isBehind = height !== undefined && place && height > place.y && height < place.y + CARD.height;
      expect(isBehind).toBe(false);
    }
  });

  test("loops on the right where both are in one column", () => {
    const path = linePath({ x: 0, y: 0, column: 0, lane: 0 }, { x: 0, y: 100, column: 0, lane: 0 });
    const xs = [...path.matchAll(/(\d+) \d+/g)].map((match) => Number(match[1]));
    expect(Math.min(...xs)).toBe(CARD.width);
  });
});

describe("paths", () => {
  const reached = [resource("root", 0), resource("a", 1), resource("b", 1), resource("c", 2), resource("stray", 2)];

  test("lead from the root to the resource, one nearer link at a time", () => {
    const steps = lastSteps(reached, [link("a", "root"), link("c", "a"), link("b", "root")]);
    expect(pathTo("c", steps).map((step) => [step.near, step.far])).toEqual([
      ["root", "a"],
      ["a", "c"],
    ]);
  });

  test("follow harm that climbs against the link", () => {
    const steps = lastSteps(reached, [link("root", "a", false, "PART_OF")]);
    expect(pathTo("a", steps).map((step) => [step.near, step.far])).toEqual([["root", "a"]]);
  });

  test("prefer a stated link to an inferred one", () => {
    const steps = lastSteps(reached, [link("a", "root"), link("b", "root"), link("c", "a", true), link("c", "b")]);
    expect(pathTo("c", steps).map((step) => step.far)).toEqual(["b", "c"]);
  });

  test("are empty for a root, and where no link in hand leads there", () => {
    const steps = lastSteps(reached, [link("a", "root")]);
    expect(pathTo("root", steps)).toEqual([]);
    expect(pathTo("stray", steps)).toEqual([]);
  });
});

describe("moveFrom", () => {
  const cards = unfolded([resource("root", 0), resource("a", 1), resource("b", 1), resource("c", 2)]);
  const links = linksBetween(cards, [link("a", "root"), link("b", "root"), link("c", "b")]);
  const { places } = placeInLanes(cards, links, () => ({ key: "", label: "" }), 1_000);

  test("goes along links sideways and within the column up and down", () => {
    expect(moveFrom("root", "ArrowRight", places, links)).toBe("a");
    expect(moveFrom("a", "ArrowDown", places, links)).toBe("b");
    expect(moveFrom("b", "ArrowRight", places, links)).toBe("c");
    expect(moveFrom("c", "ArrowLeft", places, links)).toBe("b");
    expect(moveFrom("b", "ArrowUp", places, links)).toBe("a");
  });

  test("stays where nothing is that way", () => {
    expect(moveFrom("root", "ArrowLeft", places, links)).toBeNull();
    expect(moveFrom("a", "ArrowRight", places, links)).toBeNull();
    expect(moveFrom("gone", "ArrowDown", places, links)).toBeNull();
  });

  test("reaches both ends", () => {
    expect(moveFrom("b", "Home", places, links)).toBe("root");
    expect(moveFrom("b", "End", places, links)).toBe("c");
  });
});

describe("readRadius", () => {
  const root = resource("param", 0, "payments", "SSM_PARAMETER").resource;
  const definition = resource("web:7", 1, "payments", "ECS_TASK_DEFINITION").resource;
  const service = resource("web", 2, "payments").resource;
  const counts = { totalCount: 1, truncated: false, byKind: [], byOwner: [], blindSpots: [] };

  test("bridges what a filter hides, and still knows every step", () => {
    const path = [
      { ...link("web:7", "param"), from: definition, to: root },
      { ...link("web", "web:7", false, "RUNS"), from: service, to: definition },
    ];
    const radius = readRadius({ roots: [root], nodes: [{ distance: 2, resource: service, path }], links: [], ...counts }, true);
    expect(radius.links).toEqual([{ near: "param", far: "web", inferred: false, bridge: true }]);
    expect(pathTo("web", radius.steps).map((step) => step.far)).toEqual(["web:7", "web"]);
    expect(radius.resources.get("web:7")?.kind).toBe("ECS_TASK_DEFINITION");
  });

  test("draws the answer's own links where they lead to the card", () => {
    const radius = readRadius({ roots: [root], nodes: [{ distance: 1, resource: definition }], links: [link("web:7", "param")], ...counts }, true);
    expect(radius.links).toEqual([{ near: "param", far: "web:7", inferred: false, bridge: false }]);
  });
});
