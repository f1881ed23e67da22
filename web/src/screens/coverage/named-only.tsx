import { ListResources, type Presence } from "../../api/generated";
import { ResourceLine } from "../../components/resource-line";
import { PresenceSign } from "../../components/signs";
import { Answer } from "../../components/states";
import { useQuery } from "../../data/query";
import { formatRoute, searchFor } from "../../routes";
import { PRESENCE } from "../../words/presence";

const NAMED: Presence[] = ["MISSING", "UNREADABLE", "OUTSIDE"];
const SHOWN = 8;

/** Three things that are never the same: not there, not allowed to look, not looked. */
export function NamedOnly() {
  return (
    <section aria-labelledby="named">
      <h2 id="named" class="section-title">
        Known by name only
      </h2>
      <div class="named-columns">
        {NAMED.map((presence) => (
          <NamedWith key={presence} presence={presence} />
        ))}
      </div>
    </section>
  );
}

function NamedWith({ presence }: { presence: Presence }) {
  const query = useQuery(ListResources, { filter: { presence: [presence] }, first: SHOWN, after: null });
  const total = query.data?.resources.totalCount;
  return (
    <div class={`box named-box named-${presence.toLowerCase()}`}>
      <h3>
        <PresenceSign presence={presence} />
        {PRESENCE[presence].word} <span class="count">{total ?? ""}</span>
      </h3>
      <p class="muted small">{PRESENCE[presence].sentence}</p>
      <Answer query={query} part>
        {({ resources }) => (
          <>
            <ul class="plain-list">
              {resources.nodes.map((resource) => (
                <li key={resource.id}>
                  <ResourceLine resource={{ ...resource, presence: "LIVE" }} />
                </li>
              ))}
            </ul>
            {resources.totalCount === 0 && <p class="muted">None.</p>}
            {resources.totalCount > SHOWN && <a href={formatRoute(searchFor("", { presence: [presence] }))}>All {resources.totalCount.toLocaleString("en")}</a>}
          </>
        )}
      </Answer>
    </div>
  );
}
