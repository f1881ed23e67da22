//! Sets of DHCP options, and which VPCs have them.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_dhcp_options>

use blastmap_model::{
    ResourceKind,
    kinds::dhcp_options::{self, DhcpOptions},
};
use serde_json::{Value, json};

use super::{
    fields::{is_marked, list, set},
    mapping::{Find, Finish, Id, Owner, Part, Whole, owner},
};
use crate::Lookup;

pub(super) const OPTIONS: Whole = Whole {
    own: |naming| naming.invented("ec2", "dhcp-options/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "id"]),
    finish,
    ..Whole::of(ResourceKind::DhcpOptions)
};

fn finish(finish: &mut Finish<'_>) {
    finish.set_new("DhcpOptionsId", finish.own.last_part());
    finish.set_new("OwnerId", finish.own.account());
    if !finish.writing.changes(SERVERS) {
        return;
    }
    let servers = finish.side().texts(SERVERS);
    let options = list(finish.facts, "DhcpConfigurations");
    options.retain(|own| own["Key"] != dhcp_options::SERVERS);
    options.push(json!({"Key": dhcp_options::SERVERS, "Values": servers}));
    let unknown = finish.writing.unknown.get(SERVERS).is_some_and(is_marked);
    if unknown {
        finish.unknown.push("DhcpConfigurations".to_owned());
    }
    // Which servers a VPC asks stands in its own facts too.
    let id = finish.facts["DhcpOptionsId"].clone();
    for vpc in finish.finder.there(ResourceKind::Vpc) {
        let facts = finish.finder.facts(&vpc).unwrap_or_default();
        if facts["DhcpOptionsId"] == id && !id.is_null() {
            let told = if unknown { Value::Null } else { json!(servers) };
            finish.also.push((vpc, "DomainNameServers", told));
        }
    }
}

const SERVERS: &str = "domain_name_servers";

pub(super) const ASSOCIATION: Part = Part {
    kind: ResourceKind::Vpc,
    owners: |finder, side| owner(finder, ResourceKind::Vpc, side, &["vpc_id"]),
    remove: |owner| {
        set(owner.facts, "DhcpOptionsId", "default".into());
        set(
            owner.facts,
            "DomainNameServers",
            json!(["AmazonProvidedDNS"]),
        );
    },
    add: |owner| {
        let options = owner.side.text("dhcp_options_id").map(str::to_owned);
        let servers = match options.as_deref() {
            Some("default") => Some(vec!["AmazonProvidedDNS".to_owned()]),
            Some(id) => servers_of(owner.finder, id),
            None => None,
        };
        set(owner.facts, "DhcpOptionsId", json!(options));
        write_servers(owner, servers.as_deref());
    },
    last: false,
};

fn servers_of(finder: &mut dyn Find, id: &str) -> Option<Vec<String>> {
    let Lookup::One(options) = finder.find(ResourceKind::DhcpOptions, &[id.to_owned()]) else {
        return None;
    };
    let facts: DhcpOptions = serde_json::from_value(finder.facts(&options)?).ok()?;
    Some(facts.domain_name_servers())
}

fn write_servers(owner: &mut Owner<'_>, servers: Option<&[String]>) {
    owner.unknown.retain(|field| field != "DomainNameServers");
    if servers.is_none() {
        owner.unknown.push("DomainNameServers".to_owned());
    }
    set(owner.facts, "DomainNameServers", json!(servers));
}
