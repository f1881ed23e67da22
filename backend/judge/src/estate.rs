//! Small estates for tests: typed facts become a snapshot on the same way as a crawl's, with the same links.
//!
//! `Estate::new().vpc_with_nat().fargate_service().snapshot()` is a healthy service; [`patched`], [`gone`] and [`planned`] are
//! changes to it.

mod blocks;

pub use blocks::*;

use std::collections::{BTreeMap, BTreeSet};

use blastmap_graph::{Overlay, Snapshot};
use blastmap_model::{
    After, Arn, Attributes, BlindSpot, BlindSpotReason, Edits, Found, GLOBAL, InventoryBuilder,
    Planned, Presence, Redactor, Resource, ResourceId, ResourceIndex, ResourceKind, Scope,
    ScopeRecord, Source,
    kinds::{self, Facts},
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{Answer, Launch, Need, Subject, Verdict};

/// The account that is crawled.
pub const ACCOUNT: &str = "123456789012";
/// The region that is crawled.
pub const REGION: &str = "eu-west-1";

const SOURCE: Source = Source::of("test:Describe");

/// Facts on their way into a snapshot. Whatever is named and not put is MISSING, unless its kind is [`Estate::blind`], or it
/// lies in another account or region: then it is UNREADABLE or OUTSIDE.
#[derive(Clone)]
pub struct Estate {
    entries: BTreeMap<String, Entry>,
    blind: BTreeSet<ResourceKind>,
    absent: BTreeSet<String>,
    unreadable: BTreeSet<String>,
}

#[derive(Clone)]
struct Entry {
    /// An ARN of its account and region: its own where it has one.
    place: Arn,
    facts: Value,
    tags: Vec<(String, String)>,
    put: fn(&mut Found, &ResourceId, &Self),
}

/// `arn:aws:SERVICE:eu-west-1:123456789012:RESOURCE`.
pub fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")
}

/// The ARN of one of IAM's things: `role/web`.
pub fn iam(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

/// The ARN of one of EC2's things, by its id: `subnet-a` is `subnet/subnet-a`.
pub fn ec2(id: &str) -> String {
    let prefixes = [
        ("vpce-", "vpc-endpoint"),
        ("vpc-", "vpc"),
        ("subnet-", "subnet"),
        ("rtb-", "route-table"),
        ("nat-", "natgateway"),
        ("igw-", "internet-gateway"),
        ("sg-", "security-group"),
        ("eni-", "network-interface"),
        ("i-", "instance"),
    ];
    let prefix = prefixes.iter().find(|(begin, _)| id.starts_with(begin));
    let (_, prefix) = prefix.expect("an id of EC2 says what it is");
    arn("ec2", &format!("{prefix}/{id}"))
}

/// A policy document of one statement that allows.
pub fn allow(actions: &[&str], resources: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]})
}

/// A trust policy for one of AWS's services.
pub fn trust(service: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    ]})
}

impl Default for Estate {
    fn default() -> Self {
        Self::new()
    }
}

