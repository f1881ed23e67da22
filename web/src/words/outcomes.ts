import type { ChangeAction, ChangeMatch, Outcome, Phase, RiskLevel } from "../api/generated";

/** What a change does to a resource, worst first: a word, one that fits on a card, and what it means. */
export const OUTCOME: Record<Outcome, { word: string; short: string; sentence: string }> = {
  DOWN: { word: "down", short: "down", sentence: "stops running, serving, or doing what it is for" },
  DEGRADED: { word: "degraded", short: "degraded", sentence: "goes on with part of it" },
  FAILS_ON_NEXT_START: { word: "fails on next start", short: "fails next start", sentence: "runs on; a new task, deployment or run fails" },
  AT_RISK: { word: "at risk", short: "at risk", sentence: "cannot be decided: the cause says what to check" },
  UNAFFECTED: { word: "no effect", short: "no effect", sentence: "reached, judged, and not hit" },
};

export const OUTCOMES = Object.keys(OUTCOME) as Outcome[];
/** What counts as being hit. */
export const HIT = OUTCOMES.filter((outcome) => outcome !== "UNAFFECTED");

export function isOutcome(text: string): text is Outcome {
  return text in OUTCOME;
}

export const LEVEL: Record<RiskLevel, { word: string; verdict: string }> = {
  CRITICAL: { word: "critical", verdict: "Critical risk" },
  HIGH: { word: "high", verdict: "High risk" },
  MEDIUM: { word: "medium", verdict: "Medium risk" },
  LOW: { word: "low", verdict: "Low risk" },
  NONE: { word: "none", verdict: "No risk found" },
};

/** The sign that a level is shown with: that of the outcome it mostly comes from. */
export const SIGN_OF_LEVEL: Record<RiskLevel, Outcome> = {
  CRITICAL: "DOWN",
  HIGH: "FAILS_ON_NEXT_START",
  MEDIUM: "DEGRADED",
  LOW: "AT_RISK",
  NONE: "UNAFFECTED",
};

/** When an impact shows. */
export const WHEN: Record<Phase, string> = {
  START: "when a task starts",
  RUN: "while tasks run",
  TRAFFIC: "when requests come",
  DEPLOY: "at the next deployment",
  SCALE: "when it should scale",
  SCHEDULE: "at its next run",
};

export const ACTION: Record<ChangeAction, { done: string; question: string }> = {
  CREATE: { done: "created", question: "is created" },
  UPDATE: { done: "updated", question: "changes" },
  REPLACE: { done: "replaced", question: "is replaced" },
  DELETE: { done: "deleted", question: "goes away" },
  NO_OP: { done: "not changed", question: "stays" },
  READ: { done: "read", question: "is read" },
  FORGET: { done: "forgotten by the plan, not deleted", question: "is forgotten" },
};

export function isAction(text: string): text is ChangeAction {
  return text in ACTION;
}

/** Why a change was not judged. */
export const MATCH: Record<ChangeMatch, string> = {
  MATCHED: "found in the snapshot, and not judged",
  CREATED: "new, and not judged",
  NOT_FOUND: "nothing in the snapshot goes by its ARN, id or name",
  UNSUPPORTED_TYPE: "blastmap does not know this type",
  AMBIGUOUS: "several resources in the snapshot could be meant",
};
