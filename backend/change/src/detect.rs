//! Tells by its content what a change is given as.

use std::fmt;

use blastmap_model::{Inventory, Redactor};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    ChangeError, Proposal, cloudformation, error::parse, mapped::Mapped, resources,
    task_definition, terraform,
};

const PLAN: &str = "the output of `terraform show -json PLAN` or `tofu show -json PLAN`";
const CHANGE_SET: &str =
    "the output of `aws cloudformation describe-change-set --include-property-values`";
const ANY: &str = "the output of `terraform show -json PLAN`, of `aws cloudformation describe-change-set --include-property-values`, the input of `aws ecs register-task-definition`, or `{\"resources\": [...]}`";

/// What a change may be given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    TerraformPlan,
    ChangeSet,
    Resources,
    TaskDefinition,
}

/// Reads a change in any of the formats, told apart by content: a plan of Terraform or `OpenTofu` as JSON, a `CloudFormation` change set, a
/// task definition, or the API's list of resources. Whoever calls bounds the size.
pub fn read(
    bytes: &[u8],
    inventory: &Inventory,
    redactor: &Redactor,
) -> Result<Proposal, ChangeError> {
    read_mapped(bytes, inventory, redactor, &[])
}

/// As [`read`], with what a reviewer says of addresses that lead to no resource by themselves: pairs of an address of the plan, or a logical
/// id of the change set, and the id of the resource that it stands for.
pub fn read_mapped(
    bytes: &[u8],
    inventory: &Inventory,
    redactor: &Redactor,
    mapping: &[(String, String)],
) -> Result<Proposal, ChangeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    refuse_what_is_no_json(bytes)?;
    let value: Value = parse(bytes, "change", "terraform show -json PLAN")?;
    let mapped = Mapped::new(mapping, inventory)?;
    match format_of(&value)? {
        Format::TerraformPlan => terraform::read_mapped(bytes, inventory, redactor, &mapped),
        Format::ChangeSet => cloudformation::read_mapped(&value, inventory, redactor, &mapped),
        Format::TaskDefinition => {
            mapped.refuse_all()?;
            task_definition::read(value, inventory, redactor)
        }
        Format::Resources => {
            mapped.refuse_all()?;
            let changes = resources::parse(&value)?;
            Ok(resources::propose(&changes, inventory, redactor))
        }
    }
}

/// Files that people have at hand instead, known by their first bytes.
fn refuse_what_is_no_json(bytes: &[u8]) -> Result<(), ChangeError> {
    let other = |what, instead| Err(ChangeError::Other { what, instead });
    let text = bytes.trim_ascii_start();
    match text {
        [] => other("empty", ANY),
        [b'P', b'K', 3 | 5, ..] => other("Terraform's binary plan file, or another zip", PLAN),
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] => other("compressed", "it unpacked"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'{', ..] | [b'{', 0, ..] => other(
            "text in UTF-16, as PowerShell's `>` writes it",
            "it in UTF-8, such as by `| Out-File -Encoding utf8`",
        ),
        [b'{' | b'[', ..] => Ok(()),
        _ => match std::str::from_utf8(text) {
            Err(_not_text) => other("neither text nor a format that blastmap knows", ANY),
            Ok(text) => refuse_text(text),
        },
    }
}

fn refuse_text(text: &str) -> Result<(), ChangeError> {
    let other = |what, instead| Err(ChangeError::Other { what, instead });
    let begins = |words: &[&str]| {
        text.lines().take(200).any(|line| {
            let line = line.trim_start();
            words.iter().any(|word| line.starts_with(word))
        })
    };
    if begins(&["AWSTemplateFormatVersion:", "Resources:"]) {
        other("a CloudFormation template, not what it changes", CHANGE_SET)
    } else if begins(&[
        "resource \"",
        "module \"",
        "terraform {",
        "provider \"",
        "variable \"",
        "locals {",
        "data \"",
    ]) {
        other("Terraform configuration, not what it changes", PLAN)
    } else if begins(&["Terraform will perform", "OpenTofu will perform", "Plan: "]) {
        other("a Terraform plan for people to read", PLAN)
    } else if begins(&["ChangeSetName:", "Changes:"]) {
        other("a change set as YAML", "it with `--output json`")
    } else {
        Ok(())
    }
}

