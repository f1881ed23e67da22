//! `blastmap diff`.

use std::path::Path;

use anyhow::{Context as _, bail};
use blastmap_graph::{Snapshot, render};
use blastmap_model::Inventory;
use blastmap_store::{Store, StoreError};

use crate::{
    args::{Diff, DiffFormat, Source},
    output, source, stores,
};

/// How many ids an error names.
const NAMED: usize = 3;

pub(crate) async fn run(args: Diff) -> anyhow::Result<()> {
    // A crawl is a large future, and here are two of them.
    let before = Box::pin(load(&args.before, &args.source)).await?;
    let after = Box::pin(load(&args.after, &args.source)).await?;
    let snapshot = |inventory| Snapshot::new(inventory, args.owners.owner_tag.clone());
    let (before, after) = (snapshot(before), snapshot(after));
    output::print(&match args.format {
        DiffFormat::Text => render::diff(&before, &after),
        DiffFormat::Json => format!("{:#}\n", blastmap_api::diff_json(&before, &after)),
    })
}

/// A snapshot by what the user calls it.
async fn load(name: &str, from: &Source) -> anyhow::Result<Inventory> {
    if name == "latest" {
        return source::load(from).await;
    }
    if name != "previous" && (name.contains('/') || Path::new(name).is_file()) {
        return source::read_file(Path::new(name));
    }
    if let Some(url) = &from.server {
        let token = from.token.as_deref();
        return match name {
            "previous" => source::fetch_previous(url, token).await,
            id => source::fetch(url, id, token).await,
        };
    }
    if from.demo || from.snapshot.is_some() {
        bail!(
            "`{name}` is no file, and there is one snapshot only, `latest`: give a file, or drop {}",
            if from.demo { "--demo" } else { "--snapshot" }
        );
    }
    let store = stores::open(&from.keep).await?;
    if name == "previous" {
        // What is crawled now comes after all that is kept.
        let newer = usize::from(!from.live);
        return newest(&store, newer).await;
    }
    match store.load(name).await {
        Err(StoreError::Unknown { .. } | StoreError::Id(_)) => {
            let listed = store.list_snapshots().await?;
            let ids: Vec<&str> = listed.iter().take(NAMED).map(|own| &*own.id).collect();
            bail!(
                "there is no file and no snapshot `{name}` in {}: {}",
                store.describe(),
                if ids.is_empty() {
                    "it is empty, run `blastmap crawl` first".to_owned()
                } else {
                    format!("the newest are {}", ids.join(", "))
                }
            )
        }
        loaded => Ok(loaded?),
    }
}

/// The newest snapshot that can be read but for so many newer ones.
async fn newest(store: &Store, mut newer: usize) -> anyhow::Result<Inventory> {
    for entry in store.list_snapshots().await? {
        match store.load(&entry.id).await {
            Ok(inventory) if newer == 0 => return Ok(inventory),
            Ok(_) => newer -= 1,
            Err(StoreError::Refused(own)) => {
                output::say(&format!("warning: {} is not used: {}", own.name, own.why));
            }
            // Another process forgot it meanwhile.
            Err(StoreError::Unknown { .. }) => {}
            Err(error) => return Err(error).context("cannot read the snapshot before"),
        }
    }
    bail!(
        "there is no snapshot before the latest in {}: crawl again",
        store.describe()
    )
}
