// Earlier snapshots of the invented estate, and what the API tells of them. Nothing here is used by the product.
import { GraphQLError } from "graphql";
import { rootValue } from "./api.mjs";

const HOUR = 3_600_000;

/** The estate at several times, oldest first; the last is the estate itself, which may still change. */
export function buildHistory(estate) {
  const now = Date.parse(estate.scopes[0].crawledAt);
  const at = (hours, state) => {
    const takenAt = new Date(now - hours * HOUR).toISOString();
    return { id: `${takenAt.slice(0, 19).replaceAll(/[-:]/g, "")}Z-${String(hours).replace(".", "")}`, takenAt, ...state };
  };
  const newest = at(0, { estate });
  const before = back(estate, yesterday);
  const beforeCrowd = back(before, withoutCrowd);
  return [at(50, { problem: "is cut short: its last line is missing", entry: beforeCrowd }), at(49, { estate: beforeCrowd }), at(26, { estate: before }), at(25, { estate: before }), newest];
}

function hourBefore(history) {
  const [before, newest] = history.slice(-2);
  return [{ ...before, takenAt: new Date(Date.parse(newest.takenAt) - HOUR).toISOString() }, newest];
}

/** One snapshot a day for most of a year: weekends without a crawl, files of an earlier version that counted nothing, one large day. */
function yearBefore(history) {
  const [before, newest] = history.slice(-2);
  const daysAgo = (days) => new Date(Date.parse(newest.takenAt) - days * 24 * HOUR).toISOString();
  const days = Array.from({ length: 300 }, (_, index) => 300 - index).filter((day) => day % 7 > 1);
  const older = days.map((day) => {
    const changed = day === 100 ? 900 : (day * 37) % 23;
    return { id: `day-${day}`, takenAt: daysAgo(day + 1), estate: before.estate, changes: day > 250 ? null : { since: `day-${day + 1}`, added: 0, removed: 0, changed } };
  });
  return [...older, { ...before, takenAt: daysAgo(1) }, newest];
}

/** A copy of an estate with its past put back. */
function back(estate, change) {
  const copy = { ...estate, resources: new Map([...estate.resources].map(([id, resource]) => [id, { ...resource }])), links: [...estate.links] };
  change(copy);
  return copy;
}

function remove(estate, id) {
  estate.resources.delete(id);
  estate.links = estate.links.filter((link) => link.from !== id && link.to !== id);
}

function rename(estate, id, to, name) {
  const resource = estate.resources.get(id);
  estate.resources.delete(id);
  estate.resources.set(to, { ...resource, id: to, name });
  estate.links = estate.links.map((link) => (link.from === id ? { ...link, from: to } : link.to === id ? { ...link, to } : link));
}

const named = (estate, kind, name) => [...estate.resources.values()].find((resource) => resource.kind === kind && resource.name === name);

/** Since then: a deployment, a parameter deleted, a log group gone, a security group handed over, a link and a service more. */
function yesterday(estate) {
  const definition = named(estate, "ECS_TASK_DEFINITION", "checkout-bff:46");
  const [container] = definition.attributes.containerDefinitions;
  definition.attributes = {
    ...definition.attributes,
    memory: "512",
    containerDefinitions: [{ ...container, image: container.image.replace(/:[^:]+$/, ":2026.10.31"), environment: [{ name: "LOG_LEVEL", value: "fingerprint:00aa11bb22cc33dd44ee55ff" }, { name: "TIMEOUT", value: "fingerprint:99aa11bb22cc33dd44ee55ff" }] }],
  };
  const service = named(estate, "ECS_SERVICE", "checkout-bff");
  for (const [index, link] of estate.links.filter(({ to, relation }) => to === service.id && relation === "PART_OF").entries()) {
    const name = `0ld${index}${link.from.slice(-28)}`;
    rename(estate, link.from, `${link.from.slice(0, -32)}${name}`, name);
  }
  const legacy = named(estate, "SSM_PARAMETER", "/prod/legacy/ftp-password");
  Object.assign(legacy, { presence: "LIVE", attributes: { type: "SecureString", version: 2, dataType: "text" }, tags: [{ key: "team", value: "data" }], owner: "data" });
  const group = named(estate, "SECURITY_GROUP", "data-services");
  Object.assign(group, { owner: "platform", tags: group.tags.map((tag) => (tag.key === "team" ? { ...tag, value: "platform" } : tag)) });
  const logs = named(estate, "LOG_GROUP", "/ecs/mailer");
  const old = { ...logs, id: `${logs.id}-archive`, name: "/ecs/mailer-archive" };
  estate.resources.set(old.id, old);
  const mailer = estate.links.find((link) => link.to === logs.id);
  estate.links.push({ ...mailer, to: old.id });
  const report = named(estate, "ECS_TASK_DEFINITION", "report-export:62");
  const url = named(estate, "SSM_PARAMETER", "/prod/payments/db-url");
  estate.links = estate.links.filter((link) => !(link.from === report.id && link.to === url.id));
  remove(estate, named(estate, "ECS_SERVICE", "feature-flags").id);
}

