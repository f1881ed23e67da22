// Answers what the page asks of change reviews: an invented assessment with one of everything, and three plain ones.
import { GraphQLError } from "graphql";

const MINUTE = 60_000;
const AWS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/";

/** The kept reviews: what they hold says their id. */
const KEPT = [
  { id: "review-all", title: "Rotate payments DB credentials and tighten access", minutes: 7, holds: "all" },
  { id: "review-safe", title: "Longer retention for the log groups", minutes: 190, holds: "safe" },
  { id: "review-large", title: "Drop the global configuration", minutes: 3 * 1440, holds: "large" },
  { id: "review-broken", title: "Kept by a newer program", minutes: 9 * 1440, holds: null },
];

/** The fields of the root that reviews need; `tools` are those of the other answers. */
export function reviewRoot(estate, state, tools) {
  const { plans, made, marks } = given(state);
  const reviews = () => (state.noReviews ? [...made.values()] : [...made.values(), ...KEPT]);
  const shown = (review) => {
    const own = review.holds && named(assessments[review.holds](estate), review.mapping);
    return {
      id: review.id,
      title: review.title,
      createdAt: new Date(Date.now() - review.minutes * MINUTE).toISOString(),
      problem: own ? null : "It was kept by a newer blastmap.",
      risk: own?.risk ?? null,
      counts: own ? countsOf(own) : null,
      assessment: () => {
        if (!own) throw new GraphQLError("The review cannot be read: it was kept by a newer blastmap", { extensions: { code: "INTERNAL" } });
        return answerOf(own, tools.judgedOn);
      },
      marks: () => marksOf(review.id),
    };
  };
  const answerOf = (own, snapshot) => ({
    ...own,
    ...(state.fullCoverage ? { blindSpots: [] } : {}),
    changes: own.changes.map(shownChange),
    notJudged: own.changes.filter(({ match }) => !["MATCHED", "CREATED"].includes(match)).map(shownChange),
    risks: own.risks.map((risk) => ({ ...risk, resource: risk.resource && resourceOf(risk.resource), affected: risk.affected.map(resourceOf), evidence: risk.evidence.map(shownLink) })),
    impacts: own.impacts.map(shownImpact),
    alreadyBroken: own.alreadyBroken.map(shownImpact),
    mended: own.mended.map(shownImpact),
    snapshot,
    blastRadius: ({ limit, fold }) => {
      const roots = own.changes.map(({ id }) => id).filter((id) => estate.resources.has(id));
      const radius = tools.blastRadius({ of: roots, direction: "DEPENDENTS", limit: fold ? 1_000 : limit });
      return { ...(fold ? folded(radius, limit) : radius), roots: [...new Set(own.changes.map(({ id }) => id))].filter(Boolean).map(resourceOf) };
    },
    report: () => reportOf(own),
  });
  const resourceOf = (id) => tools.shown(id) ?? planned(id, tools.newest.takenAt);
  const shownLink = (link) => ({ ...link, from: () => resourceOf(link.from), to: () => resourceOf(link.to) });
  const shownImpact = (impact) => ({ lost: null, of: null, unit: null, awsError: null, ...impact, resource: () => resourceOf(impact.id), path: impact.path.map(shownLink) });
  const shownChange = ({ id, ...change }) => ({ attributes: [], ...change, resource: id && !id.startsWith("planned:") ? resourceOf(id) : null });
  const judge = (change) => {
    if (change.resources) return whatIf(estate, change.resources[0]);
    const text = plans.get(change.planId);
    if (text === undefined) throw refused("NOT_FOUND", `there is no plan \`${change.planId}\`: plans are kept an hour, send it to /plans again`);
    return assessments[holdsOf(text)](estate);
  };
  const marksOf = (id) => [...(marks.get(id)?.values() ?? [])];
  return {
    markRisk: ({ review, risk, mark, note }) => {
      if (state.marksFail) throw new GraphQLError("the store is read-only", { extensions: { code: "INTERNAL" } });
      const own = marks.get(review) ?? marks.set(review, new Map()).get(review);
      if (mark) own.set(risk, { risk, mark, note, markedAt: new Date().toISOString() });
      else own.delete(risk);
      return { marks: marksOf(review) };
    },
    reviews: ({ first, after }) => (tools.ready(), tools.page(reviews().map(shown), first, after)),
    review: ({ id }) => {
      tools.ready();
      const found = reviews().find((one) => one.id === id);
      return found ? shown(found) : null;
    },
    assess: ({ change }) => (tools.ready(), answerOf(judge(change), tools.newest)),
    createReview: ({ title, change }) => {
      tools.ready();
      const holds = change.resources ? `what-if ${change.resources[0].id}` : holdsOf(plans.get(change.planId) ?? "");
      if (change.resources) assessments[holds] = () => whatIf(estate, change.resources[0]);
      judge(change);
      const id = `review-${made.size + 1}`;
      made.set(id, { id, title, minutes: 0, holds, mapping: change.mapping });
      return shown(made.get(id));
    },
  };
}

