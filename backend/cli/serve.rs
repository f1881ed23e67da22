//! `blastmap serve`.

use std::{future::ready, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use blastmap_api::{App, Crawl, Documents, Proxies, PublicUrl, Settings, Snapshots, Tls};
use blastmap_aws::{CrawlError, Outcomes};
use blastmap_model::Redactor;
use blastmap_store::{Retention, Store};
use tokio::{net::TcpListener, time::timeout};

use crate::{
    access,
    args::Serve,
    crawl_loop::{CrawlLoop, Plan, futures::Opening},
    crawling, descriptors,
    memory::Limit,
    output,
    publishing::Publisher,
    source, store_watch, stores,
};

/// How long the server waits for the first crawler before it answers without.
const OPENING: Duration = Duration::from_secs(20);

/// How many snapshots the demo keeps, in memory.
const DEMO_SNAPSHOTS: usize = 10;

/// What answers come from, besides the snapshots: the store, the crawl, and what fingerprints the values of changes.
type Parts = (Option<Arc<Store>>, Option<Arc<dyn Crawl>>, Redactor);

pub(crate) async fn run(args: Serve) -> anyhow::Result<()> {
    let public_url: Option<PublicUrl> = args.public_url.as_deref().map(str::parse).transpose()?;
    let access = access::of(&args, public_url.as_ref())?;
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => {
            let tls = Tls::open(certificate, key)?;
            if is_open_to_all(key) {
                output::say(&format!(
                    "warning: everybody on this host may read or write the key: run `chmod 600 {}`",
                    key.display()
                ));
            }
            Some(tls)
        }
        _ => None,
    };
    let listener = bind(args.listen).await?;
    let address = listener.local_addr().context("cannot tell the address")?;
    let owner_keys = args.owners.owner_tag.clone();
    let snapshots = Arc::new(Snapshots::new());

    let publisher = Publisher {
        snapshots: Arc::clone(&snapshots),
        owner_keys: owner_keys.clone(),
        limit: Limit(args.max_memory.map(|size| size as u64)),
    };

    let (store, crawl, redactor): Parts = if let Some(path) = &args.snapshot {
        publisher.publish(source::read_file(path)?).await?;
        (None, None, stores::redactor_of(&args.keep).await?)
    } else if args.demo {
        let outcomes = Outcomes::default();
        let own = outcomes.clone();
        let open = move || Box::pin(crawling::open_demo(own.clone())) as Opening;
        // History has something to show, and nothing stays behind.
        let store = Arc::new(Store::in_memory().keeping(Retention {
            newest: DEMO_SNAPSHOTS,
            days: 0,
        }));
        // A replay costs nothing: the demo looks alive, yet does not fill the log.
        let plan = Plan {
            open: Box::new(open),
            outcomes,
            publisher,
            store: Arc::clone(&store),
            shared: false,
            max_drop: None,
            interval: args.interval,
        };
        let crawl = start(plan, None);
        (Some(store), Some(crawl), crawling::demo_redactor().await?)
    } else if args.no_crawl {
        reading_the_store(&args, publisher).await?
    } else {
        crawling_from_aws(&args, publisher).await?
    };

    let mut settings = Settings::new(address);
    settings.public_url = public_url;
    settings.over_tls = tls.is_some();
    settings.max_plan = args.max_body;
    settings.rate_limit = args.rate_limit;
    settings.proxies = Proxies::new(args.auth.trusted_proxy.clone());
    settings.connections = descriptors::connections(settings.connections);
    settings.introspection = !args.no_introspection;
    settings.documents = args.allow_documents.as_deref().map(documents).transpose()?;
    settings.stale_after = args.interval * 2;
    settings.owner_keys = owner_keys;
    let app = App {
        snapshots,
        store,
        crawl,
        redactor,
        access,
        settings,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    // Whoever reads the address may stop it at once.
    let shutdown = shutdown();
    output::print(&format!("{scheme}://{address}\n"))?;
    blastmap_api::serve(listener, tls, app, shutdown)
        .await
        .context("the server stopped")
}

#[cfg(unix)]
fn is_open_to_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|own| own.permissions().mode() & 0o006 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> bool {
    false
}

/// The documents that are answered, where not all are.
fn documents(path: &Path) -> anyhow::Result<Arc<Documents>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let documents =
        Documents::read(&text).with_context(|| format!("cannot use {}", path.display()))?;
    Ok(Arc::new(documents))
}

