//! Alarms that tell nobody any more.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Relation, ResourceIndex, ResourceKind, kinds::cloudwatch_alarm::CloudwatchAlarm,
};

use super::less::Less;
use crate::{Level, words::listed};

/// Of the alarms that the change alters. Those that scale or stop deployments are told of by what breaks.
pub(super) fn of(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    touched: &BTreeSet<ResourceIndex>,
) -> Vec<Less> {
    let were = touched.iter().copied().filter(|place| {
        before.holds(*place)
            && before.kind(*place) == ResourceKind::CloudwatchAlarm
            && before.is_there(*place)
    });
    were.filter_map(|alarm| silenced(before, after, alarm))
        .collect()
}

fn silenced(before: &Overlay<'_>, after: &Overlay<'_>, alarm: ResourceIndex) -> Option<Less> {
    let was = before.facts::<CloudwatchAlarm>(alarm)?;
    let now = after.facts::<CloudwatchAlarm>(alarm);
    let tells = |facts: &CloudwatchAlarm| {
        let mut told = facts.alarm_actions.iter();
        facts.actions_enabled != Some(false)
            && told.any(|action| !action.contains(":scalingPolicy:"))
    };
    if !tells(&was) || now.as_ref().is_some_and(|now| tells(now)) {
        return None;
    }
    let watched = before.needing(alarm, Relation::WatchedBy).into_iter();
    let watched: Vec<&str> = watched
        .filter(|place| before.is_there(*place) && after.is_there(*place))
        .filter(|place| {
            let kind = before.kind(*place);
            !matches!(
                kind,
                ResourceKind::ScalingPolicy | ResourceKind::CloudwatchAlarm
            )
        })
        .map(|place| &*before.resource(place).name)
        .collect();
    if watched.is_empty() {
        return None;
    }
    let name = &before.resource(alarm).name;
    let happens = match now {
        None => "It is deleted",
        Some(now) if now.actions_enabled == Some(false) => "Its actions are switched off",
        Some(_) => "It has no action any more",
    };
    Some(Less {
        rule: "alarm-silenced",
        level: Level::Low,
        resource: alarm,
        title: format!("Alarm {name} no longer tells of {}", listed(&watched, 3)),
        detail: format!(
            "{happens}: when {} is in trouble, nobody hears of it by this alarm.",
            listed(&watched, 3)
        ),
        documentation: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
    })
}
