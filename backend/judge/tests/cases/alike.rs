//! What is alike is told once, worst first, and nothing of it is lost.

use std::collections::BTreeSet;

use blastmap_change::read;
use blastmap_judge::{
    Assessment, Level, Outcome, Risk, assess,
    estate::{Estate, ec2, tcp, together},
};
use blastmap_model::{
    Redactor, ResourceKind,
    kinds::{
        ecs_service::{AwsVpcConfiguration, EcsService},
        scaling_policy::ScalingPolicy,
    },
};
use serde_json::{Value, json};

use crate::{
    estates::{behind_alb, group, listener, policy, rule, scaled, service},
    harness::{delete, proposed, update},
};

fn other(name: &str) -> String {
    service().replace("/web", &format!("/{name}"))
}

/// Services `web`, `api` and `jobs`, which are alike, and two security groups of their own.
fn three() -> Estate {
    let snapshot = behind_alb().snapshot();
    let place = snapshot
        .inventory()
        .find(&service())
        .expect("the service of the block");
    let web: EcsService = snapshot
        .resource(place)
        .attributes
        .facts()
        .expect("facts of a service");
    let of = |name: &str, group: &str| {
        let mut own = web.clone();
        own.service_arn = other(name);
        own.service_name = name.to_owned();
        own.load_balancers.clear();
        if let Some(AwsVpcConfiguration {
            security_groups, ..
        }) = own
            .network_configuration
            .as_mut()
            .and_then(|own| own.awsvpc_configuration.as_mut())
        {
            *security_groups = vec![group.to_owned()];
        }
        own
    };
    behind_alb()
        .security_group("sg-api", vec![tcp((80, 80), "10.0.0.0/8")])
        .security_group("sg-jobs", vec![])
        .put(&other("api"), &of("api", "sg-api"))
        .put(&other("jobs"), &of("jobs", "sg-jobs"))
}

fn assessed(changes: &[Value]) -> Assessment {
    let snapshot = three().snapshot();
    let bytes = json!({ "resources": changes }).to_string();
    let redactor = Redactor::new([1; 32]);
    let proposal =
        read(bytes.as_bytes(), snapshot.inventory(), &redactor).expect("a list of changes");
    assess(&snapshot, &proposal)
}

fn of_rule<'a>(found: &'a Assessment, rule: &str) -> Vec<&'a Risk> {
    let all = found.risks.iter();
    all.filter(|risk| risk.rule == rule).collect()
}

fn nothing(name: &str) -> Value {
    update(&other(name), json!({ "desiredCount": 0 }))
}

#[test]
fn services_that_stop_in_one_way_are_one_risk() {
    let found = assessed(&[nothing("web"), nothing("api"), nothing("jobs")]);
    let risks = of_rule(&found, "desired-count");
    let [risk] = risks.as_slice() else {
        unreachable!("{risks:#?}");
    };
    assert_eq!(risk.title, "3 services go down");
    for name in ["web", "api", "jobs"] {
        assert!(risk.detail.contains(name), "{}", risk.detail);
    }
    assert_eq!(risk.level, Level::Critical);
    // Each keeps its place, and each is an impact of its own.
    let estate = found.excerpt.snapshot();
    let services: Vec<_> = found
        .impacts
        .iter()
        .filter(|own| estate.kind(own.resource) == ResourceKind::EcsService)
        .collect();
    assert_eq!(services.len(), 3);
    for impact in services {
        assert!(risk.affected.contains(&impact.resource));
        assert_eq!(impact.outcome, Outcome::Down);
    }

    // One alone is told as it is.
    let found = assessed(&[nothing("api")]);
    let risks = of_rule(&found, "desired-count");
    assert_eq!(risks[0].title, "api goes down");
    assert_eq!(risks[0].id, format!("desired-count:{}", other("api")));
    assert!(risks[0].resource.is_some());
}

#[test]
fn refusals_of_one_rule_are_one_risk_and_all_are_counted() {
    let groups = ["sg-api", "sg-jobs"];
    let found = assessed(&groups.map(|group| delete(&ec2(group))));
    let risks = of_rule(&found, "security-group-in-use");
    let [risk] = risks.as_slice() else {
        unreachable!("{risks:#?}");
    };
    assert_eq!(risk.title, "AWS will refuse to delete 2 security groups");
    assert_eq!(risk.detail.matches("AWS will refuse").count(), 1);
    assert_eq!(risk.detail.matches("the apply stops there").count(), 1);
    assert_eq!(
        risk.detail.matches("while it is in use by service").count(),
        2
    );
    assert_eq!(risk.addresses.len(), 2);
    assert_eq!(risk.affected.len(), 2);
    let report = blastmap_judge::report::text(&found, blastmap_judge::report::Colours::Off);
    assert!(report.contains("AWS will refuse 2 changes"), "{report}");

    let found = assessed(&[delete(&ec2("sg-api"))]);
    let risks = of_rule(&found, "security-group-in-use");
    assert!(risks[0].title.ends_with(&risks[0].addresses[0]));
    assert_eq!(risks[0].addresses.len(), 1);
}

