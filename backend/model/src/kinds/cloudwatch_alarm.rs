//! Alarms of `CloudWatch`: on a metric, or composed of other alarms.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Arn, Links, Relation, ResourceId, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CloudwatchAlarm {
    pub alarm_name: String,
    pub alarm_arn: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state_value: Option<String>,
    pub actions_enabled: Option<bool>,
    /// What is told, or made to act, when it goes off.
    pub alarm_actions: Vec<String>,
    pub namespace: Option<String>,
    pub metric_name: Option<String>,
    pub dimensions: Vec<Dimension>,
    pub statistic: Option<String>,
    pub extended_statistic: Option<String>,
    /// Seconds.
    pub period: Option<i32>,
    pub evaluation_periods: Option<i32>,
    pub datapoints_to_alarm: Option<i32>,
    pub threshold: Option<f64>,
    pub comparison_operator: Option<String>,
    pub treat_missing_data: Option<String>,
    /// Several metrics and what is computed of them, in place of the one above.
    pub metrics: Vec<MetricDataQuery>,
    /// Of a composite alarm: the states of other alarms on which it goes off.
    pub alarm_rule: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Dimension {
    pub name: String,
    pub value: String,
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetricDataQuery {
    pub id: String,
    pub metric_stat: Option<MetricStat>,
    pub expression: Option<String>,
    /// The account whose metric it is, if not the alarm's own.
    pub account_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetricStat {
    pub metric: Option<Metric>,
    pub period: Option<i32>,
    pub stat: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Metric {
    pub namespace: Option<String>,
    pub metric_name: Option<String>,
    pub dimensions: Vec<Dimension>,
}

/// What an alarm watches or drives, and the field that says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    pub kind: ResourceKind,
    pub id: ResourceId,
    pub field: String,
}

impl CloudwatchAlarm {
    /// What it watches by its metrics' dimensions, and the scaling policies that it drives. `own` is its ARN.
    pub fn watched(&self, own: &Arn) -> Vec<Watched> {
        let mut watched: Vec<_> = by_dimensions(self.namespace.as_deref(), &self.dimensions, own, "Dimensions").collect();
        for (index, query) in self.metrics.iter().enumerate() {
            let Some(metric) = query.metric_stat.as_ref().and_then(|own| own.metric.as_ref()) else { continue };
            let account = query.account_id.as_deref().unwrap_or(own.account());
            let Ok(place) = Arn::new(own.partition(), own.service(), own.region(), account, own.resource()) else { continue };
            let field = at("Metrics", index, "MetricStat.Metric.Dimensions");
            watched.extend(by_dimensions(metric.namespace.as_deref(), &metric.dimensions, &place, &field));
        }
        for (index, action) in self.alarm_actions.iter().enumerate() {
            // AWS adds `:createdBy/...` to the policies that it makes alarms for.
            let policy = action.split_once(":createdBy/").map_or(action.as_str(), |(policy, _)| policy);
            let arn = Arn::parse(policy).ok().filter(|arn| ResourceKind::of_arn(arn) == Some(ResourceKind::ScalingPolicy));
            watched.extend(arn.map(|arn| Watched { kind: ResourceKind::ScalingPolicy, id: arn.into(), field: at("AlarmActions", index, "") }));
        }
        watched
    }

    /// The alarms that a composite alarm's rule names. `own` is its ARN.
    pub fn composed_of(&self, own: &Arn) -> Vec<ResourceId> {
        let names = named_in_rule(self.alarm_rule.as_deref().unwrap_or_default());
        let arn = |name: String| if name.starts_with("arn:") { Arn::parse(&name) } else { own.sibling("cloudwatch", &format!("alarm:{name}")) };
        names.into_iter().filter_map(|name| arn(name).ok()).map(ResourceId::from).collect()
    }
}

/// What the dimensions of AWS's own metrics name.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
fn by_dimensions(namespace: Option<&str>, dimensions: &[Dimension], place: &Arn, field: &str) -> impl Iterator<Item = Watched> {
    let value = |name: &str| dimensions.iter().find(|own| own.name == name).map(|own| own.value.as_str());
    let named: Vec<(ResourceKind, &str, String)> = match namespace {
        Some("AWS/ECS" | "ECS/ContainerInsights") => {
            let service = value("ClusterName").zip(value("ServiceName"));
            service.map(|(cluster, service)| (ResourceKind::EcsService, "ecs", format!("service/{cluster}/{service}"))).into_iter().collect()
        }
        Some("AWS/ApplicationELB" | "AWS/NetworkELB" | "AWS/GatewayELB") => {
            let balancer = value("LoadBalancer").map(|own| (ResourceKind::LoadBalancer, "elasticloadbalancing", format!("loadbalancer/{own}")));
            let group = value("TargetGroup").map(|own| (ResourceKind::TargetGroup, "elasticloadbalancing", own.to_owned()));
            balancer.into_iter().chain(group).collect()
        }
        Some("AWS/SQS") => value("QueueName").map(|own| (ResourceKind::SqsQueue, "sqs", own.to_owned())).into_iter().collect(),
        _ => Vec::new(),
    };
    let watched: Vec<_> = named
        .into_iter()
        .filter_map(|(kind, service, resource)| Some(Watched { kind, id: place.sibling(service, &resource).ok()?.into(), field: field.to_owned() }))
        .collect();
    watched.into_iter()
}

/// The names between the innermost parentheses of `ALARM(a) AND NOT OK("b c") OR AT_LEAST(2, ALARM, (d, e, f))`.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>
fn named_in_rule(rule: &str) -> Vec<String> {
    let (mut names, mut open): (Vec<String>, Option<Vec<String>>) = (Vec::new(), None);
    let (mut word, mut in_quotes, mut quoted) = (String::new(), false, false);
    for character in rule.chars() {
        match character {
            '"' => {
                in_quotes = !in_quotes;
                quoted = true;
            }
            '(' | ')' | ',' if !in_quotes => {
                let name = std::mem::take(&mut word);
                let name = if quoted { name.trim() } else { plain_name(&name) };
                quoted = false;
                if let Some(items) = open.as_mut().filter(|_| character != '(' && !name.is_empty()) {
                    items.push(name.to_owned());
                }
                match character {
                    '(' => open = Some(Vec::new()),
                    ')' => names.extend(open.take().unwrap_or_default()),
                    _ => {}
                }
            }
            _ => word.push(character),
        }
    }
    names.dedup();
    names
}

/// A name without quotes is one word; `TRUE` and `FALSE` are none.
fn plain_name(word: &str) -> &str {
    let word = word.trim();
    if word.contains(char::is_whitespace) || matches!(word, "TRUE" | "FALSE") { "" } else { word }
}

impl Facts for CloudwatchAlarm {
    const KIND: ResourceKind = ResourceKind::CloudwatchAlarm;

    fn name(&self) -> Option<String> {
        (!self.alarm_name.is_empty()).then(|| self.alarm_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        for alarm in self.composed_of(&links.own().clone()) {
            links.id(Relation::WatchedBy, ResourceKind::CloudwatchAlarm, alarm, "AlarmRule");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Source;

    fn own() -> Arn {
        Arn::parse("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:own").unwrap()
    }

    #[test]
    fn dimensions_and_actions_tell_what_is_watched() {
        let elb = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";
        let policy = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/ecs/service/main/web:policyName/cpu";
        let dimension = |name: &str, value: &str| json!({"Name": name, "Value": value});
        let service = json!([dimension("ClusterName", "main"), dimension("ServiceName", "web")]);
        let cases = [
            (json!({"Namespace": "AWS/ECS", "Dimensions": service}), vec!["arn:aws:ecs:eu-west-1:123456789012:service/main/web by Dimensions".to_owned()]),
            (json!({"Namespace": "AWS/ECS", "Dimensions": [dimension("ClusterName", "main")]}), vec![]),
            (json!({"Namespace": "Mine", "Dimensions": service}), vec![]),
            (
                json!({"Namespace": "AWS/ApplicationELB", "Dimensions": [dimension("LoadBalancer", "app/web/1"), dimension("TargetGroup", "targetgroup/web/2")]}),
                vec![format!("{elb}:loadbalancer/app/web/1 by Dimensions"), format!("{elb}:targetgroup/web/2 by Dimensions")],
            ),
            (
                json!({"Metrics": [{"Id": "e", "Expression": "a/b"}, {"Id": "a", "AccountId": "999999999999", "MetricStat": {"Metric": {"Namespace": "AWS/SQS", "Dimensions": [dimension("QueueName", "jobs")]}}}]}),
                vec!["arn:aws:sqs:eu-west-1:999999999999:jobs by Metrics[1].MetricStat.Metric.Dimensions".to_owned()],
            ),
            (
                json!({"AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:pager", format!("{policy}:createdBy/2")]}),
                vec![format!("{policy} by AlarmActions[1]")],
            ),
        ];
        for (facts, expected) in cases {
            let alarm: CloudwatchAlarm = serde_json::from_value(facts.clone()).unwrap();
            let watched: Vec<String> = alarm.watched(&own()).iter().map(|own| format!("{} by {}", own.id, own.field)).collect();
            assert_eq!(watched, expected, "{facts}");
        }
    }

    #[test]
    fn a_rule_names_alarms() {
        let cases: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("TRUE", &[]),
            ("NOT (TRUE)", &[]),
            ("ALARM(high) OR ALARM(low)", &["high", "low"]),
            (r#"ALARM("a, (b) c") AND NOT (OK(d) OR INSUFFICIENT_DATA('e'))"#, &["a, (b) c", "d", "'e'"]),
            ("ALARM(arn:aws:cloudwatch:eu-west-1:1:alarm:x)", &["arn:aws:cloudwatch:eu-west-1:1:alarm:x"]),
            ("AT_LEAST(2, ALARM, (a, b, \"c d\"))", &["a", "b", "c d"]),
            ("ALARM(unclosed", &[]),
        ];
        for (rule, expected) in cases {
            assert_eq!(named_in_rule(rule), expected, "{rule}");
        }
    }

    #[test]
    fn a_composite_alarm_depends_on_those_of_its_rule() {
        let alarm = CloudwatchAlarm { alarm_rule: Some("ALARM(high)".to_owned()), ..CloudwatchAlarm::default() };
        let own = own();
        let mut links = Links::of(&own, Source::of("cloudwatch:DescribeAlarms"));
        alarm.links(&mut links);
        let (declared, _) = links.finish();
        assert_eq!(declared.len(), 1);
        assert_eq!(declared[0].to.id.as_str(), "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:high");
    }
}
