"""Writes the demo's plans: what `terraform show -json` would print of three changes to the company's estate.

    python tests/estate/demo_plans.py [FOLDER]

FOLDER is backend/cli/demo/plans unless one is given. The ids are those of the recorded demo, so this runs after
record_demo.py. BLASTMAP_BIN names the program.
"""

import copy
import json
import sys
from pathlib import Path

import zstandard

from aws import isolate
from harness import REPOSITORY, Blastmap, home
from record_demo import DEMO

PLANS = REPOSITORY / "backend" / "cli" / "demo" / "plans"
PROVIDER = "terraform.example.com/hashicorp/aws"  # wherever the provider comes from, its name ends so


class Estate:
    """The demo's resources, found by kind and name."""

    def __init__(self, lines):
        self.resources = [own for line in lines if (own := json.loads(line).get("resource"))]

    def all(self, kind):
        return [own for own in self.resources if own["kind"] == kind and own["presence"] == "LIVE"]

    def one(self, kind, name):
        (found,) = [own for own in self.all(kind) if own["name"] == name]
        return found


class Plan:
    """A plan in the making: one method an action."""

    def __init__(self):
        self.changes = []

    def _add(self, address, actions, before, after, unknown=None):
        kind, name = address.split(".")[-2:]
        module = address.rsplit(".", 2)[0] if address.startswith("module.") else None
        name, _, index = name.partition("[")
        entry = {"address": address, **({"module_address": module} if module else {}), "mode": "managed", "type": kind, "name": name,
                 **({"index": json.loads(index.rstrip("]"))} if index else {}), "provider_name": PROVIDER,
                 "change": {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {},
                            "before_sensitive": {} if before else False, "after_sensitive": {} if after else False}}
        self.changes.append(entry)

    def update(self, address, before, **after):
        self._add(address, ["update"], before, {**copy.deepcopy(before), **after})

    def create(self, address, unknown=("id", "arn"), **after):
        self._add(address, ["create"], None, after, {name: True for name in unknown})

    def delete(self, address, **before):
        self._add(address, ["delete"], before, None)

    def document(self):
        resources = [{key: change[key] for key in ("address", "mode", "type", "name", "provider_name")} | {"values": change["change"]["after"]}
                     for change in self.changes if change["change"]["after"]]
        return {"format_version": "1.2", "terraform_version": "1.13.5", "planned_values": {"root_module": {"resources": resources}},
                "resource_changes": self.changes,
                "configuration": {"provider_config": {"aws": {"name": "aws", "full_name": PROVIDER, "expressions": {
                    "region": {"constant_value": "us-east-1"}}}}, "root_module": {}},
                "timestamp": "2026-11-26T09:00:00Z", "applyable": True, "complete": True, "errored": False}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def last(id):
    return id.rpartition("/")[2]


# ------------------------------------------------------------ attributes in Terraform's names


def log_group(own):
    facts = own["attributes"]
    return {"arn": own["id"], "id": own["name"], "name": own["name"], "retention_in_days": facts.get("retentionInDays", 0),
            "kms_key_id": facts.get("kmsKeyId", ""), "tags": own["tags"], "tags_all": own["tags"]}


def service(own):
    facts = own["attributes"]
    network = facts["networkConfiguration"]["awsvpcConfiguration"]
    balancers = [{"target_group_arn": b["targetGroupArn"], "container_name": b["containerName"], "container_port": b["containerPort"],
                  "elb_name": ""} for b in facts.get("loadBalancers", [])]
    return {"arn": own["id"], "id": own["id"], "name": own["name"], "cluster": facts["clusterArn"], "desired_count": facts["desiredCount"],
            "launch_type": facts.get("launchType", ""), "task_definition": facts["taskDefinition"], "load_balancer": balancers,
            "network_configuration": [{"subnets": network["subnets"], "security_groups": network["securityGroups"],
                                       "assign_public_ip": network["assignPublicIp"] == "ENABLED"}],
            "deployment_minimum_healthy_percent": 100, "deployment_maximum_percent": 200, "tags": own["tags"], "tags_all": own["tags"]}


def target_group(own):
    facts = own["attributes"]
    return {"arn": own["id"], "id": own["id"], "name": own["name"], "port": facts["Port"], "protocol": facts["Protocol"],
            "target_type": facts["TargetType"], "vpc_id": facts["VpcId"], "deregistration_delay": "300", "tags": own["tags"],
            "tags_all": own["tags"]}


