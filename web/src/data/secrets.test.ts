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
  ["aws_ecs_service", { service_connect_configuration: [{ log_configuration: [{ log_driver: "splunk", options: { "splunk-token": "hunter2" } }] }] }, { service_connect_configuration: [{ log_configuration: [{ log_driver: "splunk", options: { "splunk-token": secret } }] }] }],
  ["aws_glue_job", { default_arguments: { "--key": "hunter2" }, name: "a" }, { default_arguments: { "--key": secret }, name: "a" }],
  ["aws_cloudformation_stack", { parameters: { Size: "3", DbPassword: "hunter2", "db-password": "hunter2" } }, { parameters: { Size: "3", DbPassword: secret, "db-password": secret } }],
  ["aws_wafv2_web_acl", { rule: [{ statement: [{ byte_match_statement: [{ search_string: "hunter2", positional_constraint: "EXACTLY" }] }] }] }, { rule: [{ statement: [{ byte_match_statement: [{ search_string: secret, positional_constraint: "EXACTLY" }] }] }] }],
  ["aws_api_gateway_integration", { request_parameters: { "integration.request.header.X-Key": "'hunter2'" } }, { request_parameters: { "integration.request.header.X-Key": secret } }],
  ["aws_api_gateway_stage", { stage_name: "prod", variables: { key: "hunter2" } }, { stage_name: "prod", variables: { key: secret } }],
  ["aws_api_gateway_api_key", { name: "a", value: "hunter2" }, { name: "a", value: secret }],
  ["aws_cloudwatch_event_target", { http_target: [{ header_parameters: { Authorization: "hunter2" } }], arn: "arn:aws:events:a" }, { http_target: [{ header_parameters: { Authorization: secret } }], arn: "arn:aws:events:a" }],
  ["aws_amplify_app", { environment_variables: { KEY: "hunter2" } }, { environment_variables: { KEY: secret } }],
  ["aws_elastic_beanstalk_environment", { setting: [{ namespace: "aws:elasticbeanstalk:application:environment", name: "KEY", value: "hunter2" }] }, { setting: [{ namespace: "aws:elasticbeanstalk:application:environment", name: "KEY", value: secret }] }],
  ["aws_route53_record", { name: "a", type: "TXT", records: ["hunter2"] }, { name: "a", type: "TXT", records: [secret] }],
  ["aws_route53_record", { name: "a", type: "CNAME", records: ["b.example.com"] }, { name: "a", type: "CNAME", records: ["b.example.com"] }],
  ["aws_sns_topic_subscription", { protocol: "https", endpoint: "https://example.com/hunter2" }, { protocol: "https", endpoint: secret }],
  ["aws_sns_topic_subscription", { protocol: "sqs", endpoint: "arn:aws:sqs:eu-west-1:1:a" }, { protocol: "sqs", endpoint: "arn:aws:sqs:eu-west-1:1:a" }],
] as [string, { [name: string]: Json }, Json][])("%s keeps what is no secret", (type, before, expected) => {
  expect(changeIn(type, { before, after: null }).before).toEqual(expected);
});

test("of a state machine stays what it starts", () => {
  const starts = { Type: "Task", Resource: "arn:aws:states:::ecs:runTask.sync", Parameters: { Cluster: "main", TaskDefinition: "report:1", Overrides: { ContainerOverrides: [{ Environment: [{ Name: "KEY", Value: "hunter2" }] }] } } };
  const change = changeIn("aws_sfn_state_machine", { before: null, after: { definition: JSON.stringify({ Comment: "hunter2", States: { a: starts } }) } });
  expect(JSON.parse(String(change.after.definition))).toMatchObject({ States: { a: { ...starts, Parameters: { Cluster: "main", TaskDefinition: "report:1" } } } });
  expect(change.after.definition).not.toContain("hunter2");
});

test("of a policy's conditions names stay", () => {
  const policy = { Statement: [{ Effect: "Allow", condition: { StringEquals: { "sts:ExternalId": "hunter2", "aws:Referer": ["hunter2"], "aws:SourceAccount": "123456789012", "x:pin": 4711 }, Null: { "sts:ExternalId": false } } }] };
  const change = changeIn("aws_iam_role", { before: null, after: { assume_role_policy: JSON.stringify(policy) } });
  expect(JSON.parse(String(change.after.assume_role_policy))).toEqual({
    Statement: [{ Effect: "Allow", condition: { StringEquals: { "sts:ExternalId": secret, "aws:Referer": [secret], "aws:SourceAccount": "123456789012", "x:pin": secret }, Null: { "sts:ExternalId": false } } }],
  });
});

