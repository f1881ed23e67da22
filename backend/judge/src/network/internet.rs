//! The way from a subnet to the internet: its default route, and what that leads to.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{
        internet_gateway::InternetGateway,
        nat_gateway::NatGateway,
        route_table::{Route, RouteTable},
        subnet::Subnet,
        vpc_endpoint::VpcEndpoint,
    },
};

use super::{
    acl, endpoint, groups,
    lookup::{goes_by, is_blind, is_missing, linked, route_table_of, vpc_of},
    peer::{Addresses, Ports, Way},
};
use crate::{Seat, Verdict};

/// Gateways behind gateways that are followed: a NAT gateway behind a firewall behind another.
const DEPTH: usize = 4;

/// What a packet has on its way out.
#[derive(Clone, Copy)]
struct Traveller {
    /// The subnet that it comes from.
    client: ResourceIndex,
    /// Its sender has a public address, or a NAT gateway lent it one.
    public: bool,
    /// Whether connections are opened from outside.
    inbound: bool,
}

/// Whether connections from this seat to port 443 anywhere in the internet come through.
pub fn reach(overlay: &Overlay<'_>, seat: &Seat) -> Verdict {
    let traveller = Traveller {
        client: seat.subnet,
        public: seat.public_ip,
        inbound: false,
    };
    let own_groups = groups::or_default(overlay, &seat.groups, vpc_of(overlay, seat.subnet));
    let internet = groups::peer(overlay, &[], Addresses::Public);
    let path = follow(overlay, seat.subnet, traveller, DEPTH);
    // Without a path there is nothing to let packets out to.
    if !path.is_met() {
        return path;
    }
    let sends = groups::let_through(overlay, &own_groups, Way::Out, Ports::HTTPS, &internet);
    let passes = acl::let_through(overlay, seat.subnet, None, Ports::HTTPS, &Addresses::Public);
    Verdict::all([sends, passes])
}

/// Whether a subnet's default route leads to an internet gateway of its VPC.
pub fn is_public(overlay: &Overlay<'_>, subnet: ResourceIndex) -> Verdict {
    let traveller = Traveller {
        client: subnet,
        public: true,
        inbound: true,
    };
    follow(overlay, subnet, traveller, DEPTH)
}

fn follow(
    overlay: &Overlay<'_>,
    subnet: ResourceIndex,
    traveller: Traveller,
    depth: usize,
) -> Verdict {
    let name = &overlay.resource(subnet).name;
    let Some(table) = route_table_of(overlay, subnet) else {
        return Verdict::unknown(
            subnet,
            format!("check the route table of subnet {name}, which could not be seen"),
        );
    };
    let table_name = &overlay.resource(table).name;
    let Some(facts) = overlay.facts::<RouteTable>(table) else {
        return Verdict::unknown(
            table,
            format!("check route table {table_name}, which could not be read"),
        );
    };
    let Some(route) = default_route(overlay, subnet, &facts) else {
        if overlay.is_unknown(table, "Routes") {
            return Verdict::unknown(
                table,
                format!("check the routes of {table_name}, which are known only after the change"),
            );
        }
        if facts.routes.iter().any(leads_somewhere_public) {
            return Verdict::unknown(
                table,
                format!(
                    "check the routes of {table_name}: it has none for all addresses, but some for public ones"
                ),
            );
        }
        return Verdict::unmet(
            table,
            format!("route table {table_name} has no route to the internet"),
        );
    };
    let what = Stretch {
        overlay,
        subnet,
        table,
        traveller,
        depth,
    };
    what.take(route)
}

/// One route on the way.
struct Stretch<'o, 'a> {
    overlay: &'o Overlay<'a>,
    subnet: ResourceIndex,
    table: ResourceIndex,
    traveller: Traveller,
    depth: usize,
}

