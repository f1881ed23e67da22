//! `blastmap crawl`.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write as _},
    path::Path,
    time::Instant,
};

use anyhow::Context as _;
use blastmap_aws::{Crawled, Progress};
use blastmap_model::{Inventory, Presence, record};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;

use crate::{args::Crawl, crawling, output, stores};

pub(crate) async fn run(args: Crawl) -> anyhow::Result<()> {
    let store = stores::open(&args.keep).await?;
    let redactor = stores::redactor(&args.keep, &store).await?;
    let crawler = crawling::open(&args.scope, redactor).await?;
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

    let started = Instant::now();
    let (sender, receiver) = watch::channel(Progress::default());
    let bar = tokio::spawn(show(receiver));
    let crawled = crawler.crawl(previous.as_ref(), &sender).await;
    drop(sender);
    drop(bar.await);
    let crawled = crawled?;

    let mut written = Vec::new();
    if kept {
        store.save_snapshot(&crawled.inventory).await?;
        written.push(store.describe());
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

fn summary(crawled: &Crawled, seconds: f64, written: &[String]) -> String {
    let inventory = &crawled.inventory;
    let total: u64 = crawled.calls.values().sum();
    let mut text = format!(
        "Snapshot {}: {} resources, {} links, {} API calls, {} blind spots, in {seconds:.1} s.\n",
        inventory.id,
        inventory.resources().len(),
        inventory.links().len(),
        total,
        inventory.blind_spots.len(),
    );
    for place in written {
        text.push_str(&format!("Written to {place}.\n"));
    }
    text.push_str("\nAPI calls:\n");
    for (action, times) in &crawled.calls {
        text.push_str(&format!("  {times:>6}  {action}\n"));
    }
    let of = |presence: Presence| {
        inventory
            .resources()
            .iter()
            .filter(|resource| resource.presence == presence)
            .collect::<Vec<_>>()
    };
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
        let resources = of(presence);
        if resources.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{meaning}:\n"));
        for resource in resources.iter().take(20) {
            text.push_str(&format!("  {}  {}\n", resource.kind, resource.id));
        }
        if resources.len() > 20 {
            text.push_str(&format!("  and {} more\n", resources.len() - 20));
        }
    }
    if inventory.blind_spots.is_empty() {
        text.push_str("\nNo blind spots: everything that was asked for was answered.\n");
    } else {
        text.push_str("\nBlind spots, where something may be hidden:\n");
        for spot in &inventory.blind_spots {
            let kinds: Vec<&str> = spot.kinds.iter().map(|kind| kind.name()).collect();
            text.push_str(&format!(
                "  {} in {} {}: {} ({})\n",
                spot.api,
                spot.account,
                spot.region,
                spot.reason.name(),
                kinds.join(", ")
            ));
            text.push_str(&format!("    {}\n", spot.message));
        }
    }
    text
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
