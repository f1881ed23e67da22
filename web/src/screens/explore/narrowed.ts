import type { GroupBy, GroupFilter, ResourceFilter } from "../../api/generated";
import { toResourceFilter } from "../../filters";
import type { ExploreRoute } from "../../routes";
import { levelsOf } from "../../words/groups";

/** The route's filters, narrowed to the groups that were opened. */
export function narrowed({ filters, groupBy, tag, path }: Pick<ExploreRoute, "filters" | "groupBy" | "tag" | "path">): ResourceFilter {
  const opened = levelsOf(groupBy).flatMap((by, index) => {
    const key = path[index];
    return key === undefined ? [] : [{ by, key }];
  });
  // What was opened is one of what the filters leave, and says more.
  const isOpened = (by: GroupBy) => opened.some((group) => group.by === by);
  const left = toResourceFilter({
    ...filters,
    accounts: isOpened("ACCOUNT") ? [] : filters.accounts,
    regions: isOpened("REGION") ? [] : filters.regions,
    kinds: isOpened("KIND") ? [] : filters.kinds,
    teams: isOpened("OWNER") ? [] : filters.teams,
  });
  const within: GroupFilter[] = [...(left.within ?? [])];
  for (const { by, key } of opened) {
    if (by === "ACCOUNT" && key !== "") left.accounts = [key];
    else if (by === "REGION" && key !== "") left.regions = [key];
    else within.push({ by, key, ...(by === "TAG" && { tag }) });
  }
  return { ...left, ...(within.length > 0 && { within }) };
}
