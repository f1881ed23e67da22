//! The snapshot file: one JSON object a line, in zstd or plain.
//!
//! 1. `{"blastmap":1,"id":...,"takenAt":...}`, with `changes` where they were counted
//! 2. `{"scope":{...}}` and `{"blindSpot":{...}}`
//! 3. `{"resource":{...}}`
//! 4. `{"link":{...}}`
//! 5. `{"unnamed":{...}}`, each as a resource's
//! 6. `{"end":{"resources":N,"links":M}}`, without which the file is cut short.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, BufReader, Read, Write},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::{
    BlindSpot, Evidence, Inventory, InventoryError, Link, NamedLink, Phases, Presence, Relation,
    Resource, ResourceId, ResourceKind, ScopeRecord, SnapshotChanges, resource::Attributes,
};

/// The version of the format that is written. Older ones are read, newer ones refused.
pub const VERSION: u32 = 1;

/// The first bytes of zstd data.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// No line of a snapshot is longer; a longer one is no snapshot.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Why a snapshot file was refused.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("cannot be read")]
    Read(#[source] io::Error),
    #[error("is not a blastmap snapshot: its first line should be {{\"blastmap\":1,...}}")]
    NotASnapshot,
    #[error(
        "has format version {0}, newer than {VERSION}, which this blastmap reads: upgrade blastmap"
    )]
    Newer(u32),
    #[error("is cut short: its last line should be {{\"end\":...}}")]
    CutShort,
    #[error("is corrupt in line {line}")]
    Corrupt {
        line: usize,
        #[source]
        source: serde_json::Error,
    },
    #[error("is corrupt in line {0}: longer than any line of a snapshot")]
    LineTooLong(usize),
    #[error("has {found} resources and links where its last line says {said}")]
    Count { found: usize, said: usize },
    #[error("holds facts that do not fit together")]
    Facts(#[source] InventoryError),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    blastmap: u32,
    id: String,
    #[serde(with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changes: Option<SnapshotChanges>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Scope(ScopeRecord),
    BlindSpot(BlindSpot),
    Resource(ResourceLine),
    Link(LinkLine),
    Unnamed(ResourceLine),
    End(End),
}

#[derive(Serialize, Deserialize)]
struct End {
    resources: usize,
    links: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceLine {
    id: ResourceId,
    kind: ResourceKind,
    #[serde(default)]
    name: Option<Arc<str>>,
    #[serde(default)]
    account: Option<Arc<str>>,
    #[serde(default)]
    region: Option<Arc<str>>,
    #[serde(default = "live")]
    presence: Presence,
    #[serde(default)]
    tags: std::collections::BTreeMap<Arc<str>, Arc<str>>,
    #[serde(default)]
    attributes: Option<Box<RawValue>>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    observed_at: Option<OffsetDateTime>,
}

fn live() -> Presence {
    Presence::Live
}

#[derive(Serialize, Deserialize)]
struct LinkLine {
    from: ResourceId,
    to: ResourceId,
    relation: Relation,
    #[serde(default)]
    phases: Option<Phases>,
    #[serde(default)]
    evidence: Option<Evidence>,
}

/// Writes an inventory as plain lines.
pub fn write_plain(inventory: &Inventory, output: &mut impl Write) -> io::Result<()> {
    let mut line = |value: &dyn erased::Line| -> io::Result<()> {
        value.write(output)?;
        output.write_all(b"\n")
    };
    line(&Header {
        blastmap: VERSION,
        id: inventory.id.clone(),
        taken_at: inventory.taken_at,
        changes: inventory.changes.clone(),
    })?;
    for scope in &inventory.scopes {
        line(&Line::Scope(scope.clone()))?;
    }
    for blind_spot in &inventory.blind_spots {
        line(&Line::BlindSpot(blind_spot.clone()))?;
    }
    for resource in inventory.resources() {
        line(&Line::Resource(ResourceLine::of(resource)))?;
    }
    for link in inventory.links() {
        line(&Line::Link(LinkLine::of(inventory, link)))?;
    }
    for resource in &inventory.unnamed {
        line(&Line::Unnamed(ResourceLine::of(resource)))?;
    }
    line(&Line::End(End {
        resources: inventory.resources().len(),
        links: inventory.links().len(),
    }))
}

/// Writes an inventory as zstd.
pub fn write_compressed(inventory: &Inventory, output: impl Write) -> io::Result<()> {
    let mut encoder = zstd::Encoder::new(output, 3)?;
    encoder.include_checksum(true)?;
    let mut buffered = io::BufWriter::with_capacity(1 << 16, encoder);
    write_plain(inventory, &mut buffered)?;
    let encoder = buffered
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    encoder.finish()?.flush()
}

mod erased {
    use std::io::{self, Write};

