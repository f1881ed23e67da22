import { useState } from "preact/hooks";
import { request, RequestError } from "../../api/client";
import { Reviews, type ReviewsResult } from "../../api/generated";
import { OutcomeSign } from "../../components/outcome-sign";
import { BlindSign } from "../../components/signs";
import { Answer, Failure } from "../../components/states";
import { useTitle } from "../../components/title";
import { now } from "../../data/crawl";
import { useQuery } from "../../data/query";
import { formatRoute, reviewOf } from "../../routes";
import { counted } from "../../words/counts";
import { LEVEL, OUTCOME, SIGN_OF_LEVEL } from "../../words/outcomes";
import { age, instant } from "../../words/time";

const PAGE = 50;

type Page = ReviewsResult["reviews"];
type Kept = Page["nodes"][number];

/** The reviews that are kept, newest first. */
export function ReviewList() {
  useTitle("Change reviews");
  const query = useQuery(Reviews, { first: PAGE, after: null }, "reviews");
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1 class="page-title">Change reviews</h1>
          <p class="muted">What a change would do, judged before it is made, and kept under a link.</p>
        </div>
        <div class="page-actions">
          <a class="button primary" href={formatRoute(reviewOf(null))}>
            New review
          </a>
        </div>
      </header>
      <Answer query={query}>{({ reviews }) => (reviews.totalCount === 0 ? <NoneYet /> : <List key={reviews.nodes[0]?.id} first={reviews} />)}</Answer>
    </div>
  );
}

function NoneYet() {
  return (
    <div class="empty">
      <p>
        <strong>No review is kept yet.</strong>
      </p>
      <p>
        Drop a plan on this page, or start a <a href={formatRoute(reviewOf(null))}>new review</a>. From a terminal:
      </p>
      <pre>{"terraform show -json plan.tfplan > plan.json\nblastmap review plan.json"}</pre>
    </div>
  );
}

function List({ first }: { first: Page }) {
  const [more, setMore] = useState<Page | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const shown = [...first.nodes, ...(more?.nodes ?? [])];
  const { pageInfo } = more ?? first;
  const load = async () => {
    setError(null);
    try {
      const { reviews } = await request(Reviews, { first: PAGE, after: pageInfo.endCursor });
      setMore({ ...reviews, nodes: [...(more?.nodes ?? []), ...reviews.nodes] });
    } catch (failure) {
      if (failure instanceof RequestError) setError(failure);
    }
  };
  return (
    <>
      <div class="table-box" tabIndex={0} role="region" aria-label="Reviews">
        <table class="review-list">
          <caption>{counted(first.totalCount, "review")}, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Review</th>
              <th scope="col">Risk</th>
              <th scope="col" class="wide-cell">
                What is hit
              </th>
              <th scope="col">Age</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((review) => (
              <tr key={review.id}>
                <th scope="row">
                  <a href={formatRoute(reviewOf(review.id))}>{review.title}</a>
                </th>
                <td>
                  <Risk review={review} />
                </td>
                <td class="wide-cell">
                  <Counts review={review} />
                </td>
                <td title={instant(review.createdAt)}>{age(review.createdAt, now.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {error && <Failure error={error} retry={load} hasData />}
      {pageInfo.hasNextPage && (
        <p class="table-more">
          <button onClick={load}>Show more</button> <span class="muted">{counted(first.totalCount - shown.length, "older review")}</span>
        </p>
      )}
    </>
  );
}

function Risk({ review: { risk, problem } }: { review: Kept }) {
  if (risk === null) {
    return (
      <span class="presence presence-unreadable" title={problem ?? undefined}>
        <BlindSign />
        cannot be read
      </span>
    );
  }
  return (
    <span class={`outcome risk-${risk.toLowerCase()}`}>
      <OutcomeSign outcome={SIGN_OF_LEVEL[risk]} />
      {LEVEL[risk].word}
    </span>
  );
}

function Counts({ review: { counts, problem } }: { review: Kept }) {
  if (counts === null) return <span class="muted">{problem}</span>;
  const told = [
    ["DOWN", counts.down],
    ["DEGRADED", counts.degraded],
    ["FAILS_ON_NEXT_START", counts.failsOnNextStart],
    ["AT_RISK", counts.atRisk],
  ] as const;
  const hit = told.filter(([, count]) => count > 0);
  return (
    <span class="list-counts">
      {hit.map(([outcome, count]) => (
        <span key={outcome} class="outcome">
          <OutcomeSign outcome={outcome} />
          {count.toLocaleString("en")} {count === 1 ? OUTCOME[outcome].word : OUTCOME[outcome].word.replace("fails", "fail")}
        </span>
      ))}
      {hit.length === 0 && <span class="muted">nothing, by {counted(counts.changes, "change")}</span>}
      {counts.notJudged > 0 && <span class="muted">{counts.notJudged} not judged</span>}
    </span>
  );
}
