import { request, type RequestError } from "../../api/client";
import { Diff, Snapshots, type DiffResult, type Kept } from "../../api/generated";
import { useMore } from "../../data/more";
import { useQuery, type Query } from "../../data/query";

/** Of each of the five lists of a difference, how many are asked for at a time: no more rows than the page may hold. */
export const PAGE = 1_000;
/** A year of days, where a store keeps one of each. */
const SNAPSHOTS_PAGE = 366;

type Pages = DiffResult["diff"][];

/** A difference by its first page, and on demand by more. */
export function useDiff(from: string | null, to: string | null): { query: Query<DiffResult>; pages: Pages; more: () => void; failure: RequestError | null } {
  const query = useQuery(Diff, from !== null && to !== null && from !== to ? { from, to, first: PAGE, skip: 0 } : null);
  const { pages, load, error } = useMore(query.data?.diff ?? null, nextOf);
  return { query, pages, more: load, failure: error };
}

async function nextOf(pages: Pages): Promise<Pages[number] | null> {
  const [first] = pages;
  return first ? (await request(Diff, { from: first.from.id, to: first.to.id, first: PAGE, skip: pages.length * PAGE })).diff : null;
}

/** Every page of a difference, from those in hand on. */
export async function wholeDiff(pages: Pages): Promise<Pages> {
  const all = [...pages];
  const [first] = pages;
  const longest = first ? Math.max(first.addedCount, first.removedCount, first.changedCount, first.linksAddedCount, first.linksRemovedCount) : 0;
  while (all.length * PAGE < longest) {
    // One after the other: a server works on few such questions at a time.
    // oxlint-disable-next-line no-await-in-loop
    const page = await nextOf(all);
    if (page) all.push(page);
  }
  return all;
}

/** The kept snapshots, newest first. */
export function useSnapshots(): { query: Query<unknown>; snapshots: Kept[] | null; unreadable: Kept[]; total: number; more: (() => void) | null } {
  const query = useQuery(Snapshots, { first: SNAPSHOTS_PAGE }, "snapshots");
  const first = query.data?.snapshots ?? null;
  // Where it fails the button stays: it can be tried again.
  const { pages, load } = useMore(first, async (known) => (await request(Snapshots, { first: SNAPSHOTS_PAGE, after: known.at(-1)?.pageInfo.endCursor ?? null })).snapshots);
  const all = pages.flatMap(({ nodes }) => nodes);
  // Nothing can be compared with what cannot be read.
  return { query, snapshots: first && all.filter(({ problem }) => problem === null), unreadable: all.filter(({ problem }) => problem !== null), total: first?.totalCount ?? 0, more: pages.at(-1)?.pageInfo.hasNextPage ? load : null };
}
