import { request } from "../api/client";
import { CreateReview, type ChangeInput } from "../api/generated";

/** What this window's reviews were made of. A server keeps a plan for an hour, and the page none at all. */
const changes = new Map<string, ChangeInput>();

/** Has a change judged and kept; answers the id of the review. Throws a {@link RequestError}. */
export async function keepReview(title: string, change: ChangeInput, signal?: AbortSignal): Promise<string> {
  const { createReview } = await request(CreateReview, { title, change }, signal);
  changes.set(createReview.id, change);
  return createReview.id;
}

/** The change that a review is of, where it was made in this window. */
export function changeOf(review: string): ChangeInput | undefined {
  return changes.get(review);
}
