//! The manifest of a store that several crawls share: which shards make the snapshot.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{GLOBAL, Inventory, Scope};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime, macros::format_description};

/// The manifest's name in a store.
pub(crate) const NAME: &str = "manifest.json";

/// The folder of shards in a store.
pub(crate) const SHARDS: &str = "shards";

/// The version of the format that is written. Newer ones are refused.
const VERSION: u32 = 1;

/// Which shards make the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    blastmap: u32,
    /// The id of the snapshot that the shards make.
    pub(crate) snapshot: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) taken_at: OffsetDateTime,
    /// Sorted by name.
    pub(crate) shards: Vec<Shard>,
    /// Scopes of which no shard is left, and when the last one went; whoever reads is told, until that is long ago.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) gone: Vec<Gone>,
}

/// A scope that was crawled once, and that nobody crawls any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Gone {
    #[serde(flatten)]
    pub(crate) scope: Scope,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) since: OffsetDateTime,
}

/// What one crawl saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shard {
    /// `shards/ACCOUNT/REGION/ID.jsonl.zst`
    pub(crate) name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) taken_at: OffsetDateTime,
    /// Of the scopes that were crawled, those of which no other shard is newer.
    pub(crate) scopes: BTreeSet<Scope>,
    /// Those of them into which the crawl did not get: any other that did knows better, however old.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    closed: BTreeSet<Scope>,
    pub(crate) resources: usize,
    pub(crate) links: usize,
}

impl Shard {
    pub(crate) fn of(inventory: &Inventory, name: String) -> Self {
        let records = inventory.scopes.iter();
        let closed = records.clone().filter(|own| own.crawled_at.is_none());
        Self {
            name,
            taken_at: inventory.taken_at,
            closed: closed.map(|own| own.scope.clone()).collect(),
            scopes: records.map(|own| own.scope.clone()).collect(),
            resources: inventory.resources().len(),
            links: inventory.links().len(),
        }
    }

    /// How much its word on a scope counts against another's.
    fn rank(&self, scope: &Scope) -> (bool, OffsetDateTime, &str) {
        (!self.closed.contains(scope), self.taken_at, &self.name)
    }

    /// Gives up what another holds and knows better, and what is global in accounts of which nothing else is left.
    fn give_up(&mut self, other: &Self) {
        let regional = |scope: &Scope| &*scope.region != GLOBAL;
        let better: BTreeSet<Scope> = self
            .scopes
            .intersection(&other.scopes)
            .filter(|scope| regional(scope) && self.rank(scope) < other.rank(scope))
            .cloned()
            .collect();
        if better.is_empty() {
            return;
        }
        self.scopes.retain(|scope| !better.contains(scope));
        let left = self.scopes.iter().filter(|scope| regional(scope));
        let accounts: BTreeSet<_> = left.map(|scope| scope.account.clone()).collect();
        self.scopes
            .retain(|scope| accounts.contains(&scope.account));
    }
}

impl Manifest {
    pub(crate) fn empty() -> Self {
        Self::of(Vec::new(), Vec::new())
    }

    /// Of a store that was not shared before: what its last snapshot had, nobody has crawled since.
    pub(crate) fn after(snapshot: &Inventory) -> Self {
        let gone = snapshot.scopes.iter().map(|record| Gone {
            scope: record.scope.clone(),
            since: snapshot.taken_at,
        });
        Self::of(Vec::new(), gone.collect())
    }

    fn of(mut shards: Vec<Shard>, gone: Vec<Gone>) -> Self {
        shards.sort_by(|one, other| one.name.cmp(&other.name));
        let newest = shards.iter().map(|shard| shard.taken_at).max();
        let taken_at = newest.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self {
            blastmap: VERSION,
            snapshot: snapshot_id(taken_at, &shards, &gone),
            taken_at,
            shards,
            gone,
        }
    }

