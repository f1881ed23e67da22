//! Elastic IP addresses and prefix lists, as far as something names them.

use aws_sdk_ec2::types::{Address, ManagedPrefixList};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceKind, Scope, Source,
    kinds::{elastic_ip::ElasticIp, prefix_list::PrefixList},
};

use super::{arn, tags};
use crate::{
    clients::Clients,
    collect::{Action, Collector, Place, Wanted, owned, text},
    error::CallError,
    pages::{Page, Pages},
};

const ADDRESSES: &str = "ec2:DescribeAddresses";
const LISTS: &str = "ec2:DescribeManagedPrefixLists";

pub(in crate::collect) const ELASTIC_IPS: Collector = Collector {
    kinds: &[ResourceKind::ElasticIp],
    actions: &[Action {
        name: ADDRESSES,
        reads: &[
            "addressesSet",
            "allocationId",
            "associationId",
            "publicIp",
            "privateIpAddress",
            "networkInterfaceId",
            "networkBorderGroup",
            "tagSet",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| any(builder, ResourceKind::ElasticIp, scope)),
    never_changes: None,
    collect: |clients, _, found| Box::pin(addresses(clients, found)),
};

pub(in crate::collect) const PREFIX_LISTS: Collector = Collector {
    kinds: &[ResourceKind::PrefixList],
    actions: &[Action {
        name: LISTS,
        reads: &[
            "prefixListSet",
            "prefixListId",
            "prefixListArn",
            "prefixListName",
            "ownerId",
            "state",
            "addressFamily",
            "version",
            "tagSet",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| any(builder, ResourceKind::PrefixList, scope)),
    never_changes: None,
    collect: |clients, _, found| Box::pin(prefix_lists(clients, found)),
};

/// One question, once something unseen of this kind is named: its list tells of all.
fn any(builder: &InventoryBuilder, kind: ResourceKind, scope: &Scope) -> Vec<Wanted> {
    let unseen = builder.unseen(kind, scope);
    let once = unseen.first().map(|_| Wanted::all(kind.name()));
    once.into_iter().collect()
}

/// One answer holds them all.
async fn addresses(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let request = clients.ec2.describe_addresses();
    let answer = clients.call(ADDRESSES, request.send()).await?;
    for address in answer.addresses() {
        describe_address(clients, address, found);
    }
    found.listed(ResourceKind::ElasticIp);
    Ok(())
}

fn describe_address(clients: &Clients, address: &Address, found: &mut Found) {
    let Some(arn) = arn(clients, "elastic-ip", None, address.allocation_id()) else {
        return;
    };
    let some = |text: Option<&str>| owned(text.filter(|text| !text.is_empty()));
    let facts = ElasticIp {
        allocation_id: address.allocation_id().unwrap_or_default().to_owned(),
        public_ip: some(address.public_ip()),
        association_id: some(address.association_id()),
        network_interface_id: some(address.network_interface_id()),
        private_ip_address: some(address.private_ip_address()),
        network_border_group: some(address.network_border_group()),
        address_fingerprint: some(address.public_ip())
            .map(|address| clients.redactor().fingerprint(&address)),
    };
    found.offer(&arn, &facts, tags(address.tags()), Source::of(ADDRESSES));
}

async fn prefix_lists(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(LISTS);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ec2
            .describe_managed_prefix_lists()
            .max_results(100)
            .set_next_token(token);
        let answer = clients.call(LISTS, request.send()).await?;
        for list in answer.prefix_lists() {
            describe_list(clients, list, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::PrefixList);
    Ok(())
}

/// AWS's own lists are of the account `aws`.
fn describe_list(clients: &Clients, list: &ManagedPrefixList, found: &mut Found) {
    let owner = list.owner_id().map(str::to_lowercase);
    let by_form = || {
        arn(
            clients,
            "prefix-list",
            owner.as_deref(),
            list.prefix_list_id(),
        )
    };
    let said = Arn::parse(list.prefix_list_arn().unwrap_or_default()).ok();
    let Some(arn) = said.or_else(by_form) else {
        return;
    };
    let facts = PrefixList {
        prefix_list_id: list.prefix_list_id().unwrap_or_default().to_owned(),
        prefix_list_name: list.prefix_list_name().unwrap_or_default().to_owned(),
        owner_id: owned(list.owner_id()),
        state: text!(list.state()),
        address_family: owned(list.address_family()),
        version: list.version(),
    };
    found.offer(&arn, &facts, tags(list.tags()), Source::of(LISTS));
}
