"""Route 53, and certificates of listeners."""

from patches import around, patch


@patch("A Cloud Map namespace's hosted zone has its name, and says which service writes its records",
       "Route53/latest/APIReference/API_LinkedService.html")
def linked_zones():
    from moto.route53 import route53_backends
    from moto.servicediscovery.models import ServiceDiscoveryBackend
    from moto.utilities.utils import get_partition

    def linked(original, self, name, *args, **kwargs):
        answer = original(self, name, *args, **kwargs)
        for zone in route53_backends[self.account_id][get_partition(self.region_name)].zones.values():
            if zone.name == f"{name}-hz.":
                zone.name = f"{name}."
                zone.linked_service = {"ServicePrincipal": "servicediscovery.amazonaws.com", "Description": "Managed by Cloud Map"}
        return answer

    for operation in ("create_private_dns_namespace", "create_public_dns_namespace"):
        around(ServiceDiscoveryBackend, operation)(linked)


@patch("Ids: the same in every run", "Route53/latest/APIReference/API_CreateHostedZone.html")
def zone_ids():
    import random

    from moto.route53 import models

    models.random = random.Random(53)  # of its own: moto's generator gives other ids, which stay what they are


@patch("DescribeListeners shows the default certificate alone", "elasticloadbalancing/latest/APIReference/API_Listener.html")
def default_certificate():
    from moto.elbv2.responses import ELBV2Response

    transformers, place = ELBV2Response.RESPONSE_KEY_PATH_TO_TRANSFORMER, "DescribeListenersOutput.Listeners.Listener.Certificates"
    original = transformers[place]
    transformers[place] = lambda certificates: original(certificates[:1])
