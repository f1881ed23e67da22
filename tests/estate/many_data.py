"""What the scale estate's definitions name: keys, secrets, parameters, log groups, repositories and roles."""

from aws import ACCOUNT, Here
from blocks import allow, arn, document

OTHER_ACCOUNT = "210987654321"
TEAMS = ["billing", "catalog", "delivery", "identity", "ledger", "media", "orders", "partners", "search", "support"]
PULL_AND_LOG = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
REFERENCE = "aws/reference/secretsmanager/"


def partner():
    """The account that things of this one name."""
    return ACCOUNT if Here.account == OTHER_ACCOUNT else OTHER_ACCOUNT


def build(site, services):
    """What is shared: its amount follows the number of services."""
    site.aws("kms").describe_key(KeyId="alias/aws/ssm")
    site.service_linked_role("ecs.amazonaws.com")
    site.keys = [site.key(f"shared-{n}", f"Shared key {n}", owner="security") for n in range(max(4, services // 8))]
    key_of = [lambda n: site.keys[n % len(site.keys)], lambda n: f"alias/shared-{n % len(site.keys)}",
              lambda n: site.keys[n % len(site.keys)].rpartition("/")[2], lambda n: None]
    site.secrets = [site.secret(f"{TEAMS[n % 10]}/db-{n:04d}", key_of[n % 4](n), owner=TEAMS[n % 10]) for n in range(max(4, services // 4))]
    site.secret("registry", site.keys[0])
    site.secret("splunk")
    site.secret("shared/api-client")  # its last seven characters look like the end of an ARN
    for n in range(services * 6 // 10):
        site.parameter(f"/shared/{TEAMS[n % 10]}/setting-{n:04d}", owner=TEAMS[n % 10])
    site.log_group("/ecs/shared/agent", site.keys[0])
    for n in range(services // 10):
        site.log_group(f"/aws/lambda/unrelated-{n:04d}", retention=30)
    pulled = document(allow("ecr:BatchGetImage", [], Principal={"AWS": f"arn:aws:iam::{partner()}:root"}))
    site.repository("shared/agent", (), site.keys[1], policy=pulled, owner="platform")
    site.push_index("shared/agent", "v1", ["linux/amd64", "linux/arm64", "linux/arm/v7"])
    site.boundary = site.policy("boundary", allow("*"), path="/guard/")
    for n in range(services // 10 + 1):
        policy = site.policy(f"runtime-{n}", allow("ssm:GetParameters", arn("ssm", "parameter/*")), allow("kms:Decrypt", site.keys[n % len(site.keys)]))
        site.role(f"execution-{n}", attached=[PULL_AND_LOG, policy], path="/ecs/" if n % 2 else "/", owner="platform")


def spellings(site, line):
    """One secret or parameter in each spelling that ECS accepts."""
    number, own = line.number, f"/{line.owner}/{line.name}/setting"
    secret = site.secrets[number % len(site.secrets)]
    name = secret.split(":secret:")[1][:-7]
    return [
        own, arn("ssm", f"parameter{own}"), f"plain-{line.name}", secret, f"{secret}:username::", f"{secret}:password:AWSCURRENT:",
        arn("secretsmanager", f"secret:{name}"), arn("secretsmanager", f"secret:{name}:url::"), arn("secretsmanager", "secret:shared/api-client"),
        f"/{REFERENCE}{name}", arn("ssm", f"parameter/{REFERENCE}{name}"), arn("ssm", f"parameter{own}", region="eu-west-1"),
        arn("ssm", f"parameter{own}", account=partner()), arn("secretsmanager", f"secret:{name}-AbCdEf", region="eu-west-1"),
        arn("secretsmanager", f"secret:{name}-AbCdEf:k::", account=partner()), f"/gone/{line.name}", arn("secretsmanager", f"secret:gone/{line.name}-AbCdEf")]


def of_service(site, line, chance):
    """The parameter, log group, repository and role of one service; what its definition names is kept on the line."""
    own = f"/{line.owner}/{line.name}/setting"
    kinds = [("String", None), ("SecureString", None), ("SecureString", chance.choice(site.keys)),
             ("SecureString", f"alias/shared-{line.number % len(site.keys)}")]
    kind, key = kinds[line.number % 4]
    site.parameter(own, kind, key, **line.tags)
    site.parameter(f"plain-{line.name}")
    choice = spellings(site, line)
    line.secrets = [choice[line.number % len(choice)], *chance.sample(choice, 2)]
    if line.feature == "stale secret":  # made anew since: the old ARN leads nowhere
        line.secrets.append(site.secrets[0][:-6] + "Zz9Yy8")
    if line.feature not in ("no log group", "logs elsewhere"):
        site.log_group(f"/ecs/{line.name}", site.keys[line.number % len(site.keys)] if line.number % 3 == 0 else None, 30, **line.tags)
    images = site.repository(f"{line.owner}/{line.name}", ("v1", "v2"), site.keys[2] if line.number % 9 == 4 else None, **line.tags)
    line.images = list(images.values())
    if line.number % 4 == 2:
        digest = site.push(f"{line.owner}/{line.name}", "v3")
        line.images[0] = f"{line.images[0]}@{digest}" if line.number % 8 == 2 else f"{line.images[0].rpartition(':')[0]}@{digest}"
    if line.feature not in ("no role", "role elsewhere"):
        grants = chance.sample(statements(site, line), 3)
        site.role(line.name, inline={"own": grants[:2], "more": grants[2:]}, boundary=site.boundary if line.number % 3 == 0 else None,
                  path="/" if line.feature == "role by name" or line.number % 5 else f"/{line.owner}/", **line.tags)


def statements(site, line):
    """Allow statements of every form: named in full, by pattern, of kinds that are no part of the graph."""
    n, name = line.number, site.secrets[line.number % len(site.secrets)].split(":secret:")[1][:-7]
    return [
        allow("s3:GetObject", [f"arn:aws:s3:::{line.owner}-files/*", f"arn:aws:s3:::{line.owner}-files"]),
        allow("s3:PutObject", f"arn:aws:s3:::{line.owner}-drop/in/report-{n}.csv"), allow("s3:*", "arn:aws:s3:::shared-*"),
        allow("sqs:SendMessage", arn("sqs", f"{line.owner}-jobs")), allow("sqs:*", arn("sqs", f"{line.owner}-*")),
        allow("secretsmanager:GetSecretValue", arn("secretsmanager", f"secret:{name}-??????")),
        allow("secretsmanager:GetSecretValue", arn("secretsmanager", f"secret:{name}-*")),
        allow("ssm:GetParameter", arn("ssm", f"parameter/{line.owner}/{line.name}/setting")), allow("ssm:GetParameter", arn("ssm", "parameter/gone")),
        allow("logs:PutLogEvents", arn("logs", "log-group:/ecs/shared/agent:*")), allow("kms:Decrypt", site.keys[n % len(site.keys)]),
        allow("kms:Decrypt", arn("kms", f"key/00000000-0000-4000-8000-{n:012d}")),
        allow("ecr:BatchGetImage", arn("ecr", "repository/shared/agent")), allow("dynamodb:*", [arn("dynamodb", f"table/{line.owner}"), arn("dynamodb", f"table/{line.owner}/index/*")]),
        allow("iam:PassRole", site.ids[f"role/execution-{n // 10}"]), allow("lambda:InvokeFunction", arn("lambda", f"function:{line.owner}-hook")),
        {"Effect": "Deny", "Action": "sqs:*", "Resource": arn("sqs", "payroll")},
        {"Effect": "Allow", "Action": "ecs:DescribeClusters", "Resource": arn("ecs", f"cluster/{line.cluster}")}]
