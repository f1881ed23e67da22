//! `CloudFormation` change sets: what `aws cloudformation describe-change-set --include-property-values` gives.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{Arn, Inventory, Redactor, ResourceId, ResourceKind};
use serde_json::{Map, Value};

use crate::{
    Action, AttributeChange, Change, ChangeError, Lookup, Match, New, Place, Proposal, Workbench,
    birth, deletion,
    mapped::Mapped,
    patch,
    redaction::{is_foreign, redact},
    service,
    shape::{Dialect, KNOWN_AFTER_APPLY, Shaped, holds_unknown, shape},
};

mod parts;
mod properties;
mod standing;

const FORMAT: &str = "change set";

/// One resource of a change set.
struct Entry<'c> {
    logical: &'c str,
    physical: Option<&'c str>,
    type_name: &'c str,
    kind: Option<ResourceKind>,
    action: Action,
    /// Properties before and after; none where the change set was described without values.
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
    details: Vec<Detail<'c>>,
    /// True where the old one stays, in the place of being deleted.
    retains: bool,
    problems: Vec<String>,
}

struct Detail<'c> {
    /// The property's name.
    name: &'c str,
    /// `/Properties/TaskDefinition`, where values are given.
    path: Option<&'c str>,
    /// The logical id, and maybe an attribute, that the new value comes from.
    cause: Option<&'c str>,
}

/// Reads a change set.
#[cfg(test)]
pub(crate) fn read(
    input: &Value,
    inventory: &Inventory,
    redactor: &Redactor,
) -> Result<Proposal, ChangeError> {
    read_mapped(input, inventory, redactor, &Mapped::default())
}

/// Reads a change set, with what a reviewer says of its logical ids.
pub(crate) fn read_mapped(
    input: &Value,
    inventory: &Inventory,
    redactor: &Redactor,
    mapped: &Mapped<'_>,
) -> Result<Proposal, ChangeError> {
    let unusable = |why: String| ChangeError::Unusable { what: FORMAT, why };
    let list = input
        .get("Changes")
        .and_then(Value::as_array)
        .ok_or_else(|| unusable("its `Changes` should be a list".to_owned()))?;
    let text = |field: &str| input.get(field).and_then(Value::as_str);
    let mut notes = Vec::new();
    if text("NextToken").is_some() {
        notes.push(
            "the change set goes on: only a part of its changes was given (call describe-change-set with each NextToken, or without --no-paginate)"
                .to_owned(),
        );
    }
    match text("Status") {
        Some("FAILED") => {
            let reason = text("StatusReason").unwrap_or_default();
            notes.push(
                redactor
                    .scrub(&format!("the change set failed: {reason}"))
                    .into_owned(),
            );
        }
        Some("CREATE_PENDING" | "CREATE_IN_PROGRESS") => {
            notes.push(
                "the change set is still being made: its changes may be incomplete".to_owned(),
            );
        }
        _ => {}
    }
    let mut workbench = Workbench::new(inventory, redactor);
    let place = ["StackId", "ChangeSetId"]
        .iter()
        .find_map(|field| Arn::parse(text(field)?).ok())
        .map_or_else(
            || workbench.place().clone(),
            |arn| Place {
                partition: arn.partition().to_owned(),
                account: arn.account().to_owned(),
                region: arn.region().to_owned(),
            },
        );
    let entries: Vec<Entry<'_>> = list
        .iter()
        .filter_map(|own| own.get("ResourceChange"))
        .map(entry)
        .collect();
    if entries
        .iter()
        .any(|own| own.action == Action::Update && own.after.is_none() && !own.details.is_empty())
    {
        notes.push("the change set has no values: describe it with --include-property-values to have them judged".to_owned());
    }
    let mut reading = Reading {
        workbench: &mut workbench,
        place,
        made: BTreeMap::new(),
        live: BTreeMap::new(),
        mapped,
    };
    for own in &entries {
        let makes = own.action == Action::Create && !parts::is_part(own.type_name);
        mapped.check(own.logical, own.type_name, own.kind, makes)?;
    }
    // What is made first: others may name it.
    let mut changes: Vec<Change> = entries.iter().map(|own| reading.begin(own)).collect();
    for pass in [Pass::Make, Pass::Rest] {
        for (entry, change) in entries.iter().zip(&mut changes) {
            reading.apply(entry, change, pass);
        }
    }
    for change in &mut changes {
        change
            .attributes
            .sort_by(|one, other| one.name.cmp(&other.name));
    }
    let tied = entries.iter().zip(&changes);
    mapped.check_all(tied.map(|(entry, change)| (entry.logical, change.resource.as_ref())))?;
    Ok(Proposal {
        changes,
        edits: workbench.finish(),
        notes,
    })
}

