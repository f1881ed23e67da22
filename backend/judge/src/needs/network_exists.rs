//! The subnets and security groups in which tasks start are there.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{Phase, ResourceIndex};

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    network::lookup::{named, there, vpc_of},
};

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html>
pub(super) const NEED: Need = Need {
    name: "network-exists",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
    sentence: "Each subnet and security group in which tasks are to start is there, and all lie in one VPC.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let Some(network) = &launch.network else {
        return Verdict::met();
    };
    let places = || network.subnets.iter().chain(&network.groups).copied();
    let there = places().map(|place| there(overlay, place));
    let vpcs: BTreeSet<ResourceIndex> = places()
        .filter_map(|place| vpc_of(overlay, place))
        .collect();
    let one = if vpcs.len() > 1 {
        let apart = named(overlay, "VPC", "VPCs", vpcs);
        Verdict::unmet(
            launch.subject,
            format!("its subnets and security groups lie in {apart}"),
        )
    } else {
        Verdict::met()
    };
    Verdict::all(there.chain([one])).reported_as("InvalidParameterException")
}

#[cfg(test)]
mod tests {
    use blastmap_model::{Edits, kinds::security_group::SecurityGroup};

    use blastmap_graph::Snapshot;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, patched, place, together},
    };

    #[test]
    fn subnets_and_groups_are_there() {
        type Change = fn(&Snapshot) -> Edits;
        let healthy = || Estate::new().vpc_with_nat().fargate_service();
        let elsewhere = |snapshot: &Snapshot| {
            patched(snapshot, &ec2("sg-web"), |facts: &mut SecurityGroup| {
                facts.vpc_id = Some("vpc-2".to_owned());
            })
        };
        let cases: [(&str, Estate, Change, Answer); 6] = [
            ("healthy", healthy(), |_| together([]), Answer::Met),
            (
                "subnet goes",
                healthy(),
                |_| gone(&ec2("subnet-a")),
                Answer::Unmet,
            ),
            (
                "group goes",
                healthy(),
                |_| gone(&ec2("sg-web")),
                Answer::Unmet,
            ),
            (
                "another subnet goes",
                healthy(),
                |_| gone(&ec2("subnet-public-b")),
                Answer::Met,
            ),
            ("two VPCs", healthy(), elsewhere, Answer::Unmet),
            (
                "not read",
                healthy().unreadable(&ec2("sg-web")),
                |_| together([]),
                Answer::Unknown,
            ),
        ];
        for (case, estate, change, expected) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &change(&snapshot));
            let service = place(&overlay, &arn("ecs", "service/main/web"));
            for launch in Launch::of(&overlay, service) {
                assert_eq!(judge(&overlay, &launch).answer, expected, "{case}");
            }
        }
    }
}
