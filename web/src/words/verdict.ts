import type { Outcome, ResourceKind } from "../api/generated";
import { kindWords } from "./kinds";
import { OUTCOMES } from "./outcomes";

/** Rules of risks that speak of what is not known, not of what breaks. */
const ABOUT_WHAT_IS_NOT_KNOWN = new Set(["not-judged", "partly-judged", "incomplete-input", "blind-spot"]);

export function isAboutTheUnknown(risk: { rule: string }): boolean {
  return ABOUT_WHAT_IS_NOT_KNOWN.has(risk.rule);
}

/** `4 of 4 tasks`; empty where nothing is lost or it has no parts. */
export function share({ lost, of, unit }: { lost: number | null; of: number | null; unit: string | null }): string {
  if (lost === null || of === null || of === 0 || lost === 0) return "";
  return `${lost} of ${of}${unit ? ` ${unit}${of === 1 ? "" : "s"}` : ""}`;
}

/** What people have in mind when they ask what a change hits. */
const RUNS_OR_STARTS = new Set<ResourceKind>(["ECS_SERVICE", "ECS_TASK", "SCHEDULE", "EVENT_RULE"]);
const NAMED = 4;

/** How many changes AWS will not accept: the apply stops there. Those of one kind are told together. */
export function refusedOf(risks: { title: string; addresses: string[] }[]): number {
  const refused = risks.filter(({ title }) => title.startsWith("AWS will refuse"));
  return new Set(refused.flatMap(({ title, addresses }) => (addresses.length > 0 ? addresses : [title]))).size;
}

/** `AWS will refuse 2 changes; 1 service goes down, 4 services fail at their next start, and 9 more`. */
export function headline(impacts: { outcome: Outcome; resource: { kind: ResourceKind } }[], notJudged: number, refused = 0): string {
  if (refused > 0) {
    const rest = headline(impacts, notJudged);
    return `AWS will refuse ${refused.toLocaleString("en")} ${refused === 1 ? "change" : "changes"}; ${rest.charAt(0).toLowerCase()}${rest.slice(1)}`;
  }
  if (impacts.length === 0) {
    if (notJudged === 0) return "Nothing that runs, serves or starts is hit";
    return `Nothing is hit by what was judged; ${notJudged} ${notJudged === 1 ? "change was" : "changes were"} not judged`;
  }
  const counts = new Map<string, { outcome: Outcome; kind: ResourceKind; count: number }>();
  for (const { outcome, resource } of impacts) {
    const key = `${outcome} ${resource.kind}`;
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { outcome, kind: resource.kind, count: 1 });
  }
  const ordered = [...counts.values()].toSorted((a, b) => rank(a) - rank(b));
  const said = ordered.slice(0, NAMED).map(saying);
  const more = ordered.slice(NAMED).reduce((sum, { count }) => sum + count, 0);
  const text = said.join(", ") + (more > 0 ? `, and ${more.toLocaleString("en")} more` : "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What runs or starts before what stands behind it, then worst first. */
function rank({ kind, outcome }: { kind: ResourceKind; outcome: Outcome }): number {
  return Number(!RUNS_OR_STARTS.has(kind)) * OUTCOMES.length + OUTCOMES.indexOf(outcome);
}

/** What is lost in part, where that is not capacity. */
const PARTS: Partial<Record<ResourceKind, string>> = {
  TARGET_GROUP: "targets",
  LOAD_BALANCER: "traffic",
  LISTENER: "traffic",
  LISTENER_RULE: "traffic",
  DNS_RECORD: "traffic",
  VPC_ENDPOINT: "clients",
  EFS_MOUNT_TARGET: "clients",
  EFS_ACCESS_POINT: "clients",
};

function saying({ outcome, kind, count }: { outcome: Outcome; kind: ResourceKind; count: number }): string {
  const words = count === 1 ? kindWords(kind).one : kindWords(kind).many;
  const who = `${count.toLocaleString("en")} ${inSentence(words)}`;
  const one = count === 1;
  switch (outcome) {
    case "DOWN":
      return `${who} ${one ? "goes" : "go"} down`;
    case "DEGRADED":
      return `${who} ${one ? "loses part of its" : "lose part of their"} ${PARTS[kind] ?? "capacity"}`;
    case "FAILS_ON_NEXT_START":
      return `${who} ${one ? "fails at its" : "fail at their"} next start`;
    case "AT_RISK":
      return `${who} may be hit`;
    case "UNAFFECTED":
      return `${who} not hit`;
  }
}

/** `ECS service` as `service`, `Load balancer` as `load balancer`, `VPC endpoint` as it is. */
function inSentence(words: string): string {
  const bare = words.replace(/^ECS /, "");
  return /^[A-Z][a-z]/.test(bare) ? bare.charAt(0).toLowerCase() + bare.slice(1) : bare;
}