fn entry(change: &Value) -> Entry<'_> {
    let text = |field: &str| change.get(field).and_then(Value::as_str);
    let context = |field: &str| {
        let context: Value = serde_json::from_str(text(field)?).ok()?;
        match context {
            Value::Object(mut context) => match context.remove("Properties") {
                Some(Value::Object(properties)) => Some(properties),
                _ => Some(Map::new()),
            },
            _ => None,
        }
    };
    let type_name = text("ResourceType").unwrap_or_default();
    let mut problems = Vec::new();
    let policy = text("PolicyAction").unwrap_or_default();
    let action = match (text("Action"), text("Replacement")) {
        (Some("Add"), _) => Action::Create,
        (Some("Remove"), _) if policy == "Retain" => Action::Forget,
        (Some("Remove"), _) => Action::Delete,
        (Some("Modify"), Some("True")) => Action::Replace,
        (Some("Modify"), replacement) => {
            if replacement == Some("Conditional") {
                problems.push(
                    "CloudFormation may replace it: it knows only when it makes the change"
                        .to_owned(),
                );
            }
            Action::Update
        }
        (Some("Dynamic"), _) => {
            problems.push("CloudFormation knows only when it makes the change whether it is changed or replaced".to_owned());
            Action::Update
        }
        _ => Action::NoOp,
    };
    let details = change.get("Details").and_then(Value::as_array);
    let details = details.into_iter().flatten().filter_map(|detail| {
        let target = detail.get("Target")?;
        let of = |value: &'_ Value, field: &str| -> Option<String> {
            Some(value.get(field)?.as_str()?.to_owned())
        };
        if of(target, "Attribute").as_deref() != Some("Properties") {
            return None;
        }
        Some(Detail {
            name: target.get("Name")?.as_str()?,
            path: target.get("Path").and_then(Value::as_str),
            cause: detail.get("CausingEntity").and_then(Value::as_str),
        })
    });
    Entry {
        logical: text("LogicalResourceId").unwrap_or_default(),
        physical: text("PhysicalResourceId"),
        type_name,
        kind: properties::kind_of(type_name),
        action,
        before: context("BeforeContext"),
        after: context("AfterContext"),
        details: details.collect(),
        retains: policy == "ReplaceAndRetain",
        problems,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Make,
    Rest,
}

/// What of the change set is made, under its logical id.
struct Made {
    kind: ResourceKind,
    own: Arn,
}

struct Reading<'w, 'i> {
    workbench: &'w mut Workbench<'i>,
    mapped: &'w Mapped<'w>,
    place: Place,
    made: BTreeMap<String, Made>,
    /// What is there, under its logical id.
    live: BTreeMap<String, ResourceId>,
}

impl Reading<'_, '_> {
    fn begin(&mut self, entry: &Entry<'_>) -> Change {
        let redactor = self.workbench.redactor();
        let mut change = Change {
            address: redactor.scrub(entry.logical).into_owned(),
            type_name: entry.type_name.to_owned(),
            action: entry.action,
            kind: entry.kind,
            mapped: self.mapped.of(entry.logical).is_some(),
            problems: entry.problems.clone(),
            ..Change::default()
        };
        if parts::is_part(entry.type_name) {
            return change;
        }
        let Some(kind) = entry.kind else {
            change.matched = Match::UnsupportedType;
            return change;
        };
        if entry.action != Action::Create {
            let physical = entry.physical.unwrap_or_default();
            let found = self.workbench.find(kind, &[physical], Some(&self.place));
            match self.or_mapped(found, entry.logical) {
                Lookup::One(id) => {
                    change.matched = Match::Matched;
                    change.resource = Some(id.clone());
                    self.live.insert(entry.logical.to_owned(), id);
                }
                Lookup::Nothing => change.matched = Match::NotFound,
                Lookup::Several => change.matched = Match::Ambiguous,
            }
        }
        change
    }