fn format_of(value: &Value) -> Result<Format, ChangeError> {
    let other = |what, instead| Err(ChangeError::Other { what, instead });
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(_) => return other("a JSON list, not a change", ANY),
        _ => return other("a single JSON value, not a change", ANY),
    };
    let has = |name: &str| fields.contains_key(name);
    if has("resource_changes") || (has("format_version") && has("planned_values")) {
        Ok(Format::TerraformPlan)
    } else if (has("lineage") && has("serial")) || (has("terraform_version") && has("values")) {
        other("a Terraform state: what is, not what changes", PLAN)
    } else if has("format_version") {
        Ok(Format::TerraformPlan)
    } else if has("@level") || has("@message") {
        other("the log of `terraform plan -json`", PLAN)
    } else if has("Changes")
        && ["ChangeSetName", "ChangeSetId", "StackName", "StackId"]
            .iter()
            .any(|name| has(name))
    {
        Ok(Format::ChangeSet)
    } else if has("Summaries") || has("Stacks") || has("Changes") {
        other("CloudFormation's, but no change set", CHANGE_SET)
    } else if has("resources") {
        Ok(Format::Resources)
    } else if is_definition(fields)
        || fields
            .get("taskDefinition")
            .and_then(Value::as_object)
            .is_some_and(is_definition)
    {
        Ok(Format::TaskDefinition)
    } else if has("Resources") || has("AWSTemplateFormatVersion") {
        other("a CloudFormation template, not what it changes", CHANGE_SET)
    } else {
        other("JSON, but no change that blastmap knows", ANY)
    }
}

fn is_definition(fields: &Map<String, Value>) -> bool {
    fields.contains_key("containerDefinitions")
}

/// Refuses at once what [`read`] refuses for its form: what is empty, no JSON, cut short, or no change in any of the formats. Nothing is
/// made of it but the names of its outermost fields, however large it is.
pub fn check(bytes: &[u8]) -> Result<(), ChangeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    refuse_what_is_no_json(bytes)?;
    let Outermost(value) = parse(bytes, "change", "terraform show -json PLAN")?;
    format_of(&value).map(drop)
}

/// No change has more fields outermost; what has is not worth the memory.
const MOST_FIELDS: usize = 1000;

/// A value without what is in its fields and lists, but for the field that may wrap a task definition.
struct Outermost(Value);

impl<'de> Deserialize<'de> for Outermost {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutermostVisitor)
    }
}

struct OutermostVisitor;

