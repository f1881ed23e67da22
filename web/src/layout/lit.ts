import type { DrawnCard, DrawnLink } from "./types";

/** What is shown strongly: the cards, and the lines by the keys of their links. */
export type Lit = { cards: Set<string>; lines: Set<string> };

export const NOTHING_LIT: Lit = { cards: new Set(), lines: new Set() };

export function lineKey({ near, far, mark }: DrawnLink): string {
  return `${near}\n${far}\n${mark ?? ""}`;
}

/** The cards of the resources on a way, the start first, and the lines between them. */
export function litAlong(way: string[], cardOf: Map<string, DrawnCard>, links: DrawnLink[]): Lit {
  const cards = [...new Set(way.map((id) => cardOf.get(id)?.id).filter((id) => id !== undefined))];
  const pairs = new Set(cards.slice(1).flatMap((far, index) => [`${cards[index]}\n${far}`, `${far}\n${cards[index]}`]));
  return { cards: new Set(cards), lines: new Set(links.filter(({ near, far }) => pairs.has(`${near}\n${far}`)).map(lineKey)) };
}

/** A card, its lines and the cards at their other ends. */
export function litAround(card: string, links: DrawnLink[]): Lit {
  const own = links.filter(({ near, far }) => near === card || far === card);
  return { cards: new Set(own.flatMap(({ near, far }) => [near, far])), lines: new Set(own.map(lineKey)) };
}
