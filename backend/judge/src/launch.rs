//! What it takes to start a task: the same questions whether a service, a rule, a schedule or a person starts it.

use std::rc::Rc;

use blastmap_graph::Overlay;
use blastmap_model::{
    Arn, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{
        ec2_instance::Ec2Instance,
        ecs_cluster::EcsCluster,
        ecs_container_instance::EcsContainerInstance,
        ecs_service::{AwsVpcConfiguration, CapacityProviderStrategyItem, EcsService},
        ecs_task::EcsTask,
        ecs_task_definition::EcsTaskDefinition,
        event_rule::{EcsParameters, EventRule},
        network_interface::NetworkInterface,
        schedule::Schedule,
    },
};

/// Where a task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    Fargate,
    /// Container instances of EC2.
    Ec2,
    /// Container instances outside AWS.
    External,
}

/// A way to start tasks.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Who starts: a service, a standalone task (as the one that would be started again), a rule or a schedule.
    pub subject: ResourceIndex,
    /// None: not known, or not there; `definition_place` says which.
    pub definition: Option<Rc<EcsTaskDefinition>>,
    pub definition_place: Option<ResourceIndex>,
    pub cluster: Option<ResourceIndex>,
    pub host: Host,
    /// `1.4.0`, `LATEST`; none on instances.
    pub platform_version: Option<String>,
    /// The cluster's default where the subject names none and no launch type.
    pub capacity_providers: Vec<CapacityProviderStrategyItem>,
    /// Of tasks with addresses of their own.
    pub network: Option<Network>,
    /// Tasks that are to run at once: a service's desired count, a rule's task count.
    pub count: usize,
    /// Roles that a rule, schedule or task puts in the place of the definition's.
    pub task_role: Option<String>,
    pub execution_role: Option<String>,
}

/// The network of tasks that have addresses of their own.
#[derive(Debug, Clone, Default)]
pub struct Network {
    pub subnets: Vec<ResourceIndex>,
    pub groups: Vec<ResourceIndex>,
    pub public_ip: bool,
}

/// A place in the network from which something sends packets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    pub subnet: ResourceIndex,
    pub groups: Vec<ResourceIndex>,
    pub public_ip: bool,
}

