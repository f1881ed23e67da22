//! Assessments. Nothing is judged yet, and the answer says so of each change: never that there is no risk.

use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject, Object, SimpleObject};
use blastmap_graph::{RadiusQuery, Snapshot, blast_radius};
use blastmap_model::ResourceIndex;
use serde_json::Value;

use crate::{
    graphql::{
        coverage::BlindSpot, enums::Phase, link::Link, radius::BlastRadius, resource::Resource,
        snapshot::StoredSnapshot,
    },
    problem::Problem,
    state::short,
};

/// The most changes in one assessment.
const MOST_CHANGES: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ChangeAction {
    Create,
    Update,
    Replace,
    Delete,
    NoOp,
    Read,
    Forget,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ChangeMatch {
    Matched,
    Created,
    NotFound,
    UnsupportedType,
    Ambiguous,
}

/// Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Outcome {
    /// Stops serving or stops running.
    Down,
    /// Keeps serving with part of its capacity.
    Degraded,
    /// Running tasks go on; the next start (deployment, replacement, scale-out, scheduled run) fails.
    FailsOnNextStart,
    /// Cannot be decided from what is known: the cause says what to check.
    AtRisk,
    Unaffected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RiskLevel {
    Critical,
    High,
    Medium,
    Low,
    None,
}

/// One of the fields is set.
#[derive(InputObject)]
pub(crate) struct ChangeInput {
    resources: Option<Vec<ResourceChangeInput>>,
    /// The output of `terraform show -json PLAN`, or of `tofu`.
    terraform_plan: Option<String>,
    /// The id that `POST /plans` gave for a file too large for a query (Terraform plan, change set or task definition).
    plan_id: Option<ID>,
    /// The output of `aws cloudformation describe-change-set --include-property-values`.
    cloud_formation_change_set: Option<String>,
    /// The input of `aws ecs register-task-definition`: compared with the revision that its family's services run.
    task_definition: Option<String>,
}

/// A change to one resource.
#[derive(InputObject)]
struct ResourceChangeInput {
    id: ID,
    action: ChangeAction,
    /// New values, in AWS's field names.
    attributes: Option<Value>,
}

/// A change as it was understood.
#[derive(SimpleObject, Clone)]
pub(crate) struct ResourceChange {
    /// The live resource, null where the change creates it or it could not be matched.
    resource: Option<Resource>,
    /// As the input names it, e.g. the Terraform address.
    address: String,
    action: ChangeAction,
    #[graphql(name = "match")]
    matched: ChangeMatch,
    /// Changed attributes, sensitive values redacted.
    attributes: Vec<AttributeChange>,
}

/// A changed attribute.
#[derive(SimpleObject, Clone)]
pub(crate) struct AttributeChange {
    pub(super) name: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    /// True where the new value is known only after apply.
    pub(super) unknown: bool,
    pub(super) sensitive: bool,
}

/// What a change does to one resource.
#[derive(SimpleObject, Clone)]
pub(crate) struct Impact {
    resource: Resource,
    outcome: Outcome,
    /// When it shows.
    phase: Phase,
    /// How many of its parts are lost, of how many there are before the change: running tasks of a service, registered
    /// targets of a target group. Null where it has no parts.
    lost: Option<i32>,
    of: Option<i32>,
    /// One sentence a reviewer can act on.
    cause: String,
    /// Why: from the changed resource to this one.
    path: Vec<Link>,
    /// The error or service event that AWS would report, e.g. `ResourceInitializationError`.
    aws_error: Option<String>,
}

/// Something a reviewer should know before the change is made.
#[derive(SimpleObject, Clone)]
pub(crate) struct Risk {
    /// Stable over runs for the same rule and resource.
    id: ID,
    /// The rule's name, kebab-case.
    rule: String,
    level: RiskLevel,
    title: String,
    detail: String,
    remediation: String,
    resource: Option<Resource>,
    affected: Vec<Resource>,
    evidence: Vec<Link>,
    /// AWS documentation on the behaviour.
    documentation: Option<String>,
}

/// A change, and the snapshot it is looked at on.
#[derive(Clone)]
pub(crate) struct Assessment {
    snapshot: Arc<Snapshot>,
    changes: Vec<ResourceChange>,
    roots: Vec<ResourceIndex>,
}

impl Assessment {
    /// Takes the change in; refuses one that says nothing or several things.
    pub(super) fn of(snapshot: Arc<Snapshot>, change: ChangeInput) -> Result<Self, Problem> {
        let files = [
            ("terraformPlan", change.terraform_plan.is_some()),
            ("planId", change.plan_id.is_some()),
            (
                "cloudFormationChangeSet",
                change.cloud_formation_change_set.is_some(),
            ),
            ("taskDefinition", change.task_definition.is_some()),
        ];
        let given: Vec<&str> = files
            .iter()
            .filter(|(_, given)| *given)
            .map(|(name, _)| *name)
            .collect();
        let mut roots = Vec::new();
        let changes = match (change.resources, &given[..]) {
            (Some(resources), []) if !resources.is_empty() && resources.len() <= MOST_CHANGES => {
                resources
                    .into_iter()
                    .map(|change| understood(&snapshot, &change, &mut roots))
                    .collect()
            }
            (Some(_), []) => {
                return Err(Problem::bad_input(format!(
                    "`change.resources` takes 1 to {MOST_CHANGES} changes"
                )));
            }
            (None, [name]) => vec![unread(name)],
            _ => {
                return Err(Problem::bad_input(
                    "`change` takes one of resources, terraformPlan, planId, cloudFormationChangeSet and taskDefinition",
                ));
            }
        };
        Ok(Self {
            snapshot,
            changes,
            roots,
        })
    }
}

fn understood(
    snapshot: &Arc<Snapshot>,
    change: &ResourceChangeInput,
    roots: &mut Vec<ResourceIndex>,
) -> ResourceChange {
    let place = snapshot.inventory().find(&change.id);
    roots.extend(place);
    // What somebody proposes may hold secrets: the names are told, the values are not.
    let names = change.attributes.as_ref().and_then(Value::as_object);
    let attributes = names.into_iter().flat_map(serde_json::Map::keys);
    ResourceChange {
        resource: place.map(|place| Resource::new(snapshot, place)),
        matched: match (place, change.action) {
            (Some(_), _) => ChangeMatch::Matched,
            (None, ChangeAction::Create) => ChangeMatch::Created,
            (None, _) => ChangeMatch::NotFound,
        },
        address: short(&change.id),
        action: change.action,
        attributes: attributes
            .map(|name| AttributeChange {
                name: short(name),
                before: None,
                after: None,
                unknown: false,
                sensitive: true,
            })
            .collect(),
    }
}

/// A file stands for one change until files are read.
fn unread(argument: &str) -> ResourceChange {
    ResourceChange {
        resource: None,
        address: argument.to_owned(),
        action: ChangeAction::Update,
        matched: ChangeMatch::UnsupportedType,
        attributes: Vec::new(),
    }
}

/// What a change would do, worked out on the graph: no change is made to AWS.
#[Object]
impl Assessment {
    /// The changes as understood.
    async fn changes(&self) -> &[ResourceChange] {
        &self.changes
    }

    /// The highest level among the risks, NONE without any.
    async fn risk(&self) -> RiskLevel {
        RiskLevel::Low
    }

    /// Most severe first.
    async fn risks(&self) -> Vec<Risk> {
        self.changes
            .iter()
            .map(|change| Risk {
                id: ID(format!("not-judged:{}", change.address)),
                rule: "not-judged".to_owned(),
                level: RiskLevel::Low,
                title: format!("`{}` was not judged", change.address),
                detail: "This version of blastmap does not judge changes: what this one does is not known."
                    .to_owned(),
                remediation: "Read its blast radius, and review the change by hand.".to_owned(),
                resource: change.resource.clone(),
                affected: Vec::new(),
                evidence: Vec::new(),
                documentation: None,
            })
            .collect()
    }

    /// Every resource whose outcome the change makes other than UNAFFECTED, worst first.
    async fn impacts(&self) -> Vec<Impact> {
        Vec::new()
    }

    /// Broken today, change or not. Never in `impacts`, never raises `risk`.
    async fn already_broken(&self) -> Vec<Impact> {
        Vec::new()
    }

    /// Broken today, and whole after the change.
    async fn mended(&self) -> Vec<Impact> {
        Vec::new()
    }

    /// Changes that were not judged (no match, unsupported type), each also a LOW risk.
    async fn not_judged(&self) -> &[ResourceChange] {
        &self.changes
    }

    async fn blast_radius(&self) -> BlastRadius {
        BlastRadius {
            snapshot: Arc::clone(&self.snapshot),
            reached: blast_radius(&self.snapshot, &self.roots, &RadiusQuery::default()),
        }
    }

    async fn blind_spots(&self) -> Vec<BlindSpot> {
        let reached = blast_radius(&self.snapshot, &self.roots, &RadiusQuery::default());
        reached.blind_spots.iter().map(BlindSpot::from).collect()
    }

    /// The snapshot that was judged against.
    async fn snapshot(&self) -> StoredSnapshot {
        (&*self.snapshot).into()
    }
}
