import { BestMatches } from "../../api/generated";
import { FilterRail } from "../../components/filter-rail";
import { ResourceList } from "../../components/resource-list";
import { ResourceTable } from "../../components/resource-table";
import { Answer } from "../../components/states";
import { useTitle } from "../../components/title";
import { useAnnouncement } from "../../data/announce";
import { useQuery } from "../../data/query";
import { isNarrowed, toResourceFilter, type Filters } from "../../filters";
import { go } from "../../navigation";
import { exploreOf, formatRoute, type SearchRoute } from "../../routes";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";

const BEST = 50;

/** What was found, best first; with filters, everything that fits, by pages. */
export function SearchScreen({ route }: { route: SearchRoute }) {
  const { filters } = route;
  useTitle(filters.text ? `Search: ${filters.text}` : "Resources");
  const isListed = filters.text === "" || isNarrowed(filters);
  return (
    <div class="with-rail">
      <FilterRail filters={filters} onChange={(next, how) => go({ ...route, filters: next }, how)} />
      <div class="page">
        <header class="list-head">
          <h1 class="page-title">{titleOf(filters)}</h1>
          <a href={formatRoute(exploreOf({ filters }))}>On the map</a>
        </header>
        {isListed ? <ResourceList filter={toResourceFilter(filters)} sort={route.sort} onSort={(sort) => go({ ...route, sort }, { replace: true })} /> : <Best route={route} />}
      </div>
    </div>
  );
}

function titleOf({ text, kinds, presence, accounts, regions, teams, tags }: Filters): string {
  const what = kinds.length === 1 && kinds[0] ? kindWords(kinds[0]).many : "Resources";
  const state = presence.length > 0 ? ` (${presence.map((one) => PRESENCE[one].word).join(", ")})` : "";
  const whose = teams.length === 0 ? "" : teams.length > 1 ? ` of ${teams.length} teams` : teams[0] ? ` of ${teams[0]}` : " without an owner tag";
  const where = [...accounts, ...regions, ...tags].join(" · ");
  return `${what}${state}${whose}${text ? ` matching “${text}”` : ""}${where ? ` in ${where}` : ""}`;
}

function Best({ route }: { route: SearchRoute }) {
  const query = useQuery(BestMatches, { text: route.filters.text, first: BEST });
  const count = query.data?.search.length;
  const words = count === BEST ? `The ${BEST} best matches` : `${counted(count ?? 0, "match", "matches")}, best first`;
  useAnnouncement(count === undefined ? "" : count === 0 ? "Nothing matches" : words);
  return (
    <Answer query={query}>
      {({ search }) => (
        <ResourceTable resources={search} words={words} sort={route.sort} onSort={(sort) => go({ ...route, sort }, { replace: true })}>
          {search.length === BEST && <p class="table-more muted">Choose a type to list everything that matches.</p>}
        </ResourceTable>
      )}
    </Answer>
  );
}
