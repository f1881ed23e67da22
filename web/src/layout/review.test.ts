import { describe, expect, test } from "vitest";
import type { Card, Impacted, Judged, Linked, Outcome, ReachedToo, Relation, ResourceKind } from "../api/generated";
import { readAssessment, stepsTo, teamsOf } from "./assessment";
import { drawReview } from "./review-cards";

function card(id: string, kind: ResourceKind = "ECS_SERVICE", owner: string | null = null): Card {
  return { id, kind, name: id, account: "111122223333", region: "us-east-1", presence: "LIVE", owner };
}

function link(from: Card, relation: Relation, to: Card, inferred = false): Linked {
  return { from, to, relation, phases: ["START"], evidence: { api: "ecs:DescribeServices", field: "f", inferred, observedAt: null } };
}

function impact(resource: Card, outcome: Outcome, path: Linked[]): Impacted {
  return { resource, outcome, phase: "START", lost: null, of: null,
    unit: null, cause: "It breaks.", awsError: null, path };
}

function judged(changed: Card[], impacts: Impacted[]): Judged {
  return {
    risk: "HIGH",
    changes: changed.map((resource) => ({ resource, address: `aws.${resource.id}`, action: "DELETE", match: "MATCHED", attributes: [] })),
    risks: [],
    impacts,
    alreadyBroken: [],
    mended: [],
    notJudged: [],
    blastRadius: { roots: changed, totalCount: impacts.length },
    blindSpots: [],
    snapshot: { id: "s", takenAt: "2026-11-26T12:00:00Z", resources: 1, links: 1 },
  };
}

const draw = (answer: Judged, { folded = true, reached = null as ReachedToo | null } = {}) => drawReview(readAssessment(answer), answer.impacts, reached, folded);
const ids = (cards: { id: string }[]) => cards.map(({ id }) => id).toSorted();

const parameter = card("parameter", "SSM_PARAMETER");
const definition = card("definition", "ECS_TASK_DEFINITION");
const web = card("web");
const group = card("group", "TARGET_GROUP");
const wayToWeb = [link(definition, "READS_SECRET", parameter), link(web, "RUNS", definition)];

describe("a reason", () => {
  test("is read from the change on, whichever way its links point", () => {
    const steps = stepsTo("group", [...wayToWeb, link(web, "REGISTERED_IN", group)]);
    expect(steps.map(({ near, far }) => [near, far])).toEqual([
      ["parameter", "definition"],
      ["definition", "web"],
      ["web", "group"],
    ]);
  });

  test("that begins between two changed resources ends where it should", () => {
    const vpc = card("vpc", "VPC");
    const nat = card("nat", "NAT_GATEWAY");
    const steps = stepsTo("web", [link(nat, "IN_VPC", vpc), link(web, "REACHES_AWS_VIA", nat)]);
    expect(steps.map(({ near, far }) => [near, far])).toEqual([
      ["vpc", "nat"],
      ["nat", "web"],
    ]);
  });
});

