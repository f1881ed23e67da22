//! The least IAM policy that a crawl needs, printed from what the collectors call.

use std::collections::BTreeSet;

use blastmap_model::ResourceKind;
use serde_json::json;

use crate::{
    accounts::{ASSUME, MEMBERS},
    collect::{COLLECTORS, IDENTITY},
    regions::ENABLED,
};

/// Every action that the crawler may call, by IAM's names.
pub fn actions() -> BTreeSet<&'static str> {
    COLLECTORS
        .iter()
        .flat_map(|collector| collector.actions)
        .chain([&IDENTITY])
        .map(|action| action.name)
        .collect()
}

/// The actions that give what is known of a kind, by IAM's names, in order; none for kinds that are known by name alone.
pub fn actions_of(kind: ResourceKind) -> BTreeSet<&'static str> {
    COLLECTORS
        .iter()
        .filter(|collector| collector.kinds.contains(&kind))
        .flat_map(|collector| collector.actions)
        .map(|action| action.name)
        .collect()
}

/// How far a crawl goes beyond one account and the regions that are named.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Every region that an account has enabled.
    pub every_region: bool,
    /// Every account of the organization, by the role of this name.
    pub organization: Option<String>,
    /// Roles that are assumed.
    pub role_arns: Vec<String>,
}

/// What API Gateway calls every read.
const API_GATEWAY: &str = "apigateway:GET";

struct Statement {
    sid: &'static str,
    actions: Vec<&'static str>,
    resources: Vec<String>,
}

/// What the crawl reads, and what it takes to get to the accounts.
fn statements(reach: &Reach) -> Vec<Statement> {
    let everywhere = || vec!["*".to_owned()];
    let mut reads: Vec<_> = actions().into_iter().collect();
    if reach.every_region {
        reads.push(ENABLED.name);
        reads.sort_unstable();
    }
    // Everywhere, this one would read the values of API keys as well.
    reads.retain(|action| *action != API_GATEWAY);
    let links = ["/vpclinks", "/apis", "/apis/*/integrations"];
    let mut statements = vec![
        Statement {
            sid: "BlastmapReads",
            actions: reads,
            resources: everywhere(),
        },
        Statement {
            sid: "BlastmapReadsVpcLinks",
            actions: vec![API_GATEWAY],
            resources: links.map(|own| format!("arn:*:apigateway:*::{own}")).into(),
        },
    ];
    let mut roles = reach.role_arns.clone();
    if let Some(name) = &reach.organization {
        statements.push(Statement {
            sid: "BlastmapListsAccounts",
            actions: vec![MEMBERS.name],
            resources: everywhere(),
        });
        roles.push(format!("arn:*:iam::*:role/{name}"));
    }
    if !roles.is_empty() {
        statements.push(Statement {
            sid: "BlastmapAssumesRoles",
            actions: vec![ASSUME],
            resources: roles,
        });
    }
    statements
}

/// The policy as JSON, for `aws iam create-policy`.
pub fn policy_json(reach: &Reach) -> String {
    let one_or_all = |resources: &[String]| match resources {
        [one] => json!(one),
        all => json!(all),
    };
    let statements: Vec<_> = statements(reach)
        .iter()
        .map(|own| json!({ "Sid": own.sid, "Effect": "Allow", "Action": own.actions, "Resource": one_or_all(&own.resources) }))
        .collect();
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    format!("{policy:#}\n")
}

/// The policy as a Terraform data source.
pub fn policy_terraform(reach: &Reach) -> String {
    let list = |texts: &[String]| -> String {
        let lines: Vec<_> = texts
            .iter()
            .map(|text| format!("      \"{text}\","))
            .collect();
        lines.join("\n")
    };
    let statements: Vec<_> = statements(reach)
        .iter()
        .map(|own| {
            let actions: Vec<_> = own.actions.iter().map(ToString::to_string).collect();
            let resources: Vec<_> = own.resources.iter().map(|text| quoted(text)).collect();
            format!(
                "  statement {{\n    sid    = \"{}\"\n    effect = \"Allow\"\n    actions = [\n{}\n    ]\n    resources = [{}]\n  }}\n",
                own.sid,
                list(&actions),
                resources.join(", ")
            )
        })
        .collect();
    format!(
        "data \"aws_iam_policy_document\" \"blastmap\" {{\n{}}}\n",
        statements.join("\n")
    )
}

/// A text as Terraform's language writes it, so that nothing in it is a template.
///
/// <https://developer.hashicorp.com/terraform/language/expressions/strings>
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_no_template() {
        let cases = [
            ("arn:aws:iam::1:role/a", "\"arn:aws:iam::1:role/a\""),
            ("a\"]\n}", r#""a\"]\n}""#),
            (r"\${file(x)}%{if}", r#""\\$${file(x)}%%{if}""#),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn only_reads_metadata() {
        for action in actions() {
            let (_, operation) = action.split_once(':').unwrap();
            assert!(
                action == API_GATEWAY
                    || ["List", "Describe", "Get", "BatchGet"]
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
