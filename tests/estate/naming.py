"""How the oracle names things: ids, kinds, and what a short or partial name stands for."""

from aws import Here

# service of the ARN, beginning of its resource part -> kind; the first that fits counts
KINDS = [
    ("ecs", "task/", "ECS_TASK"), ("ecs", "service/", "ECS_SERVICE"), ("ecs", "cluster/", "ECS_CLUSTER"),
    ("ecs", "task-definition/", "ECS_TASK_DEFINITION"), ("ecs", "container-instance/", "ECS_CONTAINER_INSTANCE"),
    ("ecs", "capacity-provider/", "ECS_CAPACITY_PROVIDER"), ("ecs", "task-set/", "ECS_TASK_SET"),
    ("iam", "role/", "IAM_ROLE"), ("iam", "policy/", "IAM_POLICY"), ("iam", "instance-profile/", "IAM_INSTANCE_PROFILE"),
    ("elasticloadbalancing", "loadbalancer/", "LOAD_BALANCER"), ("elasticloadbalancing", "listener/", "LISTENER"),
    ("elasticloadbalancing", "listener-rule/", "LISTENER_RULE"), ("elasticloadbalancing", "targetgroup/", "TARGET_GROUP"),
    ("logs", "log-group:", "LOG_GROUP"), ("ssm", "parameter/", "SSM_PARAMETER"), ("secretsmanager", "secret:", "SECRET"),
    ("kms", "key/", "KMS_KEY"), ("kms", "alias/", "KMS_KEY"), ("ec2", "vpc/", "VPC"), ("ec2", "subnet/", "SUBNET"),
    ("ec2", "route-table/", "ROUTE_TABLE"), ("ec2", "natgateway/", "NAT_GATEWAY"), ("ec2", "internet-gateway/", "INTERNET_GATEWAY"),
    ("ec2", "vpc-endpoint/", "VPC_ENDPOINT"), ("ec2", "security-group/", "SECURITY_GROUP"),
    ("ec2", "network-interface/", "NETWORK_INTERFACE"), ("ec2", "instance/", "EC2_INSTANCE"),
    ("autoscaling", "autoScalingGroup:", "AUTO_SCALING_GROUP"), ("autoscaling", "scalingPolicy:", "SCALING_POLICY"),
    ("ecr", "repository/", "ECR_REPOSITORY"), ("elasticfilesystem", "file-system/", "EFS_FILE_SYSTEM"),
    ("elasticfilesystem", "access-point/", "EFS_ACCESS_POINT"), ("s3", "", "S3_BUCKET"),
    ("servicediscovery", "namespace/", "CLOUD_MAP_NAMESPACE"), ("servicediscovery", "service/", "CLOUD_MAP_SERVICE"),
    ("route53", "hostedzone/", "HOSTED_ZONE"), ("application-autoscaling", "scalable-target/", "SCALABLE_TARGET"),
    ("cloudwatch", "alarm:", "CLOUDWATCH_ALARM"), ("events", "rule/", "EVENT_RULE"), ("scheduler", "schedule/", "SCHEDULE"),
    ("sqs", "", "SQS_QUEUE"), ("sns", "", "SNS_TOPIC"), ("states", "stateMachine:", "STATE_MACHINE"), ("lambda", "function:", "LAMBDA_FUNCTION"), ("codedeploy", "deploymentgroup:", "CODEDEPLOY_GROUP"),
    ("ec2", "network-acl/", "NETWORK_ACL"), ("ec2", "dhcp-options/", "DHCP_OPTIONS"), ("ec2", "elastic-ip/", "ELASTIC_IP"),
    ("ec2", "prefix-list/", "PREFIX_LIST"), ("ec2", "vpc-peering-connection/", "VPC_PEERING_CONNECTION"),
    ("ec2", "transit-gateway/", "TRANSIT_GATEWAY"), ("ec2", "vpc-endpoint-service/", "VPC_ENDPOINT_SERVICE"),
    ("ecr", "pull-through-cache-rule/", "ECR_PULL_THROUGH_CACHE_RULE"),
    ("appmesh", "mesh/", "APP_MESH_VIRTUAL_NODE"), ("acm", "certificate/", "ACM_CERTIFICATE"),
    ("wafv2", "regional/webacl/", "WEB_ACL"), ("cloudfront", "distribution/", "CLOUDFRONT_DISTRIBUTION"),
    ("apigateway", "/vpclinks/", "API_GATEWAY_VPC_LINK"), ("vpc-lattice", "targetgroup/", "VPC_LATTICE_TARGET_GROUP"),
    ("kinesis", "stream/", "KINESIS_STREAM"), ("firehose", "deliverystream/", "FIREHOSE_STREAM"),
    ("ec2", "launch-template/", "LAUNCH_TEMPLATE"), ("dynamodb", "table/", "DYNAMODB_TABLE"),
]