test("keys of for-each may be anything", () => {
  const plan = { format_version: "1.2", resource_changes: [{ address: 'aws_subnet.a["https://app:hunter2@example.com"]', index: "https://app:hunter2@example.com", type: "aws_subnet", change: { actions: ["no-op"], before: {}, after: {} } }] };
  const text = JSON.stringify(reduced(plan));
  expect(text).not.toContain("hunter2");
  expect(new Set(text.match(/fingerprint:[0-9a-f]{24}/g)).size).toBe(1);
});

test("variables are sent that say where a provider of AWS acts, and no others", () => {
  const expressions = { region: { references: ["var.region"] }, assume_role: [{ role_arn: { references: ["var.role"] }, external_id: { references: ["var.external"] } }], secret_key: { references: ["var.key"] } };
  const plan = planOf("aws_subnet", { before: {}, after: {} }, {
    variables: Object.fromEntries(["region", "role", "external", "key", "datadog", "other"].map((name) => [name, { value: name }])),
    configuration: { provider_config: { aws: { name: "aws", expressions }, datadog: { name: "datadog", expressions: { api_key: { references: ["var.datadog"] }, region: { references: ["var.other"] } } } } },
  });
  expect((reduced(plan) as unknown as { variables: Json }).variables).toEqual({ region: { value: "region" }, role: { value: "role" } });
  const url = planOf("aws_subnet", { before: {}, after: {} }, { variables: { region: { value: "https://app:hunter2@example.com" } }, configuration: { provider_config: { aws: { name: "aws", expressions } } } });
  expect(JSON.stringify(reduced(url))).not.toContain("hunter2");
});

test("of types that are not AWS's own a change set keeps names", () => {
  const changes = ["Custom::Password", "MongoDB::Atlas::DatabaseUser", "AWS::CloudFormation::CustomResource"].map((ResourceType) => ({ ResourceChange: { ResourceType, AfterContext: JSON.stringify({ Properties: { Seed: "hunter2" } }) } }));
  const text = JSON.stringify(reduced({ ChangeSetName: "a", Changes: changes } as unknown as Json));
  expect(text).not.toContain("hunter2");
  expect(text.match(/Seed/g)).toHaveLength(3);
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
  for (const text of ["postgres://app:hunter2@db/app", `key AKIA${"IOSFODNN7EXAMPLE"}`, `a wJalrXUtnFEMI/K7MDENG/${"bPxRfiCYEXAMPLEKEY"} b`, "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "-----BEGIN PGP PRIVATE KEY BLOCK-----\nMIIE\n-----END PGP PRIVATE KEY BLOCK-----"]) {
    expect(reduced(text)).toMatch(/fingerprint:[0-9a-f]{24}/);
    expect(reduced(text)).not.toMatch(/hunter2|IOSFODNN|bPxRfi|MIIE/);
  }
  const key = `wJalrXUtnFEMI/K7MDENG/${"bPxRfiCYEXAMPLEKEY"}`;
  for (const text of ["postgres://app:a/hunter2?c@db/app", "redis://:p@ss@hunter2@db:6379/0", `/${key}`, `/etc/app --key ${key}`, `arn:aws:x:::key=${key}`, `AKIA${"IOSFODNN7EXAMPLE"}/${key}`, `${key}/AKIA${"IOSFODNN7EXAMPLE"}`]) expect(reduced(text)).not.toMatch(/hunter2|bPxRfi/);
  for (const text of ["arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout-web", "https://example.com/runbook?a=b@c", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "owner@example.com", "asiapacificproduction1", "https://registry.example.com:8443/@scope/x@1.2.3", "http://[fd00::1]:8443/a@b", "git::https://example.com/modules//web?ref=a:b@c", "/aws/ContainerInsights/Production/Application/Web2Logs", "/Payments/Production/Checkout2/WebGateway", "PROD/ABCD/0123456789abcdef0123456789abcd"]) expect(reduced(text)).toBe(text);
});

test("counts what it took, and takes nothing twice", () => {
  const once = withoutSecrets({ containerDefinitions: [{ environment: [{ name: "A", value: "x" }, { name: "B", value: "x" }] }] });
  expect(once.count).toBe(2);
  expect(withoutSecrets(structuredClone(once.value))).toEqual({ value: once.value, count: 0 });
});
