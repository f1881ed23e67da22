import type { RadiusResult } from "../api/generated";
import { fold, linksBetween, nearest, unfolded } from "./fold";
import { lastSteps, pathTo, type Step } from "./path";
import type { Card, DrawnCard, DrawnLink, Reached } from "./types";

type Answer = RadiusResult["blastRadius"];

/** An answer made ready to be drawn, listed and explained. */
export type Radius = {
  answer: Answer;
  /** Roots and what they reach, nearest first. */
  reached: Reached[];
  /** Every resource that a row, a card or a step may name. */
  resources: Map<string, Card>;
  steps: Map<string, Step>;
  cards: DrawnCard[];
  links: DrawnLink[];
  /** By distance, how many resources are not drawn. */
  leftOut: Map<number, number>;
  /** By resource, the card that shows it. */
  cardOf: Map<string, DrawnCard>;
};

export function readRadius(answer: Answer, folded: boolean): Radius {
  const reached: Reached[] = [...answer.roots.map((resource) => ({ resource, distance: 0 })), ...answer.nodes];
  const resources = new Map(reached.map(({ resource }) => [resource.id, resource]));
  const steps = lastSteps(reached, answer.links);
  const roots = new Set(answer.roots.map((root) => root.id));
  for (const node of answer.nodes) addPath(node.path ?? [], roots, resources, steps);

  const { drawn, leftOut } = nearest(folded ? fold(reached, answer.links) : unfolded(reached));
  const cardOf = new Map(drawn.flatMap((card) => card.members.map((member) => [member.resource.id, card] as const)));
  const links = linksBetween(drawn, answer.links);
  return { answer, reached, resources, steps, cards: drawn, links: [...links, ...bridges(drawn, links, steps, cardOf)], leftOut, cardOf };
}

/** A path as the server gives it, root first, read into steps; resources that a filter hides become known by it. */
function addPath(path: NonNullable<Answer["nodes"][number]["path"]>, roots: Set<string>, resources: Map<string, Card>, steps: Map<string, Step>): void {
  let here: string | null = null;
  for (const hop of path) {
    const near: string = here ?? (roots.has(hop.from.id) ? hop.from.id : hop.to.id);
    const far = near === hop.from.id ? hop.to.id : hop.from.id;
    for (const end of [hop.from, hop.to]) if (!resources.has(end.id)) resources.set(end.id, end);
    if (!steps.has(far) && !roots.has(far)) steps.set(far, { near, far, hop });
    here = far;
  }
}

/** Lines to cards whose way to the root leads through resources that are not drawn: from the last drawn one on the way. */
function bridges(cards: DrawnCard[], links: DrawnLink[], steps: Map<string, Step>, cardOf: Map<string, DrawnCard>): DrawnLink[] {
  const led = new Set(links.map((link) => link.far));
  const found: DrawnLink[] = [];
  for (const card of cards) {
    if (card.distance === 0 || led.has(card.id)) continue;
    const path = pathTo(card.id, steps);
    const last = path.findLast((step) => step.far !== card.id && cardOf.has(step.far))?.far ?? path[0]?.near;
    const near = last === undefined ? undefined : cardOf.get(last);
    if (near && near !== card) found.push({ near: near.id, far: card.id, inferred: false, bridge: true });
  }
  return found;
}
