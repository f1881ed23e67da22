//! From impacts and changes to a reviewer's sentences. Deterministic: the same impacts give the same risks.
//!
//! What is alike is one risk: seventeen services whose target groups are deleted, and not seventeen cards.

mod hits;
mod refused;
mod remedies;

use std::{cmp::Reverse, collections::BTreeSet};

use blastmap_change::Change;
use blastmap_model::{BlindSpot, ResourceIndex};
use serde::{Deserialize, Serialize};

use crate::assess::{
    Excerpt, Impact, Outcome, connect::NewEndpoints, is_not_judged, less::Less, refused::Refused,
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
    /// Stable over runs for the same rule and resources.
    pub id: String,
    /// Kebab-case: the need that is not met any more, or the rule that says what AWS refuses.
    pub rule: String,
    pub level: Level,
    pub title: String,
    pub detail: String,
    pub remediation: String,
    /// What the cause rests on; none where it rests on several alike.
    pub resource: Option<ResourceIndex>,
    /// Whom it hits; of changes that AWS refuses and that are told together, what they are about.
    pub affected: Vec<ResourceIndex>,
    /// The changes that are refused or not judged, as the plan names them; empty where something is hit.
    #[serde(default)]
    pub addresses: Vec<String>,
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
    pub(crate) less: &'t [Less],
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

/// A risk, and where it stands among those of its level.
struct Card {
    risk: Risk,
    /// What happens to those whom it hits worst, and how much they matter to people; none where nothing that works is hit.
    hits: Option<(Outcome, u8)>,
}

impl From<Risk> for Card {
    fn from(risk: Risk) -> Self {
        Self { risk, hits: None }
    }
}

/// Most severe first: by level, then by what happens and to what, then by how many are hit.
pub(crate) fn risks(told: &Told<'_>) -> Vec<Risk> {
    let mut cards = hits::cards(told);
    cards.extend(refused::risks(told).into_iter().map(Card::from));
    cards.extend(of_unjudged(told).map(Card::from));
    cards.extend(of_partly_judged(told).map(Card::from));
    cards.extend(of_notes(told).map(Card::from));
    cards.extend(of_endpoints(told).map(Card::from));
    cards.extend(of_less(told).map(Card::from));
    cards.extend(of_blind_spots(told).map(Card::from));
    cards.sort_by_cached_key(|Card { risk, hits }| {
        let many = risk.affected.len().max(risk.addresses.len());
        let order = (risk.level, hits.is_none(), *hits, Reverse(many));
        (order, risk.id.clone())
    });
    let mut told: BTreeSet<String> = BTreeSet::new();
    cards.retain(|card| told.insert(card.risk.id.clone()));
    cards.into_iter().map(|card| card.risk).collect()
}

/// An id for a rule and what it speaks of: the same over runs, whatever the order.
fn id<T: AsRef<str> + Ord>(rule: &str, mut about: Vec<T>) -> String {
    about.sort_unstable();
    about.dedup();
    if let [one] = about.as_slice() {
        return format!("{rule}:{}", one.as_ref());
    }
    // FNV-1a: short, and the same in every build.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in about.iter().flat_map(|own| own.as_ref().bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{rule}:{}-{hash:016x}", about.len())
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
            addresses: Vec::new(),
            documentation: Some("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html".to_owned()),
        }
    })
}

/// Nothing breaks; but there is less of it.
fn of_less(told: &Told<'_>) -> impl Iterator<Item = Risk> {
    let estate = told.excerpt.snapshot();
    told.less.iter().map(|own| Risk {
        id: id(own.rule, vec![estate.resource(own.resource).id.as_str()]),
        rule: own.rule.to_owned(),
        level: own.level,
        title: own.title.clone(),
        detail: own.detail.clone(),
        remediation: remedies::of(own.rule).to_owned(),
        resource: Some(own.resource),
        affected: vec![own.resource],
        addresses: Vec::new(),
        documentation: Some(own.documentation.to_owned()),
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
        addresses: vec![address.to_owned()],
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
        addresses: Vec::new(),
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
            "Let the crawler call {} and crawl again (blastmap policy prints all that it needs).",
            spot.api
        ),
        resource: None,
        affected: Vec::new(),
        addresses: Vec::new(),
        documentation: None,
    })
}
