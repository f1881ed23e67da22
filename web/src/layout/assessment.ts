import { isAboutTheUnknown } from "../words/verdict";
import type { Changed, Impacted, Judged, Linked, Warned } from "../api/generated";
import type { Step } from "./path";
import type { Card } from "./types";

/** One step of a reason. */
export type ReasonStep = Step & { hop: Linked };

/** An assessment made ready to be drawn, listed and explained. */
export type Assessed = {
  judged: Judged;
  /** Every resource that a row, a card or a step may name. */
  resources: Map<string, Card>;
  impactOf: Map<string, Impacted>;
  /** What changes something: first what was not judged. */
  changes: Changed[];
  /** By resource, what the change does to it. */
  changesOf: Map<string, Changed[]>;
  /** By resource that is hit, the steps from the change to it. */
  reasonOf: Map<string, ReasonStep[]>;
  /** By resource that is hit, the risks that name it. */
  risksOf: Map<string, Warned[]>;
  /** Changes that were not judged, with all that is known of them. */
  notJudged: Changed[];
  /** Risks of what breaks, and of what is not known but for those changes. */
  risks: Warned[];
  unknown: Warned[];
};

const CHANGES_NOTHING = new Set(["NO_OP", "READ"]);

export function readAssessment(judged: Judged): Assessed {
  const resources = new Map<string, Card>();
  const learn = (resource: Card | null) => {
    if (resource && !resources.has(resource.id)) resources.set(resource.id, resource);
  };
  const impacts = [...judged.impacts, ...judged.alreadyBroken, ...judged.mended];
  for (const { resource } of impacts) learn(resource);
  for (const root of judged.blastRadius.roots) learn(root);
  for (const { resource } of judged.changes) learn(resource);
  for (const { path } of impacts) for (const link of path) [link.from, link.to].forEach(learn);
  for (const risk of judged.risks) {
    learn(risk.resource);
    for (const link of risk.evidence) [link.from, link.to].forEach(learn);
  }

  const changesOf = new Map<string, Changed[]>();
  const changes = judged.changes.filter(({ action }) => !CHANGES_NOTHING.has(action));
  for (const change of changes) {
    const id = change.resource?.id ?? `planned:${change.address}`;
    if (resources.has(id)) changesOf.set(id, [...(changesOf.get(id) ?? []), change]);
  }
  const risksOf = new Map<string, Warned[]>();
  for (const risk of judged.risks) for (const { id } of risk.affected) risksOf.set(id, [...(risksOf.get(id) ?? []), risk]);
  return {
    judged,
    resources,
    changes: changes.toSorted((a, b) => Number(wasMatched(a)) - Number(wasMatched(b))),
    changesOf,
    risksOf,
    impactOf: new Map(judged.impacts.map((impact) => [impact.resource.id, impact])),
    reasonOf: new Map(impacts.map((impact) => [impact.resource.id, stepsTo(impact.resource.id, impact.path)])),
    notJudged: judged.notJudged.map((one) => changes.find(({ address }) => address === one.address) ?? { ...one, resource: null, attributes: [] }),
    risks: judged.risks.filter((risk) => !isAboutTheUnknown(risk)),
    unknown: judged.risks.filter((risk) => isAboutTheUnknown(risk) && !judged.notJudged.some(({ address }) => risk.title.startsWith(`${address} `))),
  };
}

/** Whether it is known what a change is about. */
export function wasMatched({ match }: { match: Changed["match"] }): boolean {
  return match === "MATCHED" || match === "CREATED";
}

/** The links of a path read as steps. They hang together, and the last one touches `id`: so they are read from there. */
export function stepsTo(id: string, path: Linked[]): ReasonStep[] {
  const steps: ReasonStep[] = [];
  let far = id;
  for (const hop of path.toReversed()) {
    const near = hop.from.id === far ? hop.to.id : hop.from.id;
    steps.unshift({ near, far, hop });
    far = near;
  }
  return steps;
}

/** The worst of what happens to each owner's resources, worst first; null stands for resources without an owner. */
export function teamsOf(impacts: Impacted[]): { owner: string | null; outcome: Impacted["outcome"]; count: number }[] {
  const teams = new Map<string | null, { owner: string | null; outcome: Impacted["outcome"]; count: number }>();
  // Impacts come worst first: the first of a team is its worst, and teams come in the order of their worst.
  for (const { resource, outcome } of impacts) {
    const team = teams.get(resource.owner);
    if (team) team.count++;
    else teams.set(resource.owner, { owner: resource.owner, outcome, count: 1 });
  }
  return [...teams.values()].toSorted((a, b) => Number(a.owner === null) - Number(b.owner === null));
}
