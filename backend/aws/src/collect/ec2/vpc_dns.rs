//! How names are resolved in the VPCs that something of the estate lies in.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{AttributeBooleanValue, DhcpOptions as SdkDhcpOptions, VpcAttributeName};
use blastmap_model::{
    Arn, Found, InventoryBuilder, Relation, ResourceKind, Scope, Source,
    kinds::{
        dhcp_options::{DhcpConfiguration, DhcpOptions},
        subnet::Subnet,
        vpc::Vpc,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{arn, tags};
use crate::{
    clients::Clients,
    collect::{Action, Collector, Place, Wanted, owned},
    error::CallError,
    pages::{Page, Pages},
};

const ATTRIBUTE: &str = "ec2:DescribeVpcAttribute";
const OPTIONS: &str = "ec2:DescribeDhcpOptions";

/// The VPC itself comes from another call.
const SOURCE: Source = Source::of("ec2:DescribeVpcs");

const KINDS: &[ResourceKind] = &[ResourceKind::Vpc, ResourceKind::DhcpOptions];

pub(in crate::collect) const VPC_DNS: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: ATTRIBUTE,
            reads: &["vpcId", "enableDnsSupport", "enableDnsHostnames", "value"],
        },
        Action {
            name: OPTIONS,
            reads: &[
                "dhcpOptionsSet",
                "dhcpOptionsId",
                "dhcpConfigurationSet",
                "key",
                "valueSet",
                "value",
                "ownerId",
                "tagSet",
                "nextToken",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

/// VPCs in whose subnets something has its addresses.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let subnets = builder.targets_of(Relation::PlacedIn);
    let used: BTreeSet<String> = subnets
        .iter()
        .filter_map(|subnet| {
            builder
                .get(subnet)?
                .attributes
                .facts::<Subnet>()
                .ok()?
                .vpc_id
        })
        .collect();
    let vpcs = builder.kept(ResourceKind::Vpc, scope).into_iter();
    vpcs.filter(|vpc| {
        vpc.id
            .arn()
            .is_some_and(|arn| used.contains(arn.last_part()))
    })
    .map(Wanted::of)
    .collect()
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut options = BTreeMap::new();
    if let Err(error) = list_options(clients, &mut options).await {
        found.blind_spot(error.blind_spot(clients.scope(), KINDS));
    }
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let support = attribute(clients, &wanted, VpcAttributeName::EnableDnsSupport).await;
            let hostnames = attribute(clients, &wanted, VpcAttributeName::EnableDnsHostnames).await;
            (wanted, support, hostnames)
        })
        .buffer_unordered(8);
    while let Some((wanted, support, hostnames)) = answers.next().await {
        let (Some(vpc), Some(known)) = (wanted.id.arn(), wanted.known) else {
            continue;
        };
        let Ok(mut facts) = known.attributes.facts::<Vpc>() else {
            continue;
        };
        let mut noted = |answer: Result<Option<bool>, CallError>| {
            answer.unwrap_or_else(|error| {
                // Deleted since it was listed.
                if !error.has_code(&["InvalidVpcID.NotFound"]) {
                    found.blind_spot(error.blind_spot(clients.scope(), KINDS));
                }
                None
            })
        };
        facts.enable_dns_support = noted(support);
        facts.enable_dns_hostnames = noted(hostnames);
        let own = facts.dhcp_options_id.as_ref();
        if let Some(own) = own.and_then(|id| options.get(id)) {
            facts.domain_name_servers = own.facts.domain_name_servers();
            found.resource(&own.arn, &own.facts, own.tags.clone(), Source::of(OPTIONS));
        }
        found.replace(&vpc, &facts, SOURCE);
    }
    Ok(())
}

/// One attribute a call: AWS has no other way.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html>
async fn attribute(
    clients: &Clients,
    wanted: &Wanted,
    name: VpcAttributeName,
) -> Result<Option<bool>, CallError> {
    let Some(arn) = wanted.id.arn() else {
        return Ok(None);
    };
    let request = clients
        .ec2
        .describe_vpc_attribute()
        .vpc_id(arn.last_part())
        .attribute(name);
    let answer = clients.call(ATTRIBUTE, request.send()).await?;
    let value = answer
        .enable_dns_support()
        .or(answer.enable_dns_hostnames());
    Ok(value.and_then(AttributeBooleanValue::value))
}

/// A set of DHCP options, kept where a VPC has it.
struct Options {
    arn: Arn,
    facts: DhcpOptions,
    tags: Vec<(String, String)>,
}

/// Each set of DHCP options, by its id.
async fn list_options(
    clients: &Clients,
    all: &mut BTreeMap<String, Options>,
) -> Result<(), CallError> {
    let mut pages = Pages::of(OPTIONS);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ec2
            .describe_dhcp_options()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(OPTIONS, request.send()).await?;
        for own in answer.dhcp_options() {
            if let Some(options) = describe(clients, own) {
                all.insert(options.facts.dhcp_options_id.clone(), options);
            }
        }
        pages.turn(answer.next_token())?;
    }
    Ok(())
}

/// Values are asked in their order: it stays.
fn describe(clients: &Clients, options: &SdkDhcpOptions) -> Option<Options> {
    let (owner, id) = (options.owner_id(), options.dhcp_options_id());
    let arn = arn(clients, "dhcp-options", owner, id)?;
    let configurations = options.dhcp_configurations().iter();
    let facts = DhcpOptions {
        dhcp_options_id: id?.to_owned(),
        owner_id: owned(owner),
        dhcp_configurations: configurations
            .map(|own| DhcpConfiguration {
                key: own.key().unwrap_or_default().to_owned(),
                values: own
                    .values()
                    .iter()
                    .filter_map(|value| owned(value.value()))
                    .collect(),
            })
            .collect(),
    };
    let tags = tags(options.tags());
    Some(Options { arn, facts, tags })
}
