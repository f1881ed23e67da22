//! The least IAM policy that a crawl needs, printed from what the collectors call.

use std::collections::BTreeSet;

use serde_json::json;

use crate::collect::{COLLECTORS, IDENTITY};

/// Every action that the crawler may call, by IAM's names.
pub fn actions() -> BTreeSet<&'static str> {
    COLLECTORS
        .iter()
        .flat_map(|collector| collector.actions)
        .chain([&IDENTITY])
        .map(|action| action.name)
        .collect()
}

/// The policy as JSON, for `aws iam create-policy`.
pub fn policy_json() -> String {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "BlastmapReads", "Effect": "Allow", "Action": actions(), "Resource": "*" }],
    });
    format!("{policy:#}\n")
}

/// The policy as a Terraform data source.
pub fn policy_terraform() -> String {
    let actions: Vec<String> = actions()
        .iter()
        .map(|action| format!("      \"{action}\","))
        .collect();
    let actions = actions.join("\n");
    format!(
        "data \"aws_iam_policy_document\" \"blastmap\" {{\n  statement {{\n    sid    = \"BlastmapReads\"\n    effect = \"Allow\"\n    actions = [\n{actions}\n    ]\n    resources = [\"*\"]\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_metadata() {
        for action in actions() {
            let (_, operation) = action.split_once(':').unwrap();
            assert!(
                ["List", "Describe", "Get", "BatchGet"]
                    .iter()
                    .any(|verb| operation.starts_with(verb)),
                "{action}"
            );
            assert!(
                ![
                    "GetParameter",
                    "GetSecretValue",
                    "GetObject",
                    "BatchGetSecretValue"
                ]
                .iter()
                .any(|value| operation.starts_with(value)),
                "{action}"
            );
        }
    }
}
