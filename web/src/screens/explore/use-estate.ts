import { useMemo, useRef } from "preact/hooks";
import { Estate, type EstateVariables, type GroupBy } from "../../api/generated";
import { useQuery, type Query } from "../../data/query";
import { toResourceFilter } from "../../filters";
import { readEstate, type Answered, type Box } from "../../layout/estate";
import type { ExploreRoute } from "../../routes";
import { levelsOf } from "../../words/groups";
import { narrowed } from "./narrowed";
import type { Since } from "./since";

/** The levels below the opened group that are asked for at first; one more follows, so that something stands soon. */
const LEVELS_AT_FIRST = 3;
/** The deepest nesting that the operation asks for. */
const MOST_LEVELS = 5;
/** An estate up to this size is answered whole. */
const SMALL = 5_000;

/** The way to the opened group and what is in it: roughly at first, and with one more level as soon as that is there. */
export function useEstate(route: ExploreRoute, since: Since): Query<Box[]> {
  const { groupBy, tag, path } = route;
  const levels = levelsOf(groupBy);
  // An opened account is named by its key: left out, so that the answer nests no deeper than a query may.
  const above = groupBy === "ACCOUNT" && path.length > 1 && path[0] ? path.slice(0, 1) : [];
  const depth = path.length - above.length + LEVELS_AT_FIRST;
  const asked = levels.slice(above.length);
  const variables: EstateVariables | null =
    (groupBy === "TAG" && tag === "") || since.isAwaited ? null : { groupBy: asked, tag: groupBy === "TAG" ? tag : null, filter: narrowed(route), depth, changedSince: since.snapshot?.id ?? null };

  const subject = `${groupBy} ${tag} ${JSON.stringify(toResourceFilter(route.filters))}`;
  const place = `${subject} ${path.join("\n")}`;
  const rough = useQuery(Estate, variables, place);
  const isRoughIn = rough.data !== null && !rough.loading && rough.error === null;
  const isSmall = (rough.data?.estate ?? []).reduce((sum, { count }) => sum + count, 0) <= SMALL;
  const most = Math.min(MOST_LEVELS, asked.length, isSmall ? MOST_LEVELS : depth + 1);
  const fine = useQuery(Estate, isRoughIn && variables && depth < most ? { ...variables, depth: most } : null, place);

  const estate = (fine.data ?? rough.data)?.estate;
  const key = above.join();
  const boxes = useMemo(() => estate && read(estate, groupBy, key === "" ? [] : [key]), [estate, groupBy, key]);
  // What was opened stands in what was shown before, until its own answer is there.
  const last = useRef<{ subject: string; boxes: Box[] } | null>(null);
  if (boxes) last.current = { subject, boxes };
  const before = last.current?.subject === subject ? last.current.boxes : null;
  return { ...rough, data: boxes ?? before };
}

function read(estate: Answered[], groupBy: GroupBy, above: string[]): Box[] {
  const boxes = readEstate(estate, levelsOf(groupBy), above);
  const [key] = above;
  if (key === undefined) return boxes;
  const count = boxes.reduce((sum, box) => sum + box.count, 0);
  return [{ by: "ACCOUNT", key, label: key, count, dependents: 0, blindSpots: 0, changed: null, path: above, boxes, isRest: false }];
}