def parameter(own):
    return {"arn": own["id"], "id": own["name"], "name": own["name"], "type": own["attributes"]["Type"], "tier": "Standard",
            "tags": own["tags"], "tags_all": own["tags"]}


def tagged(own, **more):
    tags = {**own["tags"], **more}
    return {"tags": tags, "tags_all": tags}


def of_ec2(own, **more):
    return {"arn": own["id"], "id": last(own["id"]), "tags": own["tags"], "tags_all": own["tags"], **more}


# ------------------------------------------------------------ the plans


def safe(estate):
    """Housekeeping: nothing that runs, serves or starts may mind."""
    plan = Plan()
    for name in ("/ecs/prod/catalog", "/ecs/prod/pricing"):
        own = estate.one("LOG_GROUP", name)
        plan.update(f"aws_cloudwatch_log_group.{name.rpartition('/')[2]}", log_group(own), retention_in_days=90)
    pricing = estate.one("ECS_SERVICE", "pricing")
    catalog = estate.one("ECS_SERVICE", "catalog")
    plan.update("aws_ecs_service.pricing", service(pricing), **tagged(pricing, runbook="pricing"))
    plan.update("aws_ecs_service.catalog", service(catalog), desired_count=4)
    plan.update("aws_lb_target_group.catalog", target_group(estate.one("TARGET_GROUP", "tg-catalog")), deregistration_delay="60")
    rounding = estate.one("SSM_PARAMETER", "/prod/pricing/rounding")
    plan.update("aws_ssm_parameter.rounding", parameter(rounding), **tagged(rounding, reviewed="2026-11"))
    role = estate.one("IAM_ROLE", "catalog-task")
    (own,) = role["attributes"]["RolePolicyList"]
    statements = own["PolicyDocument"]["Statement"]
    images = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::larkspur-prod-catalog-images/*"}
    plan.update("aws_iam_role_policy.catalog", {
        "id": f"catalog-task:{own['PolicyName']}", "name": own["PolicyName"], "role": "catalog-task", "policy": policy(*statements)},
        policy=policy(*statements, images))
    return plan


def subtle(estate):
    """A clean-up after an audit, of which every line looks like an improvement."""
    plan = Plan()
    # The services are in the private subnets, so say so. The ledger is not: it is in the isolated ones, with no other way out.
    group = last(estate.one("SECURITY_GROUP", "endpoints")["id"])
    rule = {"security_group_id": group, "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "description": None,
            "referenced_security_group_id": None, "prefix_list_id": None, "cidr_ipv6": None}
    plan.delete("aws_vpc_security_group_ingress_rule.endpoints", id="sgr-0a1b2c3d4e5f60718", security_group_rule_id="sgr-0a1b2c3d4e5f60718",
                cidr_ipv4="10.20.0.0/16", **rule)
    for zone in "abc":
        block = estate.one("SUBNET", f"private-{zone}")["attributes"]["CidrBlock"]
        plan.create(f'aws_vpc_security_group_ingress_rule.endpoints_private["{zone}"]', ("id", "arn", "security_group_rule_id"),
                    cidr_ipv4=block, **rule)
    # All of /prod becomes a path for each team; two teams are left out, messaging and logistics.
    teams = ["checkout", "web", "catalog", "pricing", "search", "identity", "platform", "growth", "data", "integrations", "payments"]
    read = estate.one("IAM_POLICY", "runtime-secrets-read")
    statements = read["attributes"]["PolicyDocument"]["Statement"]
    wide, *others = next(own["Resource"] for own in statements if own["Action"] == "ssm:GetParameters")
    names = [wide.replace("/*", f"/{team}/*") for team in teams] + others
    narrow = [{**own, "Resource": names} if own["Action"] == "ssm:GetParameters" else own for own in statements]
    plan.update("aws_iam_policy.runtime_secrets_read", {
        "arn": read["id"], "id": read["id"], "name": read["name"], "path": "/", "policy": policy(*statements)}, policy=policy(*narrow))
    # Campaigns are under /c/..., and so is the checkout's path if the slash is forgotten.
    (listener,) = [own for own in estate.all("LISTENER") if own["name"] == "edge:443"]
    storefront = estate.one("TARGET_GROUP", "tg-storefront")["id"]
    plan.create("aws_lb_listener_rule.campaigns", listener_arn=listener["id"], priority=5,
                action=[{"type": "forward", "target_group_arn": storefront, "order": 1}],
                condition=[{"path_pattern": [{"values": ["/c*"]}], "host_header": [], "http_header": [], "http_request_method": [],
                            "query_string": [], "source_ip": []}], tags=None, tags_all={})
    # And one that is what it looks like.
    plan.update("aws_cloudwatch_log_group.cart", log_group(estate.one("LOG_GROUP", "/ecs/prod/cart")), retention_in_days=90)
    return plan


# Kind, Terraform's type, and what Terraform calls attributes by which they are known.
NETWORK = [
    ("LISTENER_RULE", "aws_lb_listener_rule", lambda own: {"arn": own["id"], "id": own["id"], "priority": int(own["attributes"]["Priority"])}),
    ("LISTENER", "aws_lb_listener", lambda own: {"arn": own["id"], "id": own["id"], "load_balancer_arn": own["attributes"]["LoadBalancerArn"],
                                                 "port": own["attributes"]["Port"], "protocol": own["attributes"]["Protocol"]}),
    ("TARGET_GROUP", "aws_lb_target_group", target_group),
    ("LOAD_BALANCER", "aws_lb", lambda own: {"arn": own["id"], "id": own["id"], "name": own["name"], "tags": own["tags"], "tags_all": own["tags"]}),
    ("VPC_ENDPOINT", "aws_vpc_endpoint", lambda own: of_ec2(own, vpc_id=own["attributes"]["VpcId"], service_name=own["attributes"]["ServiceName"],
                                                            vpc_endpoint_type=own["attributes"]["VpcEndpointType"])),
    ("NAT_GATEWAY", "aws_nat_gateway", lambda own: of_ec2(own, subnet_id=own["attributes"]["SubnetId"])),
    ("INTERNET_GATEWAY", "aws_internet_gateway", lambda own: of_ec2(own, vpc_id=own["attributes"]["Attachments"][0]["VpcId"])),
    ("ROUTE_TABLE", "aws_route_table", lambda own: of_ec2(own, vpc_id=own["attributes"]["VpcId"])),
    ("SUBNET", "aws_subnet", lambda own: of_ec2(own, vpc_id=own["attributes"]["VpcId"], cidr_block=own["attributes"]["CidrBlock"])),
    ("SECURITY_GROUP", "aws_security_group", lambda own: of_ec2(own, vpc_id=own["attributes"]["VpcId"], name=own["attributes"]["GroupName"])),
    ("VPC", "aws_vpc", lambda own: of_ec2(own, cidr_block=own["attributes"]["CidrBlock"])),
]


def made_by_hand(own):
    """Whether Terraform would have the resource: not what AWS makes with a VPC or a listener."""
    facts = own["attributes"]
    main = any(association.get("Main") for association in facts.get("Associations", []))
    return not (facts.get("IsDefault") or facts.get("GroupName") == "default" or main)


def disastrous(estate):
    """The network's module taken out of the configuration: the VPC, and what is in it."""
    plan = Plan()
    for kind, type_name, attributes in NETWORK:
        for own in filter(made_by_hand, estate.all(kind)):
            key = json.dumps(own["name"].replace(" ", "-").replace(".", "-").replace(":", "-"))
            plan.delete(f"module.network.{type_name}.this[{key}]", **attributes(own))
    return plan


def estate():
    """What the program crawls from the recorded demo."""
    with home() as scratch:
        folder = Path(scratch) / "recording"
        folder.mkdir()
        calls = zstandard.ZstdDecompressor().decompressobj().decompress(DEMO.read_bytes())
        (folder / "calls.jsonl").write_bytes(calls)
        crawl = Blastmap(scratch).crawl(None, "--replay", folder)
        if crawl.status != 0:
            raise SystemExit(f"the demo cannot be crawled: {crawl.err}")
        return Estate(crawl.file.read_text().splitlines())


def main():
    isolate()
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else PLANS
    folder.mkdir(parents=True, exist_ok=True)
    demo = estate()
    for make in (safe, subtle, disastrous):
        file = folder / f"{make.__name__}.json"
        file.write_text(json.dumps(make(demo).document(), indent=1) + "\n")
        print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
