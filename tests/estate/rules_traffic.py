"""The oracle's links of what brings requests to load balancers and Cloud Map's names."""

import re


def host(name):
    """A host name in one way of writing it."""
    name = name.lower().replace("\\052", "*").rstrip(".")
    return re.sub(r"^dualstack\.(?=.*\.elb\.)", "", name)


def record_id(zone, record):
    more = f"/{record['SetIdentifier']}" if "SetIdentifier" in record else ""
    return f"arn:aws:route53:::hostedzone/{zone}#{record['Name'].lower().replace(chr(92) + '052', '*').rstrip('.')}/{record['Type']}{more}"


def names(graph, facts):
    """Records that lead to what is there, straight or through other records."""
    ends = {host(balancer["DNSName"]): balancer["LoadBalancerArn"] for balancer in facts["balancers"]}
    namespaces = {n["Id"]: n for n in facts["namespaces"]}
    for service in facts["discovery"]:
        namespace = namespaces.get(service["NamespaceId"])
        if service["Arn"] in graph.live and namespace and namespace["Type"] != "HTTP":
            ends[host(f"{service['Name']}.{namespace['Name']}")] = service["Arn"]
    leads = {}
    for zone, record in facts["records"]:
        leads[record_id(zone, record)] = set(targets(zone, record, facts["records"], ends))
    kept = set(ends.values())
    while True:
        more = {id for id, targets in leads.items() if targets & kept} - kept
        if not more:
            break
        kept |= more
    for zone, record in facts["records"]:
        id = record_id(zone, record)
        if id in kept:
            graph.node(id)
            graph.link(id, "PART_OF", graph.node(f"arn:aws:route53:::hostedzone/{zone}"))
            for target in leads[id] & kept:
                graph.link(id, "RESOLVES_TO", target)


def targets(zone, record, records, ends):
    """What a record stands for: an alias for a record of its own zone and type, a CNAME for whatever has the name."""
    alias = record.get("AliasTarget")
    values = [alias["DNSName"]] if alias else [r["Value"] for r in record.get("ResourceRecords", [])] if record["Type"] == "CNAME" else []
    for value in map(host, values):
        if value in ends:
            yield ends[value]
        for other_zone, other in records:
            same = not alias or (other_zone, other["Type"]) == (alias["HostedZoneId"], record["Type"])
            if host(other["Name"]) == value and same and other is not record:
                yield record_id(other_zone, other)
