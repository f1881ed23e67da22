//! The Cloud Map services and namespaces under which tasks are found are there.

use blastmap_graph::Overlay;
use blastmap_model::{Phase, Relation, ResourceId, kinds::ecs_service::EcsService};

use super::{Need, Subject};
use crate::{Launch, Verdict, network::lookup::there};

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html>
pub(super) const NEED: Need = Need {
    name: "discovery-exists",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html",
    sentence: "The Cloud Map services in which tasks are registered, and the namespaces of these and of Service Connect, are there.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let Some(facts) = overlay.facts::<EcsService>(launch.subject) else {
        return Verdict::met();
    };
    let mut places = overlay.needed(launch.subject, Relation::DiscoveredBy);
    let namespaces: Vec<_> = places
        .iter()
        .flat_map(|service| overlay.needed(*service, Relation::PartOf))
        .collect();
    places.extend(namespaces);
    // The deployment that new tasks belong to; names instead of ARNs lead nowhere that is known.
    let newest = facts
        .deployments
        .iter()
        .filter(|own| own.status.as_deref() == Some("PRIMARY"));
    let connected = newest
        .filter_map(|own| own.service_connect_configuration.as_ref())
        .filter(|own| own.enabled)
        .filter_map(|own| own.namespace.as_deref());
    places.extend(connected.filter_map(|namespace| overlay.find(&ResourceId::new(namespace))));
    places.sort();
    places.dedup();
    Verdict::all(places.into_iter().map(|place| there(overlay, place)))
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{
        cloud_map_namespace::CloudMapNamespace, cloud_map_service::CloudMapService,
        ecs_service::ServiceRegistry,
    };

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, gone, place, together},
    };

    fn estate() -> Estate {
        let registry = arn("servicediscovery", "service/srv-1");
        let service = CloudMapService {
            arn: registry.clone(),
            id: "srv-1".to_owned(),
            name: "web".to_owned(),
            namespace_id: Some("ns-1".to_owned()),
            ..CloudMapService::default()
        };
        let namespace = CloudMapNamespace {
            arn: arn("servicediscovery", "namespace/ns-1"),
            id: "ns-1".to_owned(),
            name: "internal".to_owned(),
            ..CloudMapNamespace::default()
        };
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .put(&registry, &service)
            .put(&namespace.arn, &namespace)
            .with::<EcsService>(&arn("ecs", "service/main/web"), |facts| {
                facts.service_registries.push(ServiceRegistry {
                    registry_arn: Some(registry.clone()),
                    ..ServiceRegistry::default()
                });
            })
    }

    #[test]
    fn what_finds_the_tasks_is_there() {
        let registry = arn("servicediscovery", "service/srv-1");
        let cases = [
            ("healthy", estate(), together([]), Answer::Met),
            ("service goes", estate(), gone(&registry), Answer::Unmet),
            (
                "namespace goes",
                estate(),
                gone(&arn("servicediscovery", "namespace/ns-1")),
                Answer::Unmet,
            ),
            (
                "not read",
                estate().unreadable(&registry),
                together([]),
                Answer::Unknown,
            ),
            (
                "none",
                Estate::new().vpc_with_nat().fargate_service(),
                together([]),
                Answer::Met,
            ),
        ];
        for (case, estate, edits, expected) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &edits);
            let service = place(&overlay, &arn("ecs", "service/main/web"));
            for launch in Launch::of(&overlay, service) {
                assert_eq!(judge(&overlay, &launch).answer, expected, "{case}");
            }
        }
    }
}
