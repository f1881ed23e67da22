import { useEffect, useState } from "preact/hooks";
import { request, RequestError } from "../api/client";
import { ListResources, type Card, type ResourceFilter } from "../api/generated";
import { useAnnouncement } from "../data/announce";
import { useQuery } from "../data/query";
import { MAX_LIMIT } from "../routes";
import { counted } from "../words/counts";
import { ResourceTable } from "./resource-table";
import { Answer, Failure } from "./states";

const PAGE = 100;
const FILE_PAGE = 1_000;

type Props = { filter: ResourceFilter; sort: string; onSort: (sort: string) => void };

/** Everything that passes a filter, by pages. */
export function ResourceList({ filter, sort, onSort }: Props) {
  const query = useQuery(ListResources, { filter, first: PAGE, after: null });
  const key = JSON.stringify(filter);
  const [more, setMore] = useState<{ key: string; nodes: Card[]; after: string | null }>({ key, nodes: [], after: null });
  const [error, setError] = useState<RequestError | null>(null);
  useEffect(() => setMore({ key, nodes: [], after: query.data?.resources.pageInfo.endCursor ?? null }), [key, query.data]);
  const total = query.data?.resources.totalCount;
  useAnnouncement(total === undefined ? "" : total === 0 ? "Nothing matches" : counted(total, "resource"));

  const load = async () => {
    setError(null);
    try {
      const { resources } = await request(ListResources, { filter, first: PAGE, after: more.after });
      setMore((last) => (last.key === key ? { key, nodes: [...last.nodes, ...resources.nodes], after: resources.pageInfo.endCursor } : last));
    } catch (failure) {
      if (failure instanceof RequestError) setError(failure);
    }
  };
  return (
    <Answer query={query}>
      {({ resources: { nodes, totalCount } }) => {
        const shown = [...nodes, ...(more.key === key ? more.nodes : [])];
        const isWhole = shown.length >= totalCount;
        return (
          <ResourceTable
            resources={shown}
            words={isWhole ? counted(totalCount, "resource") : `${shown.length.toLocaleString("en")} of ${counted(totalCount, "resource")}, sorted among themselves${totalCount > MAX_LIMIT ? `; the CSV holds the first ${MAX_LIMIT.toLocaleString("en")}` : ""}`}
            sort={sort}
            onSort={onSort}
            fileRows={isWhole ? undefined : () => everyPage(filter)}
          >
            {error && <Failure error={error} retry={load} hasData />}
            {!isWhole && (
              <p class="table-more">
                <button onClick={load}>Show {Math.min(PAGE, totalCount - shown.length)} more</button>
              </p>
            )}
          </ResourceTable>
        );
      }}
    </Answer>
  );
}

/** Page after page, up to the most that the page holds. */
async function everyPage(filter: ResourceFilter): Promise<Card[]> {
  const all: Card[] = [];
  let after: string | null = null;
  do {
    const { resources }: { resources: { nodes: Card[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } = await request(ListResources, { filter, first: FILE_PAGE, after });
    all.push(...resources.nodes);
    after = resources.pageInfo.hasNextPage ? resources.pageInfo.endCursor : null;
  } while (after !== null && all.length < MAX_LIMIT);
  return all.slice(0, MAX_LIMIT);
}