impl Stretch<'_, '_> {
    fn take(&self, route: &Route) -> Verdict {
        let (overlay, table) = (self.overlay, self.table);
        let table_name = &overlay.resource(table).name;
        if let Some((_, id, _)) = route.gateway() {
            let Some(gateway) = linked(overlay, table, Relation::RoutesVia, id) else {
                return Verdict::unknown(
                    table,
                    format!("check {id}, to which route table {table_name} leads"),
                );
            };
            return self.through(route, gateway);
        }
        // What a plan makes has no id yet that tells its kind.
        let made = route.gateway_id.as_deref().map(ResourceId::new);
        if let Some(gateway) = made.and_then(|id| overlay.find(&id)) {
            return self.through(route, gateway);
        }
        if route.state.as_deref() == Some("blackhole") {
            return self.dead();
        }
        let others = [
            &route.transit_gateway_id,
            &route.vpc_peering_connection_id,
            &route.instance_id,
            &route.network_interface_id,
            &route.egress_only_internet_gateway_id,
            &route.gateway_id,
        ];
        let target = others.into_iter().find_map(|other| other.as_deref());
        let target = target.unwrap_or("a target that is not known");
        Verdict::unknown(
            table,
            format!("check what lies behind {target}, to which route table {table_name} leads"),
        )
    }

    fn through(&self, route: &Route, gateway: ResourceIndex) -> Verdict {
        let (overlay, table) = (self.overlay, self.table);
        let table_name = &overlay.resource(table).name;
        let gateway_name = overlay.resource(gateway).name.to_string();
        if is_missing(overlay, gateway) {
            return Verdict::unmet(
                gateway,
                format!("route table {table_name} leads to {gateway_name}, which is not there"),
            );
        }
        if self.is_dead(route, gateway) {
            return self.dead();
        }
        if !overlay.is_there(gateway) {
            return Verdict::unknown(
                gateway,
                format!("check {gateway_name}, which could not be read"),
            );
        }
        match overlay.kind(gateway) {
            ResourceKind::NatGateway => self.through_nat(gateway),
            ResourceKind::InternetGateway => self.through_edge(gateway),
            _ => self.through_appliance(gateway),
        }
    }

    /// A route says so where its target is gone. What a change makes or mends may be named by an old route.
    fn is_dead(&self, route: &Route, gateway: ResourceIndex) -> bool {
        route.state.as_deref() == Some("blackhole")
            && self.overlay.resource(gateway).presence != Presence::Planned
    }

    fn dead(&self) -> Verdict {
        let name = &self.overlay.resource(self.table).name;
        Verdict::unmet(
            self.table,
            format!("the default route of route table {name} is a black hole"),
        )
    }

    /// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>
    fn through_nat(&self, nat: ResourceIndex) -> Verdict {
        let overlay = self.overlay;
        let name = &overlay.resource(nat).name;
        let Some(facts) = overlay.facts::<NatGateway>(nat) else {
            return Verdict::unknown(
                nat,
                format!("check NAT gateway {name}, which could not be read"),
            );
        };
        if self.traveller.inbound {
            return Verdict::unmet(
                self.table,
                format!("the default route leads to NAT gateway {name}, which lets nobody in"),
            );
        }
        match facts.state.as_deref() {
            None | Some("available") => {}
            Some("pending") => {
                return Verdict::unknown(
                    nat,
                    format!("check that NAT gateway {name} becomes available"),
                );
            }
            Some(state) => {
                return Verdict::unmet(nat, format!("NAT gateway {name} is {state}"));
            }
        }
        if facts.connectivity_type.as_deref() == Some("private") {
            return Verdict::unmet(nat, format!("NAT gateway {name} is a private one"));
        }
        let Some(subnet) = overlay.needed(nat, Relation::PlacedIn).first().copied() else {
            return Verdict::met();
        };
        if is_missing(overlay, subnet) {
            let subnet = &overlay.resource(subnet).name;
            return Verdict::unmet(
                nat,
                format!("subnet {subnet} of NAT gateway {name} is not there"),
            );
        }
        let passes = acl::lets_nat(overlay, subnet, Ports::HTTPS, self.traveller.client);
        let traveller = Traveller {
            client: subnet,
            public: true,
            inbound: false,
        };
        Verdict::all([passes, self.on(subnet, traveller)])
    }

