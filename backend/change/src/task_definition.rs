//! A task definition that is to be registered: the input of `aws ecs register-task-definition`, or what describing one gives. It is
//! compared with the revision that its family's services run, and they are taken to be updated to it.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{Arn, Inventory, Redactor, ResourceId, ResourceKind, redact::is_fingerprint};
use serde_json::{Map, Value};

use crate::{
    Action, AttributeChange, Change, ChangeError, Match, New, Place, Proposal, Workbench, birth,
    patch,
    redaction::redact,
    service,
    shape::{Dialect, Shaped, shape},
};

const FORMAT: &str = "task definition";

const KIND: ResourceKind = ResourceKind::EcsTaskDefinition;

/// What AWS gives to each revision, which is no change that anybody proposes.
const GIVEN_BY_AWS: [&str; 9] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "compatibilities",
    "requiresAttributes",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

/// Services that run a family, in one account and region.
#[derive(Default)]
struct Users {
    services: Vec<ResourceId>,
    /// The revision that they run: the highest, where they differ; else the highest that is known.
    revision: Option<(u32, ResourceId)>,
}

/// Reads the input of `RegisterTaskDefinition`, or `{"taskDefinition": {...}}`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>
pub(crate) fn read(
    input: Value,
    inventory: &Inventory,
    redactor: &Redactor,
) -> Result<Proposal, ChangeError> {
    let unusable = |why: &str| ChangeError::Unusable {
        what: FORMAT,
        why: why.to_owned(),
    };
    let mut input = match input {
        Value::Object(mut outer) => match outer.remove("taskDefinition") {
            Some(inner) => inner,
            None => Value::Object(outer),
        },
        other => other,
    };
    // Whoever sent fingerprints has no key of ours: what they stand for cannot be compared.
    let mut foreign = BTreeSet::new();
    fingerprints(&input, &mut foreign);
    redact(Some(KIND), &mut input, redactor);
    let Value::Object(input) = input else {
        return Err(unusable("it should be an object"));
    };
    let shaped = shape(KIND, input.clone(), Dialect::Api);
    let family = birth::text(&shaped.facts, "family")
        .ok_or_else(|| unusable("it has no `family`"))?
        .to_owned();
    if !shaped
        .facts
        .get("containerDefinitions")
        .is_some_and(Value::is_array)
    {
        return Err(unusable(
            "its `containerDefinitions` should be a list of containers",
        ));
    }
    let of_description =
        birth::text(&shaped.facts, "taskDefinitionArn").and_then(|arn| Arn::parse(arn).ok());

    let mut workbench = Workbench::new(inventory, redactor);
    let mut places = users(&workbench, &family);
    if let Some(arn) = of_description {
        places.retain(|(account, region), _| account == arn.account() && region == arn.region());
    }
    if places.is_empty() {
        let here = workbench.place();
        places.insert(
            (here.account.clone(), here.region.clone()),
            Users::default(),
        );
    }
    let mut changes = Vec::new();
    let alone = places.len() == 1;
    for ((account, region), users) in places {
        let place = Place {
            partition: workbench.place().partition.clone(),
            account,
            region,
        };
        let address = if alone {
            family.clone()
        } else {
            format!("{family}@{}/{}", place.account, place.region)
        };
        let given = Given {
            input: &input,
            shaped: &shaped,
            foreign: &foreign,
        };
        register(&given, address, &place, users, &mut workbench, &mut changes);
    }
    Ok(Proposal {
        changes,
        edits: workbench.finish(),
        notes: Vec::new(),
    })
}

/// Who runs the family, and which revisions of it are known, by account and region.
fn users(workbench: &Workbench<'_>, family: &str) -> BTreeMap<(String, String), Users> {
    let mut places: BTreeMap<(String, String), Users> = BTreeMap::new();
    let key = |arn: &Arn| (arn.account().to_owned(), arn.region().to_owned());
    for service in workbench.live(ResourceKind::EcsService) {
        let facts = service.attributes.to_value();
        let run = facts.get("taskDefinition").and_then(Value::as_str);
        let run = run.and_then(|run| Arn::parse(run).ok());
        let Some((run, revision)) = run.and_then(|run| Some((revision_of(&run, family)?, run)))
        else {
            continue;
        };
        let users = places.entry(key(&revision)).or_default();
        users.services.push(service.id.clone());
        users.revision = users.revision.take().max(Some((run, revision.into())));
    }
    for definition in workbench.live(KIND) {
        let Some(arn) = definition.id.arn() else {
            continue;
        };
        let Some(revision) = revision_of(&arn, family) else {
            continue;
        };
        let users = places.entry(key(&arn)).or_default();
        if users.services.is_empty() {
            users.revision = users.revision.take().max(Some((revision, arn.into())));
        }
    }
    places
}

