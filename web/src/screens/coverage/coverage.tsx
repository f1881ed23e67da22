import { Coverage, type Blind } from "../../api/generated";
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
            <Scopes scopes={coverage.scopes} blindSpots={coverage.blindSpots} sort={route.sort ?? ""} onSort={(sort) => go({ ...route, sort }, { replace: true })} />
            <BlindSpots blindSpots={coverage.blindSpots} />
          </>
        )}
      </Answer>
      {query.data && <NamedOnly />}
    </div>
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
