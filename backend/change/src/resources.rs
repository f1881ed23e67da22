//! Changes to resources of the graph, given by their ids and AWS's own field names: the API's `ChangeInput.resources`.

use blastmap_model::{Arn, Inventory, Presence, Redactor, ResourceId, ResourceKind, kinds};
use serde_json::{Map, Value};

use crate::{
    Action, Change, ChangeError, Lookup, Match, New, Place, Proposal, Workbench, birth, deletion,
    patch,
    redaction::redact,
    service,
    shape::{Dialect, Shaped, shape},
};

/// A change to one resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourceChange {
    /// Its id in the graph; a name or one of EC2's ids where nothing else goes by it.
    pub id: String,
    pub action: Action,
    /// New values in AWS's field names. An update puts them over what is there: objects are merged, lists replaced, null takes away.
    pub attributes: Map<String, Value>,
    /// Of what is created, where the id does not say it.
    pub kind: Option<ResourceKind>,
}

const FORMAT: &str = "list of resource changes";

/// Reads `{"resources": [{"id", "action", "attributes"}]}`.
pub(crate) fn parse(input: &Value) -> Result<Vec<ResourceChange>, ChangeError> {
    let unusable = |why: String| ChangeError::Unusable { what: FORMAT, why };
    let list = input
        .get("resources")
        .and_then(Value::as_array)
        .ok_or_else(|| unusable("`resources` should be a list".to_owned()))?;
    let mut changes = Vec::with_capacity(list.len());
    for (index, own) in list.iter().enumerate() {
        let at = |what: &str| unusable(format!("resources[{index}] {what}"));
        let text = |field: &str| own.get(field).and_then(Value::as_str);
        let id = text("id").ok_or_else(|| at("has no `id`: give its ARN, its id or its name"))?;
        let action = text("action").and_then(action_of).ok_or_else(|| {
            at("has no `action` that is one of CREATE, UPDATE, REPLACE, DELETE, NO_OP, READ, FORGET")
        })?;
        let attributes = match own.get("attributes") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(attributes)) => attributes.clone(),
            Some(_) => return Err(at("has `attributes` that are no object")),
        };
        let kind = match text("kind") {
            None => None,
            Some(kind) => Some(
                kind.parse()
                    .map_err(|_unknown| at("has a `kind` that blastmap does not know"))?,
            ),
        };
        changes.push(ResourceChange {
            id: id.to_owned(),
            action,
            attributes,
            kind,
        });
    }
    Ok(changes)
}

fn action_of(name: &str) -> Option<Action> {
    [
        Action::Create,
        Action::Update,
        Action::Replace,
        Action::Delete,
        Action::NoOp,
        Action::Read,
        Action::Forget,
    ]
    .into_iter()
    .find(|action| action.name().eq_ignore_ascii_case(name))
}

/// What these changes come to.
pub fn propose(changes: &[ResourceChange], inventory: &Inventory, redactor: &Redactor) -> Proposal {
    let mut workbench = Workbench::new(inventory, redactor);
    let changes = changes
        .iter()
        .map(|change| apply(change, &mut workbench))
        .collect();
    Proposal {
        changes,
        edits: workbench.finish(),
        notes: Vec::new(),
    }
}

fn apply(given: &ResourceChange, workbench: &mut Workbench<'_>) -> Change {
    let mut change = Change {
        address: workbench.redactor().scrub(&given.id).into_owned(),
        action: given.action,
        // A replacement of the same name can come only after the deletion.
        deletes_first: given.action == Action::Replace,
        ..Change::default()
    };
    let found = locate(given, workbench);
    change.kind = found.kind;
    match found.lookup {
        Lookup::One(id) => {
            change.matched = Match::Matched;
            change.resource = Some(id.clone());
            match given.action {
                Action::Create => create_known(given, &id, &mut change, workbench),
                Action::Update => update(given, &id, &mut change, workbench),
                Action::Replace => replace(given, &id, &mut change, workbench),
                Action::Delete => deletion::delete(workbench, &id),
                Action::NoOp | Action::Read | Action::Forget => {}
            }
        }
        Lookup::Nothing if given.action == Action::Create => create(given, &mut change, workbench),
        Lookup::Nothing => change.matched = Match::NotFound,
        Lookup::Several => {
            change.matched = Match::Ambiguous;
            change
                .problems
                .push("several resources go by this name: give the ARN".to_owned());
        }
    }
    change
        .attributes
        .sort_by(|one, other| one.name.cmp(&other.name));
    change
}