/** An address that the reviewer named is found, and the risk that it was not is gone. */
function named(own, mapping) {
  for (const { address, resource } of mapping ?? []) {
    own = {
      ...own,
      changes: own.changes.map((change) => (change.address === address ? { ...change, id: resource, match: "MATCHED" } : change)),
      risks: own.risks.filter(({ id }) => id !== `not-judged:${address}`),
    };
  }
  return own;
}

/** What a server was given while it ran. */
function given(state) {
  state.given ??= { plans: new Map(), made: new Map(), marks: new Map() };
  return state.given;
}

/** `POST /plans` and the reports; false where the path is neither. */
export function answerReviewFile(path, incoming, outgoing, text, state) {
  const { plans, made } = given(state);
  const reply = (status, type, body) => {
    outgoing.writeHead(status, { "content-type": type });
    outgoing.end(body);
    return true;
  };
  if (path === "/plans" && incoming.method === "POST") {
    const id = `plan-${plans.size + 1}`;
    plans.set(id, text);
    return reply(201, "application/json", JSON.stringify({ id }));
  }
  const [, id, format] = /^\/reviews\/([^/]+)\.(md|html|json|sarif|txt)$/.exec(path) ?? [];
  if (!id) return false;
  const found = [...KEPT, ...made.values()].find((review) => review.id === id);
  if (!found?.holds) return reply(404, "application/json", JSON.stringify({ errors: [{ message: `there is no review \`${id}\``, extensions: { code: "NOT_FOUND" } }] }));
  return reply(200, format === "html" ? "text/html; charset=utf-8" : "text/plain; charset=utf-8", format === "html" ? `<!doctype html><title>${id}</title><h1>${id}</h1>` : `## blastmap: ${found.title}\n`);
}

const refused = (code, message) => new GraphQLError(message, { extensions: { code } });

function holdsOf(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused("BAD_INPUT", "the change cannot be read: the change is not JSON (line 1, column 1); give the output of `terraform show -json PLAN`");
  }
  if (!value.resource_changes) throw refused("BAD_INPUT", "the change cannot be read: this is JSON, but no change that blastmap knows; give the output of `terraform show -json PLAN`");
  return value.holds ?? "all";
}

