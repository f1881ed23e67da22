"""Building blocks of an estate, each one or a few calls of the public API.

    site = Site(aws)
    site.vpc("main", "10.20.0.0/16")
    site.ids["main"]                    # the id AWS gave it
"""

import json
import uuid

from aws import Here

ECS_TASKS = "ecs-tasks.amazonaws.com"


def arn(service, resource, region=None, account=None):
    """An ARN in AWS's documented form, of here if nothing else is said; IAM's have no region."""
    return f"arn:aws:{service}:{'' if service == 'iam' else region or Here.region}:{account or Here.account}:{resource}"


def registry(account=None):
    """The host of an account's ECR registry."""
    return f"{account or Here.account}.dkr.ecr.{Here.region}.amazonaws.com"


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service=ECS_TASKS):
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}})


def upper(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def lower(tags):
    return [{"key": key, "value": value} for key, value in tags.items()]


def named(kind, name, tags=None):
    """TagSpecifications of a new EC2 resource."""
    return [{"ResourceType": kind, "Tags": upper({"Name": name, **(tags or {})})}]


def awslogs(group, region=None, **options):
    return {"logDriver": "awslogs", "options": {
        "awslogs-group": group, "awslogs-region": region or Here.region, "awslogs-stream-prefix": "ecs", **options}}


def awsvpc(subnets, groups, public=False):
    return {"awsvpcConfiguration": {"subnets": list(subnets), "securityGroups": list(groups),
                                    "assignPublicIp": "ENABLED" if public else "DISABLED"}}


def starts(cluster, definition, role, subnets=(), groups=(), **more):
    """A rule's or a schedule's target that starts a task on Fargate; without subnets, on instances."""
    network = {"awsvpcConfiguration": {"Subnets": list(subnets), "SecurityGroups": list(groups), "AssignPublicIp": "DISABLED"}}
    where = {"LaunchType": "FARGATE", "PlatformVersion": "LATEST", "NetworkConfiguration": network} if subnets else {"LaunchType": "EC2"}
    return {"Arn": cluster, "RoleArn": role, "EcsParameters": {"TaskDefinitionArn": definition, "TaskCount": 1, **where}, **more}


def tracks(metric, value, label=None):
    """A target tracking policy's fields."""
    labelled = {"ResourceLabel": label} if label else {}
    return {"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": value, "PredefinedMetricSpecification": {"PredefinedMetricType": metric, **labelled},
        "ScaleInCooldown": 300, "ScaleOutCooldown": 60}}


class Names(dict):
    """Ids by the builder's names. A name is given once, a task definition's for each revision."""

    def __setitem__(self, name, value):
        assert name not in self or name.startswith("td/") or self[name] == value, f"two things are called {name}"
        super().__setitem__(name, value)