function withoutCrowd(estate) {
  for (const resource of [...estate.resources.values()]) {
    if (/tenant-\d+/.test(resource.name)) estate.resources.delete(resource.id);
  }
  estate.links = estate.links.filter((link) => !/tenant-\d+/.test(link.from));
}

/** What the root answers with the past in it; `judgedOn` is the snapshot that reviews were judged on. */
export function withHistory(estate, state, history, judgedOn) {
  const stores = { none: () => [], one: () => history.slice(-1), today: () => hourBefore(history), year: () => yearBefore(history) };
  const kept = () => stores[state.kept]?.() ?? history;
  const summary = (snapshot) => {
    const { id, takenAt, estate: known, entry = known } = snapshot;
    return { id, takenAt, resources: entry.resources.size, links: entry.links.length, problem: snapshot.problem ?? null, changes: () => (snapshot.changes === undefined ? changesBefore(snapshot) : snapshot.changes) };
  };
  /** As the crawler counted it; it had no snapshot before the oldest to count from. */
  const changesBefore = (snapshot) => {
    const before = history[history.findIndex(({ id }) => id === snapshot.id) - 1];
    if (!before?.estate || !snapshot.estate) return null;
    const { added, removed, changed } = compare(before.estate, snapshot.estate);
    return { since: before.id, added: added.length, removed: removed.length, changed: changed.length };
  };
  const snapshots = { newest: summary(history.at(-1)), judgedOn: summary(judgedOn) };
  const present = rootValue(estate, state, snapshots);
  const found = (id) => {
    const snapshot = kept().find((one) => one.id === id);
    if (!snapshot) throw new GraphQLError(`there is no snapshot \`${id}\``, { extensions: { code: "NOT_FOUND" } });
    if (snapshot.problem) throw new GraphQLError(`snapshot ${id} ${snapshot.problem}`, { extensions: { code: "NOT_FOUND" } });
    return snapshot;
  };
  const rootAt = (id) => (id ? rootValue(found(id).estate, state, snapshots) : present);
  const shown = (known, id) => rootValue(known, {}).resource({ id });
  const shownLink = (known, link) => ({ ...link, folded: 0, from: () => shown(known, link.from), to: () => shown(known, link.to) });

  function diff({ from, to }) {
    present.coverage();
    const [older, newer] = [found(from), found(to)];
    const [before, after] = [older.estate, newer.estate];
    const difference = compare(before, after);
    const page = (list) => ({ first = 1_000, skip = 0 }) => list.slice(skip, skip + first);
    return {
      from: summary(older),
      to: summary(newer),
      added: page(difference.added.map((id) => shown(after, id))),
      removed: page(difference.removed.map((id) => shown(before, id))),
      changed: page(difference.changed.map((id) => ({ before: shown(before, id), after: shown(after, id), attributes: attributesOf(before.resources.get(id), after.resources.get(id)) }))),
      linksAdded: page(difference.linksAdded.map((link) => shownLink(after, link))),
      linksRemoved: page(difference.linksRemoved.map((link) => shownLink(before, link))),
      addedCount: difference.added.length,
      removedCount: difference.removed.length,
      changedCount: difference.changed.length,
      linksAddedCount: difference.linksAdded.length,
      linksRemovedCount: difference.linksRemoved.length,
      byKind: byKind(difference, before, after),
    };
  }

  function resourceHistory({ id, first = 20, after, dependents = true }) {
    present.coverage();
    const newestFirst = kept().toReversed();
    const entries = [];
    for (const [index, snapshot] of newestFirst.entries()) {
      const older = newestFirst.slice(index + 1).find((one) => one.estate);
      if (snapshot.problem) {
        entries.push({ event: "UNREADABLE", snapshot: summary(snapshot), before: null, resource: null, attributes: [], problem: snapshot.problem, ...linkLists(null, null, [], []) });
        continue;
      }
      const [is, was] = [snapshot.estate.resources.get(id), older?.estate.resources.get(id)];
      const event = is && !older ? "FIRST_KNOWN" : is && !was ? "ADDED" : !is && was ? "REMOVED" : null;
      const own = (known) => (known ? known.links.filter((link) => link.from === id || (dependents && link.to === id)) : []);
      const [come, gone] = older ? [without(own(snapshot.estate), own(older.estate)), without(own(older.estate), own(snapshot.estate))] : [[], []];
      const attributes = is && was ? attributesOf(was, is) : [];
      if (!event && attributes.length + come.length + gone.length === 0) continue;
      entries.push({
        event: event ?? "CHANGED",
        snapshot: summary(snapshot),
        before: older ? summary(older) : null,
        resource: is ? shown(snapshot.estate, id) : shown(older.estate, id),
        attributes,
        problem: null,
        ...linkLists(snapshot.estate, older?.estate, come, gone),
      });
    }
    const start = after ? Number(after) : 0;
    const told = entries.some((entry) => entry.event !== "UNREADABLE") ? entries : [];
    return { entries: told.slice(start, start + first), snapshots: kept().length, pageInfo: { hasNextPage: start + first < told.length, hasPreviousPage: start > 0, startCursor: String(start), endCursor: String(start + first) } };
  }

  function linkLists(after, before, come, gone) {
    return {
      linksAdded: ({ first }) => come.slice(0, first).map((link) => shownLink(after, link)),
      linksAddedCount: come.length,
      linksRemoved: ({ first }) => gone.slice(0, first).map((link) => shownLink(before, link)),
      linksRemovedCount: gone.length,
    };
  }

  return {
    ...present,
    estate: ({ changedSince, ...args }) => {
      if (!changedSince) return present.estate(args);
      const { added, changed } = compare(found(changedSince).estate, estate);
      return present.estate({ ...args, changed: new Set([...added, ...changed]) });
    },
    resource: (args) => rootAt(args.snapshot).resource(args),
    blastRadius: (args) => rootAt(args.snapshot).blastRadius(args),
    snapshots: ({ first = 20, after }) => {
      const all = kept().toReversed().map(summary);
      const start = after ? Number(after) : 0;
      const nodes = all.slice(start, start + first);
      return { nodes, edges: [], totalCount: all.length, pageInfo: { hasNextPage: start + nodes.length < all.length, hasPreviousPage: start > 0, startCursor: String(start), endCursor: String(start + nodes.length) } };
    },
    diff,
    resourceHistory,
  };
}