const ACCOUNT = "482913377605";
const REGION = "us-east-1";
const clusterOf = (name) => (["search-indexer", "mailer", "image-resize", "report-export", "events-sink", "legacy-cron"].includes(name) ? "prod-batch" : "prod-core");
const serviceId = (name) => `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${clusterOf(name)}/${name}`;
const parameterId = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/prod/payments/db-url`;
const PLANNED = "planned:aws_lb_listener_rule.campaigns";

function planned(id, observedAt) {
  return { __typename: "OtherResource", id, kind: "LISTENER_RULE", name: "campaigns", account: ACCOUNT, region: REGION, presence: "PLANNED", owner: null, attributes: {}, tags: [], findings: [], consoleUrl: null, observedAt };
}

/** The links from a thing to its services, over whatever lies between, and on to where their requests come from. */
function ways(estate) {
  const to = (id, relation) => estate.links.filter((link) => link.to === id && (!relation || link.relation === relation));
  const from = (id, relation) => estate.links.filter((link) => link.from === id && link.relation === relation);
  const byName = (kind, name) => [...estate.resources.values()].find((resource) => resource.kind === kind && resource.name === name)?.id;
  return { to, from, byName };
}

/** What fails to start because it cannot read `id`. */
function starters(estate, id) {
  const { to } = ways(estate);
  return to(id, "READS_SECRET").flatMap((read) =>
    to(read.from, "RUNS")
      .filter((run) => run.from.includes(":service/"))
      .map((run) => ({
        id: run.from,
        outcome: "FAILS_ON_NEXT_START",
        phase: "START",
        lost: 0,
        of: 3,
        unit: "task",
        cause: `No new task can be relied on to start: parameter \`${estate.resources.get(id).name}\` does not exist.`,
        awsError: "ResourceInitializationError",
        path: [read, run],
      })),
  );
}

const secretRisk = (id, affected) => ({
  id: `secrets-exist:${id}`,
  rule: "secrets-exist",
  level: "HIGH",
  title: `${affected[0]?.id.split("/").at(-1)} and ${affected.length - 1} more cannot start tasks`,
  detail: affected[0]?.cause ?? "",
  remediation: "Keep the parameter until no task definition names it.",
  documentation: `${AWS}secrets-envvar-ssm-paramstore.html`,
  resource: id,
  affected: affected.map((impact) => impact.id),
  evidence: affected[0]?.path ?? [],
  addresses: [],
});

const none = { risk: "NONE", changes: [], risks: [], impacts: [], alreadyBroken: [], mended: [], blindSpots: [] };

