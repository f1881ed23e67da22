//! The collectors: one file a kind. Each says which kinds it finds, which calls it makes and what it reads of the answers;
//! `blastmap policy` prints the union of the calls, and a recording keeps the union of the reads.

mod alarms;
mod auto_scaling_groups;
mod capacity_providers;
mod certificates;
mod cloud_map;
mod clusters;
mod container_instances;
mod deployment_groups;
mod distributions;
mod dns;
mod event_rules;
mod file_systems;
mod functions;
mod images;
pub(crate) mod kms;
mod lattice;
mod listener_rules;
mod listeners;
mod load_balancers;
mod log_groups;
mod parameters;
mod pull_through_cache_rules;
mod queues;
mod repositories;
mod roles;
mod scalable_targets;
mod schedules;
mod secrets;
mod service_addresses;
mod services;
pub(crate) mod starts;
pub(crate) mod state_machines;
mod tables;
mod tags;
mod target_groups;
mod target_health;
pub(crate) mod task_definitions;
mod tasks;
mod topics;
mod vpc_links;
mod web_acls;

#[cfg(feature = "ec2")]
mod ec2;

use std::{collections::BTreeSet, pin::Pin};

use aws_smithy_types::{DateTime, date_time::Format};
use blastmap_model::{Found, InventoryBuilder, Resource, ResourceId, ResourceKind, Scope, Source};

use crate::{clients::Clients, error::CallError};

/// One kind of question to AWS.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Collector {
    /// What is incomplete if it fails.
    pub(crate) kinds: &'static [ResourceKind],
    pub(crate) actions: &'static [Action],
    pub(crate) place: Place,
    /// What of the facts so far it has to ask about. None: it asks once.
    pub(crate) wanted: Option<fn(&InventoryBuilder, &Scope) -> Vec<Wanted>>,
    /// Set where AWS never changes what was read once: how an earlier crawl's facts are known.
    pub(crate) never_changes: Option<Source>,
    pub(crate) collect: for<'a> fn(&'a Clients, Vec<Wanted>, &'a mut Found) -> Collecting<'a>,
}

pub(crate) type Collecting<'a> = Pin<Box<dyn Future<Output = Result<(), CallError>> + Send + 'a>>;

/// An API action, by IAM's name, and the fields of its answer that are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Action {
    pub(crate) name: &'static str,
    pub(crate) reads: &'static [&'static str],
}

/// Where a collector is at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In every region.
    Region,
    /// Once an account.
    Global,
}

/// Something to ask about.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) id: ResourceId,
    /// What is known of it already.
    pub(crate) known: Option<Resource>,
    /// Parts of it to ask about, such as images of a repository.
    pub(crate) parts: BTreeSet<String>,
}

impl Wanted {
    fn unseen(builder: &InventoryBuilder, kind: ResourceKind, scope: &Scope) -> Vec<Self> {
        let unseen = builder.unseen(kind, scope).into_iter();
        unseen.map(Self::named).collect()
    }

    fn kept(builder: &InventoryBuilder, kind: ResourceKind, scope: &Scope) -> Vec<Self> {
        builder
            .kept(kind, scope)
            .into_iter()
            .map(Self::of)
            .collect()
    }

    /// Every cluster that is there. What is in it can be asked for by its name, even if nobody may describe it.
    fn clusters(builder: &InventoryBuilder, scope: &Scope) -> Vec<Self> {
        let mut clusters = Self::kept(builder, ResourceKind::EcsCluster, scope);
        let unread = builder.unread(ResourceKind::EcsCluster, scope);
        clusters.extend(unread.into_iter().map(Self::named));
        clusters
    }

    /// For what matters only where ECS is used: one question, once a region has clusters, or may have some that are hidden.
    fn once_there_are_clusters(builder: &InventoryBuilder, scope: &Scope) -> Vec<Self> {
        let once = uses_ecs(builder, scope).then(|| Self::all("every cluster"));
        once.into_iter().collect()
    }

    /// Something of which nothing is known but its name.
    fn named(id: ResourceId) -> Self {
        Self {
            id,
            known: None,
            parts: BTreeSet::new(),
        }
    }

    /// A question about everything at once, called `what`.
    fn all(what: &str) -> Self {
        Self::named(ResourceId::new(what))
    }

    fn of(resource: &Resource) -> Self {
        Self {
            id: resource.id.clone(),
            known: Some(resource.clone()),
            parts: BTreeSet::new(),
        }
    }
}

/// Whether ECS is used in a scope, as far as that can be known: where nobody may list the clusters, there may be some.
fn uses_ecs(builder: &InventoryBuilder, scope: &Scope) -> bool {
    !builder.kept(ResourceKind::EcsCluster, scope).is_empty()
        || builder.may_hide(ResourceKind::EcsCluster, scope)
}

