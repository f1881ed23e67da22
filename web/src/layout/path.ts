import type { Hop, Reached } from "./types";

/** One step of a path: over `hop`, from the resource nearer to the root to the one farther away. */
export type Step = { near: string; far: string; hop: Hop };

/**
 * For each resource reached, the step by which it is shown to be reached: a link to a resource that is one nearer.
 * Stated links go before inferred ones, then the order of the answer decides, so that equal data gives equal paths.
 */
export function lastSteps(reached: Reached[], links: Hop[]): Map<string, Step> {
  const distance = new Map(reached.map(({ resource, distance: far }) => [resource.id, far]));
  const steps = new Map<string, Step>();
  for (const hop of links) {
    for (const [near, far] of [
      [hop.from.id, hop.to.id],
      [hop.to.id, hop.from.id],
    ] as const) {
      const nearDistance = distance.get(near);
      if (nearDistance === undefined || distance.get(far) !== nearDistance + 1) continue;
      const known = steps.get(far);
      if (!known || (known.hop.evidence.inferred && !hop.evidence.inferred)) steps.set(far, { near, far, hop });
    }
  }
  return steps;
}

/** The steps from a root to a resource; empty for a root, and where the links in hand do not lead there. */
export function pathTo(id: string, steps: Map<string, Step>): Step[] {
  const path: Step[] = [];
  for (let step = steps.get(id); step; step = steps.get(step.near)) path.unshift(step);
  return path;
}
