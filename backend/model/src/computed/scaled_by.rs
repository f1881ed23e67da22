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
