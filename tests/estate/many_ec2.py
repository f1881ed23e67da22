"""The scale estate's clusters, and its services on EC2."""

from blocks import allow, awsvpc, lower
TASKS_PER_HOST = 12


def clusters(site, lines):
    """The clusters that the lines name; those on EC2 with enough instances, half of them from an Auto Scaling group."""
    site.hosts = {}
    profiles(site)
    for name in sorted({line.cluster for line in lines}):
        mine = [line for line in lines if line.cluster == name]
        if name == "ec2-0":
            templates(site)
        if name.startswith("ec2"):
            ec2_cluster(site, name, sum(line.count for line in mine) // TASKS_PER_HOST + 2)
        else:
            logging = {"cloudWatchLogGroupName": "/ecs/shared/agent", "s3BucketName": "exec-audit"}
            site.cluster(name, tags=lower({"owner": "platform"}), capacityProviders=["FARGATE", "FARGATE_SPOT"],
                         defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}], configuration={
                             "executeCommandConfiguration": {"kmsKeyId": "alias/shared-0", "logging": "OVERRIDE", "logConfiguration": logging},
                             "managedStorageConfiguration": {"kmsKeyId": site.keys[1], "fargateEphemeralStorageKmsKeyId": site.keys[2]}})
    site.cluster("empty")


def profiles(site):
    """Instance profiles, one of them without its role."""
    site.role("host", "ec2.amazonaws.com", attached=["arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"])
    site.instance_profile("hosts", "host", "/ecs/")
    site.instance_profile("no-role")


def ec2_cluster(site, name, hosts):
    scaling = site.aws("autoscaling")
    image = site.aws("ec2").describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami*"]}])["Images"][0]["ImageId"]
    scaling.create_launch_configuration(LaunchConfigurationName=name, ImageId=image, InstanceType="m5.4xlarge")
    scaling.create_auto_scaling_group(AutoScalingGroupName=name, LaunchConfigurationName=name, MinSize=0, MaxSize=50, DesiredCapacity=0,
                                      VPCZoneIdentifier=",".join(site.ids[f"private-{zone}"] for zone in "abc"))
    group = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]["AutoScalingGroupARN"]
    site.aws("ecs").create_capacity_provider(name=f"cp-{name}", autoScalingGroupProvider={"autoScalingGroupArn": group})
    site.cluster(name, capacityProviders=[f"cp-{name}"], tags=lower({"owner": "platform"}))
    site.hosts[name] = [f"{name}-host-{n}" for n in range(hosts)]
    for n, host in enumerate(site.hosts[name]):
        site.host(name, host, f"private-{'abc'[n % 3]}", ["hosts"], "m5.4xlarge", image, "hosts" if n % 4 else "no-role", owner="platform")
    pooled = [site.ids[f"i/{host}"] for host in site.hosts[name][::2]]
    scaling.attach_instances(InstanceIds=pooled, AutoScalingGroupName=name)


def templates(site):
    """Capacity providers whose groups start instances from templates: by version, in a policy of several types, and from one that is gone."""
    ec2 = site.aws("ec2")
    site.security_group("main", "templated", "Hosts from templates", (22, "10.0.0.0/16"))
    first = {"InstanceType": "m5.large", "UserData": "aHVudGVyMg==", "IamInstanceProfile": {"Name": "hosts" + site.tail}}
    second = {"InstanceType": "m6i.large", "SecurityGroupIds": [site.ids["templated"]]}
    third = {"InstanceType": "m7g.large", "NetworkInterfaces": [{"DeviceIndex": 0, "Groups": [site.ids["hosts"]], "SubnetId": site.ids["private-a"]}]}
    made = {}
    for name in ("hosts", "mixed", "gone"):
        template = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=first)["LaunchTemplate"]
        made[name] = template["LaunchTemplateId"]
        for data in (second, third):
            ec2.create_launch_template_version(LaunchTemplateId=made[name], LaunchTemplateData=data)
    ec2.create_launch_template(LaunchTemplateName="unused", LaunchTemplateData=first)
    mixed = {"LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": made["mixed"]}, "Overrides": [{"InstanceType": "m5.large"}]}}
    group(site, "by-number", LaunchTemplate={"LaunchTemplateId": made["hosts"], "Version": "2"})
    group(site, "by-latest", LaunchTemplate={"LaunchTemplateName": "hosts", "Version": "$Latest"})
    group(site, "by-policy", MixedInstancesPolicy=mixed)
    group(site, "of-gone", LaunchTemplate={"LaunchTemplateId": made["gone"], "Version": "1"})
    ec2.delete_launch_template(LaunchTemplateId=made["gone"])


def group(site, name, **launched):
    """An Auto Scaling group without instances, and its capacity provider."""
    scaling = site.aws("autoscaling")
    scaling.create_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, MaxSize=5, DesiredCapacity=0, VPCZoneIdentifier=site.ids["private-a"], **launched)
    made = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]["AutoScalingGroupARN"]
    site.aws("ecs").create_capacity_provider(name=f"cp-{name}", autoScalingGroupProvider={"autoScalingGroupArn": made})


def service(site, line, register):
    """A service on EC2; the feature says the network mode and how it is placed. register makes its definition."""
    hosts, feature = site.hosts[line.cluster], line.feature
    mode = {"ec2 host": "host", "ec2 awsvpc": "awsvpc", "ec2 daemon": "host"}.get(feature, "bridge")
    port = 20000 + line.number
    ports = {"ec2 bridge": [{"containerPort": 8080, "hostPort": 0}], "ec2 host": [{"containerPort": port, "hostPort": port}],
             "ec2 old role": [{"containerPort": 8080, "hostPort": port}]}.get(feature, [])
    line.ports = ports
    definition = register(site, line, line.images, requiresCompatibilities=["EC2"], networkMode=mode)
    wired = {"networkConfiguration": awsvpc([site.ids[s] for s in line.subnets], [site.ids[line.group]])} if mode == "awsvpc" else {}
    given = {}
    if line.balanced:
        given["loadBalancers"] = [{"targetGroupArn": site.ids[line.target_group], "containerName": "main", "containerPort": ports[0]["containerPort"]}]
    if feature == "ec2 old role":
        given["role"] = site.role(f"ecs-service-{line.number}", "ecs.amazonaws.com", inline={"targets": [allow("elasticloadbalancing:RegisterTargets")]})
    if feature == "ec2 daemon":
        given["schedulingStrategy"] = "DAEMON"
    if feature == "ec2 provider":
        given["capacityProviderStrategy"] = [{"capacityProvider": f"cp-{line.cluster}", "weight": 1}]
    else:
        given["launchType"] = "EC2"
    chosen = hosts if feature == "ec2 daemon" else [hosts[(line.number + n // 2) % len(hosts)] for n in range(line.count)]
    if feature in ("ec2 host", "ec2 old role"):  # one port, so one task an instance
        chosen = list(dict.fromkeys(chosen))
    made = site.service(line.cluster, line.name, taskDefinition=definition, desiredCount=len(chosen), tags=lower(line.tags), **given, **wired)
    for host in chosen:
        task = site.start(line.cluster, definition, host, made["deployments"][0]["id"], f"service:{line.name}", tags=lower(line.tags), **wired)
        if line.balanced:
            site.register_host(line.target_group, task, host)
