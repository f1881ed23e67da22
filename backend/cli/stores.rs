//! Opens the store that the arguments name.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail};
use blastmap_model::Redactor;
use blastmap_store::{S3Keys, S3Settings, Store, read_fingerprint_key};

use crate::args::Keep;

/// Opens the store; S3 is reached with the SDK's own credentials.
pub(crate) async fn open(keep: &Keep) -> anyhow::Result<Store> {
    let url = match &keep.store {
        Some(url) => url.clone(),
        None => default_folder()?.display().to_string(),
    };
    let s3 = if url.starts_with("s3://") {
        Some(s3().await)
    } else {
        None
    };
    Store::open(&url, s3.as_ref()).with_context(|| format!("cannot use the store {url}"))
}

/// What fingerprints values: with the key of a file, or the store's.
pub(crate) async fn redactor(keep: &Keep, store: &Store) -> anyhow::Result<Redactor> {
    let Some(path) = &keep.fingerprint_key else {
        return Ok(Redactor::new(store.fingerprint_key().await?));
    };
    let text = std::fs::read(path)
        .with_context(|| format!("cannot read the fingerprint key {}", path.display()))?;
    match read_fingerprint_key(&text) {
        Some(key) => Ok(Redactor::new(key)),
        None => bail!(
            "{} is not a fingerprint key: it should hold 64 hexadecimal digits",
            path.display()
        ),
    }
}

/// As [`redactor`], of the store that the arguments name.
pub(crate) async fn redactor_of(keep: &Keep) -> anyhow::Result<Redactor> {
    redactor(keep, &open(keep).await?).await
}

/// The platform's folder for data.
fn default_folder() -> anyhow::Result<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the platform's own variables, not configuration of ours"
    )]
    let variable = |name: &str| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let data = variable("XDG_DATA_HOME").or_else(|| match std::env::consts::OS {
        "macos" => Some(variable("HOME")?.join("Library/Application Support")),
        _ => Some(variable("HOME")?.join(".local/share")),
    });
    data.map(|folder| folder.join("blastmap"))
        .context("there is no home folder to keep data in: give --store")
}

async fn s3() -> S3Settings {
    let access = Arc::new(blastmap_aws::Access::load().await);
    let (region, endpoint) = (access.region.clone(), access.endpoint.clone());
    S3Settings {
        region,
        endpoint,
        credentials: Arc::new(move || {
            let access = Arc::clone(&access);
            Box::pin(async move {
                let keys = access.keys().await?;
                Ok(S3Keys {
                    key_id: keys.key_id,
                    secret_key: keys.secret_key,
                    session_token: keys.session_token,
                })
            })
        }),
    }
}
