// The estate in nested groups, and which resources are in a group: as far as the page asks.

/** Along which links a resource is inside of a larger one. */
const HOMES = {
  VPC: { kind: "VPC", within: ["IN_VPC", "PLACED_IN", "ATTACHED_TO", "PART_OF"], usedBy: [] },
  CLUSTER: { kind: "ECS_CLUSTER", within: ["PART_OF"], usedBy: ["RUNS", "REGISTERED_IN", "ATTACHED_TO"] },
  SERVICE: { kind: "ECS_SERVICE", within: ["PART_OF"], usedBy: ["RUNS", "REGISTERED_IN", "ATTACHED_TO"] },
};

/** Groups nested in the order of `groupBy`, largest first, and what has no key last. */
export function groupsOf(estate, members, { groupBy, tag, depth, changed }, blindSpots) {
  const [by, ...below] = groupBy;
  if (!by || depth < 1) return [];
  const keyOf = keysBy(estate, by, tag);
  const groups = new Map();
  for (const resource of members) {
    const key = keyOf(resource);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(resource);
  }
  const answer = [...groups].map(([key, inside]) => ({
    by,
    key,
    label: estate.resources.get(key)?.name ?? key,
    count: inside.length,
    dependents: dependentsOf(estate, inside),
    blindSpots: blindSpots.filter((spot) => inside.some((one) => one.account === spot.account && one.region === spot.region && spot.kinds.includes(one.kind))).length,
    changed: changed ? inside.filter(({ id }) => changed.has(id)).length : null,
    groups: groupsOf(estate, inside, { groupBy: below, tag, depth: depth - 1, changed }, blindSpots),
  }));
  return answer.sort((a, b) => Number(a.key === "") - Number(b.key === "") || b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** Whether a resource is in one of the groups of each level that is named. */
export function isWithin(estate, within = []) {
  const levels = new Map();
  for (const { by, tag, key } of within) {
    const level = `${by} ${tag ?? ""}`;
    if (!levels.has(level)) levels.set(level, { keyOf: keysBy(estate, by, tag), keys: new Set() });
    levels.get(level).keys.add(key);
  }
  return (resource) => [...levels.values()].every(({ keyOf, keys }) => keys.has(keyOf(resource)));
}

function keysBy(estate, by, tag) {
  if (by === "TAG") return ({ tags }) => tags.find(({ key }) => key === tag)?.value ?? "";
  const field = { KIND: "kind", OWNER: "owner", ACCOUNT: "account", REGION: "region" }[by];
  if (field) return (resource) => resource[field] ?? "";
  estate.homes ??= {};
  const homes = (estate.homes[by] ??= homesOf(estate, HOMES[by]));
  return ({ id }) => homes.get(id) ?? "";
}

function homesOf(estate, { kind, within, usedBy }) {
  const homes = new Map([...estate.resources.values()].filter((resource) => resource.kind === kind).map(({ id }) => [id, id]));
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const { from, to, relation } of estate.links) {
      if (homes.has(from) || !homes.has(to) || !within.includes(relation)) continue;
      homes.set(from, homes.get(to));
      isNew = true;
    }
  }
  const users = new Map();
  for (const { from, to, relation } of estate.links) if (usedBy.includes(relation)) users.set(to, [...(users.get(to) ?? []), homes.get(from)]);
  for (const [id, all] of users) if (!homes.has(id) && all[0] && all.every((one) => one === all[0])) homes.set(id, all[0]);
  return homes;
}

function dependentsOf(estate, inside) {
  const ids = new Set(inside.map(({ id }) => id));
  estate.needing ??= byTarget(estate.links);
  const dependents = new Set();
  for (const id of ids) for (const { from } of estate.needing.get(id) ?? []) if (!ids.has(from)) dependents.add(from);
  return dependents.size;
}

function byTarget(links) {
  const needing = new Map();
  for (const link of links) {
    if (!needing.has(link.to)) needing.set(link.to, []);
    needing.get(link.to).push(link);
  }
  return needing;
}