    /// With one more shard. Of each scope the newest holds; what holds nothing any more goes, and what was not renewed for `longest`.
    /// What went so is told for as long again.
    pub(crate) fn with(&self, mut shard: Shard, longest: Duration) -> Self {
        let now = shard.taken_at;
        let mut shards = Vec::with_capacity(self.shards.len() + 1);
        let mut gone: BTreeMap<Scope, OffsetDateTime> = BTreeMap::new();
        for old in &self.gone {
            gone.insert(old.scope.clone(), old.since);
        }
        for old in &self.shards {
            let mut old = old.clone();
            if old.name == shard.name {
                continue;
            }
            if now - old.taken_at > longest {
                gone.extend(old.scopes.into_iter().map(|scope| (scope, now)));
                continue;
            }
            let before = shard.clone();
            shard.give_up(&old);
            old.give_up(&before);
            shards.push(old);
        }
        shards.push(shard);
        shards.retain(|shard| !shard.scopes.is_empty());
        let held = |scope: &Scope| shards.iter().any(|shard| shard.scopes.contains(scope));
        gone.retain(|scope, since| !held(scope) && now - *since <= longest);
        let gone = gone.into_iter().map(|(scope, since)| Gone { scope, since });
        let gone = gone.collect();
        Self::of(shards, gone)
    }

    pub(crate) fn names(&self, name: &str) -> bool {
        self.shards.iter().any(|shard| shard.name == name)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a manifest, or says what is wrong with it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            blastmap: u32,
        }
        let broken = |error: serde_json::Error| format!("is no manifest: {error}");
        let Version { blastmap } = serde_json::from_slice(bytes).map_err(broken)?;
        if blastmap > VERSION {
            return Err(format!(
                "has format version {blastmap}, newer than {VERSION}, which this blastmap reads: upgrade blastmap"
            ));
        }
        serde_json::from_slice(bytes).map_err(broken)
    }
}

/// The folder in which a crawl's shards lie.
pub(crate) fn folder_of(inventory: &Inventory) -> String {
    let scopes = inventory.scopes.iter().map(|record| &record.scope);
    let regional: Vec<&Scope> = scopes.filter(|scope| &*scope.region != GLOBAL).collect();
    let one = |of: fn(&Scope) -> &str| {
        let mut values: Vec<&str> = regional.iter().map(|scope| of(scope)).collect();
        values.dedup();
        match &values[..] {
            [one] if is_plain(one) => (*one).to_owned(),
            _ => "several".to_owned(),
        }
    };
    let (account, region) = (one(|scope| &scope.account), one(|scope| &scope.region));
    format!("{SHARDS}/{account}/{region}")
}

/// A word that makes a file name and nothing else.
fn is_plain(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !word.is_empty() && word.len() <= 40 && word.bytes().all(plain)
}

