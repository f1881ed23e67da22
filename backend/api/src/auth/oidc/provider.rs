//! What a provider says of itself, by Discovery.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, Url};
use serde::Deserialize;
use tokio::sync::Mutex;

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
pub(super) struct Cache(Mutex<Held>);

impl Cache {
    /// The provider; one that cannot be reached any more stays as it last said.
    pub(super) async fn get(&self, client: &Client, issuer: &str) -> Result<Arc<Provider>, String> {
        let mut held = self.0.lock().await;
        if let (Some(provider), Some(read)) = (&held.provider, held.read)
            && read.elapsed() < FRESH
        {
            return Ok(Arc::clone(provider));
        }
        let paused = held.failed.as_ref();
        let failed = match paused.filter(|(at, _)| at.elapsed() < PAUSE) {
            Some((_, why)) => why.clone(),
            None => match discover(client, issuer).await {
                Ok(provider) => {
                    let provider = Arc::new(provider);
                    *held = Held {
                        provider: Some(Arc::clone(&provider)),
                        read: Some(Instant::now()),
                        failed: None,
                    };
                    return Ok(provider);
                }
                Err(why) => {
                    tracing::warn!(
                        error = why,
                        "Cannot use the OpenID provider {issuer}: {why}"
                    );
                    held.failed = Some((Instant::now(), why.clone()));
                    why
                }
            },
        };
        held.provider.clone().ok_or(failed)
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
