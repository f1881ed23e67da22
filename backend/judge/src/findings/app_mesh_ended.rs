//! A task definition that still has its traffic proxied by App Mesh.

use blastmap_graph::Overlay;
use blastmap_model::{
    Relation, ResourceIndex, ResourceKind, kinds::ecs_task_definition::EcsTaskDefinition,
};

use super::{Rule, Said};
use crate::Level;

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProxyConfiguration.html>
pub(super) const RULE: Rule = Rule {
    name: "app-mesh-ended",
    level: Level::High,
    kinds: &[ResourceKind::EcsTaskDefinition],
    documentation: "https://docs.aws.amazon.com/app-mesh/latest/userguide/what-is-app-mesh.html",
    sentence: "A task definition has a proxy configuration of type APPMESH: AWS ended App Mesh on 2026-09-30.",
    find,
};

fn find(overlay: &Overlay<'_>, definition: ResourceIndex) -> Option<Said> {
    let facts = overlay.facts::<EcsTaskDefinition>(definition)?;
    let proxy = facts.proxy_configuration.as_ref()?;
    if proxy.r#type.as_deref() != Some("APPMESH") {
        return None;
    }
    let name = &overlay.resource(definition).name;
    let run = overlay.needing(definition, Relation::Runs);
    let services = run
        .into_iter()
        .filter(|place| overlay.kind(*place) == ResourceKind::EcsService)
        .count();
    let by = match services {
        0 => String::new(),
        1 => " One service runs it.".to_owned(),
        many => format!(" {many} services run it."),
    };
    Some(Said {
        title: format!("Task definition {name} sends its traffic through App Mesh, which AWS ended"),
        detail: format!(
            "All traffic of its tasks passes container {}, which asks App Mesh how to route it. AWS ended App Mesh on 2026-09-30: a proxy \
             that starts anew gets no answer, and whatever waits for it to be healthy does not start.{by}",
            proxy.container_name
        ),
        remediation: "Register a revision without `proxyConfiguration` and without the Envoy container; let services reach one another by \
                      Service Connect or VPC Lattice."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::ecs_task_definition::ProxyConfiguration;

    use crate::{
        estate::{Estate, arn},
        findings::all,
    };

    fn with_proxy(kind: &str) -> Estate {
        let estate = Estate::new().vpc_with_nat().fargate_service();
        estate.with::<super::EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
            facts.proxy_configuration = Some(ProxyConfiguration {
                r#type: Some(kind.to_owned()),
                container_name: "envoy".to_owned(),
            });
        })
    }

    #[test]
    fn a_definition_in_a_mesh_is_found_and_no_other() {
        let plain = Estate::new().vpc_with_nat().fargate_service();
        for estate in [plain, with_proxy("OTHER")] {
            assert!(all(&estate.snapshot()).is_empty());
        }
        let findings = all(&with_proxy("APPMESH").snapshot());
        let [finding] = findings.as_slice() else {
            panic!("{findings:?}")
        };
        let id = format!("app-mesh-ended:{}", arn("ecs", "task-definition/web:1"));
        assert_eq!(finding.id, id);
        assert!(finding.said.detail.contains("container envoy"));
        assert!(finding.said.detail.ends_with("One service runs it."));
    }
}
