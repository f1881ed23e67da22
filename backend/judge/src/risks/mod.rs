//! From impacts and changes to a reviewer's sentences. Deterministic: the same impacts give the same risks.

mod remedies;

use std::collections::BTreeMap;

use blastmap_change::Change;
use blastmap_model::{BlindSpot, Phase, ResourceIndex, ResourceKind};
use serde::{Deserialize, Serialize};

use crate::assess::{
    Excerpt, Impact, Outcome, connect::NewEndpoints, is_not_judged, refused::Refused,
};

/// How bad a risk is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    Critical,
    High,
    Medium,
    Low,
    None,
}

impl Level {
    /// The name in the API: `CRITICAL`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::High => "HIGH",
            Self::Medium => "MEDIUM",
            Self::Low => "LOW",
            Self::None => "NONE",
        }
    }
}

/// Something that a reviewer should know before the change is made. Places are those of the excerpt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// Stable over runs for the same rule and resource.
    pub id: String,
    /// Kebab-case: the need that is not met any more, or the rule that says what AWS refuses.
    pub rule: String,
    pub level: Level,
    pub title: String,
    pub detail: String,
    pub remediation: String,
    pub resource: Option<ResourceIndex>,
    pub affected: Vec<ResourceIndex>,
    pub documentation: Option<String>,
}

/// What risks are made from.
pub(crate) struct Told<'t> {
    pub(crate) excerpt: &'t Excerpt,
    pub(crate) changes: &'t [(Change, Option<ResourceIndex>)],
    pub(crate) impacts: &'t [Impact],
    pub(crate) refusals: &'t [Refused],
    pub(crate) blind_spots: &'t [BlindSpot],
    pub(crate) notes: &'t [String],
    pub(crate) endpoints: &'t [NewEndpoints],
}

/// Rules that say what was not seen or judged, not what breaks.
pub(crate) const OF_WHAT_IS_NOT_KNOWN: &[&str] = &[
    "not-judged",
    "partly-judged",
    "incomplete-input",
    "blind-spot",
];
/// How the title of a change that AWS refuses begins.
pub(crate) const REFUSED: &str = "AWS will refuse";

/// Most severe first.
pub(crate) fn risks(told: &Told<'_>) -> Vec<Risk> {
    let mut risks = of_impacts(told);
    risks.extend(of_refusals(told));
    risks.extend(of_unjudged(told));
    risks.extend(of_partly_judged(told));
    risks.extend(of_notes(told));
    risks.extend(of_endpoints(told));
    risks.extend(of_blind_spots(told));
    risks.sort_by(|one, other| (one.level, &one.id).cmp(&(other.level, &other.id)));
    risks.dedup_by(|later, first| later.id == first.id);
    risks
}

/// What serves requests from outside the cluster.
const SERVING: &[ResourceKind] = &[
    ResourceKind::EcsService,
    ResourceKind::TargetGroup,
    ResourceKind::Listener,
    ResourceKind::ListenerRule,
    ResourceKind::LoadBalancer,
    ResourceKind::DnsRecord,
];

fn level_of(told: &Told<'_>, impact: &Impact) -> Level {
    let kind = told.excerpt.snapshot().kind(impact.resource);
    match impact.outcome {
        Outcome::Down if SERVING.contains(&kind) => Level::Critical,
        Outcome::Down | Outcome::FailsOnNextStart => Level::High,
        Outcome::Degraded | Outcome::AtRisk => Level::Medium,
    }
}

