//! Listeners, and the actions that they share with rules.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Listener {
    pub listener_arn: String,
    pub load_balancer_arn: Option<String>,
    pub port: Option<i32>,
    pub protocol: Option<String>,
    pub ssl_policy: Option<String>,
    pub certificates: Vec<Certificate>,
    pub default_actions: Vec<Action>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Certificate {
    pub certificate_arn: Option<String>,
    pub is_default: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Action {
    pub r#type: Option<String>,
    pub order: Option<i32>,
    pub target_group_arn: Option<String>,
    pub forward_config: Option<ForwardConfig>,
    pub redirect_config: Option<RedirectConfig>,
    pub fixed_response_config: Option<FixedResponseConfig>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ForwardConfig {
    pub target_groups: Vec<WeightedTargetGroup>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WeightedTargetGroup {
    pub target_group_arn: Option<String>,
    pub weight: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RedirectConfig {
    pub protocol: Option<String>,
    pub port: Option<String>,
    pub host: Option<String>,
    pub path: Option<String>,
    pub status_code: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FixedResponseConfig {
    pub status_code: Option<String>,
}

impl Facts for Listener {
    const KIND: ResourceKind = ResourceKind::Listener;

    fn name(&self) -> Option<String> {
        let balancer = Arn::parse(&self.listener_arn).ok()?;
        let balancer = balancer.resource().split('/').nth(2)?.to_owned();
        Some(format!("{balancer}:{}", self.port?))
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(balancer) = &self.load_balancer_arn {
            links.arn(Relation::PartOf, ResourceKind::LoadBalancer, balancer, "LoadBalancerArn");
        }
        for (index, certificate) in self.certificates.iter().enumerate() {
            // A server certificate of IAM is no ACM certificate.
            if let Some(arn) = certificate.certificate_arn.as_ref().filter(|arn| arn.contains(":acm:")) {
                links.arn(Relation::UsesCertificate, ResourceKind::AcmCertificate, arn, at("Certificates", index, "CertificateArn"));
            }
        }
        forward_links(&self.default_actions, "DefaultActions", links);
    }
}

/// Links to every target group that actions forward to, weighted or not.
pub(super) fn forward_links(actions: &[Action], list: &str, links: &mut Links<'_>) {
    for (index, action) in actions.iter().enumerate() {
        let field = at(list, index, "");
        if let Some(group) = &action.target_group_arn {
            links.arn(Relation::ForwardsTo, ResourceKind::TargetGroup, group, format!("{field}.TargetGroupArn"));
        }
        let groups = action.forward_config.iter().flat_map(|forward| &forward.target_groups);
        for (place, group) in groups.enumerate() {
            if let Some(group) = &group.target_group_arn {
                let field = format!("{field}.ForwardConfig.TargetGroups[{place}].TargetGroupArn");
                links.arn(Relation::ForwardsTo, ResourceKind::TargetGroup, group, field);
            }
        }
    }
}
