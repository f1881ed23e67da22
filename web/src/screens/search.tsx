import { useEffect, useState } from "preact/hooks";
import { request, RequestError } from "../api/client";
import { BestMatches, CountByKind, ListResources, type Card, type ResourceFilter } from "../api/generated";
import { NO_OWNER, ResourceLine, whereOf } from "../components/resource-line";
import { KindCode, PresenceSign } from "../components/signs";
import { Answer, Failure } from "../components/states";
import { useTitle } from "../components/title";
import { useAnnouncement } from "../data/announce";
import { useQuery } from "../data/query";
import { go } from "../navigation";
import { formatRoute, radiusOf, searchFor, type SearchRoute } from "../routes";
import { counted } from "../words/counts";
import { isKind, kindWords } from "../words/kinds";
import { PRESENCE, PRESENCES } from "../words/presence";

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

function filterOf(route: SearchRoute): ResourceFilter {
  return {
    ...(route.text && { text: route.text }),
    ...(route.kinds.length > 0 && { kinds: route.kinds }),
    ...(route.presence.length > 0 && { presence: route.presence }),
    ...(route.account && { accounts: [route.account] }),
    ...(route.region && { regions: [route.region] }),
  };
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

function Results({ resources, words, children }: { resources: Card[]; words: string; children?: preact.ComponentChildren }) {
  useAnnouncement(resources.length === 0 ? "Nothing matches" : words);
  if (resources.length === 0) {
    return (
      <div class="empty">
        <p>
          <strong>Nothing in this snapshot matches.</strong>
        </p>
        <p>
          It may be spelled otherwise, filtered away on the left, or lie where nobody looked: <a href="/coverage">coverage</a> says which accounts, regions and types were
          read, and which could not be.
        </p>
      </div>
    );
  }
  return (
    <>
      <div class="table-box" tabIndex={0} role="region" aria-label="Results">
        <table>
          <caption>{words}</caption>
          <thead>
            <tr>
              <th scope="col">Resource</th>
              <th scope="col" class="wide-cell">
                Type
              </th>
              <th scope="col">Owner</th>
              <th scope="col" class="wide-cell">
                Account and region
              </th>
              <th scope="col">
                <span class="visually-hidden">Blast radius</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {resources.map((resource) => (
              <tr key={resource.id}>
                <th scope="row">
                  <ResourceLine resource={resource} />
                </th>
                <td class="wide-cell">{kindWords(resource.kind).one}</td>
                <td class={resource.owner ? undefined : "muted"}>{resource.owner ?? NO_OWNER}</td>
                <td class="wide-cell muted">{whereOf(resource)}</td>
                <td>
                  <a href={formatRoute(radiusOf(resource.id))}>
                    Blast radius<span class="visually-hidden"> of {resource.name}</span>
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {children}
    </>
  );
}

function Filters({ route }: { route: SearchRoute }) {
  // Counted without the chosen types, so that the others can be chosen as well.
  const query = useQuery(CountByKind, { filter: filterOf({ ...route, kinds: [] }) }, "kinds");
  const kinds = (query.data?.estate ?? []).toSorted((a, b) => b.count - a.count);
  const change = (part: Partial<SearchRoute>) => go(searchFor(route.text, { ...route, ...part }));
  return (
    <aside class="rail" aria-label="Filters">
      <h2>State</h2>
      {PRESENCES.filter((presence) => presence !== "PLANNED").map((presence) => (
        <label key={presence} class="check">
          <input type="checkbox" checked={route.presence.includes(presence)} onChange={() => change({ presence: toggled(route.presence, presence) })} />
          <PresenceSign presence={presence} />
          {PRESENCE[presence].word}
        </label>
      ))}
      <h2>Type</h2>
      {kinds.map(({ key, count }) =>
        isKind(key) ? (
          <label key={key} class="check">
            <input type="checkbox" checked={route.kinds.includes(key)} onChange={() => change({ kinds: toggled(route.kinds, key) })} />
            <KindCode kind={key} />
            <span class="check-words">{kindWords(key).many}</span>
            <span class="check-count">{count.toLocaleString("en")}</span>
          </label>
        ) : null,
      )}
      {(route.account || route.region || route.kinds.length + route.presence.length > 0) && (
        <button class="quiet" onClick={() => go(searchFor(route.text))}>
          Clear filters
        </button>
      )}
    </aside>
  );
}

function toggled<T>(list: T[], item: T): T[] {
  return list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
}
