"""The scale estate's names and certificates: every form in which one leads to a balancer, and some that lead nowhere."""

from blocks import arn
from many_network import certificate, certify


SERVER, CLIENT = "plain", "spot"


def addresses(line, lines):
    """What a service is told of others: one an alias of Service Connect, one a name of Cloud Map, and one a word that only looks like an alias."""
    discovered = next((other for other in lines if other.feature == "discovered" and other.round == line.round), None)
    values = {CLIENT: {"PEER_URL": f"http://peer-{line.round}:8080", "ROLE": f"peer-{line.round}"},
              "default strategy": {"PEER_URL": f"http://peer-{line.round}:8080/"},  # in no namespace: it cannot call it
              "public": {"STOCK_HOST": f"{discovered.name}.main.internal"} if discovered and discovered.round % 2 == 0 else {}}
    line.addresses = [{"name": name, "value": value} for name, value in values.get(line.feature, {}).items()]


def of_service(site, line):
    """Who serves and who calls in Service Connect, and who is registered in VPC Lattice."""
    connect = {"enabled": True, "namespace": arn("servicediscovery", "namespace/" + site.ids["namespace/names"])}
    if line.feature == SERVER:
        aliases = [{"port": 8080, "dnsName": f"peer-{line.round}"}]
        return {"serviceConnectConfiguration": {**connect, "services": [{"portName": "web", "clientAliases": aliases}]}}
    if line.feature == CLIENT:
        return {"serviceConnectConfiguration": connect}
    if line.feature == "isolated":
        config = {"port": 8080, "protocol": "HTTP", "vpcIdentifier": site.ids["main"]}
        group = site.aws("vpc-lattice").create_target_group(name=f"lattice-{line.number}", type="IP", config=config)["arn"]
        groups = [group, arn("vpc-lattice", f"targetgroup/tg-{line.number:017x}")][:1 + (line.round == 0)]
        return {"vpcLatticeConfigurations": [{"roleArn": site.ids["role/execution-0"], "targetGroupArn": own, "portName": "web"} for own in groups]}
    return {}


def build(site, lines):
    before_balancer(site)
    balancers = {b["LoadBalancerName"]: b for b in site.aws("elbv2").describe_load_balancers()["LoadBalancers"]}
    records(site, balancers, lines)
    certificates(site)
    acls(site)
    links(site, lines)


def before_balancer(site):
    """A network load balancer before an application load balancer."""
    site.load_balancer("front", ["public-a", "public-b"], [], "network")
    site.target_group("main", "tg-front", 443, "TCP", "alb")
    site.aws("elbv2").register_targets(TargetGroupArn=site.ids["tg-front"], Targets=[{"Id": site.ids["alb-0"], "Port": 443}])
    site.listener("front", "front-443", 443, "TCP", site.forward("tg-front"))


def distribution(site, name, origin, certificate=None):
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    headers = {"Quantity": 1, "Items": [{"HeaderName": "X-Origin-Verify", "HeaderValue": "hunter2"}]}
    origins = [{"Id": "main", "DomainName": origin, "CustomOriginConfig": custom, "CustomHeaders": headers}]
    viewer = {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only"} if certificate else {"CloudFrontDefaultCertificate": True}
    behaviour = {"TargetOriginId": "main", "ViewerProtocolPolicy": "https-only"}
    return site.aws("cloudfront").create_distribution(DistributionConfig={
        "CallerReference": f"{name} of {site.aws.region}", "Comment": name, "Enabled": True, "Origins": {"Quantity": 1, "Items": origins},
        "DefaultCacheBehavior": behaviour, "ViewerCertificate": viewer})["Distribution"]


def acls(site):
    """One before a balancer, and one before nothing."""
    for name in ("front", "spare"):
        visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name}
        made = site.aws("wafv2").create_web_acl(Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility)
        if name == "front":
            site.aws("wafv2").associate_web_acl(WebACLArn=made["Summary"]["ARN"], ResourceArn=site.ids["alb-0"])


def links(site, lines):
    """To a listener, to a Cloud Map service, and to nothing."""
    gateway = site.aws("apigatewayv2")
    discovered = [line for line in lines if line.feature == "discovered"][:1]
    targets = {"listener": site.ids["alb-0-443"], "names": site.ids[f"discovery/{discovered[0].name}"] if discovered else None, "unused": None}
    for name, target in targets.items():
        made = gateway.create_vpc_link(Name=name, SubnetIds=[site.ids["private-a"]], SecurityGroupIds=[site.ids["balancers"]])["VpcLinkId"]
        api = gateway.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
        if target:
            gateway.create_integration(ApiId=api, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", PayloadFormatVersion="1.0",
                                       ConnectionType="VPC_LINK", ConnectionId=made, IntegrationUri=target)


def zone(site, name, **fields):
    made = site.aws("route53").create_hosted_zone(Name=name, CallerReference=f"{name} of {site.aws.region}", **fields)
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
    address = site.aws("ec2").describe_nat_gateways()["NatGateways"][0]["NatGatewayAddresses"][0]["PublicIp"]
    put(site, public, "egress.example.com", values("A", address, "198.51.100.7"))
    put(site, public, "out.example.com", {**within, "AliasTarget": {**within["AliasTarget"], "DNSName": "egress.example.com."}})
    put(site, private, "egress.example.internal", values("CNAME", "egress.example.com"))
    by_name = distribution(site, "by-name", "alb-0.example.com")
    distribution(site, "by-balancer", first["DNSName"], certificate())
    distribution(site, "elsewhere", "www.example.org")
    cdn = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": by_name["DomainName"], "EvaluateTargetHealth": False}
    put(site, public, "cdn.example.com", {"Type": "A", "AliasTarget": cdn})
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
    further = arn("acm", "certificate/0f1e2d3c-0000-4000-8000-00000000cafe")
    certify(site, further, "shop.example.com")
    site.aws("elbv2").add_listener_certificates(ListenerArn=site.ids["alb-0-443"], Certificates=[{"CertificateArn": further}])