struct Found {
    lookup: Lookup,
    kind: Option<ResourceKind>,
}

fn locate(given: &ResourceChange, workbench: &mut Workbench<'_>) -> Found {
    let id = given.id.trim();
    if let Some(known) = workbench.inventory().find(id) {
        let resource = workbench.inventory().resource(known);
        return Found {
            lookup: Lookup::One(resource.id.clone()),
            kind: Some(resource.kind),
        };
    }
    let by_arn = Arn::parse(id).ok();
    let kind = given
        .kind
        .or_else(|| ResourceKind::of_arn(by_arn.as_ref()?));
    if let Some(kind) = kind {
        return Found {
            lookup: workbench.find(kind, &[id], None),
            kind: Some(kind),
        };
    }
    let mut found = Found {
        lookup: Lookup::Nothing,
        kind: None,
    };
    if by_arn.is_some() {
        return found;
    }
    for kind in ResourceKind::ALL {
        match (workbench.find(*kind, &[id], None), &found.lookup) {
            (Lookup::Nothing, _) => {}
            (one @ Lookup::One(_), Lookup::Nothing) => {
                found.lookup = one;
                found.kind = Some(*kind);
            }
            _ => {
                found.lookup = Lookup::Several;
                found.kind = None;
                break;
            }
        }
    }
    found
}

/// The given attributes as facts without secrets.
fn shaped(
    given: &ResourceChange,
    kind: ResourceKind,
    change: &mut Change,
    workbench: &Workbench<'_>,
) -> Shaped {
    let mut attributes = Value::Object(given.attributes.clone());
    redact(Some(kind), &mut attributes, workbench.redactor());
    let attributes = match attributes {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    };
    let shaped = shape(kind, attributes, Dialect::Api);
    change.problems.extend(patch::problems(kind, &shaped));
    shaped
}

