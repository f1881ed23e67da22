//! The web ACL before a load balancer lets requests in.

use blastmap_graph::Overlay;
use blastmap_model::{Phase, Relation, ResourceIndex, ResourceKind, kinds::web_acl::WebAcl};

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
    let acls = overlay.needed(balancer, Relation::FilteredBy).into_iter();
    Verdict::all(acls.map(|acl| {
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
        let facts = WebAcl {
            arn: acl.clone(),
            name: "front".to_owned(),
            resource_arns: vec![front.clone()],
            ..WebAcl::default()
        };
        let estate = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .put(&acl, &facts);
        let snapshot = estate.snapshot();
        let blocks = |facts: &mut WebAcl| facts.default_action = Some("Block".to_owned());
        let cases = [
            (together([]), Answer::Met),
            (patched::<WebAcl>(&snapshot, &acl, blocks), Answer::Unknown),
        ];
        for (edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let balancer = place(&overlay, &front);
            assert_eq!(judge(&overlay, balancer).answer, expected);
        }
    }
}
