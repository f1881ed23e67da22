// An invented estate of a company: enough of every state that the page has to show.

const ACCOUNT = "482913377605";
const SHARED_ACCOUNT = "730051924418";
const REGION = "us-east-1";
const OBSERVED_AT = new Date(Date.now() - 12 * 60_000).toISOString();

/** Name, team, cluster, whether it has a target group, secrets and parameters by short name. */
const SERVICES = [
  ["payments-api", "payments", "prod-core", "public", ["payments/db-url", "payments/stripe-key"]],
  ["payments-worker", "payments", "prod-core", null, ["payments/db-url"]],
  ["refunds", "payments", "prod-core", "internal", ["payments/db-url"]],
  ["receipt-render", "payments", "prod-core", null, ["payments/receipt-template"]],
  ["checkout-web", "checkout", "prod-core", "public", ["checkout/session-key"]],
  ["checkout-bff", "checkout", "prod-core", "internal", ["checkout/session-key", "payments/db-url"]],
  ["cart", "checkout", "prod-core", "internal", ["checkout/cart-db"]],
  ["subscriptions", "checkout", "prod-core", null, ["checkout/session-key"]],
  ["ledger-writer", "ledger", "prod-core", null, ["ledger/db-url"]],
  ["ledger-sync", "ledger", "prod-core", null, ["ledger/db-url", "payments/db-url"]],
  ["reconciler", "ledger", "prod-core", null, ["ledger/db-url"]],
  ["fraud-score", "fraud", "prod-core", "internal", ["fraud/model-url", "fraud/vendor-token"]],
  ["risk-review", "fraud", "prod-core", "internal", ["fraud/vendor-token"]],
  ["search-api", "search", "prod-core", "public", ["search/index-host"]],
  ["search-indexer", "search", "prod-batch", null, ["search/index-host"]],
  ["catalog", "search", "prod-core", "internal", ["search/catalog-db"]],
  ["login", "identity", "prod-core", "public", ["identity/jwt-key", "identity/db-url"]],
  ["accounts", "identity", "prod-core", "internal", ["identity/db-url"]],
  ["mailer", "platform", "prod-batch", null, ["platform/smtp-password"]],
  ["image-resize", "platform", "prod-batch", null, []],
  ["edge-proxy", "platform", "prod-core", "public", ["platform/tls-bundle"]],
  ["report-export", "data", "prod-batch", null, ["data/warehouse-url", "payments/db-url"]],
  ["events-sink", "data", "prod-batch", null, ["data/warehouse-url"]],
  ["feature-flags", null, "prod-core", "internal", []],
  ["legacy-cron", null, "prod-batch", null, ["legacy/ftp-password"]],
];
const SECRETS = new Set(["payments/stripe-key", "fraud/vendor-token", "identity/jwt-key", "platform/smtp-password"]);
const MISSING_PARAMETERS = new Set(["legacy/ftp-password"]);

const hex = (text, length) => {
  let hash = 2166136261;
  let out = "";
  while (out.length < length) {
    for (const char of `${text}${out.length}`) hash = Math.imul(hash ^ char.codePointAt(0), 16777619) >>> 0;
    out += hash.toString(16).padStart(8, "0");
  }
  return out.slice(0, length);
};
const arn = (service, rest, account = ACCOUNT, region = REGION) => `arn:aws:${service}:${region}:${account}:${rest}`;
const ec2 = (type, prefix, name) => arn("ec2", `${type}/${prefix}-0${hex(name, 16)}`);