    pub(super) trait Line {
        fn write(&self, output: &mut dyn Write) -> io::Result<()>;
    }

    impl<T: serde::Serialize> Line for T {
        fn write(&self, output: &mut dyn Write) -> io::Result<()> {
            serde_json::to_writer(output, self).map_err(io::Error::from)
        }
    }
}

impl ResourceLine {
    fn of(resource: &Resource) -> Self {
        Self {
            id: resource.id.clone(),
            kind: resource.kind,
            name: Some(Arc::clone(&resource.name)),
            account: Some(Arc::clone(&resource.account)),
            region: Some(Arc::clone(&resource.region)),
            presence: resource.presence,
            tags: resource.tags.iter().cloned().collect(),
            attributes: RawValue::from_string(resource.attributes.as_str().to_owned()).ok(),
            observed_at: Some(resource.observed_at),
        }
    }

    /// Fills in what the writer left out.
    fn into_resource(self, intern: &mut Interner, taken_at: OffsetDateTime) -> Resource {
        let arn = self.id.arn();
        let account = self
            .account
            .unwrap_or_else(|| arn.as_ref().map_or("", |arn| arn.account()).into());
        let region = self.region.unwrap_or_else(|| {
            arn.as_ref()
                .map_or("", |arn| self.kind.region_of(arn))
                .into()
        });
        let tags: Vec<_> = self
            .tags
            .into_iter()
            .map(|(key, value)| (intern.text(key), intern.text(value)))
            .collect();
        Resource {
            name: self
                .name
                .unwrap_or_else(|| crate::kinds::name_from_id(self.kind, &self.id).into()),
            id: self.id,
            kind: self.kind,
            account: intern.text(account),
            region: intern.text(region),
            presence: self.presence,
            tags: tags.into(),
            attributes: self
                .attributes
                .map_or_else(Attributes::none, Attributes::from),
            observed_at: self.observed_at.unwrap_or(taken_at),
        }
    }
}

impl LinkLine {
    fn of(inventory: &Inventory, link: &Link) -> Self {
        Self {
            from: inventory.resource(link.from).id.clone(),
            to: inventory.resource(link.to).id.clone(),
            relation: link.relation,
            phases: Some(link.phases),
            evidence: Some(inventory.evidence(link).clone()),
        }
    }
}

/// Keeps one copy of each text: accounts, regions, tag keys and fields repeat without end.
#[derive(Default)]
struct Interner(indexmap::IndexSet<Arc<str>>);

impl Interner {
    fn text(&mut self, text: Arc<str>) -> Arc<str> {
        let (place, _) = self.0.insert_full(text);
        Arc::clone(&self.0[place])
    }
}

/// Reads a snapshot, compressed or plain, told apart by its first bytes.
pub fn read(input: impl Read) -> Result<Inventory, RecordError> {
    let (mut resources, mut links) = (Vec::new(), Vec::new());
    let (mut scopes, mut blind_spots) = (Vec::new(), Vec::new());
    let mut unnamed: Vec<Resource> = Vec::new();
    let mut intern = Interner::default();
    let header = read_lines(
        input,
        |_line| true,
        |taken_at, line| match line {
            Line::Scope(scope) => scopes.push(scope),
            Line::BlindSpot(blind_spot) => blind_spots.push(blind_spot),
            Line::Resource(resource) => {
                resources.push(resource.into_resource(&mut intern, taken_at));
            }
            Line::Link(link) => links.push(link.into_named(&mut intern)),
            Line::Unnamed(resource) => {
                unnamed.push(resource.into_resource(&mut intern, taken_at));
            }
            Line::End(_) => {}
        },
    )?;
    let mut inventory = Inventory::new(
        header.id,
        header.taken_at,
        scopes,
        blind_spots,
        resources,
        links,
    )
    .map_err(RecordError::Facts)?;
    unnamed.sort_by(|one, other| one.id.cmp(&other.id));
    inventory.unnamed = unnamed;
    inventory.changes = header.changes;
    Ok(inventory)
}

/// A few resources of a snapshot, and links.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Sorted by id.
    pub resources: Vec<Resource>,
    /// In the order of the file.
    pub links: Vec<NamedLink>,
}

