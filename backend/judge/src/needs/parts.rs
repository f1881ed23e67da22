//! What several needs read out of a launch: its place, its images, its secrets, its log groups.

use blastmap_graph::Overlay;
use blastmap_model::{
    Arn, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{
        ecr_repository::{EcrImage, EcrRepository, parse_image},
        ecs_task::EcsTask,
        ecs_task_definition::ContainerDefinition,
        log_group::LogGroup,
        secret::{self, Secret},
        ssm_parameter::{self, SsmParameter},
    },
};

use crate::{Host, Launch, Verdict, needs::permission::Actor};

/// The containers; none where the definition is not known.
pub(super) fn containers(launch: &Launch) -> &[ContainerDefinition] {
    let definition = launch.definition.as_deref();
    definition.map_or(&[], |facts| &facts.container_definitions)
}

/// An ARN of the partition, region and account in which the tasks start.
pub(super) fn home(overlay: &Overlay<'_>, launch: &Launch) -> Option<Arn> {
    let places = [
        launch.definition_place,
        launch.cluster,
        Some(launch.subject),
    ];
    let arn = |place: ResourceIndex| overlay.resource(place).id.arn();
    places.into_iter().flatten().find_map(arn).or_else(|| {
        let resource = overlay.resource(launch.subject);
        Arn::new("aws", "ecs", &resource.region, &resource.account, "task").ok()
    })
}

/// An image of a private ECR registry, as a container names it.
pub(super) struct Image<'l> {
    pub(super) container: &'l ContainerDefinition,
    pub(super) source: EcrImage,
    /// None: the graph has no such repository.
    pub(super) repository: Option<ResourceIndex>,
}

/// Images of private ECR registries. Of other registries nothing is known.
pub(super) fn images<'l>(overlay: &Overlay<'_>, launch: &'l Launch) -> Vec<Image<'l>> {
    let (Some(definition), Some(home)) = (launch.definition_place, home(overlay, launch)) else {
        return Vec::new();
    };
    let linked = overlay.needed(definition, Relation::PullsFrom);
    let of_ecr = containers(launch).iter().filter_map(|container| {
        let image = parse_image(&container.image)?;
        let resource = format!("repository/{}", image.repository);
        let arn = Arn::new(
            home.partition(),
            "ecr",
            &image.region,
            &image.account,
            &resource,
        );
        let found = arn.ok().and_then(|arn| overlay.find(&arn.into()));
        let planned = || {
            linked.iter().copied().find(|place| {
                let facts = overlay.facts::<EcrRepository>(*place);
                facts.is_some_and(|facts| facts.repository_name == image.repository)
            })
        };
        Some(Image {
            repository: found.or_else(planned),
            container,

            source: image,
        })
    });
    of_ecr.collect()
}

/// The digests to which ECS holds the running deployment of this launch: those that its first tasks pulled. Sorted, each once.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability>
pub(super) fn held_digests(
    overlay: &Overlay<'_>,
    launch: &Launch,
    container: &ContainerDefinition,
) -> Vec<String> {
    if container.version_consistency.as_deref() == Some("disabled") {
        return Vec::new();
    }
    let of_definition = |task: &ResourceIndex| {
        overlay.needed(*task, Relation::Runs).first().copied() == launch.definition_place
    };
    let tasks = overlay.needing(launch.subject, Relation::PartOf);
    let containers = tasks.into_iter().filter(of_definition).flat_map(|task| {
        let task = overlay.facts::<EcsTask>(task);
        task.map(|task| task.containers.clone()).unwrap_or_default()
    });
    let own = containers.filter(|own| own.name.as_deref() == Some(&container.name));
    let mut digests: Vec<String> = own.filter_map(|own| own.image_digest).collect();
    digests.sort();
    digests.dedup();
    digests
}

/// A secret or parameter that a container reads.
pub(super) struct SecretRead {
    /// As the definition names it.
    pub(super) value_from: String,
    /// The secret or parameter, without version and key.
    pub(super) id: ResourceId,
    pub(super) kind: ResourceKind,
    /// None: the graph has no such thing.
    pub(super) place: Option<ResourceIndex>,
    /// The parameter that stands for the secret.
    pub(super) by_parameter: Option<ResourceId>,
}

