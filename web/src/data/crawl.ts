import { computed, effect, signal } from "@preact/signals";
import { request, RequestError } from "../api/client";
import { CrawlProgress, Freshness, GraphChanged, StartCrawl, type CrawlProgressResult, type FreshnessResult } from "../api/generated";
import { readiness } from "../api/ready";
import { stream, subscribe } from "../api/subscribe";
import { announcement } from "./announce";
import { askWho, signedOut } from "./session";
import { route } from "../navigation";
import type { Route } from "../routes";
import { forgetNews, hearOf, news } from "./news";

const POLL_MS = 60_000;
const POLL_WHILE_WAITING_MS = 2_000;
const POLL_WHILE_OFFLINE_MS = 5_000;
const CLOCK_MS = 15_000;

export type Progress = CrawlProgressResult["crawlProgress"];

/** The crawl under way or the last one heard of. */
export const progress = signal<Progress | null>(null);
/** True until the server has a first graph to answer from. */
export const waiting = signal(false);
/** True while the server cannot be reached. */
export const offline = signal(false);
/** True where the newest snapshot is older than two crawl intervals: crawls fail, or there are none. */
export const stale = signal(false);
/** Raised when what is on screen should be asked for again. */
export const dataVersion = signal(0);
/** Now, in milliseconds, often enough for ages in minutes. */
export const now = signal(Date.now());

const scopes = signal<FreshnessResult["coverage"]["scopes"]>([]);
export const blindSpotCount = signal<number | null>(null);

/** How many resources are in the accounts and regions that are crawled: others are known, too. */
export const inScopes = computed(() => scopes.value.reduce((sum, { resources }) => sum + resources, 0));

/** When the oldest part of the graph was read; null while unknown. */
export const crawledAt = computed(() => {
  const times = scopes.value.map((scope) => scope.crawledAt).filter((time) => time !== null);
  return times.length > 0 ? times.reduce((oldest, time) => (time < oldest ? time : oldest)) : null;
});
export const crawling = computed(() => progress.value !== null && !progress.value.finished);

/** What is looked at, however it is filtered or selected in. */
const subject = computed(() => {
  const current = route.value;
  return [current.screen, "id" in current ? current.id : "", "resource" in current ? current.resource : ""].join(" ");
});

let timer: number | undefined;

/** Follows the server's crawls, the changes of its graph and the age of its data for as long as the page lives. */
export function followCrawls(): void {
  const streams = [
    stream(CrawlProgress, ({ crawlProgress }) => {
      const ended = crawlProgress.finished && crawling.peek();
      progress.value = crawlProgress;
      if (ended || waiting.peek()) void refresh();
    }),
    stream(GraphChanged, ({ graphChanged: { snapshot, added, removed, changed } }) => {
      hearOf({ ...snapshot, counts: { added, removed, changed } });
      void refresh();
    }),
  ];
  effect(() => {
    if (signedOut.value) return undefined;
    void refresh();
    // Made or lost: either way it shows whether the server is there, and what was missed meanwhile.
    return subscribe(streams, () => void refresh());
  });
  // What is opened from now on is asked of the newest.
  subject.subscribe(forgetNews);
  window.setInterval(() => {
    now.value = Date.now();
  }, CLOCK_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void refresh();
  });
}

/** Asks how old the data is, and whether there is newer than what is on screen. */
export async function refresh(): Promise<void> {
  window.clearTimeout(timer);
  // Somebody who comes back to this tab may have signed in in another.
  if (signedOut.peek()) return askWho();
  try {
    const { coverage } = await request(Freshness, {});
    const ready = await readiness();
    scopes.value = coverage.scopes;
    blindSpotCount.value = coverage.blindSpots.length;
    offline.value = false;
    stale.value = ready?.stale ?? false;
    if (ready) hearOf({ id: ready.snapshot, takenAt: ready.takenAt, counts: null });
    if (waiting.peek()) {
      waiting.value = false;
      showNewest();
    } else if (news.peek() && route.peek().screen === "coverage") {
      // Figures of the crawl itself, often just asked for there; whatever else somebody may be reading never moves by itself.
      showNewest();
    } else if (readsTheSame(route.peek())) {
      forgetNews();
    }
  } catch (error) {
    if (error instanceof RequestError) noticeFailure(error);
  }
  now.value = Date.now();
  window.clearTimeout(timer);
  timer = window.setTimeout(refresh, waiting.peek() ? POLL_WHILE_WAITING_MS : offline.peek() ? POLL_WHILE_OFFLINE_MS : POLL_MS);
}

/** Whether nothing on screen is asked of the graph: a review that is kept says itself whether the estate moved since. */
function readsTheSame(current: Route): boolean {
  return current.screen === "reviews" || (current.screen === "review" && current.resource === null);
}

/** What a failed request says about the server as a whole. */
export function noticeFailure(error: RequestError): void {
  const lost = error.code === "OFFLINE";
  const turned = offline.peek() !== lost;
  offline.value = lost;
  if (error.code === "NOT_READY") waiting.value = true;
  if (!turned && error.code !== "NOT_READY") return;
  window.clearTimeout(timer);
  timer = window.setTimeout(refresh, waiting.peek() ? POLL_WHILE_WAITING_MS : POLL_WHILE_OFFLINE_MS);
}

/** Asks for everything on screen again; each view keeps its place. */
export function showNewest(): void {
  const heard = news.peek() !== null;
  forgetNews();
  dataVersion.value++;
  if (heard) announcement.value = "The newest snapshot is shown";
}

export async function startCrawl(): Promise<void> {
  const { crawl } = await request(StartCrawl, {});
  if (crawling.peek()) return;
  progress.value = { run: crawl.id, scopesDone: 0, scopesTotal: 0, apiCalls: 0, resources: 0, finished: false };
}
