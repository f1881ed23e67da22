"""IAM and KMS."""

from patches import around, patch


@patch("GetAccountAuthorizationDetails: managed policies have their name and id; AWS's own are those in use",
       "IAM/latest/APIReference/API_ManagedPolicyDetail.html")
def managed_policies():
    from moto.iam.models import IAMBackend, ManagedPolicy

    ManagedPolicy.policy_name = property(lambda self: self.name)
    ManagedPolicy.policy_id = property(lambda self: self.id)

    @around(IAMBackend, "get_account_authorization_details")
    def get_account_authorization_details(original, self, *args, **kwargs):
        details = original(self, *args, **kwargs)
        boundaries = {r.permissions_boundary_arn for r in self.roles.values()}
        details["managed_policies"] = [
            p for p in details["managed_policies"]
            if ":iam::aws:" not in p.arn or p.attachment_count or p.arn in boundaries]
        return details


@patch("ListAliases: an alias of AWS that nothing has used yet has no key behind it",
       "kms/latest/APIReference/API_AliasListEntry.html")
def unused_aliases():
    import json

    from moto.kms.responses import KmsResponse

    @around(KmsResponse, "list_aliases")
    def list_aliases(original, self):
        answer = json.loads(original(self))
        for alias in answer["Aliases"]:
            if alias["TargetKeyId"] not in self.kms_backend.keys:
                del alias["TargetKeyId"]
        return json.dumps(answer)


@patch("Keys behind AWS's own aliases are managed by AWS", "kms/latest/APIReference/API_KeyMetadata.html")
def aws_managed_keys():
    from moto.kms.models import KmsBackend

    @around(KmsBackend, "_generate_default_keys")
    def generate(original, self, alias_name):
        key_id = original(self, alias_name)
        if key_id:
            self.keys[key_id].key_manager = "AWS"
        return key_id


@patch("The service-linked role of ECS has its documented name and policy",
       "AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html")
def service_linked_role():
    from moto.iam import models

    models.SERVICE_NAME_CONVERSION["ecs"] = "ECS"

    @around(models.IAMBackend, "create_service_linked_role")
    def create_service_linked_role(original, self, service_name, description, suffix):
        role = original(self, service_name, description, suffix)
        if service_name == "ecs.amazonaws.com":
            self.attach_role_policy("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy", role.name)
        return role


@patch("A GET request is signed with an empty body: what it asks stands in its path", "IAM/latest/UserGuide/reference_sigv-create-signed-request.html")
def signed_get_requests():
    from moto.iam.access_control import IAMRequestBase

    @around(IAMRequestBase, "_create_aws_request")
    def create_aws_request(original, self):
        request = original(self)
        if self._method == "GET":
            request.data = b""
        return request
