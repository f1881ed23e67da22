//! A service is rolled out by the deployment group that names it, which moves requests between target groups that it names too.
//!
//! <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSService.html>

use std::collections::HashMap;

use super::{Estate, stated};
use crate::{
    Arn, NamedLink, Relation, Resource,
    kinds::{
        codedeploy_group::CodedeployGroup, ecs_service::EcsService, target_group::TargetGroup,
    },
};

const API: &str = "codedeploy:BatchGetDeploymentGroups";

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let groups: Vec<(&Resource, CodedeployGroup)> = estate.live().collect();
    if groups.is_empty() {
        return Vec::new();
    }
    let mut services: HashMap<(String, String, String), &Resource> = HashMap::new();
    for (service, facts) in estate.live::<EcsService>() {
        if let Ok(cluster) = Arn::parse(&facts.cluster_arn) {
            let cluster = cluster.last_part().to_owned();
            services.insert((place(service), cluster, facts.service_name), service);
        }
    }
    let mut targets: HashMap<(String, String), &Resource> = HashMap::new();
    for (target, facts) in estate.live::<TargetGroup>() {
        targets.insert((place(target), facts.target_group_name), target);
    }
    let mut links = Vec::new();
    for (group, facts) in groups {
        for (index, own) in facts.ecs_services.iter().enumerate() {
            let name = (
                place(group),
                own.cluster_name.clone(),
                own.service_name.clone(),
            );
            let field = format!("ecsServices[{index}]");
            links.extend(
                services.get(&name).map(|service| {
                    stated(&service.id, Relation::DeployedBy, &group.id, API, &field)
                }),
            );
        }
        for (index, pair) in facts.pairs() {
            for (at, own) in pair.target_groups.iter().enumerate() {
                let field = format!(
                    "loadBalancerInfo.targetGroupPairInfoList[{index}].targetGroups[{at}].name"
                );
                let target = targets.get(&(place(group), own.name.clone()));
                links
                    .extend(target.map(|target| {
                        stated(&group.id, Relation::Shifts, &target.id, API, &field)
                    }));
            }
        }
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
    fn who_rolls_out_what_is_said_by_names_in_one_place() {
        let scope = Scope::new(ACCOUNT, "eu-west-1");
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut found = Found::new(scope.clone(), now, Redactor::new([1; 32]));
        for cluster in ["main", "other"] {
            let facts = json!({"serviceName": "web", "clusterArn": format!("arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/{cluster}")});
            add::<EcsService>(&mut found, "ecs", &format!("service/{cluster}/web"), facts);
        }
        for name in ["blue", "green", "grey"] {
            let facts = json!({"TargetGroupName": name});
            let resource = format!("targetgroup/{name}/1");
            add::<TargetGroup>(&mut found, "elasticloadbalancing", &resource, facts);
        }
        let facts = json!({
            "ecsServices": [{"clusterName": "main", "serviceName": "web"}, {"clusterName": "main", "serviceName": "gone"}],
            "loadBalancerInfo": {"targetGroupPairInfoList": [{"targetGroups": [{"name": "blue"}, {"name": "green"}, {"name": "gone"}]}]},
        });
        add::<CodedeployGroup>(&mut found, "codedeploy", "deploymentgroup:shop/web", facts);
        let mut builder = InventoryBuilder::new(vec![scope]);
        builder.absorb(found);
        let inventory = builder.finish("test".to_owned(), now, Vec::new()).unwrap();
        let links: Vec<String> = links(&Estate::of(&inventory))
            .iter()
            .map(|link| {
                let end = |id: &crate::ResourceId| id.arn().unwrap().resource().to_owned();
                format!("{} {} {}", end(&link.from), link.relation, end(&link.to))
            })
            .collect();
        assert_eq!(
            links,
            [
                "service/main/web DEPLOYED_BY deploymentgroup:shop/web",
                "deploymentgroup:shop/web SHIFTS targetgroup/blue/1",
                "deploymentgroup:shop/web SHIFTS targetgroup/green/1",
            ]
        );
    }
}
