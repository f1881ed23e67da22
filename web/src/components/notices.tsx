import { crawledAt, crawling, now, offline, refresh, showNewest, stale, waiting } from "../data/crawl";
import { newest, news, type News } from "../data/news";
import { route } from "../navigation";
import { formatRoute } from "../routes";
import { historyOf } from "../screens/history/address";
import { joined } from "../words/counts";
import { age, clock } from "../words/time";
import { PinnedNotice } from "./pinned";

/** What is wrong or new about the data as a whole: the server gone, an older snapshot, a newer one, or none for long. */
export function Notices() {
  const { value: current } = route;
  const pinned = "snapshot" in current ? current.snapshot : undefined;
  return (
    <>
      {offline.value && (
        <div class="notice notice-bad notice-bar" role="alert">
          The blastmap server cannot be reached. What is on screen is the last good answer; the server is tried again every few seconds.
          <button onClick={refresh}>Try now</button>
        </div>
      )}
      {pinned && <PinnedNotice id={pinned} />}
      {!offline.value && !pinned && <Age />}
    </>
  );
}

function Age() {
  if (news.value) return <NewsNotice news={news.value} />;
  if (!stale.value || !crawledAt.value || crawling.value || waiting.value) return null;
  return (
    <div class="notice notice-warn notice-bar" role="status">
      <span>
        This data is {age(crawledAt.value, now.value)} old, more than two crawl intervals: what changed in AWS since is not in it. <a href="/coverage">Coverage</a> says what was read, and can
        crawl now.
      </span>
    </div>
  );
}

/** Something changed. Nothing on screen moves until somebody says so. */
function NewsNotice({ news: { from, steps } }: { news: News }) {
  const last = steps.at(-1);
  if (!last) return null;
  return (
    <div class="notice notice-new notice-bar" role="status">
      <span>
        <strong>{wordsOf(steps)}</strong> Snapshot of {clock(last.takenAt)} UTC; what is on screen has not moved.
      </span>
      <span class="notice-actions">
        <a href={formatRoute(historyOf({ from, to: newest.value?.id ?? last.id }))}>What changed</a>
        <button onClick={showNewest}>Show the newest</button>
      </span>
    </div>
  );
}

function wordsOf(steps: News["steps"]): string {
  // Counts of several snapshots do not add up: what one adds the next may remove.
  if (steps.length > 1) return `The graph changed ${steps.length} times.`;
  const counts = steps[0]?.counts;
  if (!counts) return "The graph may have changed: there is a newer snapshot.";
  const parts = (["added", "removed", "changed"] as const).filter((what) => counts[what] > 0).map((what) => `${counts[what].toLocaleString("en")} ${what}`);
  return `The graph changed: ${joined(parts)}.`;
}
