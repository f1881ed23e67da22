//! `blastmap serve`.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use blastmap_api::{App, Crawl, Documents, PublicUrl, Settings, Snapshots};
use blastmap_graph::Snapshot;
use blastmap_model::{Inventory, Redactor};
use blastmap_store::Store;
use tokio::net::TcpListener;

use crate::{
    args::Serve,
    crawl_loop::{CrawlLoop, Plan, futures::Opening},
    crawling, output, source, stores,
};

/// How many snapshots the demo keeps, in memory.
const DEMO_SNAPSHOTS: usize = 10;

/// What answers come from, besides the snapshots: the store, the crawl, and what fingerprints the values of changes.
type Parts = (Option<Arc<Store>>, Option<Arc<dyn Crawl>>, Redactor);

pub(crate) async fn run(args: Serve) -> anyhow::Result<()> {
    if !args.listen.ip().is_loopback() && !args.insecure_no_auth {
        bail!(
            "refusing to listen on {}: there is no sign-in, so everybody who reaches this address could read the estate; \
             listen on 127.0.0.1, or say --insecure-no-auth",
            args.listen
        );
    }
    let public_url: Option<PublicUrl> = args.public_url.as_deref().map(str::parse).transpose()?;
    let listener = bind(args.listen).await?;
    let address = listener.local_addr().context("cannot tell the address")?;
    let owner_keys = args.owners.owner_tag.clone();
    let snapshots = Arc::new(Snapshots::new());

    let (store, crawl, redactor): Parts = if let Some(path) = &args.snapshot {
        publish(&snapshots, source::read_file(path)?, &owner_keys);
        (None, None, stores::redactor_of(&args.keep).await?)
    } else if args.demo {
        let open = || Box::pin(crawling::open_demo()) as Opening;
        // History has something to show, and nothing stays behind.
        let store = Arc::new(Store::in_memory().keeping(DEMO_SNAPSHOTS));
        // A replay costs nothing: the demo looks alive, yet does not fill the log.
        let plan = Plan {
            open: Box::new(open),
            snapshots: Arc::clone(&snapshots),
            store: Some(Arc::clone(&store)),
            owner_keys: owner_keys.clone(),
            interval: args.interval,
        };
        let crawl = start(plan, None);
        (Some(store), Some(crawl), crawling::demo_redactor())
    } else {
        crawling_from_aws(&args, &snapshots, &owner_keys).await?
    };

    let mut settings = Settings::new(address);
    settings.public_url = public_url;
    settings.max_plan = args.max_body;
    settings.introspection = !args.no_introspection;
    settings.documents = args.allow_documents.as_deref().map(documents).transpose()?;
    settings.stale_after = args.interval * 2;
    settings.owner_keys = owner_keys;
    let app = App {
        snapshots,
        store,
        crawl,
        redactor,
        settings,
    };
    output::print(&format!("http://{address}\n"))?;
    blastmap_api::serve(listener, app, shutdown())
        .await
        .context("the server stopped")
}

/// The documents that are answered, where not all are.
fn documents(path: &Path) -> anyhow::Result<Arc<Documents>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let documents =
        Documents::read(&text).with_context(|| format!("cannot use {}", path.display()))?;
    Ok(Arc::new(documents))
}

/// Opens the store and the crawler. Without AWS the server starts all the same if it has something to show.
async fn crawling_from_aws(
    args: &Serve,
    snapshots: &Arc<Snapshots>,
    owner_keys: &[String],
) -> anyhow::Result<Parts> {
    let store = Arc::new(stores::open(&args.keep).await?);
    let redactor = stores::redactor(&args.keep, &store).await?;
    let changes = redactor.clone();
    let (latest, refused) = store.load_latest().await?;
    for own in refused {
        output::say(&format!("warning: {} is not used: {}", own.name, own.why));
    }
    let has_data = latest.is_some();
    if let Some(inventory) = latest {
        publish(snapshots, inventory, owner_keys);
    }
    let scope = args.scope.clone();
    let open = move || {
        let (scope, redactor) = (scope.clone(), redactor.clone());
        Box::pin(async move { crawling::open(&scope, redactor).await }) as Opening
    };
    let crawler = match open().await {
        Ok(crawler) => Some(crawler),
        Err(error) if has_data => {
            output::say(&format!(
                "warning: showing the last snapshot, for AWS cannot be crawled: {error:#}"
            ));
            None
        }
        Err(error) => return Err(error),
    };
    let plan = Plan {
        open: Box::new(open),
        snapshots: Arc::clone(snapshots),
        store: Some(Arc::clone(&store)),
        owner_keys: owner_keys.to_vec(),
        interval: args.interval,
    };
    Ok((Some(store), Some(start(plan, crawler)), changes))
}

fn start(plan: Plan, crawler: Option<blastmap_aws::Crawler>) -> Arc<dyn Crawl> {
    let crawl = CrawlLoop::new();
    tokio::spawn(Arc::clone(&crawl).run(plan, crawler));
    crawl
}

fn publish(snapshots: &Snapshots, inventory: Inventory, owner_keys: &[String]) {
    snapshots.publish(Snapshot::new(inventory, owner_keys.to_vec()));
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!("{address} is in use by another program: give another --listen, or port 0 for any that is free"),
        _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
    })
}

/// Resolves when somebody asks the program to end.
async fn shutdown() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}
