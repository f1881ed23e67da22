//! The network as packets see it: the path that they take, and what must let them through on it.

pub mod acl;
pub mod agent;
pub mod aws_service;
pub mod calls;
pub mod dns_servers;
pub mod endpoint;
pub mod glob;
pub mod groups;
pub mod internet;
pub mod listener_rules;
pub mod lookup;
pub mod peer;
pub mod reach_aws;
pub mod source;
pub mod targets;
pub mod volumes;

pub use aws_service::AwsService;
pub use listener_rules::{forwards_to, shadowed_by};
pub use reach_aws::{caught_by, reach, reach_for, reach_from};

#[cfg(test)]
mod tests {
    use blastmap_graph::Overlay;

    use crate::{
        Answer, Subject,
        estate::{Estate, judged},
        needs::ALL,
    };

    /// On a healthy estate nothing is broken, and nothing has to be checked.
    #[test]
    fn healthy_estates_meet_each_need() {
        let estates = [
            Estate::new().vpc_with_nat().fargate_service().alb(),
            Estate::new()
                .isolated_vpc_with_endpoints()
                .fargate_service(),
            Estate::new().vpc_with_nat().ec2_cluster().ec2_service(),
            Estate::new()
                .isolated_vpc_with_endpoints()
                .ec2_cluster()
                .ec2_service(),
        ];
        for estate in estates {
            let snapshot = estate.snapshot();
            let overlay = Overlay::as_is(&snapshot);
            for resource in snapshot.inventory().resources() {
                for need in ALL {
                    let concerned = match need.subject {
                        Subject::Start(_) => true,
                        Subject::Of(kinds, _) => kinds.contains(&resource.kind),
                    };
                    if concerned {
                        let verdict = judged(need, &overlay, resource.id.as_str());
                        let name = need.name;
                        assert_eq!(
                            verdict.answer,
                            Answer::Met,
                            "{name} of {}: {verdict:?}",
                            resource.id
                        );
                    }
                }
            }
        }
    }
}
