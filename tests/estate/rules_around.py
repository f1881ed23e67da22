"""The oracle's links of what lies around the services: deployments, the edges of networks, the registry."""

from naming import arn, ec2, role
from rules_network import tables_of_subnets


def read(reader, facts):
    """Lists of the edges; those of CodeDeploy only where a service says that it is rolled out so."""
    for kind, service, operation, field in [
            ("dhcp_options", "ec2", "describe_dhcp_options", "DhcpOptions"), ("prefix_lists", "ec2", "describe_managed_prefix_lists", "PrefixLists"),
            ("peerings", "ec2", "describe_vpc_peering_connections", "VpcPeeringConnections"),
            ("transit_gateways", "ec2", "describe_transit_gateways", "TransitGateways"),
            ("endpoint_services", "ec2", "describe_vpc_endpoint_service_configurations", "ServiceConfigurations")]:
        facts[kind] = reader.pages(service, operation, field)
    addresses = reader.call("ec2", "describe_addresses")
    facts["addresses"] = addresses["Addresses"] if addresses else []
    facts["cache_rules"] = reader.pages("ecr", "describe_pull_through_cache_rules", "pullThroughCacheRules")
    registry = reader.call("ecr", "describe_registry") if facts["repositories"] else None
    facts["replication"] = registry["replicationConfiguration"]["rules"] if registry else []
    facts["applications"], facts["deployment_groups"] = [], []
    if any(deployed(s) for s in facts["services"]):
        facts["applications"] = reader.pages("codedeploy", "list_applications", "applications")
    for application in facts["applications"]:
        for name in reader.pages("codedeploy", "list_deployment_groups", "deploymentGroups", applicationName=application):
            answer = reader.call("codedeploy", "batch_get_deployment_groups", applicationName=application, deploymentGroupNames=[name])
            facts["deployment_groups"] += answer["deploymentGroupsInfo"] if answer else []


def deployed(service):
    return service.get("deploymentController", {}).get("type") == "CODE_DEPLOY"


def edges(graph, facts):
    """Everything that is listed; what is kept only where something names it comes after the links."""
    lists = {item["PrefixListId"]: item.get("PrefixListArn") or ec2("prefix-list", item["PrefixListId"]) for item in facts["prefix_lists"]}

    def prefix_list(name):
        return lists.get(name) or ec2("prefix-list", name)

    subnets = {item["SubnetId"] for item in facts["subnets"]}
    for acl in facts["acls"]:
        # The stand-in keeps the ACL of a VPC that is gone.
        for association in (item for item in acl["Associations"] if item["SubnetId"] in subnets):
            graph.link(ec2("subnet", association["SubnetId"]), "FILTERED_BY", graph.node(ec2("network-acl", acl["NetworkAclId"])))
            graph.link(ec2("network-acl", acl["NetworkAclId"]), "IN_VPC", ec2("vpc", acl["VpcId"]))
    for gateway in facts["nat_gateways"]:
        for address in gateway["NatGatewayAddresses"]:
            allocation = address.get("AllocationId")
            graph.link(ec2("natgateway", gateway["NatGatewayId"]), "ATTACHED_TO", ec2("elastic-ip", allocation) if allocation else None)
    tables = tables_of_subnets(facts)
    for table in facts["route_tables"]:
        ways = {way_out(route) for route in table["Routes"]}
        id = ec2("route-table", table["RouteTableId"])
        for source in [id] + [ec2("subnet", subnet) for subnet, own in tables.items() if own is table]:
            for way in ways:
                graph.link(source, "ROUTES_VIA", way)
        for route in table["Routes"]:
            name = route.get("DestinationPrefixListId")
            graph.link(id, "MATCHES", prefix_list(name) if name else None)
    for group in facts["groups"]:
        for permission in group["IpPermissions"] + group["IpPermissionsEgress"]:
            for item in permission.get("PrefixListIds", []):
                graph.link(ec2("security-group", group["GroupId"]), "MATCHES", prefix_list(item["PrefixListId"]))
    services = {}
    for service in facts["endpoint_services"]:
        balancers = service.get("NetworkLoadBalancerArns", []) + service.get("GatewayLoadBalancerArns", [])
        if not graph.live.keys() & set(balancers):
            continue
        id = services[service["ServiceName"]] = graph.node(ec2("vpc-endpoint-service", service["ServiceId"]))
        for balancer in balancers:
            graph.link(id, "ROUTES_VIA", balancer)
    for endpoint in facts["endpoints"]:
        graph.link(ec2("vpc-endpoint", endpoint["VpcEndpointId"]), "ROUTES_VIA", services.get(endpoint["ServiceName"]))
    named = graph.named()
    for address in facts["addresses"]:
        if ec2("elastic-ip", address.get("AllocationId")) in named:
            graph.node(ec2("elastic-ip", address["AllocationId"]))
    for id in lists.values():
        if id in named:
            graph.node(id)
    for gateway in facts["transit_gateways"]:
        if ec2("transit-gateway", gateway["TransitGatewayId"]) in named:
            graph.node(ec2("transit-gateway", gateway["TransitGatewayId"]))
    for peering in facts["peerings"]:
        id = ec2("vpc-peering-connection", peering["VpcPeeringConnectionId"])
        if id in named:
            graph.node(id)
            for side in (peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]):
                graph.link(id, "ATTACHED_TO", arn("ec2", "vpc/" + side["VpcId"], side["Region"], side["OwnerId"]))
    rolled(graph, facts)
    for rule in facts["cache_rules"]:
        id = graph.node(cache_rule(rule))
        graph.link(id, "READS_SECRET", rule.get("credentialArn"))
        graph.link(id, "ASSUMES", rule.get("customRoleArn"))


