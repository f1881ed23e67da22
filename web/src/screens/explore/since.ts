import { Snapshots, type Taken } from "../../api/generated";
import { now } from "../../data/crawl";
import { useQuery } from "../../data/query";
import type { ExploreRoute } from "../../routes";

export const WEEK_MS = 7 * 86_400_000;
/** The most that one answer holds. */
const MOST = 1_000;

/** Since when changes are shown on the map. */
export type Since = {
  /** Null where changes are not asked for, or there is none to compare with. */
  snapshot: Taken | null;
  /** How many are kept; null while that is not known. */
  kept: number | null;
  isAwaited: boolean;
};

/** The newest snapshot of more than a week ago; the oldest one where all are younger. */
export function useSince({ colour }: ExploreRoute): Since {
  const wanted = colour === "changes";
  const { data, loading } = useQuery(Snapshots, { first: wanted ? MOST : 1 }, "since");
  const kept = data?.snapshots.totalCount ?? null;
  const nodes = data?.snapshots.nodes ?? [];
  const hasAll = wanted && !(loading && nodes.length < 2);
  const old = nodes.find(({ takenAt }) => Date.parse(takenAt) < now.value - WEEK_MS) ?? nodes.at(-1);
  return { snapshot: (hasAll && kept !== null && kept > 1 && old) || null, kept, isAwaited: wanted && !hasAll };
}
