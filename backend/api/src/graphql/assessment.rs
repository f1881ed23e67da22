//! Assessments: what a change would do, as the judgement tells it.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use blastmap_change as change;
use blastmap_graph::{Fold, RadiusQuery, Snapshot};
use blastmap_judge::{self as judge, report::Kept};
use blastmap_model::ResourceIndex;
use serde_json::{Value, json};

use crate::{
    graphql::{
        coverage::BlindSpot,
        enums::{GroupBy, Phase},
        int,
        link::Link,
        pinned::{state, take},
        radius::{self, BlastRadius},
        resource::Resource,
        snapshot::StoredSnapshot,
    },
    problem::Problem,
    report,
};

/// How many bytes of a report count as one item of the answer.
const REPORT_ITEM: usize = 100;

/// The most changes in one assessment.
const MOST_CHANGES: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "blastmap_change::Action")]
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
#[graphql(remote = "blastmap_change::Match")]
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
#[graphql(remote = "blastmap_judge::Level")]
pub(crate) enum RiskLevel {
    Critical,
    High,
    Medium,
    Low,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "report::Format")]
pub(crate) enum ReportFormat {
    Text,
    Markdown,
    Html,
    Json,
    Sarif,
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
    /// Which resource an address of the plan stands for, where blastmap found none by itself: told by the reviewer.
    mapping: Option<Vec<AddressMapping>>,
}

/// An address of a plan and the resource that it stands for.
#[derive(InputObject)]
struct AddressMapping {
    /// As the plan names it, e.g. `aws_ecs_service.checkout`; in a change set the logical id.
    address: String,
    resource: ID,
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
#[derive(SimpleObject)]
pub(crate) struct ResourceChange {
    /// The live resource, null where the change creates it or it could not be matched.
    resource: Option<Resource>,
    /// As the input names it, e.g. the Terraform address.
    address: String,
    action: ChangeAction,
    #[graphql(name = "match")]
    matched: ChangeMatch,
    /// True where the resource is the one that `mapping` names.
    mapped: bool,
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
    /// What `lost` and `of` count, in the singular: `task`, `target`, or `client` of an endpoint, mount target or access point (a task, or a
    /// service of which none runs). Null where parts are of several sorts, or there are none.
    unit: Option<String>,
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
    /// Stable over runs for the same rule and resources.
    id: ID,
    /// The rule's name, kebab-case.
    rule: String,
    level: RiskLevel,
    title: String,
    detail: String,
    remediation: String,
    /// What the cause rests on; null where it rests on several that are alike.
    resource: Option<Resource>,
    /// Whom it hits; of changes that AWS refuses and that are told together, what they are about.
    affected: Vec<Resource>,
    /// The changes that AWS refuses or that were not judged, as the input names them; empty where something is hit.
    addresses: Vec<String>,
    /// For each cause, the way to the first of those whom it hits worst.
    evidence: Vec<Link>,
    /// AWS documentation on the behaviour.
    documentation: Option<String>,
}

/// An assessment.
#[derive(Clone)]
pub(crate) struct Assessment {
    judged: Arc<judge::Assessment>,
    /// The review that it is kept in.
    review: Option<Arc<judge::Review>>,
}

impl Assessment {
    pub(super) fn new(judged: Arc<judge::Assessment>) -> Self {
        Self {
            judged,
            review: None,
        }
    }

    pub(super) fn kept(review: Arc<judge::Review>) -> Self {
        Self {
            judged: Arc::clone(&review.assessment),
            review: Some(review),
        }
    }

