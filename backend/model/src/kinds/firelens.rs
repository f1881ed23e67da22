//! Where `FireLens` sends: what the options of a container's log driver name, in the words of the plugins of Fluent Bit and Fluentd.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html>
//! <https://docs.fluentbit.io/manual/data-pipeline/outputs/cloudwatch>

use std::collections::BTreeMap;

use super::s3_bucket;
use crate::{Arn, Links, Phase, Phases, Relation, ResourceKind};

/// Options of `awsfirelens` that say where logs go, as plugins of AWS write them; the case of letters does not matter.
pub(super) fn is_plain_option(name: &str) -> bool {
    let plain = [
        "name",
        "@type",
        "region",
        "s3_region",
        "log_group_name",
        "auto_create_group",
        "delivery_stream",
        "delivery_stream_name",
        "stream",
        "stream_name",
        "bucket",
        "s3_bucket",
        "role_arn",
        "sts_role_arn",
    ];
    plain.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Options of the router itself: where its own configuration lies.
pub(super) fn is_plain_router_option(name: &str) -> bool {
    matches!(
        name,
        "config-file-type" | "config-file-value" | "enable-ecs-log-metadata"
    )
}

/// Links to what the options of one container's log driver name. A task starts without any of it, and its logs are lost.
pub(super) fn sends_to(options: &BTreeMap<String, String>, field: &str, links: &mut Links<'_>) {
    let Some((_, plugin)) = option(options, &["name", "@type"]) else {
        return;
    };
    let (names, kind): (&[&str], _) = match plugin.to_ascii_lowercase().as_str() {
        "cloudwatch" | "cloudwatch_logs" => (&["log_group_name"], ResourceKind::LogGroup),
        "firehose" | "kinesis_firehose" => (
            &["delivery_stream", "delivery_stream_name"],
            ResourceKind::FirehoseStream,
        ),
        "kinesis" | "kinesis_streams" => (&["stream", "stream_name"], ResourceKind::KinesisStream),
        "s3" => (&["bucket", "s3_bucket"], ResourceKind::S3Bucket),
        _ => return,
    };
    let Some((key, name)) = option(options, names).filter(|(_, name)| is_name(name)) else {
        return;
    };
    let own = links.own();
    // A role of another account writes to that account.
    let role = option(options, &["role_arn", "sts_role_arn"]).map(|(_, role)| Arn::parse(role));
    let account = match &role {
        None => own.account(),
        Some(Ok(role)) => role.account(),
        Some(Err(_)) => return,
    };
    let region =
        option(options, &["region", "s3_region"]).map_or(own.region(), |(_, region)| region);
    let (service, resource) = match kind {
        ResourceKind::LogGroup => ("logs", format!("log-group:{name}")),
        ResourceKind::FirehoseStream => ("firehose", format!("deliverystream/{name}")),
        ResourceKind::KinesisStream => ("kinesis", format!("stream/{name}")),
        _ => ("s3", name.to_owned()),
    };
    let (region, account) = if service == "s3" {
        ("", "")
    } else {
        (region, account)
    };
    if let Ok(arn) = Arn::new(own.partition(), service, region, account, &resource) {
        links.in_phases(
            Phases::of(&[Phase::Run]),
            Relation::LogsTo,
            kind,
            arn.into(),
            format!("{field}.{key}"),
        );
    }
}

/// Links to the bucket that holds the router's own configuration, which it reads when the task starts.
pub(super) fn configured_by(
    options: &BTreeMap<String, String>,
    field: &str,
    links: &mut Links<'_>,
) {
    let in_bucket = options.get("config-file-type").map(String::as_str) == Some("s3");
    let file = options.get("config-file-value").filter(|_| in_bucket);
    if let Some((bucket, _)) = file
        .and_then(|file| Arn::parse(file).ok())
        .as_ref()
        .and_then(s3_bucket::of_object)
    {
        links.id(
            Relation::ReadsSecret,
            ResourceKind::S3Bucket,
            bucket.into(),
            format!("{field}.config-file-value"),
        );
    }
}

/// The first of these options that is set, with its key as it is written.
fn option<'o>(options: &'o BTreeMap<String, String>, names: &[&str]) -> Option<(&'o str, &'o str)> {
    names.iter().find_map(|name| {
        let mut own = options.iter();
        own.find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(key, value)| (key.as_str(), value.as_str()))
    })
}

