"""What lies around the services: CodeDeploy, ECR's pull-through cache rules, peering."""

from patches import around, patch


@patch("BatchGetDeploymentGroups, and the alarms of a group", "codedeploy/latest/APIReference/API_BatchGetDeploymentGroups.html")
def deployment_groups():
    from moto.codedeploy import responses
    from moto.codedeploy.models import AlarmConfiguration
    from moto.core.responses import ActionResult

    def batch_get(self):
        application = self._get_param("applicationName")
        names = self._get_param("deploymentGroupNames")
        groups = [self.codedeploy_backend.get_deployment_group(application, name) for name in names]
        return ActionResult({"deploymentGroupsInfo": [described(group) for group in groups]})

    def described(group):
        info = responses._deployment_group_info(group)
        alarms = group.alarm_configuration
        if isinstance(alarms, AlarmConfiguration):
            alarms = {"enabled": alarms.enabled, "ignorePollAlarmFailure": alarms.ignore_poll_alarm_failure, "alarms": alarms.alarms}
        empty = {"targetRevision", "lastSuccessfulDeployment", "lastAttemptedDeployment"}
        return {field: value for field, value in {**info, "alarmConfiguration": alarms}.items() if value and field not in empty}

    responses.CodeDeployResponse.batch_get_deployment_groups = batch_get


@patch("Pull-through cache rules", "AmazonECR/latest/APIReference/API_DescribePullThroughCacheRules.html")
def pull_through_cache_rules():
    from moto.core.responses import ActionResult
    from moto.ecr.responses import ECRResponse

    fields = ("ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRegistry", "upstreamRepositoryPrefix", "credentialArn", "customRoleArn")

    def kept(self):
        return self.ecr_backend.__dict__.setdefault("pull_through_cache_rules", {})

    def create(self):
        rule = {field: self._get_param(field) for field in fields if self._get_param(field)}
        kept(self)[rule["ecrRepositoryPrefix"]] = {**rule, "registryId": self.current_account}
        return ActionResult(kept(self)[rule["ecrRepositoryPrefix"]])

    def describe(self):
        return ActionResult({"pullThroughCacheRules": list(kept(self).values())})

    ECRResponse.create_pull_through_cache_rule, ECRResponse.describe_pull_through_cache_rules = create, describe


@patch("Peering connections: those that the filter names", "AWSEC2/latest/APIReference/API_DescribeVpcPeeringConnections.html")
def peering_filters():
    from moto.ec2.responses import EC2Response

    @around(EC2Response, "describe_vpc_peering_connections")
    def describe_vpc_peering_connections(original, self):
        answer = original(self)
        wanted = self._filters_from_querystring().get("vpc-peering-connection-id")
        found = answer.result["VpcPeeringConnections"]
        answer.result["VpcPeeringConnections"] = [own for own in found if not wanted or own.id in wanted]
        return answer
