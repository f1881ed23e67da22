//! Listener rules: the first whose conditions match a request decides where it goes.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Rule.html>

use serde::{Deserialize, Serialize};

use super::{
    Facts,
    listener::{Action, forward_links},
};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListenerRule {
    pub rule_arn: String,
    /// A number, or `default`.
    pub priority: Option<String>,
    pub is_default: bool,
    pub conditions: Vec<Condition>,
    pub actions: Vec<Action>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Condition {
    pub field: Option<String>,
    /// What the request's field is compared with. Values of headers and queries are fingerprints.
    pub values: Vec<String>,
    pub http_header_name: Option<String>,
    pub query_string_keys: Vec<String>,
}

impl Facts for ListenerRule {
    const KIND: ResourceKind = ResourceKind::ListenerRule;

    fn name(&self) -> Option<String> {
        let arn = Arn::parse(&self.rule_arn).ok()?;
        let balancer = arn.resource().split('/').nth(2)?.to_owned();
        Some(format!("{balancer} rule {}", self.priority.as_deref().unwrap_or("default")))
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(listener) = listener_of(links.own()) {
            links.id(Relation::PartOf, ResourceKind::Listener, listener.into(), "RuleArn");
        }
        forward_links(&self.actions, "Actions", links);
    }
}

/// A rule's ARN is its listener's with `listener-rule` for `listener` and one part more.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html>
fn listener_of(rule: &Arn) -> Option<Arn> {
    let path = rule.resource().strip_prefix("listener-rule/")?;
    let (listener, _) = path.rsplit_once('/')?;
    rule.sibling("elasticloadbalancing", &format!("listener/{listener}")).ok()
}