/// Lists what changes by the names that the input has.
fn show(
    given: &ResourceChange,
    kind: ResourceKind,
    before: &Value,
    after: &Value,
    change: &mut Change,
    redactor: &Redactor,
) {
    let fact = |facts: &Value, name: &str| {
        let mut own = facts.as_object()?.iter();
        let own = own.find(|(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.clone())
    };
    for (name, value) in &given.attributes {
        let (one, other) = (fact(before, name), fact(after, name));
        if one.is_none() && other.is_none() && !value.is_null() {
            change.attributes.push(patch::strange(name, redactor));
        } else {
            change.attributes.extend(patch::shown(
                Some(kind),
                name,
                one.as_ref(),
                other.as_ref(),
                false,
                redactor,
            ));
        }
    }
}

fn update(
    given: &ResourceChange,
    id: &ResourceId,
    change: &mut Change,
    workbench: &mut Workbench<'_>,
) {
    let Some(kind) = change.kind else { return };
    let shaped = shaped(given, kind, change, workbench);
    let Some(before) = workbench.facts(id) else {
        change.problems.push(not_there(id, workbench));
        return;
    };
    if given.action == Action::Update && given.attributes.is_empty() {
        change
            .problems
            .push("no new values are given: what they would break is not judged".to_owned());
    }
    workbench.change(id, |facts| {
        patch::merge(facts, Value::Object(shaped.facts));
    });
    for field in shaped.unknown {
        workbench.unknown(id, field);
    }
    if kind == ResourceKind::EcsService {
        service::settle(workbench, id);
    }
    let after = workbench.facts(id).unwrap_or_default();
    let redactor = workbench.redactor();
    show(given, kind, &before, &after, change, redactor);
}

fn not_there(id: &ResourceId, workbench: &Workbench<'_>) -> String {
    let presence = workbench.before(id).map(|resource| resource.presence);
    match presence {
        Some(Presence::Missing) => "it does not exist: not judged",
        Some(Presence::Unreadable) => {
            "it could not be read, so what it is now is not known: not judged"
        }
        Some(Presence::Outside) => "it is not crawled, so what it is now is not known: not judged",
        _ => "this change deletes it before: not judged",
    }
    .to_owned()
}

/// A new one in the place of the old. Where AWS makes the ARN of the name it stays, and everybody who names it names the new one.
fn replace(
    given: &ResourceChange,
    id: &ResourceId,
    change: &mut Change,
    workbench: &mut Workbench<'_>,
) {
    let Some(kind) = change.kind else { return };
    if birth::is_named_by_its_owner(kind) {
        return update(given, id, change, workbench);
    }
    let shaped = shaped(given, kind, change, workbench);
    let (Some(before), Some(own)) = (workbench.facts(id), workbench.own(id)) else {
        change.problems.push(not_there(id, workbench));
        return;
    };
    let place = place_of(&own);
    let mut facts = before.clone();
    patch::merge(&mut facts, Value::Object(shaped.facts));
    let mut facts = match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    };
    let (family, _) = own
        .resource_name()
        .rsplit_once(':')
        .filter(|_| kind == ResourceKind::EcsTaskDefinition)
        .unwrap_or((own.last_part(), ""));
    let address = family.to_owned();
    let Some((new, _)) = birth::arn(workbench, kind, &address, &facts, &place) else {
        change
            .problems
            .push("blastmap cannot tell what AWS will call the new one: not judged".to_owned());
        return;
    };
    birth::complete(workbench, kind, &new, &place, &mut facts);
    let after = Value::Object(facts);
    let redactor = workbench.redactor();
    show(given, kind, &before, &after, change, redactor);
    deletion::delete(workbench, id);
    workbench.create(New {
        kind,
        address,
        name: workbench
            .before(id)
            .map(|resource| resource.name.to_string()),
        own: new,
        certain: false,
        facts: after,
    });
}

/// Something that others name already, and that is made now.
fn create_known(
    given: &ResourceChange,
    id: &ResourceId,
    change: &mut Change,
    workbench: &mut Workbench<'_>,
) {
    if workbench.is_there(id) {
        change
            .problems
            .push("it is there already: not judged".to_owned());
        return;
    }
    if let Some(own) = workbench.own(id) {
        make(given, own, true, change, workbench);
    }
}

fn create(given: &ResourceChange, change: &mut Change, workbench: &mut Workbench<'_>) {
    if let Ok(own) = Arn::parse(&given.id) {
        return make(given, own, true, change, workbench);
    }
    let Some(kind) = change.kind.or_else(|| kind_of(&given.attributes)) else {
        change.matched = Match::UnsupportedType;
        change
            .problems
            .push("nothing says what it is: give its ARN as id, or a kind".to_owned());
        return;
    };
    change.kind = Some(kind);
    let place = workbench.place().clone();
    let mut facts = shape(kind, given.attributes.clone(), Dialect::Api).facts;
    if let Some(field) = name_field(kind) {
        let named = || Value::String(given.id.clone());
        facts.entry(field).or_insert_with(named);
    }
    match birth::arn(workbench, kind, &given.id, &facts, &place) {
        Some((own, certain)) => make(given, own, certain, change, workbench),
        None => change.matched = Match::UnsupportedType,
    }
}