const assessments = {
  safe(estate) {
    const ids = ["payments-api", "cart", "catalog"].map((name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/${name}`);
    return { ...none, changes: ids.map((id) => ({ id, address: `aws_cloudwatch_log_group.this["${estate.resources.get(id).name}"]`, action: "UPDATE", match: "MATCHED", attributes: [{ name: "retention_in_days", before: 30, after: 90, unknown: false, sensitive: false }] })) };
  },
  large(estate) {
    const id = [...estate.resources.values()].find((resource) => resource.name === "/prod/global/config").id;
    const impacts = starters(estate, id);
    return { ...none, risk: "HIGH", changes: [{ id, address: "aws_ssm_parameter.global", action: "DELETE", match: "MATCHED" }], impacts, risks: [secretRisk(id, impacts)] };
  },
  all(estate) {
    const { to, from, byName } = ways(estate);
    const group = byName("SECURITY_GROUP", "payments-services");
    const api = serviceId("payments-api");
    const guarded = from(api, "PROTECTED_BY")[0];
    const registered = from(api, "REGISTERED_IN")[0];
    const forwards = to(registered.to, "FORWARDS_TO")[0];
    const rulePart = from(forwards.from, "PART_OF")[0];
    const listenerPart = from(rulePart.to, "PART_OF")[0];
    const traffic = { phase: "TRAFFIC", cause: "It gets no more traffic: security group `payments-services` does not let in port 8080 from security group `edge`." };
    const role = `arn:aws:iam::${ACCOUNT}:role/receipt-render-task`;
    const roleOf = to(role, "TASK_ROLE")[0];
    const runs = to(roleOf.from, "RUNS").find((link) => link.from.includes(":service/"));
    const failing = starters(estate, parameterId).filter((impact) => impact.id !== api);
    const wayIn = { from: PLANNED, to: registered.to, relation: "FORWARDS_TO", phases: ["TRAFFIC"], evidence: { api: "plan", field: "action[0].target_group_arn", inferred: false, observedAt: null } };
    const impacts = [
      { id: api, outcome: "DOWN", lost: 2, of: 2, unit: "task", ...traffic, path: [guarded] },
      { id: registered.to, outcome: "DOWN", lost: 2, of: 2, unit: "target", ...traffic, path: [guarded, registered] },
      { id: forwards.from, outcome: "DOWN", lost: 1, of: 1, ...traffic, path: [guarded, registered, forwards] },
      { id: rulePart.to, outcome: "DEGRADED", lost: 1, of: 6, ...traffic, cause: "Part of it gets no more traffic: one of 6 rules forwards to nothing that serves.", path: [guarded, registered, forwards, rulePart] },
      { id: listenerPart.to, outcome: "DEGRADED", lost: 1, of: 6, ...traffic, cause: "Part of it gets no more traffic: one of 6 rules forwards to nothing that serves.", path: [guarded, registered, forwards, rulePart, listenerPart] },
      ...failing,
      { id: serviceId("receipt-render"), outcome: "AT_RISK", phase: "RUN", cause: "Its role may no longer s3:PutObject on prod-receipts: check whether it still writes there.", path: [roleOf, runs] },
    ];
    const broken = to(`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/prod/legacy/ftp-password`, "READS_SECRET")[0];
    const logs = to(`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/image-resize`, "LOGS_TO")[0];
    const changes = [
      { id: parameterId, address: "aws_ssm_parameter.db_url", action: "DELETE", match: "MATCHED" },
      { id: group, address: 'aws_vpc_security_group_ingress_rule.payments["edge"]', action: "DELETE", match: "MATCHED" },
      {
        id: role,
        address: "aws_iam_role_policy.receipts",
        action: "UPDATE",
        match: "MATCHED",
        attributes: [
          { name: "policy", before: '{"Action":["s3:PutObject","s3:GetObject"]}', after: '{"Action":"s3:GetObject"}', unknown: false, sensitive: false },
          { name: "secret", before: null, after: null, unknown: false, sensitive: true },
          { name: "id", before: null, after: null, unknown: true, sensitive: false },
        ],
      },
      { id: PLANNED, address: "aws_lb_listener_rule.campaigns", action: "CREATE", match: "CREATED", attributes: [{ name: "priority", before: null, after: 5, unknown: false, sensitive: false }] },
      { id: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/image-resize`, address: "aws_cloudwatch_log_group.image_resize", action: "CREATE", match: "CREATED" },
      { id: null, address: "aws_dynamodb_table.orders", action: "UPDATE", match: "UNSUPPORTED_TYPE" },
      { id: null, address: "aws_ecs_service.old", action: "DELETE", match: "NOT_FOUND" },
      { id: null, address: "aws_lb.main", action: "UPDATE", match: "AMBIGUOUS" },
    ];
    const low = (rule, address, detail) => ({ id: `${rule}:${address}`, rule, level: "LOW", title: `${address} was ${rule === "not-judged" ? "not judged" : "judged in part"}`, detail, remediation: "Check it by hand.", documentation: null, resource: null, affected: [], evidence: [], addresses: [] });
    return {
      ...none,
      risk: "CRITICAL",
      changes,
      impacts,
      risks: [
        { id: "targets-reachable:1", rule: "targets-reachable", level: "CRITICAL", title: "payments-api and 2 more get no traffic", detail: traffic.cause, remediation: "Keep the rule that lets the balancer's security group in.", documentation: `${AWS}security-network.html`, resource: group, affected: impacts.slice(0, 5).map(({ id }) => id), evidence: [guarded, registered], addresses: [] },
        secretRisk(parameterId, failing),
        ...["a", "b", "c", "d"].map((zone) => ({ id: `subnet-in-use:${zone}`, rule: "subnet-in-use", level: "HIGH", title: `AWS will refuse aws_subnet.private["${zone}"]`, detail: "It holds network interfaces.", remediation: "Move what is placed there first.", documentation: `${AWS}task-networking.html`, resource: null, affected: [], evidence: [], addresses: [] })),
        { id: "permissions:1", rule: "task-role-permissions", level: "MEDIUM", title: "receipt-render may be hit", detail: `${impacts.at(-1).cause} ${"The same was found for each of the versions that run. ".repeat(9)}`, remediation: "Ask its owner.", documentation: null, resource: role, affected: [serviceId("receipt-render")], evidence: [roleOf, runs, wayIn], addresses: [] },
        low("not-judged", "aws_dynamodb_table.orders", "blastmap does not know this type."),
        low("not-judged", "aws_ecs_service.old", "Nothing in the snapshot goes by its ARN, id or name."),
        low("not-judged", "aws_lb.main", "Two load balancers could be meant."),
        low("partly-judged", "aws_ssm_parameter.db_url", "Whether code reads it at run time is not known."),
      ],
      alreadyBroken: [{ id: serviceId("legacy-cron"), outcome: "FAILS_ON_NEXT_START", phase: "START", cause: "No new task can be relied on to start: parameter `/prod/legacy/ftp-password` does not exist.", path: [broken, ...to(broken.from, "RUNS").filter((link) => link.from.includes(":service/"))] }],
      mended: [{ id: serviceId("image-resize"), outcome: "FAILS_ON_NEXT_START", phase: "START", cause: "Its log group exists after the change.", path: [logs, ...to(logs.from, "RUNS").filter((link) => link.from.includes(":service/"))] }],
      blindSpots: estate.blindSpots,
    };
  },
};

