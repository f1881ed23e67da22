import { Coverage, type Blind, type CoverageResult } from "../../api/generated";
import { CrawlButton } from "../../components/crawl-button";
import { BlindSign } from "../../components/signs";
import { Answer, CrawlFigures } from "../../components/states";
import { useTitle } from "../../components/title";
import { crawling } from "../../data/crawl";
import { useQuery } from "../../data/query";
import { go } from "../../navigation";
import type { CoverageRoute } from "../../routes";
import { counted } from "../../words/counts";
import { BlindSpots } from "./blind-spots";
import { NamedOnly } from "./named-only";
import { Scopes, type Scope } from "./scopes";

type Drop = CoverageResult["coverage"]["drops"][number];

/** How far the graph can be trusted: where was looked, what could not be read, and what is only known by name. */
export function CoverageScreen({ route }: { route: CoverageRoute }) {
  useTitle("Coverage");
  const query = useQuery(Coverage, {}, "coverage");
  return (
    <div class="page">
      <Answer query={query}>
        {({ coverage, known }) => (
          <>
            <header class="page-head">
              <div>
                <h1 class="page-title">Coverage</h1>
                <p class="muted">Where blastmap looked, what it could not read, and what it knows by name only.</p>
                <Beyond count={known.totalCount - sumOf(coverage.scopes, "resources")} />
              </div>
              <Figures scopes={coverage.scopes} blindSpots={coverage.blindSpots} />
              <div class="page-actions">
                <CrawlButton />
              </div>
            </header>
            {crawling.value && (
              <section class="box" aria-label="Crawl under way">
                <h2>A crawl is under way</h2>
                <CrawlFigures />
              </section>
            )}
            <Drops drops={coverage.drops.filter(({ percent }) => percent >= LARGE)} />
            <Scopes scopes={coverage.scopes} blindSpots={coverage.blindSpots} sort={route.sort ?? ""} onSort={(sort) => go({ ...route, sort }, { replace: true })} />
            <BlindSpots blindSpots={coverage.blindSpots} />
          </>
        )}
      </Answer>
      {query.data && <NamedOnly />}
    </div>
  );
}

/** Losses that are told, of a hundred: tasks come and go. */
const LARGE = 10;

/** A graph that has become emptier says so. */
function Drops({ drops }: { drops: Drop[] }) {
  if (drops.length === 0) return null;
  return (
    <section class="box" aria-labelledby="drops">
      <h2 id="drops">Much less was read than in the snapshot before</h2>
      <ul class="plain-list">
        {drops.map(({ account, region, before, after, percent }) => (
          <li key={`${account} ${region}`}>
            {account} {region}: {after.toLocaleString("en")} of {counted(before, "resource")}, {percent} % less
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why the figure is not that of Explore. */
function Beyond({ count }: { count: number }) {
  if (count <= 0) return null;
  return (
    <p class="muted small">
      {counted(count, "more resource")} {count === 1 ? "is" : "are"} known outside of these scopes: what others name there, and what AWS owns.
    </p>
  );
}

function sumOf(scopes: Scope[], field: "resources" | "links" | "apiCalls"): number {
  return scopes.reduce((total, scope) => total + scope[field], 0);
}

function Figures({ scopes, blindSpots }: { scopes: Scope[]; blindSpots: Blind[] }) {
  const sum = (field: "resources" | "links" | "apiCalls") => sumOf(scopes, field).toLocaleString("en");
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