/// Reads of a snapshot only the resources with these ids, and all links from and to `links_of`. Takes a fraction of the time that
/// [`read`] takes, and no more memory than what it gives; what is not asked for is counted, not checked.
pub fn read_part(
    input: impl Read,
    ids: &BTreeSet<&str>,
    links_of: Option<&str>,
) -> Result<Part, RecordError> {
    let is_asked = |line: &[u8]| match Glance::at(line) {
        None => true,
        Some(Glance::Resource(id)) => ids.contains(id),
        Some(Glance::Link { from, to }) => links_of.is_some_and(|id| from == id || to == id),
    };
    let mut intern = Interner::default();
    let mut part = Part::default();
    read_lines(input, is_asked, |taken_at, line| match line {
        Line::Resource(resource) if ids.contains(resource.id.as_str()) => {
            part.resources
                .push(resource.into_resource(&mut intern, taken_at));
        }
        Line::Link(link)
            if links_of.is_some_and(|id| link.from.as_str() == id || link.to.as_str() == id) =>
        {
            part.links.push(link.into_named(&mut intern));
        }
        _ => {}
    })?;
    part.resources.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(part)
}

/// What a line as we write it is about, without reading all of it. None: it is written otherwise and has to be read.
enum Glance<'l> {
    Resource(&'l str),
    Link { from: &'l str, to: &'l str },
}

impl<'l> Glance<'l> {
    fn at(line: &'l [u8]) -> Option<Self> {
        if let Some(rest) = line.strip_prefix(b"{\"resource\":{\"id\":\"") {
            return Some(Self::Resource(plain_text(rest)?.0));
        }
        let rest = line.strip_prefix(b"{\"link\":{\"from\":\"")?;
        let (from, rest) = plain_text(rest)?;
        let (to, _) = plain_text(rest.strip_prefix(b",\"to\":\"")?)?;
        Some(Self::Link { from, to })
    }
}

/// A JSON text to its end, and what follows; none where it has letters that are written in another way.
fn plain_text(rest: &[u8]) -> Option<(&str, &[u8])> {
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    let after = rest[end..].strip_prefix(b"\"")?;
    Some((std::str::from_utf8(&rest[..end]).ok()?, after))
}

/// Opens what is compressed or plain.
fn open<'a>(
    mut input: impl Read + 'a,
) -> Result<(Box<dyn BufRead + 'a>, RecordError), RecordError> {
    let mut beginning = Vec::with_capacity(4);
    input
        .by_ref()
        .take(4)
        .read_to_end(&mut beginning)
        .map_err(RecordError::Read)?;
    let compressed = beginning == ZSTD_MAGIC;
    let whole = io::Cursor::new(beginning).chain(input);
    if compressed {
        let decoder = zstd::Decoder::new(whole).map_err(RecordError::Read)?;
        let lines = BufReader::with_capacity(1 << 16, decoder);
        // What is compressed and ends before its first line was whole once.
        Ok((Box::new(lines), RecordError::CutShort))
    } else {
        let lines = BufReader::with_capacity(1 << 16, whole);
        Ok((Box::new(lines), RecordError::NotASnapshot))
    }
}

/// What a cut file gives: the decoder's complaint about a missing end is no different from missing lines.
fn read_line(
    input: &mut impl BufRead,
    line: &mut Vec<u8>,
    number: usize,
) -> Result<bool, RecordError> {
    line.clear();
    let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', line);
    match read {
        Ok(0) => Ok(false),
        Ok(length) if length as u64 >= LONGEST_LINE => Err(RecordError::LineTooLong(number)),
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(RecordError::Read(error)),
    }
}

