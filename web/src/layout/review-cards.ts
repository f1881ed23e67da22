import type { Impacted, Outcome, ReachedToo } from "../api/generated";
import { OUTCOMES } from "../words/outcomes";
import type { Assessed, ReasonStep } from "./assessment";
import { MAX_CARDS } from "./fold";
import type { Card, DrawnCard, DrawnLink } from "./types";

/** What a card of a review says of its members: that the change touches them, what it does to them, or that a reason leads over them. */
export type Face = {
  role: "changed" | "hit" | "way" | "unaffected";
  outcome: Outcome | null;
  impact: Impacted | null;
  /** How many resources the card stands for. */
  count: number;
  /** The name of a card that stands for several that are alike; null where it is the first member's. */
  label: string | null;
};

export type ReviewCards = {
  cards: DrawnCard[];
  links: DrawnLink[];
  faces: Map<string, Face>;
  cardOf: Map<string, DrawnCard>;
  /** How many resources are not drawn. */
  leftOut: { hit: number; changed: number; unaffected: number };
};

/** Alike cards of a column are one from this many on; of what is changed, its kind and action say most. */
const MANY = 5;
const MANY_CHANGED = 3;

/**
 * The cards of what is hit, of the change, and of what the reasons lead over. `folded` draws the parts of a service in its card,
 * and what nothing tells apart as one; what is down is never folded away, and nothing into a card of less harm.
 */
export function drawReview(assessed: Assessed, impacts: Impacted[], reached: ReachedToo | null, folded: boolean): ReviewCards {
  const reasons = impacts.map(({ resource }) => assessed.reasonOf.get(resource.id) ?? []);
  const workloadOf = folded ? findWorkloads(assessed, reasons) : new Map<string, string>();
  const shownAs = (id: string) => workloadOf.get(id) ?? id;

  const starts = new Set([...assessed.changesOf.keys(), ...reasons.flatMap((steps) => (steps[0] ? [shownAs(steps[0].near)] : []))]);
  const pairs = new Map<string, { near: string; far: string; inferred: boolean }>();
  for (const step of reasons.flat()) {
    const [near, far] = [shownAs(step.near), shownAs(step.far)];
    if (near === far) continue;
    const key = `${near}\n${far}`;
    const { inferred } = step.hop.evidence;
    const known = pairs.get(key);
    if (known) known.inferred &&= inferred;
    else pairs.set(key, { near, far, inferred });
  }
  const distances = distancesFrom(starts, [...pairs.values()]);
  // What is hit and has no reason in links, as by a change that AWS lists nowhere, stands one step away.
  for (const { resource } of impacts) if (!distances.has(shownAs(resource.id))) distances.set(shownAs(resource.id), 1);

  const partsOf = new Map<string, string[]>();
  for (const [part, workload] of workloadOf) partsOf.set(workload, [...(partsOf.get(workload) ?? []), part]);
  const items = [...distances].flatMap(([id, distance]): DrawnCard[] => {
    const members = [id, ...(partsOf.get(id) ?? [])].flatMap((member) => assessed.resources.get(member) ?? []);
    return members.length > 0 ? [{ id, distance, members: members.map((resource) => ({ resource, distance })) }] : [];
  });
  const { cards, faces } = folded ? foldAlike(items, assessed, [...pairs.values()]) : plain(items, assessed);
  const kept = worstFirst(cards, faces, [...pairs.values()]);
  const drawn = new Set(kept);
  const count = (role: Face["role"]) => cards.filter((card) => !drawn.has(card) && faces.get(card.id)?.role === role).reduce((sum, card) => sum + card.members.length, 0);
  const leftOut = { hit: count("hit"), changed: count("changed"), unaffected: reached ? addUnaffected(kept, faces, assessed, reached) : 0 };
  const cardOf = new Map(kept.flatMap((card) => card.members.map(({ resource }) => [resource.id, card] as const)));
  return { cards: kept, links: linesBetween([...pairs.values(), ...linesOf(reached)], cardOf), faces, cardOf, leftOut };
}

/** The relations from a service or task to what is a part of it where nobody else has it. */
const OWN = new Set(["RUNS", "REGISTERED_IN", "ATTACHED_TO", "SCALED_BY"]);

