//! Roles, policies, and who has which.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role>

use blastmap_model::{Arn, ResourceKind};
use serde_json::{Value, json};

use super::{
    fields::{Shape, field, list},
    mapping::{Find, Finish, Id, Lacks, Naming, Own, Owner, Part, Stated, Whole, owner},
    side::{Side, document, text},
};
use crate::Lookup;

pub(super) const ROLE: Whole = Whole {
    own: |naming| with_path(naming, "role"),
    id: Id::Last,
    fields: &[
        field("name", "RoleName", Shape::Text),
        field("path", "Path", Shape::Text),
        field(
            "assume_role_policy",
            "AssumeRolePolicyDocument",
            Shape::Document,
        ),
        field(
            "permissions_boundary",
            "PermissionsBoundary",
            Shape::Custom(boundary),
        ),
        field(
            "inline_policy",
            "RolePolicyList",
            Shape::Custom(inline_policies),
        ),
        field(
            "managed_policy_arns",
            "AttachedManagedPolicies",
            Shape::Custom(attached),
        ),
    ],
    empty_when_new: &["inline_policy", "managed_policy_arns"],
    finish: |finish| {
        finish.set_new("Arn", finish.own.as_str());
        finish.set_new("RoleName", finish.own.last_part());
    },
    // The provider reads both lists whole into the state of a resource, and of a data source neither.
    stated: Some(Stated::without(&[
        Lacks::Unset("inline_policy", "RolePolicyList"),
        Lacks::Unset("managed_policy_arns", "AttachedManagedPolicies"),
    ])),
    ..Whole::of(ResourceKind::IamRole)
};

pub(super) const POLICY: Whole = Whole {
    own: |naming| with_path(naming, "policy"),
    fields: &[
        field("name", "PolicyName", Shape::Text),
        field("path", "Path", Shape::Text),
        field("policy", "PolicyDocument", Shape::Document),
    ],
    finish: |finish| finish.set_new("Arn", finish.own.as_str()),
    stated: Some(Stated::without(&[Lacks::Unset("policy", "PolicyDocument")])),
    ..Whole::of(ResourceKind::IamPolicy)
};

pub(super) const INSTANCE_PROFILE: Whole = Whole {
    own: |naming| with_path(naming, "instance-profile"),
    id: Id::Last,
    fields: &[
        field("name", "InstanceProfileName", Shape::Text),
        field("path", "Path", Shape::Text),
    ],
    finish: profile_role,
    ..Whole::of(ResourceKind::IamInstanceProfile)
};

/// AWS puts the path before the name.
fn with_path(naming: &mut Naming<'_, '_>, kind: &str) -> Option<Own> {
    let path = naming.side.text("path").unwrap_or("/");
    naming.named("iam", &format!("{kind}{path}"), "name")
}

fn boundary(value: &Value) -> Value {
    text(value).map_or(
        Value::Null,
        |arn| json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}),
    )
}

fn inline_policies(value: &Value) -> Value {
    let blocks = value.as_array().into_iter().flatten();
    let mut policies: Vec<Value> = blocks
        .filter_map(|block| {
            let name = text(block.get("name")?)?;
            let document = document(block.get("policy")?)?;
            Some(json!({"PolicyName": name, "PolicyDocument": document}))
        })
        .collect();
    sort(&mut policies, "PolicyName");
    Value::Array(policies)
}

fn attached(value: &Value) -> Value {
    let arns = super::side::texts(value);
    let mut policies: Vec<Value> = arns.iter().map(|arn| attached_policy(arn)).collect();
    sort(&mut policies, "PolicyArn");
    Value::Array(policies)
}

fn attached_policy(arn: &str) -> Value {
    let name = Arn::parse(arn).map(|arn| arn.last_part().to_owned());
    json!({"PolicyName": name.unwrap_or_default(), "PolicyArn": arn})
}

fn sort(values: &mut [Value], by: &str) {
    values.sort_by(|one, other| one[by].as_str().cmp(&other[by].as_str()));
}