# Kinds that a crawl reads: the rest are known by name alone.
CRAWLED = {
    "ECS_TASK", "ECS_SERVICE", "ECS_CLUSTER", "ECS_TASK_DEFINITION", "ECS_CONTAINER_INSTANCE", "ECS_CAPACITY_PROVIDER", "ECS_TASK_SET",
    "IAM_ROLE", "IAM_POLICY", "LOAD_BALANCER", "LISTENER", "LISTENER_RULE", "TARGET_GROUP", "LOG_GROUP", "SSM_PARAMETER", "SECRET",
    "KMS_KEY", "VPC", "SUBNET", "ROUTE_TABLE", "NAT_GATEWAY", "INTERNET_GATEWAY", "VPC_ENDPOINT", "SECURITY_GROUP",
    "NETWORK_INTERFACE", "ECR_REPOSITORY",
    "CODEDEPLOY_GROUP", "NETWORK_ACL", "DHCP_OPTIONS", "ELASTIC_IP", "PREFIX_LIST", "VPC_PEERING_CONNECTION", "TRANSIT_GATEWAY",
    "VPC_ENDPOINT_SERVICE", "ECR_PULL_THROUGH_CACHE_RULE",
    "AUTO_SCALING_GROUP", "EVENT_RULE", "SCHEDULE", "SCALABLE_TARGET", "SCALING_POLICY", "CLOUD_MAP_NAMESPACE", "CLOUD_MAP_SERVICE",
    "EC2_INSTANCE", "IAM_INSTANCE_PROFILE", "EFS_FILE_SYSTEM", "EFS_ACCESS_POINT", "EFS_MOUNT_TARGET",
    "HOSTED_ZONE", "DNS_RECORD", "ACM_CERTIFICATE", "WEB_ACL", "CLOUDFRONT_DISTRIBUTION", "API_GATEWAY_VPC_LINK", "VPC_LATTICE_TARGET_GROUP",
    "CLOUDWATCH_ALARM", "SQS_QUEUE", "LAMBDA_FUNCTION", "STATE_MACHINE", "LAUNCH_TEMPLATE", "DYNAMODB_TABLE"}


# The accounts and regions of the crawl, {(account, region)}; none: only the one that is read at the moment.
SCOPES = set()


def arn(service, resource, region=None, account=None):
    return f"arn:aws:{service}:{region or Here.region}:{account or Here.account}:{resource}"


def ec2(kind, name, account=None):
    return arn("ec2", f"{kind}/{name}", account=account)


def parts(id):
    """(service, region, account, resource) of an ARN."""
    return id.split(":", 5)[2:]


def kind_of(id):
    """The contract's kind of an ARN, or of an id that is none; None if it has none."""
    if id.startswith("fsmt-"):
        return "EFS_MOUNT_TARGET"
    if not id.startswith("arn:") or id.count(":") < 5:
        return None
    service, _, _, resource = parts(id)
    if service == "route53" and "#" in resource:
        return "DNS_RECORD"
    return next((kind for s, beginning, kind in KINDS if s == service and resource.startswith(beginning)), None)


