//! SOURCE: where a command's graph comes from.

use std::{fs::File, path::Path};

use anyhow::{Context as _, anyhow, bail};
use blastmap_model::{Inventory, Redactor, record};

use crate::{args::Source, crawling, output, stores};

/// Loads the graph's facts from wherever the arguments say; by default from the store.
pub(crate) async fn load(source: &Source) -> anyhow::Result<Inventory> {
    if let Some(path) = &source.snapshot {
        return read_file(path);
    }
    if let Some(url) = &source.server {
        return fetch(url, source.token.as_deref()).await;
    }
    if source.demo {
        return crawling::once(&crawling::open_demo().await?, None).await;
    }
    let store = stores::open(&source.keep).await?;
    if source.live {
        let redactor = stores::redactor(&source.keep, &store).await?;
        return crawling::once(&crawling::open(&source.scope, redactor).await?, None).await;
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
        return Ok(crawling::demo_redactor());
    }
    stores::redactor_of(&source.keep).await
}

/// Reads a snapshot file, compressed or plain.
pub(crate) fn read_file(path: &Path) -> anyhow::Result<Inventory> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    record::read(file).with_context(|| format!("{} cannot be used", path.display()))
}

async fn fetch(server: &str, token: Option<&str>) -> anyhow::Result<Inventory> {
    let url = format!(
        "{}/snapshots/latest.jsonl.zst",
        server.trim_end_matches('/')
    );
    let mut request = reqwest::Client::builder()
        .build()
        .context("cannot make requests")?
        .get(&url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.map_err(|error| {
        // The causes name the URL again and again: the last says what happened.
        let cause = last_cause(&error);
        anyhow!("no answer from {server}: {cause}; is a blastmap server running there?")
    })?;
    if !answer.status().is_success() {
        bail!(
            "{url} answered {}: is it a blastmap server, with a snapshot, and is BLASTMAP_TOKEN right?",
            answer.status()
        );
    }
    let bytes = answer
        .bytes()
        .await
        .with_context(|| format!("{server} broke off"))?;
    record::read(&*bytes).with_context(|| format!("the snapshot of {server} cannot be used"))
}

fn last_cause(error: &dyn std::error::Error) -> &dyn std::error::Error {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last
}
