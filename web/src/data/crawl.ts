import { computed, signal } from "@preact/signals";
import { request, RequestError } from "../api/client";
import { CrawlProgress, Freshness, StartCrawl, type CrawlProgressResult, type FreshnessResult } from "../api/generated";
import { subscribe } from "../api/subscribe";
import { route } from "../navigation";

const POLL_MS = 60_000;
const POLL_WHILE_WAITING_MS = 2_000;
const CLOCK_MS = 15_000;

/** Data older than this is called old. */
export const OLD_AFTER_MINUTES = 60;

export type Progress = CrawlProgressResult["crawlProgress"];

/** The crawl under way or the last one heard of. */
export const progress = signal<Progress | null>(null);
/** True until the server has a first graph to answer from. */
export const waiting = signal(false);
/** True while the server cannot be reached. */
export const offline = signal(false);
/** Raised when what is on screen should be asked for again. */
export const dataVersion = signal(0);
/** True when the server has a newer graph than the one on screen. */
export const newer = signal(false);
/** Now, in milliseconds, often enough for ages in minutes. */
export const now = signal(Date.now());

const scopes = signal<FreshnessResult["coverage"]["scopes"]>([]);
export const blindSpotCount = signal<number | null>(null);

/** When the oldest part of the graph was read; null while unknown. */
export const crawledAt = computed(() => {
  const times = scopes.value.map((scope) => scope.crawledAt).filter((time) => time !== null);
  return times.length > 0 ? times.reduce((oldest, time) => (time < oldest ? time : oldest)) : null;
});
export const crawling = computed(() => progress.value !== null && !progress.value.finished);

let timer: number | undefined;

/** Follows the server's crawls and the age of its data for as long as the page lives. */
export function followCrawls(): void {
  subscribe(CrawlProgress, ({ crawlProgress }) => {
    const ended = crawlProgress.finished && crawling.peek();
    progress.value = crawlProgress;
    if (ended || waiting.peek()) void refresh();
  });
  window.setInterval(() => {
    now.value = Date.now();
  }, CLOCK_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void refresh();
  });
  void refresh();
}

/** Asks how old the data is, and shows or announces what is new. */
export async function refresh(): Promise<void> {
  window.clearTimeout(timer);
  try {
    const { coverage } = await request(Freshness, {});
    const before = crawledAt.peek();
    scopes.value = coverage.scopes;
    blindSpotCount.value = coverage.blindSpots.length;
    offline.value = false;
    if (waiting.peek()) {
      waiting.value = false;
      showNewest();
    } else if (before !== null && before !== crawledAt.peek()) {
      announce();
    }
  } catch (error) {
    if (error instanceof RequestError) noticeFailure(error);
  }
  now.value = Date.now();
  timer = window.setTimeout(refresh, waiting.peek() ? POLL_WHILE_WAITING_MS : POLL_MS);
}

/** What a failed request says about the server as a whole. */
export function noticeFailure(error: RequestError): void {
  offline.value = error.code === "OFFLINE";
  if (error.code !== "NOT_READY" || waiting.peek()) return;
  waiting.value = true;
  window.clearTimeout(timer);
  timer = window.setTimeout(refresh, POLL_WHILE_WAITING_MS);
}

/** Graphs and lists that somebody may be reading never move by themselves; overviews do. */
function announce(): void {
  const current = route.peek();
  const { screen } = current;
  // A review that is kept reads the same; whether the estate moved since is asked again.
  const isKept = screen === "reviews" || (current.screen === "review" && current.resource === null);
  if (screen === "coverage" || screen === "explore" || isKept) showNewest();
  else newer.value = true;
}

export function showNewest(): void {
  newer.value = false;
  dataVersion.value++;
}

export async function startCrawl(): Promise<void> {
  const { crawl } = await request(StartCrawl, {});
  if (crawling.peek()) return;
  progress.value = { run: crawl.id, scopesDone: 0, scopesTotal: 0, apiCalls: 0, resources: 0, finished: false };
}
