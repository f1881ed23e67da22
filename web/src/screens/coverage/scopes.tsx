import type { Blind, CoverageResult } from "../../api/generated";
import { BlindSign, PresenceSign } from "../../components/signs";
import { now } from "../../data/crawl";
import { formatRoute, searchFor } from "../../routes";
import { counted, joined } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { age, duration, instant } from "../../words/time";

export type Scope = CoverageResult["coverage"]["scopes"][number];

/** Where was looked: one account and region a row. */
export function Scopes({ scopes, blindSpots }: { scopes: Scope[]; blindSpots: Blind[] }) {
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
