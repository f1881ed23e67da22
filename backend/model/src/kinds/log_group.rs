//! `CloudWatch` log groups.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>

use serde::{Deserialize, Serialize};

use super::{Facts, kms_key};
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogGroup {
    pub log_group_name: String,
    /// Without `:*`.
    pub log_group_arn: Option<String>,
    /// Days; none: for ever.
    pub retention_in_days: Option<i32>,
    pub stored_bytes: Option<i64>,
    pub kms_key_id: Option<String>,
    pub log_group_class: Option<String>,
    pub creation_time: Option<i64>,
}

impl Facts for LogGroup {
    const KIND: ResourceKind = ResourceKind::LogGroup;

    fn name(&self) -> Option<String> {
        Some(self.log_group_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(key) = &self.kms_key_id {
            kms_key::link(key, "kmsKeyId", links);
        }
    }
}