/// The store, with the user's rules.
async fn open_store(args: &Serve) -> anyhow::Result<Arc<Store>> {
    let store = stores::open(&args.keep).await?;
    let most_memory = args.max_memory.map(|size| size as u64);
    Ok(Arc::new(
        store.keeping(args.stay.retention()).within(most_memory),
    ))
}

/// Serves what others write into the store.
async fn reading_the_store(args: &Serve, publisher: Publisher) -> anyhow::Result<Parts> {
    let store = open_store(args).await?;
    let redactor = stores::redactor(&args.keep, &store).await?;
    tokio::spawn(store_watch::run(
        Arc::clone(&store),
        publisher,
        args.interval,
    ));
    Ok((Some(store), None, redactor))
}

/// Opens the store and the crawler. Without AWS the server starts all the same if it has something to show, or where a role lets nobody in
/// yet: that is mended elsewhere, and maybe needs this server's own role to be there. Where many roles have to be taken on, the server
/// answers meanwhile.
async fn crawling_from_aws(args: &Serve, publisher: Publisher) -> anyhow::Result<Parts> {
    let store = open_store(args).await?;
    let redactor = stores::redactor(&args.keep, &store).await?;
    let changes = redactor.clone();
    let has_data = show_latest(&store, &publisher).await?;
    let scope = args.scope.clone();
    let outcomes = Outcomes::default();
    let own = outcomes.clone();
    let open = move || {
        let (scope, redactor, outcomes) = (scope.clone(), redactor.clone(), own.clone());
        Box::pin(async move { crawling::open(&scope, redactor, outcomes).await }) as Opening
    };
    let mut opening = open();
    let opening = match timeout(OPENING, &mut opening).await {
        Ok(Ok(crawler)) => Some(Box::pin(ready(Ok(crawler))) as Opening),
        Ok(Err(error)) if has_data => {
            output::say(&format!(
                "warning: showing the last snapshot, for AWS cannot be crawled: {error:#}"
            ));
            None
        }
        Ok(Err(error)) if lets_nobody_in(&error) => {
            output::say(&format!(
                "warning: nothing to show yet, it is tried again: {error:#}"
            ));
            None
        }
        Ok(Err(error)) => return Err(error),
        Err(_still_opening) => Some(opening),
    };
    let plan = Plan {
        open: Box::new(open),
        outcomes,
        publisher,
        store: Arc::clone(&store),
        shared: args.stay.shared,
        max_drop: args.stay.max_drop,
        interval: args.interval,
    };
    Ok((Some(store), Some(start(plan, opening)), changes))
}

fn lets_nobody_in(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<CrawlError>();
    matches!(error, Some(CrawlError::AssumeRole { .. }))
}

/// Shows what the last process left in the store. A store that cannot be read hinders no crawl.
async fn show_latest(store: &Store, publisher: &Publisher) -> anyhow::Result<bool> {
    let (latest, refused) = match store.load_latest().await {
        Ok(loaded) => loaded,
        Err(error) => {
            let error = anyhow::Error::new(error);
            output::say(&format!(
                "warning: starting without the last snapshot: {error:#}"
            ));
            publisher.store_fails(&format!("{error:#}"));
            return Ok(false);
        }
    };
    for own in &refused {
        output::say(&format!("warning: {} is not used: {}", own.name, own.why));
    }
    if let Some(inventory) = latest {
        publisher.publish(inventory).await?;
    }
    if let Some(what) = store_watch::not_used(&refused) {
        publisher.store_fails(&what);
    }
    if let Some(own) = refused.iter().find(|own| own.is_too_large()) {
        publisher.refuse(&own.to_string());
    }
    Ok(publisher.latest().is_some())
}

fn start(plan: Plan, opening: Option<Opening>) -> Arc<dyn Crawl> {
    let crawl = CrawlLoop::new(plan.outcomes.clone());
    tokio::spawn(Arc::clone(&crawl).run(plan, opening));
    crawl
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!("{address} is in use by another program: give another --listen, or port 0 for any that is free"),
        _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
    })
}

/// Resolves when somebody asks the program to end. It is heard from the call on, not only once it is waited for.
fn shutdown() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate())
    };
    async move {
        #[cfg(unix)]
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
        drop(tokio::signal::ctrl_c().await);
    }
}
