"""What is not a plain Fargate service: the EC2 cluster, the blue/green service, a lone task, and what was left behind."""

from blocks import allow, awslogs, awsvpc, document, lower, registry
from company_data import BOUNDARY, PLANTED, TASK_GRANTS
from company_network import CERTIFICATES, PARTNER_ACCOUNT, PRIVATE
from company_services import definition, tags

HOSTS = {"host-a1": "a", "host-a2": "a", "host-b1": "b", "host-b2": "b", "host-c1": "c"}


def clusters(site):
    """The Fargate cluster, and one with room on an Auto Scaling group."""
    platform = {"owner": "platform", "environment": "prod"}
    site.log_group("/ecs/exec/prod", site.ids["key/larkspur/logs"], 90, owner="platform")
    audit = {"cloudWatchLogGroupName": "/ecs/exec/prod", "cloudWatchEncryptionEnabled": True,
             "s3BucketName": "larkspur-prod-exec-audit", "s3KeyPrefix": "sessions"}
    site.cluster("prod", tags=lower(platform), capacityProviders=["FARGATE", "FARGATE_SPOT"],
                 defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
                 settings=[{"name": "containerInsights", "value": "enhanced"}], configuration={
                     "executeCommandConfiguration": {"kmsKeyId": site.ids["key/larkspur/shared"], "logging": "OVERRIDE", "logConfiguration": audit},
                     "managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": site.ids["key/larkspur/logs"]}})
    scaling = site.aws("autoscaling")
    image = site.aws("ec2").describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami*"]}])["Images"][0]["ImageId"]
    scaling.create_launch_configuration(LaunchConfigurationName="ecs-hosts", ImageId=image, InstanceType="m5.2xlarge",
                                        SecurityGroups=[site.ids["ecs-hosts"]])
    scaling.create_auto_scaling_group(AutoScalingGroupName="ecs-hosts", LaunchConfigurationName="ecs-hosts", MinSize=0, MaxSize=12,
                                      DesiredCapacity=0, VPCZoneIdentifier=",".join(site.ids[s] for s in PRIVATE))
    group = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupARN"]
    site.aws("ecs").create_capacity_provider(
        name="prod-hosts", tags=lower(platform), autoScalingGroupProvider={
            "autoScalingGroupArn": group, "managedTerminationProtection": "DISABLED",
            "managedScaling": {"status": "ENABLED", "targetCapacity": 85}})
    site.cluster("prod-ec2", tags=lower(platform), capacityProviders=["prod-hosts"],
                 defaultCapacityProviderStrategy=[{"capacityProvider": "prod-hosts", "weight": 1}])
    site.cluster("batch-retired", tags=lower({"owner": "data"}))
    for name, zone in HOSTS.items():
        site.host("prod-ec2", name, f"private-{zone}", ["ecs-hosts"], image=image, profile="ecs-host", owner="platform")
    scaling.attach_instances(InstanceIds=[site.ids[f"i/{name}"] for name in HOSTS], AutoScalingGroupName="ecs-hosts")


def listeners(site):
    """Listeners whose rules and default actions the services' target groups fill in."""
    not_found = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "no such page"}}
    site.listener("edge", "edge-443", 443, "HTTPS", not_found, CERTIFICATES["larkspur.example"])
    site.listener("internal", "internal-443", 443, "HTTPS", not_found, CERTIFICATES["internal.larkspur.example"])


def build(site):
    image_resizer(site)
    partner_gateway(site)
    mail_relay(site)
    log_router(site)
    reports(site)
    returns(site)
    nightly_settlement(site)
    left_behind(site)


def on_hosts(site, name, owner, mode, hosts, container, target=None, strategy=True, network=None, fields=None, service=None):
    """A service on the EC2 cluster with one task on each of hosts; target is (target group, container port)."""
    mine = tags(owner, name)
    images = site.repository(f"{owner}/{name}", ("2026.10.9", "2026.11.1"), **mine)
    role = site.role(f"{name}-task", boundary=BOUNDARY, inline={"own-data": TASK_GRANTS[name]} if name in TASK_GRANTS else {}, **mine)
    site.log_group(f"/ecs/prod/{name}", retention=14, **mine)
    first = {"name": name, "image": images["2026.11.1"], "cpu": 512, "memory": 1024, "memoryReservation": 512, "essential": True,
             "logConfiguration": awslogs(f"/ecs/prod/{name}"), **container}
    definition = site.task_definition(name, [first], requiresCompatibilities=["EC2"], networkMode=mode, taskRoleArn=role,
                                      executionRoleArn=site.ids["role/ecs-task-execution"], tags=lower(mine), **(fields or {}))
    given = {"loadBalancers": [{"targetGroupArn": site.ids[target[0]], "containerName": name, "containerPort": target[1]}]} if target else {}
    where = {"capacityProviderStrategy": [{"capacityProvider": "prod-hosts", "weight": 1}]} if strategy else {"launchType": "EC2"}
    wired = {"networkConfiguration": network} if network else {}
    made = site.service("prod-ec2", name, taskDefinition=definition, desiredCount=len(hosts), tags=lower(mine), **where, **given, **wired, **(service or {}))
    for host in hosts:
        task = site.start("prod-ec2", definition, host, made["deployments"][0]["id"], f"service:{name}", tags=lower(mine), **wired)
        if target:
            site.register_host(target[0], task, host)


