import { CountByKind, type ResourceFilter } from "../../api/generated";
import { KindCode, PresenceSign } from "../../components/signs";
import { useQuery } from "../../data/query";
import { go } from "../../navigation";
import { searchFor, type SearchRoute } from "../../routes";
import { isKind, kindWords } from "../../words/kinds";
import { PRESENCE, PRESENCES } from "../../words/presence";

/** The route's filters as the API takes them. */
export function filterOf(route: SearchRoute): ResourceFilter {
  return {
    ...(route.text && { text: route.text }),
    ...(route.kinds.length > 0 && { kinds: route.kinds }),
    ...(route.presence.length > 0 && { presence: route.presence }),
    ...(route.account && { accounts: [route.account] }),
    ...(route.region && { regions: [route.region] }),
  };
}

/** What is listed: by state and by type, with counts. */
export function Filters({ route }: { route: SearchRoute }) {
  // Counted without the chosen types, so that the others can be chosen as well.
  const query = useQuery(CountByKind, { filter: filterOf({ ...route, kinds: [] }) }, "kinds");
  const kinds = (query.data?.estate ?? []).toSorted((a, b) => b.count - a.count);
  const change = (part: Partial<SearchRoute>) => go(searchFor(route.text, { ...route, ...part }));
  return (
    <aside class="rail" aria-label="Filters">
      <h2>State</h2>
      {PRESENCES.filter((presence) => presence !== "PLANNED" && presence !== "STATED").map((presence) => (
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
