//! The network around tasks: everything in the region, in one paginated list each.

mod addresses;
mod endpoints;
mod gateways;
mod instances;
mod interfaces;
mod launch_templates;
mod route_tables;
mod security_groups;
mod subnets;
mod vpc_dns;
mod vpcs;
mod ways_out;

use aws_sdk_ec2::types::Tag;
use blastmap_model::Arn;

pub(super) use addresses::{ELASTIC_IPS, PREFIX_LISTS};
pub(super) use endpoints::VPC_ENDPOINTS;
pub(super) use gateways::{INTERNET_GATEWAYS, NAT_GATEWAYS};
pub(super) use instances::INSTANCES_OF_HOSTS;
pub(super) use interfaces::NETWORK_INTERFACES;
pub(super) use launch_templates::LAUNCH_TEMPLATES;
pub(super) use route_tables::ROUTE_TABLES;
pub(super) use security_groups::SECURITY_GROUPS;
pub(super) use subnets::SUBNETS;
pub(super) use vpc_dns::VPC_DNS;
pub(super) use vpcs::VPCS;
pub(super) use ways_out::{ENDPOINT_SERVICES, PEERING_CONNECTIONS, TRANSIT_GATEWAYS};

use crate::clients::Clients;

/// The ARN of one of EC2's things in AWS's documented form. `owner` is the account that owns it, if AWS says so.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>
fn arn(clients: &Clients, resource: &str, owner: Option<&str>, id: Option<&str>) -> Option<Arn> {
    let scope = clients.scope();
    let owner = owner
        .filter(|owner| !owner.is_empty())
        .unwrap_or(&scope.account);
    Arn::new(
        &clients.partition,
        "ec2",
        &scope.region,
        owner,
        &format!("{resource}/{}", id?),
    )
    .ok()
}

fn tags(tags: &[Tag]) -> Vec<(String, String)> {
    tags.iter()
        .map(|tag| {
            (
                tag.key().unwrap_or_default().to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

/// A collector that asks for every page of one list and describes each thing on it.
macro_rules! listing {
    ($name:ident, $kind:ident, $api:literal, $call:ident, $items:ident, $describe:ident, $max:expr, [$($field:literal),* $(,)?]) => {
        pub(in crate::collect) const $name: crate::collect::Collector = crate::collect::Collector {
            kinds: &[blastmap_model::ResourceKind::$kind],
            actions: &[crate::collect::Action { name: $api, reads: &["nextToken", "tagSet", $($field),*] }],
            place: crate::collect::Place::Region,
            wanted: None,
            never_changes: None,
            collect: |clients, _, found| {
                Box::pin(async move {
                    let mut pages = crate::pages::Pages::of($api);
                    while let Some(crate::pages::Page(token)) = pages.next() {
                        let request = clients.ec2.$call().max_results($max).set_next_token(token);
                        let answer = clients.call($api, request.send()).await?;
                        for item in answer.$items() {
                            $describe(clients, item, found);
                        }
                        pages.turn(answer.next_token())?;
                    }
                    found.listed(blastmap_model::ResourceKind::$kind);
                    Ok(())
                })
            },
        };
    };
}
use listing;
