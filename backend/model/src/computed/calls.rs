//! A service calls another if its containers are told the other's address: an environment variable holds what clients write to
//! reach a Service Connect alias of its own namespace, or the name of a Cloud Map service, and nothing else.
//!
//! Every service of a Service Connect namespace could call every other; that it could is no news, and no link.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html>

use std::collections::HashMap;

use super::{Estate, inferred};
use crate::{
    NamedLink, Relation, Resource,
    kinds::{
        cloud_map_service::CloudMapService,
        ecs_service::{EcsService, ServiceConnectConfiguration},
        ecs_task_definition::EcsTaskDefinition,
    },
};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let services: Vec<(&Resource, EcsService)> = estate.live::<EcsService>().collect();
    // By namespace and the fingerprint of what clients write.
    let mut aliases: HashMap<(&str, &str), &Resource> = HashMap::new();
    for (service, facts) in &services {
        let Some((own, namespace)) = connected(facts) else {
            continue;
        };
        let clients = own.services.iter().flat_map(|own| &own.client_aliases);
        for fingerprint in clients.flat_map(|alias| &alias.fingerprints) {
            aliases.entry((namespace, fingerprint)).or_insert(service);
        }
    }
    let discovered = discovered(estate, &services);
    if aliases.is_empty() && discovered.is_empty() {
        return Vec::new();
    }
    let mut links = Vec::new();
    for (client, facts) in &services {
        let namespace = connected(facts).map(|(_, namespace)| namespace);
        let definition = facts.task_definition.as_deref();
        let definition = definition.and_then(|arn| estate.inventory.find(arn));
        let definition = definition.map(|place| estate.inventory.resource(place));
        let Some(Ok(definition)) =
            definition.map(|own| own.attributes.facts::<EcsTaskDefinition>())
        else {
            continue;
        };
        for (place, container) in definition.container_definitions.iter().enumerate() {
            for (variable, own) in container.environment.iter().enumerate() {
                let value = own.value.as_str();
                let alias = namespace.and_then(|namespace| aliases.get(&(namespace, value)));
                let by_name = discovered.get(value).into_iter().flatten();
                // Names of one network say nothing in another.
                let by_name = by_name
                    .filter(|own| own.account == client.account && own.region == client.region);
                for server in alias.into_iter().chain(by_name) {
                    if server.id != client.id {
                        links.push(inferred(
                            &client.id,
                            Relation::Calls,
                            &server.id,
                            "ecs:DescribeTaskDefinition",
                            &format!("containerDefinitions[{place}].environment[{variable}].value"),
                        ));
                    }
                }
            }
        }
    }
    links
}

/// The Service Connect configuration of new tasks, where it is on, and its namespace.
fn connected(facts: &EcsService) -> Option<(&ServiceConnectConfiguration, &str)> {
    let own = facts
        .newest_deployment()?
        .service_connect_configuration
        .as_ref()?;
    Some((own, own.namespace.as_deref()?)).filter(|(own, _)| own.enabled)
}

/// The services that are registered in Cloud Map, by the fingerprints of what clients write to reach them.
fn discovered<'e>(
    estate: &Estate<'e>,
    services: &[(&'e Resource, EcsService)],
) -> HashMap<String, Vec<&'e Resource>> {
    let mut registered: HashMap<&str, Vec<&Resource>> = HashMap::new();
    for (service, _) in services {
        for registry in estate.dependencies(service, Relation::DiscoveredBy) {
            registered
                .entry(registry.id.as_str())
                .or_default()
                .push(service);
        }
    }
    let mut discovered: HashMap<String, Vec<&Resource>> = HashMap::new();
    for (registry, facts) in estate.live::<CloudMapService>() {
        if let Some(services) = registered.get(registry.id.as_str()) {
            for fingerprint in facts.fingerprints {
                discovered.entry(fingerprint).or_default().extend(services);
            }
        }
    }
    discovered
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;
    use crate::{Arn, Found, InventoryBuilder, Redactor, Scope, Source, kinds::Facts};

    const HERE: &str = "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1";
    const ELSEWHERE: &str = "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-2";

    fn add<F: Facts>(found: &mut Found, service: &str, resource: &str, facts: Value) {
        let arn = Arn::new("aws", service, "eu-west-1", "123456789012", resource).unwrap();
        let facts: F = serde_json::from_value(facts).unwrap();
        found.resource(&arn, &facts, [], Source::of("test"));
    }

    #[test]
    fn who_is_told_an_address_calls_it() {
        let scope = Scope::new("123456789012", "eu-west-1");
        let now = OffsetDateTime::UNIX_EPOCH;
        let redactor = Redactor::new([1; 32]);
        let told = redactor.fingerprint("http://orders:8080");
        let named = redactor.fingerprint("stock.main.internal");
        let mut found = Found::new(scope.clone(), now, redactor);
        let cases = [
            ("client", HERE, Some(&told)),
            ("elsewhere", ELSEWHERE, Some(&told)),
            ("by-name", ELSEWHERE, Some(&named)),
            ("neighbour", HERE, None),
        ];
        for (name, namespace, value) in cases {
            let definition = format!("arn:aws:ecs:eu-west-1:123456789012:task-definition/{name}:1");
            let environment = value.map(|value| json!({"name": "URL", "value": value}));
            add::<EcsTaskDefinition>(
                &mut found,
                "ecs",
                &format!("task-definition/{name}:1"),
                json!({"containerDefinitions": [{"name": "main", "environment": environment.into_iter().collect::<Vec<_>>()}]}),
            );
            add::<EcsService>(
                &mut found,
                "ecs",
                &format!("service/main/{name}"),
                json!({"taskDefinition": definition, "deployments": [{"serviceConnectConfiguration": {"enabled": true, "namespace": namespace}}]}),
            );
        }
        let alias = json!({"portName": "web", "clientAliases": [{"port": 8080, "dnsName": "orders", "fingerprints": [told]}]});
        add::<EcsService>(
            &mut found,
            "ecs",
            "service/main/orders",
            json!({"deployments": [{"serviceConnectConfiguration": {"enabled": true, "namespace": HERE, "services": [alias]}}]}),
        );
        let registry = "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1";
        add::<CloudMapService>(
            &mut found,
            "servicediscovery",
            "service/srv-1",
            json!({"Name": "stock", "Fingerprints": [named]}),
        );
        add::<EcsService>(
            &mut found,
            "ecs",
            "service/main/stock",
            json!({"serviceRegistries": [{"registryArn": registry}]}),
        );
        let mut builder = InventoryBuilder::new(vec![scope]);
        builder.absorb(found);
        let inventory = builder.finish("test".to_owned(), now, Vec::new()).unwrap();
        let calls: Vec<String> = links(&Estate::of(&inventory))
            .iter()
            .map(|link| {
                let name = |id: &crate::ResourceId| id.arn().unwrap().last_part().to_owned();
                format!(
                    "{} calls {} by {}",
                    name(&link.from),
                    name(&link.to),
                    link.evidence.field
                )
            })
            .collect();
        assert_eq!(
            calls,
            [
                "by-name calls stock by containerDefinitions[0].environment[0].value",
                "client calls orders by containerDefinitions[0].environment[0].value",
            ]
        );
    }
}
