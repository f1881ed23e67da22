import { useEffect, useState } from "preact/hooks";
import { request, RequestError } from "../../api/client";
import { BestMatches, ListResources, type Card } from "../../api/generated";
import { Answer, Failure } from "../../components/states";
import { useTitle } from "../../components/title";
import { useQuery } from "../../data/query";
import type { SearchRoute } from "../../routes";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";
import { filterOf, Filters } from "./filters";
import { Results } from "./results";

const PAGE = 50;

/** What was found, best first; with filters, everything that fits, by pages. */
export function SearchScreen({ route }: { route: SearchRoute }) {
  useTitle(route.text ? `Search: ${route.text}` : "Resources");
  const filtered = route.text === "" || route.kinds.length + route.presence.length > 0 || route.account !== "" || route.region !== "";
  return (
    <div class="with-rail">
      <Filters route={route} />
      <div class="page">
        <h1 class="page-title list-title">{titleOf(route)}</h1>
        {filtered ? <Listed route={route} /> : <Best text={route.text} />}
      </div>
    </div>
  );
}

function titleOf({ text, kinds, presence, account, region }: SearchRoute): string {
  const what = kinds.length === 1 && kinds[0] ? kindWords(kinds[0]).many : "Resources";
  const state = presence.length > 0 ? ` (${presence.map((one) => PRESENCE[one].word).join(", ")})` : "";
  const where = [account, region].filter(Boolean).join(" · ");
  return `${what}${state}${text ? ` matching “${text}”` : ""}${where ? ` in ${where}` : ""}`;
}

function Best({ text }: { text: string }) {
  const query = useQuery(BestMatches, { text, first: PAGE });
  return (
    <Answer query={query}>
      {({ search }) => (
        <Results resources={search} words={search.length === PAGE ? `The ${PAGE} best matches` : `${counted(search.length, "match", "matches")}, best first`}>
          {search.length === PAGE && <p class="muted">Choose a type on the left to list everything that matches.</p>}
        </Results>
      )}
    </Answer>
  );
}

function Listed({ route }: { route: SearchRoute }) {
  const filter = filterOf(route);
  const query = useQuery(ListResources, { filter, first: PAGE, after: null });
  const key = JSON.stringify(filter);
  const [more, setMore] = useState<{ key: string; nodes: Card[]; after: string | null }>({ key, nodes: [], after: null });
  const [error, setError] = useState<RequestError | null>(null);
  useEffect(() => setMore({ key, nodes: [], after: query.data?.resources.pageInfo.endCursor ?? null }), [key, query.data]);

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
      {({ resources }) => {
        const shown = [...resources.nodes, ...(more.key === key ? more.nodes : [])];
        return (
          <Results resources={shown} words={counted(resources.totalCount, "resource")}>
            {error && <Failure error={error} retry={load} hasData />}
            {shown.length < resources.totalCount && (
              <p>
                <button onClick={load}>Show {Math.min(PAGE, resources.totalCount - shown.length)} more</button>{" "}
                <span class="muted">
                  {shown.length.toLocaleString("en")} of {resources.totalCount.toLocaleString("en")} shown
                </span>
              </p>
            )}
          </Results>
        );
      }}
    </Answer>
  );
}
