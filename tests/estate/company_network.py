"""The company's network: one VPC over three zones, its ways out, its endpoints and its load balancers."""

from aws import REGION
from aws import ACCOUNT
from blocks import allow, arn, document

ZONES = "abc"
PRIVATE = [f"private-{z}" for z in ZONES]
PUBLIC = [f"public-{z}" for z in ZONES]
ISOLATED = [f"isolated-{z}" for z in ZONES]
PLATFORM = {"owner": "platform", "environment": "prod"}
PARTNER_ACCOUNT = "210987654321"
CERTIFICATES = {name: arn("acm", f"certificate/0f1e2d3c-0000-4000-8000-{n:012d}")
                for n, name in enumerate(("larkspur.example", "internal.larkspur.example", "partners.larkspur.example"), 1)}


def build(site):
    remove_default_vpc(site)
    site.vpc("prod", "10.20.0.0/16", **PLATFORM)
    for n, zone in enumerate(ZONES):
        site.subnet("prod", f"public-{zone}", f"10.20.{n}.0/24", zone, tier="public", **PLATFORM)
        site.subnet("prod", f"private-{zone}", f"10.20.{16 * (n + 1)}.0/20", zone, tier="private", **PLATFORM)
        site.subnet("prod", f"isolated-{zone}", f"10.20.{n + 8}.0/24", zone, tier="isolated", **PLATFORM)
    site.internet_gateway("prod", "prod-igw", **PLATFORM)
    for zone in ZONES:
        site.nat_gateway(f"public-{zone}", f"nat-{zone}", **PLATFORM)
    site.route_table("prod", "rt-public", PUBLIC, [("0.0.0.0/0", {"GatewayId": "prod-igw"})], **PLATFORM)
    for zone in ZONES:
        site.route_table("prod", f"rt-private-{zone}", [f"private-{zone}"], [("0.0.0.0/0", {"NatGatewayId": f"nat-{zone}"})], **PLATFORM)
    site.route_table("prod", "rt-isolated", ISOLATED[:2], **PLATFORM)  # the third was forgotten: it has the main table
    groups(site)
    endpoints(site)
    load_balancers(site)


def remove_default_vpc(site):
    ec2 = site.aws("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    for subnet in ec2.describe_subnets(Filters=mine)["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for gateway in ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}])["InternetGateways"]:
        ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
        ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
    ec2.delete_vpc(VpcId=vpc)


def groups(site):
    site.security_group("prod", "alb-public", "Internet to the public load balancer", (443, "0.0.0.0/0"), (80, "0.0.0.0/0"), **PLATFORM)
    site.security_group("prod", "alb-internal", "Services to the internal load balancer", (443, "10.20.0.0/16"), **PLATFORM)
    site.security_group("prod", "endpoints", "Services to the VPC endpoints", (443, "10.20.0.0/16"), **PLATFORM)
    site.security_group("prod", "ecs-hosts", "Container instances", **PLATFORM)
    site.let_in("ecs-hosts", None, "ecs-hosts")
    site.let_in("ecs-hosts", (32768, 65535), "alb-internal")  # ports that ECS picks
    for port in (2525, 7443):
        site.let_in("ecs-hosts", port, "0.0.0.0/0")  # behind the network load balancer, which has no group
    site.security_group("prod", "efs-reports", "Shared files of the reports service", owner="data", environment="prod")


def endpoints(site):
    tables = [f"rt-private-{z}" for z in ZONES] + ["rt-isolated"]
    buckets = document(
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::larkspur-prod-*/*", Principal="*"),
        allow("s3:GetObject", f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/*", Principal="*"))
    account = document(allow("*", "*", Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}))
    site.gateway_endpoint("prod", "s3", "s3", tables, buckets, **PLATFORM)
    site.gateway_endpoint("prod", "dynamodb", "dynamodb", tables[:3], **PLATFORM)
    for service in ("ecr.api", "ecr.dkr", "logs", "ssm"):
        site.interface_endpoint("prod", f"vpce-{service}", service, PRIVATE, ["endpoints"], **PLATFORM)
    site.interface_endpoint("prod", "vpce-secretsmanager", "secretsmanager", PRIVATE[:2], ["endpoints"], account, **PLATFORM)
    site.interface_endpoint("prod", "vpce-kms", "kms", PRIVATE[:1], ["endpoints"], private_dns=False,
                            owner="security", environment="prod")  # nobody's names lead to it


def load_balancers(site):
    for name, certificate in CERTIFICATES.items():
        certify(site, name, certificate)
    site.load_balancer("edge", PUBLIC, ["alb-public"], **PLATFORM)
    site.load_balancer("internal", PRIVATE, ["alb-internal"], internal=True, **PLATFORM)
    site.load_balancer("partners", PUBLIC, kind="network", owner="integrations", environment="prod")
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    site.listener("edge", "edge-80", 80, "HTTP", redirect)


def certify(site, name, wanted):
    """A certificate with an ARN known beforehand: ACM's own ids are not of our choosing."""
    from moto.acm.models import acm_backends

    backend = acm_backends[ACCOUNT][REGION]
    made = site.aws("acm").request_certificate(DomainName=name, ValidationMethod="DNS")["CertificateArn"]
    backend._certificates[wanted] = backend._certificates.pop(made)
    backend._certificates[wanted].arn = wanted
