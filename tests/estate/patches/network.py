"""EC2: addresses, network interfaces and endpoints."""

import ipaddress

from patches import around, patch


@patch("An address lies in its subnet, is given once, and is none of the five that AWS keeps",
       "vpc/latest/userguide/subnet-sizing.html")
def addresses():
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface
    from moto.ec2.models.subnets import Subnet

    NetworkInterface.private_dns_name = ""

    def given_out(subnet):
        if not hasattr(subnet, "given_out"):
            hosts = ipaddress.ip_network(subnet.cidr_block).hosts()
            subnet.given_out, subnet.next_addresses = set(), (str(a) for n, a in enumerate(hosts) if n >= 3)
        return subnet.given_out

    def next_address(subnet):
        used = given_out(subnet)
        address = next(a for a in subnet.next_addresses if a not in used)
        used.add(address)
        return address

    @around(Subnet, "get_available_subnet_ip")
    def get_available_subnet_ip(original, self, instance):
        address = next_address(self)
        self._subnet_ips[address] = instance
        return address

    @around(NetworkInterface, "__init__")
    def init(original, self, ec2_backend, subnet, private_ip_address, *args, **kwargs):
        subnet = ec2_backend.get_subnet(subnet) if isinstance(subnet, str) else subnet
        wanted = private_ip_address[0] if isinstance(private_ip_address, list) and private_ip_address else private_ip_address
        if not wanted or ipaddress.ip_address(wanted) not in ipaddress.ip_network(subnet.cidr_block):
            wanted = next_address(subnet)
        given_out(subnet).add(wanted)
        original(self, ec2_backend, subnet, wanted, *args, **kwargs)


@patch("An interface endpoint has the VPC's default group where none is given, and interfaces of its own",
       "AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html")
def endpoint_interfaces():
    from moto.ec2.models import EC2Backend

    @around(EC2Backend, "create_vpc_endpoint")
    def create_vpc_endpoint(original, self, *args, **kwargs):
        endpoint = original(self, *args, **kwargs)
        if endpoint.vpc_endpoint_type == "Interface":
            if not endpoint.security_group_ids:
                endpoint.security_group_ids = [self.get_default_security_group(endpoint.vpc_id).id]
            groups = [self.get_security_group_from_id(g) for g in endpoint.security_group_ids]
            for interface in (self.enis[i] for i in endpoint.network_interface_ids):
                interface.description = f"VPC Endpoint Interface {endpoint.id}"
                interface.interface_type, interface.requester_managed = "vpc_endpoint", True
                interface.status, interface._group_set = "in-use", groups
        endpoint.private_dns_enabled = bool(endpoint.private_dns_enabled)
        return endpoint


@patch("A route whose NAT gateway is gone is a blackhole", "AWSEC2/latest/APIReference/API_Route.html")
def blackholes():
    from moto.ec2.models.route_tables import Route

    Route.state = property(lambda self: "blackhole" if self.nat_gateway and self.nat_gateway.state == "deleted" else "active")


@patch("A rule may let in a group of another account, over a peering connection",
       "vpc/latest/peering/vpc-peering-security-groups.html")
def groups_of_others():
    from moto.ec2.models import EC2Backend

    @around(EC2Backend, "_add_source_group")
    def add_source_group(original, self, source_groups, vpc_id):
        strangers = [g for g in source_groups or [] if g.get("UserId", self.account_id) != self.account_id]
        known = [g for g in source_groups or [] if g not in strangers]
        return original(self, known, vpc_id) + strangers


@patch("The ARN of a prefix list of AWS's own has the account aws", "vpc/latest/userguide/working-with-aws-managed-prefix-lists.html")
def prefix_lists():
    from moto.ec2.models.managed_prefixes import ManagedPrefixList

    @around(ManagedPrefixList, "arn")
    def arn(original, self, region, owner_id):
        return original(self, region, "aws" if owner_id == "AWS" else owner_id)
