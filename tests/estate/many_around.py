"""The scale estate's edges: deployments that shift requests, and what lies around its networks and its registry."""

from aws import Here
from blocks import allow, arn


def network(site):
    """Addresses, name servers, ACLs, and ways out of sight."""
    ec2 = site.aws("ec2")
    options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["10.0.0.2", "10.0.48.53"]}])["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=site.ids["old"])
    peering = ec2.create_vpc_peering_connection(VpcId=site.ids["main"], PeerVpcId=site.ids["old"])["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    ec2.create_route(RouteTableId=site.ids["rt-isolated"], DestinationCidrBlock="10.128.0.0/16", VpcPeeringConnectionId=peering)
    gateway = ec2.create_transit_gateway(Description="offices")["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway(Description="no route leads here")
    for table in ("rt-private-a", "rt-old"):
        ec2.create_route(RouteTableId=site.ids[table], DestinationCidrBlock="172.16.0.0/12", TransitGatewayId=gateway)
    lists = [ec2.create_managed_prefix_list(PrefixListName=name, MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": "192.0.2.0/24"}])
             ["PrefixList"]["PrefixListId"] for name in ("offices", "unused")]
    ec2.create_route(RouteTableId=site.ids["rt-private-b"], DestinationPrefixListId=lists[0], TransitGatewayId=gateway)
    acl = ec2.create_network_acl(VpcId=site.ids["main"])["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=False, CidrBlock="10.0.0.0/16")
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=True, CidrBlock="10.0.0.0/16")
    own = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [site.ids["isolated-a"]]}])["NetworkAcls"][0]
    association = next(a["NetworkAclAssociationId"] for a in own["Associations"] if a["SubnetId"] == site.ids["isolated-a"])
    ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=acl)
    ec2.authorize_security_group_ingress(GroupId=site.ids["balancers"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "PrefixListIds": [{"PrefixListId": lists[0]}]}])


def registry(site):
    """Rules with a login, with a role, with neither; one that fills repositories that are not there yet."""
    ecr = site.aws("ecr")
    role = site.role("pull-through", "pullthroughcache.ecr.amazonaws.com", inline={"pull": [allow("ecr:BatchGetImage")]})
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="docker-hub", upstreamRegistryUrl="registry-1.docker.io", credentialArn=site.ids["secret/registry"])
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="docker-hub/library", upstreamRegistryUrl="registry-1.docker.io",
                                       credentialArn=arn("secretsmanager", "secret:ecr-pullthroughcache/gone-Ab1Cd2"))
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="gone", upstreamRegistryUrl="123450000000.dkr.ecr.us-east-1.amazonaws.com", customRoleArn=role)
    for name in ("docker-hub/library/redis", "docker-hub/grafana/grafana", "docker-hubs/other"):
        site.repository(name)


def services(site, lines):
    """A balancer that is offered to other VPCs, and an endpoint of one of them."""
    ec2 = site.aws("ec2")
    if "nlb-0" in site.ids:
        service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[site.ids["nlb-0"]])["ServiceConfiguration"]
        site.security_group("old", "offered", "Endpoint of an own service", (443, "10.0.0.0/16"))
        made = ec2.create_vpc_endpoint(VpcId=site.ids["old"], ServiceName=service["ServiceName"], VpcEndpointType="Interface",
                                       SubnetIds=[site.ids["old-a"]], SecurityGroupIds=[site.ids["offered"]], PrivateDnsEnabled=False)
        site.ids["vpce-offered"] = made["VpcEndpoint"]["VpcEndpointId"]
    # last, as the stand-in is to copy no images
    other = "eu-west-1" if Here.region == "us-east-1" else "us-east-1"
    rule = {"destinations": [{"region": other, "registryId": Here.account}], "repositoryFilters": [{"filter": "shared/", "filterType": "PREFIX_MATCH"}]}
    site.aws("ecr").put_replication_configuration(replicationConfiguration={"rules": [rule]})
    deploy = site.aws("codedeploy")
    deploy.create_application(applicationName="functions", computePlatform="Lambda")
    for application, service in (("functions", {}), ("deploys-0", {"ecsServices": [{"clusterName": lines[0].cluster, "serviceName": "not-there"}]})):
        if application in applications(site):
            deploy.create_deployment_group(applicationName=application, deploymentGroupName="other", serviceRoleArn=deployer(site), **service)


def applications(site):
    return site.aws("codedeploy").list_applications()["applications"]


def deployer(site):
    return site.ids.get("role/codedeploy") or site.role("codedeploy", "codedeploy.amazonaws.com", inline={"deploy": [allow("ecs:UpdateServicePrimaryTaskSet")]})


def fronts(site, group):
    """The listener and the rule that forward to a target group; the rule is the listener's own default one if there is no other."""
    elbv2 = site.aws("elbv2")
    balancer = elbv2.describe_target_groups(TargetGroupArns=[site.ids[group]])["TargetGroups"][0]["LoadBalancerArns"][0]
    for listener in elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]:
        for rule in elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
            if site.ids[group] in str(rule["Actions"]):
                return listener["ListenerArn"], rule["RuleArn"]
    raise LookupError(group)


def blue_green(site, line, balancer):
    """The fields of a service that ECS itself rolls out blue and green; `balancer` is its load balancer's block."""
    listener, rule = fronts(site, line.target_group)
    role = site.ids.get("role/shifts") or site.role("shifts", "ecs.amazonaws.com", inline={"shift": [allow("elasticloadbalancing:ModifyRule")]})
    hook = {"hookTargetArn": arn("lambda", f"function:check-{line.number}:live"), "roleArn": role, "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}
    advanced = {"alternateTargetGroupArn": site.ids[line.target_group + "-b"], "productionListenerRule": rule, "roleArn": role}
    if line.round % 2:
        advanced["testListenerRule"] = rule
    return {"loadBalancers": [{**balancer, "advancedConfiguration": advanced}],
            "deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5, "lifecycleHooks": [hook]}}


def code_deploy(site, line):
    """A deployment group that rolls out a service, heeding an alarm on every other round."""
    deploy, application = site.aws("codedeploy"), f"deploys-{line.round // 10}"
    if application not in applications(site):
        deploy.create_application(applicationName=application, computePlatform="ECS")
    listener, _ = fronts(site, line.target_group)
    pair = {"targetGroups": [{"name": line.target_group}, {"name": line.target_group + "-b"}], "prodTrafficRoute": {"listenerArns": [listener]}}
    deploy.create_deployment_group(
        applicationName=application, deploymentGroupName=line.name, serviceRoleArn=deployer(site), deploymentConfigName="CodeDeployDefault.ECSAllAtOnce",
        deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        alarmConfiguration={"enabled": line.round % 4 == 0, "alarms": [{"name": f"{line.name}-errors"}]},
        ecsServices=[{"clusterName": line.cluster, "serviceName": line.name}], loadBalancerInfo={"targetGroupPairInfoList": [pair]})
