import type { Impacted, Outcome, ReachedToo } from "../api/generated";
import { OUTCOMES } from "../words/outcomes";
import type { Assessed, ReasonStep } from "./assessment";
import { linksBetweenCards, MAX_CARDS, type Pair } from "./fold";
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
  const { changesOf, impactOf, reasonOf, resources } = assessed;
  const reasons = impacts.map(({ resource }) => reasonOf.get(resource.id) ?? []);
  const workloadOf = folded ? findWorkloads(assessed, reasons) : new Map<string, string>();
  const shownAs = (id: string) => workloadOf.get(id) ?? id;
  const pairs = reasons
    .flat()
    .map(({ near, far, hop }): Pair => ({ near: shownAs(near), far: shownAs(far), inferred: hop.evidence.inferred }))
    .filter(({ near, far }) => near !== far);

  const distances = new Map<string, number>();
  for (const id of [...changesOf.keys(), ...reasons.flatMap(([first]) => (first ? [shownAs(first.near)] : []))]) distances.set(id, 0);
  const farOf = listed(pairs.map(({ near, far }) => [near, far]));
  // A map is walked in the order of insertion, and what is added meanwhile is walked as well: breadth first.
  for (const [id, distance] of distances) for (const far of farOf.get(id) ?? []) if (!distances.has(far)) distances.set(far, distance + 1);
  // What is hit and has no reason in links, as by a change that AWS lists nowhere, stands one step away.
  for (const { resource } of impacts) if (!distances.has(shownAs(resource.id))) distances.set(shownAs(resource.id), 1);

  const partsOf = listed([...workloadOf].map(([part, workload]) => [workload, part]));
  const nearsOf = listed(pairs.map(({ near, far }) => [far, near]));
  const faces = new Map<string, Face>();
  const groups = new Map<string, DrawnCard[]>();
  for (const [id, distance] of distances) {
    const members = [id, ...(partsOf.get(id) ?? [])].flatMap((member) => resources.get(member) ?? []).map((resource) => ({ resource, distance }));
    if (members.length === 0) continue;
    const impact = impactOf.get(id) ?? null;
    const face: Face = { role: changesOf.has(id) ? "changed" : impact ? "hit" : "way", impact, outcome: impact?.outcome ?? null, count: members.length, label: null };
    faces.set(id, face);
    const key = folded ? alike({ id, distance, members }, face, assessed, nearsOf) : id;
    groups.set(key, [...(groups.get(key) ?? []), { id, distance, members }]);
  }
  const cards = [...groups.values()].flatMap((group) => {
    const [first] = group;
    const face = first && faces.get(first.id);
    if (!face || group.length < (face.role === "changed" ? MANY_CHANGED : MANY)) return group;
    const members = group.flatMap((card) => card.members);
    faces.set(first.id, { ...face, count: members.length, label: "alike" });
    return [{ ...first, members }];
  });

  const kept = worstFirst(cards, faces, pairs);
  const count = (role: Face["role"]) => cards.reduce((sum, card) => sum + (faces.get(card.id)?.role === role && !kept.includes(card) ? card.members.length : 0), 0);
  const leftOut = { hit: count("hit"), changed: count("changed"), unaffected: reached ? addUnaffected(kept, faces, assessed, reached) : 0 };
  const cardOf = byMember(kept);
  const others = (reached?.links ?? []).map(({ from, to, evidence }): Pair => ({ near: to.id, far: from.id, inferred: evidence.inferred }));
  return { cards: kept, links: linksBetweenCards([...pairs, ...others], cardOf), faces, cardOf, leftOut };
}

/** The second ones by the first, each once. */
function listed(pairs: [string, string][]): Map<string, Set<string>> {
  const lists = new Map<string, Set<string>>();
  for (const [key, value] of pairs) lists.set(key, (lists.get(key) ?? new Set()).add(value));
  return lists;
}

function byMember(cards: DrawnCard[]): Map<string, DrawnCard> {
  return new Map(cards.flatMap((card) => card.members.map(({ resource }) => [resource.id, card] as const)));
}

/** The relations from a service or task to what is a part of it where nobody else has it. */
const OWN = new Set(["RUNS", "REGISTERED_IN", "ATTACHED_TO", "SCALED_BY"]);

