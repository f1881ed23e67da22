//! What policies see of the place that a call comes from.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-network-properties>

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::ResourceIndex;

use super::{
    AwsService, agent,
    lookup::vpc_of,
    reach_aws::{caught_by, has_own_resolvers},
};
use crate::{Launch, iam::Context};

/// The context of a call that the agent makes for a launch: with the endpoint that it passes and that one's VPC; without both
/// where it passes none; as it was where that is not certain.
pub fn seen_from(
    overlay: &Overlay<'_>,
    launch: &Launch,
    service: &AwsService,
    context: Context,
) -> Context {
    let seats = agent::seats(overlay, launch);
    let uncertain = seats
        .iter()
        .any(|seat| has_own_resolvers(overlay, seat.subnet));
    if seats.is_empty() || uncertain {
        return context;
    }
    let ways = seats
        .iter()
        .map(|seat| caught_by(overlay, seat.subnet, service));
    let ways: BTreeSet<Vec<ResourceIndex>> = ways.collect();
    let mut ways = ways.into_iter();
    match (ways.next().as_deref(), ways.next()) {
        (Some([]), None) => context.absent("aws:SourceVpce").absent("aws:SourceVpc"),
        (Some([endpoint]), None) => through(overlay, *endpoint, context),
        _ => context,
    }
}

/// The context of a call that passes this endpoint.
pub fn through(overlay: &Overlay<'_>, endpoint: ResourceIndex, context: Context) -> Context {
    let id = |place: ResourceIndex| {
        let arn = overlay.resource(place).id.arn();
        arn.map(|arn| arn.last_part().to_owned())
    };
    // What is only planned has no id yet.
    let mut context = context;
    if let Some(id) = id(endpoint) {
        context = context.known("aws:SourceVpce", &id);
    }
    if let Some(id) = vpc_of(overlay, endpoint).and_then(id) {
        context = context.known("aws:SourceVpc", &id);
    }
    context
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{resource_policy::ResourcePolicy, secret::Secret, vpc::Vpc};
    use serde_json::json;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, REGION, arn, ec2, gone, judged, patched, place, tcp, together},
        iam::ContextValue,
        needs::ALL,
    };

    #[test]
    fn a_call_has_the_endpoint_that_it_passes() {
        let isolated = Estate::new()
            .isolated_vpc_with_endpoints()
            .fargate_service();
        let by_nat = Estate::new().vpc_with_nat().fargate_service();
        let own_servers = patched(&isolated.snapshot(), &ec2("vpc-1"), |facts: &mut Vpc| {
            facts.domain_name_servers = vec!["10.0.0.9".to_owned()];
        });
        let known = |id: &str| Some(ContextValue::Known(vec![id.to_owned()]));
        let absent = Some(ContextValue::KnownAbsent);
        let cases = [
            (
                "endpoint",
                &isolated,
                together([]),
                known("vpce-ssm"),
                known("vpc-1"),
            ),
            (
                "endpoint goes",
                &isolated,
                gone(&ec2("vpce-ssm")),
                absent.clone(),
                absent.clone(),
            ),
            ("NAT", &by_nat, together([]), absent.clone(), absent),
            ("own DNS servers", &isolated, own_servers, None, None),
        ];
        for (case, estate, edits, endpoint, vpc) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &edits);
            let service = place(&overlay, &arn("ecs", "service/main/web"));
            for launch in Launch::of(&overlay, service) {
                let ssm = AwsService::new("ssm", REGION);
                let context = seen_from(&overlay, &launch, &ssm, Context::new());
                assert_eq!(context.get("aws:SourceVpce"), endpoint.as_ref(), "{case}");
                assert_eq!(context.get("aws:SourceVpc"), vpc.as_ref(), "{case}");
            }
        }
    }

    /// A secret whose policy wants it read through one endpoint.
    #[test]
    fn a_policy_may_ask_for_an_endpoint() {
        let secret = arn("secretsmanager", "secret:prod/db-a1B2c3");
        let document = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-secretsmanager"}}
        }]});
        let estate = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .security_group("sg-endpoints", vec![tcp((443, 443), "10.0.0.0/16")])
            .interface_endpoint("secretsmanager")
            .with::<Secret>(&secret, |facts| {
                facts.resource_policy = Some(ResourcePolicy::of(document));
            });
        let snapshot = estate.snapshot();
        let need = ALL
            .iter()
            .find(|need| need.name == "secrets-allowed")
            .unwrap();
        let cases = [
            (together([]), Answer::Met),
            // Its packets leave by the NAT gateway then, and come from no endpoint.
            (gone(&ec2("vpce-secretsmanager")), Answer::Unmet),
        ];
        for (edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let verdict = judged(need, &overlay, &arn("ecs", "service/main/web"));
            assert_eq!(verdict.answer, expected, "{verdict:?}");
        }
    }
}
