import "../../styles/review.css";
import "../../styles/review-graph.css";
import "../../styles/review-new.css";
import type { ReviewRoute } from "../../routes";
import { KeptReview } from "./kept";
import { NewReview } from "./new-review";
import { ProposedChange } from "./proposed";
import { ReviewList } from "./review-list";

/** Change review: the list of those kept, one of them, one resource's "what if", or the place where a plan is given. */
export function ReviewScreen({ route }: { route: ReviewRoute | { screen: "reviews" } }) {
  if (route.screen === "reviews") return <ReviewList />;
  if (route.id !== null) return <KeptReview key={route.id} route={route} id={route.id} />;
  if (route.resource !== null) return <ProposedChange key={route.resource} route={route} resource={route.resource} />;
  return <NewReview />;
}
