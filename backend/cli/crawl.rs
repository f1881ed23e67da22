//! `blastmap crawl`.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write as _},
    path::Path,
    time::Instant,
};

use anyhow::Context as _;
use blastmap_aws::{Crawled, Outcomes, Progress};
use blastmap_model::{Inventory, Presence, Resource, record};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;
use tracing::{Instrument as _, Span};

use crate::{args::Crawl, crawling, output, shards::Others, stores};

pub(crate) async fn run(args: Crawl) -> anyhow::Result<()> {
    let span = crawling::span(&crawling::new_id(1));
    crawl(args).instrument(span).await
}

async fn crawl(args: Crawl) -> anyhow::Result<()> {
    let store = stores::open(&args.keep).await?;
    let store = store.keeping(args.stay.retention());
    let redactor = stores::redactor(&args.keep, &store).await?;
    let crawler = crawling::open(&args.scope, redactor, Outcomes::default()).await?;
    // A file alone is whole by itself: nothing of earlier crawls goes into it.
    let kept = args.out.is_none() || args.keep.store.is_some();
    let (previous, refused) = if kept {
        store.load_latest().await?
    } else {
        (None, Vec::new())
    };
    for own in refused {
        output::say(&format!("warning: {} is not used: {}", own.name, own.why));
    }

    let others = if kept {
        Others::of(&store, &crawler, args.stay.shared).await?
    } else {
        Others::Nobody
    };
    let started = Instant::now();
    let (sender, receiver) = watch::channel(Progress::default());
    let bar = tokio::spawn(show(receiver));
    let elsewhere = others.elsewhere();
    let crawled = crawler.crawl(previous.as_ref(), elsewhere, &sender).await;
    drop(sender);
    drop(bar.await);
    let mut crawled = crawled?;
    crawled.inventory = others.keep_dropped(
        crawled.inventory,
        previous.as_ref(),
        &crawler,
        args.stay.max_drop,
    )?;
    Span::current().record("snapshot.id", &crawled.inventory.id);

    let mut written = Vec::new();
    if kept {
        let inventory = crawled.inventory.clone();
        let whole = others.save(&store, inventory, previous.as_ref()).await?;
        written.push(if whole.id == crawled.inventory.id {
            crawled.inventory = whole;
            store.describe()
        } else {
            format!(
                "{}, as a part of snapshot {}: {} resources, {} links, {} scopes",
                store.describe(),
                whole.id,
                whole.resources().len(),
                whole.links().len(),
                whole.scopes.len()
            )
        });
    }
    if let Some(path) = &args.out {
        write_file(&crawled.inventory, path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        written.push(path.display().to_string());
    }
    output::print(&summary(
        &crawled,
        started.elapsed().as_secs_f64(),
        &written,
    ))
}

/// A bar on a terminal; nothing elsewhere.
async fn show(mut progress: watch::Receiver<Progress>) {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    while progress.changed().await.is_ok() {
        let now = progress.borrow_and_update().clone();
        bar.set_message(format!(
            "{} API calls, {} resources",
            now.api_calls, now.resources
        ));
        bar.tick();
    }
    bar.finish_and_clear();
}

/// Writes a snapshot whole or not at all: a reader of the file never sees half of it. What is there and is no file,
/// such as a pipe or `/dev/stdout`, is written to as it is.
fn write_file(inventory: &Inventory, path: &Path) -> anyhow::Result<()> {
    let compressed = path.extension().is_some_and(|extension| extension == "zst");
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return write(
            inventory,
            &OpenOptions::new().write(true).open(path)?,
            compressed,
        );
    }
    // A link stays a link: the file it points to is replaced.
    let target = path
        .canonicalize()
        .unwrap_or_else(|_not_there| path.to_owned());
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    let temporary = tempfile::NamedTempFile::new_in(folder)?;
    write(inventory, temporary.as_file(), compressed)?;
    temporary.as_file().sync_all()?;
    temporary.persist(&target)?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn write(inventory: &Inventory, file: &File, compressed: bool) -> anyhow::Result<()> {
    let mut output = BufWriter::new(file);
    if compressed {
        record::write_compressed(inventory, &mut output)?;
    } else {
        record::write_plain(inventory, &mut output)?;
    }
    output.flush()?;
    Ok(())
}

/// What was seen, by which calls, and what was not.
fn summary(crawled: &Crawled, seconds: f64, written: &[String]) -> String {
    let inventory = &crawled.inventory;
    let mut lines = vec![format!(
        "Snapshot {}: {} resources, {} links, {} API calls, {} blind {}, in {seconds:.1} s.",
        inventory.id,
        inventory.resources().len(),
        inventory.links().len(),
        crawled.calls.values().sum::<u64>(),
        inventory.blind_spots.len(),
        if inventory.blind_spots.len() == 1 {
            "spot"
        } else {
            "spots"
        },
    )];
    lines.extend(written.iter().map(|place| format!("Written to {place}.")));
    lines.push("\nAPI calls:".to_owned());
    lines.extend(
        crawled
            .calls
            .iter()
            .map(|(action, times)| format!("  {times:>6}  {action}")),
    );
    lines.extend(lost(inventory));
    lines.extend(not_seen(inventory));
    lines.extend(blind_spots(inventory));
    lines.push(String::new());
    lines.join("\n")
}

/// Losses that are told, of a hundred: tasks come and go.
const LARGE_LOSS: usize = 10;

fn lost(inventory: &Inventory) -> Vec<String> {
    let drops = inventory.changes.iter().flat_map(|changes| &changes.drops);
    let large = drops.filter(|drop| drop.percent() >= LARGE_LOSS);
    let mut lines: Vec<String> = large
        .map(|drop| {
            let (scope, before, after) = (&drop.scope, drop.before, drop.after);
            format!(
                "  {scope}: {after} of {before} resources, {} % less",
                drop.percent()
            )
        })
        .collect();
    if !lines.is_empty() {
        lines.insert(
            0,
            "\nMuch less was read than in the snapshot before:".to_owned(),
        );
    }
    lines
}

/// Kinds named for a blind spot; the snapshot has them all.
const KINDS: usize = 6;

/// Resources listed by name for each presence; the snapshot has them all.
const SHOWN: usize = 20;

fn not_seen(inventory: &Inventory) -> Vec<String> {
    let mut lines = Vec::new();
    for (presence, meaning) in [
        (
            Presence::Missing,
            "MISSING: named by others, and AWS says that it does not exist",
        ),
        (
            Presence::Unreadable,
            "UNREADABLE: named by others, and could not be read (see the blind spots)",
        ),
    ] {
        let has_it = |resource: &&Resource| resource.presence == presence;
        let resources: Vec<_> = inventory.resources().iter().filter(has_it).collect();
        if resources.is_empty() {
            continue;
        }
        lines.push(format!("\n{meaning}:"));
        lines.extend(
            resources
                .iter()
                .take(SHOWN)
                .map(|own| format!("  {}  {}", own.kind, own.id)),
        );
        if resources.len() > SHOWN {
            lines.push(format!("  and {} more", resources.len() - SHOWN));
        }
    }
    lines
}

fn blind_spots(inventory: &Inventory) -> Vec<String> {
    if inventory.blind_spots.is_empty() {
        return vec!["\nNo blind spots: everything that was asked for was answered.".to_owned()];
    }
    let mut lines = vec!["\nBlind spots, where something may be hidden:".to_owned()];
    for spot in &inventory.blind_spots {
        let named = spot.kinds.iter().take(KINDS).map(|kind| kind.name());
        let named = named.collect::<Vec<_>>().join(", ");
        let kinds = match spot.kinds.len().saturating_sub(KINDS) {
            0 => named,
            more => format!("{named} and {more} more"),
        };
        let reason = spot.reason.name();
        lines.push(format!(
            "  {} in {} {}: {reason} ({kinds})",
            spot.api, spot.account, spot.region
        ));
        lines.push(format!("    {}", spot.message));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Inventory {
        Inventory::empty("test".to_owned(), time::OffsetDateTime::UNIX_EPOCH)
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt as _;
        write_file(&empty(), Path::new("/dev/null")).unwrap();
        assert!(
            Path::new("/dev/null")
                .metadata()
                .unwrap()
                .file_type()
                .is_char_device()
        );
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("estate.jsonl");
        std::fs::write(&path, "x".repeat(100_000)).unwrap();
        write_file(&empty(), &path).unwrap();
        assert_eq!(crate::source::read_file(&path).unwrap().id, "test");
    }
}
