import type { Altered, Presence } from "../../api/generated";
import { isPresence, PRESENCE } from "../../words/presence";
import { leavesOf } from "./leaves";

/** What is known of a value at one time: the value, or why there is none to show. */
export type Said = { value: unknown } | { why: string };

/** One line of "it was this, and is that". */
export type Line = { path: string; before: Said; after: Said; /** What the two values leave unsaid. */ note?: string };

const NONE: Said = { why: "not there" };
const UNKNOWN: Said = { why: "not known" };
const READ: Said = { why: "read from AWS" };
const HIDDEN: Said = { why: "secret, not shown" };
const FINGERPRINT = /^fingerprint:/;
/** Of facts that every resource has, and no API names. */
const OF_EVERY: Record<string, string> = { name: "name", presence: "state", tags: "tag", kind: "type", account: "account", region: "region" };

/** The changes of a resource's attributes line by line. What a name alone is left of has no attributes any more: they are counted, not listed. */
export function linesOf(attributes: Altered[]): Line[] {
  const presence = attributes.find(({ name }) => name === "presence");
  const [before, after] = [presenceIn(presence?.before), presenceIn(presence?.after)];
  const forgotten = after !== null && after !== "LIVE";
  const learnt = before !== null && before !== "LIVE" && !forgotten;
  const lines = attributes.filter(({ name }) => name in OF_EVERY && !((forgotten || learnt) && name === "tags")).flatMap(linesOfOne);
  const rest = attributes.filter(({ name }) => !(name in OF_EVERY));
  if (!forgotten && !learnt) return [...lines, ...rest.flatMap(linesOfOne)];
  if (rest.length === 0) return lines;
  const names = rest.map(({ name }) => name).join(", ");
  return [...lines, forgotten ? { path: names, before: READ, after: UNKNOWN, note: "nothing can be read of it any more" } : { path: names, before: UNKNOWN, after: READ }];
}

function linesOfOne({ name, before, after, unknown, sensitive }: Altered): Line[] {
  const path = OF_EVERY[name] ?? name;
  if (sensitive) return [{ path, before: HIDDEN, after: unknown ? UNKNOWN : HIDDEN, note: "a secret value changed" }];
  if (unknown) return [{ path, before: saidOf(before ?? undefined), after: UNKNOWN }];
  if (name === "presence") return [{ path, before: presenceSaid(before), after: presenceSaid(after) }];
  // The API has no word for "not there" but null.
  return leavesOf(path, before ?? undefined, after ?? undefined).map((leaf) => ({
    path: leaf.path,
    before: saidOf(leaf.before),
    after: saidOf(leaf.after),
    ...(isFingerprint(leaf.before) || isFingerprint(leaf.after) ? { note: "only fingerprints of the values are kept" } : {}),
  }));
}

function saidOf(value: unknown): Said {
  return value === undefined ? NONE : { value };
}

function presenceSaid(value: unknown): Said {
  const presence = presenceIn(value);
  return presence ? { why: PRESENCE[presence].word } : saidOf(value ?? undefined);
}

function presenceIn(value: unknown): Presence | null {
  return typeof value === "string" && isPresence(value) ? value : null;
}

export function isFingerprint(value: unknown): value is string {
  return typeof value === "string" && FINGERPRINT.test(value);
}

/** As text, for a table to take away. */
export function textOfSaid(said: Said): string {
  if ("why" in said) return `(${said.why})`;
  return typeof said.value === "string" ? said.value : JSON.stringify(said.value);
}