    /// What was found; else what a reviewer says that it is.
    fn or_mapped(&self, found: Lookup, logical: &str) -> Lookup {
        match (found, self.mapped.of(logical)) {
            (Lookup::Nothing | Lookup::Several, Some(resource)) => Lookup::One(resource.id.clone()),
            (found, _) => found,
        }
    }

    fn apply(&mut self, entry: &Entry<'_>, change: &mut Change, pass: Pass) {
        // A service names much of what else is made.
        let makes = entry.kind != Some(ResourceKind::EcsService)
            && !parts::is_part(entry.type_name)
            && matches!(entry.action, Action::Create | Action::Replace);
        if makes != (pass == Pass::Make) {
            return;
        }
        if change.attributes.is_empty() {
            change.attributes = self.shown(entry);
        }
        if parts::is_part(entry.type_name) {
            return parts::apply(self, entry, change);
        }
        match (entry.action, change.resource.clone()) {
            (Action::Create, _) => self.make(entry, None, change),
            (Action::Replace, Some(id)) => self.make(entry, Some(id), change),
            (Action::Update, Some(id)) => self.update(entry, &id, change),
            (Action::Delete, Some(id)) => deletion::delete(self.workbench, &id),
            _ => {}
        }
    }

    /// Properties that change, as they are written in the template, without secrets.
    fn shown(&self, entry: &Entry<'_>) -> Vec<AttributeChange> {
        if !entry.action.changes_something() || entry.action == Action::Delete {
            return Vec::new();
        }
        let redactor = self.workbench.redactor();
        let Some(after) = &entry.after else {
            let names: BTreeSet<&str> = entry.details.iter().map(|own| own.name).collect();
            let unknown = |name: &&str| patch::shown(entry.kind, name, None, None, true, redactor);
            return names.iter().flat_map(unknown).collect();
        };
        // Whole, for what is secret in one property is said by another.
        let clean = |properties: Option<&Map<String, Value>>| {
            let mut properties = Value::Object(properties.cloned().unwrap_or_default());
            redact(entry.kind, &mut properties, redactor);
            properties
        };
        let (before, after) = (clean(entry.before.as_ref()), clean(Some(after)));
        let sides = [before.as_object(), after.as_object()];
        let names: BTreeSet<&String> = sides.into_iter().flatten().flat_map(Map::keys).collect();
        let changes = names.into_iter().flat_map(|name| {
            let (one, other) = (before.get(name), after.get(name));
            if is_foreign(entry.type_name) {
                let changed = (one != other).then(|| patch::strange(name, redactor));
                return changed.into_iter().collect();
            }
            let unknown = one != other && other.is_some_and(holds_unknown);
            // What is known later has no value yet.
            let other = other.filter(|value| value.as_str() != Some(KNOWN_AFTER_APPLY));
            patch::shown(entry.kind, name, one, other, unknown, redactor)
        });
        changes.collect()
    }

    /// Properties to put over what is there: those that the change set changes, with references resolved as far as it says them.
    fn patch(&self, entry: &Entry<'_>) -> Map<String, Value> {
        let mut after = match &entry.after {
            Some(after) => after.clone(),
            // Without values only the names of what changes are known.
            None => entry
                .details
                .iter()
                .map(|own| (own.name.to_owned(), Value::from(KNOWN_AFTER_APPLY)))
                .collect(),
        };
        for detail in &entry.details {
            let Some(value) = detail.cause.and_then(|cause| self.value_of(cause)) else {
                continue;
            };
            let path = detail
                .path
                .and_then(|path| path.strip_prefix("/Properties"))
                .map_or_else(|| format!("/{}", detail.name), str::to_owned);
            let mut whole = Value::Object(std::mem::take(&mut after));
            if let Some(place) = whole.pointer_mut(&path)
                && place.as_str() == Some(KNOWN_AFTER_APPLY)
            {
                *place = Value::from(value);
            }
            if let Value::Object(resolved) = whole {
                after = resolved;
            }
        }
        match &entry.before {
            Some(before) if entry.action == Action::Update => patch::difference(before, &after),
            _ => after,
        }
    }

