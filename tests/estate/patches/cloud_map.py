"""Cloud Map."""

from patches import patch


@patch("ListServices: those of one namespace where it is asked for; a summary does not say its namespace",
       "cloud-map/latest/api/API_ListServices.html")
def services_of_namespace():
    import json

    from moto.servicediscovery.responses import ServiceDiscoveryResponse

    def list_services(self):
        filters = json.loads(self.body).get("Filters") or []
        wanted = [set(f["Values"]) for f in filters if f["Name"] == "NAMESPACE_ID"]
        found = [s.to_json() for s in self.servicediscovery_backend.list_services() if all(s.namespace_id in some for some in wanted)]
        return json.dumps({"Services": [{k: v for k, v in s.items() if k != "NamespaceId"} for s in found]})

    def list_namespaces(self):
        return json.dumps({"Namespaces": [n.to_json() for n in self.servicediscovery_backend.list_namespaces()]})

    ServiceDiscoveryResponse.list_services, ServiceDiscoveryResponse.list_namespaces = list_services, list_namespaces


@patch("Ids: of moto's own generator, so that they are the same in every run", "cloud-map/latest/api/API_CreateService.html")
def ids():
    from moto.moto_api._internal import mock_random
    from moto.servicediscovery import models

    models.random_id = lambda size: mock_random.get_random_string(length=size, lower_case=True)
