//! The file of bearer tokens: who has one, with which role, and its SHA-256. The tokens themselves are nowhere.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use serde::Deserialize;
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::{
    Identity, Method, Role,
    audit::AUDIT,
    caller::{Admitted, Lasts},
    digest::{Digest, digest, new_secret},
};
use crate::stamp::{Seen, Stamp};

/// The largest file that is read.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Tells scanners for leaked secrets what a token is.
const PREFIX: &str = "blastmap_";

/// Why a file of tokens is not used.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    #[error("cannot read the tokens of {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "{path} could be written by its group, or read by everybody (mode {mode:o}): run `chmod 600 {path}`"
    )]
    Mode { path: PathBuf, mode: u32 },
    #[error("{path} holds no tokens as `blastmap token` writes them: {why}")]
    Content { path: PathBuf, why: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(default)]
    token: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    role: Role,
    sha256: String,
}

struct Entry {
    identity: Arc<Identity>,
    digest: Digest,
    /// Cancelled when the token is no longer in the file as it was.
    ended: CancellationToken,
}

/// The tokens of a file, as they were when it could last be read.
pub(crate) struct Tokens {
    path: PathBuf,
    entries: ArcSwap<Vec<Entry>>,
    seen: Mutex<Seen<Option<Stamp>>>,
}

