import type { Taken } from "../../api/generated";
import { Message } from "../../components/states";
import { startCrawl } from "../../data/crawl";
import { go } from "../../navigation";
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

/** One snapshot: there is nothing to compare it with. */
export function OneSnapshot({ snapshot }: { snapshot: Taken }) {
  return (
    <Message title="One snapshot so far">
      <p>
        It was taken on {instant(snapshot.takenAt)}, with {counted(snapshot.resources, "resource")} and {counted(snapshot.links, "link")}. What changed shows when there is a second one: each crawl
        keeps one. A server of a snapshot file or of the demo keeps none but the newest.
      </p>
      <p class="button-row">
        <button class="primary" onClick={() => void startCrawl().catch(() => go("/coverage"))}>
          Crawl now
        </button>
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
        <strong>{message.replace(/^./, (first) => first.toUpperCase()).replace(/\.?$/, ".")}</strong>
      </p>
      <p>A store keeps the newest thirty snapshots; older ones make room. Choose two others on the left, or see what changed last.</p>
      <p>
        <a class="button" href={formatRoute(historyOf())}>
          What changed last
        </a>
      </p>
    </div>
  );
}
