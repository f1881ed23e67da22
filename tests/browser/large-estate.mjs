// Writes a snapshot file of an invented estate of any size: `node large-estate.mjs FILE [RESOURCES]`.
// The same size gives the same estate.
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { pathToFileURL } from "node:url";

const ACCOUNTS = ["482913377605", "730051924418", "915520083347"];
const REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-northeast-1", "ap-southeast-2"];
const AREAS = ["core", "edge", "data", "jobs", "shop", "risk"];
const WORDS = ["ledger", "cart", "search", "login", "billing", "quote", "stock", "mail", "report", "fraud", "media", "label", "route", "tax", "price", "order"];
const ROLES = ["api", "worker", "sync", "web", "cron", "proxy", "index", "relay"];
const TAKEN_AT = "2026-11-26T16:05:00Z";

/** Yields the lines of a snapshot file with exactly `size` resources. */
export function* largeEstate(size = 50_000) {
  const random = randomFrom(20_261_126);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const resources = new Map();
  const links = [];
  const link = (from, relation, to) => links.push({ from, to, relation });
  const add = (kind, id, { name, owner, attributes = {}, presence } = {}) => {
    if (resources.size < size && !resources.has(id)) {
      const tags = { ...(name ? { Name: name } : {}), ...(owner ? { team: owner, environment: "prod" } : {}) };
      resources.set(id, { id, kind, ...(name ? { name } : {}), ...(presence ? { presence } : {}), tags, attributes });
    }
    return id;
  };
  const hex = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");

  const shared = ACCOUNTS.flatMap((account) =>
    REGIONS.map((region) => ({
      account,
      region,
      key: add("KMS_KEY", `arn:aws:kms:${region}:${account}:key/${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`, { name: "shared", owner: "platform" }),
      config: add("SSM_PARAMETER", `arn:aws:ssm:${region}:${account}:parameter/prod/global/config`, { owner: "platform" }),
    })),
  );
  const execution = ACCOUNTS.map((account) => add("IAM_ROLE", `arn:aws:iam::${account}:role/ecs-task-execution`, { owner: "platform" }));

  let service = 0;
  for (let network = 0; resources.size < size; network++) {
    const { account, region, key, config } = shared[(network * 7) % shared.length];
    const arn = (api, rest) => `arn:aws:${api}:${region}:${account}:${rest}`;
    const vpc = add("VPC", arn("ec2", `vpc/vpc-0${hex(16)}`), { name: `vpc-${network.toString(16).padStart(3, "0")}`, owner: "platform" });
    const inVpc = (kind, type, prefix, options) => {
      const id = add(kind, arn("ec2", `${type}/${prefix}-0${hex(16)}`), options);
      link(id, "IN_VPC", vpc);
      return id;
    };
    const gateway = add("INTERNET_GATEWAY", arn("ec2", `internet-gateway/igw-0${hex(16)}`), { owner: "platform" });
    link(gateway, "ATTACHED_TO", vpc);
    const subnets = ["a", "b", "c"].map((zone) => inVpc("SUBNET", "subnet", "subnet", { name: `private-${zone}`, owner: "platform" }));
    const endpoints = ["ecr.api", "ecr.dkr", "logs", "ssm", "secretsmanager"].map((api) => inVpc("VPC_ENDPOINT", "vpc-endpoint", "vpce", { name: api, owner: "platform" }));
    for (const subnet of subnets) {
      const routes = inVpc("ROUTE_TABLE", "route-table", "rtb", { owner: "platform" });
      const nat = add("NAT_GATEWAY", arn("ec2", `natgateway/nat-0${hex(16)}`), { owner: "platform" });
      link(subnet, "ROUTED_BY", routes);
      link(routes, "ROUTES_VIA", nat);
      link(nat, "PLACED_IN", subnet);
    }
    const balancer = add("LOAD_BALANCER", arn("elasticloadbalancing", `loadbalancer/app/edge-${network}/${hex(16)}`), { name: `edge-${network}`, owner: "platform" });
    link(balancer, "IN_VPC", vpc);
    const listener = add("LISTENER", arn("elasticloadbalancing", `listener/app/edge-${network}/${hex(16)}/${hex(16)}`), { owner: "platform" });
    link(listener, "PART_OF", balancer);

    for (let count = 2 + (network % 3); count > 0; count--) {
      const area = AREAS[(network + count) % AREAS.length];
      const clusterName = `${area}-${network}${count}`;
      const cluster = add("ECS_CLUSTER", arn("ecs", `cluster/${clusterName}`), { owner: "platform" });
      for (let own = 18 + Math.floor(random() * 24); own > 0 && resources.size < size; own--, service++) {
        const word = pick(WORDS);
        const owner = random() < 0.08 ? undefined : `${word}-${area}`;
        const name = `${word}-${pick(ROLES)}-${service}`;
        const id = add("ECS_SERVICE", arn("ecs", `service/${clusterName}/${name}`), { owner, attributes: { serviceName: name, desiredCount: 3 } });
        const definition = add("ECS_TASK_DEFINITION", arn("ecs", `task-definition/${name}:${1 + Math.floor(random() * 80)}`), { owner });
        const role = add("IAM_ROLE", `arn:aws:iam::${account}:role/${name}-task`, { owner });
        const logs = add("LOG_GROUP", arn("logs", `log-group:/ecs/${name}`), { owner, presence: random() < 0.01 ? "MISSING" : undefined });
        const group = inVpc("SECURITY_GROUP", "security-group", "sg", { name, owner });
        link(id, "PART_OF", cluster);
        link(id, "RUNS", definition);
        link(id, "PLACED_IN", pick(subnets));
        link(id, "PROTECTED_BY", group);
        for (const endpoint of endpoints) link(id, "REACHES_AWS_VIA", endpoint);
        link(definition, "EXECUTION_ROLE", execution[ACCOUNTS.indexOf(account)]);
        link(definition, "TASK_ROLE", role);
        link(definition, "LOGS_TO", logs);
        if (random() < 0.3) link(definition, "READS_SECRET", config);
        for (let parameters = Math.floor(random() * 4); parameters > 0; parameters--) {
          const parameter = add("SSM_PARAMETER", arn("ssm", `parameter/prod/${owner ?? "none"}/${word}-${Math.floor(random() * 400)}`), { owner });
          link(definition, "READS_SECRET", parameter);
          link(parameter, "ENCRYPTED_BY", key);
        }
        let targets = null;
        if (random() < 0.5) {
          targets = add("TARGET_GROUP", arn("elasticloadbalancing", `targetgroup/${name}/${hex(16)}`), { owner });
          link(targets, "IN_VPC", vpc);
          link(id, "REGISTERED_IN", targets);
          link(listener, "FORWARDS_TO", targets);
        }
        for (let tasks = 1 + Math.floor(random() * 4); tasks > 0; tasks--) {
          const task = add("ECS_TASK", arn("ecs", `task/${clusterName}/${hex(32)}`), { owner });
          const card = add("NETWORK_INTERFACE", arn("ec2", `network-interface/eni-0${hex(16)}`), { owner });
          link(task, "PART_OF", id);
          link(task, "RUNS", definition);
          link(task, "ATTACHED_TO", card);
          link(card, "PLACED_IN", pick(subnets));
        }
      }
    }
  }

  yield { blastmap: 1, id: "large", takenAt: TAKEN_AT };
  for (const account of ACCOUNTS) for (const region of REGIONS) yield { scope: { account, region, crawledAt: TAKEN_AT, durationMs: 48_120, apiCalls: 912 } };
  const [account] = ACCOUNTS;
  yield { blindSpot: { account, region: "eu-west-1", api: "ssm:DescribeParameters", reason: "ACCESS_DENIED", message: "not authorized to perform: ssm:DescribeParameters", kinds: ["SSM_PARAMETER"] } };
  yield { blindSpot: { account, region: "us-east-1", api: "kms:ListKeys", reason: "THROTTLED", message: "Rate exceeded after 8 attempts", kinds: ["KMS_KEY"] } };
  // Of two ends one may have come after the last resource that fits.
  const known = links.filter(({ from, to }) => resources.has(from) && resources.has(to));
  const distinct = new Map(known.map((one) => [`${one.from} ${one.relation} ${one.to}`, one]));
  for (const resource of resources.values()) yield { resource };
  for (const one of distinct.values()) yield { link: one };
  yield { end: { resources: resources.size, links: distinct.size } };
}

export async function writeLargeEstate(file, size) {
  const out = createWriteStream(file);
  for (const line of largeEstate(size)) if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, "drain");
  out.end();
  await once(out, "finish");
}

/** Numbers between 0 and 1 that are the same in each run (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file, size] = process.argv.slice(2);
  if (!file) throw new Error("usage: node large-estate.mjs FILE [RESOURCES]");
  await writeLargeEstate(file, size ? Number(size) : undefined);
}
