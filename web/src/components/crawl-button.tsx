import { useState } from "preact/hooks";
import { asRequestError } from "../api/client";
import { crawling, startCrawl } from "../data/crawl";
import { mayCrawl } from "../data/session";

/** Starts a crawl; where the server does not, its reason stands beside it. */
export function CrawlButton() {
  const [problem, setProblem] = useState<string | null>(null);
  const start = () => {
    setProblem(null);
    startCrawl().catch((error: unknown) => setProblem(asRequestError(error).message));
  };
  return (
    <>
      <button class="primary" onClick={start} disabled={crawling.value || !mayCrawl.value} aria-describedby={mayCrawl.value ? undefined : "may-not-crawl"}>
        {crawling.value ? "Crawling…" : "Crawl now"}
      </button>
      {!mayCrawl.value && (
        <p id="may-not-crawl" class="muted small">
          Crawls are for operators, and you are a viewer.
        </p>
      )}
      {problem && (
        <p class="bad small" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