fn revision_of(arn: &Arn, family: &str) -> Option<u32> {
    let (own, revision) = arn
        .resource()
        .strip_prefix("task-definition/")?
        .rsplit_once(':')?;
    (own == family && arn.service() == "ecs").then_some(())?;
    revision.parse().ok()
}

struct Given<'g> {
    input: &'g Map<String, Value>,
    shaped: &'g Shaped,
    foreign: &'g BTreeSet<String>,
}

/// Every fingerprint inside a value.
fn fingerprints(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_fingerprint(text) => {
            found.insert(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|own| fingerprints(own, found)),
        Value::Object(fields) => fields.values().for_each(|own| fingerprints(own, found)),
        _ => {}
    }
}

/// Takes over from the last revision what cannot be compared with it: parts of lists are the same by name, or by place.
fn adopt(value: &mut Value, before: &Value, foreign: &BTreeSet<String>) {
    match (value, before) {
        (Value::String(text), Value::String(known))
            if foreign.contains(text) && is_fingerprint(known) =>
        {
            text.clone_from(known);
        }
        (Value::Object(fields), Value::Object(known)) => {
            for (name, value) in fields {
                if let Some(known) = known.get(name) {
                    adopt(value, known, foreign);
                }
            }
        }
        (Value::Array(values), Value::Array(known)) => {
            for (place, value) in values.iter_mut().enumerate() {
                let same = match value.get("name") {
                    Some(name) => known.iter().find(|own| own.get("name") == Some(name)),
                    None => known.get(place),
                };
                if let Some(same) = same {
                    adopt(value, same, foreign);
                }
            }
        }
        _ => {}
    }
}

fn register(
    given: &Given<'_>,
    address: String,
    place: &Place,
    users: Users,
    workbench: &mut Workbench<'_>,
    changes: &mut Vec<Change>,
) {
    let before = users.revision.and_then(|(_, id)| workbench.facts(&id));
    let mut facts = given.shaped.facts.clone();
    facts.retain(|_, value| !value.is_null());
    if let Some(before) = before.as_ref().and_then(Value::as_object) {
        for (name, value) in &mut facts {
            if let Some(before) = before.get(name) {
                adopt(value, before, given.foreign);
            }
        }
    }
    for field in GIVEN_BY_AWS {
        facts.remove(field);
    }
    // What an instance must have AWS works out anew for each revision; from the outside the last one tells most.
    let field = "requiresAttributes";
    if let Some(value) = before.as_ref().and_then(|before| before.get(field)) {
        facts.insert(field.to_owned(), value.clone());
    }
    let Some((own, certain)) = birth::arn(workbench, KIND, &address, &facts, place) else {
        return;
    };
    birth::complete(workbench, KIND, &own, place, &mut facts);
    let problems = patch::unjudged(
        KIND,
        given.shaped,
        &[
            "registeredBy",
            "deregisteredAt",
            "deleteRequestedAt",
            "tags",
        ],
    );
    changes.push(Change {
        address: address.clone(),
        type_name: String::new(),
        action: Action::Create,
        matched: Match::Created,
        resource: Some(workbench.id_of_new(&address, &own, certain)),
        kind: Some(KIND),
        attributes: shown(given.input, before.as_ref(), &facts, workbench.redactor()),
        problems,
        ..Change::default()
    });
    let arn = own.to_string();
    let id = workbench.create(New {
        kind: KIND,
        address,
        name: Some(own.resource_name().to_owned()),
        own,
        certain,
        facts: Value::Object(facts),
    });
    for field in &given.shaped.unknown {
        workbench.unknown(&id, field.clone());
    }
    for id in users.services {
        let fact =
            |workbench: &Workbench<'_>| Some(workbench.facts(&id)?.get("taskDefinition")?.clone());
        let before = fact(workbench);
        workbench.change(&id, |facts| {
            let new = Map::from_iter([("taskDefinition".to_owned(), arn.clone().into())]);
            patch::merge(facts, Value::Object(new));
        });
        service::settle(workbench, &id);
        let after = fact(workbench);
        let name = workbench
            .before(&id)
            .map_or_else(String::new, |service| service.name.to_string());
        changes.push(Change {
            address: name,
            type_name: String::new(),
            action: Action::Update,
            matched: Match::Matched,
            resource: Some(id.clone()),
            kind: Some(ResourceKind::EcsService),
            attributes: vec![AttributeChange {
                name: "taskDefinition".to_owned(),
                before,
                after,
                ..AttributeChange::default()
            }],
            ..Change::default()
        });
    }
}

