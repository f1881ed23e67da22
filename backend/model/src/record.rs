//! The snapshot file: one JSON object a line, in zstd or plain.
//!
//! 1. `{"blastmap":1,"id":...,"takenAt":...}`
//! 2. `{"scope":{...}}` and `{"blindSpot":{...}}`
//! 3. `{"resource":{...}}`
//! 4. `{"link":{...}}`
//! 5. `{"unnamed":{...}}`, each as a resource's
//! 6. `{"end":{"resources":N,"links":M}}`, without which the file is cut short.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::{
    BlindSpot, Evidence, Inventory, InventoryError, Link, NamedLink, Phases, Presence, Relation,
    Resource, ResourceId, ResourceKind, ScopeRecord, resource::Attributes,
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
pub fn read(mut input: impl Read) -> Result<Inventory, RecordError> {
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
        // What is compressed and ends before its first line was whole once.
        read_lines(
            BufReader::with_capacity(1 << 16, decoder),
            RecordError::CutShort,
        )
    } else {
        read_lines(
            BufReader::with_capacity(1 << 16, whole),
            RecordError::NotASnapshot,
        )
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

fn read_lines(
    mut input: impl BufRead,
    without_lines: RecordError,
) -> Result<Inventory, RecordError> {
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

    let (mut scopes, mut blind_spots, mut resources, mut links, mut end) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), None);
    let mut unnamed = Vec::new();
    let mut intern = Interner::default();
    let mut number = 1;
    while read_line(&mut input, &mut bytes, number + 1)? {
        number += 1;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let cut = !bytes.ends_with(b"\n");
        match serde_json::from_slice(&bytes) {
            Ok(Line::Scope(scope)) => scopes.push(scope),
            Ok(Line::BlindSpot(blind_spot)) => blind_spots.push(blind_spot),
            Ok(Line::Resource(resource)) => {
                resources.push(resource.into_resource(&mut intern, header.taken_at));
            }
            Ok(Line::Link(link)) => links.push(link.into_named(&mut intern)),
            Ok(Line::Unnamed(resource)) => {
                unnamed.push(resource.into_resource(&mut intern, header.taken_at));
            }
            Ok(Line::End(counts)) => {
                end = Some(counts);
                break;
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
    let (found, said) = (
        resources.len() + links.len(),
        end.resources.saturating_add(end.links),
    );
    if found != said {
        return Err(RecordError::Count { found, said });
    }
    let mut inventory = Inventory::new(
        header.id,
        header.taken_at,
        scopes,
        blind_spots,
        resources,
        links,
    )
    .map_err(RecordError::Facts)?;
    unnamed.sort_by(|one: &Resource, other| one.id.cmp(&other.id));
    inventory.unnamed = unnamed;
    Ok(inventory)
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
