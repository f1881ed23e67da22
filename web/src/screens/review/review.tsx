import "../../styles/review.css";
import "../../styles/review-graph.css";
import { lazy } from "../../components/lazy";
import { go, route as address } from "../../navigation";
import { reviewOf, type ReviewRoute } from "../../routes";
import { KeptReview } from "./kept";
import { ProposedChange } from "./proposed";
import { dropped, useDropped } from "./use-dropped";

const ReviewList = lazy(() => import("./start").then((start) => start.ReviewList));
const NewReview = lazy(() => import("./start").then((start) => start.NewReview));

type Props = { route: ReviewRoute | { screen: "reviews" } };

/** Change review: the list of those kept, one of them, one resource's "what if", or the place where a plan is given. */
export function ReviewScreen({ route }: Props) {
  const over = useDropped(startReview);
  return (
    <>
      <Screen route={route} />
      {over && (
        <p class="drop-here">
          <span>Drop it here: a new review begins with it</span>
        </p>
      )}
    </>
  );
}

function Screen({ route }: Props) {
  if (route.screen === "reviews") return <ReviewList />;
  if (route.id !== null) return <KeptReview key={route.id} route={route} id={route.id} />;
  if (route.resource !== null) return <ProposedChange key={route.resource} route={route} resource={route.resource} />;
  return <NewReview route={route} />;
}

function startReview(file: File): void {
  dropped.value = file;
  const { screen, id, resource } = { id: null, resource: null, ...address.peek() };
  if (screen !== "review" || id !== null || resource !== null) go(reviewOf(null));
}