/** By resource, the service that it is drawn as a part of: its tasks, and what only it runs or is registered in. */
function findWorkloads(assessed: Assessed, reasons: ReasonStep[][]): Map<string, string> {
  const holders = new Map<string, Set<string>>();
  const note = (part: Card, holder: Card) => holders.set(part.id, (holders.get(part.id) ?? new Set()).add(holder.id));
  for (const { hop } of reasons.flat()) {
    if (hop.from.kind === "ECS_TASK" && hop.relation === "PART_OF" && hop.to.kind === "ECS_SERVICE") note(hop.from, hop.to);
    if (OWN.has(hop.relation) && (hop.from.kind === "ECS_SERVICE" || hop.from.kind === "ECS_TASK")) note(hop.to, hop.from);
  }
  const workloadOf = new Map<string, string>();
  for (const part of holders.keys()) {
    const workload = onlyService(part, holders, assessed);
    if (workload && !assessed.changesOf.has(part) && rankOf(part, assessed) >= rankOf(workload, assessed)) workloadOf.set(part, workload);
  }
  return workloadOf;
}

function onlyService(part: string, holders: Map<string, Set<string>>, assessed: Assessed): string | null {
  const found = new Set<string>();
  for (const holder of holders.get(part) ?? []) {
    const service = assessed.resources.get(holder)?.kind === "ECS_SERVICE" ? holder : onlyService(holder, holders, assessed);
    found.add(service ?? holder);
  }
  const [only = null, ...others] = found;
  return others.length === 0 && only !== null && assessed.resources.get(only)?.kind === "ECS_SERVICE" ? only : null;
}

/** 0 for the worst; what is not hit comes last. */
function rankOf(id: string, assessed: Assessed): number {
  const outcome = assessed.impactOf.get(id)?.outcome;
  return outcome ? OUTCOMES.indexOf(outcome) : OUTCOMES.length;
}

function distancesFrom(starts: Set<string>, pairs: { near: string; far: string }[]): Map<string, number> {
  const farOf = new Map<string, string[]>();
  for (const { near, far } of pairs) farOf.set(near, [...(farOf.get(near) ?? []), far]);
  const distances = new Map([...starts].map((id) => [id, 0]));
  // A map is walked in the order of insertion, and what is added meanwhile is walked as well: breadth first.
  for (const [id, distance] of distances) {
    for (const far of farOf.get(id) ?? []) if (!distances.has(far)) distances.set(far, distance + 1);
  }
  return distances;
}

function faceOf(card: DrawnCard, assessed: Assessed): Face {
  const impact = assessed.impactOf.get(card.id) ?? null;
  const role = assessed.changesOf.has(card.id) ? "changed" : impact ? "hit" : "way";
  return { role, impact, outcome: impact?.outcome ?? null, count: card.members.length, label: null };
}

type Faced = { cards: DrawnCard[]; faces: Map<string, Face> };

function plain(cards: DrawnCard[], assessed: Assessed): Faced {
  return { cards, faces: new Map(cards.map((card) => [card.id, faceOf(card, assessed)])) };
}

function foldAlike(items: DrawnCard[], assessed: Assessed, pairs: { near: string; far: string }[]): Faced {
  const nears = new Map<string, string[]>();
  for (const { near, far } of pairs) nears.set(far, [...(nears.get(far) ?? []), near]);
  const groups = new Map<string, DrawnCard[]>();
  for (const card of items) {
    const key = alike(card, faceOf(card, assessed), assessed, nears.get(card.id) ?? []);
    groups.set(key, [...(groups.get(key) ?? []), card]);
  }
  const faced: Faced = { cards: [], faces: new Map() };
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const cards = group.length >= (assessed.changesOf.has(first.id) ? MANY_CHANGED : MANY) ? [{ ...first, members: group.flatMap((card) => card.members) }] : group;
    for (const card of cards) {
      faced.cards.push(card);
      faced.faces.set(card.id, { ...faceOf(card, assessed), count: card.members.length, label: cards.length < group.length ? "alike" : null });
    }
  }
  return faced;
}

