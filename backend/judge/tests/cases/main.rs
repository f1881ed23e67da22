//! Changes as a reviewer meets them, each with what AWS would do: some break a service, some break its next start, some look
//! dangerous and are not, some AWS refuses.

#![expect(
    clippy::needless_pass_by_value,
    clippy::semicolon_if_nothing_returned,
    clippy::unnecessary_wraps,
    clippy::assigning_clones,
    reason = "a case reads as one sentence: values are given, and edits are expressions"
)]
#![expect(clippy::print_stdout, reason = "how many cases there are is told")]

mod alike;
mod change_sets;
mod deploying;
mod edges;
mod estates;
mod harness;
mod network;
mod permissions;
mod placement;
mod properties;
mod refused;
mod scheduled;
mod silent;
mod starting;
mod traffic;
mod unread;

use std::collections::BTreeSet;

use blastmap_judge::{needs, refusals};

use harness::{Case, Meant};

fn all() -> Vec<Case> {
    let areas = [
        starting::cases,
        permissions::cases,
        network::cases,
        edges::cases,
        placement::cases,
        traffic::cases,
        deploying::cases,
        scheduled::cases,
        refused::cases,
        unread::cases,
        change_sets::cases,
    ];
    areas.into_iter().flat_map(|area| area()).collect()
}

#[test]
fn every_change_is_judged_as_aws_would_have_it() {
    let wrong: Vec<String> = all().iter().filter_map(Case::judge).collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn cases_are_many_and_a_third_are_harmless() {
    let cases = all();
    let names: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let harmless = cases
        .iter()
        .filter(|case| case.meant() == Meant::Harmless)
        .count();
    println!("{} cases, {harmless} of them harmless", cases.len());
    assert!(cases.len() >= 90, "{} cases", cases.len());
    assert!(
        3 * harmless >= cases.len(),
        "{harmless} of {} are harmless",
        cases.len()
    );
}

/// Needs that are said to be broken by name, and refusal rules that are said to refuse.
#[test]
fn every_need_is_broken_and_every_rule_refuses_somewhere() {
    let mut told: BTreeSet<String> = BTreeSet::new();
    for case in all() {
        told.extend(case.told());
    }
    let needs = needs::ALL.iter().map(|need| need.name);
    let rules = refusals::ALL.iter().map(|rule| rule.name);
    let missing: Vec<_> = needs
        .chain(rules)
        .filter(|name| !told.contains(*name))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

/// People read them on a page, in a terminal and in a comment: no markup, and one of something is one.
#[test]
fn texts_are_plain_words() {
    let mut wrong = BTreeSet::new();
    for case in all() {
        let found = case.assessed();
        let risks = found.risks.iter();
        let risks = risks.flat_map(|risk| [&risk.title, &risk.detail, &risk.remediation]);
        let impacts = [&found.impacts, &found.already_broken, &found.mended];
        let causes = impacts.into_iter().flatten().map(|impact| &impact.cause);
        for text in risks.chain(causes) {
            let words: Vec<&str> = text.split_whitespace().collect();
            let singular = words.windows(2).all(|pair| {
                let word = pair[1].trim_end_matches([':', ';', ',', '.']);
                pair[0] != "1" || !word.ends_with('s') || ["is", "has", "goes"].contains(&word)
            });
            let doubled = text.contains("..") || text.contains(": :") || text.contains("  ");
            if text.contains('`') || !singular || doubled {
                wrong.insert(format!("{}: {text}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The way to an impact begins at what its cause names, whatever else the change deletes.
#[test]
fn the_way_begins_at_what_is_deleted() {
    use blastmap_judge::estate::{ec2, gone, together};
    let snapshot = estates::behind_alb().snapshot();
    let edits = together([
        gone(&ec2("vpc-1")),
        gone(&estates::rule()),
        gone(&estates::group()),
    ]);
    let found = blastmap_judge::assess(&snapshot, &harness::proposed(&snapshot, edits));
    let id = |place| &found.excerpt.snapshot().resource(place).id;
    let service = found
        .impacts
        .iter()
        .find(|impact| id(impact.resource).as_str() == estates::service())
        .expect("the service is hit");
    assert!(
        service.cause.contains("web is deleted"),
        "{}",
        service.cause
    );
    let begins = service.from.first().map(|from| id(*from).as_str());
    assert_eq!(begins, Some(estates::group().as_str()));
}

/// Nothing that works stops, but who was deployed before does not know the new name.
#[test]
fn clients_of_service_connect_are_told_of_a_new_endpoint() {
    use blastmap_judge::{
        Level,
        estate::{arn, patched},
    };
    use blastmap_model::kinds::ecs_service::{
        EcsService, ServiceConnectConfiguration, ServiceConnectService,
    };
    let connected = |own: &mut EcsService, ports: &[&str]| {
        let services = ports.iter().map(|port| ServiceConnectService {
            port_name: (*port).to_owned(),
            ..ServiceConnectService::default()
        });
        own.deployments[0].service_connect_configuration = Some(ServiceConnectConfiguration {
            enabled: true,
            namespace: Some("internal".to_owned()),
            services: services.collect(),
        });
    };
    let other = arn("ecs", "service/main/other");
    let mut client = EcsService {
        service_arn: other.clone(),
        service_name: "other".to_owned(),
        cluster_arn: estates::cluster(),
        deployments: vec![blastmap_model::kinds::ecs_service::Deployment::default()],
        ..EcsService::default()
    };
    connected(&mut client, &[]);
    let estate = estates::nat().put(&other, &client);
    let snapshot = estate
        .with::<EcsService>(&estates::service(), |own| connected(own, &[]))
        .snapshot();
    for (ports, expected) in [(&["http"][..], true), (&[], false)] {
        let edits = patched::<EcsService>(&snapshot, &estates::service(), |own| {
            connected(own, ports);
            own.desired_count = 2;
        });
        let found = blastmap_judge::assess(&snapshot, &harness::proposed(&snapshot, edits));
        let told = found
            .risks
            .iter()
            .find(|risk| risk.rule == "service-connect-order");
        assert_eq!(told.is_some(), expected);
        assert!(
            told.is_none_or(|risk| risk.level == Level::Low && risk.title.starts_with("other "))
        );
    }
}
