import { computed } from "@preact/signals";
import { Snapshots } from "../api/generated";
import { now } from "../data/crawl";
import { newest } from "../data/news";
import { useQuery } from "../data/query";
import { go, route } from "../navigation";
import { formatRoute, type Route } from "../routes";
import { historyOf } from "../screens/history/address";
import { age, instant } from "../words/time";
import { Message } from "./states";
import { useTitle } from "./title";
import { sentence } from "./with-code";

/** The older snapshot that the address names; undefined for now. */
export const pinned = computed(() => ("snapshot" in route.value ? route.value.snapshot : undefined));

/** The same view at the snapshot on screen: an older one stays as links are followed. */
export function samePin<R extends Route>(to: R): R {
  return pinned.value === undefined ? to : { ...to, snapshot: pinned.value };
}

/** Says that what is on screen is not how things are, when it was so, and how to come back. */
export function PinnedNotice({ id }: { id: string }) {
  const query = useQuery(Snapshots, { first: 100 }, "pinned");
  const taken = query.data?.snapshots.nodes.find((snapshot) => snapshot.id === id)?.takenAt;
  const isNewest = newest.value?.id === id;
  return (
    <div class="notice notice-warn notice-bar" role="status">
      <span>
        <strong>{isNewest ? "This view is kept at the newest snapshot" : "This is how it was, not how it is"}</strong>
        {": "}
        {taken ? (
          <>
            snapshot of {instant(taken)}, {age(taken, now.value)} ago.
          </>
        ) : (
          <>
            snapshot <code>{id}</code>
            {query.data && ", which is not in the list of those that are kept"}.
          </>
        )}
      </span>
      <span class="notice-actions">
        {!isNewest && taken && <a href={formatRoute(historyOf({ from: id }))}>What changed since</a>}
        <button onClick={backToNow}>Back to now</button>
      </span>
    </div>
  );
}

/** The address names a snapshot that cannot be read: say so, and lead on. */
export function SnapshotGone({ id, message }: { id: string; message: string }) {
  useTitle("No such snapshot");
  return (
    <Message title="This snapshot is not kept">
      <p class="id-text">
        <code>{id}</code>
      </p>
      <p>{sentence(message)} The newest are kept; older ones make room.</p>
      <p class="button-row">
        <button class="primary" onClick={backToNow}>
          Show it as it is now
        </button>
        <a class="button" href={formatRoute(historyOf())}>
          All snapshots
        </a>
      </p>
    </Message>
  );
}

function backToNow(): void {
  const { snapshot: _left, ...rest } = route.peek() as Extract<Route, { snapshot?: string }>;
  go(rest as Route);
}