#[test]
fn ids_are_those_of_the_rule_and_its_resources_whatever_the_order() {
    let ids = |changes: &[Value]| -> Vec<String> {
        let found = assessed(changes);
        let ids: BTreeSet<_> = found.risks.iter().map(|risk| &risk.id).collect();
        assert_eq!(ids.len(), found.risks.len(), "two risks have one id");
        found.risks.into_iter().map(|risk| risk.id).collect()
    };
    let groups = |names: [&str; 2]| names.map(|name| delete(&ec2(name)));
    let one = ids(&groups(["sg-api", "sg-jobs"]));
    assert_eq!(one, ids(&groups(["sg-jobs", "sg-api"])));
    assert_ne!(one, ids(&[delete(&ec2("sg-api"))]));
    let services = ids(&[nothing("web"), nothing("api")]);
    assert_eq!(services, ids(&[nothing("api"), nothing("web")]));
    assert_ne!(services, ids(&[nothing("jobs"), nothing("web")]));
}

#[test]
fn services_that_are_down_come_before_rules_and_more_before_fewer() {
    let mut changes = vec![nothing("api"), nothing("jobs")];
    changes.extend([delete(&rule()), delete(&listener()), delete(&group())]);
    let found = assessed(&changes);
    assert_eq!(
        found.risks[0].title, "2 services go down",
        "{:#?}",
        found.risks
    );
    assert!(
        found.risks[1].title.starts_with("web "),
        "{:#?}",
        found.risks[1]
    );
    assert!(found.risks.is_sorted_by_key(|risk| risk.level));
}

/// Deleting it is the change and no impact; that it runs is no secret.
#[test]
fn a_service_that_ends_while_it_runs_is_told() {
    let found = assessed(&[serde_json::json!({"id": other("api"), "action": "DELETE"})]);
    let risks = of_rule(&found, "service-ends");
    let told: Vec<_> = risks
        .iter()
        .map(|risk| (risk.level, risk.title.as_str()))
        .collect();
    assert_eq!(told, [(Level::Low, "api is deleted while it is in use")]);
}

/// Nothing breaks, and a reviewer is told how much is left.
#[test]
fn fewer_tasks_and_fewer_policies_are_told() {
    let count = |count: i32| update(&other("api"), json!({ "desiredCount": count }));
    for (changed, title) in [
        (1, Some("api runs 1 task in place of 2")),
        (2, None),
        (3, None),
    ] {
        let found = assessed(&[count(changed)]);
        let risks = of_rule(&found, "capacity-lowered");
        assert_eq!(risks.first().map(|risk| risk.title.as_str()), title);
        assert!(risks.iter().all(|risk| risk.level == Level::Low));
        assert!(found.impacts.is_empty());
    }
    assert!(of_rule(&assessed(&[nothing("api")]), "capacity-lowered").is_empty());

    let second = policy().replace("requests", "memory");
    let snapshot = scaled()
        .with::<ScalingPolicy>(&policy(), |own| own.policy_arn = policy())
        .put(
            &second,
            &ScalingPolicy {
                policy_arn: second.clone(),
                policy_name: "memory".to_owned(),
                policy_type: "TargetTrackingScaling".to_owned(),
                service_namespace: "ecs".to_owned(),
                resource_id: "service/main/web".to_owned(),
                scalable_dimension: "ecs:service:DesiredCount".to_owned(),
                ..ScalingPolicy::default()
            },
        )
        .snapshot();
    let judged = |gone: &[&str]| {
        let edits = together(gone.iter().map(|id| blastmap_judge::estate::gone(id)));
        assess(&snapshot, &proposed(&snapshot, edits))
    };
    let found = judged(&[&second]);
    let risks = of_rule(&found, "scaling-policies-fewer");
    assert_eq!(risks[0].title, "web keeps 1 of 2 scaling policies");
    assert!(
        risks[0].detail.contains("scaled by requests"),
        "{}",
        risks[0].detail
    );
    assert_eq!(found.level, Level::Low);
    // Without any the target cannot act, which is another matter.
    let found = judged(&[&second, &policy()]);
    assert!(of_rule(&found, "scaling-policies-fewer").is_empty());
    assert!(found.level < Level::Low);
}

/// What Terraform keeps for itself is not AWS's, and nothing of it is left to judge.
#[test]
fn what_is_not_of_aws_is_no_risk() {
    let snapshot = three().snapshot();
    for (type_name, told) in [
        ("terraform_data", 0),
        ("null_resource", 0),
        ("random_password", 0),
        ("time_sleep", 0),
        ("local_file", 0),
        ("tls_private_key", 0),
        ("aws_strange_thing", 1),
        ("datadog_monitor", 1),
    ] {
        let plan = json!({"format_version": "1.2", "resource_changes": [{
            "address": format!("{type_name}.own"), "mode": "managed", "type": type_name, "name": "own",
            "provider_name": "registry.terraform.io/hashicorp/own",
            "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {},
                "before_sensitive": {}, "after_sensitive": {}},
        }]})
        .to_string();
        let redactor = Redactor::new([1; 32]);
        let proposal = read(plan.as_bytes(), snapshot.inventory(), &redactor).expect("a plan");
        let found = assess(&snapshot, &proposal);
        assert_eq!(found.not_judged().count(), told, "{type_name}");
        assert_eq!(found.risks.len(), told, "{type_name}");
    }
}

/// Of each cause the way is told, and of one cause but one way.
#[test]
fn each_cause_keeps_its_way() {
    let found = assessed(&[delete(&rule()), nothing("api"), nothing("jobs")]);
    for risk in &found.risks {
        let evidence: BTreeSet<_> = found.evidence_of(risk).into_iter().collect();
        let mut causes = BTreeSet::new();
        for impact in &found.impacts {
            let first = risk.affected.contains(&impact.resource)
                && impact.need == risk.rule
                && causes.insert(impact.about);
            if first {
                assert!(
                    found
                        .path_of(impact)
                        .iter()
                        .all(|link| evidence.contains(link))
                );
            }
        }
    }
}
