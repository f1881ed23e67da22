//! Fargate has room for tasks in the zones of their subnets.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html>

use blastmap_graph::Overlay;
use blastmap_model::{Phase, ResourceIndex, kinds::subnet::Subnet};

use super::{Need, Subject};
use crate::{Host, Launch, Verdict, fargate::has_zone};

pub(super) const NEED: Need = Need {
    name: "fargate-zone",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html",
    sentence: "Fargate is offered in the availability zone of each subnet in which its tasks are to start.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let Some(network) = launch
        .network
        .as_ref()
        .filter(|_| launch.host == Host::Fargate)
    else {
        return Verdict::met();
    };
    let subnets = network.subnets.iter();
    Verdict::all(subnets.map(|subnet| in_a_zone_of_fargate(overlay, *subnet)))
        .reported_as("service was unable to place a task. Reason: Internal error")
}

/// Of a subnet that was not read, another need asks already.
fn in_a_zone_of_fargate(overlay: &Overlay<'_>, subnet: ResourceIndex) -> Verdict {
    let facts = overlay.facts::<Subnet>(subnet);
    let Some(zone) = facts.and_then(|facts| facts.availability_zone_id.clone()) else {
        return Verdict::met();
    };
    if has_zone(&zone) {
        return Verdict::met();
    }
    let name = &overlay.resource(subnet).name;
    Verdict::unmet(
        subnet,
        format!("subnet {name} lies in zone {zone}, where Fargate is not offered"),
    )
}

#[cfg(test)]
mod tests {
    use blastmap_model::Edits;

    use super::*;
    use crate::estate::{Estate, arn, ec2, judged, told};

    #[test]
    fn subnets_lie_where_fargate_is() {
        let in_zone = |estate: Estate, zone: Option<&str>| {
            let zone = zone.map(str::to_owned);
            estate.with::<Subnet>(&ec2("subnet-a"), |facts| facts.availability_zone_id = zone)
        };
        let fargate = || Estate::new().vpc_with_nat().fargate_service();
        let on_instances = || Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        let cases = [
            (in_zone(fargate(), Some("euw1-az1")), "met"),
            (in_zone(fargate(), None), "met"),
            (
                in_zone(fargate(), Some("apne1-az3")),
                "unmet: subnet subnet-a lies in zone apne1-az3, where Fargate is not offered (service was unable to place a task. Reason: Internal error)",
            ),
            (in_zone(on_instances(), Some("apne1-az3")), "met"),
        ];
        for (estate, expected) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &Edits::default());
            let verdict = judged(&NEED, &overlay, &arn("ecs", "service/main/web"));
            assert_eq!(told(&verdict), expected);
        }
    }
}
