import type { GroupBy } from "../api/generated";
import { kindWords } from "./kinds";
import { NO_OWNER } from "./owner";

/** What people call a level of the estate, how its levels go on below, and what is in none of its groups. */
const GROUPS: Record<GroupBy, { one: string; many: string; none: string; below: GroupBy[] }> = {
  REGION: { one: "Region", many: "regions", none: "Region not known", below: ["VPC", "CLUSTER", "SERVICE", "KIND"] },
  ACCOUNT: { one: "Account", many: "accounts", none: "Account not known", below: ["REGION", "VPC", "CLUSTER", "SERVICE", "KIND"] },
  VPC: { one: "VPC", many: "VPCs", none: "In no VPC", below: ["CLUSTER", "SERVICE", "KIND"] },
  CLUSTER: { one: "Cluster", many: "clusters", none: "Not in a cluster", below: ["SERVICE", "KIND"] },
  SERVICE: { one: "Service", many: "services", none: "Not of one service", below: ["KIND"] },
  OWNER: { one: "Team", many: "teams", none: NO_OWNER, below: ["SERVICE", "KIND"] },
  KIND: { one: "Type", many: "types", none: "Type not known", below: [] },
  TAG: { one: "Tag", many: "values", none: "Without the tag", below: ["SERVICE", "KIND"] },
};

export function groupWords(by: GroupBy): { one: string; many: string } {
  return GROUPS[by];
}

/** The levels of a grouping, outermost first. */
export function levelsOf(by: GroupBy): GroupBy[] {
  return [by, ...GROUPS[by].below];
}

/** `Region › VPC › cluster › service`: what can be opened before the types. */
export function levelsInWords(by: GroupBy, tag = ""): string {
  const [first = by, ...below] = levelsOf(by).filter((level) => level !== "KIND" || by === "KIND");
  return [`${GROUPS[first].one} ${tag}`.trim(), ...below.map((level) => (level === "VPC" ? "VPC" : GROUPS[level].one.toLowerCase()))].join(" › ");
}

/** What people call one group; an empty key is that of what has none. */
export function groupName(by: GroupBy, { key, label, path = [] }: { key: string; label: string; path?: string[] }): string {
  // Where a level is around it, that is its region.
  if (by === "VPC" && key === "" && path.length > 1) return "Region-wide, in no VPC";
  if (key === "") return GROUPS[by].none;
  if (by === "KIND") return kindWords(key).many;
  return by === "ACCOUNT" && key === "aws" ? "owned by AWS" : label || key;
}