fn profile_role(finish: &mut Finish<'_>) {
    finish.set_new("Arn", finish.own.as_str());
    if !finish.is_set("role") {
        if finish.writing.changes("role") {
            finish.set("Roles", Value::Null);
            finish.unknown.push("Roles".to_owned());
        }
        return;
    }
    let roles = match finish.side().text("role").map(str::to_owned) {
        Some(role) => {
            let arn = finish.finder.arn_of(ResourceKind::IamRole, &role);
            let arn = arn.map(|arn| arn.to_string()).unwrap_or_default();
            json!([{"RoleName": role, "Arn": arn}])
        }
        None => Value::Null,
    };
    finish.set("Roles", roles);
}

fn role(finder: &mut dyn Find, side: Side<'_>) -> Vec<Lookup> {
    owner(finder, ResourceKind::IamRole, side, &["role", "role_name"])
}

pub(super) const INLINE: Part = Part {
    kind: ResourceKind::IamRole,
    owners: role,
    remove: |owner| {
        let name = inline_name(owner);
        list(owner.facts, "RolePolicyList").retain(|policy| policy["PolicyName"] != name);
    },
    add: |owner| {
        let name = inline_name(owner);
        if owner.is_unknown("policy") {
            owner.unknown.push("RolePolicyList".to_owned());
        }
        let document = owner.side.document("policy").unwrap_or_default();
        let policies = list(owner.facts, "RolePolicyList");
        policies.retain(|policy| policy["PolicyName"] != name);
        policies.push(json!({"PolicyName": name, "PolicyDocument": document}));
        sort(policies, "PolicyName");
    },
    last: false,
};

/// The name, which is also the end of the id: `role:name`.
fn inline_name(owner: &Owner<'_>) -> String {
    let from_id = || owner.side.text("id")?.split_once(':').map(|(_, name)| name);
    owner
        .side
        .text("name")
        .or_else(from_id)
        .or_else(|| owner.side.text("name_prefix"))
        .unwrap_or_default()
        .to_owned()
}

fn detach(owner: &mut Owner<'_>) {
    let arn = owner.side.text("policy_arn").unwrap_or_default().to_owned();
    list(owner.facts, "AttachedManagedPolicies").retain(|policy| policy["PolicyArn"] != arn);
}

fn attach(owner: &mut Owner<'_>) {
    if owner.is_unknown("policy_arn") {
        owner.unknown.push("AttachedManagedPolicies".to_owned());
    }
    let Some(arn) = owner.side.text("policy_arn").map(str::to_owned) else {
        return;
    };
    let policies = list(owner.facts, "AttachedManagedPolicies");
    policies.retain(|policy| policy["PolicyArn"] != arn);
    policies.push(attached_policy(&arn));
    sort(policies, "PolicyArn");
}

pub(super) const ATTACHMENT: Part = Part {
    kind: ResourceKind::IamRole,
    owners: role,
    remove: detach,
    add: attach,
    last: false,
};

/// One policy on many roles; those of the roles that nobody holds are none of ours.
pub(super) const ATTACHMENTS: Part = Part {
    kind: ResourceKind::IamRole,
    owners: |finder, side| {
        side.texts("roles")
            .into_iter()
            .map(|role| finder.find(ResourceKind::IamRole, &[role]))
            .collect()
    },
    remove: detach,
    add: attach,
    last: false,
};

pub(super) const ONLY_INLINE: Part = Part {
    kind: ResourceKind::IamRole,
    owners: role,
    remove: |_| {},
    add: |owner| {
        let names = owner.side.texts("policy_names");
        if !owner.is_unknown("policy_names") {
            list(owner.facts, "RolePolicyList")
                .retain(|policy| names.iter().any(|name| policy["PolicyName"] == *name));
        }
    },
    last: true,
};

pub(super) const ONLY_ATTACHED: Part = Part {
    kind: ResourceKind::IamRole,
    owners: role,
    remove: |_| {},
    add: |owner| {
        let arns = owner.side.texts("policy_arns");
        if !owner.is_unknown("policy_arns") {
            let policies = list(owner.facts, "AttachedManagedPolicies");
            *policies = arns.iter().map(|arn| attached_policy(arn)).collect();
            sort(policies, "PolicyArn");
        }
    },
    last: true,
};
