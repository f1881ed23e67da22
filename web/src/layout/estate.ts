import type { GroupBy, GroupFigures } from "../api/generated";

/** A group of the estate as it is answered; below the levels asked for `groups` is absent or empty. */
export type Answered = GroupFigures & { groups?: Answered[] };

/** A group of the estate with its place. */
export type Box = GroupFigures & {
  by: GroupBy;
  /** The keys from the outermost group down to this one. */
  path: string[];
  boxes: Box[];
  /** True for what is in none of the groups: no one thing that much depends on, only much. */
  isRest: boolean;
};

/** The answer with each group's place. What only says that nothing is known of a level adds no box of its own. */
export function readEstate(groups: Answered[], levels: GroupBy[], above: string[] = []): Box[] {
  const by = levels[above.length];
  if (by === undefined) return [];
  return groups.map((group) => {
    const path = [...above, group.key];
    const boxes = below(group, levels, path);
    // The parts of a cluster or service that lie in no VPC are a box of their own beside those that do.
    const isApart = above[levels.indexOf("VPC")] === "" && group.key !== "" && by !== "KIND";
    const isRest = group.key === "" || (boxes.length === 0 && (group.groups ?? []).length > 0);
    return { key: group.key, label: isApart ? `${group.label}, in no VPC` : group.label, count: group.count, dependents: group.dependents, blindSpots: group.blindSpots, changed: group.changed, by, path, boxes, isRest };
  });
}

function below(group: Answered, levels: GroupBy[], path: string[]): Box[] {
  const [only, ...others] = group.groups ?? [];
  // “Not in a cluster” inside of “not in a VPC” is the same once more.
  if (only && others.length === 0 && only.key === "") return below(only, levels, [...path, ""]);
  return readEstate(group.groups ?? [], levels, path);
}

/** The boxes that lead to a path, outermost first; null where one of them is not there. `reached` keys are behind. */
export function trailTo(boxes: Box[], path: string[], reached = 0): Box[] | null {
  if (reached === path.length) return [];
  const next = boxes.find((box) => box.path.length <= path.length && box.path.every((key, index) => key === path[index]));
  if (next) {
    const trail = trailTo(next.boxes, path, next.path.length);
    return trail && [next, ...trail];
  }
  // A level of which nothing is known has no box of its own.
  return reached > 0 && path.slice(reached).every((key) => key === "") ? [] : null;
}

/** Every box, each before those inside of it. */
export function everyBox(boxes: Box[]): Box[] {
  return boxes.flatMap((box) => [box, ...everyBox(box.boxes)]);
}

export function samePath(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}
