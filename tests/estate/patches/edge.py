"""What stands before load balancers: WAF and VPC Lattice."""

from patches import patch


@patch("ListResourcesForWebACL: the load balancers before which an ACL stands", "waf/latest/APIReference/API_ListResourcesForWebACL.html")
def resources_of_acl():
    import json

    from moto.wafv2.responses import WAFV2Response

    def list_resources_for_web_acl(self):
        acl = self.wafv2_backend.wacls[self._get_param("WebACLArn")]
        balancers = [arn for arn in acl.associated_resources if ":loadbalancer/app/" in arn]
        return 200, {"Content-Type": "application/json"}, json.dumps({"ResourceArns": balancers})

    WAFV2Response.list_resources_for_web_acl = list_resources_for_web_acl


@patch("Ids: of moto's own generator, so that they are the same in every run", "vpc-lattice/latest/APIReference/API_CreateTargetGroup.html")
def ids():
    from moto.moto_api._internal import mock_random
    from moto.vpclattice import models

    models.uuid = mock_random