def way_out(route):
    if route.get("TransitGatewayId"):
        return ec2("transit-gateway", route["TransitGatewayId"])
    peering = route.get("VpcPeeringConnectionId")
    return ec2("vpc-peering-connection", peering) if peering else None


def cache_rule(rule):
    return arn("ecr", "pull-through-cache-rule/" + rule["ecrRepositoryPrefix"])


def rolled(graph, facts):
    """What CodeDeploy rolls out, and what ECS itself shifts and asks."""
    mine = {(s["clusterArn"].rpartition("/")[2], s["serviceName"]): s["serviceArn"] for s in facts["services"]}
    asked = {names for names, id in mine.items() if any(s["serviceArn"] == id and deployed(s) for s in facts["services"])}
    targets = {g["TargetGroupName"]: g["TargetGroupArn"] for g in facts["target_groups"]}
    for group in facts["deployment_groups"]:
        named = [(own["clusterName"], own["serviceName"]) for own in group.get("ecsServices", [])]
        if not asked & set(named):
            continue
        id = graph.node(arn("codedeploy", f"deploymentgroup:{group['applicationName']}/{group['deploymentGroupName']}"))
        graph.link(id, "ASSUMES", group["serviceRoleArn"])
        for names in named:
            if names in mine:
                graph.link(mine[names], "DEPLOYED_BY", id)
        alarms = group.get("alarmConfiguration", {})
        for alarm in alarms.get("alarms", []) if alarms.get("enabled") else []:
            graph.link(id, "WATCHED_BY", arn("cloudwatch", "alarm:" + alarm["name"]))
        for pair in group.get("loadBalancerInfo", {}).get("targetGroupPairInfoList", []):
            for route in (pair.get("prodTrafficRoute", {}), pair.get("testTrafficRoute", {})):
                for listener in route.get("listenerArns", []):
                    graph.link(id, "SHIFTS", listener)
            for target in pair["targetGroups"]:
                graph.link(id, "SHIFTS", targets.get(target["name"]))
    for service in facts["services"]:
        id = service["serviceArn"]
        for hook in service.get("deploymentConfiguration", {}).get("lifecycleHooks", []):
            graph.link(id, "HOOKED_BY", ":".join(hook["hookTargetArn"].split(":")[:7]))
            graph.link(id, "ASSUMES", role(hook["roleArn"]) if hook.get("roleArn") else None)
        for balancer in service.get("loadBalancers", []):
            advanced = balancer.get("advancedConfiguration", {})
            graph.link(id, "REGISTERED_IN", advanced.get("alternateTargetGroupArn"))
            graph.link(id, "SHIFTS", advanced.get("productionListenerRule"))
            graph.link(id, "SHIFTS", advanced.get("testListenerRule"))
            graph.link(id, "ASSUMES", role(advanced["roleArn"]) if advanced.get("roleArn") else None)


def last(graph, facts):
    """What follows from all that is there: DHCP options of VPCs with anything in them, and rules that fill repositories."""
    vpcs = used_vpcs(graph.links, facts)
    options = {item["DhcpOptionsId"] for item in facts["dhcp_options"]}
    named = {vpc["DhcpOptionsId"] for vpc in facts["vpcs"] if vpc["VpcId"] in vpcs} & options
    for vpc in facts["vpcs"]:
        if vpc["DhcpOptionsId"] in named:
            graph.link(ec2("vpc", vpc["VpcId"], vpc["OwnerId"]), "CONFIGURED_BY", graph.node(ec2("dhcp-options", vpc["DhcpOptionsId"])))
    for name in (own["repositoryName"] for own in facts["repositories"]):
        for rule in facts["replication"]:
            filters = rule.get("repositoryFilters", [])
            if not filters or any(name.startswith(own["filter"]) for own in filters):
                for to in rule["destinations"]:
                    copy = arn("ecr", f"repository/{name}", to["region"], to["registryId"])
                    graph.link(copy, "REPLICATED_FROM", arn("ecr", f"repository/{name}") if copy in graph.live else None)
    here = arn("ecr", "repository/")
    for id in {own for own in graph.live.keys() | graph.named() if own.startswith(here)}:
        fitting = [rule for rule in facts["cache_rules"] if id.removeprefix(here).startswith(rule["ecrRepositoryPrefix"] + "/")]
        if fitting:
            graph.link(id, "PULLS_FROM", cache_rule(max(fitting, key=lambda rule: len(rule["ecrRepositoryPrefix"]))))


def used_vpcs(links, facts):
    """VPCs in whose subnets something has its addresses."""
    placed = {target.rpartition("/")[2] for _, relation, target in links if relation == "PLACED_IN"}
    return {s["VpcId"] for s in facts["subnets"] if s["SubnetId"] in placed}
