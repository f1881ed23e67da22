//! A collector that keeps what it gets, and reads as much of it as the tests ask for.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

type Bodies = Arc<Mutex<Vec<Vec<u8>>>>;

pub(crate) struct Collector {
    pub(crate) url: String,
    bodies: Bodies,
}

#[derive(Debug, Default)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Bodies::default();
        let kept = Arc::clone(&bodies);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, Arc::clone(&kept)));
            }
        });
        Self { url, bodies }
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let bodies = self.bodies.lock().unwrap();
        bodies.iter().flat_map(|body| spans_of(body)).collect()
    }

    /// All that came, whatever of it is text.
    pub(crate) fn raw(&self) -> String {
        let bodies = self.bodies.lock().unwrap();
        String::from_utf8_lossy(&bodies.concat()).into_owned()
    }
}

/// Answers the requests of one connection.
async fn take(mut stream: TcpStream, kept: Bodies) {
    let mut read = Vec::new();
    let mut part = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut part).await {
        read.extend_from_slice(&part[..length]);
        while let Some((head, length)) = head_of(&read) {
            if read.len() < head.len() + length {
                break;
            }
            assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
            assert!(
                head.to_lowercase()
                    .contains("content-type: application/x-protobuf"),
                "{head}"
            );
            kept.lock()
                .unwrap()
                .push(read[head.len()..head.len() + length].to_vec());
            read.drain(..head.len() + length);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
    }
}

/// A request's head, and how long its body is.
fn head_of(read: &[u8]) -> Option<(String, usize)> {
    let end = read.windows(4).position(|own| own == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().unwrap())
    });
    Some((head, length.unwrap_or(0)))
}

/// The numbers of the fields are those of `opentelemetry/proto/trace/v1/trace.proto`.
fn spans_of(request: &[u8]) -> Vec<Span> {
    let of_resources = fields(request).into_iter().filter(|own| own.0 == 1);
    let of_scopes = of_resources
        .flat_map(|own| fields(own.1))
        .filter(|own| own.0 == 2);
    let spans = of_scopes
        .flat_map(|own| fields(own.1))
        .filter(|own| own.0 == 2);
    spans.map(|own| span_of(own.1)).collect()
}

fn span_of(bytes: &[u8]) -> Span {
    let mut span = Span::default();
    for (number, value) in fields(bytes) {
        match number {
            1 => span.trace = hex(value),
            2 => span.id = hex(value),
            4 => span.parent = hex(value),
            5 => span.name = text(value),
            9 => {
                let parts = fields(value);
                let part = |number| parts.iter().find(|own| own.0 == number).unwrap().1;
                let said = fields(part(2)).first().map(|(kind, value)| match kind {
                    1 => text(value),
                    _ => varint(value).0.to_string(),
                });
                let before = span
                    .attributes
                    .insert(text(part(1)), said.unwrap_or_default());
                assert_eq!(before, None, "twice in one span: {}", text(part(1)));
            }
            _ => {}
        }
    }
    span
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Numbers and bytes of a message's fields; a number's bytes are as they are written.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (key, used) = varint(bytes);
        bytes = &bytes[used..];
        let (skip, length) = match key & 7 {
            0 => (0, varint(bytes).1),
            1 => (0, 8),
            2 => {
                let (length, used) = varint(bytes);
                (used, usize::try_from(length).unwrap())
            }
            5 => (0, 4),
            kind => panic!("a field of kind {kind}"),
        };
        found.push((key >> 3, &bytes[skip..skip + length]));
        bytes = &bytes[skip + length..];
    }
    found
}

/// A number, and in how many bytes it is written.
fn varint(bytes: &[u8]) -> (u64, usize) {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return (value, place + 1);
        }
    }
    panic!("a number that does not end");
}
