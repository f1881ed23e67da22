import type { Presence, ResourceFilter, ResourceKind } from "./api/generated";
import { isKind } from "./words/kinds";
import { isPresence } from "./words/presence";

/** What of the estate is shown; Explore, its table and search share it. An empty list asks for all. */
export type Filters = {
  text: string;
  kinds: ResourceKind[];
  presence: Presence[];
  accounts: string[];
  regions: string[];
  /** An empty one stands for resources without an owner. */
  teams: string[];
  /** `key`, or `key=value`. */
  tags: string[];
};

export const NO_FILTERS: Filters = { text: "", kinds: [], presence: [], accounts: [], regions: [], teams: [], tags: [] };

export function readFilters(query: URLSearchParams): Filters {
  return {
    text: query.get("q") ?? "",
    kinds: listIn(query, "kind").filter(isKind),
    presence: listIn(query, "presence").filter(isPresence),
    accounts: listIn(query, "account"),
    regions: listIn(query, "region"),
    // Names and values are anybody's text, commas included: one parameter each.
    teams: query.getAll("team"),
    tags: query.getAll("tag").filter(Boolean),
  };
}

export function writeFilters(filters: Filters, query: URLSearchParams): void {
  const set = (key: string, value: string) => {
    if (value !== "") query.set(key, value);
  };
  set("q", filters.text);
  set("kind", filters.kinds.join(","));
  set("presence", filters.presence.join(","));
  set("account", filters.accounts.join(","));
  set("region", filters.regions.join(","));
  for (const team of filters.teams) query.append("team", team);
  for (const tag of filters.tags) query.append("tag", tag);
}

/** A list in one parameter. */
export function listIn(query: URLSearchParams, key: string): string[] {
  return (query.get(key) ?? "").split(",").filter(Boolean);
}

export function isFiltered(filters: Filters): boolean {
  return filters.text !== "" || isNarrowed(filters);
}

/** By more than a text. */
export function isNarrowed({ kinds, presence, accounts, regions, teams, tags }: Filters): boolean {
  return [kinds, presence, accounts, regions, teams, tags].some((list) => list.length > 0);
}

/** The filters as the API takes them. */
export function toResourceFilter(filters: Filters): ResourceFilter {
  const { text, kinds, presence, accounts, regions, teams, tags } = filters;
  return {
    ...(text && { text }),
    ...(kinds.length > 0 && { kinds }),
    ...(presence.length > 0 && { presence }),
    ...(accounts.length > 0 && { accounts }),
    ...(regions.length > 0 && { regions }),
    ...(teams.length > 0 && { within: teams.map((key) => ({ by: "OWNER" as const, key })) }),
    ...(tags.length > 0 && { tags: tags.map(readTag) }),
  };
}

/** `key=value` as its two parts; a lone key asks for any value. */
export function readTag(text: string): { key: string; value: string | null } {
  const at = text.indexOf("=");
  return at < 0 ? { key: text, value: null } : { key: text.slice(0, at), value: text.slice(at + 1) };
}