fn make(
    given: &ResourceChange,
    own: Arn,
    certain: bool,
    change: &mut Change,
    workbench: &mut Workbench<'_>,
) {
    let Some(kind) = change.kind else {
        change.matched = Match::UnsupportedType;
        return;
    };
    let place = place_of(&own);
    let mut facts = shaped(given, kind, change, workbench).facts;
    facts.retain(|_, value| !value.is_null());
    birth::complete(workbench, kind, &own, &place, &mut facts);
    let after = Value::Object(facts);
    let redactor = workbench.redactor();
    show(given, kind, &Value::Null, &after, change, redactor);
    let id = workbench.create(New {
        kind,
        address: given.id.clone(),
        name: None,
        own,
        certain,
        facts: after,
    });
    if kind == ResourceKind::EcsService {
        service::settle(workbench, &id);
    }
    change.matched = Match::Created;
    change.resource = Some(id);
}

/// The only kind that has all of these facts.
fn kind_of(attributes: &Map<String, Value>) -> Option<ResourceKind> {
    if attributes.is_empty() {
        return None;
    }
    let fits = |kind: &&ResourceKind| {
        let shaped = shape(**kind, attributes.clone(), Dialect::Api);
        shaped.strange.is_empty() && shaped.unfit.is_empty()
    };
    let mut kinds = kinds::WITH_FACTS.iter().filter(fits);
    match (kinds.next(), kinds.next()) {
        (Some(kind), None) => Some(*kind),
        _ => None,
    }
}

/// The fact that is a resource's name, of which AWS makes its ARN.
fn name_field(kind: ResourceKind) -> Option<&'static str> {
    Some(match kind {
        ResourceKind::EcsService => "serviceName",
        ResourceKind::EcsCluster => "clusterName",
        ResourceKind::EcsCapacityProvider => "name",
        ResourceKind::EcsTaskDefinition => "family",
        ResourceKind::IamRole => "RoleName",
        ResourceKind::IamPolicy => "PolicyName",
        ResourceKind::LoadBalancer => "LoadBalancerName",
        ResourceKind::TargetGroup => "TargetGroupName",
        ResourceKind::LogGroup => "logGroupName",
        ResourceKind::SsmParameter | ResourceKind::Secret => "Name",
        ResourceKind::EcrRepository => "repositoryName",
        ResourceKind::SecurityGroup => "GroupName",
        _ => return None,
    })
}