def image_resizer(site):
    """Bridge mode, dynamic host ports, two tasks on one instance."""
    site.target_group("prod", "tg-image-resizer", kind="instance", **tags("catalog", "image-resizer"))
    site.rule("internal-443", 30, site.forward("tg-image-resizer"), host="images.internal.larkspur.example")
    on_hosts(site, "image-resizer", "catalog", "bridge", ["host-a1", "host-a1", "host-b1"],
             {"portMappings": [{"containerPort": 8080, "hostPort": 0, "protocol": "tcp"}],
              "secrets": [{"name": "CDN_HOST", "valueFrom": "/prod/catalog/cdn-host"}]}, ("tg-image-resizer", 8080))


def partner_gateway(site):
    """Host mode behind the network load balancer."""
    site.target_group("prod", "tg-partner-gateway", 7443, "TCP", "instance", **tags("integrations", "partner-gateway"))
    site.listener("partners", "partners-443", 443, "TLS", site.forward("tg-partner-gateway"), CERTIFICATES["partners.larkspur.example"])
    on_hosts(site, "partner-gateway", "integrations", "host", ["host-a2", "host-b2"],
             {"portMappings": [{"containerPort": 7443, "hostPort": 7443, "protocol": "tcp"}]}, ("tg-partner-gateway", 7443), strategy=False)


