"""The scale estate's names and certificates: every form in which one leads to a balancer, and some that lead nowhere."""

from blocks import arn

FURTHER = arn("acm", "certificate/0f1e2d3c-0000-4000-8000-00000000cafe")


def build(site, lines):
    balancers = {b["LoadBalancerName"]: b for b in site.aws("elbv2").describe_load_balancers()["LoadBalancers"]}
    records(site, balancers, lines)
    certificates(site)


def zone(site, name, **fields):
    made = site.aws("route53").create_hosted_zone(Name=name, CallerReference=name, **fields)
    return made["HostedZone"]["Id"]


def alias(balancer, kind="A", **fields):
    return {"Type": kind, "AliasTarget": {"HostedZoneId": balancer["CanonicalHostedZoneId"], "EvaluateTargetHealth": True,
                                          "DNSName": f"dualstack.{balancer['DNSName']}."}, **fields}


def values(kind, *values):
    return {"Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}


def records(site, balancers, lines):
    public = zone(site, "example.com.")
    private = zone(site, "example.internal.", VPC={"VPCRegion": site.aws.region, "VPCId": site.ids["main"]})
    zone(site, "unused.example.net.")
    for name, balancer in balancers.items():
        put(site, public, f"{name}.example.com", alias(balancer), alias(balancer, "AAAA"))
    first, network = balancers["alb-0"], balancers["nlb-0"]
    id = public.removeprefix("/hostedzone/")
    within = {"Type": "A", "AliasTarget": {"HostedZoneId": id, "DNSName": "split.example.com.", "EvaluateTargetHealth": False}}
    put(site, public, "split.example.com", alias(first, SetIdentifier="blue", Weight=90), alias(network, SetIdentifier="green", Weight=10))
    put(site, public, "www.example.com", within)
    put(site, public, "*.example.com", alias(first))
    put(site, public, "old.example.com", values("CNAME", "WWW.example.com."))
    put(site, public, "older.example.com", values("CNAME", first["DNSName"]))
    put(site, public, "round.example.com", values("CNAME", "trip.example.com"))
    put(site, public, "trip.example.com", values("CNAME", "round.example.com"))
    put(site, public, "partner.example.com", values("CNAME", "example.org"))
    put(site, public, "example.com", values("TXT", '"v=spf1 -all"'), values("MX", "10 mail.example.org"), values("A", "192.0.2.1"))
    put(site, private, "split.example.internal", values("CNAME", "split.example.com"))
    for line in lines:
        if line.feature == "discovered":  # over HTTP alone, it has no name in DNS
            namespace = "main.internal" if line.round % 2 == 0 else "names"
            put(site, private, f"{line.name}.example.internal", values("CNAME", f"{line.name}.{namespace}"))


def put(site, zone, name, *records):
    changes = [{"Action": "CREATE", "ResourceRecordSet": {"Name": name, **record}} for record in records]
    site.aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def certificates(site):
    """A second certificate for one listener, chosen by the name that a client asks for."""
    from many_network import certify

    certify(site, FURTHER, "shop.example.com")
    site.aws("elbv2").add_listener_certificates(ListenerArn=site.ids["alb-0-443"], Certificates=[{"CertificateArn": FURTHER}])
