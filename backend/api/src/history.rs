//! What the kept snapshots say of one resource. They are read one at a time, and only for what they say of it.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use blastmap_graph::Snapshot;
use blastmap_model::{Inventory, NamedLink, Relation, Resource, ResourceId, SnapshotChanges};
use blastmap_store::{Store, StoreError};
use time::OffsetDateTime;

use crate::{
    problem::{Code, Problem},
    state::store_failed,
};

/// How many snapshots one answer looks at.
pub(crate) const MOST_SNAPSHOTS: usize = 30;

/// How much is remembered of all snapshots together, in links: some ten megabytes.
const REMEMBERED: usize = 100_000;

/// A snapshot that is kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) id: String,
    /// Of one that cannot be read: when it was written.
    pub(crate) taken_at: OffsetDateTime,
    pub(crate) resources: usize,
    pub(crate) links: usize,
    pub(crate) changes: Option<SnapshotChanges>,
    /// Why it cannot be read.
    pub(crate) problem: Option<String>,
}

/// What one snapshot says of a resource.
#[derive(Debug, Default)]
pub(crate) struct About {
    pub(crate) resource: Option<Resource>,
    /// From and to it, each once, sorted by their ends and relation.
    pub(crate) links: Vec<NamedLink>,
}

/// What a snapshot turned out to hold.
#[derive(Clone)]
enum Read {
    About(Arc<About>),
    Unreadable(String),
    /// It was forgotten meanwhile.
    Gone,
}

/// What happened from one snapshot to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Added,
    Changed,
    Removed,
    FirstKnown,
    Unreadable,
}

/// One thing that happened.
pub(crate) struct Entry {
    pub(crate) event: Event,
    pub(crate) snapshot: Kept,
    pub(crate) before: Option<Kept>,
    /// What `snapshot` and `before` say.
    pub(crate) later: Arc<About>,
    pub(crate) earlier: Arc<About>,
    pub(crate) links_added: Vec<NamedLink>,
    pub(crate) links_removed: Vec<NamedLink>,
    pub(crate) problem: Option<String>,
}

/// A part of a history.
pub(crate) struct Page {
    pub(crate) entries: Vec<Arc<Entry>>,
    /// The last snapshot that was looked at; none where there was none to look at.
    pub(crate) seen: Option<Kept>,
    pub(crate) more: bool,
    /// How many snapshots are kept.
    pub(crate) snapshots: usize,
}

/// What is asked for.
pub(crate) struct Question<'a> {
    pub(crate) id: &'a str,
    pub(crate) first: usize,
    /// Only what is older than the snapshot with this time and id.
    pub(crate) after: Option<(OffsetDateTime, &'a str)>,
    /// Whether links of those that need it are told.
    pub(crate) dependents: bool,
}

/// Reads kept snapshots for what they say of single resources, and remembers it: they never change.
pub(crate) struct History {
    store: Option<Arc<Store>>,
    remembered: Mutex<Remembered>,
    /// One snapshot is read at a time, whoever asks.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Remembered {
    /// The last used first.
    all: VecDeque<(String, ResourceId, Arc<About>)>,
    held: usize,
}

impl Remembered {
    fn get(&mut self, snapshot: &str, id: &str) -> Option<Arc<About>> {
        let place = self
            .all
            .iter()
            .position(|(own, of, _)| own == snapshot && of.as_str() == id)?;
        let found = self.all.remove(place)?;
        let about = Arc::clone(&found.2);
        self.all.push_front(found);
        Some(about)
    }

    fn keep(&mut self, snapshot: &str, id: &str, about: &Arc<About>) {
        let weight = |about: &About| {
            let attributes = about
                .resource
                .iter()
                .map(|own| own.attributes.as_str().len());
            10 + about.links.len() + attributes.sum::<usize>() / 200
        };
        self.held += weight(about);
        self.all
            .push_front((snapshot.to_owned(), ResourceId::new(id), Arc::clone(about)));
        while self.held > REMEMBERED
            && let Some((_, _, oldest)) = self.all.pop_back()
        {
            self.held -= weight(&oldest);
        }
    }
}

