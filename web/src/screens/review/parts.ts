import type { Impacted, Marked, Warned } from "../../api/generated";
import type { Assessed } from "../../layout/assessment";
import type { ReviewCards } from "../../layout/review-cards";
import type { ReviewRoute } from "../../routes";

/** What is known of a review because it is kept. */
export type KeptFacts = {
  id: string;
  title: string;
  /** What reviewers said of its risks. */
  marks: Marked[];
  onMarks: (marks: Marked[]) => void;
};

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

/** How many of these risks the reviewers have decided. */
export function decidedOf(risks: Warned[], kept: KeptFacts): number {
  return risks.filter(({ id }) => kept.marks.some(({ risk }) => risk === id)).length;
}
