import { request } from "../api/client";
import { ListResources, type Card, type ResourceFilter } from "../api/generated";
import { useAnnouncement } from "../data/announce";
import { useMore } from "../data/more";
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
  const { pages, load, error } = useMore(query.data?.resources ?? null, async (known) => (await request(ListResources, { filter, first: PAGE, after: known.at(-1)?.pageInfo.endCursor ?? null })).resources);
  const total = query.data?.resources.totalCount;
  useAnnouncement(total === undefined ? "" : total === 0 ? "Nothing matches" : counted(total, "resource"));
  return (
    <Answer query={query}>
      {({ resources: { totalCount } }) => {
        const shown = pages.flatMap(({ nodes }) => nodes);
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
