import { useEffect, useState } from "preact/hooks";
import type { Taken } from "../../api/generated";
import { CrawlButton } from "../../components/crawl-button";
import { Message } from "../../components/states";
import { sentence } from "../../components/with-code";
import { showNewest } from "../../data/crawl";
import { newest } from "../../data/news";
import { formatRoute } from "../../routes";
import { counted } from "../../words/counts";
import { instant } from "../../words/time";
import { historyOf, type HistoryRoute } from "./address";

/** Nothing is kept: say what would change that. */
export function NoSnapshots() {
  return (
    <Message title="No snapshot is kept yet">
      <p>History compares snapshots. The first is kept when the first crawl is done.</p>
      <p>
        <a href="/coverage">Coverage</a> says how the crawl is going.
      </p>
    </Message>
  );
}

/** One snapshot: there is nothing to compare it with. Whether the server keeps more shows once another was taken. */
export function OneSnapshot({ snapshot }: { snapshot: Taken }) {
  const [first] = useState(snapshot.id);
  const taken = newest.value?.id;
  useEffect(() => {
    if (taken && taken !== snapshot.id) showNewest();
    // Once for each that is taken, whatever is kept of them.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [taken]);
  return (
    <Message title="One snapshot so far">
      <p>
        It was taken on {instant(snapshot.takenAt)}, with {counted(snapshot.resources, "resource")} and {counted(snapshot.links, "link")}.{" "}
        {first === snapshot.id ? "What changed shows as soon as a second one is kept." : "It took the place of the one before: this server keeps the newest alone, and cannot tell what changed."}
      </p>
      <p class="button-row">
        <CrawlButton />
        <a class="button" href="/coverage">
          Coverage
        </a>
      </p>
    </Message>
  );
}

/** The two are one. */
export function SameSnapshot({ route, before }: { route: HistoryRoute; before: Taken | undefined }) {
  return (
    <div class="empty history-empty">
      <p>
        <strong>From and to are the same snapshot.</strong>
      </p>
      <p>{before ? <a href={formatRoute({ ...route, from: before.id })}>Compare with the one before</a> : "Choose two different ones."}</p>
    </div>
  );
}

/** Nothing changed, as far as could be seen. */
export function NothingChanged({ from, to }: { from: Taken; to: Taken }) {
  return (
    <div class="empty history-empty">
      <p>
        <strong>Nothing changed</strong> between {instant(from.takenAt)} and {instant(to.takenAt)}: {counted(to.resources, "resource")} and {counted(to.links, "link")} are the same in both.
      </p>
      <p>
        What neither crawl could read may have changed all the same: <a href="/coverage">coverage</a>.
      </p>
    </div>
  );
}

/** One of the two made room for newer ones, or cannot be read. */
export function NotUsable({ message }: { message: string }) {
  return (
    <div class="empty history-empty" role="alert">
      <p>
        <strong>{sentence(message)}</strong>
      </p>
      <p>The newest are kept; older ones make room. Choose two others on the left, or see what changed last.</p>
      <p>
        <a class="button" href={formatRoute(historyOf())}>
          What changed last
        </a>
      </p>
    </div>
  );
}