impl Estate {
    pub fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            blind: BTreeSet::new(),
            absent: BTreeSet::new(),
            unreadable: BTreeSet::new(),
        }
    }

    /// A resource that AWS reported.
    #[must_use]
    pub fn put<F: Facts>(self, arn: &str, facts: &F) -> Self {
        self.put_with_id(arn, arn, facts)
    }

    /// A resource that has no ARN, such as `fsmt-1`; `place` is an ARN of its account and region.
    #[must_use]
    pub fn put_with_id<F: Facts>(mut self, id: &str, place: &str, facts: &F) -> Self {
        let entry = Entry {
            place: Arn::parse(place).expect("an ARN"),
            facts: kinds::attributes(facts),
            tags: Vec::new(),
            put: |found, id, entry| {
                let facts: F = serde_json::from_value(entry.facts.clone()).expect("own facts");
                found.resource_with_id(id, &entry.place, &facts, entry.tags.clone(), SOURCE);
            },
        };
        self.entries.insert(id.to_owned(), entry);
        self
    }

    /// A resource that AWS reported, and that is part of the estate only where something names it.
    #[must_use]
    pub fn offer<F: Facts>(self, arn: &str, facts: &F) -> Self {
        let mut own = self.put(arn, facts);
        let entry = own.entries.get_mut(arn).expect("put just now");
        entry.put = |found, _, entry| {
            let facts: F = serde_json::from_value(entry.facts.clone()).expect("own facts");
            found.offer(&entry.place, &facts, entry.tags.clone(), SOURCE);
        };
        own
    }

    #[must_use]
    pub fn tagged(mut self, id: &str, key: &str, value: &str) -> Self {
        let entry = self.entries.get_mut(id).expect("put before");
        entry.tags.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Other facts of something that was put before.
    #[must_use]
    pub fn with<F: Facts>(mut self, id: &str, change: impl FnOnce(&mut F)) -> Self {
        let entry = self.entries.get_mut(id).expect("put before");
        let mut facts: F = serde_json::from_value(entry.facts.clone()).expect("own facts");
        change(&mut facts);
        entry.facts = kinds::attributes(&facts);
        self
    }

    /// Not put, after all: whoever names it names something MISSING.
    #[must_use]
    pub fn without(mut self, id: &str) -> Self {
        self.entries.remove(id).expect("put before");
        self
    }

    /// AWS says that it does not exist.
    #[must_use]
    pub fn missing(mut self, id: &str) -> Self {
        self.entries.remove(id);
        self.absent.insert(id.to_owned());
        self
    }

    /// It could not be read.
    #[must_use]
    pub fn unreadable(mut self, id: &str) -> Self {
        self.entries.remove(id);
        self.unreadable.insert(id.to_owned());
        self
    }

    /// Nothing of this kind could be listed.
    #[must_use]
    pub fn blind(mut self, kind: ResourceKind) -> Self {
        self.blind.insert(kind);
        self
    }

    /// It is there, and AWS says nothing of it.
    #[must_use]
    pub fn emptied(mut self, id: &str) -> Self {
        let entry = self.entries.get_mut(id).expect("put before");
        entry.facts = json!({});
        self
    }

    /// The ids of what was put.
    pub fn ids(&self) -> Vec<String> {
        self.entries.keys().cloned().collect()
    }

    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_in(&self.ids())
    }

    /// As a crawl gives it whose answers come in this order of ids.
    ///
    /// # Panics
    /// On an id that was not put.
    pub fn snapshot_in(&self, order: &[String]) -> Snapshot {
        let now = OffsetDateTime::UNIX_EPOCH;
        let scopes = [Scope::new(ACCOUNT, REGION), Scope::new(ACCOUNT, GLOBAL)];
        let mut builder = InventoryBuilder::new(scopes.to_vec());
        for scope in &scopes {
            let mut found = Found::new(scope.clone(), now, Redactor::new([1; 32]));
            for kind in ResourceKind::ALL {
                if self.blind.contains(kind) {
                    found.blind_spot(BlindSpot {
                        account: scope.account.clone(),
                        region: scope.region.clone(),
                        api: "test:Describe".into(),
                        reason: BlindSpotReason::AccessDenied,
                        message: "may not".to_owned(),
                        kinds: vec![*kind],
                    });
                } else {
                    found.listed(*kind);
                }
            }
            builder.absorb(found);
        }
        let found = || Found::new(scopes[0].clone(), now, Redactor::new([1; 32]));
        let mut named = found();
        for id in &self.absent {
            named.absent(ResourceId::new(id));
        }
        for id in &self.unreadable {
            named.unreadable(ResourceId::new(id));
        }
        builder.absorb(named);
        for id in order {
            let mut answer = found();
            let entry = self.entries.get(id).expect("put before");
            (entry.put)(&mut answer, &ResourceId::new(id), entry);
            builder.absorb(answer);
        }
        let records = scopes.map(|scope| ScopeRecord {
            scope,
            crawled_at: Some(now),
            duration_ms: None,
            api_calls: 1,
            kept: None,
        });
        let inventory = builder.finish("test".to_owned(), now, records.to_vec());
        Snapshot::new(inventory.expect("facts that fit together"), Vec::new())
    }
}

