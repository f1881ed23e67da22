import { expect, test } from "vitest";
import type { Json } from "./change-text";
import { withoutSecrets } from "./secrets";

const FINGERPRINT = /^fingerprint:[0-9a-f]{24}$/;
const secret = expect.stringMatching(FINGERPRINT) as string;
const reduced = (change: Json) => withoutSecrets(structuredClone(change)).value;
const planOf = (type: string, change: { [name: string]: Json }, rest: { [name: string]: Json } = {}): Json => ({
  format_version: "1.2",
  resource_changes: [{ address: `${type}.a`, type, change: { actions: ["update"], ...change } }],
  ...rest,
});
type Side = Record<string, Json>;
function changeIn(type: string, change: { [name: string]: Json }): { before: Side; after: Side } {
  const { resource_changes } = reduced(planOf(type, change)) as unknown as { resource_changes: [{ change: { before: Side; after: Side } }] };
  return resource_changes[0].change;
}

test("a task definition keeps names and loses values, in any case of letters", () => {
  const definition: Json = {
    family: "web",
    containerDefinitions: [
      {
        name: "web",
        image: "web:1",
        environment: [{ name: "DB", value: "hunter2" }, { name: "EMPTY", value: "" }],
        environmentFiles: [{ type: "s3", value: "arn:aws:s3:::config/web.env" }],
        command: ["run", "--token=x"],
        healthCheck: { command: ["CMD"], interval: 5 },
        secrets: [{ name: "KEY", valueFrom: "/prod/key" }],
        logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/ecs/web", other: "x" } },
      },
      { Name: "log", Environment: [{ Name: "PORT", Value: 80 }], LogConfiguration: { LogDriver: "splunk", Options: { "splunk-token": "x" } }, FirelensConfiguration: { Type: "fluentbit", Options: { config: "x", "config-file-type": "s3" } } },
      { name: "routed", logConfiguration: { logDriver: "awsfirelens", options: { Name: "firehose", delivery_stream: "logs", apikey: "x" } } },
    ],
  };
  expect(reduced(definition)).toEqual({
    family: "web",
    containerDefinitions: [
      {
        name: "web",
        image: "web:1",
        environment: [{ name: "DB", value: secret }, { name: "EMPTY", value: "" }],
        environmentFiles: [{ type: "s3", value: "arn:aws:s3:::config/web.env" }],
        command: [secret, secret],
        healthCheck: { command: [secret], interval: 5 },
        secrets: [{ name: "KEY", valueFrom: "/prod/key" }],
        logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/ecs/web", other: secret } },
      },
      { Name: "log", Environment: [{ Name: "PORT", Value: secret }], LogConfiguration: { LogDriver: "splunk", Options: { "splunk-token": secret } }, FirelensConfiguration: { Type: "fluentbit", Options: { config: secret, "config-file-type": "s3" } } },
      { name: "routed", logConfiguration: { logDriver: "awsfirelens", options: { Name: "firehose", delivery_stream: "logs", apikey: secret } } },
    ],
  });
});

test("what a plan marks as sensitive goes on both sides, and equal values stay equal", () => {
  const change = changeIn("aws_db_instance", {
    before: { id: "db", password: "old", port: 5432, options: [{ a: "same" }] },
    after: { id: "db", password: "new", port: 5432, options: [{ a: "same" }] },
    before_sensitive: { port: true },
    after_sensitive: { options: [{ a: true }] },
  });
  expect(change.before).toEqual({ id: "db", password: secret, port: secret, options: [{ a: secret }] });
  expect(change.after).toMatchObject({ port: change.before.port, options: change.before.options });
  expect(change.after.password).not.toEqual(change.before.password);
});

test("a secret that is JSON keeps its keys", () => {
  const change = changeIn("aws_secretsmanager_secret_version", { before: null, after: { secret_id: "db", secret_string: '{"username":"app","password":"hunter2"}' } });
  expect(JSON.parse(String(change.after.secret_string))).toEqual({ username: secret, password: secret });
});

test("of containers in a plan the values of variables go, though Terraform marks the whole text", () => {
  const containers = JSON.stringify([{ name: "web", image: "web:2", environment: [{ name: "DB", value: "hunter2" }] }]);
  const change = changeIn("aws_ecs_task_definition", { before: null, after: { family: "web", container_definitions: containers }, after_sensitive: { container_definitions: true } });
  expect(JSON.parse(String(change.after.container_definitions))).toEqual([{ name: "web", image: "web:2", environment: [{ name: "DB", value: secret }] }]);
});

test.each([
  ["aws_ssm_parameter", { name: "/prod/db", value: "hunter2", insecure_value: "hunter2" }, { name: "/prod/db", value: secret, insecure_value: secret }],
  ["aws_ecs_cluster", { setting: [{ name: "containerInsights", value: "enabled" }], tags: { Environment: "prod", token: "t" } }, { setting: [{ name: "containerInsights", value: "enabled" }], tags: { Environment: "prod", token: "t" } }],
  ["aws_cloudfront_distribution", { origin: [{ origin_id: "main", custom_header: [{ name: "X-Verify", value: "hunter2" }] }] }, { origin: [{ origin_id: "main", custom_header: [{ name: "X-Verify", value: secret }] }] }],
  ["aws_lb_listener_rule", { condition: [{ http_header: [{ http_header_name: "X-From", values: ["hunter2"] }], query_string: [{ key: "k", value: "hunter2" }], path_pattern: [{ values: ["/a"] }] }] }, { condition: [{ http_header: [{ http_header_name: "X-From", values: [secret] }], query_string: [{ key: "k", value: secret }], path_pattern: [{ values: ["/a"] }] }] }],
  ["random_password", { result: "hunter2", length: 16 }, { result: secret, length: secret }],
  ["aws_lambda_function", { environment: [{ variables: { KEY: "hunter2" } }], role: "arn:aws:iam::1:role/a" }, { environment: [{ variables: { KEY: secret } }], role: "arn:aws:iam::1:role/a" }],
] as [string, { [name: string]: Json }, Json][])("%s keeps what is no secret", (type, before, expected) => {
  expect(changeIn(type, { before, after: null }).before).toEqual(expected);
});

