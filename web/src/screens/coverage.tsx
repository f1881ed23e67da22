import { useState } from "preact/hooks";
import { RequestError } from "../api/client";
import { Coverage, ListResources, type Blind, type CoverageResult, type Presence } from "../api/generated";
import { CopyButton } from "../components/copy-button";
import { ResourceLine, whereOf } from "../components/resource-line";
import { BlindSign, PresenceSign } from "../components/signs";
import { Answer, CrawlFigures } from "../components/states";
import { useTitle } from "../components/title";
import { crawling, now, startCrawl } from "../data/crawl";
import { useQuery } from "../data/query";
import { formatRoute, searchFor } from "../routes";
import { counted, joined } from "../words/counts";
import { kindWords } from "../words/kinds";
import { PRESENCE, REASON } from "../words/presence";
import { age, duration, instant } from "../words/time";

type Scope = CoverageResult["coverage"]["scopes"][number];

/** How far the graph can be trusted: where was looked, what could not be read, and what is only known by name. */
export function CoverageScreen() {
  useTitle("Coverage");
  const query = useQuery(Coverage, {}, "coverage");
  return (
    <div class="page">
      <Answer query={query}>
        {({ coverage }) => (
          <>
            <header class="page-head">
              <div>
                <h1 class="page-title">Coverage</h1>
                <p class="muted">Where blastmap looked, what it could not read, and what it knows by name only.</p>
              </div>
              <Figures scopes={coverage.scopes} blindSpots={coverage.blindSpots} />
              <CrawlButton />
            </header>
            {crawling.value && (
              <section class="box" aria-label="Crawl under way">
                <h2>A crawl is under way</h2>
                <CrawlFigures />
              </section>
            )}
            <Scopes scopes={coverage.scopes} blindSpots={coverage.blindSpots} />
            <BlindSpots blindSpots={coverage.blindSpots} />
          </>
        )}
      </Answer>
      {query.data && <NamedOnly />}
    </div>
  );
}

function Figures({ scopes, blindSpots }: { scopes: Scope[]; blindSpots: Blind[] }) {
  const sum = (field: "resources" | "links" | "apiCalls") => scopes.reduce((total, scope) => total + scope[field], 0).toLocaleString("en");
  return (
    <dl class="figures">
      <div>
        <dt>scopes</dt>
        <dd>{scopes.length}</dd>
      </div>
      <div>
        <dt>resources</dt>
        <dd>{sum("resources")}</dd>
      </div>
      <div>
        <dt>links</dt>
        <dd>{sum("links")}</dd>
      </div>
      <div>
        <dt>API calls</dt>
        <dd>{sum("apiCalls")}</dd>
      </div>
      <div class={blindSpots.length > 0 ? "figure-blind" : undefined}>
        <dt>{blindSpots.length === 1 ? "blind spot" : "blind spots"}</dt>
        <dd>
          {blindSpots.length > 0 && <BlindSign />}
          {blindSpots.length}
        </dd>
      </div>
    </dl>
  );
}

