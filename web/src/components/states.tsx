import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RequestError } from "../api/client";
import { progress } from "../data/crawl";
import type { Query } from "../data/query";
import { counted } from "../words/counts";
import { sentence } from "./with-code";

const SKELETON_AFTER_MS = 150;
const WORDS_AFTER_MS = 1_000;

type AnswerProps<Result> = {
  query: Query<Result>;
  /** True where this is a part of a screen that has its heading already. */
  part?: boolean;
  children: (data: Result) => ComponentChildren;
};

/** Shows what a query came back with: the data, and above it what went wrong or is still on its way. */
export function Answer<Result>({ query, part = false, children }: AnswerProps<Result>) {
  return (
    <>
      {query.error && !saidByTheFrame(query) && <Failure error={query.error} retry={query.retry} hasData={query.data !== null} part={part} />}
      {query.data !== null ? <div class={query.loading ? "answer is-stale" : "answer"}>{children(query.data)}</div> : query.loading && <Loading cancel={query.cancel} />}
    </>
  );
}

/** Above every screen stands already that the server is gone; said twice it would push the last good answer away. */
function saidByTheFrame({ error, data }: Query<unknown>): boolean {
  return error?.code === "OFFLINE" && data !== null;
}

/** Nothing at first, then the shape of what comes, then words and a way out. */
export function Loading({ cancel }: { cancel: () => void }) {
  const [stage, setStage] = useState<"blank" | "skeleton" | "words">("blank");
  useEffect(() => {
    const timers = [window.setTimeout(() => setStage("skeleton"), SKELETON_AFTER_MS), window.setTimeout(() => setStage("words"), WORDS_AFTER_MS)];
    return () => timers.forEach((timer) => window.clearTimeout(timer));
  }, []);
  if (stage === "blank") return null;
  return (
    <div class="loading">
      <div class="skeleton" aria-hidden="true">
        {Array.from({ length: 8 }, (_, index) => (
          <span key={index} />
        ))}
      </div>
      {stage === "words" && (
        <p role="status">
          Still asking the server… <button onClick={cancel}>Cancel</button>
        </p>
      )}
    </div>
  );
}

type FailureProps = { error: RequestError; retry: () => void; hasData: boolean; part?: boolean };

export function Failure({ error, retry, hasData, part = false }: FailureProps) {
  const title = error.code === "CANCELLED" ? "Cancelled" : "This could not be answered";
  return (
    <div class="notice notice-bad" role="alert">
      <div>
        {hasData || part ? <strong>{title}</strong> : <h1>{title}</h1>}
        <p>
          {sentence(error.message)}
          {hasData && " What is shown below is the last good answer."}
        </p>
        <p class="muted small">
          {error.code}
          {error.requestId && ` · request ${error.requestId}`}
        </p>
      </div>
      <button onClick={retry}>Try again</button>
    </div>
  );
}

/** Before the first crawl is done there is nothing to answer from: say how far it is. The page goes on by itself. */
export function FirstCrawl() {
  return (
    <section class="message" aria-labelledby="first-crawl">
      <h1 id="first-crawl" class="message-title">
        The first crawl is under way
      </h1>
      <p>There is no graph to answer from yet. This page goes on by itself when the crawl is done.</p>
      <CrawlFigures />
    </section>
  );
}

export function CrawlFigures() {
  const crawl = progress.value;
  if (!crawl) return <p class="muted">Waiting for the first figures…</p>;
  return (
    <div class="crawl-figures">
      <progress max={Math.max(1, crawl.scopesTotal)} value={crawl.scopesDone} aria-label="Scopes crawled" />
      <dl class="figures">
        <div>
          <dt>scopes done</dt>
          <dd>
            {crawl.scopesDone} of {crawl.scopesTotal || "…"}
          </dd>
        </div>
        <div>
          <dt>API calls</dt>
          <dd>{crawl.apiCalls.toLocaleString("en")}</dd>
        </div>
        <div>
          <dt>resources</dt>
          <dd>{crawl.resources.toLocaleString("en")}</dd>
        </div>
      </dl>
      <p class="visually-hidden" role="status">
        {counted(crawl.scopesDone, "scope")} of {crawl.scopesTotal} crawled
      </p>
    </div>
  );
}

/** A screen that has nothing to show, with the reason and a way on. */
export function Message({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <section class="message">
      <h1 class="message-title">{title}</h1>
      {children}
    </section>
  );
}