    /// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>
    fn through_edge(&self, edge: ResourceIndex) -> Verdict {
        let overlay = self.overlay;
        let name = &overlay.resource(edge).name;
        let Some(facts) = overlay.facts::<InternetGateway>(edge) else {
            return Verdict::unknown(
                edge,
                format!("check internet gateway {name}, which could not be read"),
            );
        };
        let vpc = vpc_of(overlay, self.subnet);
        let attached = facts.attachments.iter().any(|attachment| {
            let own = attachment.vpc_id.as_deref();
            let here = own
                .zip(vpc)
                .is_none_or(|(own, vpc)| goes_by(overlay, vpc, own));
            here && attachment.state.as_deref() != Some("detached")
        });
        if !attached && !overlay.is_unknown(edge, "Attachments") {
            return Verdict::unmet(
                edge,
                format!("internet gateway {name} is not attached to the VPC"),
            );
        }
        if !self.traveller.public {
            return Verdict::unmet(
                self.subnet,
                format!(
                    "the default route leads to internet gateway {name}, which serves public addresses only, and tasks get none"
                ),
            );
        }
        Verdict::met()
    }

    /// A firewall or another appliance behind an endpoint; what it drops is not seen.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpce-gateway-load-balancer.html>
    fn through_appliance(&self, place: ResourceIndex) -> Verdict {
        let overlay = self.overlay;
        let name = &overlay.resource(place).name;
        let Some(facts) = overlay.facts::<VpcEndpoint>(place) else {
            return Verdict::unknown(
                place,
                format!("check endpoint {name}, which could not be read"),
            );
        };
        if !endpoint::is_available(overlay, place, &facts) {
            return Verdict::unmet(place, format!("endpoint {name} is not available"));
        }
        let subnets = overlay.needed(place, Relation::PlacedIn).into_iter();
        let on = subnets.filter(|subnet| *subnet != self.subnet);
        Verdict::any(on.map(|subnet| self.on(subnet, self.traveller)))
    }

    fn on(&self, subnet: ResourceIndex, traveller: Traveller) -> Verdict {
        match self.depth.checked_sub(1) {
            Some(depth) => follow(self.overlay, subnet, traveller, depth),
            None => Verdict::unknown(
                subnet,
                "check the routes: they lead through too many gateways",
            ),
        }
    }
}

/// The route that takes what no other takes: of IPv4, or of IPv6 in a subnet that has nothing else.
fn default_route<'f>(
    overlay: &Overlay<'_>,
    subnet: ResourceIndex,
    table: &'f RouteTable,
) -> Option<&'f Route> {
    let facts = overlay.facts::<Subnet>(subnet);
    let of_version_6 =
        facts.is_some_and(|facts| facts.cidr_block.is_none() && !facts.ipv6_cidr_blocks.is_empty());
    let mut routes = table.routes.iter();
    routes.find(|route| {
        if of_version_6 {
            route.destination_ipv6_cidr_block.as_deref() == Some("::/0")
        } else {
            route.destination_cidr_block.as_deref() == Some("0.0.0.0/0")
        }
    })
}

/// True for a route that may take some of AWS's public addresses.
fn leads_somewhere_public(route: &Route) -> bool {
    if route.gateway_id.as_deref() == Some("local") {
        return false;
    }
    let of_gateway_endpoint = route
        .gateway_id
        .as_deref()
        .is_some_and(|id| id.starts_with("vpce-"));
    if route.destination_prefix_list_id.is_some() {
        return !of_gateway_endpoint;
    }
    let cidr = route.destination_cidr_block.as_deref();
    let net = cidr.and_then(|cidr| cidr.parse().ok());
    net.is_some_and(|net| !super::peer::is_private(&net))
}

/// True where what leads out of a VPC could not be read at all.
pub fn is_unseen(overlay: &Overlay<'_>, near: ResourceIndex) -> bool {
    is_blind(overlay, ResourceKind::RouteTable, near)
}