/// What becomes other than in the last revision; what blastmap does not judge is there as it is given.
fn shown(
    input: &Map<String, Value>,
    before: Option<&Value>,
    after: &Map<String, Value>,
    redactor: &Redactor,
) -> Vec<AttributeChange> {
    let none = Map::new();
    let before = before.and_then(Value::as_object).unwrap_or(&none);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let judged = names
        .iter()
        .filter(|name| !GIVEN_BY_AWS.contains(&name.as_str()))
        .flat_map(|name| {
            let (one, other) = (before.get(*name), after.get(*name));
            patch::shown(Some(KIND), name, one, other, false, redactor)
        });
    let known = |name: &str| {
        let mut own = names.iter().map(|own| own.as_str()).chain(GIVEN_BY_AWS);
        own.any(|own| own.eq_ignore_ascii_case(name))
    };
    let others = input
        .iter()
        .filter(|(name, value)| !known(name) && !is_nothing(value))
        .flat_map(|(name, value)| {
            patch::shown(Some(KIND), name, None, Some(value), false, redactor)
        });
    let mut changes: Vec<_> = judged.chain(others).collect();
    changes.sort_by(|one, other| one.name.cmp(&other.name));
    changes
}

/// Describing gives empty lists for what nobody set.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::{estate, redactor, told};

    fn tell(input: Value) -> String {
        let inventory = estate();
        told(&read(input, &inventory, &redactor()).unwrap(), &inventory)
    }

    fn web() -> Value {
        json!({
            "family": "web", "networkMode": "awsvpc", "cpu": "512", "memory": "1024", "requiresCompatibilities": ["FARGATE"],
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            "containerDefinitions": [{
                "name": "web", "image": "nginx:2", "portMappings": [{"containerPort": 80}],
                "environment": [{"name": "MODE", "value": "production"}, {"name": "KEY", "value": "hunter2"}],
                "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}],
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1"}},
            }],
            "tags": [{"key": "team", "value": "web"}],
        })
    }

    #[test]
    fn values_that_were_taken_out_elsewhere_count_as_they_were() {
        let (ours, other) = (redactor(), Redactor::new([9; 32]));
        let definition = |key: &Redactor, values: [&str; 2]| {
            let variable =
                |name: &str, value: &str| json!({"name": name, "value": key.fingerprint(value)});
            json!({"containerDefinitions": [{"name": "web", "image": "nginx:2", "command": [key.fingerprint("run")], "environment": [variable("A", values[0]), variable("B", values[1])]}]})
        };
        let before = definition(&ours, ["one", "two"]);
        let mut input = definition(&other, ["one", "else"]);
        let mut foreign = BTreeSet::new();
        fingerprints(&input, &mut foreign);
        adopt(&mut input, &before, &foreign);
        assert_eq!(input, before);
        // What has our own fingerprints is compared.
        let mut input = definition(&ours, ["one", "else"]);
        adopt(&mut input, &before, &BTreeSet::new());
        assert_ne!(input, before);
    }

    #[test]
    fn services_of_every_region_go_to_the_new_revision() {
        insta::assert_snapshot!(tell(web()));
    }

    #[test]
    fn a_description_says_where() {
        let mut described = web();
        described["taskDefinitionArn"] =
            json!("arn:aws:ecs:us-east-1:123456789012:task-definition/web:3");
        described["revision"] = json!(3);
        described["status"] = json!("ACTIVE");
        described["registeredAt"] = json!("2026-11-01T10:00:00+00:00");
        described["volumes"] = json!([]);
        insta::assert_snapshot!(tell(json!({"taskDefinition": described, "tags": []})));
    }

    #[test]
    fn a_family_without_services_is_compared_with_its_last_revision() {
        insta::assert_snapshot!(tell(
            json!({"family": "jobs", "containerDefinitions": [{"name": "web", "image": "nginx:1"}]})
        ));
    }

    #[test]
    fn an_unknown_family_is_only_made() {
        insta::assert_snapshot!(tell(
            json!({"family": "new", "containerDefinitions": [{"name": "new", "image": "new:1", "memory": "big"}]})
        ));
    }

    #[test]
    fn what_is_no_task_definition_is_refused() {
        let (inventory, redactor) = (estate(), redactor());
        let cases = [
            (json!({"containerDefinitions": []}), "no `family`"),
            (
                json!({"family": "web"}),
                "`containerDefinitions` should be a list",
            ),
            (
                json!({"family": "web", "containerDefinitions": {}}),
                "`containerDefinitions` should be a list",
            ),
            (json!({"taskDefinition": "web:1"}), "should be an object"),
        ];
        for (input, expected) in cases {
            let message = read(input, &inventory, &redactor).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
