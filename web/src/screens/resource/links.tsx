import { request } from "../../api/client";
import { MoreLinks, type Direction, type Linked, type LinkPage, type Presence } from "../../api/generated";
import { DataTable, type Column } from "../../components/data-table";
import { EvidenceLine, Phases } from "../../components/evidence";
import { NO_OWNER, ResourceLine } from "../../components/resource-line";
import { Failure } from "../../components/states";
import { blindSpotCount } from "../../data/crawl";
import { useMore } from "../../data/more";
import { go } from "../../navigation";
import { MAX_LIMIT, type ResourceRoute } from "../../routes";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { PHASE } from "../../words/presence";
import { relationWords } from "../../words/relations";

const WORDS = {
  DEPENDENCIES: { title: "Needs", empty: "It needs nothing else that is known.", file: "needs" },
  DEPENDENTS: { title: "Needed by", empty: "Nothing depends on it.", file: "needed-by" },
} as const;

type Props = { route: ResourceRoute; direction: Direction; first: LinkPage; presence: Presence };

/** The links of a resource one way, by relation, each with its evidence. */
export function LinkTable({ route, direction, first, presence }: Props) {
  const { id, snapshot = null } = route;
  const next = async (after: string | null) => (await request(MoreLinks, { id, direction, after, snapshot })).resource?.links ?? null;
  const { pages, load, error } = useMore(first, (known) => next(known.at(-1)?.pageInfo.endCursor ?? null));
  const links = pages.flatMap(({ nodes }) => nodes);
  const last = pages.at(-1) ?? first;
  const { pageInfo } = last;

  const everyLink = async () => {
    const all = [...links];
    for (let page: LinkPage | null = last; page?.pageInfo.hasNextPage && all.length < MAX_LIMIT; ) {
      page = await next(page.pageInfo.endCursor);
      all.push(...(page?.nodes ?? []));
    }
    return all;
  };

  const heading = `links-${direction.toLowerCase()}`;
  return (
    <section aria-labelledby={heading} class="links">
      <h2 id={heading} class="section-title">
        {WORDS[direction].title} <span class="count">{first.totalCount.toLocaleString("en")}</span>
      </h2>
      {first.totalCount === 0 ? (
        <Nothing direction={direction} presence={presence} />
      ) : (
        <DataTable
          label={WORDS[direction].title}
          caption={pageInfo.hasNextPage ? `${links.length.toLocaleString("en")} of ${counted(first.totalCount, "link")}, sorted among themselves` : counted(first.totalCount, "link")}
          rows={links}
          columns={columnsOf(direction)}
          keyOf={({ from, to, relation }) => `${from.id} ${relation} ${to.id}`}
          sort={route.sort ?? "relation"}
          onSort={(sort) => go({ ...route, sort }, { replace: true })}
          file={WORDS[direction].file}
          fileRows={everyLink}
        >
          {error && <Failure error={error} retry={load} hasData />}
          {pageInfo.hasNextPage && (
            <p class="table-more">
              <button onClick={load}>Show more</button> <span class="muted">{counted(first.totalCount - links.length, "more link")}</span>
            </p>
          )}
        </DataTable>
      )}
    </section>
  );
}

function columnsOf(direction: Direction): Column<Linked>[] {
  const other = (link: Linked) => (direction === "DEPENDENCIES" ? link.to : link.from);
  const words = ({ relation }: Linked) => (direction === "DEPENDENCIES" ? relationWords(relation).forward : relationWords(relation).back);
  return [
    {
      id: "relation",
      label: "How",
      value: words,
      cell: (link) => (
        <span class="relation-cell" title={link.relation}>
          {words(link)}
        </span>
      ),
    },
    {
      id: "name",
      label: "Resource",
      value: (link) => other(link).name,
      isHead: true,
      cell: (link) => (
        <>
          <ResourceLine resource={other(link)} />
          <EvidenceLine evidence={{ ...link.evidence, observedAt: null }} />
        </>
      ),
    },
    { id: "type", label: "Type", value: (link) => kindWords(other(link).kind).one, isWide: true },
    { id: "owner", label: "Owner", value: (link) => other(link).owner, isWide: true, cell: (link) => other(link).owner ?? <span class="muted">{NO_OWNER}</span> },
    { id: "when", label: "When", value: ({ phases }) => phases.map((phase) => PHASE[phase].word).join(" "), isWide: true, cell: ({ phases }) => <Phases phases={phases} /> },
    { id: "state", label: "Relation", value: ({ relation }) => relation, only: "file" },
    { id: "api", label: "Read by", value: ({ evidence }) => evidence.api, only: "file" },
    { id: "field", label: "Field", value: ({ evidence }) => evidence.field, only: "file" },
    { id: "known", label: "Known", value: ({ evidence }) => (evidence.inferred ? "inferred" : "observed"), only: "file" },
    { id: "id", label: "Id", value: (link) => other(link).id, only: "file" },
  ];
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
