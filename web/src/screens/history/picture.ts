import { fold, MAX_CARDS, nearest } from "../../layout/fold";
import type { DrawnCard, DrawnLink } from "../../layout/types";
import type { Change, LinkChange } from "./changes";

/** Columns from what is gone to what is new; what did not change stands between, where a link of it came or went. */
export const COLUMNS = ["removed", "changed", "same", "added"] as const;
export type Standing = (typeof COLUMNS)[number];

export type Picture = {
  cards: DrawnCard[];
  links: DrawnLink[];
  /** By resource, the card that shows it. */
  cardOf: Map<string, DrawnCard>;
  /** By column, how many resources are not drawn. */
  leftOut: Map<number, number>;
};

/** Names of these tell nothing: those of one whole are one card. */
const NAMELESS = new Set<string>(["ECS_TASK", "NETWORK_INTERFACE"]);

/** What to draw of a difference: changes as cards, and the other ends of links that came or went. */
export function pictureOf(changes: Change[], links: LinkChange[]): Picture {
  const standing = new Map<string, Standing>(changes.map(({ happened, resource }) => [resource.id, happened]));
  const resources = new Map(changes.map(({ resource }) => [resource.id, resource]));
  for (const { link } of links) {
    for (const end of [link.from, link.to]) {
      if (resources.has(end.id)) continue;
      resources.set(end.id, end);
      standing.set(end.id, "same");
    }
  }
  // From 1: what folds takes the distance 0 for a root.
  const reached = [...resources.values()].map((resource) => ({ resource, distance: COLUMNS.indexOf(standing.get(resource.id) ?? "same") + 1 }));
  const hops = links.map(({ link }) => link);
  const wholes = new Map(hops.filter(({ relation }) => relation === "PART_OF").map(({ from, to }) => [from.id, to.id]));
  const passing = new Map<string, DrawnCard>();
  for (const item of reached.filter(({ resource }) => NAMELESS.has(resource.kind))) {
    const { id, kind, presence, owner, account, region } = item.resource;
    const key = [item.distance, kind, presence, owner, account, region, wholes.get(id) ?? ""].join("\n");
    const card = passing.get(key);
    if (card) card.members.push(item);
    else passing.set(key, { id, members: [item], distance: item.distance });
  }
  const named = fold(
    reached.filter(({ resource }) => !NAMELESS.has(resource.kind)),
    hops,
  );
  const cards = [...named, ...passing.values()];
  const { drawn, leftOut } = mostWorthDrawing(cards.length > MAX_CARDS ? foldedHard(cards) : cards);
  const cardOf = new Map(drawn.flatMap((card) => card.members.map((member) => [member.resource.id, card] as const)));
  return { cards: drawn, links: linesOf(links, cardOf), cardOf, leftOut };
}

/** Too many to draw: one card for all of a kind that fared alike and have one owner. */
function foldedHard(cards: DrawnCard[]): DrawnCard[] {
  const folded = new Map<string, DrawnCard>();
  for (const card of cards) {
    const [first] = card.members;
    if (!first) continue;
    const { kind, presence, owner, account, region } = first.resource;
    const key = [card.distance, kind, presence, owner, account, region].join("\n");
    const known = folded.get(key);
    if (known) known.members.push(...card.members);
    else folded.set(key, { ...card, members: [...card.members] });
  }
  return [...folded.values()];
}

/** As many cards as may be drawn, what changed before what only has a changed link; the rest is counted by column. */
function mostWorthDrawing(cards: DrawnCard[]): { drawn: DrawnCard[]; leftOut: Map<number, number> } {
  const columns = new Map(cards.map((card) => [card.id, card.distance]));
  const { drawn } = nearest(cards.map((card) => ({ ...card, distance: COLUMNS[card.distance - 1] === "same" ? 1 : 0 })));
  const kept = new Set(drawn.map((card) => card.id));
  const leftOut = new Map<number, number>();
  for (const card of cards) if (!kept.has(card.id)) leftOut.set(card.distance, (leftOut.get(card.distance) ?? 0) + card.members.length);
  return { drawn: drawn.map((card) => ({ ...card, distance: columns.get(card.id) ?? 1 })), leftOut };
}

function linesOf(links: LinkChange[], cardOf: Map<string, DrawnCard>): DrawnLink[] {
  const lines = new Map<string, DrawnLink>();
  for (const { happened, link } of links) {
    const [from, to] = [cardOf.get(link.from.id), cardOf.get(link.to.id)];
    if (!from || !to || from === to) continue;
    const backward = from.distance > to.distance;
    const [near, far] = backward ? [to, from] : [from, to];
    const key = `${happened} ${near.id}\n${far.id}`;
    const known = lines.get(key);
    if (known) known.inferred &&= link.evidence.inferred;
    else lines.set(key, { near: near.id, far: far.id, inferred: link.evidence.inferred, bridge: false, mark: happened, backward });
  }
  return [...lines.values()];
}
