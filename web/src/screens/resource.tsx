import { ReachOf, ResourceDetails, type ResourceDetailsResult } from "../api/generated";
import { CopyButton } from "../components/copy-button";
import { Json } from "../components/json";
import { NO_OWNER, whereOf } from "../components/resource-line";
import { BlindSign, KindCode, PresenceSign, PresenceTag } from "../components/signs";
import { Answer, Message } from "../components/states";
import { useTitle } from "../components/title";
import { now } from "../data/crawl";
import { useQuery } from "../data/query";
import { formatRoute, radiusOf, searchFor } from "../routes";
import { counted } from "../words/counts";
import { countOfKind, kindWords } from "../words/kinds";
import { PRESENCE } from "../words/presence";
import { age, instant } from "../words/time";
import { LinkList } from "./resource-links";

type Details = NonNullable<ResourceDetailsResult["resource"]>;

/** One resource: what it is, what it needs, what needs it, and what AWS reported. */
export function ResourceScreen({ id }: { id: string }) {
  const query = useQuery(ResourceDetails, { id });
  const found = query.data?.resource;
  useTitle(found ? `${found.name}, ${kindWords(found.kind).one}` : "Resource");
  return (
    <Answer query={query}>
      {({ resource }) =>
        resource ? (
          <div class="with-panel">
            <div class="page">
              <Head resource={resource} />
              <div class="two-columns">
                <LinkList id={id} direction="DEPENDENCIES" first={resource.dependencies} presence={resource.presence} />
                <LinkList id={id} direction="DEPENDENTS" first={resource.dependents} presence={resource.presence} />
              </div>
              <section aria-labelledby="attributes">
                <h2 id="attributes" class="section-title">
                  What AWS reported
                </h2>
                <Json value={resource.attributes} />
              </section>
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
        <a class="button primary" href={formatRoute(radiusOf(resource.id))}>
          Blast radius
        </a>
        <a class="button" href={formatRoute(radiusOf(resource.id, { direction: "DEPENDENCIES" }))}>
          Everything it needs
        </a>
      </div>
    </header>
  );
}

function Facts({ resource }: { resource: Details }) {
  return (
    <aside class="panel" aria-label="Facts">
      <Reach resource={resource} />
      <h2>Facts</h2>
      <dl class="facts">
        <dt>Owner</dt>
        <dd>{resource.owner ? <a href={formatRoute(searchFor(resource.owner))}>{resource.owner}</a> : <span class="muted">{NO_OWNER}</span>}</dd>
        <dt>Account</dt>
        <dd>{whereOf(resource)}</dd>
        <dt>State</dt>
        <dd>
          <PresenceTag presence={resource.presence} />
        </dd>
        <dt>{resource.presence === "LIVE" ? "Last read" : "Last looked for"}</dt>
        <dd>
          {instant(resource.observedAt)}
          <br />
          <span class="muted">{age(resource.observedAt, now.value)} ago</span>
        </dd>
        <dt>Id</dt>
        <dd class="id-text">
          <code>{resource.id}</code>
        </dd>
      </dl>
      <p class="button-row">
        <CopyButton text={resource.id} label="Copy id" />
        {resource.consoleUrl?.startsWith("https://") && (
          <a class="button" href={resource.consoleUrl} target="_blank" rel="noopener noreferrer">
            AWS console<span class="visually-hidden"> (new tab)</span> ↗
          </a>
        )}
      </p>
      <h2>
        Tags <span class="count">{resource.tags.length}</span>
      </h2>
      {resource.tags.length === 0 ? (
        <p class="muted">{resource.presence === "LIVE" ? "No tags." : "Not known."}</p>
      ) : (
        <dl class="facts">
          {resource.tags.map((tag) => (
            <>
              <dt key={tag.key}>{tag.key}</dt>
              <dd>{tag.value}</dd>
            </>
          ))}
        </dl>
      )}
    </aside>
  );
}

/** How far a change here reaches, in a few figures. */
function Reach({ resource }: { resource: Details }) {
  const query = useQuery(ReachOf, { id: resource.id });
  return (
    <section aria-labelledby="reach" class="reach">
      <h2 id="reach">If it changes</h2>
      <Answer query={query} part>
        {({ blastRadius: { totalCount, byKind, byOwner, blindSpots } }) => (
          <>
            <p class="reach-figure">
              <strong>{totalCount.toLocaleString("en")}</strong> {totalCount === 1 ? "resource" : "resources"} can be affected
            </p>
            {totalCount > 0 && (
              <ul class="reach-list">
                {byKind.slice(0, 4).map(({ kind, count }) => (
                  <li key={kind}>{countOfKind(count, kind)}</li>
                ))}
                {byKind.length > 4 && <li class="muted">and {counted(byKind.length - 4, "more type")}</li>}
                <li>{teamsToTalkTo(byOwner)}</li>
              </ul>
            )}
            {blindSpots.length > 0 && (
              <p class="small">
                <a class="presence presence-unreadable" href="/coverage">
                  <BlindSign />
                  {counted(blindSpots.length, "blind spot")} could hide more
                </a>
              </p>
            )}
          </>
        )}
      </Answer>
    </section>
  );
}

function teamsToTalkTo(byOwner: { owner: string | null }[]): string {
  const teams = byOwner.filter(({ owner }) => owner !== null).length;
  return teams === 0 ? "None of them has an owner tag" : `${counted(teams, "team")} to talk to`;
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
    </Message>
  );
}
