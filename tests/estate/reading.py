"""Reads an estate back with boto3, one page after the other, as plain dictionaries."""

from botocore.exceptions import ClientError

import rules_around
import rules_iam

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
ABSENT = {"NoSuchEntity", "NoSuchEntityException", "NotFoundException", "ClientException", "ResourceNotFoundException", "InvalidNetworkInterfaceID.NotFound",
          "InvalidLaunchTemplateId.NotFound"}


class Reader:
    """Reads what may be read; `refusals` holds the actions that were not allowed."""

    def __init__(self, answers):
        self.answers, self.refusals = answers, []

    def pages(self, service, operation, field, **arguments):
        """All items of a paginated list; empty where it may not be read."""
        return [item for page in self.pages_of(service, operation, **arguments) for item in page.get(field, [])]

    def pages_of(self, service, operation, **arguments):
        """Whole pages, where a list comes in several fields."""
        return self.unless_refused(self.answers.pages, service, operation, arguments) or []

    def call(self, service, operation, **arguments):
        """One answer; None where there is no such thing, or where it may not be read: `refusals` tells."""
        return self.unless_refused(self.answers.call, service, operation, arguments)

    def unless_refused(self, ask, service, operation, arguments):
        try:
            return ask(service, operation, **arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in DENIED:
                self.refusals.append(self.answers.action(service, operation))
            elif code not in ABSENT:
                raise
            return None


def batches(items, size):
    return [items[n:n + size] for n in range(0, len(items), size)]


def read(answers):
    """Everything that is listed, as (reader, facts); what is only looked at when named is left to the rules."""
    reader = Reader(answers)
    facts = {}
    for kind, service, operation, field, arguments in [
            ("vpcs", "ec2", "describe_vpcs", "Vpcs", {}), ("subnets", "ec2", "describe_subnets", "Subnets", {}),
            ("route_tables", "ec2", "describe_route_tables", "RouteTables", {}),
            ("nat_gateways", "ec2", "describe_nat_gateways", "NatGateways", {}),
            ("internet_gateways", "ec2", "describe_internet_gateways", "InternetGateways", {}),
            ("endpoints", "ec2", "describe_vpc_endpoints", "VpcEndpoints", {}),
            ("groups", "ec2", "describe_security_groups", "SecurityGroups", {}),
            ("interfaces", "ec2", "describe_network_interfaces", "NetworkInterfaces", {}),
            ("target_groups", "elbv2", "describe_target_groups", "TargetGroups", {}),
            ("balancers", "elbv2", "describe_load_balancers", "LoadBalancers", {}),
            ("log_groups", "logs", "describe_log_groups", "logGroups", {}),
            ("parameters", "ssm", "describe_parameters", "Parameters", {}),
            ("secrets", "secretsmanager", "list_secrets", "SecretList", {}),
            ("aliases", "kms", "list_aliases", "Aliases", {}),
            ("acls", "ec2", "describe_network_acls", "NetworkAcls", {}),
            ("file_systems", "efs", "describe_file_systems", "FileSystems", {}),
            ("access_points", "efs", "describe_access_points", "AccessPoints", {}),
            ("queues", "sqs", "list_queues", "QueueUrls", {"PaginationConfig": {"PageSize": 1000}}),
            ("tables", "dynamodb", "list_tables", "TableNames", {}),
            ("subscriptions", "sns", "list_subscriptions", "Subscriptions", {}),
            ("functions", "lambda", "list_functions", "Functions", {}),
            ("mappings", "lambda", "list_event_source_mappings", "EventSourceMappings", {}),
            ("machines", "stepfunctions", "list_state_machines", "stateMachines", {}),
            ("repositories", "ecr", "describe_repositories", "repositories", {}),
            ("schedules", "scheduler", "list_schedules", "Schedules", {}),
            ("scalable_targets", "application-autoscaling", "describe_scalable_targets", "ScalableTargets", {"ServiceNamespace": "ecs"}),
            ("scaling_policies", "application-autoscaling", "describe_scaling_policies", "ScalingPolicies", {"ServiceNamespace": "ecs"}),
            ("auto_scaling_groups", "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", {}),
            ("namespaces", "servicediscovery", "list_namespaces", "Namespaces", {}),
            ("zones", "route53", "list_hosted_zones", "HostedZones", {})]:
        facts[kind] = reader.pages(service, operation, field, **arguments)
    facts["alarms"] = [alarm for page in reader.pages_of("cloudwatch", "describe_alarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
                       for alarm in page["MetricAlarms"] + page["CompositeAlarms"]]
    facts["images"] = {r["repositoryArn"]: reader.pages("ecr", "describe_images", "imageDetails", repositoryName=r["repositoryName"])
                       for r in facts["repositories"]}
    rules_iam.read(reader, facts)
    read_ecs(reader, facts)
    read_balancing(reader, facts)
    read_traffic(reader, facts)
    read_jobs(reader, facts)
    rules_around.read(reader, facts)
    return reader, facts


def read_balancing(reader, facts):
    """Health of the target groups in use, and the listeners of the balancers above them: nothing else leads to ECS."""
    services = [item for s in facts["services"] for item in [s, *s.get("taskSets", [])]]
    named = {name for item in services for b in item.get("loadBalancers", [])
             for name in (b.get("targetGroupArn"), b.get("advancedConfiguration", {}).get("alternateTargetGroupArn"))}
    used = [g for g in facts["target_groups"] if g["TargetGroupArn"] in named or g["TargetType"] == "alb" and g["LoadBalancerArns"]]
    facts["health"] = {}
    for group in used:
        answer = reader.call("elbv2", "describe_target_health", TargetGroupArn=group["TargetGroupArn"])
        facts["health"][group["TargetGroupArn"]] = answer["TargetHealthDescriptions"] if answer else []
    above = {balancer for group in used for balancer in group["LoadBalancerArns"]}
    facts["listeners"] = [item for b in facts["balancers"] if b["LoadBalancerArn"] in above
                          for item in reader.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=b["LoadBalancerArn"])]
    application = {b["LoadBalancerArn"] for b in facts["balancers"] if b["Type"] == "application"}
    facts["rules"] = {item["ListenerArn"]: reader.pages("elbv2", "describe_rules", "Rules", ListenerArn=item["ListenerArn"])
                      for item in facts["listeners"] if item["LoadBalancerArn"] in application}


def read_traffic(reader, facts):
    """Every certificate of each listener that has one, and the records of the zones that no service of AWS writes."""
    for listener in facts["listeners"]:
        if listener.get("Certificates"):
            # The listener itself names its default one.
            every = reader.pages("elbv2", "describe_listener_certificates", "Certificates", ListenerArn=listener["ListenerArn"])
            listener["Certificates"] = every or listener["Certificates"]
    answer = reader.call("cloudfront", "list_distributions")
    facts["distributions"] = answer["DistributionList"].get("Items", []) if answer else []
    facts["web_acls"] = []
    answer = reader.call("wafv2", "list_web_acls", Scope="REGIONAL", Limit=100)
    for acl in answer["WebACLs"] if answer else []:
        resources = reader.call("wafv2", "list_resources_for_web_acl", WebACLArn=acl["ARN"], ResourceType="APPLICATION_LOAD_BALANCER")
        facts["web_acls"].append({**acl, "ResourceArns": resources["ResourceArns"] if resources else []})
    answer = reader.call("apigatewayv2", "get_vpc_links")
    facts["vpc_links"] = answer["Items"] if answer else []
    facts["apis"] = reader.pages("apigatewayv2", "get_apis", "Items") if facts["vpc_links"] else []
    facts["integrations"] = [item for api in facts["apis"] for item in reader.pages("apigatewayv2", "get_integrations", "Items", ApiId=api["ApiId"])]
    facts["own_zones"] = [zone for zone in facts["zones"] if "LinkedService" not in zone]
    facts["records"] = [(zone["Id"].removeprefix("/hostedzone/"), record) for zone in facts["own_zones"]
                        for record in reader.pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"])]


def read_jobs(reader, facts):
    """Rules of every bus with their targets, whole schedules, and Cloud Map's services by namespace."""
    buses = reader.call("events", "list_event_buses") or {"EventBuses": [{"Name": "default"}]}
    facts["event_rules"] = [rule for bus in buses["EventBuses"] for rule in reader.pages("events", "list_rules", "Rules", EventBusName=bus["Name"])]
    for rule in facts["event_rules"]:
        rule["Targets"] = reader.pages("events", "list_targets_by_rule", "Targets", Rule=rule["Name"], EventBusName=rule["EventBusName"])
    asked = [reader.call("scheduler", "get_schedule", Name=s["Name"], GroupName=s["GroupName"]) for s in facts["schedules"]]
    facts["schedules"] = [schedule for schedule in asked if schedule]
    # A service does not say which namespace it is in: each is asked for its own.
    facts["discovery"] = [{**service, "NamespaceId": namespace["Id"]} for namespace in facts["namespaces"] for service in reader.pages(
        "servicediscovery", "list_services", "Services", Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace["Id"]], "Condition": "EQ"}])]


