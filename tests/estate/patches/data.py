"""ECR, EFS, Systems Manager, CloudWatch Logs, and the tags of what has none in its own answers."""

import hashlib

from patches import around, patch


@patch("PutImage: the digest is the manifest's; an image whose tag moves on stays, untagged",
       "AmazonECR/latest/APIReference/API_PutImage.html")
def image_digests():
    from moto.ecr.models import ECRBackend, Image

    def create_digest(self):
        self._image_digest = "sha256:" + hashlib.sha256(self.image_manifest.encode()).hexdigest()

    @around(ECRBackend, "put_image")
    def put_image(original, self, repository_name, image_manifest, image_tag, *args, **kwargs):
        for image in self.repositories[repository_name].images:
            if image_tag in image.image_tags and image.image_manifest != image_manifest:
                image.image_tags.remove(image_tag)
                image.image_tag = image.image_tags[-1] if image.image_tags else None
        return original(self, repository_name, image_manifest, image_tag, *args, **kwargs)

    @around(ECRBackend, "describe_images")
    def describe_images(original, self, *args, **kwargs):
        """In one order in every run: moto answers with a set."""
        return sorted(original(self, *args, **kwargs), key=lambda image: image.get_image_digest())

    Image._create_digest = create_digest


@patch("DescribeFileSystems and DescribeMountTargets: 100 a page, whatever is asked for", "efs/latest/ug/API_DescribeFileSystems.html")
def file_system_pages():
    from moto.efs.models import EFSBackend

    @around(EFSBackend, "describe_file_systems")
    def describe_file_systems(original, self, *args, **kwargs):
        return original(self, *args, **{**kwargs, "max_items": 100})

    @around(EFSBackend, "describe_mount_targets")
    def describe_mount_targets(original, self, *args, **kwargs):
        return original(self, *args, **{**kwargs, "max_items": 100})


@patch("DescribeParameters: pages of the size asked for, 50 at most; each parameter has its ARN",
       "systems-manager/latest/APIReference/API_DescribeParameters.html")
def parameter_pages():
    from moto.core.responses import ActionResult
    from moto.ssm.responses import SimpleSystemManagerResponse
    from moto.ssm.utils import parameter_arn

    def describe_parameters(self):
        backend = self.ssm_backend
        found = backend.describe_parameters(self._get_param("Filters"), self._get_param("ParameterFilters"))
        start, size = int(self._get_param("NextToken") or 0), min(int(self._get_param("MaxResults") or 10), 50)
        answer = {"Parameters": [
            {**p.describe_response_object(False), "ARN": parameter_arn(backend.account_id, backend.region_name, p.name)}
            for p in found[start:start + size]]}
        if start + size < len(found):
            answer["NextToken"] = str(start + size)
        return ActionResult(answer)

    SimpleSystemManagerResponse.describe_parameters = describe_parameters


@patch("DescribeLogGroups: the class of the group", "AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html")
def log_group_class():
    from moto.logs.models import LogGroup

    @around(LogGroup, "to_describe_dict")
    def to_describe_dict(original, self):
        return {**original(self), "logGroupClass": "STANDARD"}


@patch("GetResources: log groups by their documented type; listeners, rules and repositories too",
       "resourcegroupstagging/latest/APIReference/API_GetResources.html")
def tagged_resources():
    from moto.core.resource_tagging import TaggedResource
    from moto.ecr.models import ecr_backends
    from moto.logs.models import LogsBackend
    from moto.elbv2.models import ELBv2Backend

    @around(LogsBackend, "iter_tagged_resources")
    def log_groups(original, self):
        for resource in original(self):
            resource.resource_type = "logs:log-group"
            yield resource

    @around(ELBv2Backend, "iter_tagged_resources")
    def listeners_and_repositories(original, self):
        for resource in original(self):
            resource.extra = {}
            yield resource
        for arn in list(self.tagging_service.tags):
            part = arn.split(":", 5)[5].split("/")[0]
            if part in ("listener", "listener-rule"):
                yield TaggedResource(arn, self.tagging_service.get_tag_dict_for_resource(arn), f"elasticloadbalancing:{part}")
        ecr = ecr_backends[self.account_id][self.region_name]  # moto's ECR takes no part in this API by itself
        for repository in ecr.repositories.values():
            tags = {t["Key"]: t["Value"] for t in ecr.list_tags_for_resource(repository.arn)["tags"]}
            yield TaggedResource(repository.arn, tags, "ecr:repository")



@patch("GetResources counts resources a page, not tags, unless TagsPerPage is asked for; the last page's token is empty",
       "resourcegroupstagging/latest/APIReference/API_GetResources.html")
def tagged_pages():
    from moto.core.responses import ActionResult
    from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse

    def get_resources(self):
        found = self.backend._get_resources_generator(
            tag_filters=self._get_param("TagFilters", []), resource_type_filters=self._get_param("ResourceTypeFilters", []),
            resource_arn_list=self._get_param("ResourceARNList", []))
        return ActionResult({"PaginationToken": "", "ResourceTagMappingList": [
            {"ResourceARN": r.arn, "Tags": [{"Key": k, "Value": v} for k, v in r.tags.items()]} for r in found]})

    ResourceGroupsTaggingAPIResponse.get_resources = get_resources
