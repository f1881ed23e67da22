//! `CloudWatch` log groups.

use aws_sdk_cloudwatchlogs::types::LogGroup as SdkLogGroup;
use blastmap_model::{Arn, Found, ResourceKind, Source, kinds::log_group::LogGroup};

use super::{Action, Collector, Place, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "logs:DescribeLogGroups";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::LogGroup],
    actions: &[Action {
        name: API,
        reads: &[
            "logGroups",
            "logGroupName",
            "arn",
            "logGroupArn",
            "retentionInDays",
            "storedBytes",
            "kmsKeyId",
            "logGroupClass",
            "creationTime",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .logs
            .describe_log_groups()
            .limit(50)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        for group in answer.log_groups() {
            describe(clients, group, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::LogGroup);
    Ok(())
}

fn describe(clients: &Clients, group: &SdkLogGroup, found: &mut Found) {
    let Some(name) = group.log_group_name() else {
        return;
    };
    let Ok(arn) = Arn::new(
        &clients.partition,
        "logs",
        &clients.scope().region,
        &clients.scope().account,
        &format!("log-group:{name}"),
    ) else {
        return;
    };
    let facts = LogGroup {
        log_group_name: name.to_owned(),
        log_group_arn: Some(arn.to_string()),
        retention_in_days: group.retention_in_days(),
        stored_bytes: group.stored_bytes(),
        kms_key_id: owned(group.kms_key_id()),
        log_group_class: text!(group.log_group_class()),
        creation_time: group.creation_time(),
    };
    found.resource(&arn, &facts, [], Source::of(API));
}
