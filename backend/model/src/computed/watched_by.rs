//! What an alarm's dimensions name is watched by it, and the scaling policies among its actions are driven by it.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>

use std::collections::HashMap;

use super::{Estate, stated};
use crate::{
    Arn, NamedLink, Presence, Relation, ResourceId, ResourceKind,
    kinds::{cloudwatch_alarm::CloudwatchAlarm, ecs_service::EcsService},
};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    // Dimensions name a service by cluster and name; ARNs from before long ARNs have no cluster in them.
    let mut services: HashMap<ResourceId, &ResourceId> = HashMap::new();
    for (service, facts) in estate.live::<EcsService>() {
        let cluster = Arn::parse(&facts.cluster_arn).ok();
        let long = cluster.and_then(|cluster| {
            let name = format!("service/{}/{}", cluster.last_part(), facts.service_name);
            cluster.sibling("ecs", &name).ok()
        });
        services.extend(long.map(|long| (long.into(), &service.id)));
    }
    let mut links = Vec::new();
    for (alarm, facts) in estate.live::<CloudwatchAlarm>() {
        let Some(own) = alarm.id.arn() else { continue };
        for watched in facts.watched(&own) {
            let known = if watched.kind == ResourceKind::EcsService {
                services.get(&watched.id).copied()
            } else {
                let place = estate.inventory.find(watched.id.as_str());
                place
                    .map(|place| estate.inventory.resource(place))
                    .filter(|own| own.kind == watched.kind && own.presence == Presence::Live)
                    .map(|own| &own.id)
            };
            links.extend(known.map(|known| {
                stated(
                    known,
                    Relation::WatchedBy,
                    &alarm.id,
                    "cloudwatch:DescribeAlarms",
                    &watched.field,
                )
            }));
        }
    }
    links
}
