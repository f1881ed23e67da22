//! What the network adds to a request: the endpoint and VPC that it comes through, which policies may ask for.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce>

use blastmap_graph::Overlay;
use blastmap_model::{Arn, ResourceIndex};

use crate::{
    Answer, Launch, Seat, Verdict,
    iam::Context,
    network::{AwsService, agent, caught_by, lookup::vpc_of, reach},
};

/// One way of the calls of a start to one service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// By an endpoint of this VPC.
    Endpoint { endpoint: String, vpc: String },
    /// By the internet: NAT is no endpoint.
    Internet,
    /// Nobody knows.
    Unknown,
}

/// The different ways from the places in which a task may start; at least one.
fn ways(overlay: &Overlay<'_>, launch: &Launch, service: &AwsService) -> Vec<Way> {
    let seats = agent::seats(overlay, launch);
    let mut ways: Vec<Way> = seats
        .iter()
        .map(|seat| way(overlay, seat, service))
        .collect();
    ways.sort();
    ways.dedup();
    if ways.is_empty() {
        ways.push(Way::Unknown);
    }
    ways
}

fn way(overlay: &Overlay<'_>, seat: &Seat, service: &AwsService) -> Way {
    let id = |place: ResourceIndex| {
        let arn = overlay.resource(place).id.arn();
        arn.as_ref().map(Arn::last_part).map(str::to_owned)
    };
    match caught_by(overlay, seat.subnet, service)[..] {
        [] if reach(overlay, seat, service).is_met() => Way::Internet,
        [endpoint] => match (id(endpoint), vpc_of(overlay, seat.subnet).and_then(id)) {
            (Some(endpoint), Some(vpc)) => Way::Endpoint { endpoint, vpc },
            _ => Way::Unknown,
        },
        _ => Way::Unknown,
    }
}

/// A verdict on a call to a service. Where it hangs on the way of the call, one for each: a task may start in any of the places.
pub(super) fn on_its_way(
    overlay: &Overlay<'_>,
    launch: &Launch,
    service: &AwsService,
    context: &Context,
    verdict: impl Fn(&Context) -> Verdict,
) -> Verdict {
    let anyhow = verdict(context);
    // What is decided without knowing the way stays so.
    if anyhow.answer != Answer::Unknown {
        return anyhow;
    }
    Verdict::all(ways(overlay, launch, service).into_iter().map(|way| {
        let context = context.clone();
        let context = match way {
            Way::Endpoint { endpoint, vpc } => context
                .known("aws:SourceVpce", &endpoint)
                .known("aws:SourceVpc", &vpc),
            Way::Internet => context.absent("aws:SourceVpce").absent("aws:SourceVpc"),
            Way::Unknown => context,
        };
        verdict(&context)
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_model::{Edits, kinds::iam_role::IamRole};
    use serde_json::json;

    use crate::{
        estate::{Estate, arn, ec2, gone, iam, judged, tcp, told},
        needs::secrets_allowed,
    };
    use blastmap_graph::Overlay;

    /// NAT is no substitute for an endpoint that a policy asks for.
    #[test]
    fn a_policy_may_ask_for_the_endpoint() {
        let bound = |estate: Estate| {
            let by_endpoint = json!({"Statement": [
                {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "*"},
                {
                    "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
                    "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-secretsmanager"}},
                },
            ]});
            estate.with::<IamRole>(&iam("role/web-execution"), |facts| {
                facts.role_policy_list[1].policy_document = by_endpoint;
            })
        };
        let open = || {
            let estate = Estate::new().vpc_with_nat().fargate_service();
            estate
                .security_group("sg-endpoints", vec![tcp((443, 443), "10.0.0.0/16")])
                .interface_endpoint("secretsmanager")
        };
        let isolated = || {
            Estate::new()
                .isolated_vpc_with_endpoints()
                .fargate_service()
        };
        let endpoint = ec2("vpce-secretsmanager");
        let cases = [
            (open(), Edits::default(), "met"),
            (open(), gone(&endpoint), "met"),
            (bound(isolated()), Edits::default(), "met"),
            (bound(open()), Edits::default(), "met"),
            (
                bound(open()),
                gone(&endpoint),
                "unmet: role web-execution may not secretsmanager:GetSecretValue",
            ),
        ];
        for (number, (estate, edits, expected)) in cases.into_iter().enumerate() {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &edits);
            let told = told(&judged(
                &secrets_allowed::NEED,
                &overlay,
                &arn("ecs", "service/main/web"),
            ));
            assert!(told.starts_with(expected), "{number}: {told}");
        }
    }
}