/// The place of what goes by this id.
pub fn place(overlay: &Overlay<'_>, id: &str) -> ResourceIndex {
    let place = overlay.find(&ResourceId::new(id));
    place.unwrap_or_else(|| unreachable!("the estate has no {id}"))
}

/// A change of facts of something that is there.
pub fn patched<F: Facts>(snapshot: &Snapshot, id: &str, change: impl FnOnce(&mut F)) -> Edits {
    let place = snapshot.inventory().find(id).expect("part of the estate");
    let mut resource = snapshot.resource(place).clone();
    let mut facts: F = resource.attributes.facts().expect("facts of this kind");
    change(&mut facts);
    resource.attributes = Attributes::from_value(&kinds::attributes(&facts));
    let own = resource.own_arn().expect("an ARN");
    edits(id, After::Is(Box::new(planned_as(resource, own))))
}

/// A deletion.
pub fn gone(id: &str) -> Edits {
    edits(id, After::Gone)
}

/// Something new that goes by this id: `planned:aws_ecs_task_definition.web`, or the ARN that AWS will give it.
pub fn planned<F: Facts>(id: &str, own: &str, facts: &F) -> Edits {
    let own = Arn::parse(own).expect("an ARN");
    let id = ResourceId::new(id);
    let resource = Resource {
        name: facts.name().unwrap_or_else(|| id.to_string()).into(),
        kind: F::KIND,
        account: own.account().into(),
        region: F::KIND.region_of(&own).into(),
        presence: Presence::Planned,
        tags: Box::default(),
        attributes: Attributes::from_value(&kinds::attributes(facts)),
        observed_at: OffsetDateTime::UNIX_EPOCH,
        id: id.clone(),
    };
    edits(id.as_str(), After::Is(Box::new(planned_as(resource, own))))
}

/// Several changes as one; of two to one resource the later stays.
pub fn together(all: impl IntoIterator<Item = Edits>) -> Edits {
    Edits {
        after: all.into_iter().flat_map(|edits| edits.after).collect(),
    }
}

/// Says that only the change itself will tell these fields of what it makes or changes.
#[must_use]
pub fn unknown(mut edits: Edits, fields: &[&str]) -> Edits {
    for after in edits.after.values_mut() {
        if let After::Is(planned) = after {
            planned
                .unknown
                .extend(fields.iter().map(ToString::to_string));
        }
    }
    edits
}

/// Says that what these make is there already, and known from the change alone.
#[must_use]
pub fn stated(mut edits: Edits) -> Edits {
    for after in edits.after.values_mut() {
        if let After::Is(planned) = after {
            planned.resource.presence = Presence::Stated;
        }
    }
    edits
}

fn planned_as(resource: Resource, own: Arn) -> Planned {
    Planned {
        resource,
        own,
        also_named: BTreeSet::new(),
        unknown: BTreeSet::new(),
    }
}

fn edits(id: &str, after: After) -> Edits {
    Edits {
        after: BTreeMap::from([(ResourceId::new(id), after)]),
    }
}

/// What a need says of a subject; of several launches, all together.
pub fn judged(need: &Need, overlay: &Overlay<'_>, id: &str) -> Verdict {
    let subject = place(overlay, id);
    match need.subject {
        Subject::Start(judge) => {
            let launches = Launch::of(overlay, subject);
            Verdict::all(launches.iter().map(|launch| judge(overlay, launch)))
        }
        Subject::Of(_, judge) => judge(overlay, subject),
    }
}

/// A verdict for a test's table: `met`, or its answer and reasons with AWS's error.
pub fn told(verdict: &Verdict) -> String {
    let answer = match verdict.answer {
        Answer::Met => return "met".to_owned(),
        Answer::Unknown => "unknown",
        Answer::Unmet => "unmet",
    };
    let reasons = verdict.reasons.iter().map(|reason| match reason.aws_error {
        Some(error) => format!("{} ({error})", reason.text),
        None => reason.text.clone(),
    });
    format!("{answer}: {}", reasons.collect::<Vec<_>>().join("; "))
}