    /// Judges a change; refuses one that says nothing or several things, or that cannot be read.
    pub(super) fn of(
        ctx: &Context<'_>,
        snapshot: &Snapshot,
        mut input: ChangeInput,
    ) -> Result<judge::Assessment, Problem> {
        let state = state(ctx);
        let mapping = input.mapping.take().unwrap_or_default();
        if mapping.len() > MOST_CHANGES {
            return Err(Problem::bad_input(format!(
                "`change.mapping` takes up to {MOST_CHANGES} addresses"
            )));
        }
        let mapping: Vec<(String, String)> = mapping
            .into_iter()
            .map(|own| (own.address, own.resource.0))
            .collect();
        let bytes = match input.into_one()? {
            One::Text(text) => text.into_bytes().into(),
            One::Plan(id) => state.plans.get(&id)?,
        };
        let inventory = snapshot.inventory();
        let proposal = change::read_mapped(&bytes, inventory, &state.app.redactor, &mapping)
            .map_err(|error| Problem::bad_input(format!("the change cannot be read: {error}")))?;
        let assessment = judge::assess(snapshot, &proposal);
        take(
            ctx,
            assessment.impacts.len() + assessment.risks.len() + assessment.changes.len(),
        )?;
        Ok(assessment)
    }

    fn estate(&self) -> &Arc<Snapshot> {
        self.judged.excerpt.snapshot()
    }

    fn resource(&self, place: ResourceIndex) -> Resource {
        Resource::new(self.estate(), place)
    }

    /// How hard resources are hit, the hardest most.
    fn severity(&self) -> BTreeMap<ResourceIndex, u32> {
        let mut hardest = BTreeMap::new();
        for impact in &self.judged.impacts {
            let severity = match impact.outcome {
                judge::Outcome::Down => 4,
                judge::Outcome::Degraded => 3,
                judge::Outcome::FailsOnNextStart => 2,
                judge::Outcome::AtRisk => 1,
            };
            let known = hardest.entry(impact.resource).or_insert(severity);
            *known = severity.max(*known);
        }
        hardest
    }

    fn change(&self, (own, place): &(change::Change, Option<ResourceIndex>)) -> ResourceChange {
        ResourceChange {
            resource: place.map(|place| self.resource(place)),
            address: own.address.clone(),
            action: own.action.into(),
            matched: own.matched.into(),
            mapped: own.mapped,
            attributes: own
                .attributes
                .iter()
                .map(|attribute| AttributeChange {
                    name: attribute.name.clone(),
                    before: attribute.before.clone(),
                    after: attribute.after.clone(),
                    unknown: attribute.unknown,
                    sensitive: attribute.sensitive,
                })
                .collect(),
        }
    }

    fn impacts_of(&self, impacts: &[judge::Impact]) -> Vec<Impact> {
        let tell = |own: &judge::Impact| Impact {
            resource: self.resource(own.resource),
            outcome: own.outcome.into(),
            phase: own.phase.into(),
            lost: own.share.map(|share| int(share.lost)),
            of: own.share.map(|share| int(share.of)),
            unit: own
                .unit(self.estate().kind(own.resource))
                .map(str::to_owned),
            cause: own.cause.clone(),
            path: Link::all(self.estate(), &self.judged.path_of(own)),
            aws_error: own.aws_error.as_deref().map(str::to_owned),
        };
        impacts.iter().map(tell).collect()
    }
}

/// What `ChangeInput` holds.
enum One {
    Text(String),
    Plan(String),
}

impl ChangeInput {
    fn into_one(self) -> Result<One, Problem> {
        let refuse = || {
            Problem::bad_input(
                "`change` takes one of resources, terraformPlan, planId, cloudFormationChangeSet and taskDefinition",
            )
        };
        let texts = [
            self.terraform_plan,
            self.cloud_formation_change_set,
            self.task_definition,
        ];
        let mut given: Vec<One> = texts.into_iter().flatten().map(One::Text).collect();
        given.extend(self.plan_id.map(|id| One::Plan(id.0)));
        if let Some(resources) = self.resources {
            if resources.is_empty() || resources.len() > MOST_CHANGES {
                return Err(Problem::bad_input(format!(
                    "`change.resources` takes 1 to {MOST_CHANGES} changes"
                )));
            }
            let resources: Vec<Value> = resources
                .into_iter()
                .map(|own| {
                    json!({
                        "id": own.id.0,
                        "action": change::Action::from(own.action).name(),
                        "attributes": own.attributes,
                    })
                })
                .collect();
            given.push(One::Text(json!({ "resources": resources }).to_string()));
        }
        match given.pop() {
            Some(one) if given.is_empty() => Ok(one),
            _ => Err(refuse()),
        }
    }
}

/// What a change would do, worked out on the graph: no change is made to AWS.
///
/// Resources in it, and their links, are those that the change reaches, before and after it.
#[Object]
impl Assessment {
    /// The changes as understood.
    async fn changes(&self) -> Vec<ResourceChange> {
        let all = self.judged.changes.iter();
        all.map(|own| self.change(own)).collect()
    }