class Site:
    """An account under construction; ids maps the builder's names to AWS's ids and ARNs."""

    def __init__(self, aws, tail=""):
        """tail ends the names of what all regions of an account share."""
        self.aws, self.ids, self.tail = aws, Names(), tail
        self.launched = 0

    # ------------------------------------------------------------ network

    def vpc(self, name, cidr, **tags):
        ec2 = self.aws("ec2")
        vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=named("vpc", name, tags))["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        self.ids[name] = vpc
        return vpc

    def subnet(self, vpc, name, cidr, zone, **tags):
        self.ids[name] = self.aws("ec2").create_subnet(
            VpcId=self.ids[vpc], CidrBlock=cidr, AvailabilityZone=Here.region + zone,
            TagSpecifications=named("subnet", name, tags))["Subnet"]["SubnetId"]
        return self.ids[name]

    def internet_gateway(self, vpc, name, **tags):
        ec2 = self.aws("ec2")
        made = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", name, tags))
        self.ids[name] = made["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=self.ids[name], VpcId=self.ids[vpc])

    def nat_gateway(self, subnet, name, **tags):
        ec2 = self.aws("ec2")
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        self.ids[name] = ec2.create_nat_gateway(
            SubnetId=self.ids[subnet], AllocationId=address,
            TagSpecifications=named("natgateway", name, tags))["NatGateway"]["NatGatewayId"]

    def route_table(self, vpc, name, subnets=(), routes=(), **tags):
        """routes: (CIDR, {"NatGatewayId" or "GatewayId": a name of ids})."""
        ec2 = self.aws("ec2")
        made = ec2.create_route_table(VpcId=self.ids[vpc], TagSpecifications=named("route-table", name, tags))
        table = self.ids[name] = made["RouteTable"]["RouteTableId"]
        for cidr, target in routes:
            destination = "DestinationIpv6CidrBlock" if ":" in cidr else "DestinationCidrBlock"
            ec2.create_route(RouteTableId=table, **{destination: cidr}, **{k: self.ids[v] for k, v in target.items()})
        for subnet in subnets:
            ec2.associate_route_table(RouteTableId=table, SubnetId=self.ids[subnet])

    def gateway_endpoint(self, vpc, name, service, tables, policy=None, **tags):
        given = {"PolicyDocument": policy} if policy else {}
        self.ids[name] = self.aws("ec2").create_vpc_endpoint(
            VpcId=self.ids[vpc], ServiceName=f"com.amazonaws.{Here.region}.{service}", VpcEndpointType="Gateway",
            RouteTableIds=[self.ids[t] for t in tables], TagSpecifications=named("vpc-endpoint", name, tags),
            **given)["VpcEndpoint"]["VpcEndpointId"]

    def interface_endpoint(self, vpc, name, service, subnets, groups, policy=None, private_dns=True, **tags):
        given = {"PolicyDocument": policy} if policy else {}
        self.ids[name] = self.aws("ec2").create_vpc_endpoint(
            VpcId=self.ids[vpc], ServiceName=f"com.amazonaws.{Here.region}.{service}", VpcEndpointType="Interface",
            SubnetIds=[self.ids[s] for s in subnets], SecurityGroupIds=[self.ids[g] for g in groups],
            PrivateDnsEnabled=private_dns, TagSpecifications=named("vpc-endpoint", name, tags),
            **given)["VpcEndpoint"]["VpcEndpointId"]

    def security_group(self, vpc, name, description, *rules, **tags):
        """rules: (port, CIDR or a name of ids), the port None for all traffic."""
        self.ids[name] = self.aws("ec2").create_security_group(
            GroupName=name, Description=description, VpcId=self.ids[vpc],
            TagSpecifications=named("security-group", name, tags))["GroupId"]
        for port, source in rules:
            self.let_in(name, port, source)
        return self.ids[name]

    def let_in(self, group, port, source, **pair):
        """Lets a CIDR or another group in, or itself where the source has the group's own name; several ports are (first, last)."""
        if "/" in source and ":" not in source and source[0].isdigit():
            who = {"IpRanges": [{"CidrIp": source}]}
        else:
            who = {"UserIdGroupPairs": [{"GroupId": self.ids.get(source, source), **pair}]}
        first, last = port if isinstance(port, tuple) else (port, port)
        ports = {"IpProtocol": "-1"} if port is None else {"IpProtocol": "tcp", "FromPort": first, "ToPort": last}
        self.aws("ec2").authorize_security_group_ingress(GroupId=self.ids[group], IpPermissions=[{**ports, **who}])

    # ------------------------------------------------------------ permissions

    def role(self, name, service=ECS_TASKS, /, inline=None, attached=(), boundary=None, path="/", trusts=None, **tags):
        """inline: policy name to list of statements; trusts: a trust policy, instead of the service's; a tag may be named service."""
        iam = self.aws("iam")
        given = {"PermissionsBoundary": boundary} if boundary else {}
        own = name + self.tail
        made = iam.create_role(RoleName=own, Path=path, AssumeRolePolicyDocument=trusts or trust(service), Tags=upper(tags), **given)
        for policy, statements in (inline or {}).items():
            iam.put_role_policy(RoleName=own, PolicyName=policy, PolicyDocument=document(*statements))
        for policy in attached:
            iam.attach_role_policy(RoleName=own, PolicyArn=policy)
        self.ids[f"role/{name}"] = made["Role"]["Arn"]
        return made["Role"]["Arn"]

    def policy(self, name, *statements, path="/"):
        made = self.aws("iam").create_policy(PolicyName=name + self.tail, Path=path, PolicyDocument=document(*statements))
        self.ids[f"policy/{name}"] = made["Policy"]["Arn"]
        return made["Policy"]["Arn"]

    def service_linked_role(self, service):
        """A role that an account has once, and that AWS makes by itself."""
        iam = self.aws("iam")
        there = [role["Arn"] for role in iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]]
        return there[0] if there else iam.create_service_linked_role(AWSServiceName=service)["Role"]["Arn"]

    def instance_profile(self, name, role=None, path="/"):
        iam = self.aws("iam")
        self.ids[f"profile/{name}"] = iam.create_instance_profile(InstanceProfileName=name + self.tail, Path=path)["InstanceProfile"]["Arn"]
        if role:
            iam.add_role_to_instance_profile(InstanceProfileName=name + self.tail, RoleName=role + self.tail)
        return self.ids[f"profile/{name}"]

    # ------------------------------------------------------------ what a task definition names

    def key(self, alias, description, policy=None, **tags):
        kms = self.aws("kms")
        given = {"Policy": policy} if policy else {}
        made = kms.create_key(Description=description, **given, Tags=[{"TagKey": k, "TagValue": v} for k, v in tags.items()])
        kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=made["KeyMetadata"]["KeyId"])
        self.ids[f"key/{alias}"] = made["KeyMetadata"]["Arn"]
        return made["KeyMetadata"]["Arn"]

    def parameter(self, name, kind="String", key=None, value="not-a-secret", **tags):
        given = {"KeyId": key} if key else {}
        self.aws("ssm").put_parameter(Name=name, Value=value, Type=kind, Tags=upper(tags), **given)
        return arn("ssm", "parameter" + (name if name.startswith("/") else f"/{name}"))

    def secret(self, name, key=None, value="not-a-secret", policy=None, **tags):
        given = {"KmsKeyId": key} if key else {}
        version = str(uuid.uuid5(uuid.NAMESPACE_URL, name))  # boto3 would draw one that differs from run to run
        made = self.aws("secretsmanager").create_secret(
            Name=name, SecretString=value, Tags=upper(tags), ClientRequestToken=version, **given)
        if policy:
            self.aws("secretsmanager").put_resource_policy(SecretId=name, ResourcePolicy=policy)
        self.ids[f"secret/{name}"] = made["ARN"]
        return made["ARN"]

    def log_group(self, name, key=None, retention=None, **tags):
        given = {"kmsKeyId": key} if key else {}
        self.aws("logs").create_log_group(logGroupName=name, tags=tags, **given)
        if retention:
            self.aws("logs").put_retention_policy(logGroupName=name, retentionInDays=retention)

    def repository(self, name, images=("v1",), key=None, mutability="IMMUTABLE", policy=None, **tags):
        """Returns the image names by tag; each tag is an image of its own."""
        ecr = self.aws("ecr")
        encryption = {"encryptionType": "KMS", "kmsKey": key} if key else {"encryptionType": "AES256"}
        ecr.create_repository(repositoryName=name, tags=upper(tags), imageTagMutability=mutability,
                              imageScanningConfiguration={"scanOnPush": True}, encryptionConfiguration=encryption)
        if policy:
            ecr.set_repository_policy(repositoryName=name, policyText=policy)
        for tag in images:
            self.push(name, tag)
        return {tag: f"{registry()}/{name}:{tag}" for tag in images}

    def push(self, repository, tag):
        """Pushes an image; returns its digest."""
        self.launched += 1
        media = "application/vnd.oci.image.manifest.v1+json"
        layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 31_000_000 + self.launched,
                 "digest": "sha256:" + f"{self.launched:064x}"}
        config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 7023, "digest": "sha256:" + "c" * 64}
        manifest = json.dumps({"schemaVersion": 2, "mediaType": media, "config": config, "layers": [layer]})
        image = self.aws("ecr").put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag,
                                          imageManifestMediaType=media)["image"]
        return image["imageId"]["imageDigest"]

    def push_index(self, repository, tag, platforms):
        """Pushes an image for several platforms, such as "linux/arm64"; returns its digest."""
        media, entries = "application/vnd.oci.image.index.v1+json", []
        for platform in platforms:
            self.launched += 1
            system, _, architecture = platform.partition("/")
            architecture, _, variant = architecture.partition("/")
            entries.append({"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 1201, "digest": "sha256:" + f"{self.launched:064x}",
                            "platform": {"os": system, "architecture": architecture, **({"variant": variant} if variant else {})}})
        manifest = json.dumps({"schemaVersion": 2, "mediaType": media, "manifests": entries})
        image = self.aws("ecr").put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag, imageManifestMediaType=media)["image"]
        return image["imageId"]["imageDigest"]

    def file_system(self, name, subnets=(), groups=(), key=None, policy=None, **tags):
        """An EFS file system with a mount target in each of these subnets."""
        efs, given = self.aws("efs"), {"KmsKeyId": key} if key else {}
        made = efs.create_file_system(CreationToken=name, Encrypted=True, Tags=upper({"Name": name, **tags}), **given)["FileSystemId"]
        for subnet in subnets:
            efs.create_mount_target(FileSystemId=made, SubnetId=self.ids[subnet], SecurityGroups=[self.ids[g] for g in groups])
        if policy:
            efs.put_file_system_policy(FileSystemId=made, Policy=policy)
        self.ids[f"fs/{name}"] = made
        return made

    def access_point(self, file_system, name, path, **tags):
        root = {"Path": path, "CreationInfo": {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}}
        self.ids[f"fsap/{name}"] = self.aws("efs").create_access_point(
            ClientToken=name, FileSystemId=self.ids[f"fs/{file_system}"], PosixUser={"Uid": 1000, "Gid": 1000}, RootDirectory=root,
            Tags=upper({"Name": name, **tags}))["AccessPointId"]
        return self.ids[f"fsap/{name}"]

    # ------------------------------------------------------------ load balancers

    def load_balancer(self, name, subnets, groups=(), kind="application", internal=False, **tags):
        given = {"SecurityGroups": [self.ids[g] for g in groups]} if groups else {}
        made = self.aws("elbv2").create_load_balancer(
            Name=name, Type=kind, Scheme="internal" if internal else "internet-facing",
            Subnets=[self.ids[s] for s in subnets], Tags=upper({"Name": name, **tags}), **given)
        self.ids[name] = made["LoadBalancers"][0]["LoadBalancerArn"]

    def target_group(self, vpc, name, port=8080, protocol="HTTP", kind="ip", **tags):
        health = {"HealthCheckPath": "/healthz", "Matcher": {"HttpCode": "200"}} if protocol == "HTTP" else {}
        made = self.aws("elbv2").create_target_group(
            Name=name, VpcId=self.ids[vpc], Port=port, Protocol=protocol, TargetType=kind,
            Tags=upper({"Name": name, **tags}), **health)
        self.ids[name] = made["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, balancer, name, port, protocol, action, certificate=None):
        given = {"Certificates": [{"CertificateArn": certificate}], "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
        made = self.aws("elbv2").create_listener(
            LoadBalancerArn=self.ids[balancer], Port=port, Protocol=protocol, DefaultActions=[action],
            **(given if certificate else {}))
        self.ids[name] = made["Listeners"][0]["ListenerArn"]

    def forward(self, *groups):
        """An action: to one target group, or to several by weight, given as (name, weight)."""
        if len(groups) == 1 and isinstance(groups[0], str):
            return {"Type": "forward", "TargetGroupArn": self.ids[groups[0]]}
        return {"Type": "forward", "ForwardConfig": {"TargetGroups": [
            {"TargetGroupArn": self.ids[name], "Weight": weight} for name, weight in groups]}}

    def rule(self, listener, priority, action, path=None, host=None):
        conditions = [{"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}] if path else []
        conditions += [{"Field": "host-header", "HostHeaderConfig": {"Values": [host]}}] if host else []
        self.aws("elbv2").create_rule(ListenerArn=self.ids[listener], Priority=priority, Conditions=conditions, Actions=[action])

    # ------------------------------------------------------------ ECS

    def cluster(self, name, **fields):
        self.ids[f"cluster/{name}"] = self.aws("ecs").create_cluster(clusterName=name, **fields)["cluster"]["clusterArn"]

    def host(self, cluster, name, subnet, groups, kind="m5.2xlarge", image=None, profile=None, **tags):
        """An EC2 instance that is a container instance of the cluster, both kept by name."""
        ec2 = self.aws("ec2")
        image = image or ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami*"]}])["Images"][0]["ImageId"]
        self.ids[f"i/{name}"] = ec2.run_instances(
            ImageId=image, InstanceType=kind, MinCount=1, MaxCount=1, SubnetId=self.ids[subnet],
            SecurityGroupIds=[self.ids[g] for g in groups],
            **({"IamInstanceProfile": {"Arn": self.ids[f"profile/{profile}"]}} if profile else {}),
            TagSpecifications=named("instance", name, tags))["Instances"][0]["InstanceId"]
        self.join(cluster, name, self.ids[f"i/{name}"])

    def join(self, cluster, name, instance):
        identity = json.dumps({"instanceId": instance, "region": Here.region, "accountId": Here.account})
        self.ids[f"i/{name}"] = instance
        self.ids[name] = self.aws("ecs").register_container_instance(
            cluster=cluster, instanceIdentityDocument=identity)["containerInstance"]["containerInstanceArn"]

    def task_definition(self, family, containers, **fields):
        made = self.aws("ecs").register_task_definition(family=family, containerDefinitions=containers, **fields)
        self.ids[f"td/{family}"] = made["taskDefinition"]["taskDefinitionArn"]
        return self.ids[f"td/{family}"]

    def service(self, cluster, name, **fields):
        made = self.aws("ecs").create_service(cluster=cluster, serviceName=name, **fields)["service"]
        self.ids[f"service/{name}"] = made["serviceArn"]
        return made

    def run(self, cluster, definition, network, started_by, group=None, **fields):
        """Runs a task on Fargate; returns it."""
        given = {"group": group} if group else {}
        return self.aws("ecs").run_task(cluster=cluster, taskDefinition=definition, networkConfiguration=network,
                                        startedBy=started_by, **given, **fields)["tasks"][0]

    def start(self, cluster, definition, host, started_by, group=None, **fields):
        """Starts a task on a container instance; returns it."""
        given = {"group": group} if group else {}
        return self.aws("ecs").start_task(cluster=cluster, taskDefinition=definition, containerInstances=[self.ids[host]],
                                          startedBy=started_by, **given, **fields)["tasks"][0]

    # ------------------------------------------------------------ what starts, scales and names

    def event_rule(self, name, *targets, bus=None, **fields):
        """A rule of EventBridge with its targets."""
        given = {"EventBusName": bus} if bus else {}
        made = self.aws("events").put_rule(Name=name, **given, **fields)
        self.aws("events").put_targets(Rule=name, Targets=[{"Id": str(n), **target} for n, target in enumerate(targets)], **given)
        self.ids[f"rule/{name}"] = made["RuleArn"]

    def schedule(self, name, target, expression="rate(1 hours)", **fields):
        self.aws("scheduler").create_schedule(Name=name, ScheduleExpression=expression, FlexibleTimeWindow={"Mode": "OFF"}, Target=target, **fields)

    def scale(self, cluster, service, low, high, role, policies=(), actions=()):
        """A scalable target of a service; policies: (name, fields), actions: (name, schedule, low, high)."""
        scaling = self.aws("application-autoscaling")
        what = {"ServiceNamespace": "ecs", "ResourceId": f"service/{cluster}/{service}", "ScalableDimension": "ecs:service:DesiredCount"}
        scaling.register_scalable_target(**what, MinCapacity=low, MaxCapacity=high, RoleARN=role)
        for name, fields in policies:
            scaling.put_scaling_policy(**what, PolicyName=name, **fields)
        for name, schedule, least, most in actions:
            scaling.put_scheduled_action(**what, ScheduledActionName=name, Schedule=schedule,
                                         ScalableTargetAction={"MinCapacity": least, "MaxCapacity": most})

    def namespace(self, name, vpc=None):
        """A Cloud Map namespace: private DNS in a VPC, or names over HTTP alone."""
        discovery = self.aws("servicediscovery")
        if vpc:
            discovery.create_private_dns_namespace(Name=name, Vpc=self.ids[vpc], CreatorRequestId=name)
        else:
            discovery.create_http_namespace(Name=name, CreatorRequestId=name)
        self.ids[f"namespace/{name}"] = next(n["Id"] for n in discovery.list_namespaces()["Namespaces"] if n["Name"] == name)

    def discovery(self, namespace, name, dns=True):
        """A Cloud Map service; returns its ARN."""
        given = {"DnsConfig": {"RoutingPolicy": "MULTIVALUE", "DnsRecords": [{"Type": "A", "TTL": 15}]}} if dns else {}
        made = self.aws("servicediscovery").create_service(
            Name=name, NamespaceId=self.ids[f"namespace/{namespace}"], CreatorRequestId=name, HealthCheckCustomConfig={"FailureThreshold": 1}, **given)
        self.ids[f"discovery/{name}"] = made["Service"]["Arn"]
        return made["Service"]["Arn"]

    def register_ip(self, group, task, port):
        address = next(d["value"] for d in task["attachments"][0]["details"] if d["name"] == "privateIPv4Address")
        self.aws("elbv2").register_targets(TargetGroupArn=self.ids[group], Targets=[{"Id": address, "Port": port}])

    def register_host(self, group, task, host):
        ports = [b["hostPort"] for c in task["containers"] for b in c["networkBindings"]]
        self.aws("elbv2").register_targets(
            TargetGroupArn=self.ids[group], Targets=[{"Id": self.ids[f"i/{host}"], "Port": p} for p in ports[:1]])