impl Launch {
    /// How this subject starts tasks; none for what starts none, or whose facts are not known. A rule with several ECS targets
    /// has several ways.
    pub fn of(overlay: &Overlay<'_>, subject: ResourceIndex) -> Vec<Self> {
        match overlay.kind(subject) {
            ResourceKind::EcsService => of_service(overlay, subject).into_iter().collect(),
            ResourceKind::EcsTask => of_task(overlay, subject).into_iter().collect(),
            ResourceKind::EventRule => of_rule(overlay, subject),
            ResourceKind::Schedule => of_schedule(overlay, subject).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The role with which ECS pulls, reads secrets and writes logs: by the launch, else by the definition.
    pub fn execution_role(&self) -> Option<&str> {
        let own = self.execution_role.as_deref();
        own.or_else(|| self.definition.as_ref()?.execution_role_arn.as_deref())
    }

    /// The role as which the containers act.
    pub fn task_role(&self) -> Option<&str> {
        let own = self.task_role.as_deref();
        own.or_else(|| self.definition.as_ref()?.task_role_arn.as_deref())
    }

    /// True where tasks have network interfaces of their own.
    pub fn has_own_addresses(&self) -> bool {
        let mode = self
            .definition
            .as_ref()
            .and_then(|facts| facts.network_mode.as_deref());
        mode == Some("awsvpc") || self.host == Host::Fargate
    }

    /// The container instances of its cluster, whatever their state.
    pub fn instances(
        &self,
        overlay: &Overlay<'_>,
    ) -> Vec<(ResourceIndex, Rc<EcsContainerInstance>)> {
        let Some(cluster) = self.cluster else {
            return Vec::new();
        };
        let all = overlay.needing(cluster, Relation::PartOf).into_iter();
        all.filter_map(|place| Some((place, overlay.facts::<EcsContainerInstance>(place)?)))
            .collect()
    }

    /// Every place from which a task may send packets: its subnets, or its hosts where it shares theirs.
    pub fn seats(&self, overlay: &Overlay<'_>) -> Vec<Seat> {
        if let Some(network) = &self.network {
            let seat = |subnet: &ResourceIndex| Seat {
                subnet: *subnet,
                groups: network.groups.clone(),
                public_ip: network.public_ip,
            };
            return network.subnets.iter().map(seat).collect();
        }
        if self.has_own_addresses() {
            return Vec::new();
        }
        let mut seats: Vec<Seat> = self
            .instances(overlay)
            .into_iter()
            .filter_map(|(instance, _)| seat_of_instance(overlay, instance))
            .collect();
        seats.sort();
        seats.dedup();
        seats
    }

    /// The role of the hosts, where the containers' own do not apply: its place by instance profile.
    pub fn host_roles(&self, overlay: &Overlay<'_>) -> Vec<ResourceIndex> {
        let mut roles: Vec<ResourceIndex> = self
            .instances(overlay)
            .into_iter()
            .flat_map(|(instance, _)| overlay.needed(instance, Relation::HostedOn))
            .flat_map(|machine| overlay.needed(machine, Relation::Assumes))
            .flat_map(|profile| match overlay.kind(profile) {
                ResourceKind::IamRole => vec![profile],
                _ => overlay.needed(profile, Relation::Assumes),
            })
            .collect();
        roles.sort();
        roles.dedup();
        roles
    }
}

/// Where a container instance sits in the network; none where its EC2 instance was not read.
pub fn seat_of_instance(overlay: &Overlay<'_>, instance: ResourceIndex) -> Option<Seat> {
    let machine = *overlay.needed(instance, Relation::HostedOn).first()?;
    let facts = overlay.facts::<Ec2Instance>(machine)?;
    Some(Seat {
        subnet: *overlay.needed(machine, Relation::PlacedIn).first()?,
        groups: overlay.needed(machine, Relation::ProtectedBy),
        public_ip: facts.public_ip_address.is_some(),
    })
}

fn of_service(overlay: &Overlay<'_>, subject: ResourceIndex) -> Option<Launch> {
    let facts = overlay.facts::<EcsService>(subject)?;
    let cluster = cluster_of(overlay, &facts.cluster_arn);
    let definition_place = facts
        .task_definition
        .as_deref()
        .and_then(|id| definition_named(overlay, subject, id));
    let definition = definition_place.and_then(|place| overlay.facts::<EcsTaskDefinition>(place));
    let (host, providers) = host_of(
        overlay,
        facts.launch_type.as_deref(),
        &facts.capacity_provider_strategy,
        cluster,
        definition.as_deref(),
    );
    Some(Launch {
        subject,
        network: network_of(overlay, subject, facts.awsvpc()),
        count: usize::try_from(facts.desired_count).unwrap_or_default(),
        platform_version: facts.platform_version.clone(),
        capacity_providers: providers,
        host,
        cluster,
        definition,
        definition_place,
        task_role: None,
        execution_role: None,
    })
}

fn of_task(overlay: &Overlay<'_>, subject: ResourceIndex) -> Option<Launch> {
    let facts = overlay.facts::<EcsTask>(subject)?;
    let cluster = cluster_of(overlay, &facts.cluster_arn);
    let definition_place = definition_named(overlay, subject, &facts.task_definition_arn);
    let definition = definition_place.and_then(|place| overlay.facts::<EcsTaskDefinition>(place));
    let provider = facts.capacity_provider_name.as_ref();
    let strategy: Vec<_> = provider
        .map(|name| CapacityProviderStrategyItem {
            capacity_provider: name.clone(),
            weight: 1,
            base: 0,
        })
        .into_iter()
        .collect();
    let (host, providers) = host_of(
        overlay,
        facts.launch_type.as_deref(),
        &strategy,
        cluster,
        definition.as_deref(),
    );
    let interfaces = overlay.needed(subject, Relation::AttachedTo);
    let public_ip = interfaces.iter().any(|place| {
        let interface = overlay.facts::<NetworkInterface>(*place);
        interface.is_some_and(|interface| interface.public_ip.is_some())
    });
    let network = Network {
        subnets: overlay.needed(subject, Relation::PlacedIn),
        groups: overlay.needed(subject, Relation::ProtectedBy),
        public_ip,
    };
    let overrides = facts.overrides.as_ref();
    Some(Launch {
        subject,
        network: (!network.subnets.is_empty()).then_some(network),
        count: 1,
        platform_version: facts.platform_version.clone(),
        capacity_providers: providers,
        host,
        cluster,
        definition,
        definition_place,
        task_role: overrides.and_then(|overrides| overrides.task_role_arn.clone()),
        execution_role: overrides.and_then(|overrides| overrides.execution_role_arn.clone()),
    })
}

fn cluster_of(overlay: &Overlay<'_>, arn: &str) -> Option<ResourceIndex> {
    overlay.find(&ResourceId::new(arn))
}

/// A definition by the ARN in a subject's facts, or by the link that a family's name was tied to.
pub(crate) fn definition_named(
    overlay: &Overlay<'_>,
    subject: ResourceIndex,
    id: &str,
) -> Option<ResourceIndex> {
    let by_id = overlay.find(&ResourceId::new(id));
    by_id.or_else(|| {
        let mut linked = overlay.needed(subject, Relation::Runs);
        linked.extend(overlay.needed(subject, Relation::Starts));
        // A rule may start several definitions: a family's is the one with a revision behind it.
        let of_family = |place: &ResourceIndex| {
            let known = overlay.resource(*place).id.as_str();
            known
                .strip_prefix(id)
                .is_some_and(|rest| rest.starts_with(':'))
        };
        let family = linked.iter().copied().find(of_family);
        family.or_else(|| linked.first().copied().filter(|_| linked.len() == 1))
    })
}

pub(crate) fn network_of(
    overlay: &Overlay<'_>,
    subject: ResourceIndex,
    given: Option<&AwsVpcConfiguration>,
) -> Option<Network> {
    let given = given?;
    Some(Network {
        subnets: overlay.needed(subject, Relation::PlacedIn),
        groups: overlay.needed(subject, Relation::ProtectedBy),
        public_ip: given.assign_public_ip.as_deref() == Some("ENABLED"),
    })
}

/// A launch type, or what the strategy's providers are, or the cluster's default, or what the definition is for.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html>
pub(crate) fn host_of(
    overlay: &Overlay<'_>,
    launch_type: Option<&str>,
    strategy: &[CapacityProviderStrategyItem],
    cluster: Option<ResourceIndex>,
    definition: Option<&EcsTaskDefinition>,
) -> (Host, Vec<CapacityProviderStrategyItem>) {
    match launch_type {
        Some("FARGATE") => return (Host::Fargate, Vec::new()),
        Some("EXTERNAL") => return (Host::External, Vec::new()),
        Some("EC2") if strategy.is_empty() => return (Host::Ec2, Vec::new()),
        _ => {}
    }
    let mut strategy = strategy.to_vec();
    if strategy.is_empty()
        && let Some(cluster) = cluster.and_then(|place| overlay.facts::<EcsCluster>(place))
    {
        strategy.clone_from(&cluster.default_capacity_provider_strategy);
    }
    let fargate = |item: &CapacityProviderStrategyItem| {
        matches!(last(&item.capacity_provider), "FARGATE" | "FARGATE_SPOT")
    };
    let made_for_fargate =
        || definition.is_some_and(|facts| facts.requires_compatibilities == ["FARGATE"]);
    let host = if strategy.iter().any(fargate) || (strategy.is_empty() && made_for_fargate()) {
        Host::Fargate
    } else {
        Host::Ec2
    };
    (host, strategy)
}

/// The name in a capacity provider's name or ARN.
pub(crate) fn last(provider: &str) -> &str {
    provider.rsplit('/').next().unwrap_or(provider)
}

fn of_rule(overlay: &Overlay<'_>, subject: ResourceIndex) -> Vec<Launch> {
    let Some(facts) = overlay.facts::<EventRule>(subject) else {
        return Vec::new();
    };
    let ecs = facts.targets.iter().filter_map(|target| {
        let parameters = target.ecs_parameters.as_ref()?;
        Some(Launch {
            task_role: target.override_task_role_arn.clone(),
            execution_role: target.override_execution_role_arn.clone(),
            ..of_parameters(overlay, subject, &target.arn, parameters)
        })
    });
    ecs.collect()
}

fn of_schedule(overlay: &Overlay<'_>, subject: ResourceIndex) -> Option<Launch> {
    let facts = overlay.facts::<Schedule>(subject)?;
    let target = &facts.target;
    let parameters = target.ecs_parameters.as_ref()?;
    Some(Launch {
        task_role: target.override_task_role_arn.clone(),
        execution_role: target.override_execution_role_arn.clone(),
        ..of_parameters(overlay, subject, &target.arn, parameters)
    })
}

/// What rules and schedules say alike.
fn of_parameters(
    overlay: &Overlay<'_>,
    subject: ResourceIndex,
    cluster: &str,
    parameters: &EcsParameters,
) -> Launch {
    let cluster = cluster_of(overlay, cluster);
    let definition_place = definition_named(overlay, subject, &parameters.task_definition_arn);
    let definition = definition_place.and_then(|place| overlay.facts::<EcsTaskDefinition>(place));
    let (host, capacity_providers) = host_of(
        overlay,
        parameters.launch_type.as_deref(),
        &parameters.capacity_provider_strategy,
        cluster,
        definition.as_deref(),
    );
    // A rule's links name the subnets and groups of all its targets: this one's are by name.
    let own = overlay.resource(subject).id.arn();
    let places = |ids: &[String], relation: Relation| -> Vec<ResourceIndex> {
        let linked = overlay.needed(subject, relation);
        let named = ids.iter().filter_map(|id| {
            let linked = linked.iter().copied().find(|place| {
                let arn = overlay.resource(*place).id.arn();
                arn.is_some_and(|arn| arn.last_part() == id)
            });
            linked.or_else(|| place_of_ec2(overlay, own.as_ref(), relation, id))
        });
        named.collect()
    };
    let network = parameters.awsvpc().map(|network| Network {
        subnets: places(&network.subnets, Relation::PlacedIn),
        groups: places(&network.security_groups, Relation::ProtectedBy),
        public_ip: network.assign_public_ip.as_deref() == Some("ENABLED"),
    });
    Launch {
        subject,
        definition,
        definition_place,
        cluster,
        host,
        platform_version: parameters.platform_version.clone(),
        capacity_providers,
        network,
        count: usize::try_from(parameters.task_count.unwrap_or(1)).unwrap_or(1),
        task_role: None,
        execution_role: None,
    }
}

fn place_of_ec2(
    overlay: &Overlay<'_>,
    own: Option<&Arn>,
    relation: Relation,
    id: &str,
) -> Option<ResourceIndex> {
    let prefix = match relation {
        Relation::PlacedIn => "subnet",
        _ => "security-group",
    };
    let arn = own?.sibling("ec2", &format!("{prefix}/{id}")).ok()?;
    overlay.find(&arn.into())
}