/// Whether ECS is used in any of the scopes.
fn uses_ecs_anywhere(builder: &InventoryBuilder) -> bool {
    builder.scopes().any(|scope| uses_ecs(builder, scope))
}

/// Every collector. Their order does not matter.
pub(crate) const COLLECTORS: &[Collector] = &[
    clusters::COLLECTOR,
    services::COLLECTOR,
    tasks::COLLECTOR,
    task_definitions::COLLECTOR,
    container_instances::COLLECTOR,
    capacity_providers::COLLECTOR,
    auto_scaling_groups::COLLECTOR,
    deployment_groups::COLLECTOR,
    event_rules::COLLECTOR,
    schedules::COLLECTOR,
    scalable_targets::COLLECTOR,
    cloud_map::COLLECTOR,
    dns::COLLECTOR,
    certificates::COLLECTOR,
    web_acls::COLLECTOR,
    distributions::COLLECTOR,
    vpc_links::COLLECTOR,
    lattice::COLLECTOR,
    alarms::COLLECTOR,
    queues::COLLECTOR,
    queues::DETAILS,
    topics::COLLECTOR,
    tables::COLLECTOR,
    functions::COLLECTOR,
    state_machines::COLLECTOR,
    roles::DETAILS,
    roles::ONE_BY_ONE,
    roles::POLICIES,
    roles::PROFILES,
    target_groups::COLLECTOR,
    target_health::COLLECTOR,
    load_balancers::COLLECTOR,
    listeners::COLLECTOR,
    listener_rules::COLLECTOR,
    log_groups::COLLECTOR,
    parameters::COLLECTOR,
    secrets::COLLECTOR,
    secrets::POLICIES,
    kms::COLLECTOR,
    file_systems::COLLECTOR,
    repositories::COLLECTOR,
    images::COLLECTOR,
    pull_through_cache_rules::COLLECTOR,
    tags::COLLECTOR,
    #[cfg(feature = "ec2")]
    ec2::VPCS,
    #[cfg(feature = "ec2")]
    ec2::SUBNETS,
    #[cfg(feature = "ec2")]
    ec2::ROUTE_TABLES,
    #[cfg(feature = "ec2")]
    ec2::NAT_GATEWAYS,
    #[cfg(feature = "ec2")]
    ec2::INTERNET_GATEWAYS,
    #[cfg(feature = "ec2")]
    ec2::VPC_ENDPOINTS,
    #[cfg(feature = "ec2")]
    ec2::SECURITY_GROUPS,
    #[cfg(feature = "ec2")]
    ec2::NETWORK_INTERFACES,
    #[cfg(feature = "ec2")]
    ec2::VPC_DNS,
    #[cfg(feature = "ec2")]
    ec2::INSTANCES_OF_HOSTS,
    #[cfg(feature = "ec2")]
    ec2::LAUNCH_TEMPLATES,
    #[cfg(feature = "ec2")]
    ec2::ELASTIC_IPS,
    #[cfg(feature = "ec2")]
    ec2::PREFIX_LISTS,
    #[cfg(feature = "ec2")]
    ec2::PEERING_CONNECTIONS,
    #[cfg(feature = "ec2")]
    ec2::TRANSIT_GATEWAYS,
    #[cfg(feature = "ec2")]
    ec2::ENDPOINT_SERVICES,
];

/// Asked before everything else, to know whose account it is.
pub(crate) const IDENTITY: Action = Action {
    name: "sts:GetCallerIdentity",
    reads: &["Account", "Arn", "UserId"],
};

/// The fields that a recording keeps of an action's answer; none for what no collector asks.
pub(crate) fn reads(action: &str) -> Option<&'static [&'static str]> {
    let all = COLLECTORS
        .iter()
        .flat_map(|collector| collector.actions)
        .chain([
            &IDENTITY,
            &crate::accounts::MEMBERS,
            &crate::regions::ENABLED,
        ]);
    all.into_iter()
        .find(|own| own.name == action)
        .map(|own| own.reads)
}

/// What was asked for by its id and not answered: it does not exist if AWS says so by one of the codes `absent`, else it could not
/// be read.
fn not_read(
    error: &CallError,
    id: ResourceId,
    absent: &[&str],
    kinds: &[ResourceKind],
    clients: &Clients,
    found: &mut Found,
) {
    if error.has_code(absent) {
        found.absent(id);
    } else {
        found.unreadable(id);
        found.blind_spot(error.blind_spot(clients.scope(), kinds));
    }
}

/// A time as RFC 3339.
fn time(at: Option<&DateTime>) -> Option<String> {
    at.and_then(|at| at.fmt(Format::DateTime).ok())
}

/// An enum of the SDK as AWS writes it.
macro_rules! text {
    ($value:expr) => {
        $value.map(|value| value.as_str().to_owned())
    };
}
pub(crate) use text;

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

/// Zero is what the SDK gives for a number that AWS left out.
fn nonzero(number: i32) -> Option<i32> {
    (number != 0).then_some(number)
}
