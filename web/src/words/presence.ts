import type { BlindSpotReason, Phase, Presence } from "../api/generated";

/** What is known of a resource: a word for a card, and the whole sentence. "Not found", "could not be read" and "not looked at" never share one. */
export const PRESENCE: Record<Presence, { word: string; claim: string; sentence: string }> = {
  LIVE: { word: "live", claim: "It is there.", sentence: "Read from AWS in the last crawl." },
  MISSING: { word: "does not exist", claim: "It does not exist.", sentence: "Another resource names it, and AWS says that it does not exist." },
  UNREADABLE: { word: "could not be read", claim: "It could not be read.", sentence: "Another resource names it, and it could not be read. It may or may not exist." },
  OUTSIDE: { word: "not crawled", claim: "It was not looked for.", sentence: "Another resource names it, in an account or region, or of a type, that is not crawled." },
  PLANNED: { word: "planned", claim: "It is planned.", sentence: "The change under review creates it." },
  STATED: { word: "known from the plan", claim: "The plan says that it is there.", sentence: "It was not read from AWS: the plan under review says that it is there, and leaves it as it is." },
};

export const PRESENCES = Object.keys(PRESENCE) as Presence[];

export function isPresence(text: string): text is Presence {
  return text in PRESENCE;
}

export const PHASE: Record<Phase, { word: string; sentence: string }> = {
  START: { word: "start", sentence: "placing, pulling, fetching secrets: before the container runs" },
  RUN: { word: "run", sentence: "while it runs" },
  TRAFFIC: { word: "traffic", sentence: "traffic reaches it through this" },
  DEPLOY: { word: "deploy", sentence: "rolling out a new revision" },
  SCALE: { word: "scale", sentence: "adding or removing tasks" },
  SCHEDULE: { word: "schedule", sentence: "being started by a schedule or an event" },
};

export const PHASES = Object.keys(PHASE) as Phase[];

export function isPhase(text: string): text is Phase {
  return text in PHASE;
}

/** Why the crawler could not look, and what makes it see. */
export const REASON: Record<BlindSpotReason, { word: string; remedy: string }> = {
  ACCESS_DENIED: { word: "Access denied", remedy: "Allow the action to the role that crawls." },
  THROTTLED: { word: "Throttled", remedy: "AWS kept refusing for too many requests. The next crawl tries again." },
  TIMEOUT: { word: "Timed out", remedy: "AWS did not answer in time. The next crawl tries again." },
  UNSUPPORTED: { word: "Not supported here", remedy: "This endpoint does not implement the action." },
  ERROR: { word: "Failed", remedy: "AWS answered with an error. The next crawl tries again." },
  STALE: { word: "Old data", remedy: "The newest crawl lost more of it than --max-drop lets go, or no crawl has come there for days." },
};
