import type { Impacted, Outcome } from "../../api/generated";
import type { Assessed } from "../../layout/assessment";
import { NO_OWNER } from "../../components/resource-line";
import type { Card } from "../../layout/types";
import type { ReviewRoute } from "../../routes";
import { counted, joined } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { HIT, OUTCOME } from "../../words/outcomes";

/** The most nodes asked for of what was reached and is not hit. */
export const MOST_REACHED = 300;

/** What is shown of what was reached: everything that is hit, unless told otherwise. */
export function outcomesShown({ outcomes }: ReviewRoute): Outcome[] {
  return outcomes.length > 0 ? outcomes : HIT;
}

/** Whether what is not hit is shown, too, and so has to be asked for. */
export function reachedWanted(route: ReviewRoute): boolean {
  return outcomesShown(route).includes("UNAFFECTED");
}

/** The impacts that the filters leave, worst first. */
export function impactsShown({ judged, reasonOf }: Assessed, route: ReviewRoute): Impacted[] {
  const outcomes = outcomesShown(route);
  return judged.impacts.filter(({ outcome, resource }) => outcomes.includes(outcome) && isShown(resource, reasonOf.get(resource.id)?.length ?? 0, route));
}

export function isShown({ owner, kind }: Card, steps: number, { team, kinds, hops }: ReviewRoute): boolean {
  return (team === null || (owner ?? "") === team) && (kinds.length === 0 || kinds.includes(kind)) && (hops === null || steps <= hops);
}

export const NO_FILTER = { outcomes: [], team: null, kinds: [], hops: null } satisfies Partial<ReviewRoute>;

export function isFiltered({ outcomes, team, kinds, hops }: ReviewRoute): boolean {
  return outcomes.length + kinds.length > 0 || team !== null || hops !== null;
}

/** How many were reached and are not hit. */
export function unaffectedCount({ judged }: Assessed): number {
  const roots = new Set(judged.blastRadius.roots.map(({ id }) => id));
  return Math.max(0, judged.blastRadius.totalCount - judged.impacts.filter(({ resource }) => !roots.has(resource.id)).length);
}

/** How many there are of an outcome, filters or not. */
export function countOf(assessed: Assessed, outcome: Outcome): number {
  if (outcome === "UNAFFECTED") return unaffectedCount(assessed);
  return assessed.judged.impacts.filter((impact) => impact.outcome === outcome).length;
}

/** What the filters leave, in words. */
export function filterWords({ outcomes, team, kinds, hops }: ReviewRoute): string {
  const words = outcomes.length > 0 ? [joined(outcomes.map((outcome) => OUTCOME[outcome].word))] : [];
  if (team !== null) words.push(team === "" ? NO_OWNER.toLowerCase() : `team ${team}`);
  if (kinds.length > 0) words.push(joined(kinds.map((kind) => kindWords(kind).many)));
  if (hops !== null) words.push(`at most ${counted(hops, "step")} away`);
  return words.join(", ");
}
