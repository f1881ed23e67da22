import { useMemo, useState } from "preact/hooks";
import { KeptReview as KeptReviewOperation, ReachedByReview, type Marked } from "../../api/generated";
import { Answer, Message } from "../../components/states";
import { useTitle } from "../../components/title";
import { now } from "../../data/crawl";
import { useQuery } from "../../data/query";
import { readAssessment } from "../../layout/assessment";
import { formatRoute, reviewOf, type ReviewRoute } from "../../routes";
import { age, instant } from "../../words/time";
import { KeptActions } from "./actions";
import { AssessedChange } from "./assessed";
import { MOST_REACHED, reachedWanted } from "./shown";

/** A review by its permalink: it reads the same for as long as it is kept. */
export function KeptReview({ route, id }: { route: ReviewRoute; id: string }) {
  const query = useQuery(KeptReviewOperation, { id }, id);
  const reached = useQuery(ReachedByReview, reachedWanted(route) ? { id, limit: MOST_REACHED } : null, `reached ${id}`);
  const review = query.data?.review;
  const assessed = useMemo(() => (review ? readAssessment(review.assessment) : null), [review]);
  // Until it is read again, what was said last.
  const [told, setTold] = useState<{ of: unknown; marks: Marked[] } | null>(null);
  useTitle(review ? `${review.title}, change review` : "Change review");
  return (
    <div class="radius">
      <Answer query={query}>
        {() =>
          review && assessed ? (
            <AssessedChange
              route={route}
              assessed={assessed}
              kept={{ id, title: review.title, marks: told?.of === review ? told.marks : review.marks, onMarks: (marks) => setTold({ of: review, marks }) }}
              reached={reached.data?.review?.assessment.blastRadius ?? null}
              reachedQuery={reached}
              title={<h1>{review.title}</h1>}
              about={`Made ${instant(review.createdAt)}, ${age(review.createdAt, now.value)} ago`}
              actions={<KeptActions id={id} />}
            />
          ) : (
            <Message title="No such review">
              <p class="id-text">
                <code>{id}</code>
              </p>
              <p>The link may be cut short, or the review was kept by another server. Without a store, a server keeps the last fifty in memory only.</p>
              <p>
                <a href={formatRoute({ screen: "reviews" })}>All reviews</a> · <a href={formatRoute(reviewOf(null))}>New review</a>
              </p>
            </Message>
          )
        }
      </Answer>
      {query.error && !query.data && (
        <p class="after-failure">
          <a href={formatRoute({ screen: "reviews" })}>All reviews</a> · <a href={formatRoute(reviewOf(null))}>New review</a>
        </p>
      )}
    </div>
  );
}