/** Equal for what nothing in the picture tells apart. */
function alike(card: DrawnCard, face: Face, assessed: Assessed, nears: string[]): string {
  const resource = card.members[0]?.resource;
  if (!resource || face.outcome === "DOWN") return card.id;
  const what = [card.distance, face.role, resource.kind, resource.owner, resource.account, resource.presence];
  if (face.role === "changed") return [...what, ...(assessed.changesOf.get(card.id) ?? []).map(({ action }) => action)].join("\n");
  return [...what, face.outcome, face.impact?.phase, ...nears.toSorted()].join("\n");
}

/** As many cards as are drawn, worst first, each with those that its reason leads over: one that nothing leads to would say little. */
function worstFirst(cards: DrawnCard[], faces: Map<string, Face>, pairs: { near: string; far: string }[]): DrawnCard[] {
  const cardOf = new Map(cards.flatMap((card) => card.members.map(({ resource }) => [resource.id, card] as const)));
  const before = new Map<DrawnCard, DrawnCard[]>();
  for (const { near, far } of pairs) {
    const [from, to] = [cardOf.get(near), cardOf.get(far)];
    if (from && to && from !== to && from.distance < to.distance) before.set(to, [...(before.get(to) ?? []), from]);
  }
  const kept = new Set<DrawnCard>();
  for (const card of cards.toSorted((a, b) => rankOfFace(faces.get(a.id)) - rankOfFace(faces.get(b.id)) || a.distance - b.distance)) {
    const wanted = new Set([card]);
    // What is added meanwhile is walked as well.
    for (const one of wanted) for (const near of before.get(one) ?? []) wanted.add(near);
    const added = [...wanted].filter((one) => !kept.has(one));
    if (kept.size + added.length <= MAX_CARDS) for (const one of added) kept.add(one);
  }
  return [...kept].toSorted((a, b) => a.distance - b.distance);
}

function rankOfFace(face: Face | undefined): number {
  if (face?.outcome) return OUTCOMES.indexOf(face.outcome);
  return face?.role === "changed" ? OUTCOMES.length : OUTCOMES.length + 1;
}

/** Adds what was reached and is not hit, as far as there is room; answers how many resources found none. */
function addUnaffected(cards: DrawnCard[], faces: Map<string, Face>, assessed: Assessed, reached: ReachedToo): number {
  const there = new Set(cards.flatMap((card) => card.members.map(({ resource }) => resource.id)));
  let without = 0;
  for (const { resource, distance, folded, label } of reached.nodes) {
    if (there.has(resource.id) || assessed.impactOf.has(resource.id)) continue;
    if (cards.length >= MAX_CARDS) {
      without += 1 + folded;
      continue;
    }
    cards.push({ id: resource.id, distance: Math.max(1, distance), members: [{ resource, distance }] });
    faces.set(resource.id, { role: "unaffected", outcome: "UNAFFECTED", impact: null, count: 1 + folded, label: folded > 0 ? label : null });
  }
  const told = reached.nodes.reduce((sum, node) => sum + 1 + node.folded, 0);
  return without + Math.max(0, reached.totalCount - told);
}

function linesOf(reached: ReachedToo | null): { near: string; far: string; inferred: boolean }[] {
  return (reached?.links ?? []).map(({ from, to, evidence }) => ({ near: to.id, far: from.id, inferred: evidence.inferred }));
}

/** Each pair of cards once, from the nearer to the farther. */
function linesBetween(pairs: { near: string; far: string; inferred: boolean }[], cardOf: Map<string, DrawnCard>): DrawnLink[] {
  const drawn = new Map<string, DrawnLink>();
  for (const { near, far, inferred } of pairs) {
    const [from, to] = [cardOf.get(near), cardOf.get(far)];
    if (!from || !to || from === to) continue;
    const [first, second] = from.distance <= to.distance ? [from, to] : [to, from];
    const key = `${first.id}\n${second.id}`;
    const known = drawn.get(key);
    if (known) known.inferred &&= inferred;
    else drawn.set(key, { near: first.id, far: second.id, inferred, bridge: false });
  }
  return [...drawn.values()];
}