/** By resource, the service that it is drawn as a part of: its tasks, and what only it runs or is registered in. */
function findWorkloads(assessed: Assessed, reasons: ReasonStep[][]): Map<string, string> {
  const holders = listed(
    reasons.flat().flatMap(({ hop: { from, to, relation } }): [string, string][] => {
      if (from.kind === "ECS_TASK" && relation === "PART_OF" && to.kind === "ECS_SERVICE") return [[from.id, to.id]];
      return OWN.has(relation) && (from.kind === "ECS_SERVICE" || from.kind === "ECS_TASK") ? [[to.id, from.id]] : [];
    }),
  );
  const isService = (id: string | null): id is string => id !== null && assessed.resources.get(id)?.kind === "ECS_SERVICE";
  const onlyService = (part: string): string | null => {
    const [only = null, ...others] = new Set([...(holders.get(part) ?? [])].map((holder) => (isService(holder) ? holder : (onlyService(holder) ?? holder))));
    return others.length === 0 && isService(only) ? only : null;
  };
  const workloadOf = new Map<string, string>();
  for (const part of holders.keys()) {
    const workload = onlyService(part);
    if (workload && !assessed.changesOf.has(part) && rankOf(assessed.impactOf.get(part)) >= rankOf(assessed.impactOf.get(workload))) workloadOf.set(part, workload);
  }
  return workloadOf;
}

/** 0 for the worst; what is not hit comes last. */
function rankOf(told: { outcome: Outcome | null } | undefined): number {
  return told?.outcome ? OUTCOMES.indexOf(told.outcome) : OUTCOMES.length;
}

/** Equal for what nothing in the picture tells apart. */
function alike({ id, distance, members }: DrawnCard, { role, outcome, impact }: Face, { changesOf }: Assessed, nearsOf: Map<string, Set<string>>): string {
  const resource: Card | undefined = members[0]?.resource;
  if (!resource || outcome === "DOWN") return id;
  const { kind, owner, account, presence } = resource;
  const rest = role === "changed" ? (changesOf.get(id) ?? []).map(({ action }) => action) : [outcome, impact?.phase, ...[...(nearsOf.get(id) ?? [])].toSorted()];
  return [distance, role, kind, owner, account, presence, ...rest].join("\n");
}

/** As many cards as are drawn, worst first, each with those that its reason leads over: one that nothing leads to would say little. */
function worstFirst(cards: DrawnCard[], faces: Map<string, Face>, pairs: Pair[]): DrawnCard[] {
  const cardOf = byMember(cards);
  const before = new Map<DrawnCard, Set<DrawnCard>>();
  for (const { near, far } of pairs) {
    const [from, to] = [cardOf.get(near), cardOf.get(far)];
    if (from && to && from.distance < to.distance) before.set(to, (before.get(to) ?? new Set()).add(from));
  }
  const rank = ({ id }: DrawnCard) => rankOf(faces.get(id)) + (faces.get(id)?.role === "way" ? 1 : 0);
  const kept = new Set<DrawnCard>();
  for (const card of cards.toSorted((a, b) => rank(a) - rank(b) || a.distance - b.distance)) {
    const wanted = new Set([card]);
    // What is added meanwhile is walked as well.
    for (const one of wanted) for (const near of before.get(one) ?? []) wanted.add(near);
    const added = [...wanted].filter((one) => !kept.has(one));
    if (kept.size + added.length <= MAX_CARDS) for (const one of added) kept.add(one);
  }
  return [...kept].toSorted((a, b) => a.distance - b.distance);
}

/** Adds what was reached and is not hit, as far as there is room; answers how many resources found none. */
function addUnaffected(cards: DrawnCard[], faces: Map<string, Face>, { impactOf }: Assessed, { nodes, totalCount }: ReachedToo): number {
  const there = byMember(cards);
  let left = totalCount;
  for (const { resource, distance, folded, label } of nodes) {
    const isShown = there.has(resource.id) || impactOf.has(resource.id);
    if (!isShown && cards.length >= MAX_CARDS) continue;
    left -= 1 + folded;
    if (isShown) continue;
    cards.push({ id: resource.id, distance: Math.max(1, distance), members: [{ resource, distance }] });
    faces.set(resource.id, { role: "unaffected", outcome: "UNAFFECTED", impact: null, count: 1 + folded, label: folded > 0 ? label : null });
  }
  return Math.max(0, left);
}