/// Everything that is read at the start: secrets of containers and of their log drivers, credentials of registries. Sorted,
/// each once.
pub(super) fn secrets(overlay: &Overlay<'_>, launch: &Launch) -> Vec<SecretRead> {
    let (Some(definition), Some(home)) = (launch.definition_place, home(overlay, launch)) else {
        return Vec::new();
    };
    let linked = overlay.needed(definition, Relation::ReadsSecret);
    let mut names: Vec<&str> = Vec::new();
    for container in containers(launch) {
        let options = container
            .log_configuration
            .iter()
            .flat_map(|log| &log.secret_options);
        let secrets = container.secrets.iter().chain(options);
        names.extend(secrets.map(|secret| secret.value_from.as_str()));
        let credentials = container.repository_credentials.iter();
        names.extend(credentials.map(|own| own.credentials_parameter.as_str()));
    }
    names.sort_unstable();
    names.dedup();
    let reads = names.into_iter().filter_map(|value_from| {
        let secret = secret::of_value_from(value_from).map(|id| (id, None));
        let secret = secret.or_else(|| {
            let id = ssm_parameter::forwarded_secret(value_from, &home)?;
            Some((id, ssm_parameter::of_value_from(value_from, &home)))
        });
        let (kind, id, by_parameter) = if let Some((id, parameter)) = secret {
            (ResourceKind::Secret, id, parameter)
        } else {
            let id = ssm_parameter::of_value_from(value_from, &home)?;
            (ResourceKind::SsmParameter, id, None)
        };
        let goes_by = |place: &ResourceIndex| {
            let arn = id.arn();
            let name = arn.as_ref().map_or("", Arn::resource_name);
            overlay.kind(*place) == kind
                && match kind {
                    ResourceKind::Secret => overlay
                        .facts::<Secret>(*place)
                        .is_some_and(|facts| facts.name == name),
                    _ => overlay
                        .facts::<SsmParameter>(*place)
                        .is_some_and(|facts| facts.name.trim_start_matches('/') == name),
                }
        };
        let place = overlay
            .find(&id)
            .or_else(|| linked.iter().copied().find(goes_by));
        Some(SecretRead {
            value_from: value_from.to_owned(),
            id,
            kind,
            place,
            by_parameter,
        })
    });
    reads.collect()
}

/// A log group that containers write to by the awslogs driver.
pub(super) struct LogTarget<'l> {
    pub(super) container: &'l ContainerDefinition,
    pub(super) name: &'l str,
    /// `arn:...:log-group:NAME`
    pub(super) arn: Arn,
    /// None: the graph has no such group.
    pub(super) place: Option<ResourceIndex>,
    /// The driver makes the group where it is not there.
    pub(super) creates: bool,
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>
pub(super) fn log_targets<'l>(overlay: &Overlay<'_>, launch: &'l Launch) -> Vec<LogTarget<'l>> {
    let (Some(definition), Some(home)) = (launch.definition_place, home(overlay, launch)) else {
        return Vec::new();
    };
    let linked = overlay.needed(definition, Relation::LogsTo);
    let targets = containers(launch).iter().filter_map(|container| {
        let log = container.log_configuration.as_ref()?;
        if log.log_driver != "awslogs" {
            return None;
        }
        let name = log.options.get("awslogs-group")?;
        let region = log
            .options
            .get("awslogs-region")
            .map_or(home.region(), String::as_str);
        let resource = format!("log-group:{name}");
        let arn = Arn::new(home.partition(), "logs", region, home.account(), &resource).ok()?;
        let planned = || {
            linked.iter().copied().find(|place| {
                let facts = overlay.facts::<LogGroup>(*place);
                facts.is_some_and(|facts| facts.log_group_name == *name)
                    && *overlay.resource(*place).region == *region
            })
        };
        Some(LogTarget {
            container,
            name,
            place: overlay.find(&ResourceId::from(&arn)).or_else(planned),
            arn,
            creates: log.options.get("awslogs-create-group").map(String::as_str) == Some("true"),
        })
    });
    targets.collect()
}

/// The roles of the hosts, each of which has to do what the task asks: a task may land on any. `None`: nobody can be asked,
/// because there are no hosts yet or they are not EC2's.
pub(super) fn host_actors(
    overlay: &Overlay<'_>,
    launch: &Launch,
) -> Option<Result<Vec<Actor>, Verdict>> {
    if launch.host != Host::Ec2 || launch.instances(overlay).is_empty() {
        return None;
    }
    let roles = launch.host_roles(overlay);
    if roles.is_empty() {
        let cluster = launch
            .cluster
            .map(|place| overlay.resource(place).name.clone());
        let cluster = cluster.unwrap_or_default();
        return Some(Err(Verdict::unknown(
            launch.cluster,
            format!(
                "check what the instances of cluster {cluster} may: their role could not be read"
            ),
        )));
    }
    let actors = roles.into_iter().map(|role| Actor::of(overlay, role));
    Some(actors.collect())
}

/// What to call the definition of a launch.
pub(super) fn definition_name(overlay: &Overlay<'_>, launch: &Launch) -> String {
    launch
        .definition_place
        .map(|place| overlay.resource(place).name.to_string())
        .unwrap_or_default()
}

/// The error of what fails before the containers are made, by where it fails.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>
pub(super) fn logger_error(launch: &Launch) -> &'static str {
    match launch.host {
        Host::Fargate => "ResourceInitializationError",
        Host::Ec2 | Host::External => "CannotStartContainerError",
    }
}
