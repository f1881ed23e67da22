import type { AddressMapping, ChangeAction, Direction, GroupBy, Outcome, Phase, ResourceKind } from "./api/generated";
import { listIn, NO_FILTERS, readFilters, writeFilters, type Filters } from "./filters";
import { formatHistory, parseHistory, type HistoryRoute } from "./screens/history/address";
import { isKind } from "./words/kinds";
import { isAction, isOutcome } from "./words/outcomes";
import { isPhase } from "./words/presence";

export type View = "graph" | "table" | "split";
export type LaneBy = "owner" | "account" | "region" | "cluster" | "none";
export type Detail = "folded" | "all";
export type ColourBy = "dependents" | "coverage" | "changes";

export type ExploreRoute = {
  screen: "explore";
  filters: Filters;
  groupBy: GroupBy;
  /** The key to group by, for TAG. */
  tag: string;
  /** The keys of the groups that were opened, outermost first. */
  path: string[];
  /** Null leaves it to the width of the window. */
  view: "map" | "table" | null;
  colour: ColourBy;
  sort: string;
  /** The keys down to the selected group. */
  selected: string[];
};

export type SearchRoute = { screen: "search"; filters: Filters; sort: string };

export type CoverageRoute = { screen: "coverage"; sort?: string };

export type ResourceRoute = {
  screen: "resource";
  id: string;
  sort?: string;
  /** As of the radius. */
  snapshot?: string;
};

export type RadiusRoute = {
  screen: "radius";
  /** The resource that changes; null while none is chosen. */
  id: string | null;
  direction: Direction;
  /** How many links away at most; null for no bound. */
  depth: number | null;
  /** Empty for all. */
  kinds: ResourceKind[];
  phases: Phase[];
  limit: number;
  /** Null leaves it to the width of the window. */
  view: View | null;
  lanes: LaneBy;
  detail: Detail;
  /** A column, with a minus for downwards. */
  sort: string;
  selected: string | null;
  /** The older snapshot that is looked at; absent for now. */
  snapshot?: string;
};

export type ReviewRoute = {
  screen: "review";
  /** A review that is kept; null for a new one. */
  id: string | null;
  /** Of a new one: the resource that changes; null while a plan is asked for. */
  resource: string | null;
  action: ChangeAction;
  /** What a new one is called at first. */
  title: string;
  /** What addresses of the plan stand for, as the reviewer says. */
  mapping: AddressMapping[];
  /** Null leaves it to the width of the window. */
  view: View | null;
  lanes: LaneBy;
  detail: Detail;
  /** As of the radius. */
  sort: string;
  /** What is shown of what was reached; empty for everything that is hit. */
  outcomes: Outcome[];
  /** Whose resources are shown; null for everybody's, empty for those of nobody. */
  team: string | null;
  /** Empty for all. */
  kinds: ResourceKind[];
  /** How many steps away at most; null for no bound. */
  hops: number | null;
  selected: string | null;
  /** For a room that looks at a wall: larger type, fewer controls. */
  presenting: boolean;
};

/** Every state of the page that is worth a link: formatted to the address, and read back from it. */
export type Route =
  | ExploreRoute
  | SearchRoute
  | ResourceRoute
  | RadiusRoute
  | ReviewRoute
  | { screen: "reviews" }
  | HistoryRoute
  | CoverageRoute
  | { screen: "unknown"; path: string };

export const GROUPINGS: GroupBy[] = ["REGION", "ACCOUNT", "VPC", "CLUSTER", "SERVICE", "OWNER", "KIND", "TAG"];
const LANES: LaneBy[] = ["owner", "account", "region", "cluster", "none"];
export const DEFAULT_LIMIT = 1_000;
/** The most rows that the page holds at a time. */
export const MAX_LIMIT = 5_000;

export function exploreOf(rest: Partial<ExploreRoute> = {}): ExploreRoute {
  return { screen: "explore", filters: NO_FILTERS, groupBy: "REGION", tag: "", path: [], view: null, colour: "dependents", sort: "", selected: [], ...rest };
}

