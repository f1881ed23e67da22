import type { Card, DiffResult, LinkOfDiff, Presence, ResourceKind } from "../../api/generated";
import { groupBy } from "../../layout/group";
import { KINDS, kindWords } from "../../words/kinds";
import { NO_OWNER } from "../../words/owner";
import type { Grouping, Happened, HistoryRoute } from "./address";
import { linesOf, type Line } from "./said";

type Diff = DiffResult["diff"];

/** A resource that came, went, or is not as it was. */
export type Change = {
  happened: "added" | "removed" | "changed";
  resource: Card;
  /** What was known of it before; null where it was not there. */
  presenceBefore: Presence | null;
  lines: Line[];
};

/** A link that came or went. */
export type LinkChange = {
  happened: "linked" | "unlinked";
  link: LinkOfDiff;
  /** True where one of its ends came or went with it: nothing was rewired. */
  withItsEnd: boolean;
};

export type Changes = {
  diff: Diff;
  resources: Change[];
  links: LinkChange[];
  /** How many of each are not loaded. */
  beyond: Record<Happened, number>;
};

/** These come and go with every deployment: they stand after what somebody did. */
const PASSING = new Set<string>(["ECS_TASK", "NETWORK_INTERFACE"]);

/** Reads what was loaded of a difference: its first page and those that follow. */
export function readChanges(pages: Diff[]): Changes | null {
  const [diff] = pages;
  if (!diff) return null;
  const all = <Key extends "added" | "removed" | "changed" | "linksAdded" | "linksRemoved">(key: Key) => pages.flatMap((page) => page[key] as Diff[Key][number][]);
  const [added, removed] = [all("added"), all("removed")];
  const [come, gone] = [new Set(added.map(({ id }) => id)), new Set(removed.map(({ id }) => id))];
  const resources: Change[] = [
    ...removed.map((resource): Change => ({ happened: "removed", resource, presenceBefore: resource.presence, lines: [] })),
    ...all("changed").map(({ before, after, attributes }): Change => ({ happened: "changed", resource: after, presenceBefore: before.presence, lines: linesOf(attributes) })),
    ...added.map((resource): Change => ({ happened: "added", resource, presenceBefore: null, lines: [] })),
  ];
  const links: LinkChange[] = [
    ...all("linksRemoved").map((link): LinkChange => ({ happened: "unlinked", link, withItsEnd: endsIn(gone, link) })),
    ...all("linksAdded").map((link): LinkChange => ({ happened: "linked", link, withItsEnd: endsIn(come, link) })),
  ];
  const loaded = (happened: Happened) => [...resources, ...links].filter((one) => one.happened === happened).length;
  const totals = totalsOf(diff);
  const beyond = Object.fromEntries(Object.entries(totals).map(([key, total]) => [key, total - loaded(key as Happened)])) as Record<Happened, number>;
  return { diff, resources, links, beyond };
}

function endsIn(ids: Set<string>, link: LinkOfDiff): boolean {
  return ids.has(link.from.id) || ids.has(link.to.id);
}

export function totalsOf(diff: Diff): Record<Happened, number> {
  return { added: diff.addedCount, removed: diff.removedCount, changed: diff.changedCount, linked: diff.linksAddedCount, unlinked: diff.linksRemovedCount };
}

/** What the filters of the address leave. */
export function filtered({ resources, links }: Changes, { happened, kinds }: HistoryRoute): { resources: Change[]; links: LinkChange[] } {
  const wanted = (one: Happened) => happened.length === 0 || happened.includes(one);
  const ofKind = ({ kind }: Card) => kinds.length === 0 || kinds.includes(kind);
  return {
    resources: resources.filter((change) => wanted(change.happened) && ofKind(change.resource)),
    links: links.filter(({ happened: one, link }) => wanted(one) && (ofKind(link.from) || ofKind(link.to))),
  };
}

/** One row: a change, or several of things without a name that belong to one whole and fared alike, as the tasks of a service. */
export type Row = { key: string; changes: Change[]; /** What they all belong to; null where it is one change, or nothing is known. */ whole: Card | null };

export type Group = { key: string; title: string; changes: Change[]; rows: Row[] };

/** Changes in groups; in each what is gone comes first, then what changed, then what is new. */
export function grouped(changes: Change[], links: LinkChange[], by: Grouping): Group[] {
  const wholes = wholesOf(links);
  const groups = [...groupBy(changes, (change) => keyOf(change, by))].map(([key, inside]): Group => ({ key, title: titleOf(key, by), changes: inside, rows: rowsOf(inside, wholes) }));
  return groups.toSorted((a, b) => rankOf(a, by) - rankOf(b, by) || a.title.localeCompare(b.title, "en"));
}

/** By task or interface, the service that it is or was part of. */
export function wholesOf(links: LinkChange[]): Map<string, Card> {
  const wholes = new Map<string, Card>();
  for (const { link } of links) if (link.relation === "PART_OF" && PASSING.has(link.from.kind)) wholes.set(link.from.id, link.to);
  // An interface is part of nothing: the task that it is attached to is.
  for (const { link } of links) {
    const whole = wholes.get(link.from.id);
    if (whole && link.relation === "ATTACHED_TO" && PASSING.has(link.to.kind)) wholes.set(link.to.id, whole);
  }
  return wholes;
}

function rowsOf(changes: Change[], wholes: Map<string, Card>): Row[] {
  const wholeOf = ({ happened, resource }: Change) => (happened === "changed" ? null : (wholes.get(resource.id) ?? null));
  const rows = groupBy(changes, (change) => {
    const { happened, resource } = change;
    const whole = wholeOf(change);
    return whole ? `${happened} ${resource.kind} ${resource.presence} ${whole.id}` : resource.id;
  });
  return [...rows].map(([key, alike]) => ({ key, changes: alike, whole: alike[0] ? wholeOf(alike[0]) : null }));
}

export const HAPPENED_WORDS: Record<Happened, { one: string; many: string; sentence: string }> = {
  added: { one: "added", many: "Added", sentence: "in the later snapshot only" },
  removed: { one: "removed", many: "Removed", sentence: "in the earlier snapshot only" },
  changed: { one: "changed", many: "Changed", sentence: "in both, and not the same" },
  linked: { one: "link added", many: "Links added", sentence: "needs what it did not need" },
  unlinked: { one: "link removed", many: "Links removed", sentence: "no longer needs it" },
};

function keyOf({ happened, resource }: Change, by: Grouping): string {
  return by === "kind" ? resource.kind : by === "owner" ? (resource.owner ?? "") : happened;
}

function titleOf(key: string, by: Grouping): string {
  return by === "kind" ? kindWords(key).many : by === "owner" ? key || NO_OWNER : HAPPENED_WORDS[key as Happened].many;
}

function rankOf({ key, changes }: Group, by: Grouping): number {
  if (by === "happened") return ["removed", "changed", "added"].indexOf(key);
  // Many first, and what nobody owns last.
  if (by === "owner") return key === "" ? 1 : -changes.length;
  const place = KINDS.indexOf(key as ResourceKind);
  return (PASSING.has(key) ? KINDS.length : 0) + (place === -1 ? KINDS.length : place);
}

/** How many of each there are, in words: `2 removed, 1 added`. */
export function tallyWords(changes: { happened: Happened }[]): string {
  return [...groupBy(changes, ({ happened }) => happened)].map(([happened, { length: count }]) => `${count.toLocaleString("en")} ${count === 1 ? HAPPENED_WORDS[happened].one : HAPPENED_WORDS[happened].many.toLowerCase()}`).join(", ");
}
