"""What the company's task definitions name: keys, secrets, parameters, logs, images and roles."""

from aws import ACCOUNT
from blocks import allow, arn, document
from company_network import PARTNER_ACCOUNT, PLATFORM

BOUNDARY = arn("iam", "policy/workload-boundary")
PULL_AND_LOG = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"

# Values that must never be seen outside the crawler: fakes in the form of the real thing.
PLANTED = {
    "access key": "AKIAIOSFODNN7EXAMPLE",
    "secret key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "token": "eyJhbGciOiJub25lIn0.eyJmYWtlIjoicGxhbnRlZCJ9.cGxhbnRlZC1mYWtlLXNpZ25hdHVyZQ",
    "userinfo": "planted-user:planted-fake-password",
    "private key": "-----BEGIN PRIVATE KEY----- planted fake key material -----END PRIVATE KEY-----",
    "environment": "planted-fake-environment-value",
    "command": "planted-fake-command-argument",
    "entry point": "planted-fake-entry-point",
    "health check": "planted-fake-health-check",
    "label": "planted-fake-label-value",
    "log option": "planted-fake-log-option",
    "override": "planted-fake-override-value",
    "external id": "planted-fake-external-id",
    "function": "planted-fake-function-value",
    "subscriber": "planted-fake-subscriber@larkspur.example",
    "text record": "planted-fake-text-record",
    "stored value": "planted-fake-stored-value",
}


