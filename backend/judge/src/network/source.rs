//! What policies see of the place that a call comes from.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-network-properties>

use blastmap_graph::Overlay;
use blastmap_model::ResourceIndex;

use super::lookup::vpc_of;
use crate::iam::Context;

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
    use blastmap_model::kinds::{resource_policy::ResourcePolicy, secret::Secret};
    use serde_json::json;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, judged, tcp, together},
        needs::ALL,
    };

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
