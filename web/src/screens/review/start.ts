// Where reviews begin: the list of those kept, and the place where a plan is given. Their code and style come when first shown.
import "../../styles/review-new.css";

export { NewReview } from "./new-review";
export { ReviewList } from "./review-list";
