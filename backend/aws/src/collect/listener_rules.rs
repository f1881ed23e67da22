//! Rules of the listeners of application load balancers; others have none.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{Rule, RuleCondition};
use blastmap_model::{
    Arn, Found, InventoryBuilder, Redactor, ResourceId, ResourceKind, Scope, Source,
    kinds::{
        listener::Listener,
        listener_rule::{Condition, ListenerRule},
        load_balancer::LoadBalancer,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, listeners::action, owned};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "elasticloadbalancing:DescribeRules";

const KINDS: &[ResourceKind] = &[ResourceKind::ListenerRule];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "Rules",
            "RuleArn",
            "Priority",
            "IsDefault",
            "Conditions",
            "Field",
            "Values",
            "HostHeaderConfig",
            "PathPatternConfig",
            "HttpHeaderConfig",
            "HttpHeaderName",
            "QueryStringConfig",
            "Key",
            "Value",
            "HttpRequestMethodConfig",
            "SourceIpConfig",
            "Actions",
            "Type",
            "Order",
            "TargetGroupArn",
            "ForwardConfig",
            "TargetGroups",
            "Weight",
            "RedirectConfig",
            "Protocol",
            "Port",
            "Host",
            "Path",
            "StatusCode",
            "FixedResponseConfig",
            "NextMarker",
        ],
    }],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let application: BTreeSet<ResourceId> = builder
        .kept(ResourceKind::LoadBalancer, scope)
        .into_iter()
        .filter(|balancer| {
            balancer
                .attributes
                .facts::<LoadBalancer>()
                .is_ok_and(|facts| facts.r#type.as_deref() == Some("application"))
        })
        .map(|balancer| balancer.id.clone())
        .collect();
    let of_application = |facts: Listener| {
        facts
            .load_balancer_arn
            .is_some_and(|arn| application.contains(arn.as_str()))
    };
    let listeners = builder.kept(ResourceKind::Listener, scope).into_iter();
    listeners
        .filter(|listener| listener.attributes.facts().is_ok_and(of_application))
        .map(Wanted::of)
        .collect()
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let answers = stream::iter(wanted)
        .map(|wanted| of_listener(clients, wanted))
        .buffer_unordered(16)
        .collect::<Vec<_>>()
        .await;
    for (rules, error) in answers {
        for rule in &rules {
            describe(rule, found);
        }
        if let Some(error) = error {
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
        }
    }
    Ok(())
}

async fn of_listener(clients: &Clients, wanted: Wanted) -> (Vec<Rule>, Option<CallError>) {
    let (mut rules, mut pages, mut failed) = (Vec::new(), Pages::of(API), None);
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .elbv2
            .describe_rules()
            .listener_arn(wanted.id.as_str())
            .page_size(400)
            .set_marker(marker);
        match clients.call(API, request.send()).await {
            Ok(answer) => {
                failed = pages.turn(answer.next_marker()).err();
                rules.extend(answer.rules.unwrap_or_default());
            }
            // Deleted since it was listed.
            Err(error) if error.has_code(&["ListenerNotFound", "ListenerNotFoundException"]) => {}
            Err(error) => failed = Some(error),
        }
    }
    (rules, failed)
}

fn describe(rule: &Rule, found: &mut Found) {
    let Ok(arn) = Arn::parse(rule.rule_arn().unwrap_or_default()) else {
        return;
    };
    let redactor = found.redactor().clone();
    let facts = ListenerRule {
        rule_arn: arn.to_string(),
        priority: owned(rule.priority()),
        is_default: rule.is_default().unwrap_or_default(),
        conditions: rule
            .conditions()
            .iter()
            .map(|own| condition(own, &redactor))
            .collect(),
        actions: rule.actions().iter().map(action).collect(),
    };
    found.resource(&arn, &facts, [], Source::of(API));
}

/// Headers and queries may carry a shared secret by which a balancer knows who asks: their values become fingerprints.
fn condition(condition: &RuleCondition, redactor: &Redactor) -> Condition {
    let plain = [
        condition
            .host_header_config()
            .map(aws_sdk_elasticloadbalancingv2::types::HostHeaderConditionConfig::values),
        condition
            .path_pattern_config()
            .map(aws_sdk_elasticloadbalancingv2::types::PathPatternConditionConfig::values),
        condition
            .http_request_method_config()
            .map(aws_sdk_elasticloadbalancingv2::types::HttpRequestMethodConditionConfig::values),
        condition
            .source_ip_config()
            .map(aws_sdk_elasticloadbalancingv2::types::SourceIpConditionConfig::values),
    ];
    let mut values: Vec<String> = plain.into_iter().flatten().flatten().cloned().collect();
    let header = condition.http_header_config();
    let query = condition.query_string_config();
    if values.is_empty() && header.is_none() && query.is_none() {
        values = condition.values().to_vec();
    }
    values.extend(
        header
            .into_iter()
            .flat_map(aws_sdk_elasticloadbalancingv2::types::HttpHeaderConditionConfig::values)
            .map(|value| redactor.fingerprint(value)),
    );
    let pairs = || {
        query
            .into_iter()
            .flat_map(aws_sdk_elasticloadbalancingv2::types::QueryStringConditionConfig::values)
    };
    values.extend(
        pairs()
            .filter_map(|pair| pair.value())
            .map(|value| redactor.fingerprint(value)),
    );
    Condition {
        field: owned(condition.field()),
        values,
        http_header_name: header.and_then(|config| owned(config.http_header_name())),
        query_string_keys: pairs().filter_map(|pair| owned(pair.key())).collect(),
    }
}
