import { inScopes } from "../../data/crawl";
import { isFiltered } from "../../filters";
import type { Box } from "../../layout/estate";
import { formatRoute, radiusOf, type ExploreRoute } from "../../routes";
import { counted } from "../../words/counts";
import { groupName } from "../../words/groups";

/** Where in the estate this is, each step up a link. */
export function Crumbs({ route, trail, total }: { route: ExploreRoute; trail: Box[]; total: number }) {
  const beyond = inScopes.value > 0 && !isFiltered(route.filters) ? total - inScopes.value : 0;
  const to = (path: string[]) => formatRoute({ ...route, path, selected: [], sort: "" });
  const place = trail.at(-1);
  return (
    <div class="crumbs">
      <nav aria-label="Where in the estate">
        <ol>
          {place && (
            <li>
              <a href={to([])}>Estate</a>
            </li>
          )}
          {trail.slice(0, -1).map((box) => (
            <li key={box.path.join("\n")}>
              <a href={to(box.path)}>{groupName(box.by, box)}</a>
            </li>
          ))}
        </ol>
      </nav>
      <h1 id="place" tabIndex={-1}>
        {place ? groupName(place.by, place) : "Estate"}
      </h1>
      {place && <span class="muted">{counted(place.count, "resource")}</span>}
      {!place && total > 0 && (
        <span class="muted">
          {counted(total, "resource")}
          {beyond > 0 && (
            <>
              , {beyond.toLocaleString("en")} of them outside of the <a href="/coverage">crawled accounts and regions</a>
            </>
          )}
        </span>
      )}
      {place && place.key.startsWith("arn:") && (
        <span class="crumbs-links">
          <a href={formatRoute({ screen: "resource", id: place.key })}>Its own page</a>
          <a href={formatRoute(radiusOf(place.key))}>Blast radius</a>
        </span>
      )}
    </div>
  );
}