    /// What `Ref` or `Fn::GetAtt` gives of something of this change set.
    fn value_of(&self, cause: &str) -> Option<String> {
        let (logical, attribute) = cause
            .split_once('.')
            .map_or((cause, None), |(own, rest)| (own, Some(rest)));
        let (kind, own) = if let Some(made) = self.made.get(logical) {
            (made.kind, made.own.clone())
        } else {
            let id = self.live.get(logical)?;
            (self.workbench.before(id)?.kind, self.workbench.own(id)?)
        };
        properties::reference(kind, &own, attribute)
    }

    fn shape(&self, kind: ResourceKind, properties: Map<String, Value>) -> Shaped {
        let mut properties = Value::Object(properties);
        redact(Some(kind), &mut properties, self.workbench.redactor());
        let properties = match properties {
            Value::Object(properties) => properties,
            _ => Map::new(),
        };
        let mut shaped = shape(
            kind,
            properties::adapt(kind, properties),
            Dialect::CloudFormation,
        );
        let told = |name: &String| {
            !properties::HARMLESS.contains(&name.as_str())
                && name != "SecurityGroupIngress"
                && name != "SecurityGroupEgress"
                && name != "ListenerArn"
        };
        shaped.strange.retain(told);
        shaped
    }

    fn update(&mut self, entry: &Entry<'_>, id: &ResourceId, change: &mut Change) {
        let Some(kind) = entry.kind else { return };
        let mut given = self.patch(entry);
        parts::inside(self, entry, id, &mut given);
        let standing = self.take_standing(kind, entry, &mut given);
        let shaped = self.shape(kind, given);
        for shaped in [&shaped, &standing.shaped] {
            change.problems.extend(patch::unjudged(kind, shaped, &[]));
        }
        if !self.workbench.change(id, |facts| {
            patch::merge(facts, Value::Object(shaped.facts));
        }) {
            change
                .problems
                .push("what it is now is not known: not judged".to_owned());
            return;
        }
        for field in shaped.unknown {
            self.workbench.unknown(id, field);
        }
        self.put_standing(id, standing);
        if kind == ResourceKind::EcsService {
            service::settle(self.workbench, id);
        }
    }

