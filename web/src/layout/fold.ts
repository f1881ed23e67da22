import type { ResourceKind } from "../api/generated";
import { groupBy } from "./group";
import type { DrawnCard, DrawnLink, Hop, Reached } from "./types";

/** The most cards that are drawn; ui budgets and readability end here. */
export const MAX_CARDS = 150;

/** Names of these kinds tell a reader nothing: two are enough to fold. */
const NAMELESS = new Set<ResourceKind>(["ECS_TASK", "NETWORK_INTERFACE"]);
/** Names of other kinds do: fold only where there are many. */
const MANY = 5;

/**
 * Folds resources that nothing in the picture tells apart into one card: same kind, distance, presence and owner,
 * and linked to the same others. Three tasks of a service become one card that says three. Roots are never folded.
 */
export function fold(reached: Reached[], links: Hop[]): DrawnCard[] {
  const neighbours = new Map<string, string[]>();
  const note = (id: string, text: string) => {
    const list = neighbours.get(id);
    if (list) list.push(text);
    else neighbours.set(id, [text]);
  };
  for (const hop of links) {
    note(hop.from.id, `>${hop.relation} ${hop.to.id}`);
    note(hop.to.id, `<${hop.relation} ${hop.from.id}`);
  }
  const groups = groupBy(reached, (item) => {
    const { id, kind, presence, owner, account, region } = item.resource;
    return item.distance === 0 ? id : [item.distance, kind, presence, owner, account, region, ...(neighbours.get(id) ?? [id]).toSorted()].join("\n");
  });
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    const isWorthIt = first && (members.length >= MANY || NAMELESS.has(first.resource.kind));
    return isWorthIt ? [{ id: first.resource.id, members, distance: first.distance }] : unfolded(members);
  });
}

/** One card for each resource. */
export function unfolded(reached: Reached[]): DrawnCard[] {
  return reached.map((item) => ({ id: item.resource.id, members: [item], distance: item.distance }));
}

/** The nearest cards up to the most that are drawn, and for each distance how many resources were left out. */
export function nearest(cards: DrawnCard[], most = MAX_CARDS): { drawn: DrawnCard[]; leftOut: Map<number, number> } {
  const ordered = cards.toSorted((a, b) => a.distance - b.distance);
  const leftOut = new Map<number, number>();
  for (const card of ordered.slice(most)) {
    leftOut.set(card.distance, (leftOut.get(card.distance) ?? 0) + card.members.length);
  }
  return { drawn: ordered.slice(0, most), leftOut };
}

/** Two resources that something links, the nearer one first. */
export type Pair = { near: string; far: string; inferred: boolean };

/** The links between cards, each pair once, from the nearer to the farther card. */
export function linksBetween(cards: DrawnCard[], links: Hop[]): DrawnLink[] {
  const cardOf = new Map(cards.flatMap((card) => card.members.map(({ resource }) => [resource.id, card] as const)));
  return linksBetweenCards(links.map(({ from, to, evidence }) => ({ near: to.id, far: from.id, inferred: evidence.inferred })), cardOf);
}

/** The same, of resources of which it is known which card shows each. */
export function linksBetweenCards(pairs: Pair[], cardOf: Map<string, DrawnCard>): DrawnLink[] {
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
