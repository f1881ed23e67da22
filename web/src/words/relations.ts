import type { Relation } from "../api/generated";

/** A link read from the dependent to the dependency ("reads"), and back ("is read by"). */
type RelationWords = { forward: string; back: string };

const WORDS: Record<Relation, RelationWords> = {
  RUNS: { forward: "runs", back: "is run by" },
  PART_OF: { forward: "is part of", back: "contains" },
  HOSTED_ON: { forward: "is hosted on", back: "hosts" },
  CAPACITY_FROM: { forward: "takes capacity from", back: "gives capacity to" },
  BACKED_BY: { forward: "is backed by", back: "backs" },
  PULLS_FROM: { forward: "pulls images from", back: "holds images of" },
  READS_SECRET: { forward: "reads", back: "is read by" },
  LOGS_TO: { forward: "logs to", back: "takes logs of" },
  MOUNTS: { forward: "mounts", back: "is mounted by" },
  ENCRYPTED_BY: { forward: "is encrypted by", back: "encrypts" },
  EXECUTION_ROLE: { forward: "starts with execution role", back: "is execution role of" },
  TASK_ROLE: { forward: "runs with task role", back: "is task role of" },
  ASSUMES: { forward: "assumes", back: "is assumed by" },
  GRANTED_BY: { forward: "gets permissions from", back: "gives permissions to" },
  BOUNDED_BY: { forward: "is bounded by", back: "bounds" },
  GRANTED_ON: { forward: "has permissions on", back: "is named in permissions of" },
  IN_VPC: { forward: "is in", back: "contains" },
  PLACED_IN: { forward: "is placed in", back: "places" },
  ATTACHED_TO: { forward: "is attached to", back: "is attached by" },
  PROTECTED_BY: { forward: "is protected by", back: "protects" },
  ALLOWS: { forward: "lets in", back: "is let in by" },
  ROUTED_BY: { forward: "is routed by", back: "routes" },
  ROUTES_VIA: { forward: "routes through", back: "carries routes of" },
  FILTERED_BY: { forward: "is filtered by", back: "filters" },
  MATCHES: { forward: "matches addresses of", back: "has addresses matched by" },
  CONFIGURED_BY: { forward: "is configured by", back: "configures" },
  REACHES_AWS_VIA: { forward: "reaches AWS through", back: "is the way to AWS of" },
  REGISTERED_IN: { forward: "is registered in", back: "has as target" },
  FORWARDS_TO: { forward: "forwards to", back: "gets requests from" },
  RESOLVES_TO: { forward: "resolves to", back: "is resolved by" },
  USES_CERTIFICATE: { forward: "uses certificate", back: "is certificate of" },
  FRONTS: { forward: "stands before", back: "is behind" },
  DISCOVERED_BY: { forward: "is discovered through", back: "makes known" },
  CALLS: { forward: "calls", back: "is called by" },
  SCALED_BY: { forward: "is scaled by", back: "scales" },
  WATCHED_BY: { forward: "is watched by", back: "watches" },
  STARTS: { forward: "starts", back: "is started by" },
  STARTS_IN: { forward: "starts tasks in", back: "has tasks started by" },
  DEAD_LETTERS_TO: { forward: "sends dead letters to", back: "gets dead letters of" },
  CONSUMES: { forward: "consumes", back: "is consumed by" },
  SUBSCRIBED_TO: { forward: "is subscribed to", back: "is delivered to" },
  DEPLOYED_BY: { forward: "is deployed by", back: "deploys" },
  SHIFTS: { forward: "shifts requests at", back: "has requests shifted by" },
  LAUNCHES_FROM: { forward: "launches from", back: "launches instances of" },
  USES_TABLE: { forward: "uses table", back: "is used by" },
  REPLICATED_FROM: { forward: "is replicated from", back: "is replicated to" },
  HOOKED_BY: { forward: "asks before going on", back: "is asked during deployments of" },
};

/** The words of a relation; one that a newer server knows and this page does not is spelled out from its name. */
export function relationWords(relation: string): RelationWords {
  const known = (WORDS as Record<string, RelationWords | undefined>)[relation];
  if (known) return known;
  const spelled = relation.toLowerCase().replaceAll("_", " ");
  return { forward: spelled, back: `is what “${spelled}” points at, from` };
}
