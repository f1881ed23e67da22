//! Cloud Map namespaces and services that ECS services are found by.

use std::collections::BTreeSet;

use aws_sdk_servicediscovery::types::{
    self, NamespaceSummary, NamespaceType, ServiceFilter, ServiceFilterName, ServiceSummary,
};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceId, ResourceKind, Scope, Source,
    kinds::{
        cloud_map_namespace::{
            CloudMapNamespace, DnsProperties, HttpProperties, NamespaceProperties,
        },
        cloud_map_service::{
            CloudMapService, DnsConfig, DnsRecord, HealthCheckConfig, HealthCheckCustomConfig,
        },
        ecs_service::EcsService,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, service_addresses::fingerprints, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const NAMESPACES: &str = "servicediscovery:ListNamespaces";
const SERVICES: &str = "servicediscovery:ListServices";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[
        ResourceKind::CloudMapNamespace,
        ResourceKind::CloudMapService,
    ],
    actions: &[
        Action {
            name: NAMESPACES,
            reads: &[
                "Namespaces",
                "Arn",
                "Id",
                "Name",
                "Type",
                "Properties",
                "DnsProperties",
                "HostedZoneId",
                "HttpProperties",
                "HttpName",
                "NextToken",
            ],
        },
        Action {
            name: SERVICES,
            reads: &[
                "Services",
                "Arn",
                "Id",
                "Name",
                "Type",
                "DnsConfig",
                "RoutingPolicy",
                "DnsRecords",
                "TTL",
                "HealthCheckConfig",
                "ResourcePath",
                "FailureThreshold",
                "HealthCheckCustomConfig",
                "NextToken",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

/// Services that ECS services are registered in, and the namespaces of Service Connect.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    // Both are listed whole: once is enough.
    if builder.is_listed(ResourceKind::CloudMapNamespace, scope) {
        return Vec::new();
    }
    let mut wanted = Wanted::unseen(builder, ResourceKind::CloudMapService, scope);
    let namespaces: BTreeSet<ResourceId> = builder
        .kept(ResourceKind::EcsService, scope)
        .into_iter()
        .filter_map(|service| service.attributes.facts::<EcsService>().ok())
        .flat_map(|service| service.deployments)
        .filter_map(|deployment| deployment.service_connect_configuration?.namespace)
        .filter_map(|namespace| Some(Arn::parse(&namespace).ok()?.into()))
        .collect();
    wanted.extend(namespaces.into_iter().map(|id| Wanted {
        id,
        known: None,
        parts: BTreeSet::new(),
    }));
    wanted
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let (namespaces, services): (Vec<_>, Vec<_>) = wanted
        .into_iter()
        .map(|wanted| wanted.id)
        .partition(|id| id.as_str().contains(":namespace/"));
    let namespaces: BTreeSet<ResourceId> = namespaces.into_iter().collect();
    let mut ids = Vec::new();
    let mut pages = Pages::of(NAMESPACES);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .discovery
            .list_namespaces()
            .max_results(100)
            .set_next_token(token);
        let answer = clients.call(NAMESPACES, request.send()).await?;
        for namespace in answer.namespaces() {
            describe_namespace(namespace, &namespaces, found);
            ids.extend(owned(namespace.id()).map(|id| (id, dns_name(namespace))));
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::CloudMapNamespace);
    if services.is_empty() {
        return Ok(());
    }
    // A service's own listing does not say which namespace it is in: each namespace is asked for its services.
    let mut answers = stream::iter(ids)
        .map(|(namespace, name)| async move {
            let services = list_services(clients, &namespace).await;
            (namespace, name, services)
        })
        .buffered(16);
    let mut failed = None;
    while let Some((namespace, name, services)) = answers.next().await {
        match services {
            Ok(services) => {
                for service in &services {
                    describe_service(service, &namespace, name.as_deref(), found);
                }
            }
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) => {
            found.blind_spot(error.blind_spot(clients.scope(), &[ResourceKind::CloudMapService]));
        }
        None => found.listed(ResourceKind::CloudMapService),
    }
    Ok(())
}

async fn list_services(
    clients: &Clients,
    namespace: &str,
) -> Result<Vec<ServiceSummary>, CallError> {
    let filter = ServiceFilter::builder()
        .name(ServiceFilterName::NamespaceId)
        .values(namespace)
        .build()
        .map_err(|error| CallError::unexpected(SERVICES, error.to_string()))?;
    let (mut services, mut pages) = (Vec::new(), Pages::of(SERVICES));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .discovery
            .list_services()
            .filters(filter.clone())
            .max_results(100)
            .set_next_token(token);
        let answer = clients.call(SERVICES, request.send()).await?;
        services.extend_from_slice(answer.services());
        pages.turn(answer.next_token())?;
    }
    Ok(services)
}

/// Those of Service Connect are kept; the others if a service in them is.
fn describe_namespace(
    namespace: &NamespaceSummary,
    named: &BTreeSet<ResourceId>,
    found: &mut Found,
) {
    let Ok(arn) = Arn::parse(namespace.arn().unwrap_or_default()) else {
        return;
    };
    let facts = CloudMapNamespace {
        arn: arn.to_string(),
        id: namespace.id().unwrap_or_default().to_owned(),
        name: namespace.name().unwrap_or_default().to_owned(),
        r#type: text!(namespace.r#type()),
        properties: namespace.properties().map(|own| NamespaceProperties {
            dns_properties: own.dns_properties().map(|dns| DnsProperties {
                hosted_zone_id: owned(dns.hosted_zone_id()),
            }),
            http_properties: own.http_properties().map(|http| HttpProperties {
                http_name: owned(http.http_name()),
            }),
        }),
    };
    if named.contains(&ResourceId::from(arn.clone())) {
        found.resource(&arn, &facts, [], Source::of(NAMESPACES));
    } else {
        found.offer(&arn, &facts, [], Source::of(NAMESPACES));
    }
}

/// The name under which a namespace's services are found in DNS; none where they are found by calls alone.
fn dns_name(namespace: &NamespaceSummary) -> Option<String> {
    let http = namespace.r#type() == Some(&NamespaceType::Http);
    owned(namespace.name()).filter(|_| !http)
}

fn describe_service(
    service: &ServiceSummary,
    namespace: &str,
    namespace_name: Option<&str>,
    found: &mut Found,
) {
    let Ok(arn) = Arn::parse(service.arn().unwrap_or_default()) else {
        return;
    };
    let facts = CloudMapService {
        arn: arn.to_string(),
        id: service.id().unwrap_or_default().to_owned(),
        name: service.name().unwrap_or_default().to_owned(),
        namespace_id: Some(namespace.to_owned()),
        namespace_name: owned(namespace_name),
        fingerprints: namespace_name
            .map(|namespace| {
                let host = format!("{}.{namespace}", service.name().unwrap_or_default());
                fingerprints(found.redactor(), &host, None)
            })
            .unwrap_or_default(),
        r#type: text!(service.r#type()),
        dns_config: service.dns_config().map(dns_config),
        health_check_config: service
            .health_check_config()
            .map(|check| HealthCheckConfig {
                r#type: Some(check.r#type().as_str().to_owned()),
                resource_path: owned(check.resource_path()),
                failure_threshold: check.failure_threshold(),
            }),
        health_check_custom_config: service.health_check_custom_config().map(
            #[expect(deprecated, reason = "services from before its deprecation have it")]
            |check| HealthCheckCustomConfig {
                failure_threshold: check.failure_threshold(),
            },
        ),
    };
    found.offer(&arn, &facts, [], Source::of(SERVICES));
}

fn dns_config(config: &types::DnsConfig) -> DnsConfig {
    DnsConfig {
        routing_policy: text!(config.routing_policy()),
        dns_records: config
            .dns_records()
            .iter()
            .map(|record| DnsRecord {
                r#type: record.r#type().as_str().to_owned(),
                ttl: record.ttl(),
            })
            .collect(),
    }
}
