//! What ECS calls for a task at its start, by the task definition: registries, secrets, logs.

use std::collections::BTreeSet;

use blastmap_model::{
    Arn,
    kinds::{
        ecr_repository::parse_image, ecs_task_definition::EcsTaskDefinition, secret, ssm_parameter,
    },
};

use super::AwsService;
use crate::{Host, Launch};

/// ECR for the images of private repositories: the token from its API, manifests from the registry, layers from S3. Fargate before
/// 1.4.0 fetches the token over an interface of its own.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html>
pub fn registries(launch: &Launch) -> BTreeSet<AwsService> {
    let mut services = BTreeSet::new();
    for image in images(launch) {
        let Some(image) = parse_image(image) else {
            continue;
        };
        if !is_early_fargate(launch) {
            services.insert(AwsService::new("ecr.api", &image.region));
        }
        services.insert(AwsService::new("ecr.dkr", &image.region));
        services.insert(AwsService::new("s3", &image.region));
    }
    services
}

/// Registries outside of ECR's private ones, by host: `docker.io` where an image names none.
pub fn other_registries(launch: &Launch) -> BTreeSet<String> {
    let others = images(launch).filter(|image| parse_image(image).is_none());
    others.map(registry_of).collect()
}

/// Secrets Manager, Parameter Store and S3, as far as the definition reads from them. They ask KMS on their own side.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html>
pub fn secrets(launch: &Launch) -> BTreeSet<AwsService> {
    let mut services = BTreeSet::new();
    let Some(definition) = launch.definition.as_deref() else {
        return services;
    };
    // An interface of Fargate's own fetches them.
    if is_early_fargate(launch) {
        return services;
    }
    let Some(own) = own_arn(definition) else {
        return services;
    };
    for container in &definition.container_definitions {
        let of_logs = container.log_configuration.iter();
        let of_logs = of_logs.flat_map(|log| &log.secret_options);
        let read = container.secrets.iter().chain(of_logs);
        let credentials = container.repository_credentials.iter();
        let credentials = credentials.map(|own| &own.credentials_parameter);
        for value_from in read.map(|secret| &secret.value_from).chain(credentials) {
            services.extend(source_of(value_from, &own));
        }
        for file in &container.environment_files {
            if file.value.starts_with("arn:") {
                // A bucket's ARN has no region; ECS wants it in the task's.
                services.insert(AwsService::new("s3", own.region()));
            }
        }
    }
    services
}

/// `CloudWatch` Logs, for containers that log with `awslogs`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>
pub fn logs(launch: &Launch) -> BTreeSet<AwsService> {
    let Some(definition) = launch.definition.as_deref() else {
        return BTreeSet::new();
    };
    let own = own_arn(definition);
    let containers = definition.container_definitions.iter();
    let regions = containers
        .filter_map(|container| container.log_configuration.as_ref())
        .filter(|log| log.log_driver == "awslogs")
        .filter_map(|log| {
            let given = log.options.get("awslogs-region").cloned();
            given.or_else(|| Some(own.as_ref()?.region().to_owned()))
        });
    regions
        .map(|region| AwsService::new("logs", &region))
        .collect()
}

fn images(launch: &Launch) -> impl Iterator<Item = &str> {
    let containers = launch.definition.as_deref();
    let containers = containers
        .into_iter()
        .flat_map(|own| &own.container_definitions);
    containers.map(|container| container.image.as_str())
}

/// `nginx:1.27` and `team/web` are Docker Hub's; what has a dot, a port or is `localhost` before the first slash is a host.
fn registry_of(image: &str) -> String {
    let host = image.split_once('/').map(|(host, _)| host);
    let host = host.filter(|host| host.contains(['.', ':']) || *host == "localhost");
    host.unwrap_or("docker.io").to_owned()
}

fn source_of(value_from: &str, own: &Arn) -> Option<AwsService> {
    if let Some(id) = secret::of_value_from(value_from) {
        return Some(AwsService::new("secretsmanager", id.arn()?.region()));
    }
    // A parameter that stands for a secret is read from Parameter Store too.
    let id = ssm_parameter::of_value_from(value_from, own)?;
    Some(AwsService::new("ssm", id.arn()?.region()))
}

fn own_arn(definition: &EcsTaskDefinition) -> Option<Arn> {
    Arn::parse(&definition.task_definition_arn).ok()
}

/// Fargate's Linux platform before 1.4.0, where AWS's calls left by an interface of its own.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html>
fn is_early_fargate(launch: &Launch) -> bool {
    let version = launch.platform_version.as_deref();
    let early =
        version.is_some_and(|version| matches!(version, "1.0.0" | "1.1.0" | "1.2.0" | "1.3.0"));
    let windows = launch
        .definition
        .as_ref()
        .and_then(|own| own.runtime_platform.as_ref())
        .and_then(|platform| platform.operating_system_family.as_deref())
        .is_some_and(|family| family.starts_with("WINDOWS"));
    launch.host == Host::Fargate && early && !windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_without_a_host_is_docker_hubs() {
        let cases = [
            ("nginx", "docker.io"),
            ("nginx:1.27", "docker.io"),
            ("team/web:1", "docker.io"),
            ("public.ecr.aws/nginx/nginx", "public.ecr.aws"),
            ("registry.example.com:5000/web", "registry.example.com:5000"),
            ("localhost/web", "localhost"),
        ];
        for (image, expected) in cases {
            assert_eq!(registry_of(image), expected, "{image}");
        }
    }
}
