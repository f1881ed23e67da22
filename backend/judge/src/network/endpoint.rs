//! VPC endpoints: whether they take a service's traffic, and whether they let a client in.
//!
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceIndex,
    kinds::{route_table::RouteTable, vpc_endpoint::VpcEndpoint},
};

use super::{
    acl, groups,
    lookup::{goes_by, is_missing, route_table_of, vpc_of},
    peer::{Addresses, Ports, Way},
};
use crate::{Answer, Seat, Verdict};

/// True once it carries traffic, or will when the change has made it.
pub fn is_available(overlay: &Overlay<'_>, place: ResourceIndex, facts: &VpcEndpoint) -> bool {
    let planned = overlay.resource(place).presence == Presence::Planned;
    facts.is_available() || (facts.state.is_none() && planned) || overlay.is_unknown(place, "State")
}

/// Whether an interface endpoint lets a client of its VPC in, whose packets it gets: any of its addresses may be the one.
pub fn interface_lets_in(overlay: &Overlay<'_>, endpoint: ResourceIndex, seat: &Seat) -> Verdict {
    let name = &overlay.resource(endpoint).name;
    let all = overlay.needed(endpoint, Relation::PlacedIn);
    let subnets: Vec<_> = all
        .iter()
        .copied()
        .filter(|subnet| !is_missing(overlay, *subnet))
        .collect();
    if subnets.is_empty() && !overlay.is_unknown(endpoint, "SubnetIds") {
        return Verdict::unmet(
            endpoint,
            format!("endpoint {name} has an address in no subnet"),
        );
    }
    let vpc = vpc_of(overlay, endpoint);
    let own_groups = groups::or_default(
        overlay,
        &overlay.needed(endpoint, Relation::ProtectedBy),
        vpc,
    );
    let client_groups = groups::or_default(overlay, &seat.groups, vpc);
    let client = groups::peer(
        overlay,
        &client_groups,
        Addresses::of_subnet(overlay, seat.subnet),
    );
    let admits = groups::let_through(overlay, &own_groups, Way::In, Ports::HTTPS, &client);
    let ways = subnets.iter().map(|subnet| {
        let addresses = Addresses::of_subnet(overlay, *subnet);
        let mut server = groups::peer(overlay, &own_groups, addresses);
        server.name = format!("endpoint {name}");
        let sends = groups::let_through(overlay, &client_groups, Way::Out, Ports::HTTPS, &server);
        let passes = acl::let_through(
            overlay,
            seat.subnet,
            Some(*subnet),
            Ports::HTTPS,
            &server.addresses,
        );
        Verdict::all([sends, passes])
    });
    Verdict::all([admits, some_of(&ways.collect::<Vec<_>>())])
}

/// Met if each is, unmet if each is; between that nobody knows which one is taken.
fn some_of(ways: &[Verdict]) -> Verdict {
    let answers = || ways.iter().map(|way| way.answer);
    let mixed = answers().min() != answers().max();
    let mut verdict = Verdict::all(ways.iter().cloned());
    if mixed && verdict.answer == Answer::Unmet {
        verdict.answer = Answer::Unknown;
        for reason in &mut verdict.reasons {
            reason.text = format!("check the way to its other addresses: {}", reason.text);
        }
    }
    verdict
}

/// True where a gateway endpoint takes the packets of a subnet.
///
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>
pub fn gateway_takes(overlay: &Overlay<'_>, facts: &VpcEndpoint, subnet: ResourceIndex) -> bool {
    let Some(table) = route_table_of(overlay, subnet) else {
        return false;
    };
    let mut tables = facts.route_table_ids.iter();
    tables.any(|id| goes_by(overlay, table, id))
}

/// Whether a client's group and ACL let its packets out to a gateway endpoint, which has no group of its own.
pub fn gateway_lets_in(overlay: &Overlay<'_>, endpoint: ResourceIndex, seat: &Seat) -> Verdict {
    let client_groups = groups::or_default(overlay, &seat.groups, vpc_of(overlay, seat.subnet));
    let mut server = groups::peer(overlay, &[], Addresses::Public);
    server.name = format!("endpoint {}", overlay.resource(endpoint).name);
    server.prefix_list = prefix_list_of(overlay, endpoint, seat.subnet);
    let mut sends = groups::let_through(overlay, &client_groups, Way::Out, Ports::HTTPS, &server);
    // The list is AWS's own for the service, and where its id was not seen a rule for a list is one for this.
    if server.prefix_list.is_none()
        && sends.answer == Answer::Unknown
        && names_a_list(overlay, &client_groups)
    {
        sends = Verdict::met();
    }
    let passes = acl::let_through(overlay, seat.subnet, None, Ports::HTTPS, &Addresses::Public);
    Verdict::all([sends, passes])
}

fn prefix_list_of(
    overlay: &Overlay<'_>,
    endpoint: ResourceIndex,
    subnet: ResourceIndex,
) -> Option<String> {
    let table = route_table_of(overlay, subnet)?;
    let facts = overlay.facts::<RouteTable>(table)?;
    let mut routes = facts.routes.iter();
    let route = routes.find(|route| {
        let gateway = route.gateway_id.as_deref();
        gateway.is_some_and(|id| goes_by(overlay, endpoint, id))
    })?;
    route.destination_prefix_list_id.clone()
}

fn names_a_list(overlay: &Overlay<'_>, groups: &[ResourceIndex]) -> bool {
    use blastmap_model::kinds::security_group::SecurityGroup;
    let facts = groups
        .iter()
        .filter_map(|group| overlay.facts::<SecurityGroup>(*group));
    facts.into_iter().any(|facts| {
        let rules = facts.ip_permissions_egress.iter();
        rules
            .into_iter()
            .any(|rule| !rule.prefix_list_ids.is_empty())
    })
}
