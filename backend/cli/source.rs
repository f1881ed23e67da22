//! SOURCE: where a command's graph comes from.

use std::{fs::File, path::Path};

use anyhow::{Context as _, anyhow, bail};
use blastmap_aws::Outcomes;
use blastmap_model::{Inventory, Redactor, record};

use crate::{args::Source, crawling, output, stores};

/// Loads the graph's facts from wherever the arguments say; by default from the store.
pub(crate) async fn load(source: &Source) -> anyhow::Result<Inventory> {
    if let Some(path) = &source.snapshot {
        return read_file(path);
    }
    if let Some(url) = &source.server {
        return fetch(url, "latest", source.token.as_deref()).await;
    }
    if source.demo {
        return crawling::once(&crawling::open_demo(Outcomes::default()).await?, None).await;
    }
    let store = stores::open(&source.keep).await?;
    if source.live {
        let redactor = stores::redactor(&source.keep, &store).await?;
        let crawler = crawling::open(&source.scope, redactor, Outcomes::default()).await?;
        return crawling::once(&crawler, None).await;
    }
    let (latest, refused) = store.load_latest().await?;
    for own in refused {
        output::say(&format!("warning: {} is not used: {}", own.name, own.why));
    }
    match latest {
        Some(inventory) => Ok(inventory),
        None => bail!(
            "there is no snapshot in {}: run `blastmap crawl` first, or give --live, --snapshot, --server or --demo",
            store.describe()
        ),
    }
}

/// What fingerprints the values of a change, so that they can be compared with those of the source: the demo's own key, or the
/// store's.
pub(crate) async fn redactor(source: &Source) -> anyhow::Result<Redactor> {
    if source.demo {
        return crawling::demo_redactor().await;
    }
    stores::redactor_of(&source.keep).await
}

/// Reads a snapshot file, compressed or plain.
pub(crate) fn read_file(path: &Path) -> anyhow::Result<Inventory> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    record::read(file).with_context(|| format!("{} cannot be used", path.display()))
}

/// A snapshot of a running server, by its id or as `latest`.
pub(crate) async fn fetch(
    server: &str,
    id: &str,
    token: Option<&str>,
) -> anyhow::Result<Inventory> {
    let mut url = url_of(server, "/")?;
    url.path_segments_mut()
        .map_err(|()| anyhow!("{server} is not the URL of a server"))?
        .pop_if_empty()
        .extend(["snapshots", &format!("{id}.jsonl.zst")]);
    let answer = ask(server, client()?.get(url), token).await?;
    let bytes = answer
        .bytes()
        .await
        .with_context(|| format!("{server} broke off"))?;
    record::read(&*bytes).with_context(|| format!("the snapshot of {server} cannot be used"))
}

/// The snapshot before the latest of a running server.
pub(crate) async fn fetch_previous(server: &str, token: Option<&str>) -> anyhow::Result<Inventory> {
    #[derive(serde::Deserialize)]
    struct Answer {
        data: Option<Data>,
    }
    #[derive(serde::Deserialize)]
    struct Data {
        snapshots: Page,
    }
    #[derive(serde::Deserialize)]
    struct Page {
        nodes: Vec<Node>,
    }
    #[derive(serde::Deserialize)]
    struct Node {
        id: String,
        problem: Option<String>,
    }
    let query =
        serde_json::json!({ "query": "{ snapshots(first: 100) { nodes { id problem } } }" });
    let request = client()?
        .post(url_of(server, "/graphql")?)
        .header("content-type", "application/json")
        .body(query.to_string());
    let bytes = ask(server, request, token).await?.bytes().await;
    let bytes = bytes.with_context(|| format!("{server} broke off"))?;
    let answer: Answer = serde_json::from_slice(&bytes)
        .with_context(|| format!("{server} does not answer as a blastmap server does"))?;
    let nodes = answer.data.map(|data| data.snapshots.nodes);
    let nodes = nodes.unwrap_or_default();
    let mut readable = nodes.iter().filter(|own| own.problem.is_none());
    match readable.nth(1) {
        Some(previous) => fetch(server, &previous.id, token).await,
        None => bail!("{server} has no snapshot before its latest"),
    }
}

fn client() -> anyhow::Result<reqwest::Client> {
    reqwest::Client::builder()
        .build()
        .context("cannot make requests")
}

/// A path of a server.
fn url_of(server: &str, path: &str) -> anyhow::Result<reqwest::Url> {
    let url = format!("{}{path}", server.trim_end_matches('/'));
    url.parse()
        .with_context(|| format!("{server} is not the URL of a server"))
}

async fn ask(
    server: &str,
    request: reqwest::RequestBuilder,
    token: Option<&str>,
) -> anyhow::Result<reqwest::Response> {
    let request = match token {
        Some(token) => request.bearer_auth(token.trim()),
        None => request,
    };
    let answer = request.send().await.map_err(|error| {
        // The causes name the URL again and again: the last says what happened.
        let cause = last_cause(&error).to_string();
        let hint = if cause.contains("certificate") {
            "name whoever signs its certificate in SSL_CERT_FILE"
        } else if cause.contains("HTTP version") {
            "is it served over https?"
        } else {
            "is a blastmap server running there?"
        };
        anyhow!("no answer from {server}: {cause}; {hint}")
    })?;
    match answer.status().as_u16() {
        401 => bail!(
            "{server} asks who you are, and {}: put a token that it knows into BLASTMAP_TOKEN",
            match token {
                Some(_) => "does not know the token of BLASTMAP_TOKEN, or no longer",
                None => "BLASTMAP_TOKEN is not set",
            }
        ),
        403 => bail!("{server} does not let you do that: ask for a token with another role"),
        429 => bail!("{server} was asked with wrong tokens too often: try again in a minute"),
        _ => {}
    }
    if !answer.status().is_success() {
        bail!(
            "{} answered {}: is it a blastmap server, with this snapshot?",
            answer.url(),
            answer.status()
        );
    }
    Ok(answer)
}

fn last_cause(error: &dyn std::error::Error) -> &dyn std::error::Error {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last
}
