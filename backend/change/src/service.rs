//! What a change to a service means beyond its own words: a task definition may be named shortly, and a new one is rolled out.

use blastmap_model::{Arn, ResourceId, ResourceKind};
use serde_json::{Value, json};

use crate::{Lookup, Place, Workbench, birth::last_part};

/// Ends a change to a service: names become ARNs, and where it runs another task definition than its first deployment, the rollout is over.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
pub(crate) fn settle(workbench: &mut Workbench<'_>, id: &ResourceId) {
    let Some(own) = workbench.own(id) else { return };
    let place = Place {
        partition: own.partition().to_owned(),
        account: own.account().to_owned(),
        region: own.region().to_owned(),
    };
    let Some(facts) = workbench.facts(id) else {
        return;
    };
    let text = |field: &str| facts.get(field).and_then(Value::as_str);
    let cluster = text("clusterArn")
        .filter(|cluster| !cluster.is_empty() && !cluster.starts_with("arn:"))
        .and_then(|cluster| place.arn("ecs", &format!("cluster/{}", last_part(cluster))));
    let definition = text("taskDefinition").map(|named| definition(workbench, named, &place));
    workbench.change(id, |facts| {
        if let Some(cluster) = cluster {
            facts["clusterArn"] = Value::String(cluster.to_string());
        }
        let Some(definition) = definition.map(Value::String) else {
            return;
        };
        facts["taskDefinition"] = definition.clone();
        let Some(deployments) = facts.get_mut("deployments").and_then(Value::as_array_mut) else {
            return;
        };
        let is_primary = |own: &Value| own.get("status").is_some_and(|own| own == "PRIMARY");
        let rolls = |own: &Value| is_primary(own) && own.get("taskDefinition") != Some(&definition);
        if deployments.iter().any(rolls) {
            deployments.retain(is_primary);
            for primary in deployments {
                primary["taskDefinition"] = definition.clone();
            }
        }
    });
}

/// The newest deployment, which tells of Service Connect and of volumes; made where there is none.
pub(crate) fn newest_deployment(facts: &mut Value) -> Option<&mut Value> {
    let deployments = facts
        .as_object_mut()?
        .entry("deployments")
        .or_insert_with(|| json!([]));
    if !deployments.is_array() {
        *deployments = json!([]);
    }
    let deployments = deployments.as_array_mut()?;
    let primary = deployments
        .iter()
        .position(|own| own.get("status").is_some_and(|own| own == "PRIMARY"));
    let place = primary.unwrap_or_else(|| {
        deployments.push(json!({"status": "PRIMARY"}));
        deployments.len() - 1
    });
    deployments.get_mut(place)
}

/// The ARN of a task definition that may be named by its family alone, which means the latest active revision.
fn definition(workbench: &mut Workbench<'_>, named: &str, place: &Place) -> String {
    if named.starts_with("arn:") {
        return named.to_owned();
    }
    let kind = ResourceKind::EcsTaskDefinition;
    if let Lookup::One(id) = workbench.find(kind, &[named], Some(place)) {
        return id.to_string();
    }
    if !named.contains(':') {
        let revision = |arn: &Arn| {
            let (family, revision) = arn.resource_name().rsplit_once(':')?;
            let here = arn.account() == place.account && arn.region() == place.region;
            revision
                .parse::<u32>()
                .ok()
                .filter(|_| family == named && here)
        };
        let latest = workbench
            .live(kind)
            .filter_map(|resource| resource.id.arn())
            .filter_map(|arn| Some((revision(&arn)?, arn)))
            .max();
        if let Some((_, arn)) = latest {
            return arn.to_string();
        }
    }
    place
        .arn("ecs", &format!("task-definition/{named}"))
        .map_or_else(|| named.to_owned(), |arn| arn.to_string())
}