/// Reads lines to the end, and gives each with the snapshot's time, but for resources and links that are not `wanted`.
fn read_lines(
    input: impl Read,
    wanted: impl Fn(&[u8]) -> bool,
    mut each: impl FnMut(OffsetDateTime, Line),
) -> Result<Header, RecordError> {
    let (mut input, without_lines) = open(input)?;
    let mut bytes = Vec::new();
    if !read_line(&mut input, &mut bytes, 1)? {
        return Err(without_lines);
    }
    let version: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|_any| RecordError::NotASnapshot)?;
    match version.get("blastmap").and_then(serde_json::Value::as_u64) {
        None => return Err(RecordError::NotASnapshot),
        Some(version) if version > u64::from(VERSION) => {
            return Err(RecordError::Newer(
                u32::try_from(version).unwrap_or(u32::MAX),
            ));
        }
        Some(_) => {}
    }
    let header: Header = serde_json::from_slice(&bytes)
        .map_err(|source| RecordError::Corrupt { line: 1, source })?;

    let (mut found, mut end) = (0_usize, None);
    let mut number = 1;
    while read_line(&mut input, &mut bytes, number + 1)? {
        number += 1;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let cut = !bytes.ends_with(b"\n");
        if !cut && !wanted(&bytes) {
            found += 1;
            continue;
        }
        match serde_json::from_slice(&bytes) {
            Ok(Line::End(counts)) => {
                end = Some(counts);
                break;
            }
            Ok(line) => {
                found += usize::from(matches!(line, Line::Resource(_) | Line::Link(_)));
                each(header.taken_at, line);
            }
            // A last line without its end of line was cut; any other is corrupt.
            Err(_) if cut => return Err(RecordError::CutShort),
            Err(source) => {
                return Err(RecordError::Corrupt {
                    line: number,
                    source,
                });
            }
        }
    }
    let end = end.ok_or(RecordError::CutShort)?;
    let said = end.resources.saturating_add(end.links);
    if found != said {
        return Err(RecordError::Count { found, said });
    }
    Ok(header)
}