/// False for templates (`/ecs/$(ecs_cluster)`, `${NAME}`) and fingerprints, which name nothing that is known.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._/#-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    type Options<'o> = &'o [(&'o str, &'o str)];

    fn told(
        options: Options<'_>,
        link: fn(&BTreeMap<String, String>, &str, &mut Links<'_>),
    ) -> Vec<String> {
        let own = Arn::parse("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1").unwrap();
        let options = options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut links = Links::of(&own, Source::of("ecs:DescribeTaskDefinition"));
        link(&options, "options", &mut links);
        let (declared, _) = links.finish();
        declared
            .iter()
            .map(|own| {
                format!(
                    "{} {} {} by {}",
                    own.relation,
                    own.to.kind.name(),
                    own.to.id,
                    own.field
                )
            })
            .collect()
    }

    #[test]
    fn options_name_where_logs_go() {
        let group = "LOGS_TO LOG_GROUP arn:aws:logs:us-east-1:123456789012:log-group:/ecs/web by options.log_group_name";
        let cases: [(Options<'_>, &[&str]); 9] = [
            (
                &[
                    ("Name", "cloudwatch_logs"),
                    ("region", "us-east-1"),
                    ("log_group_name", "/ecs/web"),
                ],
                &[group],
            ),
            (
                &[("Name", "Firehose"), ("delivery_stream", "logs")],
                &[
                    "LOGS_TO FIREHOSE_STREAM arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs by options.delivery_stream",
                ],
            ),
            (
                &[
                    ("@type", "kinesis_streams"),
                    ("stream_name", "logs"),
                    ("region", "eu-west-1"),
                ],
                &[
                    "LOGS_TO KINESIS_STREAM arn:aws:kinesis:eu-west-1:123456789012:stream/logs by options.stream_name",
                ],
            ),
            (
                &[("Name", "s3"), ("Bucket", "logs"), ("region", "eu-west-1")],
                &["LOGS_TO S3_BUCKET arn:aws:s3:::logs by options.Bucket"],
            ),
            (
                &[
                    ("Name", "kinesis"),
                    ("stream", "logs"),
                    ("role_arn", "arn:aws:iam::210987654321:role/logs"),
                ],
                &[
                    "LOGS_TO KINESIS_STREAM arn:aws:kinesis:eu-west-1:210987654321:stream/logs by options.stream",
                ],
            ),
            (
                &[
                    ("Name", "kinesis"),
                    ("stream", "logs"),
                    ("role_arn", "fingerprint:1"),
                ],
                &[],
            ),
            (
                &[
                    ("Name", "cloudwatch"),
                    ("log_group_name", "/ecs/$(ecs_cluster)"),
                ],
                &[],
            ),
            (&[("Name", "datadog"), ("bucket", "logs")], &[]),
            (&[("log_group_name", "/ecs/web")], &[]),
        ];
        for (options, expected) in cases {
            assert_eq!(told(options, sends_to), expected, "{options:?}");
        }
    }

    #[test]
    fn a_router_reads_its_configuration_from_a_bucket() {
        let file = ("config-file-value", "arn:aws:s3:::settings/web/fluent.conf");
        let bucket = "READS_SECRET S3_BUCKET arn:aws:s3:::settings by options.config-file-value";
        assert_eq!(
            told(&[("config-file-type", "s3"), file], configured_by),
            [bucket]
        );
        let inside = told(
            &[
                ("config-file-type", "file"),
                ("config-file-value", "/fluent.conf"),
            ],
            configured_by,
        );
        assert!(inside.is_empty(), "{inside:?}");
    }
}
