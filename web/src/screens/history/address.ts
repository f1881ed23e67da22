import type { ResourceKind } from "../../api/generated";
import type { View } from "../../routes";
import { isKind } from "../../words/kinds";

/** What may have happened between two snapshots. */
export type Happened = "added" | "removed" | "changed" | "linked" | "unlinked";
export type Grouping = "kind" | "owner" | "happened";

export type HistoryRoute = {
  screen: "history";
  /** The earlier snapshot; null for the one before `to`. */
  from: string | null;
  /** The later snapshot; null for the newest. */
  to: string | null;
  /** The resource that is followed through time; null for what changed everywhere. */
  resource: string | null;
  /** Empty for everything. */
  happened: Happened[];
  /** Empty for all. */
  kinds: ResourceKind[];
  view: View;
  group: Grouping;
  selected: string | null;
};

export const HAPPENED: Happened[] = ["added", "removed", "changed", "linked", "unlinked"];
const VIEWS: View[] = ["table", "graph", "split"];
const GROUPINGS: Grouping[] = ["kind", "owner", "happened"];

export function historyOf(rest: Partial<HistoryRoute> = {}): HistoryRoute {
  return { screen: "history", from: null, to: null, resource: null, happened: [], kinds: [], view: "table", group: "kind", selected: null, ...rest };
}

/** Reads the query of `/history`; what cannot be read is left out. */
export function parseHistory(query: URLSearchParams): HistoryRoute {
  const list = (key: string) => (query.get(key) ?? "").split(",");
  const oneOf = <T extends string>(key: string, values: T[]) => values.find((value) => value === query.get(key));
  return historyOf({
    from: query.get("from") || null,
    to: query.get("to") || null,
    resource: query.get("resource") || null,
    happened: HAPPENED.filter((one) => list("happened").includes(one)),
    kinds: list("kind").filter(isKind),
    view: oneOf("view", VIEWS) ?? "table",
    group: oneOf("group", GROUPINGS) ?? "kind",
    selected: query.get("select") || null,
  });
}

export function formatHistory(route: HistoryRoute): URLSearchParams {
  const query = new URLSearchParams();
  const set = (key: string, value: string | null, usual = "") => {
    if (value !== null && value !== usual) query.set(key, value);
  };
  set("from", route.from);
  set("to", route.to);
  set("resource", route.resource);
  set("happened", route.happened.join(","));
  set("kind", route.kinds.join(","));
  set("view", route.view, "table");
  set("group", route.group, "kind");
  set("select", route.selected);
  return query;
}