impl Tokens {
    pub(crate) fn open(path: &Path) -> Result<Self, TokensError> {
        let (stamp, entries) = read(path)?;
        Ok(Self {
            path: path.to_owned(),
            entries: ArcSwap::from_pointee(entries),
            seen: Mutex::new(Seen::new(Some(stamp))),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.load().is_empty()
    }

    /// Whose token this is. It is compared with every one there is, in the same time whatever it is.
    pub(crate) fn find(&self, token: &str) -> Option<Admitted> {
        let entries = self.entries.load();
        let digest = digest(token);
        let place = place_of(&entries, |own| own.digest.ct_eq(&digest))?;
        let entry = entries.get(place)?;
        Some(Admitted {
            identity: Arc::clone(&entry.identity),
            lasts: Lasts {
                ended: Some(entry.ended.clone()),
                until: None,
            },
        })
    }

    /// Reads the file again if it changed. One that cannot be used leaves the tokens as they were.
    pub(crate) fn refresh(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.is_last(&Stamp::of(&self.path)) {
            return;
        }
        match read(&self.path) {
            Ok((stamp, entries)) => {
                *seen = Seen::new(Some(stamp));
                let count = entries.len();
                self.take(entries);
                info!(
                    target: AUDIT,
                    { audit.event = "tokens-read", tokens = count },
                    "Read {count} tokens of {}", self.path.display()
                );
            }
            Err(error) => {
                if seen.failed(error.to_string()) {
                    error!(
                        error = &error as &dyn std::error::Error,
                        "The tokens stay as they were: {error}"
                    );
                }
            }
        }
    }

    /// Puts tokens in the place of the earlier ones; what is gone, or has another role, ends.
    fn take(&self, mut entries: Vec<Entry>) {
        let before = self.entries.load();
        let same = |one: &Entry, other: &Entry| {
            one.identity == other.identity && one.digest == other.digest
        };
        for entry in &mut entries {
            if let Some(own) = before.iter().find(|own| same(own, entry)) {
                entry.ended = own.ended.clone();
            }
        }
        let entries = Arc::new(entries);
        // First nobody comes in any more, then whoever is in goes: else they could come back in between.
        self.entries.store(Arc::clone(&entries));
        for own in before.iter() {
            if !entries.iter().any(|entry| same(own, entry)) {
                own.ended.cancel();
            }
        }
    }
}

/// The place of what is equal. All are compared, and none of them decides what is done next.
fn place_of<T>(all: &[T], mut is_equal: impl FnMut(&T) -> Choice) -> Option<usize> {
    let mut found = Choice::from(0);
    let mut place = 0_u64;
    for (index, own) in (0_u64..).zip(all) {
        let equal = is_equal(own);
        place.conditional_assign(&index, equal);
        found |= equal;
    }
    if bool::from(found) {
        usize::try_from(place).ok()
    } else {
        None
    }
}

#[cfg(unix)]
fn mode_of(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o777
}

#[cfg(not(unix))]
fn mode_of(_: &fs::Metadata) -> u32 {
    0
}

fn read(path: &Path) -> Result<(Stamp, Vec<Entry>), TokensError> {
    let failed = |source| TokensError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = mode_of(&metadata);
    // A group may read: that is how secrets are mounted into containers. What can be written by others lets others in.
    if mode & 0o027 != 0 {
        return Err(TokensError::Mode {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = String::new();
    file.by_ref()
        .take(LARGEST_FILE)
        .read_to_string(&mut text)
        .map_err(failed)?;
    let entries = parse(&text).map_err(|why| TokensError::Content {
        path: path.to_owned(),
        why,
    })?;
    Ok((Stamp::of_metadata(&metadata), entries))
}

fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let content: Content = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let mut names = BTreeSet::new();
    let mut digests = BTreeSet::new();
    let lines = content.token.into_iter().map(|line| {
        check_name(&line.name)?;
        let mut digest = Digest::default();
        hex::decode_to_slice(&line.sha256, &mut digest).map_err(|_no_digest| {
            format!("`sha256` of {} is not 64 hexadecimal digits", line.name)
        })?;
        if !names.insert(line.name.clone()) {
            return Err(format!("two tokens are called {}", line.name));
        }
        if !digests.insert(digest) {
            return Err(format!("{} has the token of another", line.name));
        }
        Ok(Entry {
            identity: Arc::new(Identity::new(
                &line.name,
                &line.name,
                line.role,
                Method::Token,
            )),
            digest,
            ended: CancellationToken::new(),
        })
    });
    lines.collect()
}

fn check_name(name: &str) -> Result<(), String> {
    let good = |letter: char| letter.is_alphanumeric() || "-_.@+".contains(letter);
    if name.is_empty() || name.chars().count() > 64 || !name.chars().all(good) {
        return Err(format!(
            "`{}` is not a name: give up to 64 letters, digits, and - _ . @ +",
            name.escape_debug()
        ));
    }
    Ok(())
}

/// A token that was just made; nothing keeps it.
#[derive(Debug)]
pub struct NewToken {
    /// For whoever will use it.
    pub token: String,
    /// For the file of tokens.
    pub block: String,
}

/// Makes a token.
pub fn new_token(name: &str, role: Role) -> Result<NewToken, String> {
    check_name(name)?;
    let secret =
        new_secret().map_err(|_no_entropy| "there is no randomness to be had".to_owned())?;
    let token = format!("{PREFIX}{secret}");
    let block = format!(
        "[[token]]\nname = \"{name}\"\nrole = \"{}\"\nsha256 = \"{}\"\n",
        role.name(),
        hex::encode(digest(&token))
    );
    Ok(NewToken { token, block })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn write(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        set_mode(path, 0o600);
    }

    /// A file with the tokens of two viewers; it goes with its folder.
    fn two_viewers() -> (tempfile::TempDir, PathBuf, [NewToken; 2]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.toml");
        let both = ["ann", "bob"].map(|name| new_token(name, Role::Viewer).unwrap());
        write(&path, &format!("{}{}", both[0].block, both[1].block));
        (folder, path, both)
    }

    #[test]
    fn a_new_token_is_found_by_its_block_and_is_not_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.toml");
        let (ann, bob) = (
            new_token("ann", Role::Operator).unwrap(),
            new_token("bob@example.com", Role::Viewer).unwrap(),
        );
        assert!(ann.token.starts_with("blastmap_") && ann.token.len() == 52);
        assert!(!ann.block.contains(&ann.token[9..]));
        write(&path, &format!("{}\n{}", ann.block, bob.block));
        let tokens = Tokens::open(&path).unwrap();
        let found = tokens.find(&ann.token).unwrap().identity;
        assert_eq!((&*found.name, found.role), ("ann", Role::Operator));
        let found = tokens.find(&bob.token).unwrap().identity;
        assert_eq!(
            (&*found.name, found.role),
            ("bob@example.com", Role::Viewer)
        );
        for wrong in ["", "blastmap_", &ann.token[1..], &ann.block] {
            assert!(tokens.find(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_same_is_compared_whether_a_token_is_there_or_not() {
        let all = [1_u8, 2, 3, 4];
        for (looked_for, place) in [(1, Some(0)), (4, Some(3)), (9, None)] {
            let mut compared = 0;
            let found = place_of(&all, |own| {
                compared += 1;
                own.ct_eq(&looked_for)
            });
            assert_eq!((found, compared), (place, 4), "{looked_for}");
        }
    }

    #[test]
    fn a_changed_file_is_read_and_a_broken_one_changes_nothing() {
        let (_folder, path, [ann, bob]) = two_viewers();
        let tokens = Tokens::open(&path).unwrap();
        let (of_ann, of_bob) = (
            tokens.find(&ann.token).unwrap(),
            tokens.find(&bob.token).unwrap(),
        );

        write(&path, "[[token]]\nname = 1\n");
        tokens.refresh();
        assert!(tokens.find(&bob.token).is_some());
        fs::remove_file(&path).unwrap();
        tokens.refresh();
        assert!(tokens.find(&bob.token).is_some());

        write(&path, &ann.block);
        tokens.refresh();
        assert!(tokens.find(&ann.token).is_some());
        assert!(tokens.find(&bob.token).is_none());
        assert!(of_bob.lasts.ended.unwrap().is_cancelled());
        let of_ann = of_ann.lasts.ended.unwrap();
        assert!(!of_ann.is_cancelled());

        write(&path, &ann.block.replace("viewer", "operator"));
        tokens.refresh();
        assert!(of_ann.is_cancelled(), "another role is another sign-in");
        let now = tokens.find(&ann.token).unwrap().identity.role;
        assert_eq!(now, Role::Operator);
    }

    #[test]
    fn a_file_that_could_not_be_used_is_tried_again_though_it_did_not_change() {
        let (_folder, path, [ann, bob]) = two_viewers();
        let tokens = Tokens::open(&path).unwrap();
        write(&path, &ann.block);
        set_mode(&path, 0o644);
        tokens.refresh();
        assert!(tokens.find(&bob.token).is_some());
        set_mode(&path, 0o600);
        tokens.refresh();
        assert!(tokens.find(&bob.token).is_none());
    }

    #[test]
    fn a_file_that_others_may_write_or_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.toml");
        write(&path, &new_token("ann", Role::Viewer).unwrap().block);
        for (mode, good) in [
            (0o600, true),
            (0o400, true),
            (0o440, true),
            (0o640, true),
            (0o644, false),
            (0o660, false),
            (0o602, false),
            (0o777, false),
        ] {
            set_mode(&path, mode);
            assert_eq!(Tokens::open(&path).is_ok(), good, "{mode:o}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let hash = "0".repeat(64);
        let line = |name: &str, hash: &str| {
            format!("[[token]]\nname = \"{name}\"\nrole = \"viewer\"\nsha256 = \"{hash}\"\n")
        };
        let other = "1".repeat(64);
        for (text, why) in [
            (line("a", "xyz"), "`sha256` of a is not 64"),
            (line("a b", &hash), "`a b` is not a name"),
            (
                line("a", &hash) + &line("a", &other),
                "two tokens are called a",
            ),
            (
                line("a", &hash) + &line("b", &hash),
                "b has the token of another",
            ),
            (
                line("a", &hash).replace("viewer", "admin"),
                "unknown variant `admin`",
            ),
            ("token = 1\n".to_owned(), "invalid type"),
            ("tokens = []\n".to_owned(), "unknown field `tokens`"),
        ] {
            let error = parse(&text).err().unwrap();
            assert!(error.contains(why), "{error}");
        }
        assert!(parse("").unwrap().is_empty());
    }
}
