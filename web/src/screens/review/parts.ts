import type { Impacted } from "../../api/generated";
import type { Assessed } from "../../layout/assessment";
import type { ReviewCards } from "../../layout/review-cards";
import type { ReviewRoute } from "../../routes";

/** What is known of a review because it is kept. */
export type KeptFacts = { id: string; title: string };

/** What every part of a review is given. */
export type PartProps = {
  route: ReviewRoute;
  assessed: Assessed;
  /** What the filters leave of what is hit, worst first. */
  impacts: Impacted[];
  drawing: ReviewCards;
  /** Null while the answer is not kept. */
  kept: KeptFacts | null;
  onSelect: (id: string | null) => void;
};
