//! New endpoints of Service Connect, which tasks that were deployed before do not know.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html>

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    ResourceIndex, ResourceKind,
    kinds::ecs_service::{EcsService, ServiceConnectConfiguration},
};

/// A service with endpoints that the change makes, and who does not know them until it is deployed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewEndpoints {
    pub(crate) service: ResourceIndex,
    /// By their discovery names, sorted.
    pub(crate) names: Vec<String>,
    pub(crate) clients: Vec<ResourceIndex>,
}

/// Of each service that the change alters. What it alters itself is deployed with it, and knows them.
pub(super) fn new_endpoints(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    touched: &BTreeSet<ResourceIndex>,
) -> Vec<NewEndpoints> {
    let services = touched
        .iter()
        .copied()
        .filter(|place| after.kind(*place) == ResourceKind::EcsService && after.is_there(*place));
    let found = services.filter_map(|service| {
        let new = configuration(after, service)?;
        let old = before
            .holds(service)
            .then(|| configuration(before, service))
            .flatten();
        let old = old.map(|old| names(&old)).unwrap_or_default();
        let names: Vec<String> = names(&new).difference(&old).cloned().collect();
        let namespace = new.namespace.as_deref().filter(|_| !names.is_empty())?;
        let all = before.snapshot().inventory().indices();
        let clients: Vec<ResourceIndex> = all
            .filter(|place| before.kind(*place) == ResourceKind::EcsService)
            .filter(|place| !touched.contains(place))
            .filter(|place| {
                let own = configuration(before, *place).and_then(|own| own.namespace);
                own.is_some_and(|own| last(&own) == last(namespace))
            })
            .collect();
        (!clients.is_empty()).then_some(NewEndpoints {
            service,
            names,
            clients,
        })
    });
    found.collect()
}

/// Of the newest deployment, where it is enabled.
fn configuration(
    overlay: &Overlay<'_>,
    service: ResourceIndex,
) -> Option<ServiceConnectConfiguration> {
    let facts = overlay.facts::<EcsService>(service)?;
    let own = facts
        .newest_deployment()?
        .service_connect_configuration
        .clone();
    own.filter(|own| own.enabled)
}

fn names(configuration: &ServiceConnectConfiguration) -> BTreeSet<String> {
    let services = configuration.services.iter();
    services
        .map(|own| {
            own.discovery_name
                .clone()
                .unwrap_or_else(|| own.port_name.clone())
        })
        .collect()
}

/// A namespace goes by its name or its ARN.
fn last(namespace: &str) -> &str {
    namespace.rsplit('/').next().unwrap_or(namespace)
}
