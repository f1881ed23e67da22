import { blindSpotCount, crawledAt, crawling, now, offline, progress, stale, waiting } from "../data/crawl";
import { counted } from "../words/counts";
import { age, clock, day, instant } from "../words/time";
import { BlindSign } from "./signs";

const DAY_MS = 86_400_000;

/** The age of the data and how much of it is missing; leads to the coverage screen. */
export function Freshness() {
  return (
    <a class={`freshness is-${tone()}`} href="/coverage">
      <span class="freshness-dot" aria-hidden="true" />
      {words()}
      {blindSpotCount.value !== null && blindSpotCount.value > 0 && !waiting.value && (
        <span class="freshness-blind">
          <BlindSign />
          {blindSpotCount.value}
          <span class="visually-hidden"> {blindSpotCount.value === 1 ? "blind spot" : "blind spots"}</span>
        </span>
      )}
    </a>
  );
}

function tone(): "good" | "busy" | "old" | "bad" {
  if (offline.value) return "bad";
  if (waiting.value || crawling.value) return "busy";
  return stale.value ? "old" : "good";
}

function words() {
  if (offline.value) return <strong>Server not reachable</strong>;
  if (crawling.value && progress.value) {
    const { scopesDone, scopesTotal, resources, apiCalls } = progress.value;
    const counts = [scopesTotal > 0 && `${scopesDone} of ${scopesTotal} scopes`, counted(resources, "resource"), counted(apiCalls, "call")].filter(Boolean);
    return (
      <>
        <strong title={counts.join(", ")}>{waiting.value ? "First crawl" : "Crawling"}</strong>
        <span class="muted wide-only">{resources > 0 ? counted(resources, "resource") : counts[0]}</span>
      </>
    );
  }
  if (crawledAt.value === null) return <strong>{waiting.value ? "First crawl" : "…"}</strong>;
  return (
    <>
      <strong title={instant(crawledAt.value)}>
        <span class="wide-only">Snapshot </span>
        {now.value - Date.parse(crawledAt.value) < DAY_MS ? clock(crawledAt.value) : day(crawledAt.value)}
      </strong>
      <span class="muted">{age(crawledAt.value, now.value)} old</span>
    </>
  );
}
