import type { Blind, CoverageResult } from "../../api/generated";
import { DataTable, type Column } from "../../components/data-table";
import { BlindSign, PresenceSign } from "../../components/signs";
import { now } from "../../data/crawl";
import { formatRoute, searchFor } from "../../routes";
import { counted } from "../../words/counts";
import { kindsInWords } from "../../words/kinds";
import { age, duration, instant } from "../../words/time";

export type Scope = CoverageResult["coverage"]["scopes"][number];

/** Where was looked: one account and region a row. */
export function Scopes({ scopes, blindSpots, sort, onSort }: { scopes: Scope[]; blindSpots: Blind[]; sort: string; onSort: (sort: string) => void }) {
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
      <DataTable
        label="Scopes"
        caption={counted(scopes.length, "account and region", "accounts and regions")}
        rows={scopes}
        columns={columnsOf(of)}
        keyOf={(scope) => `${scope.account} ${scope.region}`}
        sort={sort}
        onSort={onSort}
        file="scopes"
      />
    </section>
  );
}

function columnsOf(blindIn: (scope: Scope) => Blind[]): Column<Scope>[] {
  return [
    {
      id: "account",
      label: "Account",
      value: ({ account }) => account,
      isHead: true,
      cell: ({ account }) => <a href={formatRoute(searchFor("", { accounts: [account] }))}>{account}</a>,
    },
    { id: "region", label: "Region", value: ({ region }) => region },
    { id: "read", label: "Read", value: (scope) => stateWords(scope, blindIn(scope)), cell: (scope) => <ScopeState scope={scope} blindSpots={blindIn(scope)} /> },
    {
      id: "crawled",
      label: "Crawled",
      value: ({ crawledAt }) => crawledAt,
      isWide: true,
      cell: ({ crawledAt }) => (crawledAt ? <span title={instant(crawledAt)}>{age(crawledAt, now.value)} ago</span> : <strong>never</strong>),
    },
    { id: "took", label: "Took", value: ({ durationMs }) => durationMs, isNumber: true, isWide: true, cell: ({ durationMs }) => (durationMs === null ? "–" : duration(durationMs)) },
    { id: "calls", label: "API calls", value: ({ apiCalls }) => apiCalls, isNumber: true, isWide: true },
    { id: "resources", label: "Resources", value: ({ resources }) => resources, isNumber: true, isWide: true },
    { id: "links", label: "Links", value: ({ links }) => links, isNumber: true, isWide: true },
  ];
}

function stateWords(scope: Scope, blindSpots: Blind[]): string {
  if (!scope.crawledAt) return "not yet";
  if (blindSpots.length === 0) return "in full";
  if (scope.kept) return `as it was: the newest crawl found only ${counted(scope.kept.found, "resource")}`;
  return `all but ${kindsInWords(blindSpots.flatMap((spot) => spot.kinds)) || counted(blindSpots.length, "call")}`;
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
  return (
    <span class="presence scope-state presence-unreadable">
      <BlindSign />
      {stateWords(scope, blindSpots)}
    </span>
  );
}
