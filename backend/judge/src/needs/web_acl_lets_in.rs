//! The web ACL before a load balancer lets requests in.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceId, ResourceIndex, ResourceKind, kinds::web_acl::WebAcl,
};

use super::{Need, Subject};
use crate::Verdict;

/// <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-default-action.html>
pub(super) const NEED: Need = Need {
    name: "web-acl-lets-in",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::LoadBalancer], judge),
    documentation: "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-default-action.html",
    sentence: "The web ACL before the load balancer does not block what none of its rules decides.",
};

/// An ACL whose default action was not asked for is taken to let requests in, as it does today.
fn judge(overlay: &Overlay<'_>, balancer: ResourceIndex) -> Verdict {
    Verdict::all(acls_before(overlay, balancer).into_iter().map(|acl| {
        let facts = overlay.facts::<WebAcl>(acl);
        if facts.is_none_or(|facts| facts.default_action.as_deref() != Some("Block")) {
            return Verdict::met();
        }
        let name = &overlay.resource(acl).name;
        let text = format!(
            "check that a rule of web ACL {name} allows the requests that are to come: it blocks all others"
        );
        Verdict::unknown(acl, text)
    }))
}

/// The ACLs that stand before a balancer: a change may associate one, or end that.
fn acls_before(overlay: &Overlay<'_>, balancer: ResourceIndex) -> BTreeSet<ResourceIndex> {
    let mut acls = BTreeSet::from_iter(overlay.needed(balancer, Relation::FilteredBy));
    acls.extend(overlay.touched());
    acls.retain(|acl| {
        let facts = overlay.facts::<WebAcl>(*acl);
        facts.is_some_and(|facts| {
            let mut arns = facts.resource_arns.iter();
            arns.any(|arn| overlay.find(&ResourceId::new(arn)) == Some(balancer))
        })
    });
    acls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, patched, place, together},
    };

    #[test]
    fn an_acl_that_comes_to_block_is_a_risk() {
        let acl = arn("wafv2", "regional/webacl/front/1");
        let front = arn("elasticloadbalancing", "loadbalancer/app/front/1");
        let estate_of = |resource_arns| {
            let facts = WebAcl {
                arn: acl.clone(),
                name: "front".to_owned(),
                resource_arns,
                ..WebAcl::default()
            };
            let estate = Estate::new().vpc_with_nat().fargate_service().alb();
            estate.put(&acl, &facts).snapshot()
        };
        let snapshot = estate_of(vec![front.clone()]);
        let blocks = |facts: &mut WebAcl| facts.default_action = Some("Block".to_owned());
        let unrelated = |facts: &mut WebAcl| {
            facts.resource_arns.clear();
            blocks(facts);
        };
        let elsewhere = estate_of(Vec::new());
        let associated = |facts: &mut WebAcl| {
            facts.resource_arns = vec![front.clone()];
            blocks(facts);
        };
        let cases = [
            (&snapshot, together([]), Answer::Met),
            (&snapshot, patched(&snapshot, &acl, blocks), Answer::Unknown),
            (&snapshot, patched(&snapshot, &acl, unrelated), Answer::Met),
            (&elsewhere, patched(&elsewhere, &acl, blocks), Answer::Met),
            (
                &elsewhere,
                patched(&elsewhere, &acl, associated),
                Answer::Unknown,
            ),
        ];
        for (snapshot, edits, expected) in cases {
            let overlay = Overlay::with(snapshot, &edits);
            let balancer = place(&overlay, &front);
            assert_eq!(judge(&overlay, balancer).answer, expected);
        }
    }
}