export function buildEstate() {
  const resources = new Map();
  const links = [];
  const add = (kind, id, name, { owner = null, presence = "LIVE", attributes = {}, account = ACCOUNT, region = REGION, tags = {} } = {}) => {
    if (resources.has(id)) return id;
    const allTags = { ...(presence === "LIVE" ? { Name: name } : {}), ...(owner ? { team: owner } : {}), ...tags };
    resources.set(id, {
      __typename: "OtherResource",
      id,
      kind,
      name,
      account,
      region,
      presence,
      owner,
      attributes: presence === "LIVE" ? attributes : {},
      tags: Object.entries(allTags).map(([key, value]) => ({ key, value })),
      consoleUrl: presence === "LIVE" ? `https://${region}.console.aws.amazon.com/go/view?arn=${encodeURIComponent(id)}` : null,
      observedAt: OBSERVED_AT,
    });
    return id;
  };
  const link = (from, relation, to, api, field, phases = ["RUN"], inferred = false) =>
    links.push({ from, to, relation, phases, evidence: { api, field, inferred, observedAt: OBSERVED_AT } });

  const vpc = add("VPC", ec2("vpc", "vpc", "prod"), "prod-vpc", { owner: "platform", attributes: { cidrBlock: "10.40.0.0/16", isDefault: false } });
  const igw = add("INTERNET_GATEWAY", ec2("internet-gateway", "igw", "prod"), "prod-igw", { owner: "platform" });
  link(igw, "ATTACHED_TO", vpc, "ec2:DescribeInternetGateways", "internetGateways[0].attachments[0].vpcId");
  const privateSubnets = [];
  for (const zone of ["a", "b", "c"]) {
    const nat = add("NAT_GATEWAY", ec2("natgateway", "nat", zone), `nat-${REGION}${zone}`, { owner: "platform", attributes: { state: "available" } });
    const publicSubnet = add("SUBNET", ec2("subnet", "subnet", `public${zone}`), `public-${zone}`, { owner: "platform", attributes: { availabilityZone: `${REGION}${zone}` } });
    const table = add("ROUTE_TABLE", ec2("route-table", "rtb", zone), `private-${zone}`, { owner: "platform" });
    const subnet = add("SUBNET", ec2("subnet", "subnet", `private${zone}`), `private-${zone}`, {
      owner: "platform",
      attributes: { availabilityZone: `${REGION}${zone}`, availableIpAddressCount: 3911, cidrBlock: "10.40.16.0/20" },
    });
    privateSubnets.push(subnet);
    link(nat, "PLACED_IN", publicSubnet, "ec2:DescribeNatGateways", "natGateways[0].subnetId");
    link(subnet, "ROUTED_BY", table, "ec2:DescribeRouteTables", "routeTables[0].associations[0].subnetId");
    link(table, "ROUTES_VIA", nat, "ec2:DescribeRouteTables", "routeTables[0].routes[1].natGatewayId");
    for (const each of [subnet, publicSubnet, table, nat]) link(each, "IN_VPC", vpc, "ec2:DescribeSubnets", "subnets[0].vpcId");
  }
  const endpoints = ["ssm", "secretsmanager", "logs", "ecr.api", "ecr.dkr"].map((service) => {
    const endpoint = add("VPC_ENDPOINT", ec2("vpc-endpoint", "vpce", service), `${service}-endpoint`, {
      owner: "platform",
      attributes: { serviceName: `com.amazonaws.${REGION}.${service}`, vpcEndpointType: "Interface", privateDnsEnabled: true },
    });
    link(endpoint, "IN_VPC", vpc, "ec2:DescribeVpcEndpoints", "vpcEndpoints[0].vpcId");
    return endpoint;
  });
  const key = add("KMS_KEY", arn("kms", `key/${hex("k", 8)}-5f0c-4c1e-9d7b-${hex("kk", 12)}`), "alias/prod-data", { owner: "platform", presence: "UNREADABLE" });
  const certificate = add("ACM_CERTIFICATE", arn("acm", `certificate/${hex("c", 8)}-0a6e-4d62-b1a4-${hex("cc", 12)}`), "*.shop.example", { presence: "OUTSIDE" });
  const bucket = add("S3_BUCKET", "arn:aws:s3:::prod-receipts", "prod-receipts", { presence: "OUTSIDE", account: "", region: "global" });
  const executionRole = add("IAM_ROLE", `arn:aws:iam::${ACCOUNT}:role/ecs-execution`, "ecs-execution", {
    owner: "platform",
    region: "global",
    attributes: { maxSessionDuration: 3600, assumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }] } },
  });
  const policy = add("IAM_POLICY", "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", "AmazonECSTaskExecutionRolePolicy", { account: "aws", region: "global" });
  link(executionRole, "GRANTED_BY", policy, "iam:GetAccountAuthorizationDetails", "roleDetailList[4].attachedManagedPolicies[0]", ["START"]);

  const balancers = {};
  for (const scheme of ["public", "internal"]) {
    const id = arn("elasticloadbalancing", `loadbalancer/app/prod-${scheme}/${hex(scheme, 16)}`);
    const listenerId = arn("elasticloadbalancing", `listener/app/prod-${scheme}/${hex(scheme, 16)}/${hex(`${scheme}l`, 16)}`);
    add("LOAD_BALANCER", id, `prod-${scheme}`, { owner: "platform", attributes: { scheme: scheme === "public" ? "internet-facing" : "internal", type: "application", dnsName: `prod-${scheme}-1874402.${REGION}.elb.amazonaws.com` } });
    add("LISTENER", listenerId, "HTTPS:443", { owner: "platform", attributes: { port: 443, protocol: "HTTPS" } });
    link(listenerId, "PART_OF", id, "elasticloadbalancing:DescribeListeners", "listeners[0].loadBalancerArn", ["TRAFFIC"]);
    if (scheme === "public") link(listenerId, "USES_CERTIFICATE", certificate, "elasticloadbalancing:DescribeListeners", "listeners[0].certificates[0].certificateArn", ["TRAFFIC"]);
    balancers[scheme] = listenerId;
  }
  const clusters = new Map();
  for (const name of ["prod-core", "prod-batch"]) {
    clusters.set(name, add("ECS_CLUSTER", arn("ecs", `cluster/${name}`), name, { owner: "platform", attributes: { clusterName: name, status: "ACTIVE", runningTasksCount: 52 } }));
  }
  const spot = add("ECS_CAPACITY_PROVIDER", arn("ecs", "capacity-provider/FARGATE_SPOT"), "FARGATE_SPOT", {});
  link(clusters.get("prod-batch"), "CAPACITY_FROM", spot, "ecs:DescribeClusters", "clusters[1].capacityProviders[1]", ["START"]);

  for (const [index, [name, owner, clusterName, scheme, configuration]] of SERVICES.entries()) {
    const service = add("ECS_SERVICE", arn("ecs", `service/${clusterName}/${name}`), name, {
      owner,
      attributes: { serviceName: name, status: "ACTIVE", desiredCount: 2 + (index % 3), launchType: "FARGATE", deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100, deploymentCircuitBreaker: { enable: true, rollback: true } } },
      tags: { "cost-center": "cc-4471", environment: "prod" },
    });
    const definition = add("ECS_TASK_DEFINITION", arn("ecs", `task-definition/${name}:${41 + index}`), `${name}:${41 + index}`, {
      owner,
      attributes: {
        family: name,
        revision: 41 + index,
        networkMode: "awsvpc",
        cpu: "512",
        memory: "1024",
        containerDefinitions: [{ name: "app", image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}:2026.11.${index}`, essential: true, environment: [{ name: "LOG_LEVEL", value: "fingerprint:7c1f0a92d4e8b1c65f3a9e07" }], portMappings: [{ containerPort: 8080 }] }],
      },
    });
    const role = add("IAM_ROLE", `arn:aws:iam::${ACCOUNT}:role/${name}-task`, `${name}-task`, { owner, region: "global" });
    const logs = add("LOG_GROUP", arn("logs", `log-group:/ecs/${name}`), `/ecs/${name}`, { owner, presence: name === "image-resize" ? "MISSING" : "LIVE" });
    const repository = add("ECR_REPOSITORY", arn("ecr", `repository/${name}`), name, { owner });
    link(service, "PART_OF", clusters.get(clusterName), "ecs:DescribeServices", "services[0].clusterArn");
    link(service, "RUNS", definition, "ecs:DescribeServices", "services[0].taskDefinition", ["START", "DEPLOY"]);
    link(definition, "EXECUTION_ROLE", executionRole, "ecs:DescribeTaskDefinition", "taskDefinition.executionRoleArn", ["START"]);
    link(definition, "TASK_ROLE", role, "ecs:DescribeTaskDefinition", "taskDefinition.taskRoleArn", ["RUN"]);
    link(definition, "LOGS_TO", logs, "ecs:DescribeTaskDefinition", "taskDefinition.containerDefinitions[0].logConfiguration.options.awslogs-group", ["START", "RUN"]);
    link(definition, "PULLS_FROM", repository, "ecs:DescribeTaskDefinition", "taskDefinition.containerDefinitions[0].image", ["START"]);
    for (const [at, item] of configuration.entries()) {
      const secret = SECRETS.has(item);
      const id = secret ? arn("secretsmanager", `secret:prod/${item}-${hex(item, 6)}`) : arn("ssm", `parameter/prod/${item}`);
      const missing = MISSING_PARAMETERS.has(item);
      add(secret ? "SECRET" : "SSM_PARAMETER", id, `${secret ? "" : "/"}prod/${item}`, {
        owner: missing ? null : item.split("/")[0],
        presence: missing ? "MISSING" : "LIVE",
        attributes: secret ? { rotationEnabled: false } : { type: "SecureString", version: 7, dataType: "text" },
      });
      link(definition, "READS_SECRET", id, "ecs:DescribeTaskDefinition", `taskDefinition.containerDefinitions[0].secrets[${at}].valueFrom`, ["START"]);
      if (!missing) link(id, "ENCRYPTED_BY", key, secret ? "secretsmanager:ListSecrets" : "ssm:DescribeParameters", secret ? "secretList[3].kmsKeyId" : "parameters[9].keyId", ["START"]);
    }
    for (const subnet of privateSubnets) link(service, "PLACED_IN", subnet, "ecs:DescribeServices", "services[0].networkConfiguration.awsvpcConfiguration.subnets", ["START", "RUN"]);
    const group = add("SECURITY_GROUP", ec2("security-group", "sg", owner ?? "default"), `${owner ?? "default"}-services`, { owner });
    link(service, "PROTECTED_BY", group, "ecs:DescribeServices", "services[0].networkConfiguration.awsvpcConfiguration.securityGroups[0]", ["RUN", "TRAFFIC"]);
    for (const endpoint of endpoints) link(service, "REACHES_AWS_VIA", endpoint, "ec2:DescribeVpcEndpoints", "vpcEndpoints[0].privateDnsEnabled", ["START"], true);
    let targets = null;
    if (scheme) {
      targets = add("TARGET_GROUP", arn("elasticloadbalancing", `targetgroup/${name}/${hex(`${name}tg`, 16)}`), name, { owner, attributes: { port: 8080, protocol: "HTTP", targetType: "ip" } });
      const rule = add("LISTENER_RULE", arn("elasticloadbalancing", `listener-rule/app/prod-${scheme}/${hex(scheme, 16)}/${hex(`${scheme}l`, 16)}/${hex(`${name}r`, 16)}`), `${name}.shop.example`, { owner });
      link(service, "REGISTERED_IN", targets, "ecs:DescribeServices", "services[0].loadBalancers[0].targetGroupArn", ["TRAFFIC"]);
      link(rule, "FORWARDS_TO", targets, "elasticloadbalancing:DescribeRules", "rules[2].actions[0].targetGroupArn", ["TRAFFIC"]);
      link(rule, "PART_OF", balancers[scheme], "elasticloadbalancing:DescribeRules", "rules[2].ruleArn", ["TRAFFIC"]);
    }
    for (let count = 0; count < 2 + (index % 3); count++) {
      const taskId = hex(`${name}${count}`, 32);
      const task = add("ECS_TASK", arn("ecs", `task/${clusterName}/${taskId}`), taskId, { owner, attributes: { lastStatus: "RUNNING", group: `service:${name}`, platformVersion: "1.4.0" } });
      const card = add("NETWORK_INTERFACE", ec2("network-interface", "eni", taskId), `eni-0${hex(taskId, 16)}`, { owner });
      link(task, "PART_OF", service, "ecs:DescribeTasks", "tasks[0].group");
      link(task, "RUNS", definition, "ecs:DescribeTasks", "tasks[0].taskDefinitionArn", ["START", "RUN"]);
      link(task, "ATTACHED_TO", card, "ecs:DescribeTasks", "tasks[0].attachments[0].details[1]", ["RUN"]);
      link(task, "PLACED_IN", privateSubnets[count % 3], "ecs:DescribeTasks", "tasks[0].attachments[0].details[0]", ["START", "RUN"]);
      if (targets) link(task, "REGISTERED_IN", targets, "elasticloadbalancing:DescribeTargetHealth", "targetHealthDescriptions[0].target.id", ["TRAFFIC"], true);
    }
    if (name === "receipt-render") link(role, "GRANTED_ON", bucket, "iam:GetAccountAuthorizationDetails", "roleDetailList[17].rolePolicyList[0].policyDocument.statement[1].resource", ["RUN"], true);
  }
  const shared = add("SECRET", arn("secretsmanager", "secret:shared/datadog-api-key-a81Qzc", SHARED_ACCOUNT), "shared/datadog-api-key", { presence: "OUTSIDE", account: SHARED_ACCOUNT });
  link(arn("ecs", "task-definition/edge-proxy:61"), "READS_SECRET", shared, "ecs:DescribeTaskDefinition", "taskDefinition.containerDefinitions[1].secrets[0].valueFrom", ["START"]);
  add("LOAD_BALANCER", arn("elasticloadbalancing", `loadbalancer/net/spare/${hex("spare", 16)}`), "spare", { owner: "platform" });
  return { resources, links, blindSpots: structuredClone(BLIND_SPOTS), scopes: structuredClone(SCOPES) };
}

const SCOPES = [
  { account: ACCOUNT, region: REGION, crawledAt: OBSERVED_AT, durationMs: 8412, apiCalls: 214, resources: 337, links: 1068 },
  { account: ACCOUNT, region: "global", crawledAt: OBSERVED_AT, durationMs: 1190, apiCalls: 6, resources: 29, links: 31 },
];

const BLIND_SPOTS = [
  {
    account: ACCOUNT,
    region: REGION,
    api: "kms:DescribeKey",
    reason: "ACCESS_DENIED",
    message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/blastmap/crawl is not authorized to perform: kms:DescribeKey`,
    kinds: ["KMS_KEY"],
  },
  { account: ACCOUNT, region: REGION, api: "ecr:DescribeImages", reason: "THROTTLED", message: "Rate exceeded after 8 attempts, at page 3 of repository search-api", kinds: ["ECR_REPOSITORY"] },
];

/** A resource that very many depend on, to show what happens beyond what can be drawn. */
export function addCrowd(estate, count) {
  const id = arn("ssm", "parameter/prod/global/config");
  const base = { ...estate.resources.values().next().value, presence: "LIVE", attributes: {}, tags: [] };
  estate.resources.set(id, { ...base, id, kind: "SSM_PARAMETER", name: "/prod/global/config", owner: "platform" });
  for (let index = 0; index < count; index++) {
    const definition = arn("ecs", `task-definition/tenant-${index}:3`);
    const service = arn("ecs", `service/prod-tenants/tenant-${index}`);
    const owner = ["payments", "checkout", "search", "data", null][index % 5];
    estate.resources.set(definition, { ...base, id: definition, kind: "ECS_TASK_DEFINITION", name: `tenant-${index}:3`, owner });
    estate.resources.set(service, { ...base, id: service, kind: "ECS_SERVICE", name: `tenant-${index}`, owner });
    estate.links.push(
      { from: definition, to: id, relation: "READS_SECRET", phases: ["START"], evidence: { api: "ecs:DescribeTaskDefinition", field: "taskDefinition.containerDefinitions[0].secrets[0].valueFrom", inferred: false, observedAt: OBSERVED_AT } },
      { from: service, to: definition, relation: "RUNS", phases: ["START"], evidence: { api: "ecs:DescribeServices", field: "services[0].taskDefinition", inferred: false, observedAt: OBSERVED_AT } },
    );
  }
  return id;
}

/** Names and tags are anybody's text: this one would be a script in a page that believed it. */
export function addHostile(estate) {
  const id = arn("ssm", "parameter/hostile");
  const markup = "<img src=x onerror=alert(1)>";
  const base = estate.resources.values().next().value;
  estate.resources.set(id, { ...base, id, name: markup, owner: markup, tags: [{ key: markup, value: markup }], attributes: { [markup]: [markup] }, consoleUrl: "javascript:alert(1)" });
  return id;
}

export function addFormula(estate) {
  const id = arn("ssm", "parameter/formula");
  const base = estate.resources.values().next().value;
  estate.resources.set(id, { ...base, id, kind: "SSM_PARAMETER", name: '=HYPERLINK("http://evil.example","formula")', owner: "@team", presence: "LIVE" });
}

/** Nothing was found, in all that was looked at. */
export function emptyOut(estate) {
  estate.resources.clear();
  estate.links.length = 0;
  for (const scope of estate.scopes) Object.assign(scope, { resources: 0, links: 0 });
}
