//! The launch template of an Auto Scaling group, in the version that the group names.
//!
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-launch-template.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceIndex, ResourceKind,
    kinds::{
        auto_scaling_group::{AutoScalingGroup, LaunchTemplate as Named},
        launch_template::LaunchTemplate,
    },
};

use super::{Need, Subject};
use crate::{Verdict, network::lookup::there};

pub(super) const NEED: Need = Need {
    name: "launch-template-exists",
    phase: Phase::Scale,
    subject: Subject::Of(&[ResourceKind::AutoScalingGroup], judge),
    documentation: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-launch-template.html",
    sentence: "The launch templates that the Auto Scaling group starts instances from are there, in the versions that it names.",
};

fn judge(overlay: &Overlay<'_>, group: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<AutoScalingGroup>(group) else {
        return Verdict::met();
    };
    let templates = overlay.needed(group, Relation::LaunchesFrom).into_iter();
    Verdict::all(templates.map(|template| {
        let exists = there(overlay, template);
        if !exists.is_met() {
            return exists;
        }
        let named = facts.launch_templates().map(|(named, _)| named);
        let own = named.filter(|named| is_meant(overlay, template, named));
        Verdict::all(own.map(|named| version_exists(overlay, template, named.version())))
    }))
}

/// Whether a group's words mean this template.
fn is_meant(overlay: &Overlay<'_>, template: ResourceIndex, named: &Named) -> bool {
    let Some(facts) = overlay.facts::<LaunchTemplate>(template) else {
        return false;
    };
    let words = [
        facts.launch_template_id.as_str(),
        facts.launch_template_name.as_str(),
    ];
    named.named().is_some_and(|named| words.contains(&named))
}

/// The latest and the default one are there wherever the template is; of the others a crawl asks for those that groups name.
fn version_exists(overlay: &Overlay<'_>, template: ResourceIndex, version: &str) -> Verdict {
    let Some(facts) = overlay.facts::<LaunchTemplate>(template) else {
        return Verdict::met();
    };
    let name = &overlay.resource(template).name;
    if facts.missing_versions.iter().any(|own| own == version) {
        let text = format!("launch template {name} has no version {version}");
        return Verdict::unmet(template, text);
    }
    let of_crawl = overlay.resource(template).presence == Presence::Live;
    match version.parse::<i64>() {
        Ok(number)
            if of_crawl
                && facts
                    .versions
                    .iter()
                    .all(|own| own.version_number != number) =>
        {
            let text = format!("check that launch template {name} has a version {version}");
            Verdict::unknown(template, text)
        }
        _ => Verdict::met(),
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::{Edits, kinds::launch_template::LaunchTemplateVersion};

    use super::*;
    use crate::estate::{Estate, arn, gone, judged, patched, told};

    #[test]
    fn a_group_starts_what_its_template_says() {
        let group = arn(
            "autoscaling",
            "autoScalingGroup:1:autoScalingGroupName/hosts",
        );
        let template = arn("ec2", "launch-template/lt-1");
        let named = |version: &str| Named {
            launch_template_id: Some("lt-1".to_owned()),
            version: Some(version.to_owned()),
            ..Named::default()
        };
        let version = LaunchTemplateVersion {
            version_number: 3,
            ..LaunchTemplateVersion::default()
        };
        let estate = Estate::new()
            .put(
                &group,
                &AutoScalingGroup {
                    auto_scaling_group_name: "hosts".to_owned(),
                    launch_template: Some(named("3")),
                    ..AutoScalingGroup::default()
                },
            )
            .put(
                &template,
                &LaunchTemplate {
                    launch_template_id: "lt-1".to_owned(),
                    launch_template_name: "hosts".to_owned(),
                    versions: vec![version],
                    missing_versions: vec!["2".to_owned()],
                },
            );
        let snapshot = estate.snapshot();
        let with = |version: &str| {
            patched(&snapshot, &group, |facts: &mut AutoScalingGroup| {
                facts.launch_template = Some(named(version));
            })
        };
        let cases = [
            (Edits::default(), "met"),
            (with("$Latest"), "met"),
            (with("2"), "unmet: launch template hosts has no version 2"),
            (
                with("4"),
                "unknown: check that launch template hosts has a version 4",
            ),
            (gone(&template), "unmet: launch template hosts is not there"),
        ];
        for (edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(told(&judged(&NEED, &overlay, &group)), expected);
        }
        let unread = estate.unreadable(&template).snapshot();
        let told = told(&judged(&NEED, &Overlay::as_is(&unread), &group));
        assert!(
            told.starts_with("unknown: check that launch template"),
            "{told}"
        );
    }
}
