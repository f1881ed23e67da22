"""The oracle's links of what brings requests to load balancers and Cloud Map's names."""

import re

from aws import Here, within
from naming import ec2


def host(name):
    """A host name in one way of writing it."""
    name = name.lower().replace("\\052", "*").rstrip(".")
    return re.sub(r"^dualstack\.(?=.*\.elb\.)", "", name)


def record_id(zone, record):
    more = f"/{record['SetIdentifier']}" if "SetIdentifier" in record else ""
    return f"arn:aws:route53:::hostedzone/{zone}#{record['Name'].lower().replace(chr(92) + '052', '*').rstrip('.')}/{record['Type']}{more}"


def edge(graph, facts):
    """Web ACLs before balancers, and VPC links with an integration that leads to a listener or a Cloud Map service."""
    for acl in facts["web_acls"]:
        for balancer in set(acl["ResourceArns"]) & graph.live.keys():
            graph.link(balancer, "FILTERED_BY", graph.node(acl["ARN"]))
    for link in facts["vpc_links"]:
        mine = [item["IntegrationUri"] for item in facts["integrations"] if item.get("ConnectionId") == link["VpcLinkId"]]
        leads = set(mine) & graph.live.keys()
        if leads:
            id = graph.node(f"arn:aws:apigateway:{Here.region}::/vpclinks/{link['VpcLinkId']}")
            for target in leads:
                graph.link(id, "FRONTS", target)
            for subnet in link["SubnetIds"]:
                graph.link(id, "PLACED_IN", ec2("subnet", subnet))
            for group in link["SecurityGroupIds"]:
                graph.link(id, "PROTECTED_BY", ec2("security-group", group))


def names(graph, places):
    """Records and distributions of all accounts that lead to what is there, straight or through one another."""
    records = {record_id(zone, record): (zone, record) for facts in places.values() for zone, record in facts["records"]}
    distributions = {own["ARN"]: own for facts in places.values() for own in facts["distributions"]}
    ends = {host(own["DNSName"]): own["LoadBalancerArn"] for facts in places.values() for own in facts["balancers"] if own.get("DNSName")}
    for name, id in sorted((named for facts in places.values() for named in discovered(facts)), reverse=True):
        ends[name] = id  # of several that have a name, the first
    ends.update({own["PublicIp"]: id for id, own in elastic(places).items()})
    kept = set(ends.values()) & graph.live.keys()
    ends.update({host(own["DomainName"]): own["ARN"] for own in distributions.values()})
    leads = {id: set(targets(zone, record, records, ends)) for id, (zone, record) in records.items()}
    for id, own in distributions.items():
        origins = {host(origin["DomainName"]) for origin in own["Origins"]["Items"]}
        leads[id] = {other for other, (_, record) in records.items() if host(record["Name"]) in origins} | {ends[name] for name in origins & ends.keys()}
    while True:
        more = {id for id, targets in leads.items() if targets & kept} - kept
        if not more:
            break
        kept |= more
    for id in leads.keys() & kept:
        graph.node(id)
        for target in leads[id] & kept:
            graph.link(id, "FRONTS" if ":cloudfront:" in id else "RESOLVES_TO", target)
        if "#" in id:
            graph.link(id, "PART_OF", graph.node(id.partition("#")[0]))
        else:
            graph.link(id, "USES_CERTIFICATE", distributions[id]["ViewerCertificate"].get("ACMCertificateArn"))


def elastic(places):
    """The Elastic IP addresses of every account and region, by their ids."""
    addresses = {}
    for scope, facts in places.items():
        with within(*scope):
            addresses.update({ec2("elastic-ip", own["AllocationId"]): own for own in facts["addresses"]})
    return addresses


def discovered(facts):
    """Cloud Map's services, by their names in DNS."""
    namespaces = {n["Id"]: n for n in facts["namespaces"]}
    for service in facts["discovery"]:
        namespace = namespaces.get(service["NamespaceId"])
        if namespace and namespace["Type"] != "HTTP":
            yield host(f"{service['Name']}.{namespace['Name']}"), service["Arn"]


def targets(zone, record, records, ends):
    """What a record stands for: an alias for a record of its own zone and type, a CNAME for whatever has the name, an address for what has it."""
    alias = record.get("AliasTarget")
    values = [alias["DNSName"]] if alias else [r["Value"] for r in record.get("ResourceRecords", [])] if record["Type"] in ("CNAME", "A") else []
    for value in map(host, values):
        if value in ends:
            yield ends[value]
        for id, (other_zone, other) in records.items():
            same = not alias or (other_zone, other["Type"]) == (alias["HostedZoneId"], record["Type"])
            if host(other["Name"]) == value and same and other is not record and (alias or record["Type"] == "CNAME"):
                yield id


def calls(graph, facts):
    """Who is told the address of whom: a Service Connect alias of the same namespace, or the name of a Cloud Map service."""
    definitions = {d["taskDefinitionArn"]: d for d in facts["definitions"]}
    connected, aliases = {}, {}
    for service in facts["services"]:
        for own in [d["serviceConnectConfiguration"] for d in service.get("deployments", [])[:1] if "serviceConnectConfiguration" in d]:
            if own["namespace"] in {namespace["Arn"] for namespace in facts["namespaces"]}:
                graph.node(own["namespace"])
            connected[service["serviceArn"]] = own["namespace"]
            for alias in (alias for s in own.get("services", []) for alias in s.get("clientAliases", [])):
                aliases[own["namespace"], alias["dnsName"], alias["port"]] = service["serviceArn"]
    registered = {}
    for service in facts["services"]:
        for registry in service.get("serviceRegistries", []):
            registered.setdefault(registry["registryArn"], []).append(service["serviceArn"])
    by_name = dict(discovered(facts))
    for service in facts["services"]:
        id, definition = service["serviceArn"], definitions.get(service.get("taskDefinition"), {"containerDefinitions": []})
        for value in (v["value"] for c in definition["containerDefinitions"] for v in c.get("environment", [])):
            found = re.fullmatch(r"(?:(https?|grpc)://)?([a-z0-9.-]+)(?::(\d+))?/?", value)
            if found:
                scheme, name, port = found.groups()
                number = int(port) if port else {"http": 80, "https": 443}.get(scheme)
                called = aliases.get((connected.get(id), name, number))
                graph.link(id, "CALLS", called if called != id else None)
                for other in registered.get(by_name.get(name), []) if not port else []:
                    graph.link(id, "CALLS", other if other != id else None)