test("of what a rule hands to its tasks only the roles stay", () => {
  const role = "arn:aws:iam::123456789012:role/a";
  const change = changeIn("aws_cloudwatch_event_target", { before: null, after: { input: JSON.stringify({ taskRoleArn: role, containerOverrides: [{ name: "a", command: ["x"] }] }) } });
  expect(JSON.parse(String(change.after.input))).toEqual({ taskRoleArn: role, containerOverrides: [{ name: secret, command: [secret] }] });
});

test("parts of a plan that nobody reads are not sent, and constants of the configuration neither", () => {
  const plan = planOf(
    "aws_subnet",
    { before: { id: "subnet-1" }, after: null, generated_config: "password = hunter2" },
    {
      planned_values: { outputs: { p: { value: "hunter2" } } },
      output_changes: { p: { after: "hunter2" } },
      resource_drift: [{ change: { after: "hunter2" } }],
      variables: { region: { value: "eu-west-1" }, password: { value: "hunter2" } },
      prior_state: { values: { outputs: { p: { value: "hunter2" } }, root_module: { resources: [{ type: "tls_private_key", values: { pem: "hunter2" } }, { type: "aws_subnet", address: "aws_subnet.b", values: { id: "subnet-2", note: "hunter2" }, sensitive_values: { note: true } }] } } },
      configuration: {
        provider_config: { aws: { name: "aws", expressions: { region: { references: ["var.region"] }, secret_key: { constant_value: "hunter2" }, assume_role: [{ role_arn: { constant_value: "arn:aws:iam::123456789012:role/ci" }, external_id: { constant_value: "hunter2" } }] } } },
        root_module: {
          variables: { password: { default: "hunter2" } },
          resources: [{ address: "aws_subnet.a", provider_config_key: "aws", expressions: { vpc_id: { references: ["aws_vpc.a.id", "aws_vpc.a"] }, note: { constant_value: "hunter2" } } }],
          module_calls: { m: { expressions: { p: { constant_value: "hunter2" } }, module: { outputs: { o: { expression: { references: ["aws_vpc.b"] } } } } } },
        },
      },
    },
  );
  expect(JSON.stringify(reduced(plan))).not.toContain("hunter2");
  expect(reduced(plan)).toMatchObject({
    variables: { region: { value: "eu-west-1" } },
    prior_state: { values: { root_module: { resources: [{ address: "aws_subnet.b", values: { id: "subnet-2" } }] } } },
    configuration: {
      provider_config: { aws: { expressions: { region: { references: ["var.region"] }, assume_role: [{ role_arn: { constant_value: "arn:aws:iam::123456789012:role/ci" } }] } } },
      root_module: { resources: [{ expressions: { vpc_id: { references: ["aws_vpc.a.id", "aws_vpc.a"] }, note: { constant_value: null } } }], module_calls: { m: { module: { outputs: { o: { expression: { references: ["aws_vpc.b"] } } } } } } },
    },
  });
});

test("nothing is added that was not there: the server says what is missing", () => {
  expect(JSON.stringify(reduced({ format_version: "9" }))).not.toContain("resource_changes");
  expect(reduced({ format_version: "1.2", planned_values: { a: 1 } })).toMatchObject({ planned_values: {} });
});

test("a change set loses values in its contexts and its parameters, and keeps what only the apply tells", () => {
  const changes = [
    ["AWS::SSM::Parameter", "hunter2"],
    ["AWS::SSM::Parameter", "{{changeSet:KNOWN_AFTER_APPLY}}"],
    ["AWS::ECS::Cluster", "enabled"],
  ].map(([ResourceType, Value]) => ({ ResourceChange: { ResourceType, BeforeContext: JSON.stringify({ Properties: { Name: "/prod/db", Value } }), Details: [{ Target: { Name: "Value", BeforeValue: "hunter2" } }] } }));
  const set = { ChangeSetName: "a", Parameters: [{ ParameterKey: "p", ParameterValue: "hunter2" }], Changes: changes } as unknown as Json;
  const text = JSON.stringify(reduced(set));
  expect(text).not.toContain("hunter2");
  for (const kept of ["/prod/db", "{{changeSet:KNOWN_AFTER_APPLY}}", "enabled"]) expect(text).toContain(kept);
});

test("what has the form of a credential goes wherever it stands, and names stay", () => {
  for (const text of ["postgres://app:hunter2@db/app", `key AKIA${"IOSFODNN7EXAMPLE"}`, `a wJalrXUtnFEMI/K7MDENG/${"bPxRfiCYEXAMPLEKEY"} b`, "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"]) {
    expect(reduced(text)).toMatch(/fingerprint:[0-9a-f]{24}/);
    expect(reduced(text)).not.toMatch(/hunter2|IOSFODNN|bPxRfi|MIIE/);
  }
  for (const text of ["arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout-web", "https://example.com/runbook?a=b@c", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "owner@example.com", "asiapacificproduction1"]) expect(reduced(text)).toBe(text);
});

test("counts what it took, and takes nothing twice", () => {
  const once = withoutSecrets({ containerDefinitions: [{ environment: [{ name: "A", value: "x" }, { name: "B", value: "x" }] }] });
  expect(once.count).toBe(2);
  expect(withoutSecrets(structuredClone(once.value))).toEqual({ value: once.value, count: 0 });
});
