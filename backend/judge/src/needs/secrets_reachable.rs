//! The services that hold a task's secrets can be reached.

use blastmap_graph::Overlay;
use blastmap_model::Phase;

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    network::{calls, reach_for},
};

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html>
pub(super) const NEED: Need = Need {
    name: "secrets-reachable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html",
    sentence: "Secrets Manager, Parameter Store and, for environment files, S3 can be reached, as far as the task definition reads from them.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    reach_for(overlay, launch, &calls::secrets(launch)).reported_as("ResourceInitializationError")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, judged, place, together},
    };

    #[test]
    fn what_holds_secrets_is_reached() {
        let isolated = Estate::new()
            .isolated_vpc_with_endpoints()
            .fargate_service();
        let by_nat = Estate::new().vpc_with_nat().fargate_service();
        let hosts = Estate::new()
            .isolated_vpc_with_endpoints()
            .ec2_cluster()
            .ec2_service();
        let cases = [
            ("healthy", &isolated, together([]), ""),
            (
                "the endpoint goes",
                &isolated,
                gone(&ec2("vpce-ssm")),
                "vpce-ssm",
            ),
            (
                "another endpoint goes",
                &isolated,
                gone(&ec2("vpce-logs")),
                "",
            ),
            ("NAT goes", &by_nat, gone(&ec2("nat-1")), "nat-1"),
            (
                "the endpoint of hosts goes",
                &hosts,
                gone(&ec2("vpce-ssm")),
                "rtb-private",
            ),
        ];
        for (case, estate, edits, about) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &edits);
            let verdict = judged(&NEED, &overlay, &arn("ecs", "service/main/web"));
            if about.is_empty() {
                assert_eq!(verdict.answer, Answer::Met, "{case}: {verdict:?}");
                continue;
            }
            assert_eq!(verdict.answer, Answer::Unmet, "{case}: {verdict:?}");
            assert_eq!(
                verdict.reasons[0].about,
                Some(place(&overlay, &ec2(about))),
                "{case}: {verdict:?}"
            );
            assert_eq!(
                verdict.reasons[0].aws_error,
                Some("ResourceInitializationError")
            );
        }
    }

    #[test]
    fn early_fargate_fetches_secrets_by_itself() {
        use blastmap_model::kinds::ecs_service::EcsService;
        let estate = Estate::new()
            .isolated_vpc_with_endpoints()
            .fargate_service()
            .with::<EcsService>(&arn("ecs", "service/main/web"), |facts| {
                facts.platform_version = Some("1.3.0".to_owned());
            });
        let snapshot = estate.snapshot();
        let overlay = Overlay::with(&snapshot, &gone(&ec2("vpce-ssm")));
        assert!(judged(&NEED, &overlay, &arn("ecs", "service/main/web")).is_met());
    }
}