function CrawlButton() {
  const [problem, setProblem] = useState<string | null>(null);
  const start = () => {
    setProblem(null);
    startCrawl().catch((error: unknown) => setProblem(error instanceof RequestError ? error.message : String(error)));
  };
  return (
    <div class="page-actions">
      <button class="primary" onClick={start} disabled={crawling.value}>
        {crawling.value ? "Crawling…" : "Crawl now"}
      </button>
      {problem && (
        <p class="bad small" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Scopes({ scopes, blindSpots }: { scopes: Scope[]; blindSpots: Blind[] }) {
  if (scopes.length === 0) return <p class="empty">No account and region has been crawled yet: nothing is known, and nothing can be concluded.</p>;
  // A spot in a region that is no row of its own (`global`) leaves a gap in every row of its account.
  const isOfRow = (spot: Blind) => scopes.some((scope) => scope.account === spot.account && scope.region === spot.region);
  const of = (scope: Scope) =>
    blindSpots.filter((spot) => (spot.account === scope.account || spot.account === "") && (spot.region === scope.region || !isOfRow(spot)));
  return (
    <section aria-labelledby="scopes">
      <h2 id="scopes" class="section-title">
        Where was looked
      </h2>
      <div class="table-box" tabIndex={0} role="region" aria-label="Scopes">
        <table>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col">Region</th>
              <th scope="col">Read</th>
              <th scope="col">Crawled</th>
              <th scope="col" class="number">
                Took
              </th>
              <th scope="col" class="number">
                API calls
              </th>
              <th scope="col" class="number">
                Resources
              </th>
              <th scope="col" class="number">
                Links
              </th>
            </tr>
          </thead>
          <tbody>
            {scopes.map((scope) => (
              <tr key={`${scope.account} ${scope.region}`}>
                <th scope="row">
                  <a href={formatRoute(searchFor("", { account: scope.account }))}>{scope.account}</a>
                </th>
                <td>{scope.region}</td>
                <td>
                  <ScopeState scope={scope} blindSpots={of(scope)} />
                </td>
                <td>{scope.crawledAt ? <span title={instant(scope.crawledAt)}>{age(scope.crawledAt, now.value)} ago</span> : <strong>never</strong>}</td>
                <td class="number">{scope.durationMs === null ? "–" : duration(scope.durationMs)}</td>
                <td class="number">{scope.apiCalls.toLocaleString("en")}</td>
                <td class="number">{scope.resources.toLocaleString("en")}</td>
                <td class="number">{scope.links.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ScopeState({ scope, blindSpots }: { scope: Scope; blindSpots: Blind[] }) {
  if (!scope.crawledAt) return <strong>not yet</strong>;
  if (blindSpots.length === 0) {
    return (
      <span class="presence presence-live">
        <PresenceSign presence="LIVE" />
        in full
      </span>
    );
  }
  const kinds = [...new Set(blindSpots.flatMap((spot) => spot.kinds))].map((kind) => kindWords(kind).many);
  return (
    <span class="presence presence-unreadable">
      <BlindSign />
      all but {kinds.length > 0 ? joined(kinds) : counted(blindSpots.length, "call")}
    </span>
  );
}

function BlindSpots({ blindSpots }: { blindSpots: Blind[] }) {
  return (
    <section aria-labelledby="blind">
      <h2 id="blind" class="section-title">
        What could not be read <span class="count">{blindSpots.length}</span>
      </h2>
      {blindSpots.length === 0 && <p class="empty">Every call of the crawl was answered. “Nothing depends on it” means just that, within the scopes above.</p>}
      <ul class="blind-list">
        {blindSpots.map((spot) => (
          <li key={`${spot.account} ${spot.region} ${spot.api} ${spot.message}`} class="blind-spot">
            <h3>
              <BlindSign />
              <span>
                {REASON[spot.reason].word}: <code>{spot.api}</code>
              </span>
            </h3>
            <p>
              {spot.kinds.length > 0 ? `${joined(spot.kinds.map((kind) => kindWords(kind).many))} are incomplete` : "Some data is incomplete"} in {whereOf(spot)}.{" "}
              {REASON[spot.reason].remedy}
            </p>
            <p class="muted small message-text">{spot.message}</p>
            {spot.reason === "ACCESS_DENIED" && (
              <details>
                <summary>The statement that allows it</summary>
                <pre tabIndex={0} aria-label="Policy statement">
                  <code>{statementFor(spot.api)}</code>
                </pre>
                <CopyButton text={statementFor(spot.api)} label="Copy statement" />
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function statementFor(action: string): string {
  return JSON.stringify({ Effect: "Allow", Action: [action], Resource: "*" }, null, 2);
}

const NAMED: Presence[] = ["MISSING", "UNREADABLE", "OUTSIDE"];
const SHOWN = 8;

/** Three things that are never the same: not there, not allowed to look, not looked. */
function NamedOnly() {
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