fn place_of(own: &Arn) -> Place {
    Place {
        partition: own.partition().to_owned(),
        account: own.account().to_owned(),
        region: own.region().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::{ECS, estate, redactor, told};

    fn tell(resources: &Value) -> String {
        let inventory = estate();
        let changes = parse(&json!({ "resources": resources })).unwrap();
        told(&propose(&changes, &inventory, &redactor()), &inventory)
    }

    #[test]
    fn drains_an_instance() {
        let id = format!("{ECS}:container-instance/prod/0123456789abcdef");
        insta::assert_snapshot!(tell(&json!([
            {"id": id, "action": "UPDATE", "attributes": {"status": "DRAINING"}},
        ])));
    }

    #[test]
    fn updates_merge_objects_and_replace_lists() {
        insta::assert_snapshot!(tell(&json!([
            {"id": format!("{ECS}:service/prod/web"), "action": "update", "attributes": {
                "DesiredCount": 4,
                "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-2"]}},
                "taskDefinition": "web:6",
                "deploymentConfiguration": {"strategy": null},
                "launchType": "FARGATE",
            }},
        ])));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        insta::assert_snapshot!(tell(&json!([
            {"id": format!("{ECS}:service/prod/web"), "action": "UPDATE", "attributes": {
                "desiredCount": "four", "colour": "blue", "networkConfiguration": {"awsvpcConfiguration": {"subnets": "subnet-2", "vlan": 1}},
            }},
        ])));
    }

    #[test]
    fn deletes_as_the_kind_does() {
        insta::assert_snapshot!(tell(&json!([
            {"id": "alias/prod", "action": "DELETE"},
            {"id": "db", "action": "DELETE"},
            {"id": "web:6", "action": "DELETE"},
            {"id": "rtb-1", "action": "DELETE"},
            {"id": "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1", "action": "DELETE"},
        ])));
    }

    #[test]
    fn names_that_lead_nowhere_or_to_many_change_nothing() {
        insta::assert_snapshot!(tell(&json!([
            {"id": "web", "action": "DELETE"},
            {"id": "nobody", "action": "DELETE"},
            {"id": "arn:aws:ecs:eu-west-1:123456789012:service/prod/nobody", "action": "UPDATE", "attributes": {"desiredCount": 1}},
            {"id": "arn:aws:rds:eu-west-1:123456789012:db:orders", "action": "CREATE"},
            {"id": "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/jobs", "action": "UPDATE", "attributes": {"retentionInDays": 1}},
            {"id": "/ecs/web", "action": "NO_OP"},
        ])));
    }

    #[test]
    fn creates_by_arn_by_kind_and_by_what_it_is_made_of() {
        insta::assert_snapshot!(tell(&json!([
            {"id": "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/jobs", "action": "CREATE", "attributes": {"retentionInDays": 1}},
            {"id": "private", "action": "CREATE", "kind": "SUBNET", "attributes": {"VpcId": "vpc-1", "CidrBlock": "10.0.3.0/24"}},
            {"id": "table", "action": "CREATE", "attributes": {"VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-2"}]}},
            {"id": "new", "action": "CREATE"},
            {"id": "/ecs/web", "action": "CREATE", "kind": "LOG_GROUP"},
        ])));
    }

    #[test]
    fn replaces_under_a_new_id_where_aws_gives_it() {
        insta::assert_snapshot!(tell(&json!([
            {"id": "sg-1", "action": "REPLACE", "attributes": {"IpPermissions": []}},
            {"id": "/ecs/web", "action": "REPLACE", "attributes": {"logGroupClass": "INFREQUENT_ACCESS"}},
            {"id": "web:7", "action": "REPLACE", "attributes": {"cpu": "512"}, "kind": "ECS_TASK_DEFINITION"},
        ])));
    }

    #[test]
    fn secrets_do_not_come_through() {
        let told = tell(&json!([
            {"id": format!("{ECS}:task-definition/jobs:1"), "action": "UPDATE", "attributes": {
                "containerDefinitions": [{"name": "jobs", "image": "jobs:1", "environment": [{"name": "A", "value": "hunter2"}], "command": ["hunter2"]}],
                "password": "hunter2",
                "something": "hunter2",
            }},
            {"id": "/prod/db", "action": "UPDATE", "attributes": {"Value": "hunter2", "Description": "postgres://app:hunter2@db/app"}},
            {"id": "db2", "action": "CREATE", "kind": "SECRET", "attributes": {"Name": "db2", "SecretString": "hunter2"}},
            {"id": "arn:aws:route53:::hostedzone/Z1#a.example.com/TXT", "action": "CREATE", "attributes": {"Type": "TXT", "ResourceRecords": [{"Value": "hunter2"}]}},
            {"id": "arn:aws:sns:eu-west-1:123456789012:a", "action": "CREATE", "attributes": {"Subscriptions": [{"Protocol": "email", "Endpoint": "hunter2@example.com"}]}},
        ]));
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn what_is_no_list_of_changes_is_refused() {
        let cases = [
            (json!({"resources": {}}), "`resources` should be a list"),
            (json!({"resources": [1]}), "resources[0] has no `id`"),
            (
                json!({"resources": [{"id": "a", "action": "DRAIN"}]}),
                "resources[0] has no `action` that is one of CREATE",
            ),
            (
                json!({"resources": [{"id": "a", "action": "UPDATE", "attributes": 1}]}),
                "resources[0] has `attributes` that are no object",
            ),
            (
                json!({"resources": [{"id": "a", "action": "UPDATE", "kind": "X"}]}),
                "resources[0] has a `kind`",
            ),
        ];
        for (input, expected) in cases {
            let message = parse(&input).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