impl LinkLine {
    fn into_named(self, intern: &mut Interner) -> NamedLink {
        let evidence = self.evidence.unwrap_or_else(|| Evidence {
            api: "snapshot file".into(),
            field: "".into(),
            inferred: false,
            observed_at: None,
        });
        let evidence = Evidence {
            api: intern.text(evidence.api),
            field: intern.text(evidence.field),
            ..evidence
        };
        NamedLink {
            from: self.from,
            to: self.to,
            relation: self.relation,
            phases: self.phases,
            evidence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Arn, Found, InventoryBuilder, Redactor, Scope, Source,
        kinds::{ecs_task_definition::EcsTaskDefinition, iam_role::IamRole},
    };

    const FILE: &str = r#"{"blastmap":1,"id":"s","takenAt":"2026-11-23T18:00:00Z"}
{"scope":{"account":"1","region":"r","crawledAt":null,"apiCalls":1}}
{"resource":{"id":"a","kind":"ECS_SERVICE","tags":{"owner":"c"}}}
{ "resource": {"id":"b","kind":"ECS_CLUSTER"}}
{"resource":{"kind":"IAM_ROLE","id":"\u0063"}}
{"resource":{"id":"d/e","kind":"S3_BUCKET"}}
{"resource":{"id":"say \"f\"","kind":"S3_BUCKET"}}
{"link":{"from":"a","to":"b","relation":"PART_OF"}}
{"link":{"from":"\u0063","to":"d\/e","relation":"GRANTED_ON"}}
{"link":{"from":"a","to":"a","relation":"CALLS"}}
{"link":{"from":"b","to":"say \"f\"","relation":"LOGS_TO"}}

{"end":{"resources":5,"links":4}}
"#;

    fn part(file: &str, ids: &[&str], links_of: Option<&str>) -> Result<Part, RecordError> {
        read_part(file.as_bytes(), &ids.iter().copied().collect(), links_of)
    }

    fn say(part: &Part) -> (Vec<&str>, Vec<String>) {
        let ids = part.resources.iter().map(|own| own.id.as_str()).collect();
        let links = part
            .links
            .iter()
            .map(|link| format!("{} {} {}", link.from, link.relation, link.to));
        (ids, links.collect())
    }

    #[test]
    fn a_part_is_what_the_whole_has_of_it_however_it_is_written() {
        let whole = read(FILE.as_bytes()).unwrap();
        let ids: Vec<&str> = whole
            .resources()
            .iter()
            .map(|own| own.id.as_str())
            .collect();
        assert_eq!(ids, ["a", "b", "c", "d/e", "say \"f\""]);
        for id in ids {
            let place = whole.find(id).unwrap();
            let mut links: Vec<String> = whole
                .links()
                .iter()
                .filter(|link| link.from == place || link.to == place)
                .map(|link| {
                    let id = |place| &whole.resource(place).id;
                    format!("{} {} {}", id(link.from), link.relation, id(link.to))
                })
                .collect();
            links.sort();
            let own = part(FILE, &[id], Some(id)).unwrap();
            let (ids, mut own_links) = say(&own);
            own_links.sort();
            assert_eq!((ids, own_links), (vec![id], links));
            assert_eq!(own.resources[0], *whole.resource(place));
        }
    }

    #[test]
    fn a_part_may_be_several_resources_or_none() {
        let several = part(FILE, &["d/e", "a", "absent"], None).unwrap();
        assert_eq!(say(&several), (vec!["a", "d/e"], Vec::new()));
        let none = part(FILE, &["absent"], Some("absent")).unwrap();
        assert_eq!(say(&none), (Vec::new(), Vec::new()));
        let many: Vec<String> = (0..100).map(|number| format!("n{number}")).collect();
        let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
        many.push("b");
        assert_eq!(say(&part(FILE, &many, None).unwrap()).0, ["b"]);
    }

    #[test]
    fn a_part_of_what_is_no_whole_snapshot_is_refused() {
        let end = FILE.find("{\"end\"").unwrap();
        assert!(matches!(
            part(&FILE[..end], &["a"], None),
            Err(RecordError::CutShort)
        ));
        let miscounted = FILE.replace("\"links\":4", "\"links\":5");
        assert!(matches!(
            part(&miscounted, &["a"], None),
            Err(RecordError::Count { found: 9, said: 10 })
        ));
        assert!(matches!(
            part("{}\n", &["a"], None),
            Err(RecordError::NotASnapshot)
        ));
        let compressed = zstd::encode_all(FILE.as_bytes(), 3).unwrap();
        assert!(matches!(
            read_part(&compressed[..compressed.len() / 2], &BTreeSet::new(), None),
            Err(RecordError::CutShort)
        ));
    }

    #[test]
    fn what_was_counted_comes_back_and_older_files_have_nothing() {
        let mut inventory = read(FILE.as_bytes()).unwrap();
        assert_eq!(inventory.changes, None);
        inventory.changes = Some(SnapshotChanges {
            since: "r".to_owned(),
            added: 1,
            removed: 2,
            changed: 3,
            drops: Vec::new(),
        });
        let mut written = Vec::new();
        write_plain(&inventory, &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        let first = r#"{"blastmap":1,"id":"s","takenAt":"2026-11-23T18:00:00Z","changes":{"since":"r","added":1,"removed":2,"changed":3}}"#;
        assert_eq!(text.lines().next(), Some(first));
        assert_eq!(read(text.as_bytes()).unwrap().changes, inventory.changes);
    }

    fn arn(text: &str) -> Arn {
        Arn::parse(text).expect("an ARN")
    }

    #[test]
    fn a_role_that_nobody_names_is_known_and_no_part_of_the_graph() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let scopes = ["eu-west-1", "global"].map(|region| Scope::new("123456789012", region));
        let mut builder = InventoryBuilder::new(scopes.to_vec());
        let [region, global] = scopes;
        let mut found = Found::new(global, now, Redactor::new([1; 32]));
        for name in ["web", "spare"] {
            let own = arn(&format!("arn:aws:iam::123456789012:role/{name}"));
            let facts = IamRole {
                role_name: name.to_owned(),
                arn: own.to_string(),
                ..IamRole::default()
            };
            found.offer(&own, &facts, [], Source::of("test:Describe"));
        }
        builder.absorb(found);
        let mut found = Found::new(region, now, Redactor::new([1; 32]));
        let own = arn("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1");
        let facts = EcsTaskDefinition {
            task_role_arn: Some("arn:aws:iam::123456789012:role/web".to_owned()),
            ..EcsTaskDefinition::default()
        };
        found.resource(&own, &facts, [], Source::of("test:Describe"));
        builder.absorb(found);
        let inventory = builder
            .finish("test".to_owned(), now, Vec::new())
            .expect("facts that fit together");

        let mut written = Vec::new();
        write_plain(&inventory, &mut written).expect("memory takes it");
        let read = read(written.as_slice()).expect("what was written");
        for inventory in [&inventory, &read] {
            assert_eq!(inventory.resources().len(), 2);
            let spare = "arn:aws:iam::123456789012:role/spare";
            assert_eq!(inventory.find(spare), None);
            let known = inventory.find_unnamed(spare).expect("it was reported");
            assert_eq!(&*known.name, "spare");
            assert_eq!(inventory.unnamed.len(), 1);
        }
    }
}
