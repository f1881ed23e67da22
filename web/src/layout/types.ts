import type { Card, Hop } from "../api/generated";

/** One resource of a radius with its distance from the root: 0 for a root. */
export type Reached = { resource: Card; distance: number };

/** What is drawn as one card: a resource, or several that nothing in the picture tells apart. */
export type DrawnCard = {
  /** The id of the first member. */
  id: string;
  members: Reached[];
  distance: number;
};

/** A link in drawing order: from the card nearer to the root to the one farther away. */
export type DrawnLink = {
  near: string;
  far: string;
  /** True where every link behind it is concluded rather than stated by AWS. */
  inferred: boolean;
  /** True where it leads over resources that are not drawn. */
  bridge: boolean;
  /** What is new or gone about it, where that is drawn. */
  mark?: "linked" | "unlinked";
  /** True where it points from far to near. */
  backward?: boolean;
};

export type { Card, Hop };