/// One for each need and what it rests on, with everybody whom it hits.
fn of_impacts(told: &Told<'_>) -> Vec<Risk> {
    let mut groups: BTreeMap<(&str, Option<ResourceIndex>), Vec<&Impact>> = BTreeMap::new();
    for impact in told.impacts {
        groups
            .entry((&impact.need, impact.about))
            .or_default()
            .push(impact);
    }
    let estate = told.excerpt.snapshot();
    let name = |place: ResourceIndex| estate.resource(place).name.to_string();
    groups
        .into_iter()
        .filter_map(|((need, about), impacts)| {
            let worst = impacts
                .iter()
                .min_by_key(|impact| (level_of(told, impact), impact.outcome, impact.resource))?;
            // People think in services; tasks and the like stand behind them.
            let speaks = impacts
                .iter()
                .filter(|impact| impact.outcome == worst.outcome)
                .min_by_key(|impact| (rank(estate.kind(impact.resource)), impact.resource))
                .unwrap_or(worst);
            let others = impacts
                .iter()
                .filter(|impact| {
                    rank(estate.kind(impact.resource)) == rank(estate.kind(speaks.resource))
                })
                .count()
                - 1;
            let who = match others {
                0 => name(speaks.resource),
                1 => format!("{} and 1 more", name(speaks.resource)),
                more => format!("{} and {more} more", name(speaks.resource)),
            };
            let (one, many) = match (speaks.outcome, speaks.phase) {
                (Outcome::Down, Phase::Traffic) => ("gets no traffic", "get no traffic"),
                (Outcome::Down, Phase::Schedule) => {
                    ("starts nothing any more", "start nothing any more")
                }
                (Outcome::Down, Phase::Scale) => ("cannot act any more", "cannot act any more"),
                (Outcome::Down, _) => ("goes down", "go down"),
                (Outcome::Degraded, _) => {
                    ("loses part of its capacity", "lose part of their capacity")
                }
                (Outcome::FailsOnNextStart, Phase::Deploy) => {
                    ("can be deployed no more", "can be deployed no more")
                }
                (Outcome::FailsOnNextStart, Phase::Schedule) => {
                    ("fails at its next run", "fail at their next run")
                }
                (Outcome::FailsOnNextStart, _) => ("cannot start tasks", "cannot start tasks"),
                (Outcome::AtRisk, Phase::Scale) => ("may scale no more", "may scale no more"),
                (Outcome::AtRisk, _) => ("may be hit", "may be hit"),
            };
            let what = if others == 0 { one } else { many };
            let subject = about.unwrap_or(speaks.resource);
            let id = &estate.resource(subject).id;
            let mut affected: Vec<ResourceIndex> =
                impacts.iter().map(|impact| impact.resource).collect();
            affected.sort_unstable();
            affected.dedup();
            let error = speaks
                .aws_error
                .as_ref()
                .map_or_else(String::new, |error| format!(" AWS reports: {error}."));
            Some(Risk {
                id: format!("{need}:{id}"),
                rule: need.to_owned(),
                level: level_of(told, worst),
                title: format!("{who} {what}"),
                detail: format!("{}{error}", speaks.cause),
                remediation: remedies::of(need).to_owned(),
                resource: Some(subject),
                affected,
                documentation: speaks.documentation.as_deref().map(str::to_owned),
            })
        })
        .collect()
}

/// Who is named first where several are hit alike.
fn rank(kind: ResourceKind) -> u8 {
    match kind {
        ResourceKind::EcsService => 0,
        ResourceKind::Schedule | ResourceKind::EventRule => 1,
        ResourceKind::LoadBalancer => 2,
        ResourceKind::ListenerRule | ResourceKind::Listener | ResourceKind::TargetGroup => 3,
        ResourceKind::EcsTask => 4,
        _ => 5,
    }
}

/// Nothing is down where AWS refuses; but the apply stops half-way.
fn of_refusals(told: &Told<'_>) -> impl Iterator<Item = Risk> {
    told.refusals.iter().map(|refused| Risk {
        id: format!("{}:{}", refused.rule.name, refused.address),
        rule: refused.rule.name.to_owned(),
        level: Level::High,
        title: format!("{REFUSED} {}", refused.address),
        detail: refusal_in_words(&refused.refusal),
        remediation: refused.refusal.remediation.clone(),
        resource: refused.place.and_then(|place| told.excerpt.place(place)),
        affected: Vec::new(),
        documentation: Some(refused.rule.documentation.to_owned()),
    })
}

fn refusal_in_words(refusal: &crate::Refusal) -> String {
    let text = refusal.text.trim_end_matches('.');
    let stops = if text.contains("the apply stops there") {
        ""
    } else {
        " The apply stops there: what stands before it in the plan will have been changed already."
    };
    format!("{text} ({}).{stops}", refusal.aws_error)
}

