"""The oracle's links of the network and of load balancing, and how tasks and services reach AWS."""

from naming import ec2


def network(graph, facts):
    for vpc in facts["vpcs"]:
        graph.node(ec2("vpc", vpc["VpcId"], vpc["OwnerId"]))
    for kind, field, name in [("subnets", "SubnetId", "subnet"), ("route_tables", "RouteTableId", "route-table"),
                              ("nat_gateways", "NatGatewayId", "natgateway"), ("endpoints", "VpcEndpointId", "vpc-endpoint"),
                              ("groups", "GroupId", "security-group")]:
        for item in facts[kind]:
            id = graph.node(ec2(name, item[field]))
            graph.link(id, "IN_VPC", ec2("vpc", item["VpcId"]))
    for gateway in facts["internet_gateways"]:
        id = graph.node(ec2("internet-gateway", gateway["InternetGatewayId"]))
        for attachment in gateway["Attachments"]:
            graph.link(id, "ATTACHED_TO", ec2("vpc", attachment["VpcId"]))
    for gateway in facts["nat_gateways"]:
        graph.link(ec2("natgateway", gateway["NatGatewayId"]), "PLACED_IN", ec2("subnet", gateway["SubnetId"]))
    for endpoint in facts["endpoints"]:
        id = ec2("vpc-endpoint", endpoint["VpcEndpointId"])
        for subnet in endpoint.get("SubnetIds", []):
            graph.link(id, "PLACED_IN", ec2("subnet", subnet))
        for group in endpoint.get("Groups", []):
            graph.link(id, "PROTECTED_BY", ec2("security-group", group["GroupId"]))
    for group in facts["groups"]:
        id = ec2("security-group", group["GroupId"])
        for permission in group["IpPermissions"]:
            for pair in permission["UserIdGroupPairs"]:
                other = ec2("security-group", pair["GroupId"], pair["UserId"])
                graph.link(id, "ALLOWS", other if other != id else None)


def tables_of_subnets(facts):
    """The route table of each subnet: its own, else its VPC's main one."""
    own, main = {}, {}
    for table in facts["route_tables"]:
        for association in table["Associations"]:
            if association.get("SubnetId"):
                own[association["SubnetId"]] = table
            elif association.get("Main"):
                main[table["VpcId"]] = table
    return {s["SubnetId"]: own.get(s["SubnetId"]) or main.get(s["VpcId"]) for s in facts["subnets"]}


def way(route):
    """The NAT gateway, internet gateway or gateway endpoint of a route, as its id."""
    if route.get("NatGatewayId"):
        return ec2("natgateway", route["NatGatewayId"])
    gateway = route.get("GatewayId", "")
    if gateway.startswith("igw-"):
        return ec2("internet-gateway", gateway)
    return ec2("vpc-endpoint", gateway) if gateway.startswith("vpce-") else None


def routes(graph, facts):
    tables = tables_of_subnets(facts)
    for table in facts["route_tables"]:
        for route in table["Routes"]:
            graph.link(ec2("route-table", table["RouteTableId"]), "ROUTES_VIA", way(route))
    for subnet, table in tables.items():
        if table:
            graph.link(ec2("subnet", subnet), "ROUTED_BY", ec2("route-table", table["RouteTableId"]))
            for route in table["Routes"]:
                graph.link(ec2("subnet", subnet), "ROUTES_VIA", way(route))
    reach(graph, facts, tables)


def reach(graph, facts, tables):
    vpcs = {s["SubnetId"]: s["VpcId"] for s in facts["subnets"]}
    private = {}
    for endpoint in facts["endpoints"]:
        if endpoint["VpcEndpointType"] == "Interface" and endpoint["State"] == "available" and endpoint.get("PrivateDnsEnabled"):
            private.setdefault(endpoint["VpcId"], []).append(ec2("vpc-endpoint", endpoint["VpcEndpointId"]))

    def reaches(id, subnet, public):
        for endpoint in private.get(vpcs.get(subnet), []):
            graph.link(id, "REACHES_AWS_VIA", endpoint)
        for route in (tables.get(subnet) or {"Routes": []})["Routes"]:
            target = way(route)
            default = "0.0.0.0/0" == route.get("DestinationCidrBlock") or "::/0" == route.get("DestinationIpv6CidrBlock")
            if target and (":vpc-endpoint/" in target or default and (":natgateway/" in target or public)):
                graph.link(id, "REACHES_AWS_VIA", target)

    for service in facts["services"]:
        configuration = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        for subnet in configuration.get("subnets", []):
            reaches(service["serviceArn"], subnet, configuration.get("assignPublicIp") == "ENABLED")
    interfaces = {i["NetworkInterfaceId"]: i for i in facts["interfaces"]}
    for task in facts["tasks"]:
        for attachment in task.get("attachments", []):
            details = {d["name"]: d.get("value") for d in attachment.get("details", [])}
            if details.get("networkInterfaceId"):
                interface = interfaces.get(details["networkInterfaceId"], {})
                reaches(task["taskArn"], details.get("subnetId"), bool(interface.get("Association", {}).get("PublicIp")))


def interfaces(graph, facts):
    """The network interfaces that tasks are attached to."""
    wanted = graph.named()
    for interface in facts["interfaces"]:
        id = ec2("network-interface", interface["NetworkInterfaceId"])
        if id in wanted:
            graph.node(id)
            graph.link(id, "PLACED_IN", ec2("subnet", interface["SubnetId"]))
            for group in interface["Groups"]:
                graph.link(id, "PROTECTED_BY", ec2("security-group", group["GroupId"]))


def balancing(graph, facts):
    for group in facts["target_groups"]:
        id = graph.node(group["TargetGroupArn"])
        graph.link(id, "IN_VPC", ec2("vpc", group["VpcId"]) if group.get("VpcId") else None)
        for described in facts["health"].get(id, []) if group["TargetType"] == "alb" else []:
            graph.link(id, "FRONTS", described["Target"]["Id"])
    for balancer in facts["balancers"]:
        id = graph.node(balancer["LoadBalancerArn"])
        graph.link(id, "IN_VPC", ec2("vpc", balancer["VpcId"]))
        for zone in balancer["AvailabilityZones"]:
            graph.link(id, "PLACED_IN", ec2("subnet", zone["SubnetId"]))
        for group in balancer.get("SecurityGroups", []):
            graph.link(id, "PROTECTED_BY", ec2("security-group", group))
    for listener in facts["listeners"]:
        id = graph.node(listener["ListenerArn"])
        graph.link(id, "PART_OF", listener["LoadBalancerArn"])
        for certificate in listener.get("Certificates", []):
            graph.link(id, "USES_CERTIFICATE", certificate["CertificateArn"])
        forwards(graph, id, listener["DefaultActions"])
    for listener, rules in facts["rules"].items():
        for rule in rules:
            id = graph.node(rule["RuleArn"])
            graph.link(id, "PART_OF", listener)
            forwards(graph, id, rule["Actions"])


def forwards(graph, id, actions):
    for action in actions:
        graph.link(id, "FORWARDS_TO", action.get("TargetGroupArn"))
        for group in action.get("ForwardConfig", {}).get("TargetGroups", []):
            graph.link(id, "FORWARDS_TO", group["TargetGroupArn"])
