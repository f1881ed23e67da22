//! Fills in values that only the apply will tell, where the plan says which resource they come from.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::references::{Step, Target};

/// Attributes that hold the ARN, the id or the name of another resource, and a list of them.
fn names_another(attribute: &str) -> bool {
    attribute.ends_with("_arn")
        || attribute.ends_with("_id")
        || is_list(attribute)
        || matches!(
            attribute,
            "arn"
                | "task_definition"
                | "cluster"
                | "cluster_name"
                | "service"
                | "role"
                | "iam_role"
                | "namespace"
                | "repository"
                | "queue_url"
                | "bucket"
                | "rule"
                | "permissions_boundary"
                | "iam_instance_profile"
                | "capacity_provider"
                | "target_key_id"
                | "log_group_name"
                | "cloud_watch_log_group_name"
                | "kms_key"
        )
}

fn is_list(attribute: &str) -> bool {
    attribute.ends_with("_arns")
        || attribute.ends_with("_ids")
        || matches!(
            attribute,
            "subnets" | "security_groups" | "vpc_zone_identifier" | "capacity_providers" | "roles"
        )
}

/// The types that an attribute names which names no other: an ARN of a target group is one of a target group.
pub(super) fn types_named_by(attribute: &str) -> &'static [&'static str] {
    match attribute {
        "task_definition" | "task_definition_arn" => &["aws_ecs_task_definition"],
        "cluster" | "cluster_arn" => &["aws_ecs_cluster"],
        "target_group_arn" | "lb_target_group_arn" => {
            &["aws_lb_target_group", "aws_alb_target_group"]
        }
        "load_balancer_arn" => &["aws_lb", "aws_alb"],
        "listener_arn" => &["aws_lb_listener", "aws_alb_listener"],
        "execution_role_arn" | "task_role_arn" => &["aws_iam_role"],
        "policy_arn" => &["aws_iam_policy"],
        "file_system_id" => &["aws_efs_file_system"],
        "registry_arn" => &["aws_service_discovery_service"],
        _ => &[],
    }
}

/// Tells values by what they come from, or by what they were.
pub(super) trait Tell {
    /// The resources from which the value at this path is made.
    fn targets(&self, path: &[Step<'_>]) -> Option<Vec<Target>>;
    /// The value of an attribute of a resource of the plan; `hint` names the attribute that takes it.
    fn value(&self, target: &Target, hint: &str) -> Option<Value>;
    /// What takes the place of a resource that was named so.
    fn replacement(&self, old: &str) -> Option<String>;
    /// The value that names the only resource of these types that the plan makes.
    fn only(&self, types: &[&str], hint: &str) -> Option<Value>;
}

/// Fills in what can be told; marks of what was filled in are cleared.
pub(super) fn fill(
    before: Option<&Map<String, Value>>,
    after: &mut Map<String, Value>,
    unknown: &mut Value,
    tell: &dyn Tell,
) {
    let mut path = Vec::new();
    fill_object(before, after, unknown, &mut path, tell);
}

/// Blocks in blocks deeper than this are left alone.
const DEEPEST: usize = 12;

fn fill_object<'m>(
    before: Option<&Map<String, Value>>,
    after: &mut Map<String, Value>,
    marks: &'m mut Value,
    path: &mut Vec<Step<'m>>,
    tell: &dyn Tell,
) {
    let Value::Object(marks) = marks else {
        return;
    };
    for (name, mark) in marks.iter_mut() {
        let old = before.and_then(|before| before.get(name));
        if path.len() > DEEPEST || !super::fields::is_marked(mark) {
            continue;
        }
        path.push(Step::Name(name));
        if mark == &Value::Bool(true) {
            if names_another(name)
                && let Some(value) = told(name, old, path, tell)
            {
                after.insert(name.clone(), value);
                *mark = Value::Bool(false);
            }
        } else if let Some(value) = after.get_mut(name) {
            fill_value(name, old, value, mark, path, tell);
        }
        path.pop();
    }
}

fn fill_value<'m>(
    name: &str,
    before: Option<&Value>,
    after: &mut Value,
    mark: &'m mut Value,
    path: &mut Vec<Step<'m>>,
    tell: &dyn Tell,
) {
    match mark {
        Value::Object(_) => {
            if let Value::Object(after) = after {
                fill_object(before.and_then(Value::as_object), after, mark, path, tell);
            }
        }
        Value::Array(marks) => {
            let Value::Array(after) = after else {
                return;
            };
            while after.len() < marks.len() && after.len() < 1000 {
                after.push(Value::Null);
            }
            let mut left = elements(name, after, marks, path, tell);
            for (place, mark) in marks.iter_mut().enumerate() {
                if path.len() > DEEPEST || !super::fields::is_marked(mark) {
                    continue;
                }
                let old = before.and_then(|before| before.get(place));
                let Some(slot) = after.get_mut(place) else {
                    break;
                };
                if mark == &Value::Bool(true) {
                    let replaced = || tell.replacement(old?.as_str()?).map(Value::String);
                    if let Some(value) = left.pop_front().or_else(replaced) {
                        *slot = value;
                        *mark = Value::Bool(false);
                    }
                } else {
                    path.push(Step::Index(place));
                    fill_value(name, old, slot, mark, path, tell);
                    path.pop();
                }
            }
        }
        _ => {}
    }
}

fn told(name: &str, old: Option<&Value>, path: &[Step<'_>], tell: &dyn Tell) -> Option<Value> {
    let list = is_list(name) || old.is_some_and(Value::is_array);
    if let Some(targets) = tell.targets(path) {
        let values: Option<Vec<Value>> = targets
            .iter()
            .map(|target| tell.value(target, name))
            .collect();
        match values {
            Some(mut values) if !list && values.len() == 1 => return values.pop(),
            Some(values) if list => return Some(Value::Array(values)),
            _ => {}
        }
    }
    let replaced = |old: &Value| tell.replacement(old.as_str()?).map(Value::String);
    // What is not known before the apply is made by it: where it makes one such thing, that is the one.
    let only = || tell.only(types_named_by(name), name);
    let Some(old) = old.filter(|old| !old.is_null()) else {
        return only();
    };
    match old {
        Value::Array(old) => {
            let mut any = false;
            let values: Vec<Value> = old
                .iter()
                .map(|old| match replaced(old) {
                    Some(new) => {
                        any = true;
                        new
                    }
                    None => old.clone(),
                })
                .collect();
            any.then(|| json!(values))
        }
        old => replaced(old).or_else(only),
    }
}

/// What the unknown elements of a list are: what it is made of and does not show yet, if those are as many.
fn elements(
    name: &str,
    known: &[Value],
    marks: &[Value],
    path: &[Step<'_>],
    tell: &dyn Tell,
) -> VecDeque<Value> {
    let unknown = marks
        .iter()
        .filter(|mark| **mark == Value::Bool(true))
        .count();
    if unknown == 0 || !names_another(name) {
        return VecDeque::new();
    }
    let targets = tell.targets(path).unwrap_or_default();
    let values: Option<Vec<Value>> = targets
        .iter()
        .map(|target| tell.value(target, name))
        .collect();
    let mut values = values.unwrap_or_default();
    values.retain(|value| !known.contains(value));
    if values.len() == unknown {
        values.into()
    } else {
        VecDeque::new()
    }
}