    fn make(&mut self, entry: &Entry<'_>, old: Option<ResourceId>, change: &mut Change) {
        let Some(kind) = entry.kind else { return };
        let mut given = self.patch(entry);
        let standing = self.take_standing(kind, entry, &mut given);
        // Of what its ARN is made, though it is no fact.
        let listener = given.get("ListenerArn").cloned();
        let rules = parts::new_rules(kind, &given);
        let shaped = self.shape(kind, given);
        for shaped in [&shaped, &standing.shaped] {
            change.problems.extend(patch::unjudged(kind, shaped, &[]));
        }
        let mut facts = shaped.facts;
        facts.retain(|_, value| !value.is_null());
        if let Some(listener) = listener {
            facts.insert("ListenerArn".to_owned(), listener);
        }
        if let Value::Object(rules) = rules {
            facts.extend(rules);
        }
        let place = self.place.clone();
        let Some((own, certain)) = birth::arn(self.workbench, kind, entry.logical, &facts, &place)
        else {
            change.matched = Match::UnsupportedType;
            return;
        };
        facts.remove("ListenerArn");
        birth::complete(self.workbench, kind, &own, &place, &mut facts);
        let keeps_its_arn = old.as_ref().is_some_and(|old| old.as_str() == own.as_str());
        if let Some(old) = old
            && !keeps_its_arn
            && !entry.retains
        {
            deletion::delete(self.workbench, &old);
        }
        let new = New {
            kind,
            address: entry.logical.to_owned(),
            name: None,
            own: own.clone(),
            certain,
            facts: Value::Object(facts),
        };
        let id = self.workbench.create(new);
        for field in shaped.unknown {
            self.workbench.unknown(&id, field);
        }
        self.put_standing(&id, standing);
        if kind == ResourceKind::EcsService {
            service::settle(self.workbench, &id);
        }
        self.made
            .insert(entry.logical.to_owned(), Made { kind, own });
        if change.action == Action::Create {
            change.matched = Match::Created;
            change.resource = Some(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::{ECS, ELB, estate, redactor, told};

    /// In the form of the examples in
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html>.
    pub(super) fn change_set(changes: &[Value]) -> Value {
        let changes: Vec<Value> = changes
            .iter()
            .map(|own| json!({"Type": "Resource", "ResourceChange": own}))
            .collect();
        json!({
            "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/SampleStack/1a2345b6-0000-00a0-a123-00abc0abc000",
            "Status": "CREATE_COMPLETE", "ChangeSetName": "SampleChangeSet", "StackName": "SampleStack",
            "ExecutionStatus": "AVAILABLE", "Capabilities": [], "Changes": changes,
        })
    }

    pub(super) fn change(
        action: &str,
        logical: &str,
        physical: Option<&str>,
        type_name: &str,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Value {
        let context = |properties: Value| json!({ "Properties": properties }).to_string();
        json!({
            "Action": action, "LogicalResourceId": logical, "PhysicalResourceId": physical, "ResourceType": type_name,
            "Replacement": if action == "Modify" { Some("False") } else { None }, "Scope": ["Properties"], "Details": [],
            "BeforeContext": before.map(context), "AfterContext": after.map(context),
        })
    }

    fn tell(changes: &[Value]) -> String {
        let inventory = estate();
        let input = change_set(changes);
        told(&read(&input, &inventory, &redactor()).unwrap(), &inventory)
    }

    #[test]
    fn a_new_image_makes_a_revision_and_the_service_follows() {
        let container = |image: &str| json!([{"Name": "web", "Image": image, "Environment": [{"Name": "KEY", "Value": "hunter2"}], "PortMappings": [{"ContainerPort": "80"}]}]);
        let definition = |image| json!({"Family": "web", "NetworkMode": "awsvpc", "Cpu": "256", "Memory": "512", "ContainerDefinitions": container(image)});
        let old = format!("{ECS}:task-definition/web:7");
        let mut definition = change(
            "Modify",
            "Definition",
            Some(&old),
            "AWS::ECS::TaskDefinition",
            Some(definition("nginx:1")),
            Some(definition("nginx:2")),
        );
        definition["Replacement"] = json!("True");
        definition["PolicyAction"] = json!("ReplaceAndDelete");
        let mut service = change(
            "Modify",
            "Service",
            Some(&format!("{ECS}:service/prod/web")),
            "AWS::ECS::Service",
            Some(json!({"TaskDefinition": old, "DesiredCount": "2"})),
            Some(json!({"TaskDefinition": KNOWN_AFTER_APPLY, "DesiredCount": "3"})),
        );
        service["Details"] = json!([
            {"Target": {"Attribute": "Properties", "Name": "TaskDefinition", "RequiresRecreation": "Never", "Path": "/Properties/TaskDefinition", "AfterValue": KNOWN_AFTER_APPLY},
             "Evaluation": "Static", "ChangeSource": "ResourceReference", "CausingEntity": "Definition"},
        ]);
        insta::assert_snapshot!(tell(&[service, definition]));
    }

    #[test]
    fn rules_of_a_group_are_changed_one_by_one() {
        let rule = |block: &str| json!({"IpProtocol": "tcp", "FromPort": "80", "ToPort": "80", "CidrIp": block});
        insta::assert_snapshot!(tell(&[
            change(
                "Modify",
                "Group",
                Some("sg-1"),
                "AWS::EC2::SecurityGroup",
                Some(
                    json!({"GroupDescription": "web", "SecurityGroupIngress": [rule("10.0.0.0/16")]})
                ),
                Some(
                    json!({"GroupDescription": "web", "SecurityGroupIngress": [rule("10.1.0.0/16")]})
                ),
            ),
            change(
                "Remove",
                "FromBalancer",
                Some("sgr-1"),
                "AWS::EC2::SecurityGroupIngress",
                Some(
                    json!({"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": "sg-2"})
                ),
                None,
            ),
        ]));
    }

    #[test]
    fn routes_policies_and_the_like_are_parts() {
        insta::assert_snapshot!(tell(&[
            change(
                "Remove",
                "Default",
                Some("rtb-1|0.0.0.0/0"),
                "AWS::EC2::Route",
                Some(
                    json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"})
                ),
                None
            ),
            change(
                "Add",
                "Association",
                None,
                "AWS::EC2::SubnetRouteTableAssociation",
                None,
                Some(json!({"RouteTableId": "rtb-1", "SubnetId": "subnet-2"}))
            ),
            change(
                "Remove",
                "Attachment",
                Some("x"),
                "AWS::EC2::VPCGatewayAttachment",
                Some(json!({"VpcId": "vpc-1", "InternetGatewayId": "igw-1"})),
                None
            ),
            change(
                "Add",
                "Policy",
                None,
                "AWS::IAM::Policy",
                None,
                Some(
                    json!({"PolicyName": "read", "Roles": ["execution", "nobody"], "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": KNOWN_AFTER_APPLY}]}})
                )
            ),
            change(
                "Modify",
                "Role",
                Some("execution"),
                "AWS::IAM::Role",
                Some(
                    json!({"Policies": [{"PolicyName": "pull", "PolicyDocument": {}}], "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"]})
                ),
                Some(
                    json!({"Policies": [], "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]})
                )
            ),
            change(
                "Remove",
                "Alias",
                Some("alias/prod"),
                "AWS::KMS::Alias",
                Some(json!({"AliasName": "alias/prod", "TargetKeyId": "k-1"})),
                None
            ),
        ]));
    }

    #[test]
    fn what_is_made_and_what_goes() {
        let mut kept = change(
            "Remove",
            "Key",
            Some("k-1"),
            "AWS::KMS::Key",
            Some(json!({})),
            None,
        );
        kept["PolicyAction"] = json!("Retain");
        insta::assert_snapshot!(tell(&[
            change(
                "Add",
                "Logs",
                None,
                "AWS::Logs::LogGroup",
                None,
                Some(json!({"LogGroupName": "/ecs/jobs", "RetentionInDays": "7"}))
            ),
            change(
                "Add",
                "Subnet",
                None,
                "AWS::EC2::Subnet",
                None,
                Some(
                    json!({"VpcId": "vpc-1", "CidrBlock": "10.0.3.0/24", "AvailabilityZone": "eu-west-1c"})
                )
            ),
            change(
                "Add",
                "Group",
                None,
                "AWS::EC2::SecurityGroup",
                None,
                Some(
                    json!({"VpcId": "vpc-1", "GroupDescription": "db", "SecurityGroupIngress": [{"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}]})
                )
            ),
            change(
                "Add",
                "Acl",
                None,
                "AWS::EC2::NetworkAclEntry",
                None,
                Some(json!({"RuleNumber": "100"}))
            ),
            change(
                "Remove",
                "Parameter",
                Some("/prod/db"),
                "AWS::SSM::Parameter",
                Some(json!({"Name": "/prod/db", "Value": "hunter2"})),
                None
            ),
            change(
                "Remove",
                "Secret",
                Some("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3"),
                "AWS::SecretsManager::Secret",
                Some(json!({})),
                None
            ),
            change(
                "Remove",
                "Gone",
                Some("nothing"),
                "AWS::ECS::Cluster",
                Some(json!({})),
                None
            ),
            change(
                "Import",
                "Other",
                Some("prod"),
                "AWS::ECS::Cluster",
                None,
                Some(json!({}))
            ),
            kept,
        ]));
    }

    #[test]
    fn without_values_what_changes_is_unknown() {
        let mut service = change(
            "Modify",
            "Service",
            Some(&format!("{ECS}:service/prod/web")),
            "AWS::ECS::Service",
            None,
            None,
        );
        service["Replacement"] = json!("Conditional");
        service["Details"] = json!([
            {"Target": {"Attribute": "Properties", "Name": "NetworkConfiguration", "RequiresRecreation": "Conditionally"}, "Evaluation": "Dynamic", "ChangeSource": "DirectModification"},
            {"Target": {"Attribute": "Properties", "Name": "TaskDefinition", "RequiresRecreation": "Never"}, "Evaluation": "Static", "ChangeSource": "ResourceReference", "CausingEntity": "Nobody"},
            {"Target": {"Attribute": "Tags", "RequiresRecreation": "Never"}, "Evaluation": "Static"},
        ]);
        insta::assert_snapshot!(tell(&[service]));
    }

    #[test]
    fn a_target_group_keeps_what_is_not_said() {
        insta::assert_snapshot!(tell(&[change(
            "Modify",
            "TargetGroup",
            Some(&format!("{ELB}:targetgroup/web/1111")),
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            Some(
                json!({"Name": "web", "HealthCheckPath": "/health", "HealthCheckIntervalSeconds": "30"})
            ),
            Some(
                json!({"Name": "web", "HealthCheckPath": "/ready", "Matcher": {"HttpCode": "200-299"}, "TargetGroupAttributes": [{"Key": "a", "Value": "b"}]})
            ),
        )]));
    }

    #[test]
    fn a_logical_id_is_what_the_reviewer_says() {
        let service = format!("{ECS}:service/prod/web");
        let inventory = estate();
        let found = |told: &[(&str, &str)]| {
            let told: Vec<(String, String)> = told
                .iter()
                .map(|(logical, id)| ((*logical).to_owned(), (*id).to_owned()))
                .collect();
            let input = change_set(&[change(
                "Modify",
                "Web",
                Some("arn:aws:ecs:eu-west-1:123456789012:service/old/web"),
                "AWS::ECS::Service",
                Some(json!({"DesiredCount": 2})),
                Some(json!({"DesiredCount": 0})),
            )]);
            let mapped = Mapped::new(&told, &inventory)?;
            read_mapped(&input, &inventory, &redactor(), &mapped)
        };
        let alone = found(&[]).unwrap();
        assert_eq!(alone.changes[0].matched, Match::NotFound);
        let told = found(&[("Web", &service)]).unwrap();
        assert_eq!(told.changes[0].matched, Match::Matched);
        assert!(told.changes[0].mapped);
        assert!(told.edits.after.contains_key(&ResourceId::new(&service)));
        for (logical, said) in [
            ("Api", "no such address"),
            ("Web", "this is a task definition"),
        ] {
            let id = if logical == "Api" {
                service.clone()
            } else {
                format!("{ECS}:task-definition/web:7")
            };
            let error = found(&[(logical, &id)]).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains(logical), "{error}");
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut input = change_set(&[]);
        input["NextToken"] = json!("token");
        input["Status"] = json!("FAILED");
        input["StatusReason"] = json!("The submitted information didn't contain changes.");
        let proposal = read(&input, &estate(), &redactor()).unwrap();
        assert_eq!(proposal.notes.len(), 2, "{:?}", proposal.notes);
        assert!(proposal.notes[0].contains("NextToken"));
        assert!(proposal.notes[1].contains("didn't contain changes"));
    }

    #[test]
    fn secrets_do_not_come_through() {
        let told = tell(&[
            change(
                "Add",
                "Parameter",
                None,
                "AWS::SSM::Parameter",
                None,
                Some(json!({"Name": "/a", "Type": "String", "Value": "hunter2"})),
            ),
            change(
                "Modify",
                "Secret",
                Some("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3"),
                "AWS::SecretsManager::Secret",
                Some(json!({"SecretString": "hunter2"})),
                Some(json!({"SecretString": "hunter2 and more"})),
            ),
            change(
                "Add",
                "Rule",
                None,
                "AWS::ElasticLoadBalancingV2::ListenerRule",
                None,
                Some(
                    json!({"ListenerArn": format!("{ELB}:listener/app/web/1/2"), "Priority": 1, "Conditions": [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-From", "Values": ["hunter2"]}}, {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "k", "Value": "hunter2"}]}}], "Actions": [{"Type": "forward", "TargetGroupArn": format!("{ELB}:targetgroup/web/1111")}]}),
                ),
            ),
            change(
                "Add",
                "Function",
                None,
                "AWS::Lambda::Function",
                None,
                Some(json!({"FunctionName": "f", "Environment": {"Variables": {"A": "hunter2"}}})),
            ),
        ]);
        assert!(!told.contains("hunter2"), "{told}");
        let machine = json!({"States": {"a": {"Parameters": {"Overrides": {"ContainerOverrides": [{"Environment": [{"Name": "A", "Value": "hunter2"}]}]}}}}});
        for (type_name, properties) in [
            (
                "AWS::StepFunctions::StateMachine",
                json!({"StateMachineName": "plain", "DefinitionString": machine.to_string(), "Definition": machine}),
            ),
            (
                "AWS::SNS::Subscription",
                json!({"TopicArn": "plain", "Protocol": "https", "Endpoint": "https://example.com/hunter2"}),
            ),
            (
                "AWS::SNS::Topic",
                json!({"TopicName": "plain", "Subscription": [{"Protocol": "email", "Endpoint": "hunter2@example.com"}]}),
            ),
            (
                "AWS::Route53::RecordSet",
                json!({"Name": "plain", "Type": "TXT", "ResourceRecords": ["\"hunter2\"", "hunter2"]}),
            ),
            (
                "AWS::Route53::RecordSetGroup",
                json!({"Comment": "plain", "RecordSets": [{"Type": "TXT", "ResourceRecords": ["hunter2"]}, {"Type": "A", "ResourceRecords": ["192.0.2.41"]}]}),
            ),
            (
                "AWS::ApiGateway::ApiKey",
                json!({"Name": "plain", "Value": "hunter2"}),
            ),
            (
                "AWS::Events::Connection",
                json!({"Name": "plain", "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "a", "ApiKeyValue": "hunter2"}, "InvocationHttpParameters": {"HeaderParameters": [{"Key": "a", "Value": "hunter2"}]}}}),
            ),
            (
                "AWS::Batch::JobDefinition",
                json!({"Name": "plain", "Text": "{\"environment\": {\"A\": \"hunter2\"}}"}),
            ),
            ("Custom::plain", json!({"Seed": "hunter2"})),
            ("Datadog::Monitors::plain", json!({"Query": "hunter2"})),
            (
                "AWS::CloudFormation::CustomResource",
                json!({"ServiceToken": "hunter2", "plain": "hunter2"}),
            ),
        ] {
            let told = tell(&[change("Add", "X", None, type_name, None, Some(properties))]);
            assert!(
                !told.contains("hunter2") && !told.contains("192.0.2.41"),
                "{told}"
            );
            assert!(told.contains("plain"), "{told}");
        }
        let queue = "arn:aws:sqs:eu-west-1:123456789012:a";
        let told = tell(&[
            change(
                "Add",
                "A",
                None,
                "AWS::SNS::Subscription",
                None,
                Some(json!({"Protocol": "sqs", "Endpoint": queue})),
            ),
            change(
                "Add",
                "B",
                None,
                "AWS::Route53::RecordSet",
                None,
                Some(json!({"Type": "CNAME", "ResourceRecords": ["other.example.com"]})),
            ),
            change(
                "Add",
                "C",
                None,
                "AWS::Route53::RecordSet",
                None,
                Some(json!({"Type": "A", "ResourceRecords": [KNOWN_AFTER_APPLY]})),
            ),
        ]);
        assert!(
            told.contains(queue)
                && told.contains("other.example.com")
                && told.contains(KNOWN_AFTER_APPLY),
            "{told}"
        );
    }
}