fn of_unjudged(told: &Told<'_>) -> impl Iterator<Item = Risk> {
    let unjudged = told
        .changes
        .iter()
        .filter(|(change, _)| is_not_judged(change));
    unjudged.map(|(change, _)| {
        let why = match change.matched {
            blastmap_change::Match::NotFound => {
                "Nothing in the snapshot goes by its ARN, id or name"
            }
            blastmap_change::Match::Ambiguous => "Several resources of the snapshot go by its name",
            _ => "blastmap does not judge resources of this type",
        };
        let detail = format!(
            "{why}. {}What it does is not known.",
            sentences(&change.problems)
        );
        unknown(
            "not-judged",
            &change.address,
            None,
            "was not judged",
            detail,
        )
    })
}

/// Nothing that works stops: whoever is to call the new endpoint has to be deployed after it.
fn of_endpoints(told: &Told<'_>) -> impl Iterator<Item = Risk> {
    let estate = told.excerpt.snapshot();
    told.endpoints.iter().map(|own| {
        let service = estate.resource(own.service);
        let who = match own.clients.as_slice() {
            [one] => estate.resource(*one).name.to_string(),
            clients => format!("{} services", clients.len()),
        };
        let names = own.names.join(", ");
        Risk {
            id: format!("service-connect-order:{}", service.id),
            rule: "service-connect-order".to_owned(),
            level: Level::Low,
            title: format!("{who} will not know the new endpoint of {}", service.name),
            detail: format!(
                "{} gets the Service Connect endpoint {names}. Tasks that were deployed before it cannot resolve it.",
                service.name
            ),
            remediation: format!(
                "Deploy those that are to call it again, once {} is there.",
                service.name
            ),
            resource: Some(own.service),
            affected: own.clients.clone(),
            documentation: Some("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html".to_owned()),
        }
    })
}

/// Changes of which a part was not judged.
fn of_partly_judged(told: &Told<'_>) -> impl Iterator<Item = Risk> {
    let partly = told.changes.iter().filter(|(change, _)| {
        !change.problems.is_empty() && change.action.changes_something() && !is_not_judged(change)
    });
    partly.map(|(change, place)| {
        let detail = sentences(&change.problems);
        let detail = detail.trim_end().to_owned();
        unknown(
            "partly-judged",
            &change.address,
            *place,
            "was judged in part",
            detail,
        )
    })
}

fn unknown(
    rule: &str,
    address: &str,
    resource: Option<ResourceIndex>,
    what: &str,
    detail: String,
) -> Risk {
    Risk {
        id: format!("{rule}:{address}"),
        rule: rule.to_owned(),
        level: Level::Low,
        title: format!("{address} {what}"),
        detail,
        remediation: "Review this change by hand.".to_owned(),
        resource,
        affected: Vec::new(),
        documentation: None,
    }
}

/// What the input as a whole does not say.
fn of_notes(told: &Told<'_>) -> impl Iterator<Item = Risk> {
    told.notes.iter().enumerate().map(|(number, note)| Risk {
        id: format!("incomplete-input:{}", number + 1),
        rule: "incomplete-input".to_owned(),
        level: Level::Low,
        title: "The input may not say all that changes".to_owned(),
        detail: sentence(note),
        remediation: "Give the whole change, or review by hand what is missing.".to_owned(),
        resource: None,
        affected: Vec::new(),
        documentation: None,
    })
}

/// Each problem as a sentence, with a space after it.
fn sentences(problems: &[String]) -> String {
    problems
        .iter()
        .map(|problem| sentence(problem) + " ")
        .collect()
}

/// Begins with a capital letter and ends with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}

fn of_blind_spots(told: &Told<'_>) -> impl Iterator<Item = Risk> {
    told.blind_spots.iter().map(|spot| Risk {
        id: format!("blind-spot:{}:{}:{}", spot.account, spot.region, spot.api),
        rule: "blind-spot".to_owned(),
        level: Level::Low,
        title: format!(
            "{} could not be read in {} {}",
            spot.api, spot.account, spot.region
        ),
        detail: format!("More may be hit than is shown. {}", spot.message),
        remediation: format!(
            "Let the crawler call {} and crawl again (`blastmap policy` prints all that it needs).",
            spot.api
        ),
        resource: None,
        affected: Vec::new(),
        documentation: None,
    })
}
