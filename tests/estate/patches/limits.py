"""Pages and batches of AWS's sizes, where moto answers everything at once."""

import base64
import importlib
import json

from patches import patch

ALL = 10**9  # EC2 answers in one piece where no page size is given

# moto's response class -> method -> (list, size parameter, default size, largest size, token in, token out)
LISTS = {
    "ecs.responses.EC2ContainerServiceResponse": {
        "list_clusters": ("clusterArns", "maxResults", 100, 100, "nextToken", "nextToken"),
        "list_services": ("serviceArns", "maxResults", 10, 100, "nextToken", "nextToken"),
        "list_tasks": ("taskArns", "maxResults", 100, 100, "nextToken", "nextToken"),
        "list_container_instances": ("containerInstanceArns", "maxResults", 100, 100, "nextToken", "nextToken"),
        "describe_capacity_providers": ("capacityProviders", "maxResults", 10, 10, "nextToken", "nextToken")},
    "elbv2.responses.ELBV2Response": {
        method: (field, "PageSize", 400, 400, "Marker", "NextMarker") for method, field in (
            ("describe_load_balancers", "LoadBalancers"), ("describe_target_groups", "TargetGroups"),
            ("describe_listeners", "Listeners"), ("describe_rules", "Rules"))},
    "ecr.responses.ECRResponse": {
        "describe_repositories": ("repositories", "maxResults", 100, 1000, "nextToken", "nextToken"),
        "describe_images": ("imageDetails", "maxResults", 100, 1000, "nextToken", "nextToken")},
    "resourcegroupstaggingapi.responses.ResourceGroupsTaggingAPIResponse": {
        "get_resources": ("ResourceTagMappingList", "ResourcesPerPage", 50, 100, "PaginationToken", "PaginationToken")},
    "servicediscovery.responses.ServiceDiscoveryResponse": {
        "list_namespaces": ("Namespaces", "MaxResults", 100, 100, "NextToken", "NextToken"),
        "list_services": ("Services", "MaxResults", 100, 100, "NextToken", "NextToken")},
    "kms.responses.KmsResponse": {"list_aliases": ("Aliases", "Limit", 50, 100, "Marker", "NextMarker")},
    "ec2.responses.EC2Response": {
        method: (field, "MaxResults", ALL, largest, "NextToken", "NextToken") for method, field, largest in (
            ("describe_vpcs", "Vpcs", 1000), ("describe_subnets", "Subnets", 1000), ("describe_route_tables", "RouteTables", 100),
            ("describe_nat_gateways", "NatGateways", 1000), ("describe_internet_gateways", "InternetGateways", 1000),
            ("describe_vpc_endpoints", "VpcEndpoints", 1000), ("describe_security_groups", "SecurityGroups", 1000),
            ("describe_network_interfaces", "NetworkInterfaces", 1000))},
}

# moto's response class -> method -> (parameter, how many it may hold)
BATCHES = {
    "ecs.responses.EC2ContainerServiceResponse": {
        "describe_services": ("services", 10), "describe_tasks": ("tasks", 100), "describe_clusters": ("clusters", 100),
        "describe_container_instances": ("containerInstances", 100)},
    "ecr.responses.ECRResponse": {"describe_images": ("imageIds", 100), "describe_repositories": ("repositoryNames", 100)},
    "elbv2.responses.ELBV2Response": {"describe_tags": ("ResourceArns", 20)},
    "resourcegroupstaggingapi.responses.ResourceGroupsTaggingAPIResponse": {"get_resources": ("ResourceARNList", 100)},
}


def response_class(name):
    module, _, cls = name.rpartition(".")
    return getattr(importlib.import_module(f"moto.{module}"), cls)


def refuse(response, message):
    """Answers with AWS's error; moto words it in the protocol of the service whose module the error is of."""
    from moto.core.exceptions import ServiceException

    service = type(response).__module__.split(".")[1]
    raise type("Refused", (ServiceException,), {"__module__": f"moto.{service}.exceptions"})("InvalidParameterException", message)


def page(items, token, size):
    """The page that a token asks for, and the token of the next, None after the last."""
    start = int(base64.b64decode(token)) if token else 0
    after = start + size
    return items[start:after], base64.b64encode(str(after).encode()).decode() if after < len(items) else None


def asked_size(response, parameter, default, largest):
    given = response._get_param(parameter)
    if given is not None and not 1 <= int(given) <= largest:
        refuse(response, f"{parameter} must be between 1 and {largest}")
    return int(given or default)


@patch("Lists come in pages; a page size out of bounds is refused", "AmazonECS/latest/APIReference/API_ListServices.html")
def pages():
    for name, methods in LISTS.items():
        cls = response_class(name)
        for method, limits in methods.items():
            setattr(cls, method, paged(getattr(cls, method), *limits))


def paged(original, field, parameter, default, largest, token_in, token_out):
    def method(self):
        size, token = asked_size(self, parameter, default, largest), self._get_param(token_in)
        for name in (token_in, parameter) if self.automated_parameter_parsing else ():
            self.params.pop(name, None)  # moto is to answer everything, whatever it makes of a token
        answer = original(self)
        document = json.loads(answer) if isinstance(answer, str) else answer.result
        document[field], following = page(list(document[field]), token, size)
        if following:
            document[token_out] = following
        if "Truncated" in document:
            document["Truncated"] = bool(following)
        return json.dumps(document) if isinstance(answer, str) else answer

    return method


@patch("GetAccountAuthorizationDetails comes in pages of 100, at most 1,000, over users, groups, roles and policies",
       "IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html")
def authorization_details():
    from moto.iam.responses import IamResponse

    fields = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    original = IamResponse.get_account_authorization_details

    def get_account_authorization_details(self):
        answer = original(self)
        size = asked_size(self, "MaxItems", 100, 1000)
        everything = [(field, item) for field in fields for item in answer.result[field]]
        part, following = page(everything, self._get_param("Marker"), size)
        answer.result.update({field: [item for f, item in part if f == field] for field in fields}, IsTruncated=bool(following))
        if following:
            answer.result["Marker"] = following
        return answer

    IamResponse.get_account_authorization_details = get_account_authorization_details


@patch("A call that names more things than it may is refused", "AmazonECS/latest/APIReference/API_DescribeServices.html")
def batches():
    for name, methods in BATCHES.items():
        cls = response_class(name)
        for method, limits in methods.items():
            setattr(cls, method, bounded(getattr(cls, method), *limits))


def bounded(original, parameter, largest):
    def method(self):
        given = self._get_param(parameter)
        if isinstance(given, list) and len(given) > largest:
            refuse(self, f"{parameter} must hold at most {largest} items, not {len(given)}")
        return original(self)

    return method
