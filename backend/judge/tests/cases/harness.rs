//! A case: an estate, a change, and the right answer.

use blastmap_change::{Action, Change, Match, Proposal};
use blastmap_graph::Snapshot;
use blastmap_judge::{Assessment, Impact, Level, Outcome, assess, estate::Estate};
use blastmap_model::{After, Edits, Phase, Presence, Redactor, ResourceKind};
use serde_json::{Value, json};

/// What a change is meant to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    Harmless,
    Harmful,
    Refused,
}

/// Kinds of which nothing may be told but what a case says.
const TOLD: &[ResourceKind] = &[
    ResourceKind::EcsService,
    ResourceKind::EcsTask,
    ResourceKind::TargetGroup,
    ResourceKind::ListenerRule,
    ResourceKind::Listener,
    ResourceKind::LoadBalancer,
    ResourceKind::Schedule,
    ResourceKind::EventRule,
    ResourceKind::ScalableTarget,
    ResourceKind::ScalingPolicy,
    ResourceKind::AutoScalingGroup,
];

enum How {
    Facts(Box<dyn Fn(&Snapshot) -> Edits>),
    Text(Value),
}

struct Expected {
    id: String,
    outcome: Outcome,
    phase: Phase,
    share: Option<(usize, usize)>,
}

pub(crate) struct Case {
    pub(crate) name: &'static str,
    estate: Estate,
    how: How,
    expected: Vec<Expected>,
    refused: Option<&'static str>,
    need: Option<&'static str>,
    level: Option<Level>,
    already_broken: Vec<String>,
    mended: Vec<String>,
}

/// A change given as facts.
pub(crate) fn edited(
    name: &'static str,
    estate: Estate,
    change: impl Fn(&Snapshot) -> Edits + 'static,
) -> Case {
    Case::new(name, estate, How::Facts(Box::new(change)))
}

/// A change given as a Terraform plan's `resource_changes`.
pub(crate) fn terraform<const N: usize>(
    name: &'static str,
    estate: Estate,
    changes: [Value; N],
) -> Case {
    let plan = json!({"format_version": "1.2", "resource_changes": changes.to_vec()});
    Case::new(name, estate, How::Text(plan))
}

/// The same with a prior state: of a module inside the root.
pub(crate) fn plan(
    name: &'static str,
    estate: Estate,
    changes: Vec<Value>,
    state: Vec<Value>,
) -> Case {
    let plan = json!({
        "format_version": "1.2", "resource_changes": changes, "timestamp": "2026-01-01T00:00:00Z",
        "prior_state": {"format_version": "1.0", "values": {"root_module": {
            "resources": [], "child_modules": [{"address": "module.inner", "resources": state}],
        }}},
    });
    Case::new(name, estate, How::Text(plan))
}

/// Terraform: a resource or data source of the prior state.
pub(crate) fn tf_state(kind: &str, mode: &str, values: Value) -> Value {
    json!({
        "address": format!("module.inner.{mode}.{kind}.own"), "mode": mode, "type": kind, "name": "own",
        "provider_name": "registry.terraform.io/hashicorp/aws", "values": values, "sensitive_values": {},
    })
}

/// A change given as a change set of `CloudFormation`, with values.
pub(crate) fn change_set(name: &'static str, estate: Estate, changes: Vec<Value>) -> Case {
    let changes = changes
        .into_iter()
        .map(|own| json!({"Type": "Resource", "ResourceChange": own}));
    let set = json!({
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/web/1", "StackName": "web",
        "ChangeSetName": "review", "Status": "CREATE_COMPLETE", "Changes": changes.collect::<Vec<_>>(),
    });
    Case::new(name, estate, How::Text(set))
}

/// `CloudFormation`: one resource, by its physical id, with its properties before and after.
pub(crate) fn cfn(
    action: &str,
    type_name: &str,
    physical: &str,
    before: Value,
    after: Value,
) -> Value {
    let context = |properties: Value| {
        (!properties.is_null()).then(|| json!({ "Properties": properties }).to_string())
    };
    json!({
        "Action": action, "LogicalResourceId": type_name.replace("::", ""), "PhysicalResourceId": physical,
        "ResourceType": type_name, "Replacement": (action == "Modify").then_some("False"), "Details": [],
        "BeforeContext": context(before), "AfterContext": context(after),
    })
}

/// A change given as a list of resources in AWS's field names.
pub(crate) fn resources<const N: usize>(
    name: &'static str,
    estate: Estate,
    changes: [Value; N],
) -> Case {
    let list = json!({"resources": changes.to_vec()});
    Case::new(name, estate, How::Text(list))
}

pub(crate) fn update(id: &str, attributes: Value) -> Value {
    json!({"id": id, "action": "UPDATE", "attributes": attributes})
}

pub(crate) fn delete(id: &str) -> Value {
    json!({"id": id, "action": "DELETE"})
}

pub(crate) fn create(id: &str, attributes: Value) -> Value {
    json!({"id": id, "action": "CREATE", "attributes": attributes})
}