def read_ecs(reader, facts):
    def described(operation, field, **arguments):
        answer = reader.call("ecs", operation, **arguments)
        return answer[field] if answer else []

    clusters = reader.pages("ecs", "list_clusters", "clusterArns")
    facts["clusters"] = [c for some in batches(clusters, 100)
                         for c in described("describe_clusters", "clusters", clusters=some, include=["CONFIGURATIONS", "TAGS"])]
    facts["providers"], token = [], None
    while True:
        answer = reader.call("ecs", "describe_capacity_providers", **({"nextToken": token} if token else {}))
        facts["providers"] += answer["capacityProviders"] if answer else []
        token = answer and answer.get("nextToken")
        if not token:
            break
    facts["services"], facts["tasks"], facts["instances"] = [], [], []
    for cluster in clusters:
        for kind, listing, listed, describing, field, size in [
                ("services", "list_services", "serviceArns", "describe_services", "services", 10),
                ("tasks", "list_tasks", "taskArns", "describe_tasks", "tasks", 100),
                ("instances", "list_container_instances", "containerInstanceArns", "describe_container_instances", "containerInstances", 100)]:
            for some in batches(reader.pages("ecs", listing, listed, cluster=cluster), size):
                facts[kind] += described(describing, field, cluster=cluster, **{field: some})
