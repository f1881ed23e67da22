//! A service is scaled by the scalable target that names it, and that by the policies that name the same.
//!
//! <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>

use std::collections::HashMap;

use super::{Estate, stated};
use crate::{
    Arn, NamedLink, Relation, Resource,
    kinds::{
        ecs_service::EcsService, scalable_target::ScalableTarget, scaling_policy::ScalingPolicy,
    },
};

/// Where a target is, what it scales, and which number of it.
type Scaled = (String, String, String);

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut services: HashMap<(String, String), &Resource> = HashMap::new();
    for (service, facts) in estate.live::<EcsService>() {
        // Names say more than ARNs: those from before long ARNs have no cluster in them.
        if let Ok(cluster) = Arn::parse(&facts.cluster_arn) {
            let name = format!("service/{}/{}", cluster.last_part(), facts.service_name);
            services.insert((place(service), name), service);
        }
    }
    let mut policies: HashMap<Scaled, Vec<&Resource>> = HashMap::new();
    for (policy, facts) in estate.live::<ScalingPolicy>() {
        let scaled = (place(policy), facts.resource_id, facts.scalable_dimension);
        policies.entry(scaled).or_default().push(policy);
    }
    let mut links = Vec::new();
    for (target, facts) in estate.live::<ScalableTarget>() {
        let service = services.get(&(place(target), facts.resource_id.clone()));
        links.extend(service.map(|service| {
            stated(
                &service.id,
                Relation::ScaledBy,
                &target.id,
                "application-autoscaling:DescribeScalableTargets",
                "ResourceId",
            )
        }));
        let scaled = (place(target), facts.resource_id, facts.scalable_dimension);
        let own = policies.get(&scaled).into_iter().flatten();
        links.extend(own.map(|policy| {
            stated(
                &target.id,
                Relation::ScaledBy,
                &policy.id,
                "application-autoscaling:DescribeScalingPolicies",
                "ResourceId",
            )
        }));
    }
    links
}

fn place(resource: &Resource) -> String {
    format!("{}/{}", resource.account, resource.region)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::OffsetDateTime;

    use super::*;
    use crate::{Found, InventoryBuilder, Redactor, Scope, Source, kinds::Facts};

    const ACCOUNT: &str = "123456789012";

    fn add<F: Facts>(found: &mut Found, service: &str, resource: &str, facts: serde_json::Value) {
        let arn = Arn::new("aws", service, "eu-west-1", ACCOUNT, resource).unwrap();
        let facts: F = serde_json::from_value(facts).unwrap();
        found.resource(&arn, &facts, [], Source::of("test"));
    }

    #[test]
    fn what_scales_what_is_said_by_names_in_one_place() {
        let scope = Scope::new(ACCOUNT, "eu-west-1");
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut found = Found::new(scope.clone(), now, Redactor::new([1; 32]));
        let service = |cluster: &str| json!({"serviceName": "web", "clusterArn": format!("arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/{cluster}")});
        add::<EcsService>(&mut found, "ecs", "service/web", service("old"));
        add::<EcsService>(&mut found, "ecs", "service/new/web", service("new"));
        let scaled = |name: &str, dimension: &str| json!({"ResourceId": name, "ScalableDimension": dimension});
        let count = "ecs:service:DesiredCount";
        for (id, facts) in [
            ("a", scaled("service/old/web", count)),
            ("b", scaled("service/gone/web", count)),
        ] {
            let id = format!("scalable-target/{id}");
            add::<ScalableTarget>(&mut found, "application-autoscaling", &id, facts);
        }
        for (id, facts) in [
            ("cpu", scaled("service/old/web", count)),
            (
                "other",
                scaled("service/old/web", "dynamodb:table:ReadCapacityUnits"),
            ),
            ("new", scaled("service/new/web", count)),
        ] {
            add::<ScalingPolicy>(
                &mut found,
                "autoscaling",
                &format!("scalingPolicy:{id}"),
                facts,
            );
        }
        let mut builder = InventoryBuilder::new(vec![scope]);
        builder.absorb(found);
        let inventory = builder.finish("test".to_owned(), now, Vec::new()).unwrap();
        let scaled: Vec<String> = links(&Estate::of(&inventory))
            .iter()
            .map(|link| {
                let end = |id: &crate::ResourceId| id.arn().unwrap().resource().to_owned();
                format!("{} by {}", end(&link.from), end(&link.to))
            })
            .collect();
        assert_eq!(
            scaled,
            [
                "service/web by scalable-target/a",
                "scalable-target/a by scalingPolicy:cpu"
            ]
        );
    }
}
