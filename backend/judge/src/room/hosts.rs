//! The container instances that come into question for a launch, and what is free on them.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{
        auto_scaling_group::AutoScalingGroup,
        ec2_instance::Ec2Instance,
        ecs_capacity_provider::EcsCapacityProvider,
        ecs_cluster::EcsCluster,
        ecs_container_instance::EcsContainerInstance,
        ecs_service::EcsService,
        ecs_task::EcsTask,
        ecs_task_definition::{Attribute, EcsTaskDefinition, PlacementConstraint},
        event_rule::EventRule,
        schedule::Schedule,
        subnet::Subnet,
    },
};

use super::{
    is_blind, is_size_unknown, query,
    size::{Amount, Count, Free, Size},
    tasks,
};
use crate::{
    Host, Launch, Verdict,
    launch::{definition_named, last},
    needs::deleted_users::deleted_users,
};

/// Other services of a cluster whose wish for more tasks is heard, the first by id.
const CLAIMS: usize = 200;

/// All that decides whether tasks of one launch fit.
pub(super) struct Floor {
    pub(super) cluster: ResourceIndex,
    /// `cluster shop`.
    pub(super) name: String,
    /// The task definition's name.
    pub(super) task: String,
    pub(super) size: Size,
    /// One task an instance.
    pub(super) distinct: bool,
    pub(super) rooms: Vec<Room>,
    /// Why no instance comes into question, where none does and none will be started.
    pub(super) none: Option<Verdict>,
    pub(super) growth: Growth,
    /// Own tasks on instances whose agent is away.
    pub(super) stuck: usize,
    /// Own tasks of which only the number is known.
    pub(super) unseen: usize,
}

/// An instance on which tasks may start.
pub(super) struct Room {
    pub(super) place: ResourceIndex,
    /// Beside all that runs there, and all that other services of the cluster want.
    pub(super) free: Free,
    /// What the subject's own tasks take there; none where that is not known.
    pub(super) own: Vec<Option<Size>>,
    /// False where a placement constraint could not be evaluated.
    pub(super) sure: bool,
}

/// What instances that are yet to be started can hold.
pub(super) enum Growth {
    None,
    By(Count),
    /// Nobody knows what instances of this group look like.
    Unknown(ResourceIndex),
}

/// What a launch asks of an instance beside room.
struct Asks {
    attributes: Vec<Attribute>,
    queries: Vec<String>,
    /// Where its subnets are; none where that does not matter or is not known.
    zones: Option<BTreeSet<String>>,
    /// Names of capacity providers; none where any instance will do.
    providers: Vec<String>,
    host: Host,
    interfaces: bool,
}

/// Why an instance does not come into question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Refusal {
    Inactive,
    Away,
    Attribute(String),
    Constraint(String),
    Zone,
}

type Instance = (ResourceIndex, Rc<EcsContainerInstance>);