function whatIf(estate, { id, action }) {
  if (!estate.resources.has(id)) {
    return {
      ...none,
      risk: "LOW",
      changes: [{ id: null, address: id, action, match: "NOT_FOUND" }],
      risks: [{ id: "not-judged:1", rule: "not-judged", level: "LOW", title: `${id} was not judged`, detail: "Nothing in the snapshot goes by its ARN, id or name.", remediation: "Check it by hand.", documentation: null, resource: null, affected: [], evidence: [], addresses: [] }],
    };
  }
  const impacts = action === "DELETE" ? starters(estate, id) : [];
  return { ...none, risk: impacts.length > 0 ? "HIGH" : "NONE", changes: [{ id, address: id, action, match: "MATCHED" }], impacts, risks: impacts.length > 0 ? [secretRisk(id, impacts)] : [] };
}

function countsOf({ changes, impacts, risks, alreadyBroken }) {
  const count = (outcome) => impacts.filter((impact) => impact.outcome === outcome).length;
  return { changes: changes.length, down: count("DOWN"), degraded: count("DEGRADED"), failsOnNextStart: count("FAILS_ON_NEXT_START"), atRisk: count("AT_RISK"), alreadyBroken: alreadyBroken.length, risks: risks.length, notJudged: changes.filter(({ match }) => !["MATCHED", "CREATED"].includes(match)).length };
}

/** As the server folds: the tasks and definitions of a service in one node. */
function folded(radius, limit) {
  const service = (resource) => resource.kind === "ECS_SERVICE" || !/ECS_TASK|NETWORK_INTERFACE/.test(resource.kind);
  const nodes = radius.nodes.filter(({ resource }) => service(resource)).map((node) => ({ ...node, folded: node.resource.kind === "ECS_SERVICE" ? 4 : 0, label: node.resource.name, members: [node.resource], byKind: [], foldedPath: node.path }));
  return { ...radius, nodes: nodes.slice(0, limit), nodeCount: nodes.length, byDistance: [] };
}

function reportOf({ risk }) {
  return `## blastmap: ${risk}\n`;
}
