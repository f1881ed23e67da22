"""The scale estate's networks: two VPCs with the same addresses, and their load balancers."""

from blocks import arn
from many_data import partner

PER_BALANCER = 10


def certificate():
    """The one that all listeners use."""
    return arn("acm", "certificate/0f1e2d3c-0000-4000-8000-00000000beef")


def build(site):
    site.vpc("main", "10.0.0.0/16", owner="network")
    for n, zone in enumerate("abc"):
        site.subnet("main", f"public-{zone}", f"10.0.{n * 16}.0/20", zone, owner="network")
        site.subnet("main", f"private-{zone}", f"10.0.{48 + n * 16}.0/20", zone, owner="network")
        site.subnet("main", f"isolated-{zone}", f"10.0.{96 + n * 16}.0/20", zone)
    site.internet_gateway("main", "igw-main")
    for zone in "abc":
        site.nat_gateway(f"public-{zone}", f"nat-{zone}", owner="network")
        site.route_table("main", f"rt-private-{zone}", [f"private-{zone}"], [("0.0.0.0/0", {"NatGatewayId": f"nat-{zone}"})])
    site.route_table("main", "rt-public", [f"public-{zone}" for zone in "abc"],
                     [("0.0.0.0/0", {"GatewayId": "igw-main"}), ("::/0", {"GatewayId": "igw-main"})])
    site.route_table("main", "rt-isolated", ["isolated-a", "isolated-b"])  # the third has the main table
    old(site)
    site.security_group("main", "endpoints", "Endpoints", (443, "10.0.0.0/16"))
    site.security_group("main", "balancers", "Load balancers", (443, "0.0.0.0/0"))
    site.security_group("main", "hosts", "Container instances", (None, "balancers"))
    site.let_in("hosts", None, "hosts")
    site.let_in("endpoints", 443, "sg-0a1b2c3d4e5f60718", UserId=partner())
    private = [f"private-{zone}" for zone in "abc"]
    site.gateway_endpoint("main", "vpce-s3", "s3", [f"rt-private-{zone}" for zone in "abc"] + ["rt-isolated"])
    site.gateway_endpoint("main", "vpce-dynamodb", "dynamodb", ["rt-private-a"])
    for service in ("ecr.api", "ecr.dkr", "logs", "secretsmanager"):
        site.interface_endpoint("main", f"vpce-{service}", service, private, ["endpoints"])
    site.interface_endpoint("main", "vpce-kms", "kms", private[:1], ["endpoints"], private_dns=False)
    certify(site, certificate(), "example.com")


def old(site):
    """A VPC with the addresses of the main one, as companies have after a merger."""
    site.vpc("old", "10.0.0.0/16")
    site.subnet("old", "old-public", "10.0.0.0/20", "a")
    for n, zone in enumerate("ab"):
        site.subnet("old", f"old-{zone}", f"10.0.{48 + n * 16}.0/20", zone)
    site.internet_gateway("old", "igw-old")
    site.nat_gateway("old-public", "nat-old")
    site.route_table("old", "rt-old-public", ["old-public"], [("0.0.0.0/0", {"GatewayId": "igw-old"})])
    site.route_table("old", "rt-old", ["old-a", "old-b"], [("0.0.0.0/0", {"NatGatewayId": "nat-old"})])


def certify(site, wanted, name):
    """A certificate with an ARN of our choosing: listeners refuse one that ACM does not know."""
    from moto.acm.models import acm_backends

    made = site.aws("acm").request_certificate(DomainName=name, ValidationMethod="DNS")["CertificateArn"]
    certificates = acm_backends[site.aws.account][site.aws.region]._certificates
    certificates[wanted] = certificates.pop(made)
    certificates[wanted].arn = wanted


def groups(site, lines, chance):
    """A group a service; each lets in the balancers and two callers of its VPC."""
    for line in lines:
        site.security_group(line.vpc, line.group, f"Tasks of {line.name}", *[(8080, "balancers")] * line.balanced, owner=line.owner)
    for line in lines:
        neighbours = [other.group for other in lines if other.vpc == line.vpc and other is not line]
        for caller in chance.sample(neighbours, min(2, len(neighbours))):
            site.let_in(line.group, 8080, caller)


def balancers(site, lines):
    """Target groups of the balanced services, ten services to a balancer; a few groups that nothing uses."""
    for network in (False, True):
        kind, wanted = "network" if network else "application", [line for line in lines if line.balanced and line.network == network]
        for n in range(0, len(wanted), PER_BALANCER):
            name = f"{'nlb' if network else 'alb'}-{n // PER_BALANCER}"
            internal = (n // PER_BALANCER) % 2 == 1
            site.load_balancer(name, [f"{'private' if internal else 'public'}-{zone}" for zone in "abc"], [] if network else ["balancers"],
                               kind, internal, owner="network")
            for k, line in enumerate(wanted[n:n + PER_BALANCER]):
                targets(site, name, line, k)
    for n in range(len(lines) // 50 + 1):
        site.target_group("main", f"tg-unused-{n}")


def targets(site, balancer, line, number):
    instance = line.feature in ("ec2 bridge", "ec2 host", "ec2 old role")
    protocol = "TCP" if line.network else "HTTP"
    site.target_group("main", line.target_group, 8080, protocol, "instance" if instance else "ip", **line.tags)
    forward = site.forward(line.target_group)
    if line.feature in ("weighted", "task sets"):
        site.target_group("main", line.target_group + "-b", 8080, protocol, **line.tags)
        forward = site.forward((line.target_group, 90), (line.target_group + "-b", 10))
    if line.network:
        site.listener(balancer, f"{balancer}-{number}", 1000 + number, "TLS" if number % 2 else "TCP", forward, certificate() if number % 2 else None)
    elif number == 0:
        site.listener(balancer, f"{balancer}-80", 80, "HTTP", {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}})
        site.listener(balancer, f"{balancer}-443", 443, "HTTPS", forward, certificate())
    else:
        site.rule(f"{balancer}-443", number, forward, **({"path": f"/{line.name}/*"} if number % 2 else {"host": f"{line.name}.example.com"}))
