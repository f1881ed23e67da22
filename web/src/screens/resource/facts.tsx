import { ReachOf, type ResourceDetailsResult } from "../../api/generated";
import { CopyButton } from "../../components/copy-button";
import { pinned } from "../../components/pinned";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { BlindSign, PresenceTag } from "../../components/signs";
import { Answer } from "../../components/states";
import { now } from "../../data/crawl";
import { useQuery } from "../../data/query";
import { formatRoute, searchFor } from "../../routes";
import { counted } from "../../words/counts";
import { countOfKind } from "../../words/kinds";
import { age, instant } from "../../words/time";

export type Details = NonNullable<ResourceDetailsResult["resource"]>;

/** What a person asks first of a resource: whose it is, where it lives, how far a change to it reaches. */
export function Facts({ resource }: { resource: Details }) {
  return (
    <aside class="panel" aria-label="Facts">
      <Reach resource={resource} />
      <h2>Facts</h2>
      <dl class="facts">
        <dt>Owner</dt>
        <dd>{resource.owner ? <a href={formatRoute(searchFor("", { teams: [resource.owner] }))}>{resource.owner}</a> : <span class="muted">{NO_OWNER}</span>}</dd>
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
  const query = useQuery(ReachOf, { id: resource.id, snapshot: pinned.value ?? null });
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
