// Answers the API over an estate held in memory, as far as the page asks. Nothing here is used by the product.
import { GraphQLError } from "graphql";
import { groupsOf, isWithin } from "./groups.mjs";
import { reviewRoot } from "./reviews.mjs";

const CLIMBS = new Set(["REGISTERED_IN", "PART_OF"]);

export function rootValue(estate, state, snapshots = {}) {
  const all = () => [...estate.resources.values()];
  const shown = (id) => {
    const resource = estate.resources.get(id);
    return resource && { ...resource, findings: [], links: (args) => linkPage(resource.id, args) };
  };
  const shownLink = (link) => ({ ...link, from: () => shown(link.from), to: () => shown(link.to) });
  const ready = () => {
    if (state.notReady) throw new GraphQLError("The first crawl is not done yet", { extensions: { code: "NOT_READY" } });
    if (state.failing) throw new GraphQLError("The graph could not be read", { extensions: { code: "INTERNAL" } });
  };

  function linkPage(id, { direction, first, after }) {
    const own = estate.links.filter((link) => (direction === "DEPENDENCIES" ? link.from : link.to) === id);
    return page(own.map(shownLink), first, after);
  }

  function matching(filter) {
    const text = filter?.text?.toLowerCase();
    const within = isWithin(estate, filter?.within);
    return all().filter(
      (resource) =>
        within(resource) &&
        (filter?.tags ?? []).every(({ key, value }) => resource.tags.some((tag) => tag.key === key && (value == null || tag.value === value))) &&
        (!filter?.kinds?.length || filter.kinds.includes(resource.kind)) &&
        (!filter?.presence?.length || filter.presence.includes(resource.presence)) &&
        (!filter?.accounts?.length || filter.accounts.includes(resource.account)) &&
        (!filter?.regions?.length || filter.regions.includes(resource.region)) &&
        (!text || `${resource.id} ${resource.name} ${resource.tags.map((tag) => tag.value).join(" ")}`.toLowerCase().includes(text)),
    );
  }

  function blastRadius({ of, direction, maxDepth, kinds, phases, limit }) {
    ready();
    for (const id of of) {
      if (estate.resources.has(id)) continue;
      const near = all().filter((resource) => resource.id.includes(id.slice(-6)) || resource.name.startsWith(id.slice(0, 4))).slice(0, 3);
      throw new GraphQLError(`No resource \`${id}\`. Nearest: ${near.map((resource) => resource.id).join(", ") || "none"}`, { extensions: { code: "NOT_FOUND" } });
    }
    const distances = new Map(of.map((id) => [id, 0]));
    const climbed = new Set();
    const used = new Set();
    const paths = new Map(of.map((id) => [id, []]));
    let front = [...of];
    for (let depth = 1; front.length > 0 && (!maxDepth || depth <= maxDepth); depth++) {
      const next = [];
      for (const id of front) {
        for (const link of estate.links) {
          if (phases?.length && !link.phases.some((phase) => phases.includes(phase))) continue;
          const down = direction === "DEPENDENCIES" ? link.from === id && link.to : link.to === id && !(climbed.has(id) && link.relation === "PART_OF") && link.from;
          const up = direction === "DEPENDENTS" && CLIMBS.has(link.relation) && link.from === id && !(link.relation === "PART_OF" && link.from.includes(":service/")) && link.to;
          const target = down || up;
          if (!target) continue;
          if (!distances.has(target)) {
            distances.set(target, depth);
            paths.set(target, [...paths.get(id), link]);
            if (up) climbed.add(target);
            next.push(target);
          }
          if (distances.get(target) === depth) used.add(link);
        }
      }
      front = next;
    }
    const reached = [...distances].filter(([, distance]) => distance > 0).map(([id, distance]) => ({ distance, resource: shown(id) }));
    const counted = reached.filter(({ resource }) => !kinds?.length || kinds.includes(resource.kind));
    const nodes = counted.slice(0, limit);
    const kept = new Set([...of, ...nodes.map((node) => node.resource.id)]);
    return {
      roots: of.map(shown),
      nodes: nodes.map((node) => ({ ...node, path: paths.get(node.resource.id).map(shownLink) })),
      links: [...used].filter((link) => kept.has(link.from) && kept.has(link.to)).map(shownLink),
      totalCount: counted.length,
      truncated: counted.length > nodes.length,
      byKind: tally(counted, "kind"),
      byOwner: tally(counted, "owner"),
      blindSpots: state.fullCoverage ? [] : counted.some(({ resource }) => resource.kind === "KMS_KEY") || direction === "DEPENDENTS" ? estate.blindSpots.slice(0, 1) : estate.blindSpots,
    };
  }

  return {
    ...reviewRoot(estate, state, { ...snapshots, shown, ready, page, blastRadius }),
    resource: ({ id }) => (ready(), shown(id) ?? null),
    resources: ({ filter, first, after }) => (ready(), page(matching(filter).map((resource) => shown(resource.id)), first, after)),
    search: ({ text, first }) => {
      ready();
      const words = text.toLowerCase();
      const rank = (resource) => (resource.id === text ? 0 : resource.name.toLowerCase().startsWith(words) ? 1 : resource.name.toLowerCase().includes(words) ? 2 : 3);
      return matching({ text }).sort((a, b) => rank(a) - rank(b)).slice(0, first).map((resource) => shown(resource.id));
    },
    blastRadius,
    estate: (args) => (ready(), groupsOf(estate, matching(args.filter), args, state.fullCoverage ? [] : estate.blindSpots)),
    coverage: () => (ready(), { scopes: estate.scopes, drops: estate.drops ?? [], blindSpots: state.fullCoverage ? [] : estate.blindSpots }),
    crawl: () => {
      if (state.servesFile) throw new GraphQLError("this server does not crawl: it serves a file that stays as it is", { extensions: { code: "FORBIDDEN" } });
      return { id: "run-2", startedAt: new Date().toISOString() };
    },
  };
}

function page(items, first = 50, after) {
  const start = after ? Number(after) : 0;
  const nodes = items.slice(start, start + first);
  const end = start + nodes.length;
  return { nodes, totalCount: items.length, edges: [], pageInfo: { hasNextPage: end < items.length, hasPreviousPage: start > 0, startCursor: String(start), endCursor: String(end) } };
}

function tally(reached, field) {
  const counts = new Map();
  for (const { resource } of reached) counts.set(resource[field], (counts.get(resource[field]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value, count]) => ({ [field]: value, count }));
}