def mail_relay(site):
    """A fixed host port, and a role of its own for its targets, as before service-linked roles."""
    role = site.role("ecs-service-legacy", "ecs.amazonaws.com", owner="messaging", inline={"targets": [
        allow(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"])]})
    site.target_group("prod", "tg-mail-relay", 2525, "TCP", "instance", **tags("messaging", "mail-relay"))
    site.listener("partners", "partners-25", 25, "TCP", site.forward("tg-mail-relay"))
    on_hosts(site, "mail-relay", "messaging", "bridge", ["host-c1"],
             {"portMappings": [{"containerPort": 25, "hostPort": 2525, "protocol": "tcp"}]}, ("tg-mail-relay", 25), strategy=False,
             service={"role": role})


def log_router(site):
    """A daemon: one on every instance."""
    site.log_group("/larkspur/prod/audit", site.ids["key/larkspur/logs"], 365, owner="platform")
    on_hosts(site, "log-router", "platform", "host", list(HOSTS), {"logConfiguration": awslogs("/larkspur/prod/audit")}, strategy=False,
             service={"schedulingStrategy": "DAEMON"})


def reports(site):
    """awsvpc mode on EC2, with shared files."""
    site.security_group("prod", "svc-reports", "Tasks of reports", owner="data", environment="prod")
    site.let_in("efs-reports", 2049, "svc-reports")
    mounts = document(allow(["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], Principal={"AWS": "*"}, Condition={
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}))
    site.file_system("reports", PRIVATE[1:], ["efs-reports"], site.ids["key/larkspur/shared"], mounts, owner="data", environment="prod")
    site.access_point("reports", "reports-out", "/out", owner="data")
    volume = {"fileSystemId": site.ids["fs/reports"], "transitEncryption": "ENABLED",
              "authorizationConfig": {"accessPointId": site.ids["fsap/reports-out"], "iam": "ENABLED"}}
    on_hosts(site, "reports", "data", "awsvpc", ["host-b1", "host-c1"],
             {"mountPoints": [{"sourceVolume": "reports", "containerPath": "/var/reports"}],
              "secrets": [{"name": "WAREHOUSE", "valueFrom": site.ids["secret/prod/data/warehouse"] + ":dsn::"},
                          {"name": "BUCKET", "valueFrom": "/prod/data/report-bucket"}]},
             network=awsvpc([site.ids["private-b"], site.ids["private-c"]], [site.ids["svc-reports"]]),
             fields={"volumes": [{"name": "reports", "efsVolumeConfiguration": volume}]})


def returns(site):
    """Blue and green task sets behind one weighted rule, deployed from outside ECS."""
    owner, name = "logistics", "returns"
    mine = tags(owner, name)
    site.security_group("prod", "svc-returns", "Tasks of returns", (8080, "alb-internal"), **mine)
    for colour in ("blue", "green"):
        site.target_group("prod", f"tg-returns-{colour}", **mine)
    site.rule("internal-443", 40, site.forward(("tg-returns-blue", 80), ("tg-returns-green", 20)), host="returns.internal.larkspur.example")
    definition(site, name, owner, 512, 1024, {}, {"CARRIERS": "/prod/logistics/carriers"})
    blue = site.ids["td/returns"]
    definition_again = site.aws("ecs").describe_task_definition(taskDefinition=blue)["taskDefinition"]
    green = site.task_definition(name, definition_again["containerDefinitions"], requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
                                 cpu="512", memory="1024", executionRoleArn=site.ids["role/ecs-task-execution"], taskRoleArn=site.ids["role/returns-task"])
    site.service("prod", name, desiredCount=3, deploymentController={"type": "EXTERNAL"}, tags=lower(mine))
    network = awsvpc([site.ids[s] for s in PRIVATE], [site.ids["svc-returns"]])
    for colour, revision, scale, where in (("blue", blue, 67, {"launchType": "FARGATE"}), (
            "green", green, 33, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]})):
        made = site.aws("ecs").create_task_set(
            cluster="prod", service=name, taskDefinition=revision, networkConfiguration=network, externalId=colour,
            scale={"value": float(scale), "unit": "PERCENT"}, tags=lower(mine), **where, loadBalancers=[
                {"targetGroupArn": site.ids[f"tg-returns-{colour}"], "containerName": name, "containerPort": 8080}])["taskSet"]
        for n in range(2 if colour == "blue" else 1):
            task = site.run("prod", revision, awsvpc([site.ids[PRIVATE[n]]], [site.ids["svc-returns"]]), made["id"], f"service:{name}",
                            tags=lower(mine), **where)
            site.register_ip(f"tg-returns-{colour}", task, 8080)


def nightly_settlement(site):
    """A task that a schedule started; its role is named without its account."""
    mine = tags("payments", "nightly-settlement")
    images = site.repository("payments/nightly-settlement", ("2026.11.3",), **mine)
    site.log_group("/ecs/prod/nightly-settlement", retention=400, **mine)
    site.security_group("prod", "task-settlement", "Nightly settlement", owner="payments")
    site.let_in("svc-ledger", 8080, "task-settlement")
    main = {"name": "settle", "image": images["2026.11.3"], "essential": True, "logConfiguration": awslogs("/ecs/prod/nightly-settlement"),
            "secrets": [{"name": "DATABASE", "valueFrom": site.ids["secret/prod/payments/ledger-db"] + ":url::"}]}
    site.task_definition("nightly-settlement", [main], requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="1024", memory="2048",
                         executionRoleArn=site.ids["role/payments-execution"], taskRoleArn="nightly-settlement", tags=lower(mine))
    override = {"name": "settle", "command": ["settle", PLANTED["override"]], "environment": [{"name": "PASSPHRASE", "value": PLANTED["override"]}]}
    site.run("prod", site.ids["td/nightly-settlement"], awsvpc([site.ids["isolated-c"]], [site.ids["task-settlement"]]),
             "events-rule/nightly-settlement", launchType="FARGATE", overrides={"containerOverrides": [override]}, tags=lower(mine))


def left_behind(site):
    """What nobody tidied away, and what is under way."""
    ecs = site.aws("ecs")
    site.target_group("prod", "tg-checkout-old", owner="checkout")
    site.log_group("/ecs/prod/wishlist", owner="web")
    site.parameter("/prod/wishlist/enabled", owner="web")
    ecs.deregister_task_definition(taskDefinition=site.ids["td/pricing"])  # the service goes on with it
    ecs.update_container_instances_state(cluster="prod-ec2", containerInstances=[site.ids["host-c1"]], status="DRAINING")
    before = ecs.describe_task_definition(taskDefinition=site.ids["td/search-api"])["taskDefinition"]
    containers = before["containerDefinitions"]
    containers[0]["image"] = f"{registry()}/search/search-api:2026.11.4"
    site.push("search/search-api", "2026.11.4")
    after = site.task_definition("search-api", containers, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu=before["cpu"],
                                 memory=before["memory"], executionRoleArn=before["executionRoleArn"], taskRoleArn=before["taskRoleArn"])
    moving = ecs.update_service(cluster="prod", service="search-api", taskDefinition=after)["service"]
    network = awsvpc([site.ids["private-a"]], [site.ids["svc-search-api"]])
    task = site.run("prod", after, network, moving["deployments"][0]["id"], "service:search-api", launchType="FARGATE",
                    tags=lower(tags("search", "search-api")))
    site.register_ip("tg-search-api", task, 8080)
    site.let_in("svc-webhooks", 8443, "sg-0b9f2c4d6e8a01357", UserId=PARTNER_ACCOUNT)
    ecs.tag_resource(resourceArn=site.ids["service/admin-portal"], tags=lower({
        "bootstrap-key": PLANTED["access key"], "runbook": f"https://{PLANTED['userinfo']}@wiki.larkspur.example/admin"}))