def build(site):
    keys(site)
    secrets(site)
    parameters(site)
    roles(site)
    site.aws("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    site.log_group("/ecs/prod/otel-collector", retention=7, owner="platform")


def keys(site):
    site.key("larkspur/shared", "Secrets and parameters of all teams", owner="platform")
    administration = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    use = allow(["kms:Decrypt", "kms:GenerateDataKey"], Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Condition={
        "ArnLike": {"aws:PrincipalArn": arn("iam", "role/payments-*")}, "StringEquals": {"kms:EncryptionContext:tenant": PLANTED["external id"]}})
    site.key("larkspur/payments", "Card data: only the payments roles may use it", document({**administration, "Sid": "administration"}, use),
             owner="payments", **{"data-class": "pci"})
    site.key("larkspur/logs", "Log groups of customer-facing services", owner="platform")
    site.key("larkspur/registry", "Image repositories", owner="platform")
    site.aws("kms").describe_key(KeyId="alias/aws/ssm")  # makes AWS's own key, as a first SecureString does


def secrets(site):
    stored, shared, payments = PLANTED["stored value"], "alias/larkspur/shared", site.ids["key/larkspur/payments"]
    guarded = document({"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Principal": "*", "Condition": {
        "StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}})
    for name, key, owner in [
            ("prod/checkout/session-signing", shared, "checkout"), ("prod/payments/acquirer", payments, "payments"),
            ("prod/payments/ledger-db", payments, "payments"), ("prod/identity/jwt-signing", shared, "identity"),
            ("prod/identity/oauth-clients", shared, "identity"), ("prod/catalog/db", None, "catalog"),
            ("prod/logistics/db", None, "logistics"), ("prod/messaging/smtp", None, "messaging"),
            ("prod/web/session", "alias/larkspur/shared", "web"), ("prod/data/warehouse", shared, "data"),
            ("search/api-client", None, "search"), ("prod/search/opensearch", None, "search"),
            ("prod/growth/segment", None, "growth"), ("registry/docker-hub", None, "platform"),
            ("platform/splunk-hec", shared, "platform"), ("prod/integrations/partner-hmac", shared, "integrations")]:
        site.secret(name, key, stored, guarded if owner == "payments" else None, owner=owner)


def parameters(site):
    stored = PLANTED["stored value"]
    plain = {
        "checkout": ["/prod/checkout/tax-api-url", "/prod/checkout/cart-ttl"], "payments": ["/prod/payments/retry-schedule"],
        "catalog": ["/prod/catalog/cdn-host", "/prod/pricing/rounding"], "search": ["/prod/search/index-name"],
        "identity": ["/prod/identity/issuer"], "messaging": ["/prod/messaging/from-address"],
        "logistics": ["/prod/logistics/carriers"], "platform": ["feature-flags-endpoint", "/prod/platform/otel-endpoint"],
        "web": ["/prod/web/asset-host"], "growth": ["/prod/growth/experiment-salt"], "data": ["/prod/data/report-bucket"],
        "integrations": ["/prod/integrations/webhook-timeout"]}
    for owner, names in plain.items():
        for name in names:
            site.parameter(name, value=stored, owner=owner)
    site.parameter("/prod/payments/webhook-secret", "SecureString", site.ids["key/larkspur/payments"], stored, owner="payments")
    site.parameter("/prod/web/recaptcha-key", "SecureString", "alias/larkspur/shared", stored, owner="web")
    site.parameter("feature-flags-sdk-key", "SecureString", value=stored, owner="platform")


def roles(site):
    shared, payments = site.ids["key/larkspur/shared"], site.ids["key/larkspur/payments"]
    site.policy("workload-boundary", allow("*"), {"Effect": "Deny", "Action": ["iam:*", "organizations:*"], "Resource": "*"})
    runtime = site.policy(
        "runtime-secrets-read",
        allow("ssm:GetParameters", [arn("ssm", "parameter/prod/*"), arn("ssm", "parameter/prod/logistics/*", region="eu-west-1"),
                                    arn("ssm", "parameter/feature-flags-*"), arn("ssm", "parameter/aws/reference/secretsmanager/prod/*")]),
        allow("secretsmanager:GetSecretValue", [arn("secretsmanager", f"secret:{names}") for names in (
            "prod/*", "platform/*", "registry/*", "search/*")] + [arn("secretsmanager", "secret:shared/*", account=PARTNER_ACCOUNT)]),
        allow("kms:Decrypt", [shared]))
    site.role("ecs-task-execution", attached=[PULL_AND_LOG, runtime], path="/platform/", **PLATFORM)
    site.role("payments-execution", owner="payments", attached=[PULL_AND_LOG], boundary=BOUNDARY, inline={"payments-secrets": [
        allow("secretsmanager:GetSecretValue", [arn("secretsmanager", "secret:prod/payments/acquirer-??????"),
                                                arn("secretsmanager", "secret:prod/payments/ledger-db-*")]),
        allow("ssm:GetParameters", [arn("ssm", "parameter/prod/payments/*")]), allow("kms:Decrypt", payments)]})
    site.role("nightly-settlement", owner="payments", boundary=BOUNDARY, inline={"settle": [
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::larkspur-prod-settlement/*"),
        allow("s3:ListBucket", "arn:aws:s3:::larkspur-prod-settlement"),
        allow("sqs:SendMessage", arn("sqs", "payments-settled"))]})
    site.role("partner-export", owner="data", trusts=document({
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{PARTNER_ACCOUNT}:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": PLANTED["external id"]}}}))
    site.role("ecs-host", "ec2.amazonaws.com", **PLATFORM,
              attached=["arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"])
    site.instance_profile("ecs-host", "ecs-host")


# Inline statements of the services' own task roles.
TASK_GRANTS = {
    "storefront": [allow("s3:GetObject", "arn:aws:s3:::larkspur-prod-web-assets/*")],
    "checkout": [allow("sqs:SendMessage", [arn("sqs", "orders"), arn("sqs", "orders-dlq")]),
                 allow("dynamodb:*", arn("dynamodb", "table/prod-carts"))],
    "cart": [allow(["dynamodb:GetItem", "dynamodb:PutItem"], arn("dynamodb", "table/prod-carts"))],
    "payments-api": [allow("kms:GenerateDataKey", arn("kms", "alias/larkspur/*")), allow("sqs:SendMessage", arn("sqs", "payments-captured"))],
    "payments-worker": [allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], arn("sqs", "payments-captured")),
                        allow("lambda:InvokeFunction", arn("lambda", "function:chargeback-scoring"))],
    "ledger": [allow("sqs:SendMessage", arn("sqs", "ledger-entries"))],
    "catalog": [allow("s3:*", ["arn:aws:s3:::larkspur-prod-catalog-images", "arn:aws:s3:::larkspur-prod-catalog-images/*"])],
    "search-indexer": [allow("s3:GetObject", "arn:aws:s3:::larkspur-prod-search-dumps/nightly/*"),
                       allow("ssm:PutParameter", arn("ssm", "parameter/prod/search/index-name"))],
    "notifications": [allow("sns:Publish", arn("sns", "customer-mail")), allow("ses:SendEmail")],
    "image-resizer": [allow("s3:PutObject", "arn:aws:s3:::larkspur-prod-catalog-images/resized/*")],
    "reports": [allow("sts:AssumeRole", arn("iam", "role/partner-export")), allow("s3:PutObject", "arn:aws:s3:::larkspur-prod-reports/*"),
                allow("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:prod/data/warehouse-??????"))],
    "log-router": [allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "log-group:/larkspur/prod/audit:*"))],
    "partner-gateway": [allow("sqs:SendMessage", arn("sqs", "inbound-orders", account=PARTNER_ACCOUNT)),
                        {"Effect": "Deny", "Action": "sqs:*", "Resource": arn("sqs", "payments-captured")}],
    "webhooks": [allow("sqs:SendMessage", arn("sqs", "webhook-events", region="eu-west-1"))],
    "feature-flags": [allow("ecr:DescribeImages", arn("ecr", "repository/web/storefront"))],
    "release-orchestrator": [
        allow("iam:PassRole", [arn("iam", "role/platform/ecs-task-execution"), arn("iam", "role/storefront-task")]),
        allow("ecs:UpdateService", [arn("ecs", "service/prod/storefront"), arn("ecs", "service/prod/returns")]),
        allow("elasticloadbalancing:ModifyRule")],
}