impl<'de> Visitor<'de> for OutermostVisitor {
    type Value = Outermost;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Outermost, A::Error> {
        let mut known = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let value = if name == "taskDefinition" {
                fields.next_value::<Outermost>()?.0
            } else {
                fields.next_value::<IgnoredAny>()?;
                Value::Null
            };
            if known.len() < MOST_FIELDS {
                known.insert(name, value);
            }
        }
        Ok(Outermost(Value::Object(known)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Outermost, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Outermost(Value::Array(Vec::new())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Outermost, E> {
        Ok(Outermost(Value::Null))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Outermost, E> {
        Ok(Outermost(Value::Null))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Outermost, E> {
        Ok(Outermost(Value::Null))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Outermost, E> {
        Ok(Outermost(Value::Null))
    }

    fn visit_str<E>(self, _: &str) -> Result<Outermost, E> {
        Ok(Outermost(Value::Null))
    }

    fn visit_unit<E>(self) -> Result<Outermost, E> {
        Ok(Outermost(Value::Null))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::{estate, redactor};

    fn refused(bytes: &[u8]) -> String {
        read(bytes, &estate(), &redactor()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_change_is_named_with_what_to_give_instead() {
        let deep = "[".repeat(1000);
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("{}".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let cases: [(&[u8], &str, &str); 19] = [
            (b"", "empty", "terraform show -json"),
            (b" \n", "empty", "terraform show -json"),
            (b"\xef\xbb\xbf", "empty", "terraform show -json"),
            (
                b"PK\x03\x04\0\0",
                "binary plan file",
                "terraform show -json",
            ),
            (b"\x1f\x8b\x08", "compressed", "unpacked"),
            (&utf16, "UTF-16", "UTF-8"),
            (b"\x80\x81\x82", "neither text", "terraform show -json"),
            (
                b"resource \"aws_ecs_service\" \"web\" {}",
                "Terraform configuration",
                "terraform show -json",
            ),
            (
                b"Resources:\n  Web:\n",
                "CloudFormation template",
                "describe-change-set",
            ),
            (b"hello", "not JSON", "terraform show -json"),
            (
                b"{\"resources\": [",
                "ends before its end",
                "terraform show -json",
            ),
            (deep.as_bytes(), "nested too deeply", ""),
            (b"[]", "a JSON list", "terraform show -json"),
            (
                b"{\"version\": 4, \"lineage\": \"x\", \"serial\": 1}",
                "Terraform state",
                "terraform show -json",
            ),
            (b"{\"@level\": \"info\"}", "log of", "terraform show -json"),
            (
                b"{\"Resources\": {}}",
                "CloudFormation template",
                "describe-change-set",
            ),
            (b"{\"Changes\": []}", "no change set", "describe-change-set"),
            (
                b"{}",
                "no change that blastmap knows",
                "register-task-definition",
            ),
            (
                b"{\"family\": \"web\"}",
                "no change that blastmap knows",
                "register-task-definition",
            ),
        ];
        for (bytes, what, instead) in cases {
            let message = refused(bytes);
            // Nesting is bounded where something is made of it.
            if what != "nested too deeply" {
                assert_eq!(check(bytes).unwrap_err().to_string(), message);
            }
            assert!(
                message.contains(what) && message.contains(instead),
                "{message}"
            );
            assert!(!message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn formats_are_told_apart() {
        let cases = [
            (
                json!({"format_version": "1.2", "resource_changes": []}),
                Format::TerraformPlan,
            ),
            (
                json!({"format_version": "1.2", "planned_values": {}}),
                Format::TerraformPlan,
            ),
            (
                json!({"Changes": [], "ChangeSetName": "a"}),
                Format::ChangeSet,
            ),
            (json!({"resources": []}), Format::Resources),
            (
                json!({"family": "a", "containerDefinitions": []}),
                Format::TaskDefinition,
            ),
            (
                json!({"taskDefinition": {"family": "a", "containerDefinitions": []}, "tags": []}),
                Format::TaskDefinition,
            ),
        ];
        for (value, expected) in cases {
            assert_eq!(format_of(&value).unwrap(), expected, "{value}");
            assert!(check(value.to_string().as_bytes()).is_ok(), "{value}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_harm() {
        let text = b"\xef\xbb\xbf{\"resources\": [{\"id\": \"db\", \"action\": \"DELETE\"}]}";
        let proposal = read(text, &estate(), &redactor()).unwrap();
        assert_eq!(proposal.changes.len(), 1);
        assert!(!proposal.edits.is_empty());
    }

    fn samples() -> Vec<Value> {
        let service = "arn:aws:ecs:eu-west-1:123456789012:service/prod/web";
        let context = |properties: Value| json!({ "Properties": properties }).to_string();
        let change = |action, type_name, physical, after: Value| {
            json!({"ResourceChange": {
                "Action": action, "LogicalResourceId": "A", "ResourceType": type_name, "PhysicalResourceId": physical, "Replacement": "True",
                "BeforeContext": context(json!({})), "AfterContext": context(after),
                "Details": [{"Target": {"Attribute": "Properties", "Name": "Cluster", "Path": "/Properties/Cluster"}, "CausingEntity": "A.Arn"}],
            }})
        };
        vec![
            json!({"resources": [
                {"id": service, "action": "UPDATE", "attributes": {"desiredCount": 1, "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-2"]}}}},
                {"id": "new", "action": "CREATE", "kind": "SUBNET", "attributes": {"CidrBlock": "10.0.0.0/24", "VpcId": "vpc-1"}},
                {"id": "web:7", "action": "REPLACE", "attributes": {"cpu": "512"}},
            ]}),
            json!({"family": "web", "networkMode": "awsvpc", "containerDefinitions": [{"name": "web", "image": "web:1", "portMappings": [{"containerPort": 80}], "environment": [{"name": "A", "value": "b"}]}]}),
            json!({"ChangeSetName": "a", "Changes": [
                change("Modify", "AWS::ECS::Service", service, json!({"TaskDefinition": "web:6", "Cluster": "{{changeSet:KNOWN_AFTER_APPLY}}"})),
                change("Modify", "AWS::EC2::SecurityGroup", "sg-1", json!({"SecurityGroupIngress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]})),
                change("Add", "AWS::EC2::Route", "", json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"})),
                change("Add", "AWS::ElasticLoadBalancingV2::ListenerRule", "", json!({"ListenerArn": "a", "Conditions": [{"HttpHeaderConfig": {"Values": ["a"]}}]})),
                change("Remove", "AWS::KMS::Key", "k-1", json!({})),
            ]}),
        ]
    }

    #[test]
    fn the_samples_are_read() {
        for sample in samples() {
            let read = read(sample.to_string().as_bytes(), &estate(), &redactor());
            assert!(!read.unwrap().edits.is_empty(), "{sample}");
        }
    }

    /// Puts `new` in the place of the value at which a walk of so many steps ends; into contexts as well.
    fn mutate(value: &mut Value, steps: &mut u32, new: &Value) {
        if *steps == 0 {
            *value = new.clone();
            return;
        }
        *steps -= 1;
        match value {
            Value::Array(values) => {
                for value in values {
                    mutate(value, steps, new);
                    if *steps == 0 {
                        return;
                    }
                }
            }
            Value::Object(fields) => {
                for value in fields.values_mut() {
                    mutate(value, steps, new);
                    if *steps == 0 {
                        return;
                    }
                }
            }
            Value::String(text) => {
                if let Ok(Value::Object(inner)) = serde_json::from_str(text) {
                    let mut inner = Value::Object(inner);
                    mutate(&mut inner, steps, new);
                    *text = inner.to_string();
                }
            }
            _ => {}
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

        #[test]
        fn never_panics_on_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            drop(read(&bytes, &estate(), &redactor()));
            drop(check(&bytes));
        }

        #[test]
        fn never_panics_on_mutations(sample in 0..3_usize, steps in 0..120_u32, new in 0..10_usize, cut in proptest::option::of(0..400_usize)) {
            let news = [
                json!(null), json!(true), json!(-1), json!(1e300), json!(""), json!("{{changeSet:KNOWN_AFTER_APPLY}}"),
                json!([]), json!([null, {"a": [1]}]), json!({}), json!({"Ref": "A"}),
            ];
            let mut value = samples().swap_remove(sample);
            mutate(&mut value, &mut steps.clone(), &news[new]);
            let mut text = value.to_string();
            if let Some(cut) = cut && text.is_char_boundary(cut.min(text.len())) {
                text.truncate(cut);
            }
            let read = read(text.as_bytes(), &estate(), &redactor());
            // What can be read is never refused before.
            proptest::prop_assert!(check(text.as_bytes()).is_ok() || read.is_err());
        }
    }
}
