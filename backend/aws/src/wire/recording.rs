//! A recording: one line a call, in a folder (`calls.jsonl`) or in bytes of the binary.
//!
//! It holds no request, only a hash to find the answer again, and of each answer only what a collector reads, redacted.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead as _, BufReader, Read, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use blastmap_model::Redactor;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{cbor, fields};

/// The file of a recording's folder.
const FILE: &str = "calls.jsonl";

/// Why a recording cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("cannot open {path}")]
    Open {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("line {line} of the recording is not a recorded call")]
    Line {
        line: usize,
        #[source]
        source: serde_json::Error,
    },
    #[error("the recording cannot be read")]
    Read(#[source] std::io::Error),
    #[error("the recording holds no call")]
    Empty,
}

/// A request, as far as it matters: who is asked what.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// IAM's name of the action: `ecs:ListClusters`.
    pub(crate) action: String,
    account: String,
    region: String,
    key: String,
    is_cbor: bool,
}

impl Request {
    /// `asked` is the action that the caller says it makes.
    pub(crate) fn of(
        service: &str,
        asked: Option<&str>,
        account: &str,
        request: &HttpRequest,
    ) -> Self {
        let body = request.body().bytes().unwrap_or_default();
        let operation = match request.headers().get("x-amz-target") {
            Some(target) => Some(target.rsplit('.').next().unwrap_or(target).to_owned()),
            None => form_field(body, "Action"),
        };
        // Requests of REST APIs say what they ask in method and path.
        let place = match &operation {
            Some(_) => String::new(),
            None => format!("{} {}", request.method(), path_of(request.uri())),
        };
        let action = match (operation, asked) {
            (Some(operation), _) => format!("{service}:{operation}"),
            (None, Some(asked)) => asked.to_owned(),
            (None, None) => format!("{service}:{place}"),
        };
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let credential = request
            .headers()
            .get("authorization")
            .and_then(|text| text.split_once("Credential="))
            .map_or("", |(_, rest)| rest);
        let region = credential.split('/').nth(2).unwrap_or_default().to_owned();
        let mut hash = Sha256::new();
        let parts = [
            account.as_bytes(),
            region.as_bytes(),
            action.as_bytes(),
            body,
        ];
        let place = (!place.is_empty()).then_some(place.as_bytes());
        for part in parts.into_iter().chain(place) {
            hash.update(part);
            hash.update([0]);
        }
        Self {
            key: hex::encode(&hash.finalize()[..16]),
            action,
            account: account.to_owned(),
            region,
            is_cbor: request.headers().get(cbor::MARK.0) == Some(cbor::MARK.1),
        }
    }
}

/// Path and query, without the endpoint: a recording is made at one and replayed at another.
fn path_of(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..])
}

fn form_field(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    text.split('&')
        .find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        .map(str::to_owned)
}

/// A line of a recording.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RecordedCall {
    action: String,
    account: String,
    region: String,
    key: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

fn not_recorded(request: &Request) -> RecordedCall {
    let mut headers = vec![("x-amzn-errortype", "NotRecorded")];
    if request.is_cbor {
        headers.extend([("content-type", cbor::CONTENT_TYPE), cbor::MARK]);
    }
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    RecordedCall {
        action: request.action.clone(),
        account: request.account.clone(),
        region: request.region.clone(),
        key: request.key.clone(),
        status: 400,
        headers: headers.collect(),
        body: r#"{"__type":"NotRecorded","message":"the recording has no answer to this call"}"#
            .to_owned(),
    }
}

/// Headers that say how to read an answer.
const HEADERS: [&str; 3] = ["content-type", "x-amzn-errortype", cbor::MARK.0];

/// Writes calls down as they are answered.
#[derive(Debug)]
pub(crate) struct Recorder {
    file: Mutex<File>,
    redactor: Redactor,
}

impl Recorder {
    /// Begins a new recording in a folder, which is made if it is not there.
    pub(crate) fn create(folder: &Path, redactor: Redactor) -> Result<Self, RecordingError> {
        let path = folder.join(FILE);
        let open = std::fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let file = open.map_err(|source| RecordingError::Open {
            path: path.display().to_string(),
            source,
        })?;
        Ok(Self {
            file: Mutex::new(file),
            redactor,
        })
    }

    pub(crate) fn write(
        &self,
        request: Request,
        status: u16,
        headers: &[(String, String)],
        body: &[u8],
    ) {
        let body = fields::reduce(&request.action, status, body, &self.redactor);
        let headers = headers
            .iter()
            .filter(|(name, _)| HEADERS.contains(&name.as_str()))
            .cloned()
            .collect();
        let Request {
            action,
            account,
            region,
            key,
            is_cbor: _,
        } = request;
        let call = RecordedCall {
            action,
            account,
            region,
            key,
            status,
            headers,
            body,
        };
        let Ok(mut line) = serde_json::to_vec(&call) else {
            return;
        };
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(&line) {
            tracing::warn!(
                aws.action = call.action,
                "Cannot write {} to the recording: {error}",
                call.action
            );
        }
    }
}

/// Answers calls from a recording.
#[derive(Debug)]
pub struct Recording {
    calls: HashMap<String, RecordedCall>,
}

impl Recording {
    /// Opens the recording in a folder.
    pub fn open(folder: &Path) -> Result<Self, RecordingError> {
        let path = folder.join(FILE);
        let file = File::open(&path).map_err(|source| RecordingError::Open {
            path: path.display().to_string(),
            source,
        })?;
        Self::read(file)
    }

    /// Reads a recording from bytes, compressed with zstd.
    pub fn from_compressed(bytes: &[u8]) -> Result<Self, RecordingError> {
        Self::read(zstd::Decoder::new(bytes).map_err(RecordingError::Read)?)
    }

    fn read(input: impl Read) -> Result<Self, RecordingError> {
        let mut calls = HashMap::new();
        for (place, line) in BufReader::new(input).lines().enumerate() {
            let line = line.map_err(RecordingError::Read)?;
            if line.trim().is_empty() {
                continue;
            }
            let call: RecordedCall =
                serde_json::from_str(&line).map_err(|source| RecordingError::Line {
                    line: place + 1,
                    source,
                })?;
            // Of several attempts the last counts.
            calls.insert(call.key.clone(), call);
        }
        if calls.is_empty() {
            Err(RecordingError::Empty)
        } else {
            Ok(Self { calls })
        }
    }

    /// The accounts and regions in which calls were recorded, sorted: where a replay crawls if nobody says.
    pub fn regions(&self) -> Vec<String> {
        let mut regions: Vec<_> = self
            .calls
            .values()
            .filter(|call| call.action == "ecs:ListClusters")
            .map(|call| call.region.clone())
            .collect();
        regions.sort();
        regions.dedup();
        regions
    }

    pub(crate) fn answer(&self, request: &Request) -> RecordedCall {
        self.calls
            .get(&request.key)
            .cloned()
            .unwrap_or_else(|| not_recorded(request))
    }
}
