//! What a provider says of itself, by Discovery.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{Client, Url};
use serde::Deserialize;

use crate::auth::{fetch, jws::Algorithm};

/// How long a document is believed.
const FRESH: Duration = Duration::from_hours(1);

/// How long a provider that failed is left alone.
const PAUSE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

pub(super) struct Provider {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo: Option<Url>,
    algorithms: Vec<Algorithm>,
    /// Whether a secret goes into the form, not into a header.
    pub(super) secret_in_form: bool,
}

impl Provider {
    pub(super) fn signs_with(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }
}

#[derive(Default)]
struct Held {
    provider: Option<Arc<Provider>>,
    read: Option<Instant>,
    failed: Option<(Instant, String)>,
}

#[derive(Default)]
pub(super) struct Cache {
    held: Mutex<Held>,
    asking: tokio::sync::Mutex<()>,
}

impl Cache {
    /// The provider; one that cannot be reached any more stays as it last said.
    pub(super) async fn get(&self, client: &Client, issuer: &str) -> Result<Arc<Provider>, String> {
        if let Some(provider) = self.fresh() {
            return Ok(provider);
        }
        let _one_at_a_time = match self.asking.try_lock() {
            Ok(first) => first,
            Err(_somebody_asks) => {
                // Nobody waits for what another asks when there is something to go by.
                let provider = self.held().provider.clone();
                if let Some(provider) = provider {
                    return Ok(provider);
                }
                self.asking.lock().await
            }
        };
        if let Some(provider) = self.fresh() {
            return Ok(provider);
        }
        if !self.failed_of_late() {
            let asked = discover(client, issuer).await;
            let mut held = self.held();
            match asked {
                Ok(provider) => {
                    *held = Held {
                        provider: Some(Arc::new(provider)),
                        read: Some(Instant::now()),
                        failed: None,
                    };
                }
                Err(why) => {
                    tracing::warn!(
                        error = why,
                        "Cannot use the OpenID provider {issuer}: {why}"
                    );
                    held.failed = Some((Instant::now(), why));
                }
            }
        }
        let held = self.held();
        let why = || held.failed.as_ref().map(|(_, why)| why.clone());
        held.provider
            .clone()
            .ok_or_else(|| why().unwrap_or_default())
    }

    fn fresh(&self) -> Option<Arc<Provider>> {
        let held = self.held();
        let is_fresh = held.read.is_some_and(|read| read.elapsed() < FRESH);
        held.provider.clone().filter(|_| is_fresh)
    }

    fn failed_of_late(&self) -> bool {
        let held = self.held();
        let failed = held.failed.as_ref();
        failed.is_some_and(|(at, _)| at.elapsed() < PAUSE)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn discover(client: &Client, issuer: &str) -> Result<Provider, String> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    read(fetch::json(client.get(url)).await?, issuer)
}

fn read(document: Document, issuer: &str) -> Result<Provider, String> {
    if document.issuer != issuer {
        return Err(format!(
            "it calls itself `{}`: give the issuer exactly so",
            document.issuer.escape_debug()
        ));
    }
    let url = |text: &str| {
        fetch::safe_url(text)
            .ok_or_else(|| format!("its address `{}` is not one by https", text.escape_debug()))
    };
    let names = document.id_token_signing_alg_values_supported.iter();
    let mut algorithms: Vec<Algorithm> = names.filter_map(|name| Algorithm::of(name)).collect();
    if algorithms.is_empty() {
        // Every provider signs with it.
        algorithms.push(Algorithm::Rs256);
    }
    let methods = document.token_endpoint_auth_methods_supported;
    let has = |name: &str| {
        methods
            .as_ref()
            .is_some_and(|all| all.iter().any(|own| own == name))
    };
    Ok(Provider {
        authorization: url(&document.authorization_endpoint)?,
        token: url(&document.token_endpoint)?,
        jwks_uri: url(&document.jwks_uri)?,
        userinfo: document.userinfo_endpoint.as_deref().map(url).transpose()?,
        algorithms,
        secret_in_form: has("client_secret_post") && !has("client_secret_basic"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_provider_is_the_one_that_was_named_and_is_asked_by_tls() {
        let good = json!({
            "issuer": "https://id.example",
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://keys.example/jwks",
            "id_token_signing_alg_values_supported": ["none", "HS256", "ES256", "EdDSA"],
        });
        let with = |name: &str, value: Value| {
            let mut document = good.clone();
            document[name] = value;
            read(
                serde_json::from_value(document).unwrap(),
                "https://id.example",
            )
        };
        let own = with("scopes_supported", json!([])).unwrap();
        assert_eq!(own.algorithms, [Algorithm::Es256]);
        assert!(!own.secret_in_form);
        let own = with(
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_post"]),
        );
        assert!(own.unwrap().secret_in_form);
        let own = with("id_token_signing_alg_values_supported", json!([]));
        assert_eq!(own.unwrap().algorithms, [Algorithm::Rs256]);
        for (name, value) in [
            ("issuer", "https://id.example/"),
            ("issuer", "https://evil.example"),
            ("jwks_uri", "http://keys.example/jwks"),
            ("token_endpoint", "http://id.example/token"),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("userinfo_endpoint", "/userinfo"),
        ] {
            assert!(with(name, json!(value)).is_err(), "{name} {value}");
        }
    }
}