describe("cards of a review", () => {
  test("put the parts of a service into its card, and keep the way to it", () => {
    const drawing = draw(judged([parameter], [impact(web, "FAILS_ON_NEXT_START", wayToWeb)]));
    expect(ids(drawing.cards)).toEqual(["parameter", "web"]);
    expect(drawing.links).toEqual([{ near: "parameter", far: "web", inferred: false, bridge: false }]);
    expect(drawing.faces.get("web")).toMatchObject({ role: "hit", outcome: "FAILS_ON_NEXT_START", count: 2 });
    expect(drawing.cardOf.get("definition")?.id).toBe("web");
  });

  test("show each resource where all are asked for", () => {
    const drawing = draw(judged([parameter], [impact(web, "DOWN", wayToWeb)]), { folded: false });
    expect(ids(drawing.cards)).toEqual(["definition", "parameter", "web"]);
    expect(drawing.cards.map(({ distance }) => distance)).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(drawing.faces.get("definition")?.role).toBe("way");
  });

  test("never fold what is hit into what is hit less", () => {
    const path = [link(web, "REGISTERED_IN", group)];
    const worse = draw(judged([card("rule", "LISTENER_RULE")], [impact(group, "DOWN", path), impact(web, "AT_RISK", path)]));
    expect(ids(worse.cards)).toContain("group");
    const equal = draw(judged([card("rule", "LISTENER_RULE")], [impact(group, "DOWN", path), impact(web, "DOWN", path)]));
    expect(ids(equal.cards)).not.toContain("group");
  });

  test("keep a definition of two services apart from both", () => {
    const other = card("other");
    const drawing = draw(judged([parameter], [impact(web, "DOWN", wayToWeb), impact(other, "DOWN", [...wayToWeb.slice(0, 1), link(other, "RUNS", definition)])]));
    expect(ids(drawing.cards)).toEqual(["definition", "other", "parameter", "web"]);
  });

  test("fold what nothing tells apart, but for what is down", () => {
    const many = (outcome: Outcome) => Array.from({ length: 6 }, (_, index) => card(`s${index}`)).map((service) => impact(service, outcome, [link(service, "READS_SECRET", parameter)]));
    expect(draw(judged([parameter], many("DEGRADED"))).cards.map(({ members }) => members.length)).toEqual([1, 6]);
    expect(draw(judged([parameter], many("DOWN"))).cards).toHaveLength(7);
  });

  test("are at most 150, worst first, each with its way, and the rest is counted", () => {
    const impacts = Array.from({ length: 400 }, (_, index) => {
      const [service, own] = [card(`s${index}`), card(`d${index}`, "ECS_TASK_DEFINITION")];
      return impact(service, index < 20 ? "DOWN" : "AT_RISK", [link(own, "READS_SECRET", parameter), link(service, "RUNS", own)]);
    });
    const drawing = draw(judged([parameter], impacts), { folded: false });
    expect(drawing.cards.length).toBeLessThanOrEqual(150);
    const hit = drawing.cards.filter(({ id }) => drawing.faces.get(id)?.role === "hit");
    expect(hit.filter(({ id }) => drawing.faces.get(id)?.outcome === "DOWN")).toHaveLength(20);
    expect(drawing.leftOut.hit).toBe(400 - hit.length);
    for (const { id } of hit) expect(drawing.links.some(({ far }) => far === id), id).toBe(true);
  });

  test("add what is not hit only where it is asked for, with what folds into it", () => {
    const idle = card("idle");
    const reached: ReachedToo = { nodes: [{ resource: idle, distance: 2, folded: 3, label: "idle" }, { resource: web, distance: 2, folded: 0, label: "web" }], links: [], nodeCount: 2, totalCount: 5 };
    const answer = judged([parameter], [impact(web, "DOWN", wayToWeb)]);
    expect(ids(draw(answer).cards)).not.toContain("idle");
    const drawing = draw(answer, { reached });
    expect(drawing.faces.get("idle")).toMatchObject({ role: "unaffected", count: 4 });
    expect(drawing.faces.get("web")?.role).toBe("hit");
  });

  test("show what is hit without any link to it", () => {
    expect(ids(draw(judged([parameter], [impact(web, "DOWN", [])])).cards)).toEqual(["parameter", "web"]);
  });
});

test("teams come in the order of their worst, those without an owner last", () => {
  const teams = teamsOf([impact(card("a", "ECS_SERVICE", null), "DOWN", []), impact(card("b", "ECS_SERVICE", "web"), "DEGRADED", []), impact(card("c", "ECS_SERVICE", "data"), "AT_RISK", []), impact(card("d", "ECS_SERVICE", "web"), "AT_RISK", [])]);
  expect(teams).toEqual([
    { owner: "web", outcome: "DEGRADED", count: 2 },
    { owner: "data", outcome: "AT_RISK", count: 1 },
    { owner: null, outcome: "DOWN", count: 1 },
  ]);
});

test("services that run their own definition fold as well", () => {
  const impacts = Array.from({ length: 6 }, (_, index) => {
    const [service, own, target] = [card(`s${index}`), card(`d${index}`, "ECS_TASK_DEFINITION"), card(`g${index}`, "TARGET_GROUP")];
    return [impact(service, "DEGRADED", [link(own, "READS_SECRET", parameter), link(service, "RUNS", own)]), impact(target, "DEGRADED", [link(own, "READS_SECRET", parameter), link(service, "RUNS", own), link(service, "REGISTERED_IN", target)])];
  }).flat();
  expect(draw(judged([parameter], impacts)).cards.map(({ members }) => members.length)).toEqual([1, 18]);
});