const keyOf = (link) => `${link.from}\n${link.relation}\n${link.to}`;

function without(links, others) {
  const known = new Set(others.map(keyOf));
  return links.filter((link) => !known.has(keyOf(link)));
}

function compare(before, after) {
  const ids = (known) => [...known.resources.keys()].toSorted();
  return {
    added: ids(after).filter((id) => !before.resources.has(id)),
    removed: ids(before).filter((id) => !after.resources.has(id)),
    changed: ids(after).filter((id) => before.resources.has(id) && attributesOf(before.resources.get(id), after.resources.get(id)).length > 0),
    linksAdded: without(after.links, before.links),
    linksRemoved: without(before.links, after.links),
  };
}

function attributesOf(before, after) {
  const facts = ({ name, presence, tags, attributes }) => ({ name, presence, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])), ...attributes });
  const [old, young] = [facts(before), facts(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(young)])]
    .toSorted()
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(young[name]))
    .map((name) => ({ name, before: old[name] ?? null, after: young[name] ?? null, unknown: false, sensitive: false }));
}

function byKind({ added, removed, changed }, before, after) {
  const counts = new Map();
  for (const [what, ids, known] of [
    ["added", added, after],
    ["removed", removed, before],
    ["changed", changed, after],
  ]) {
    for (const id of ids) {
      const { kind } = known.resources.get(id);
      const count = counts.get(kind) ?? { kind, added: 0, removed: 0, changed: 0 };
      count[what]++;
      counts.set(kind, count);
    }
  }
  return [...counts.values()].toSorted((a, b) => b.added + b.removed + b.changed - a.added - a.removed - a.changed || a.kind.localeCompare(b.kind));
}
