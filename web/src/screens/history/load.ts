import { useEffect, useState } from "preact/hooks";
import { request, RequestError } from "../../api/client";
import { Diff, Snapshots, type DiffResult, type Kept } from "../../api/generated";
import { useQuery, type Query } from "../../data/query";

/** Of each of the five lists of a difference, how many are asked for at a time: no more rows than the page may hold. */
export const PAGE = 1_000;
/** A year of days, where a store keeps one of each. */
const SNAPSHOTS_PAGE = 366;

type Pages = DiffResult["diff"][];

/** A difference by its first page, and on demand by more. */
export function useDiff(from: string | null, to: string | null): { query: Query<DiffResult>; pages: Pages; more: () => Promise<Pages>; failure: RequestError | null } {
  const query = useQuery(Diff, from !== null && to !== null && from !== to ? { from, to, first: PAGE, skip: 0 } : null);
  const first = query.data?.diff ?? null;
  const [later, setLater] = useState<Pages>([]);
  const [failure, setFailure] = useState<RequestError | null>(null);
  useEffect(() => setLater([]), [first]);
  const pages = first ? [first, ...later.filter((page) => page.from.id === first.from.id && page.to.id === first.to.id)] : [];
  const more = async () => {
    if (!first) return pages;
    setFailure(null);
    try {
      const { diff } = await request(Diff, { from: first.from.id, to: first.to.id, first: PAGE, skip: pages.length * PAGE });
      const all = [...pages, diff];
      setLater(all.slice(1));
      return all;
    } catch (error) {
      setFailure(error instanceof RequestError ? error : new RequestError(String(error), "INTERNAL", null));
      return pages;
    }
  };
  return { query, pages, more, failure };
}

/** Every page of a difference, from those in hand on. */
export async function wholeDiff(pages: Pages): Promise<Pages> {
  const all = [...pages];
  const [first] = pages;
  if (!first) return all;
  const longest = Math.max(first.addedCount, first.removedCount, first.changedCount, first.linksAddedCount, first.linksRemovedCount);
  while (all.length * PAGE < longest) {
    // One after the other: a server works on few such questions at a time.
    // oxlint-disable-next-line no-await-in-loop
    const { diff } = await request(Diff, { from: first.from.id, to: first.to.id, first: PAGE, skip: all.length * PAGE });
    all.push(diff);
  }
  return all;
}

/** The kept snapshots, newest first. */
export function useSnapshots(): { query: Query<unknown>; snapshots: Kept[] | null; total: number; more: (() => void) | null } {
  const query = useQuery(Snapshots, { first: SNAPSHOTS_PAGE }, "snapshots");
  const first = query.data?.snapshots ?? null;
  const [older, setOlder] = useState<Kept[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  useEffect(() => {
    setOlder([]);
    setCursor(first?.pageInfo.hasNextPage ? first.pageInfo.endCursor : null);
  }, [first]);
  const load = () => {
    request(Snapshots, { first: SNAPSHOTS_PAGE, after: cursor }).then(
      ({ snapshots: { nodes, pageInfo } }) => {
        setOlder((last) => [...last, ...nodes]);
        setCursor(pageInfo.hasNextPage ? pageInfo.endCursor : null);
      },
      // The button stays: it can be tried again.
      () => undefined,
    );
  };
  return { query, snapshots: first && [...first.nodes, ...older], total: first?.totalCount ?? 0, more: cursor === null ? null : load };
}