pub(crate) fn tf(
    kind: &str,
    actions: &[&str],
    before: Value,
    after: Value,
    unknown: Value,
) -> Value {
    let address = format!("{kind}.own");
    json!({
        "address": address, "mode": "managed", "type": kind, "name": "own",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": actions, "before": before, "after": after, "after_unknown": unknown,
            "before_sensitive": {}, "after_sensitive": {},
        },
    })
}

fn merged(before: &Value, change: Value) -> Value {
    let mut after = before.clone();
    if let (Some(after), Value::Object(change)) = (after.as_object_mut(), change) {
        after.extend(change);
    }
    after
}

/// Terraform: an update of some attributes.
pub(crate) fn tf_update(kind: &str, before: Value, change: Value) -> Value {
    let after = merged(&before, change);
    tf(kind, &["update"], before, after, json!({}))
}

/// Terraform: an update, of which some values are known only after apply.
pub(crate) fn tf_unknown(kind: &str, mut before: Value, unknown: Value) -> Value {
    let known = before.clone();
    let mut after = before.take();
    for name in unknown
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
    {
        after.as_object_mut().map(|own| own.remove(name));
    }
    tf(kind, &["update"], known, after, unknown)
}

pub(crate) fn tf_delete(kind: &str, before: Value) -> Value {
    tf(kind, &["delete"], before, Value::Null, json!({}))
}

pub(crate) fn tf_create(kind: &str, after: Value) -> Value {
    tf(
        kind,
        &["create"],
        Value::Null,
        after,
        json!({"id": true, "arn": true}),
    )
}

/// Terraform: the old one is deleted and a new one made, whose id and ARN only the apply tells.
pub(crate) fn tf_replace(kind: &str, before: Value, change: Value) -> Value {
    let mut after = merged(&before, change);
    for name in ["id", "arn"] {
        after.as_object_mut().map(|own| own.remove(name));
    }
    tf(
        kind,
        &["delete", "create"],
        before,
        after,
        json!({"id": true, "arn": true}),
    )
}

pub(crate) fn tf_no_op(kind: &str, before: Value) -> Value {
    tf(kind, &["no-op"], before.clone(), before, json!({}))
}

impl Case {
    fn new(name: &'static str, estate: Estate, how: How) -> Self {
        Self {
            name,
            estate,
            how,
            expected: Vec::new(),
            refused: None,
            need: None,
            level: None,
            already_broken: Vec::new(),
            mended: Vec::new(),
        }
    }

    pub(crate) fn hits(mut self, id: &str, outcome: Outcome, phase: Phase) -> Self {
        self.expected.push(Expected {
            id: id.to_owned(),
            outcome,
            phase,
            share: None,
        });
        self
    }

    /// How much of what was named last is lost.
    pub(crate) fn share(mut self, lost: usize, of: usize) -> Self {
        if let Some(last) = self.expected.last_mut() {
            last.share = Some((lost, of));
        }
        self
    }

    /// The need that is not met any more.
    pub(crate) fn by(mut self, need: &'static str) -> Self {
        self.need = Some(need);
        self
    }

    /// The rule by which AWS refuses it.
    pub(crate) fn refused(mut self, rule: &'static str) -> Self {
        self.refused = Some(rule);
        self
    }

    pub(crate) fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    pub(crate) fn already_broken(mut self, id: &str) -> Self {
        self.already_broken.push(id.to_owned());
        self
    }

    pub(crate) fn mends(mut self, id: &str) -> Self {
        self.mended.push(id.to_owned());
        self
    }

    pub(crate) fn meant(&self) -> Meant {
        match (self.refused, self.expected.is_empty()) {
            (Some(_), _) => Meant::Refused,
            (None, true) => Meant::Harmless,
            (None, false) => Meant::Harmful,
        }
    }

    /// The need or the rule that the case names.
    pub(crate) fn told(&self) -> Vec<String> {
        let names = [self.need, self.refused].into_iter().flatten();
        names.map(str::to_owned).collect()
    }

    pub(crate) fn proposal(&self, snapshot: &Snapshot) -> Proposal {
        match &self.how {
            How::Facts(change) => proposed(snapshot, change(snapshot)),
            How::Text(text) => {
                let bytes = serde_json::to_vec(text).expect("JSON");
                let redactor = Redactor::new([1; 32]);
                blastmap_change::read(&bytes, snapshot.inventory(), &redactor).expect("a change")
            }
        }
    }

    /// What the change would do.
    pub(crate) fn assessed(&self) -> Assessment {
        let snapshot = self.estate.snapshot();
        assess(&snapshot, &self.proposal(&snapshot))
    }

