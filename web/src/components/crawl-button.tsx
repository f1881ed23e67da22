import { useState } from "preact/hooks";
import { asRequestError } from "../api/client";
import { crawling, startCrawl } from "../data/crawl";

/** Starts a crawl; where the server does not, its reason stands beside it. */
export function CrawlButton() {
  const [problem, setProblem] = useState<string | null>(null);
  const start = () => {
    setProblem(null);
    startCrawl().catch((error: unknown) => setProblem(asRequestError(error).message));
  };
  return (
    <>
      <button class="primary" onClick={start} disabled={crawling.value}>
        {crawling.value ? "Crawling…" : "Crawl now"}
      </button>
      {problem && (
        <p class="bad small" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
