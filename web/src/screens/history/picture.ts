import { fold, MAX_CARDS, nearest } from "../../layout/fold";
import { groupBy } from "../../layout/group";
import type { DrawnCard, DrawnLink, Reached } from "../../layout/types";
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
  const passing = cardsOf(
    reached.filter(({ resource }) => NAMELESS.has(resource.kind)),
    ({ resource }) => wholes.get(resource.id),
  );
  const named = fold(
    reached.filter(({ resource }) => !NAMELESS.has(resource.kind)),
    hops,
  );
  const cards = [...named, ...passing];
  const { drawn, leftOut } = mostWorthDrawing(cards.length > MAX_CARDS ? foldedHard(cards) : cards);
  const cardOf = new Map(drawn.flatMap((card) => card.members.map((member) => [member.resource.id, card] as const)));
  return { cards: drawn, links: linesOf(links, cardOf), cardOf, leftOut };
}

/** Too many to draw: one card for all of a kind that fared alike and have one owner. */
function foldedHard(cards: DrawnCard[]): DrawnCard[] {
  return cardsOf(cards.flatMap(({ members }) => members));
}

/** One card for all that fared alike and differ in nothing but the name, or in what `also` says. */
function cardsOf(reached: Reached[], also: (item: Reached) => string | undefined = () => ""): DrawnCard[] {
  const alike = groupBy(reached, (item) => {
    const { kind, presence, owner, account, region } = item.resource;
    return [item.distance, kind, presence, owner, account, region, also(item)].join("\n");
  });
  return [...alike.values()].flatMap((members) => (members[0] ? [{ id: members[0].resource.id, members, distance: members[0].distance }] : []));
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