    /// The highest level among the risks, NONE without any.
    async fn risk(&self) -> RiskLevel {
        self.judged.level.into()
    }

    /// Most severe first.
    async fn risks(&self) -> Vec<Risk> {
        let tell = |own: &judge::Risk| Risk {
            id: ID(own.id.clone()),
            rule: own.rule.clone(),
            level: own.level.into(),
            title: own.title.clone(),
            detail: own.detail.clone(),
            remediation: own.remediation.clone(),
            resource: own.resource.map(|place| self.resource(place)),
            affected: Resource::all(self.estate(), own.affected.iter().copied()),
            addresses: own.addresses.clone(),
            evidence: Link::all(self.estate(), &self.judged.evidence_of(own)),
            documentation: own.documentation.clone(),
        };
        self.judged.risks.iter().map(tell).collect()
    }

    /// Every resource whose outcome the change makes other than UNAFFECTED, worst first.
    async fn impacts(&self) -> Vec<Impact> {
        self.impacts_of(&self.judged.impacts)
    }

    /// Broken today, change or not. Never in `impacts`, never raises `risk`.
    async fn already_broken(&self) -> Vec<Impact> {
        self.impacts_of(&self.judged.already_broken)
    }

    /// Broken today, and whole after the change.
    async fn mended(&self) -> Vec<Impact> {
        self.impacts_of(&self.judged.mended)
    }

    /// Changes that were not judged (no match, unsupported type), each also a LOW risk.
    async fn not_judged(&self) -> Vec<ResourceChange> {
        let all = self.judged.not_judged();
        all.map(|own| self.change(own)).collect()
    }

    /// Everything that the change can reach. `limit`, `fold` and `tag` as those of the query `blastRadius`; what is hit is never folded into
    /// something that is hit less.
    async fn blast_radius(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(1000)")] limit: Option<i32>,
        fold: Option<Vec<GroupBy>>,
        tag: Option<String>,
    ) -> Result<BlastRadius, Problem> {
        let query = RadiusQuery {
            limit: radius::limit(limit)?,
            ..RadiusQuery::default()
        };
        let fold = radius::fold(fold, tag)?.map(|fold| Fold {
            severity: self.severity(),
            ..fold
        });
        let estate = Arc::clone(self.estate());
        BlastRadius::of(ctx, estate, &self.judged.roots, &query, fold.as_ref())
    }

    async fn blind_spots(&self) -> Vec<BlindSpot> {
        self.judged
            .blind_spots
            .iter()
            .map(BlindSpot::from)
            .collect()
    }

    /// The snapshot that was judged against.
    async fn snapshot(&self) -> StoredSnapshot {
        StoredSnapshot::judged(&self.judged)
    }

    /// The assessment as `blastmap review --format` prints it, without colours; of a review with its title, time and link, and what its reviewers said.
    async fn report(&self, ctx: &Context<'_>, format: ReportFormat) -> Result<String, Problem> {
        let format = format.into();
        let report = match &self.review {
            None => report::write(&*self.judged, format),
            Some(review) => {
                let marks = state(ctx).reviews.marks(&review.id).await?;
                let origin = ctx.data_opt::<report::Origin>();
                let link = origin.cloned().unwrap_or_default().of_review(&review.id);
                let kept = Kept {
                    review,
                    marks: &marks,
                    link: &link,
                };
                report::write(kept, format)
            }
        };
        take(ctx, report.len() / REPORT_ITEM)?;
        Ok(report)
    }
}

impl From<judge::Outcome> for Outcome {
    fn from(outcome: judge::Outcome) -> Self {
        match outcome {
            judge::Outcome::Down => Self::Down,
            judge::Outcome::Degraded => Self::Degraded,
            judge::Outcome::FailsOnNextStart => Self::FailsOnNextStart,
            judge::Outcome::AtRisk => Self::AtRisk,
        }
    }
}
