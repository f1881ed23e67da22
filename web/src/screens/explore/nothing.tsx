import { useState } from "preact/hooks";
import { TagKeys } from "../../api/generated";
import { blindSpotCount } from "../../data/crawl";
import { useQuery } from "../../data/query";
import { isFiltered, NO_FILTERS } from "../../filters";
import { go } from "../../navigation";
import { formatRoute, type ExploreRoute } from "../../routes";
import { counted } from "../../words/counts";

/** Why there is nothing: filtered away, not readable, or not there. */
export function NothingHere({ route }: { route: ExploreRoute }) {
  const blind = blindSpotCount.value ?? 0;
  if (isFiltered(route.filters)) {
    return (
      <div class="explore-empty empty">
        <p>
          <strong>The filters leave nothing.</strong> What is asked for may be spelled otherwise, or lie where nobody looked: see <a href="/coverage">coverage</a>.
        </p>
        <p>
          <button onClick={() => go({ ...route, filters: NO_FILTERS, selected: [] })}>Clear filters</button>
        </p>
      </div>
    );
  }
  if (blind > 0) {
    return (
      <div class="explore-empty empty">
        <p>
          <strong>The crawl could see nothing.</strong> {counted(blind, "call")} {blind === 1 ? "was" : "were"} not answered, so that nothing can be concluded from this.
        </p>
        <p>
          <a href="/coverage">Coverage</a> names the permissions that are missing, and the policy that grants them.
        </p>
      </div>
    );
  }
  return (
    <div class="explore-empty empty">
      <p>
        <strong>The crawl found nothing.</strong> Every call was answered, and there was nothing to see in the accounts and regions that were read.
      </p>
      <p>
        <a href="/coverage">Coverage</a> says which these were. Other regions are crawled with <code>--region</code>, other accounts with <code>--role-arn</code>.
      </p>
    </div>
  );
}

export function NotThere({ route }: { route: ExploreRoute }) {
  return (
    <div class="explore-empty empty">
      <p>
        <strong>There is no such group in this snapshot.</strong> It may be gone since, or filtered away.
      </p>
      <p>
        <a href={formatRoute({ ...route, path: [], selected: [] })}>The whole estate</a>
        {isFiltered(route.filters) && (
          <>
            {" · "}
            <a href={formatRoute({ ...route, filters: NO_FILTERS, selected: [] })}>Without filters</a>
          </>
        )}
      </p>
    </div>
  );
}

/** Which tag to group by. */
export function ChooseTag({ route }: { route: ExploreRoute }) {
  const [key, setKey] = useState("");
  const keys = useTagKeys();
  return (
    <form
      class="explore-empty empty"
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim()) go({ ...route, tag: key.trim() });
      }}
    >
      <label class="pick">
        <strong>Group by the tag</strong>
        <input class="field" value={key} autocomplete="off" spellcheck={false} onInput={(event) => setKey(event.currentTarget.value)} />
      </label>{" "}
      <button disabled={key.trim() === ""}>Group</button>
      {keys.length > 0 && (
        <p>
          <span class="muted">Often set:</span>{" "}
          {keys.slice(0, 8).map((one) => (
            <a key={one} class="chip-link" href={formatRoute({ ...route, tag: one })}>
              {one}
            </a>
          ))}
        </p>
      )}
    </form>
  );
}

/** Keys that are tagged with, the commonest first, as far as a first look shows. */
function useTagKeys(): string[] {
  const { data } = useQuery(TagKeys, {});
  const counts = new Map<string, number>();
  for (const { tags } of data?.resources.nodes ?? []) for (const { key } of tags) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([key]) => key);
}