def crawled(id):
    """Whether a crawl of these accounts and regions reads things like this one."""
    return kind_of(id) in CRAWLED and scope_of(id) is not None


def scope_of(id):
    """The account and region of the crawl where this one is read; None if it is in no such."""
    service, region, account, _ = parts(id)
    scopes = sorted(SCOPES or {(Here.account, Here.region)})
    return next((own for own in scopes if (own[0] == account or account == "aws" if service == "iam" else own == (account, region))), None)


def role(name_or_arn):
    """A role is named by ARN or, within its account, by name."""
    return name_or_arn if name_or_arn.startswith("arn:") else f"arn:aws:iam::{Here.account}:role/{name_or_arn}"


def repository(image):
    """The ECR repository of an image, None for other registries."""
    host, _, path = image.partition("/")
    labels = host.split(".")
    if labels[1:3] != ["dkr", "ecr"] or len(labels) != 6:
        return None
    return arn("ecr", "repository/" + path.split("@")[0].split(":")[0], labels[3], labels[0])


class Names:
    """What the names in use stand for, by what the account's listings say."""

    def __init__(self, secrets=(), aliases=()):
        self.secret_ids, self.secret_by_name, self.key_by_alias = set(), {}, {}
        self.add(secrets, aliases)

    def add(self, secrets, aliases):
        """What the lists of one account and region say, the one that is read at the moment."""
        self.secret_ids |= {s["ARN"] for s in secrets}
        self.secret_by_name |= {arn("secretsmanager", f"secret:{s['Name']}"): s["ARN"] for s in secrets}
        self.key_by_alias |= {arn("kms", a["AliasName"]): arn("kms", f"key/{a['TargetKeyId']}") for a in aliases if a.get("TargetKeyId")}

    def secret(self, id):
        """A secret's ARN: whole, without the six last characters, or with `:json-key:stage:version` behind it."""
        id = ":".join(id.split(":")[:7])
        return id if id in self.secret_ids else self.secret_by_name.get(id, id)

    def value_from(self, value):
        """What `valueFrom` names: a secret's ARN, a parameter's ARN, or a parameter's name."""
        if value.startswith("arn:aws:secretsmanager:"):
            return self.secret(value)
        if not value.startswith("arn:"):
            value = arn("ssm", "parameter/" + value.removeprefix("/"))
        before, _, name = value.partition(":parameter/aws/reference/secretsmanager/")
        if name:
            _, region, account, _ = parts(value)
            return self.secret(arn("secretsmanager", f"secret:{name}", region, account))
        return value

    def secret_by_name_or_id(self, value):
        return self.secret(value if value.startswith("arn:") else arn("secretsmanager", f"secret:{value}"))

    def key(self, value):
        """A key by ARN, id, alias or alias ARN."""
        if not value.startswith("arn:"):
            value = arn("kms", value if value.startswith("alias/") else f"key/{value}")
        return self.key_by_alias.get(value, value)

    def granted(self, resource):
        """What an Allow statement names in full, None if it names nothing of a contract kind in full."""
        service, secret_name = (resource.split(":") + [""] * 3)[2], None
        if service == "s3":
            resource = resource.removesuffix("/*").split("/")[0] if "*" not in resource.removesuffix("/*") else resource
        elif service == "dynamodb":  # indexes are a part of their table
            resource = "/".join(resource.split("/")[:2])
        elif service == "logs":
            resource = resource.removesuffix(":*")
        elif service == "secretsmanager":
            secret_name = resource.removesuffix("-??????").removesuffix("-*")
            resource = secret_name
        if "*" in resource or "?" in resource or "${" in resource or not kind_of(resource):
            return None
        return self.secret(resource) if secret_name else resource
