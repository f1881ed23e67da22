//! A subnet's packets follow the route table that is associated with it, or else the VPC's main one.

use super::{Estate, inferred, stated};
use crate::{NamedLink, Relation, kinds::subnet::Subnet};

const API: &str = "ec2:DescribeRouteTables";

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut links = Vec::new();
    for (subnet, facts) in estate.live::<Subnet>() {
        let vpc = facts.vpc_id.as_deref().unwrap_or_default();
        let Some((table, _, place)) = estate.route_table_of(&facts.subnet_id, vpc) else {
            continue;
        };
        let own = format!("Associations[{place}].SubnetId");
        let main = format!("Associations[{place}].Main");
        let explicit = estate.route_table_of(&facts.subnet_id, "").is_some();
        links.push(if explicit {
            stated(&subnet.id, Relation::RoutedBy, &table.id, API, &own)
        } else {
            inferred(&subnet.id, Relation::RoutedBy, &table.id, API, &main)
        });
        for gateway in estate.dependencies(table, Relation::RoutesVia) {
            links.push(inferred(
                &subnet.id,
                Relation::RoutesVia,
                &gateway.id,
                API,
                "Routes",
            ));
        }
    }
    links
}
