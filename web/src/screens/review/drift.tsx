import type { ComponentChildren } from "preact";
import { ChangedSince } from "../../api/generated";
import { now } from "../../data/crawl";
import { newest } from "../../data/news";
import { useQuery } from "../../data/query";
import type { Assessed } from "../../layout/assessment";
import { formatRoute, reviewOf, whatIf, type Route } from "../../routes";
import { counted, joined } from "../../words/counts";
import { age } from "../../words/time";
import { sentence } from "../../components/with-code";

const NAMED = 4;

/** Whether the estate moved since the change was judged, and whether that concerns what the review speaks of. */
export function Drift({ assessed }: { assessed: Assessed }) {
  const { snapshot } = assessed.judged;
  const to = newest.value?.id;
  const moved = to !== undefined && to !== snapshot.id;
  const since = useQuery(ChangedSince, moved ? { from: snapshot.id, to } : null, snapshot.id);
  if (!moved) return null;
  const when = `${age(snapshot.takenAt, now.value)} ago`;
  if (since.error) {
    return (
      <p class="drift muted small" role="status">
        The estate was crawled again since this was judged {when}. Whether something in it changed cannot be told: {sentence(since.error.message)}{" "}
        <a href={formatRoute(again(assessed))}>Judge it again</a>
      </p>
    );
  }
  const diff = since.data?.diff;
  if (!diff) return null;
  const changed = [...diff.added.map(({ id }) => id), ...diff.removed.map(({ id }) => id), ...diff.changed.map(({ after }) => after.id)];
  const named = changed.flatMap((id) => assessed.resources.get(id)?.name ?? []);
  const total = diff.addedCount + diff.removedCount + diff.changedCount;
  if (total === 0) return null;
  if (named.length === 0) {
    return (
      <p class="drift muted small" role="status">
        The estate moved since this was judged {when}: {counted(total, "resource")} changed, none that this review names.
      </p>
    );
  }
  return (
    <Notice assessed={assessed}>
      The estate moved since this was judged {when}: {joined([...named.slice(0, NAMED), ...(named.length > NAMED ? [`${named.length - NAMED} more`] : [])])} of this review changed. The verdict may not hold any more.
    </Notice>
  );
}

function Notice({ assessed, children }: { assessed: Assessed; children: ComponentChildren }) {
  return (
    <div class="notice notice-warn notice-bar drift" role="status">
      <span>{children}</span>
      <a class="button" href={formatRoute(again(assessed))}>
        Judge it again
      </a>
    </div>
  );
}

/** A single resource is judged again at once; a plan is not kept, and has to be given again. */
function again({ judged: { changes } }: Assessed): Route {
  const [only] = changes;
  return changes.length === 1 && only?.resource && only.address === only.resource.id ? whatIf(only.resource.id, only.action) : reviewOf(null);
}
