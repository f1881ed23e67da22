import { useEffect, useState } from "preact/hooks";
import { request, RequestError } from "../../api/client";
import { MoreLinks, type Direction, type Linked, type LinkPage, type Presence } from "../../api/generated";
import { EvidenceLine, Phases } from "../../components/evidence";
import { ResourceLine } from "../../components/resource-line";
import { Failure } from "../../components/states";
import { blindSpotCount } from "../../data/crawl";
import type { ResourceRoute } from "../../routes";
import { counted } from "../../words/counts";
import { relationWords } from "../../words/relations";

const WORDS = {
  DEPENDENCIES: { title: "Needs", empty: "It needs nothing else that is known." },
  DEPENDENTS: { title: "Needed by", empty: "Nothing depends on it." },
} as const;

type Props = { route: ResourceRoute; direction: Direction; first: LinkPage; presence: Presence };

/** The links of a resource one way, grouped by relation, each with its evidence. */
export function LinkList({ route, direction, first, presence }: Props) {
  const { id, snapshot = null } = route;
  const [more, setMore] = useState<LinkPage | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  // Later pages belong to the first one: a newer snapshot may have moved them.
  useEffect(() => setMore(null), [first]);
  const links = [...first.nodes, ...(more?.nodes ?? [])];
  const { pageInfo } = more ?? first;

  const load = async () => {
    setError(null);
    try {
      const { resource } = await request(MoreLinks, { id, direction, after: pageInfo.endCursor, snapshot });
      if (resource) setMore({ ...resource.links, nodes: [...(more?.nodes ?? []), ...resource.links.nodes] });
    } catch (failure) {
      if (failure instanceof RequestError) setError(failure);
    }
  };

  const heading = `links-${direction.toLowerCase()}`;
  return (
    <section aria-labelledby={heading} class="links">
      <h2 id={heading} class="section-title">
        {WORDS[direction].title} <span class="count">{first.totalCount.toLocaleString("en")}</span>
      </h2>
      {first.totalCount === 0 && <Nothing direction={direction} presence={presence} />}
      {grouped(links).map(([relation, group]) => (
        <div key={relation} class="link-group">
          <h3>
            {direction === "DEPENDENCIES" ? relationWords(relation).forward : relationWords(relation).back}{" "}
            <span class="count">{group.length}</span>
            <code class="relation">{relation}</code>
          </h3>
          <ul class="plain-list">
            {group.map((link) => {
              const other = direction === "DEPENDENCIES" ? link.to : link.from;
              return (
                <li key={`${other.id} ${link.evidence.field}`} class="link-row">
                  <span class="link-main">
                    <ResourceLine resource={other} />
                    <Phases phases={link.phases} />
                  </span>
                  <EvidenceLine evidence={{ ...link.evidence, observedAt: null }} />
                </li>
              );
            })}
          </ul>
        </div>
      ))}
      {error && <Failure error={error} retry={load} hasData />}
      {pageInfo.hasNextPage && (
        <p>
          <button onClick={load}>Show more</button> <span class="muted">{counted(first.totalCount - links.length, "more link")}</span>
        </p>
      )}
    </section>
  );
}

/** Nothing was found: whether that means nothing is there depends on how much was read. */
function Nothing({ direction, presence }: { direction: Direction; presence: Presence }) {
  const blind = blindSpotCount.value;
  if (direction === "DEPENDENCIES" && presence !== "LIVE") return <p class="empty">What it needs is not known: it is known by name only.</p>;
  return (
    <p class="empty">
      {WORDS[direction].empty}{" "}
      {blind === null ? null : blind === 0 ? (
        <>
          <a href="/coverage">Coverage</a> was full: every call of the crawl was answered.
        </>
      ) : (
        <>
          But coverage was not full: <a href="/coverage">{counted(blind, "blind spot")}</a> could hide some.
        </>
      )}
    </p>
  );
}

function grouped(links: Linked[]): [string, Linked[]][] {
  const groups = new Map<string, Linked[]>();
  for (const link of links) groups.set(link.relation, [...(groups.get(link.relation) ?? []), link]);
  return [...groups];
}
