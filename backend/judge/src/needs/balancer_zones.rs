//! The zones of a load balancer.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind, kinds::load_balancer::LoadBalancer,
};

use super::{Need, Subject};
use crate::{
    Verdict,
    network::{internet, lookup::there},
};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>
pub(super) const NEED: Need = Need {
    name: "balancer-zones",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::LoadBalancer], judge),
    documentation: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
    sentence: "Each subnet of the load balancer is there and, if it faces the internet, has a route to an internet gateway.",
};

pub(super) fn judge(overlay: &Overlay<'_>, balancer: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<LoadBalancer>(balancer) else {
        return Verdict::met();
    };
    let faces_internet = facts.scheme.as_deref() == Some("internet-facing");
    let subnets = overlay.needed(balancer, Relation::PlacedIn).into_iter();
    Verdict::shared(subnets.map(|subnet| {
        let exists = there(overlay, subnet);
        if !exists.is_met() || !faces_internet {
            return exists;
        }
        let mut public = internet::is_public(overlay, subnet);
        let name = &overlay.resource(subnet).name;
        for reason in &mut public.reasons {
            reason.text = format!("clients may not reach subnet {name}: {}", reason.text);
        }
        public
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::{Edits, kinds::route_table::RouteTable};

    use super::*;
    use crate::estate::{Estate, arn, ec2, gone, patched, place, together};

    #[test]
    fn each_zone_has_a_subnet_that_clients_reach() {
        type Change = fn(&Snapshot) -> Edits;
        let front = arn("elasticloadbalancing", "loadbalancer/app/front/1");
        let healthy = || Estate::new().vpc_with_nat().fargate_service().alb();
        let internal = || {
            healthy()
                .with::<LoadBalancer>(&front, |facts| facts.scheme = Some("internal".to_owned()))
        };
        let no_route = |s: &Snapshot| {
            patched(s, &ec2("rtb-public"), |f: &mut RouteTable| {
                f.routes.pop();
            })
        };
        let by_nat = |s: &Snapshot| {
            patched(s, &ec2("rtb-public"), |f: &mut RouteTable| {
                let route = f.routes.last_mut().unwrap();
                (route.gateway_id, route.nat_gateway_id) = (None, Some("nat-1".to_owned()));
            })
        };
        let cases: Vec<(&str, Estate, Change, usize)> = vec![
            ("healthy", healthy(), |_| together([]), 0),
            (
                "a subnet goes",
                healthy(),
                |_| gone(&ec2("subnet-public-b")),
                1,
            ),
            (
                "another subnet goes",
                healthy(),
                |_| gone(&ec2("subnet-b")),
                0,
            ),
            ("the gateway goes", healthy(), |_| gone(&ec2("igw-1")), 2),
            ("the route goes", healthy(), no_route, 2),
            ("the route leads to a NAT gateway", healthy(), by_nat, 2),
            (
                "the route goes, and nobody outside needs it",
                internal(),
                no_route,
                0,
            ),
        ];
        for (case, estate, change, lost) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &change(&snapshot));
            let verdict = judge(&overlay, place(&overlay, &front));
            assert_eq!(
                verdict.share.map_or(0, |share| share.lost),
                lost,
                "{case}: {verdict:?}"
            );
            assert_eq!(verdict.is_met(), lost == 0, "{case}: {verdict:?}");
        }
    }
}