impl Floor {
    /// A verdict where nothing can be said.
    pub(super) fn of(overlay: &Overlay<'_>, launch: &Launch) -> Result<Self, Verdict> {
        let Some(cluster) = launch.cluster else {
            return Err(Verdict::unknown(
                None,
                "check in which cluster the tasks start",
            ));
        };
        let Some(definition) = &launch.definition else {
            let gone = |place| overlay.resource(place).presence == Presence::Missing;
            // That it is not there is said elsewhere.
            return Err(if launch.definition_place.is_some_and(gone) {
                Verdict::met()
            } else {
                Verdict::unknown(
                    launch.definition_place,
                    "check the size of the task: its definition was not read",
                )
            });
        };
        let task = launch.definition_place.map_or_else(
            || definition.family.clone(),
            |place| overlay.resource(place).name.to_string(),
        );
        let name = format!("cluster {}", overlay.resource(cluster).name);
        if is_size_unknown(overlay, launch) {
            return Err(Verdict::unknown(
                launch.definition_place,
                format!(
                    "check that {name} has room for {task}: its size is known only after the change"
                ),
            ));
        }
        let constraints = constraints_of(overlay, launch);
        let asks = Asks::of(overlay, launch, definition, &constraints);
        let of_kind: Vec<Instance> = launch
            .instances(overlay)
            .into_iter()
            .filter(|(_, facts)| asks.wants(facts))
            .collect();
        let growth = growth(overlay, launch, &asks, definition, &of_kind);
        let own = tasks::running(overlay, launch.subject);
        let mut on: BTreeMap<ResourceIndex, Vec<Option<Size>>> = BTreeMap::new();
        for task in &own {
            if let Some(instance) = task.instance {
                on.entry(instance).or_default().push(task.size.clone());
            }
        }
        let ended = ended(overlay, cluster);
        let (mut rooms, mut refusals, mut stuck) = (Vec::new(), Vec::new(), 0);
        for (place, facts) in &of_kind {
            let own = on.remove(place).unwrap_or_default();
            match asks.refuse(overlay, *place, facts, !own.is_empty()) {
                Ok(sure) => {
                    let mut free = free_of(overlay, *place, facts, asks.interfaces);
                    for task in ended.get(place).into_iter().flatten() {
                        free = free.without(task);
                    }
                    rooms.push(Room {
                        place: *place,
                        free,
                        own,
                        sure,
                    });
                }
                Err(refusal) => {
                    if refusal == Refusal::Away {
                        stuck += own.len();
                    }
                    refusals.push(refusal);
                }
            }
        }
        let unseen = tasks::unseen(overlay, launch.subject, own.len());
        let none = (rooms.is_empty() && matches!(growth, Growth::None))
            .then(|| why_none(overlay, cluster, &name, &task, launch, refusals));
        let mut floor = Self {
            cluster,
            name,
            task,
            size: Size::of(definition),
            distinct: constraints
                .iter()
                .any(|own| own.r#type.as_deref() == Some("distinctInstance")),
            rooms,
            none,
            growth,
            stuck,
            unseen,
        };
        floor.reserve(overlay, launch);
        Ok(floor)
    }

    /// Takes what other services of the cluster want beside what they run, in the order of their ids.
    fn reserve(&mut self, overlay: &Overlay<'_>, launch: &Launch) {
        let Some(cluster) = launch.cluster else {
            return;
        };
        let others = overlay.needing(cluster, Relation::PartOf).into_iter();
        let others = others.filter(|place| {
            overlay.kind(*place) == ResourceKind::EcsService && *place != launch.subject
        });
        let claims = others.filter_map(|place| {
            let facts = overlay.facts::<EcsService>(place)?;
            let extra = tasks::extra(overlay, place, &facts);
            (extra > 0).then_some((place, extra))
        });
        let claims: Vec<_> = claims.take(CLAIMS).collect();
        for (place, extra) in claims {
            for other in Launch::of(overlay, place) {
                let Some(definition) = other
                    .definition
                    .as_ref()
                    .filter(|_| other.host == launch.host)
                else {
                    continue;
                };
                let constraints = constraints_of(overlay, &other);
                let asks = Asks::of(overlay, &other, definition, &constraints);
                let size = Size::of(definition);
                let mut left = extra;
                for room in &mut self.rooms {
                    let facts = overlay.facts::<EcsContainerInstance>(room.place);
                    let fits = facts.is_some_and(|facts| {
                        asks.wants(&facts)
                            && asks.refuse(overlay, room.place, &facts, false) == Ok(true)
                    });
                    if fits && left > 0 {
                        let count = room.free.holds(&size, None).sure.min(left);
                        if count > 0 {
                            room.free.put(&size, count);
                        }
                        left -= count;
                    }
                }
            }
        }
    }
}

impl Asks {
    fn of(
        overlay: &Overlay<'_>,
        launch: &Launch,
        definition: &EcsTaskDefinition,
        constraints: &[PlacementConstraint],
    ) -> Self {
        let queries = constraints
            .iter()
            .filter(|own| own.r#type.as_deref() == Some("memberOf"));
        let interfaces = definition.network_mode.as_deref() == Some("awsvpc");
        let providers = launch.capacity_providers.iter();
        let used = |item: &&blastmap_model::kinds::ecs_service::CapacityProviderStrategyItem| {
            item.weight > 0 || item.base > 0
        };
        Self {
            attributes: required(definition),
            queries: queries.filter_map(|own| own.expression.clone()).collect(),
            zones: if interfaces && launch.host == Host::Ec2 {
                zones_of(overlay, launch)
            } else {
                None
            },
            providers: providers
                .filter(used)
                .map(|item| last(&item.capacity_provider).to_owned())
                .collect(),
            host: launch.host,
            interfaces: interfaces && launch.host == Host::Ec2,
        }
    }

    /// True for an instance of the right kind and provider, whatever its state.
    fn wants(&self, facts: &EcsContainerInstance) -> bool {
        let external = facts
            .ec2_instance_id
            .as_deref()
            .is_some_and(|id| id.starts_with("mi-"));
        external == (self.host == Host::External)
            && (self.providers.is_empty()
                || facts
                    .capacity_provider_name
                    .as_ref()
                    .is_some_and(|own| self.providers.contains(own)))
    }

    /// Whether the instance is sure to come into question; `runs`: a task of the same already runs there.
    fn refuse(
        &self,
        overlay: &Overlay<'_>,
        place: ResourceIndex,
        facts: &EcsContainerInstance,
        runs: bool,
    ) -> Result<bool, Refusal> {
        if facts
            .status
            .as_deref()
            .is_some_and(|status| status != "ACTIVE")
        {
            return Err(Refusal::Inactive);
        }
        if !facts.agent_connected {
            return Err(Refusal::Away);
        }
        self.fit(overlay, place, facts, runs)
    }

    /// Whether an instance like this comes into question while it is up.
    fn fit(
        &self,
        overlay: &Overlay<'_>,
        place: ResourceIndex,
        facts: &EcsContainerInstance,
        runs: bool,
    ) -> Result<bool, Refusal> {
        if let Some(missing) = missing_attribute(&self.attributes, &facts.attributes) {
            return Err(Refusal::Attribute(missing));
        }
        let mut sure = true;
        for query in &self.queries {
            let groups = if query.contains("task:group") {
                groups_on(overlay, place)
            } else {
                Vec::new()
            };
            let instance = query::Instance {
                attributes: &facts.attributes,
                agent_connected: facts.agent_connected,
                agent_version: facts
                    .version_info
                    .as_ref()
                    .and_then(|versions| versions.agent_version.as_deref()),
                running_tasks: facts.running_tasks_count,
                ec2_instance_id: facts.ec2_instance_id.as_deref(),
                groups,
            };
            match query::holds(query, &instance) {
                Some(true) => {}
                Some(false) => return Err(Refusal::Constraint(query.clone())),
                // That a task was placed there says that it held.
                None => sure &= runs,
            }
        }
        let zone = facts
            .attributes
            .iter()
            .find(|own| own.name == "ecs.availability-zone");
        if let (Some(zones), Some(zone)) = (&self.zones, zone.and_then(|own| own.value.as_ref()))
            && !zones.contains(zone)
        {
            return Err(Refusal::Zone);
        }
        Ok(sure)
    }
}

/// The placement constraints of the definition, and of whoever starts the task.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html>
fn constraints_of(overlay: &Overlay<'_>, launch: &Launch) -> Vec<PlacementConstraint> {
    let subject = launch.subject;
    let definition = launch.definition.iter();
    let mut constraints: Vec<PlacementConstraint> = definition
        .flat_map(|own| own.placement_constraints.clone())
        .collect();
    match overlay.kind(subject) {
        ResourceKind::EcsService => {
            if let Some(facts) = overlay.facts::<EcsService>(subject) {
                constraints.extend(facts.placement_constraints.clone());
            }
        }
        ResourceKind::EventRule => {
            if let Some(facts) = overlay.facts::<EventRule>(subject) {
                let own = facts
                    .targets
                    .iter()
                    .filter_map(|target| target.ecs_parameters.as_ref());
                let own = own.filter(|own| {
                    definition_named(overlay, subject, &own.task_definition_arn)
                        == launch.definition_place
                });
                constraints.extend(own.flat_map(|own| own.placement_constraints.clone()));
            }
        }
        ResourceKind::Schedule => {
            if let Some(facts) = overlay.facts::<Schedule>(subject) {
                let own = facts.target.ecs_parameters.iter();
                constraints.extend(own.flat_map(|own| own.placement_constraints.clone()));
            }
        }
        _ => {}
    }
    constraints
}

/// What AWS says that the definition asks of an instance; of a revision yet to be made, the little that follows from it.
fn required(definition: &EcsTaskDefinition) -> Vec<Attribute> {
    if !definition.requires_attributes.is_empty() {
        return definition.requires_attributes.clone();
    }
    let named = |name: String| Attribute { name, value: None };
    let drivers: BTreeSet<&str> = definition
        .container_definitions
        .iter()
        .filter_map(|own| own.log_configuration.as_ref())
        .map(|own| own.log_driver.as_str())
        .filter(|driver| {
            matches!(
                *driver,
                "awslogs" | "json-file" | "fluentd" | "gelf" | "journald" | "splunk" | "syslog"
            )
        })
        .collect();
    let mut required: Vec<Attribute> = drivers
        .into_iter()
        .map(|driver| {
            named(format!(
                "com.amazonaws.ecs.capability.logging-driver.{driver}"
            ))
        })
        .collect();
    if definition.network_mode.as_deref() == Some("awsvpc") {
        required.push(named("ecs.capability.task-eni".to_owned()));
    }
    required
}

/// The first attribute that an instance lacks. One that reports no capabilities at all is not asked for them.
fn missing_attribute(required: &[Attribute], own: &[Attribute]) -> Option<String> {
    let is_capability = |name: &str| name.contains("ecs.capability.");
    let reports = own.iter().any(|own| is_capability(&own.name));
    let mut asked = required.iter().filter(|asked| {
        if is_capability(&asked.name) {
            reports
        } else {
            !own.is_empty()
        }
    });
    let missing = asked.find(|asked| {
        !own.iter().any(|own| {
            own.name == asked.name && (asked.value.is_none() || own.value == asked.value)
        })
    });
    missing.map(|missing| missing.name.clone())
}

/// Zones of the launch's subnets; none where one of them is not known.
fn zones_of(overlay: &Overlay<'_>, launch: &Launch) -> Option<BTreeSet<String>> {
    let subnets = &launch.network.as_ref()?.subnets;
    let there = subnets
        .iter()
        .filter(|place| overlay.resource(**place).presence != Presence::Missing);
    let zones: Option<BTreeSet<String>> = there
        .map(|place| overlay.facts::<Subnet>(*place)?.availability_zone.clone())
        .collect();
    zones.filter(|zones| !zones.is_empty())
}

fn tasks_on(overlay: &Overlay<'_>, instance: ResourceIndex) -> Vec<Rc<EcsTask>> {
    let all = overlay.needing(instance, Relation::HostedOn).into_iter();
    all.filter_map(|place| overlay.facts::<EcsTask>(place))
        .collect()
}

fn groups_on(overlay: &Overlay<'_>, instance: ResourceIndex) -> Vec<String> {
    let tasks = tasks_on(overlay, instance);
    tasks.iter().filter_map(|task| task.group.clone()).collect()
}

/// What an instance has left, as reported; network interfaces as its type allows.
fn free_of(
    overlay: &Overlay<'_>,
    place: ResourceIndex,
    facts: &EcsContainerInstance,
    interfaces: bool,
) -> Free {
    let interfaces = if interfaces {
        free_interfaces(overlay, place, facts)
    } else {
        Amount::PLENTY
    };
    Free::of(&facts.remaining_resources, interfaces)
}

/// One interface is the instance's own; with trunking, tasks take none of the others.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html>
fn free_interfaces(
    overlay: &Overlay<'_>,
    place: ResourceIndex,
    facts: &EcsContainerInstance,
) -> Amount {
    let all = interfaces_of(overlay, place, facts);
    if all.least != all.most || all == Amount::PLENTY {
        return all;
    }
    let tasks = tasks_on(overlay, place);
    let with_interface = tasks
        .iter()
        .filter(|task| task.interface().is_some())
        .count();
    let machine = overlay.needed(place, Relation::HostedOn).first().copied();
    let attached = machine
        .and_then(|machine| overlay.facts::<Ec2Instance>(machine))
        .map_or(0, |machine| machine.network_interfaces.len());
    let taken = with_interface.max(attached.saturating_sub(1));
    Amount::of(
        all.most
            .saturating_sub(i64::try_from(taken).unwrap_or(i64::MAX)),
    )
}

/// Interfaces for tasks on an empty instance: as many as one likes, with trunking.
fn interfaces_of(
    overlay: &Overlay<'_>,
    place: ResourceIndex,
    facts: &EcsContainerInstance,
) -> Amount {
    let trunk = |own: &Attribute| own.name == "ecs.awsvpc-trunk-id";
    if facts.attributes.iter().any(trunk) {
        return Amount::PLENTY;
    }
    let machine = overlay.needed(place, Relation::HostedOn).first().copied();
    let machine = machine.and_then(|machine| overlay.facts::<Ec2Instance>(machine));
    let all = machine.as_ref().and_then(|machine| {
        machine
            .instance_type_info
            .as_ref()?
            .maximum_network_interfaces
    });
    all.map_or(Amount::UNKNOWN, |all| Amount::of(i64::from(all) - 1))
}

/// What tasks of services that the change deletes leave behind, by instance.
fn ended(overlay: &Overlay<'_>, cluster: ResourceIndex) -> BTreeMap<ResourceIndex, Vec<Size>> {
    let mut ended: BTreeMap<ResourceIndex, Vec<Size>> = BTreeMap::new();
    let service = ResourceKind::EcsService;
    for place in deleted_users(overlay, cluster, Relation::PartOf, service) {
        for task in tasks::running(overlay, place) {
            if let (Some(instance), Some(size)) = (task.instance, task.size) {
                ended.entry(instance).or_default().push(size);
            }
        }
    }
    ended
}

/// What the groups behind the launch's capacity providers may add. An instance of the group is the yardstick for those to come.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>
fn growth(
    overlay: &Overlay<'_>,
    launch: &Launch,
    asks: &Asks,
    definition: &EcsTaskDefinition,
    instances: &[Instance],
) -> Growth {
    let size = Size::of(definition);
    let mut sum = Count::default();
    let mut unknown = None;
    for name in &asks.providers {
        let Some(provider) = provider_named(overlay, launch.cluster, name) else {
            continue;
        };
        let Some(facts) = overlay.facts::<EcsCapacityProvider>(provider) else {
            continue;
        };
        // Without a group, ECS starts instances itself, of a size that fits.
        let Some(own) = &facts.auto_scaling_group_provider else {
            sum = sum.plus(Count::of(usize::MAX));
            continue;
        };
        let managed = own.managed_scaling.as_ref();
        if managed.and_then(|own| own.status.as_deref()) != Some("ENABLED") {
            continue;
        }
        let Some(place) = overlay
            .needed(provider, Relation::BackedBy)
            .first()
            .copied()
        else {
            continue;
        };
        let Some(group) = overlay.facts::<AutoScalingGroup>(place) else {
            if overlay.resource(place).presence != Presence::Missing {
                unknown = Some(place);
            }
            continue;
        };
        let launches = group
            .suspended_processes
            .iter()
            .all(|own| own.process_name != "Launch");
        let (Some(most), Some(now)) = (group.max_size, group.desired_capacity) else {
            unknown = Some(place);
            continue;
        };
        let more = usize::try_from(most.saturating_sub(now)).unwrap_or(0);
        if more == 0 || !launches || group.status.is_some() {
            continue;
        }
        let alike: Vec<&Instance> = instances
            .iter()
            .filter(|(_, facts)| facts.capacity_provider_name.as_ref() == Some(name))
            .collect();
        let each = alike.iter().map(|(instance, facts)| {
            if asks.fit(overlay, *instance, facts, true).is_err() {
                return Count::default();
            }
            let interfaces = if asks.interfaces {
                interfaces_of(overlay, *instance, facts)
            } else {
                Amount::PLENTY
            };
            Free::of(&facts.registered_resources, interfaces).holds(&size, None)
        });
        match each.max_by_key(|count| (count.sure, count.maybe)) {
            Some(count) => sum = sum.plus(count.times(more)),
            None => unknown = Some(place),
        }
    }
    match unknown {
        Some(place) if sum.sure == 0 => Growth::Unknown(place),
        _ if sum.maybe == 0 => Growth::None,
        _ => Growth::By(sum),
    }
}

/// A capacity provider of the cluster's account and region, by its name.
pub(crate) fn provider_named(
    overlay: &Overlay<'_>,
    cluster: Option<ResourceIndex>,
    name: &str,
) -> Option<ResourceIndex> {
    let cluster = overlay.resource(cluster?).id.arn()?;
    let arn = cluster
        .sibling("ecs", &format!("capacity-provider/{name}"))
        .ok()?;
    overlay.find(&ResourceId::from(arn))
}

fn why_none(
    overlay: &Overlay<'_>,
    cluster: ResourceIndex,
    name: &str,
    task: &str,
    launch: &Launch,
    mut refusals: Vec<Refusal>,
) -> Verdict {
    // Of an instance that came nearest: the last question that it did not pass.
    refusals.sort();
    let Some(nearest) = refusals.pop() else {
        let counted = overlay
            .facts::<EcsCluster>(cluster)
            .is_some_and(|facts| facts.registered_container_instances_count > 0);
        let seen = !launch.instances(overlay).is_empty();
        if is_blind(overlay, cluster, ResourceKind::EcsContainerInstance) || counted && !seen {
            return Verdict::unknown(
                cluster,
                format!(
                    "check that {name} has room for {task}: its container instances were not read"
                ),
            );
        }
        let of_kind = match (launch.host, launch.capacity_providers.is_empty()) {
            (Host::External, _) => " outside AWS",
            (_, false) => " of the capacity providers that it asks for",
            _ => "",
        };
        let error = if launch.capacity_providers.is_empty() {
            "no container instances were found in your cluster"
        } else {
            "TaskFailedToStart: EMPTY CAPACITY PROVIDER"
        };
        return Verdict::unmet(
            cluster,
            format!("{name} has no container instances{of_kind} for {task}"),
        )
        .reported_as(error);
    };
    let (text, error) = match nearest {
        Refusal::Inactive => (
            format!(
                "every container instance of {name} is draining or inactive: none can take {task}"
            ),
            "no container instances were found in your cluster",
        ),
        Refusal::Away => (
            format!(
                "no container instance of {name} has its agent connected: none can take {task}"
            ),
            "AGENT",
        ),
        Refusal::Attribute(attribute) => (
            format!(
                "no container instance of {name} offers the attribute {attribute} that {task} requires"
            ),
            "ATTRIBUTE",
        ),
        Refusal::Constraint(query) => (
            format!(
                "no container instance of {name} satisfies the placement constraint \"{query}\" of {task}"
            ),
            "MemberOf placement constraint unsatisfied",
        ),
        Refusal::Zone => (
            format!("no container instance of {name} lies in a zone of the subnets of {task}"),
            "LOCATION",
        ),
    };
    Verdict::unmet(cluster, text).reported_as(error)
}
