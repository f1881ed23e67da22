import { ResourceDetails } from "../../api/generated";
import { Json } from "../../components/json";
import { KindCode, PresenceSign } from "../../components/signs";
import { Answer, Message } from "../../components/states";
import { useTitle } from "../../components/title";
import { pinned, samePin, SnapshotGone } from "../../components/pinned";
import { useQuery } from "../../data/query";
import { formatRoute, radiusOf, searchFor, whatIf, type ResourceRoute } from "../../routes";
import { kindWords } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";
import { Facts, type Details } from "./facts";
import { Findings } from "./findings";
import { LinkTable } from "./links";
import { Past } from "./past";

/** One resource: what it is, what it needs, what needs it, and what AWS reported. */
export function ResourceScreen({ route }: { route: ResourceRoute }) {
  const { id, snapshot = null } = route;
  const query = useQuery(ResourceDetails, { id, snapshot });
  const found = query.data?.resource;
  useTitle(found ? `${found.name}, ${kindWords(found.kind).one}` : "Resource");
  if (snapshot && query.error?.code === "NOT_FOUND") return <SnapshotGone id={snapshot} message={query.error.message} />;
  return (
    <Answer query={query}>
      {({ resource }) =>
        resource ? (
          <div class="with-panel">
            <div class="page">
              <Head resource={resource} />
              <LinkTable route={route} direction="DEPENDENTS" first={resource.dependents} presence={resource.presence} />
              <LinkTable route={route} direction="DEPENDENCIES" first={resource.dependencies} presence={resource.presence} />
              <Findings findings={resource.findings} />
              <section aria-labelledby="attributes">
                <h2 id="attributes" class="section-title">
                  What AWS reported
                </h2>
                <Json value={resource.attributes} />
              </section>
              <Past id={id} title="History" />
            </div>
            <Facts resource={resource} />
          </div>
        ) : (
          <NotFound id={id} />
        )
      }
    </Answer>
  );
}

function Head({ resource }: { resource: Details }) {
  return (
    <header class="page-head">
      <div>
        <p class="kind-line">
          <KindCode kind={resource.kind} /> {kindWords(resource.kind).one}
        </p>
        <h1 class="page-title">{resource.name}</h1>
        {resource.presence !== "LIVE" && (
          <p class={`presence-banner presence-${resource.presence.toLowerCase()}`}>
            <PresenceSign presence={resource.presence} />
            <span>
              <strong>{PRESENCE[resource.presence].claim}</strong>{" "}
              {PRESENCE[resource.presence].sentence}
            </span>
          </p>
        )}
      </div>
      <div class="page-actions">
        <a class="button primary" href={formatRoute(samePin(radiusOf(resource.id)))}>
          Blast radius
        </a>
        {pinned.value === undefined && (
          <a class="button" href={formatRoute(whatIf(resource.id))}>
            What if this goes away?
          </a>
        )}
        <a class="button" href={formatRoute(samePin(radiusOf(resource.id, { direction: "DEPENDENCIES" })))}>
          Everything it needs
        </a>
      </div>
    </header>
  );
}

function NotFound({ id }: { id: string }) {
  return (
    <Message title="No such resource in this snapshot">
      <p class="id-text">
        <code>{id}</code>
      </p>
      <p>
        It may be misspelled, newer than the last crawl, or lie where nobody looked: <a href="/coverage">coverage</a> says where that is.
      </p>
      <p>
        <a href={formatRoute(searchFor(id.split(/[/:]/).findLast(Boolean) ?? id))}>Search for its name</a>
      </p>
      <Past id={id} title="In earlier snapshots" />
    </Message>
  );
}