export function searchFor(text: string, rest: Partial<Filters> = {}): SearchRoute {
  return { screen: "search", filters: { ...NO_FILTERS, text, ...rest }, sort: "" };
}

export function radiusOf(id: string | null, rest: Partial<RadiusRoute> = {}): RadiusRoute {
  return {
    screen: "radius",
    id,
    direction: "DEPENDENTS",
    depth: null,
    kinds: [],
    phases: [],
    limit: DEFAULT_LIMIT,
    view: null,
    lanes: "owner",
    detail: "folded",
    sort: "distance",
    selected: null,
    ...rest,
  };
}

export function reviewOf(id: string | null, rest: Partial<ReviewRoute> = {}): ReviewRoute {
  return {
    screen: "review",
    id,
    resource: null,
    action: "DELETE",
    title: "",
    mapping: [],
    view: null,
    lanes: "owner",
    detail: "folded",
    sort: "outcome",
    outcomes: [],
    team: null,
    kinds: [],
    hops: null,
    selected: null,
    presenting: false,
    ...rest,
  };
}

/** "What if this goes away?" */
export function whatIf(resource: string, action: ChangeAction = "DELETE"): ReviewRoute {
  return reviewOf(null, { resource, action });
}

/** Reads an address. What cannot be read in the query is left out; an unknown path is a screen of its own. */
export function parseRoute(url: URL): Route {
  const [, first = "", ...others] = url.pathname.split("/");
  const id = decode(others.join("/"));
  const query = url.searchParams;
  switch (first) {
    case "":
      return exploreOf({
        filters: readFilters(query),
        ...readGrouping(query.get("group") ?? ""),
        path: query.getAll("in"),
        view: oneOf<"map" | "table">(query.get("view"), ["map", "table"]),
        colour: oneOf<ColourBy>(query.get("colour"), ["coverage", "changes"]) ?? "dependents",
        sort: query.get("sort") ?? "",
        selected: query.getAll("select"),
      });
    case "search":
      return { screen: "search", filters: readFilters(query), sort: query.get("sort") ?? "" };
    case "resource":
      return id ? { screen: "resource", id, ...sortedBy(query), ...pinnedBy(query) } : { screen: "unknown", path: url.pathname };
    case "radius":
      return radiusOf(id || null, {
        direction: oneOf(query.get("direction"), ["dependencies"]) ? "DEPENDENCIES" : "DEPENDENTS",
        depth: wholeNumber(query.get("depth"), 1, 50),
        kinds: listIn(query, "kind").filter(isKind),
        phases: listIn(query, "phase").filter(isPhase),
        limit: wholeNumber(query.get("limit"), 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
        view: oneOf<View>(query.get("view"), ["graph", "table", "split"]),
        lanes: oneOf<LaneBy>(query.get("lanes"), LANES) ?? "owner",
        detail: oneOf<Detail>(query.get("detail"), ["folded", "all"]) ?? "folded",
        sort: query.get("sort") ?? "distance",
        selected: query.get("select"),
        ...pinnedBy(query),
      });
    case "reviews":
      return { screen: "reviews" };
    case "review":
      return reviewOf(id || null, {
        resource: id ? null : query.get("resource"),
        action: [query.get("action") ?? ""].find(isAction) ?? "DELETE",
        title: query.get("title") ?? "",
        mapping: readMapping(query.getAll("map"), query.getAll("to")),
        view: oneOf<View>(query.get("view"), ["graph", "table", "split"]),
        lanes: oneOf<LaneBy>(query.get("lanes"), LANES) ?? "owner",
        detail: oneOf<Detail>(query.get("detail"), ["folded", "all"]) ?? "folded",
        sort: query.get("sort") ?? "outcome",
        outcomes: listIn(query, "outcome").filter(isOutcome),
        team: query.get("team"),
        kinds: listIn(query, "kind").filter(isKind),
        hops: wholeNumber(query.get("hops"), 1, 50),
        selected: query.get("select"),
        presenting: query.get("present") === "yes",
      });
    case "history":
      return parseHistory(query);
    case "coverage":
      return { screen: "coverage", ...sortedBy(query) };
    default:
      return { screen: "unknown", path: url.pathname };
  }
}

/** The address of a route, with everything left out that is as by default. */
export function formatRoute(route: Route): string {
  const query = new URLSearchParams();
  const set = (key: string, value: string, usual = "") => {
    if (value !== usual) query.set(key, value);
  };
  switch (route.screen) {
    case "explore":
      set("group", route.groupBy === "TAG" ? `TAG:${route.tag}` : route.groupBy, "REGION");
      for (const key of route.path) query.append("in", key);
      set("view", route.view ?? "");
      set("colour", route.colour, "dependents");
      set("sort", route.sort);
      for (const key of route.selected) query.append("select", key);
      writeFilters(route.filters, query);
      return withQuery("/", query);
    case "search":
      writeFilters(route.filters, query);
      set("sort", route.sort);
      return withQuery("/search", query);
    case "resource":
      set("sort", route.sort ?? "");
      set("snapshot", route.snapshot ?? "");
      return withQuery(`/resource/${encode(route.id)}`, query);
    case "radius":
      set("direction", route.direction.toLowerCase(), "dependents");
      set("depth", route.depth === null ? "" : String(route.depth));
      set("kind", route.kinds.join(","));
      set("phase", route.phases.join(","));
      set("limit", String(route.limit), String(DEFAULT_LIMIT));
      set("view", route.view ?? "");
      set("lanes", route.lanes, "owner");
      set("detail", route.detail, "folded");
      set("sort", route.sort, "distance");
      set("select", route.selected ?? "");
      set("snapshot", route.snapshot ?? "");
      return withQuery(route.id === null ? "/radius" : `/radius/${encode(route.id)}`, query);
    case "reviews":
      return "/reviews";
    case "review":
      set("resource", route.resource ?? "");
      set("action", route.action, "DELETE");
      set("title", route.title);
      for (const { address, resource } of route.mapping) {
        query.append("map", address);
        query.append("to", resource);
      }
      set("view", route.view ?? "");
      set("lanes", route.lanes, "owner");
      set("detail", route.detail, "folded");
      set("sort", route.sort, "outcome");
      set("outcome", route.outcomes.join(","));
      if (route.team !== null) query.set("team", route.team);
      set("kind", route.kinds.join(","));
      set("hops", String(route.hops ?? ""));
      set("select", route.selected ?? "");
      set("present", route.presenting ? "yes" : "");
      return withQuery(route.id === null ? "/review" : `/review/${encode(route.id)}`, query);
    case "history":
      return withQuery("/history", formatHistory(route));
    case "coverage":
      set("sort", route.sort ?? "");
      return withQuery("/coverage", query);
    case "unknown":
      return route.path;
  }
}

function withQuery(path: string, query: URLSearchParams): string {
  // Colons, commas and slashes are legal in a query, and ARNs are read by people.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text ? `${path}?${text}` : path;
}

/** An older snapshot that the address names. */
function sortedBy(query: URLSearchParams): { sort?: string } {
  const sort = query.get("sort");
  return sort ? { sort } : {};
}

function pinnedBy(query: URLSearchParams): { snapshot?: string } {
  const snapshot = query.get("snapshot");
  return snapshot ? { snapshot } : {};
}

function encode(id: string): string {
  return encodeURIComponent(id).replaceAll("%3A", ":");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `VPC`, or `TAG:environment`. */
function readGrouping(text: string): { groupBy: GroupBy; tag: string } {
  const [by = "", ...tag] = text.split(":");
  return { groupBy: oneOf(by, GROUPINGS) ?? "REGION", tag: by === "TAG" ? tag.join(":") : "" };
}

function readMapping(addresses: string[], resources: string[]): AddressMapping[] {
  return addresses.flatMap((address, index) => {
    const resource = resources[index];
    return address && resource ? [{ address, resource }] : [];
  });
}

function oneOf<T extends string>(text: string | null, values: T[]): T | null {
  return values.find((value) => value === text) ?? null;
}

function wholeNumber(text: string | null, least: number, most: number): number | null {
  const number = Number(text);
  return text && Number.isInteger(number) && number >= least && number <= most ? number : null;
}