/// `20261123T181627Z-1f2e3a4b`: the same shards make the same snapshot.
fn snapshot_id(taken_at: OffsetDateTime, shards: &[Shard], gone: &[Gone]) -> String {
    let stamp = taken_at
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
        .unwrap_or_default();
    let mut hash = Sha256::new();
    for shard in shards {
        hash.update(&shard.name);
        for scope in &shard.scopes {
            hash.update(format!(" {scope}\n"));
        }
    }
    for own in gone {
        hash.update(format!("gone {}\n", own.scope));
    }
    format!("{stamp}-{}", hex::encode(&hash.finalize()[..4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::days(30);

    fn shard(name: &str, minutes: i64, scopes: &[&str]) -> Shard {
        let scope = |text: &&str| {
            let (account, region) = text.split_once(' ').unwrap();
            Scope::new(account, region)
        };
        Shard {
            name: name.to_owned(),
            taken_at: OffsetDateTime::UNIX_EPOCH + Duration::minutes(minutes),
            scopes: scopes.iter().map(scope).collect(),
            closed: BTreeSet::new(),
            resources: 0,
            links: 0,
        }
    }

    fn said(manifest: &Manifest) -> Vec<String> {
        let shards = manifest.shards.iter();
        shards
            .map(|shard| {
                let scopes: Vec<_> = shard.scopes.iter().map(Scope::to_string).collect();
                format!("{}: {}", shard.name, scopes.join(", "))
            })
            .collect()
    }

    fn of(shards: Vec<Shard>) -> Manifest {
        let add = |manifest: Manifest, shard| manifest.with(shard, LONGEST);
        shards.into_iter().fold(Manifest::empty(), add)
    }

    #[test]
    fn of_each_scope_the_newest_shard_holds() {
        let manifest = of(vec![
            shard("a", 1, &["1 r", "1 s", "1 global"]),
            shard("b", 2, &["2 r", "2 global"]),
            shard("c", 3, &["1 r", "1 global"]),
        ]);
        assert_eq!(
            said(&manifest),
            ["a: 1 global, 1 s", "b: 2 global, 2 r", "c: 1 global, 1 r"]
        );
        let taken_over = manifest.with(shard("d", 4, &["1 s", "2 r", "2 global"]), LONGEST);
        assert_eq!(
            said(&taken_over),
            ["c: 1 global, 1 r", "d: 1 s, 2 global, 2 r"]
        );
    }

    #[test]
    fn who_comes_late_takes_nothing_from_who_is_newer() {
        let manifest = of(vec![shard("new", 5, &["1 r", "1 global"])]);
        let late = manifest.with(shard("old", 1, &["1 r", "1 s", "1 global"]), LONGEST);
        assert_eq!(said(&late), ["new: 1 global, 1 r", "old: 1 global, 1 s"]);
        let nothing = manifest.with(shard("old", 1, &["1 r", "1 global"]), LONGEST);
        assert_eq!(nothing, manifest);
    }

    #[test]
    fn in_whatever_order_crawls_come_they_make_the_same() {
        let shards = [
            shard("a", 1, &["1 r", "1 s", "1 global"]),
            shard("b", 2, &["2 r", "1 s", "2 global", "1 global"]),
            shard("c", 3, &["1 r", "1 global"]),
        ];
        let expected = of(shards.to_vec());
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let manifest = of(order.map(|place: usize| shards[place].clone()).to_vec());
            assert_eq!(manifest, expected, "{order:?}");
        }
        assert_eq!(
            expected.with(shards[1].clone(), LONGEST),
            expected,
            "and twice is once"
        );
    }

    #[test]
    fn what_nobody_renews_goes() {
        let manifest = of(vec![shard("a", 0, &["1 r"]), shard("b", 1, &["2 r"])]);
        let month = LONGEST.whole_minutes();
        let later = manifest.with(shard("c", month + 1, &["3 r"]), LONGEST);
        assert_eq!(said(&later), ["b: 2 r", "c: 3 r"]);
    }

    #[test]
    fn what_went_is_told_until_it_comes_back_or_is_long_ago() {
        let gone = |manifest: &Manifest| {
            let gone = manifest.gone.iter();
            gone.map(|own| own.scope.to_string()).collect::<Vec<_>>()
        };
        let month = LONGEST.whole_minutes();
        let manifest = of(vec![
            shard("a", 0, &["1 r", "1 global"]),
            shard("b", 9, &["2 r"]),
        ]);
        assert_eq!(gone(&manifest), <[&str; 0]>::default());
        let later = manifest.with(shard("c", month + 1, &["3 r"]), LONGEST);
        assert_eq!(gone(&later), ["1 global", "1 r"]);
        assert_ne!(later.snapshot, of(later.shards.clone()).snapshot);
        let back = later.with(shard("d", month + 2, &["1 r", "1 global"]), LONGEST);
        assert_eq!(gone(&back), <[&str; 0]>::default());
        let forgotten = later.with(shard("e", 2 * month + 2, &["3 r"]), LONGEST);
        assert_eq!(gone(&forgotten), ["2 r"]);
    }

    #[test]
    fn who_was_let_in_knows_better_however_old() {
        let closed = |mut shard: Shard| {
            shard.closed = shard.scopes.clone();
            shard
        };
        let own = shard("own", 1, &["1 r", "1 global"]);
        let shut = closed(shard("shut", 5, &["1 r", "1 global"]));
        for order in [[&own, &shut], [&shut, &own]] {
            let manifest = of(order.map(Clone::clone).to_vec());
            assert_eq!(said(&manifest), ["own: 1 global, 1 r"]);
        }
        let alone = of(vec![shut]);
        assert_eq!(said(&alone), ["shut: 1 global, 1 r"]);
    }

    #[test]
    fn what_is_written_comes_back_and_what_is_no_manifest_says_so() {
        let manifest = of(vec![shard("a", 1, &["1 r", "1 global"])]);
        assert_eq!(Manifest::read(&manifest.to_bytes()).unwrap(), manifest);
        let newer = Manifest::read(b"{\"blastmap\":2}").unwrap_err();
        assert!(newer.contains("newer than 1"), "{newer}");
        for broken in ["", "{}", "{\"blastmap\":1}", "[]"] {
            let why = Manifest::read(broken.as_bytes()).unwrap_err();
            assert!(why.starts_with("is no manifest"), "{why}");
        }
    }
}