    /// What is wrong with the answer, if anything.
    pub(crate) fn judge(&self) -> Option<String> {
        let snapshot = self.estate.snapshot();
        let proposal = self.proposal(&snapshot);
        let found = assess(&snapshot, &proposal);
        let mut wrong = Vec::new();
        for change in &proposal.changes {
            if change.action.changes_something()
                && !matches!(change.matched, Match::Matched | Match::Created)
            {
                wrong.push(format!(
                    "not tied to the estate: {} {:?}",
                    change.address, change.matched
                ));
            }
            for problem in &change.problems {
                wrong.push(format!("{}: {problem}", change.address));
            }
        }
        self.compare(&found, &mut wrong);
        if wrong.is_empty() {
            return None;
        }
        let told = found
            .impacts
            .iter()
            .map(|impact| format!("    {}", say(&found, impact)));
        let risks = found.risks.iter().map(|risk| {
            format!(
                "    risk {:?} {}: {} {}",
                risk.level, risk.rule, risk.title, risk.detail
            )
        });
        let told: Vec<String> = told.chain(risks).collect();
        Some(format!(
            "{}\n  {}\n{}",
            self.name,
            wrong.join("\n  "),
            told.join("\n")
        ))
    }

    fn compare(&self, found: &Assessment, wrong: &mut Vec<String>) {
        let resource = |impact: &Impact| found.excerpt.snapshot().resource(impact.resource);
        for expected in &self.expected {
            let Some(impact) = found
                .impacts
                .iter()
                .find(|own| resource(own).id.as_str() == expected.id)
            else {
                wrong.push(format!("MISS {} {:?}", expected.id, expected.outcome));
                continue;
            };
            let share = impact.share.map(|share| (share.lost, share.of));
            let same = impact.outcome == expected.outcome
                && impact.phase == expected.phase
                && (expected.share.is_none() || share == expected.share);
            if !same {
                wrong.push(format!(
                    "OTHERWISE {}: {:?} {:?} {:?} should be {:?} {:?} {:?}",
                    expected.id,
                    impact.outcome,
                    impact.phase,
                    share,
                    expected.outcome,
                    expected.phase,
                    expected.share
                ));
            }
        }
        let is_of_service = |impact: &Impact| {
            let own = resource(impact);
            own.kind == ResourceKind::EcsTask
                && self.expected.iter().any(|one| one.id.contains(":service/"))
        };
        for impact in &found.impacts {
            let own = resource(impact);
            if TOLD.contains(&own.kind)
                && !self.expected.iter().any(|one| one.id == own.id.as_str())
                && !is_of_service(impact)
            {
                wrong.push(format!("FALSE ALARM {}", say(found, impact)));
            }
        }
        let ids = |impacts: &[Impact]| -> Vec<String> {
            let told = impacts
                .iter()
                .filter(|impact| TOLD.contains(&resource(impact).kind));
            told.map(|impact| resource(impact).id.to_string()).collect()
        };
        for (what, impacts, expected) in [
            (
                "already broken",
                &found.already_broken,
                &self.already_broken,
            ),
            ("mended", &found.mended, &self.mended),
        ] {
            let found = ids(impacts);
            let causes: Vec<_> = impacts.iter().map(|impact| &impact.cause).collect();
            if found != *expected {
                wrong.push(format!(
                    "{what}: {found:?} should be {expected:?}: {causes:?}"
                ));
            }
        }
        match self.meant() {
            Meant::Harmless if found.level < Level::Low => {
                wrong.push(format!("HARMLESS, but {:?}", found.level));
            }
            Meant::Refused => {
                let rule = self.refused.unwrap_or_default();
                if !found
                    .risks
                    .iter()
                    .any(|risk| risk.rule == rule && risk.level <= Level::High)
                {
                    wrong.push(format!("not refused by {rule}"));
                }
            }
            _ => {}
        }
        if let Some(need) = self.need
            && !found.impacts.iter().any(|impact| impact.need == need)
        {
            wrong.push(format!("not by {need}"));
        }
        if let Some(level) = self.level
            && found.level != level
        {
            wrong.push(format!("level {:?} should be {level:?}", found.level));
        }
    }
}

fn say(found: &Assessment, impact: &Impact) -> String {
    let id = &found.excerpt.snapshot().resource(impact.resource).id;
    let share = impact
        .share
        .map(|share| format!(" {}/{}", share.lost, share.of));
    format!(
        "{id} {:?} {:?}{} by {}: {}",
        impact.outcome,
        impact.phase,
        share.unwrap_or_default(),
        impact.need,
        impact.cause
    )
}

/// The changes that make these facts.
pub(crate) fn proposed(snapshot: &Snapshot, edits: Edits) -> Proposal {
    let change = |(id, after): (&blastmap_model::ResourceId, &After)| {
        let known = snapshot.inventory().find(id.as_str());
        let (action, kind) = match after {
            After::Gone => (
                Action::Delete,
                known.map(|place| snapshot.resource(place).kind),
            ),
            After::Is(planned) if planned.resource.presence == Presence::Planned => {
                (Action::Create, Some(planned.resource.kind))
            }
            After::Is(planned) => (Action::Update, Some(planned.resource.kind)),
        };
        Change {
            address: id.to_string(),
            action,
            matched: if action == Action::Create {
                Match::Created
            } else {
                Match::Matched
            },
            resource: Some(id.clone()),
            kind,
            ..Change::default()
        }
    };
    Proposal {
        changes: edits.after.iter().map(change).collect(),
        edits,
        notes: Vec::new(),
    }
}