impl History {
    pub(crate) fn new(store: Option<Arc<Store>>) -> Self {
        Self {
            store,
            remembered: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// What happened to a resource, newest first. `latest` is known without reading.
    pub(crate) async fn of(
        &self,
        latest: Option<&Snapshot>,
        question: &Question<'_>,
    ) -> Result<Page, Problem> {
        let kept = self.kept(latest).await?;
        let begin = question.after.map_or(0, |seen| {
            kept.partition_point(|own| (own.taken_at, own.id.as_str()) >= seen)
        });
        let mut reads: HashMap<usize, Read> = HashMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        let mut place = begin;
        while place < kept.len() && entries.len() < question.first && reads.len() < MOST_SNAPSHOTS {
            match self
                .look(latest, &kept, place, question.id, &mut reads)
                .await?
            {
                Read::Gone => {}
                Read::Unreadable(why) => entries.push(unreadable(&kept[place], why)),
                Read::About(later) => {
                    let mut before = None;
                    for earlier in place + 1..kept.len() {
                        let read = self.look(latest, &kept, earlier, question.id, &mut reads);
                        if let Read::About(about) = read.await? {
                            before = Some((kept[earlier].clone(), about));
                            break;
                        }
                    }
                    entries.extend(happened(&kept[place], later, before, question));
                }
            }
            place += 1;
        }
        Ok(Page {
            entries: entries.into_iter().map(Arc::new).collect(),
            seen: place
                .checked_sub(1)
                .and_then(|seen| kept.get(seen))
                .cloned(),
            more: place < kept.len(),
            snapshots: kept.len(),
        })
    }

    /// The snapshots that are kept and the latest, newest first.
    async fn kept(&self, latest: Option<&Snapshot>) -> Result<Vec<Kept>, Problem> {
        let mut kept = Vec::new();
        if let Some(store) = &self.store {
            let listed = store.list_all_snapshots().await;
            let (entries, unreadable) = listed.map_err(|error| store_failed(&error))?;
            kept.extend(entries.into_iter().map(|entry| Kept {
                id: entry.id,
                taken_at: entry.taken_at,
                resources: entry.resources,
                links: entry.links,
                changes: entry.changes,
                problem: None,
            }));
            kept.extend(unreadable.into_iter().map(|own| Kept {
                id: own.id,
                taken_at: own.written_at,
                resources: 0,
                links: 0,
                changes: None,
                problem: Some(own.why),
            }));
        }
        if let Some(latest) = latest {
            kept.retain(|own| own.id != latest.id());
            kept.push(Kept {
                id: latest.id().to_owned(),
                taken_at: latest.taken_at(),
                resources: latest.inventory().resources().len(),
                links: latest.inventory().links().len(),
                changes: latest.inventory().changes.clone(),
                problem: None,
            });
        }
        kept.sort_by(|one, other| (other.taken_at, &other.id).cmp(&(one.taken_at, &one.id)));
        Ok(kept)
    }

    async fn look(
        &self,
        latest: Option<&Snapshot>,
        kept: &[Kept],
        place: usize,
        id: &str,
        reads: &mut HashMap<usize, Read>,
    ) -> Result<Read, Problem> {
        if let Some(read) = reads.get(&place) {
            return Ok(read.clone());
        }
        let read = self.read(latest, &kept[place], id).await?;
        reads.insert(place, read.clone());
        Ok(read)
    }

    async fn read(
        &self,
        latest: Option<&Snapshot>,
        kept: &Kept,
        id: &str,
    ) -> Result<Read, Problem> {
        if let Some(why) = &kept.problem {
            return Ok(Read::Unreadable(why.clone()));
        }
        if let Some(latest) = latest.filter(|latest| latest.id() == kept.id) {
            return Ok(Read::About(Arc::new(About::in_snapshot(latest, id))));
        }
        let Some(store) = &self.store else {
            return Ok(Read::Gone);
        };
        let known = self.remembered().get(&kept.id, id);
        if let Some(about) = known {
            return Ok(Read::About(about));
        }
        let _alone = self.reading.lock().await;
        let own = ResourceId::new(id);
        let read = store.load_part(&kept.id, BTreeSet::from([own.clone()]), Some(own));
        match read.await {
            Ok(part) => {
                let about = Arc::new(About::new(part.resources, part.links));
                self.remembered().keep(&kept.id, id, &about);
                Ok(Read::About(about))
            }
            Err(StoreError::Refused(refused)) => Ok(Read::Unreadable(refused.why)),
            Err(StoreError::Unknown { .. }) => Ok(Read::Gone),
            Err(error) => Err(store_failed(&error)),
        }
    }

    /// Those links of a snapshot, with their ends.
    pub(crate) async fn with_ends(
        &self,
        latest: Option<&Snapshot>,
        kept: &Kept,
        links: &[NamedLink],
    ) -> Result<Inventory, Problem> {
        let ends: BTreeSet<ResourceId> = links
            .iter()
            .flat_map(|link| [link.from.clone(), link.to.clone()])
            .collect();
        let resources = if let Some(latest) = latest.filter(|latest| latest.id() == kept.id) {
            let found = ends
                .iter()
                .filter_map(|id| latest.inventory().find(id.as_str()));
            found.map(|place| latest.resource(place).clone()).collect()
        } else if ends.is_empty() {
            Vec::new()
        } else {
            let store = self.store.as_ref().ok_or_else(|| forgotten(&kept.id))?;
            let _alone = self.reading.lock().await;
            match store.load_part(&kept.id, ends, None).await {
                Ok(part) => part.resources,
                Err(StoreError::Refused(_) | StoreError::Unknown { .. }) => {
                    return Err(forgotten(&kept.id));
                }
                Err(error) => return Err(store_failed(&error)),
            }
        };
        Inventory::new(
            kept.id.clone(),
            kept.taken_at,
            Vec::new(),
            Vec::new(),
            resources,
            links.to_vec(),
        )
        .map_err(|error| {
            let message = format!("snapshot `{}` does not fit together: {error}", kept.id);
            Problem::new(Code::Internal, message)
        })
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn forgotten(id: &str) -> Problem {
    Problem::new(
        Code::NotFound,
        format!("snapshot `{id}` was forgotten or damaged meanwhile: ask again"),
    )
}

fn unreadable(kept: &Kept, why: String) -> Entry {
    Entry {
        event: Event::Unreadable,
        snapshot: Kept {
            problem: Some(why.clone()),
            ..kept.clone()
        },
        before: None,
        later: Arc::default(),
        earlier: Arc::default(),
        links_added: Vec::new(),
        links_removed: Vec::new(),
        problem: Some(why),
    }
}

/// What happened between two snapshots; none where nothing did.
fn happened(
    snapshot: &Kept,
    later: Arc<About>,
    before: Option<(Kept, Arc<About>)>,
    question: &Question<'_>,
) -> Option<Entry> {
    let (before, earlier) = before.map_or((None, None), |(kept, about)| (Some(kept), Some(about)));
    let oldest = earlier.is_none();
    let earlier = earlier.unwrap_or_default();
    let told = |link: &&NamedLink| question.dependents || link.from.as_str() == question.id;
    let missing_in = |other: &About, all: &[NamedLink]| -> Vec<NamedLink> {
        let missing = |link: &&NamedLink| {
            let place = other.links.binary_search_by(|own| key(own).cmp(&key(link)));
            place.is_err()
        };
        all.iter().filter(missing).filter(told).cloned().collect()
    };
    let (links_added, links_removed) = if oldest {
        (Vec::new(), Vec::new())
    } else {
        (
            missing_in(&earlier, &later.links),
            missing_in(&later, &earlier.links),
        )
    };
    let event = match (&earlier.resource, &later.resource) {
        (None, None) => return None,
        (None, Some(_)) if oldest => Event::FirstKnown,
        (None, Some(_)) => Event::Added,
        (Some(_), None) => Event::Removed,
        (Some(one), Some(other)) => {
            let same = links_added.is_empty()
                && links_removed.is_empty()
                && blastmap_graph::same_but_for_time(one, other);
            if same {
                return None;
            }
            Event::Changed
        }
    };
    Some(Entry {
        event,
        snapshot: snapshot.clone(),
        before,
        later,
        earlier,
        links_added,
        links_removed,
        problem: None,
    })
}

/// What makes a link the same in two snapshots.
fn key(link: &NamedLink) -> (&str, &str, Relation) {
    (link.from.as_str(), link.to.as_str(), link.relation)
}

impl About {
    fn new(resources: Vec<Resource>, mut links: Vec<NamedLink>) -> Self {
        links.sort_by(|one, other| key(one).cmp(&key(other)));
        links.dedup_by(|later, first| key(later) == key(first));
        Self {
            resource: resources.into_iter().next(),
            links,
        }
    }

    fn in_snapshot(snapshot: &Snapshot, id: &str) -> Self {
        let Some(place) = snapshot.inventory().find(id) else {
            return Self::default();
        };
        let topology = snapshot.topology();
        let links = topology.dependencies(place).iter();
        let links = links.chain(topology.dependents(place)).map(|index| {
            let link = snapshot.link(*index);
            NamedLink {
                from: snapshot.resource(link.from).id.clone(),
                to: snapshot.resource(link.to).id.clone(),
                relation: link.relation,
                phases: Some(link.phases),
                evidence: snapshot.evidence(*index).clone(),
            }
        });
        Self::new(vec![snapshot.resource(place).clone()], links.collect())
    }
}
