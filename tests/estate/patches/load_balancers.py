"""Elastic Load Balancing (v2)."""

from patches import around, patch


@patch("The ARN of a network load balancer says net", "elasticloadbalancing/latest/APIReference/API_LoadBalancer.html")
def network_arns():
    from moto.elbv2.models import ELBv2Backend

    @around(ELBv2Backend, "create_load_balancer")
    def create_load_balancer(original, self, *args, **kwargs):
        balancer = original(self, *args, **kwargs)
        if balancer.type == "network":
            before, balancer.arn = balancer.arn, balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
            self.load_balancers[balancer.arn] = self.load_balancers.pop(before)
            self.tagging_service.copy_tags(before, balancer.arn)
            self.tagging_service.delete_all_tags_for_resource(before)
        number = balancer.arn.rpartition("/")[2]
        balancer.dns_name = f"{balancer.name}-{int(number[:8], 16) % 10**10}.{self.region_name}.elb.amazonaws.com"
        return balancer


@patch("Rules: conditions and forward actions in both notations; the default rule has an ARN like any other",
       "elasticloadbalancing/latest/APIReference/API_Rule.html")
def rules():
    from moto.elbv2.models import FakeAction, FakeListenerRule, FakeRule
    from moto.moto_api._internal import mock_random

    notations = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}

    @around(FakeListenerRule, "__init__")
    def listener_rule(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        for condition in self.conditions:
            name = notations.get(condition["Field"])
            if name:
                condition["Values"] = condition.get("Values") or condition[name]["Values"]
                condition[name] = {"Values": condition["Values"]}

    @around(FakeAction, "__init__")
    def action(original, self, data):
        groups = data.get("ForwardConfig", {}).get("TargetGroups", [])
        if data.get("Type") == "forward" and not groups:
            data["ForwardConfig"] = {"TargetGroups": [{"TargetGroupArn": data["TargetGroupArn"], "Weight": 1}]}
        elif len(groups) == 1:
            data["TargetGroupArn"] = groups[0]["TargetGroupArn"]
        original(self, data)

    @around(FakeRule, "__init__")
    def default_rule(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.arn = f"{self.arn.rpartition('/')[0]}/{mock_random.get_random_hex(16)}"


@patch("A target is an id and a port: an instance may be registered once a port",
       "elasticloadbalancing/latest/APIReference/API_TargetDescription.html")
def targets():
    from moto.ec2 import ec2_backends
    from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup

    def register(self, targets):
        for target in targets:
            described = {"Id": target["Id"], "Port": int(target.get("Port") or self.port)}
            self.targets[f"{described['Id']}:{described['Port']}"] = described

    @around(FakeTargetGroup, "health_for")
    def health_for(original, self, target, ec2_backend):
        known = self.targets.get(f"{target['Id']}:{int(target.get('Port') or self.port)}")
        if not known:
            return original(self, target, ec2_backend)
        port = str(known["Port"]) if self.health_check_port == "traffic-port" else self.health_check_port
        if not self.load_balancer_arns:
            return FakeHealthStatus(known["Id"], known["Port"], port, "unused", "Target.NotInUse",
                                    "Target group is not configured to receive traffic from the load balancer")
        status = FakeHealthStatus(known["Id"], known["Port"], port, "healthy")
        status.group = self
        return status

    def target(self):
        described = {"Id": self.instance_id, "Port": self.port}
        group = getattr(self, "group", None)
        if group and not self.instance_id.startswith("i-"):
            ec2 = ec2_backends[group.account_id][group.region_name]
            described["AvailabilityZone"] = next(
                (e.subnet.availability_zone for e in ec2.enis.values()
                 if e.private_ip_address == self.instance_id and e.subnet.vpc_id == group.vpc_id), "all")
        return described

    FakeTargetGroup.register = register
    FakeHealthStatus.target = property(target)


@patch("DescribeTargetGroups names each load balancer of a group once",
       "elasticloadbalancing/latest/APIReference/API_TargetGroup.html")
def balancers_once():
    from moto.elbv2.models import ELBv2Backend

    @around(ELBv2Backend, "describe_target_groups")
    def describe_target_groups(original, self, *args, **kwargs):
        groups = original(self, *args, **kwargs)
        for group in groups:
            group.load_balancer_arns = list(dict.fromkeys(group.load_balancer_arns))
        return groups
