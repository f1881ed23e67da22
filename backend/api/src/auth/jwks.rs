//! A provider's public keys, which change: a key that is not known is asked for, though not as often as somebody can name one, and keys
//! that the provider took back are forgotten.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::Value;
use tracing::warn;

use super::{
    fetch,
    jws::{Algorithm, Key, Token, decode_bytes},
};

/// Keys that are younger are not asked for again unless one is missing.
const FRESH: Duration = Duration::from_mins(5);

/// Older keys are not believed, even where the provider cannot be reached.
const OLDEST: Duration = Duration::from_hours(1);

/// How long the provider is left alone after it was asked.
const PAUSE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// A key that signs tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    kid: Option<String>,
    algorithm: Option<Algorithm>,
    key: Key,
}

#[derive(Default)]
struct Held {
    keys: Arc<Vec<Named>>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
    /// Why the provider did not say the last time.
    failed: Option<String>,
}

pub(crate) struct Jwks {
    pause: Duration,
    held: Mutex<Held>,
    fetching: tokio::sync::Mutex<()>,
}

impl Jwks {
    pub(crate) fn new() -> Self {
        Self::pausing(PAUSE)
    }

    /// With another pause between two questions.
    pub(crate) fn pausing(pause: Duration) -> Self {
        Self {
            pause,
            held: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    /// The key that a token names; or why the provider does not say whether there is one.
    pub(crate) async fn find(
        &self,
        token: &Token<'_>,
        client: &Client,
        url: &Url,
    ) -> Result<Option<Key>, String> {
        if let Some(found) = self.held_key(token, FRESH) {
            return Ok(Some(found));
        }
        let _one_at_a_time = match self.fetching.try_lock() {
            Ok(first) => first,
            Err(_somebody_asks) => {
                // Nobody waits for what another asks when there is something to go by.
                if let Some(found) = self.held_key(token, OLDEST) {
                    return Ok(Some(found));
                }
                self.fetching.lock().await
            }
        };
        // Somebody else may have asked meanwhile.
        if let Some(found) = self.held_key(token, FRESH) {
            return Ok(Some(found));
        }
        if self.may_ask() {
            let asked = fetch::json::<Set>(client.get(url.clone())).await;
            let mut held = self.held();
            held.tried = Some(Instant::now());
            match asked {
                Ok(set) => {
                    held.keys = Arc::new(set.keys.into_iter().filter_map(read).collect());
                    held.fetched = held.tried;
                    held.failed = None;
                }
                Err(why) => {
                    warn!(error = why, "Cannot read the provider's keys: {url}");
                    held.failed = Some(why);
                }
            }
        }
        match (self.held_key(token, OLDEST), &self.held().failed) {
            (None, Some(why)) => Err(why.clone()),
            (found, _) => Ok(found),
        }
    }

    fn held_key(&self, token: &Token<'_>, youngest: Duration) -> Option<Key> {
        let held = self.held();
        let is_young = held.fetched.is_some_and(|at| at.elapsed() < youngest);
        is_young.then(|| pick(&held.keys, token)).flatten()
    }

    fn may_ask(&self) -> bool {
        let tried = self.held().tried;
        tried.is_none_or(|tried| tried.elapsed() >= self.pause)
    }

    #[cfg(test)]
    pub(crate) fn age(&self, by: Duration) {
        let mut held = self.held();
        held.fetched = held.fetched.and_then(|at| at.checked_sub(by));
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key of the token's name; where it names none, the only one that could be meant.
fn pick(keys: &[Named], token: &Token<'_>) -> Option<Key> {
    let fits = |own: &&Named| {
        own.algorithm
            .is_none_or(|algorithm| algorithm == token.algorithm)
            && token
                .header
                .kid
                .as_ref()
                .is_none_or(|kid| own.kid.as_ref() == Some(kid))
    };
    let mut fitting = keys.iter().filter(fits);
    let first = fitting.next()?;
    fitting.next().is_none().then(|| first.key.clone())
}

/// Keys of other kinds and for other uses are passed over.
fn read(value: Value) -> Option<Named> {
    let own: Jwk = serde_json::from_value(value).ok()?;
    if own.usage.is_some_and(|usage| usage != "sig") {
        return None;
    }
    let algorithm = match own.alg {
        Some(name) => Some(Algorithm::of(&name)?),
        None => None,
    };
    let point = |size: usize| -> Option<Vec<u8>> {
        let (x, y) = (
            decode_bytes(own.x.as_deref()?)?,
            decode_bytes(own.y.as_deref()?)?,
        );
        (x.len() == size && y.len() == size).then(|| [&[4], &*x, &*y].concat())
    };
    let number = |text: &Option<String>| -> Option<Vec<u8>> {
        let bytes = decode_bytes(text.as_deref()?)?;
        let start = bytes.iter().position(|byte| *byte != 0)?;
        Some(bytes[start..].to_vec())
    };
    let key = match (own.kty.as_str(), own.crv.as_deref()) {
        ("RSA", _) => Key::Rsa {
            n: number(&own.n)?,
            e: number(&own.e)?,
        },
        ("EC", Some("P-256")) => Key::P256(point(32)?),
        ("EC", Some("P-384")) => Key::P384(point(48)?),
        _ => return None,
    };
    Some(Named {
        kid: own.kid,
        algorithm,
        key,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::jws::testing::Signer;

    #[test]
    fn a_token_is_checked_with_the_key_that_it_names() {
        let (one, other) = (Signer::ec(), Signer::rsa());
        let keys: Vec<Named> = [one.jwk("one"), other.jwk("other")]
            .into_iter()
            .filter_map(read)
            .collect();
        assert_eq!(keys.len(), 2);
        let found = |header: Value| {
            let text = one.sign(&header, &json!({}));
            pick(&keys, &Token::parse(&text).unwrap())
        };
        assert_eq!(
            found(json!({ "alg": "ES256", "kid": "one" })),
            Some(one.key())
        );
        assert_eq!(
            found(json!({ "alg": "RS256", "kid": "other" })),
            Some(other.key())
        );
        assert_eq!(
            found(json!({ "alg": "RS256", "kid": "one" })),
            None,
            "the key is for ES256"
        );
        assert_eq!(found(json!({ "alg": "ES256", "kid": "third" })), None);
        assert_eq!(found(json!({ "alg": "ES256" })), None, "two could be meant");
        assert_eq!(found(json!({ "alg": "RS256" })), Some(other.key()));
    }

    #[tokio::test]
    async fn keys_are_not_believed_for_ever_where_nobody_answers() {
        let signer = Signer::ec();
        let text = signer.sign(&json!({ "alg": "ES256", "kid": "1" }), &json!({}));
        let token = Token::parse(&text).unwrap();
        let nobody = fetch::safe_url("http://127.0.0.1:9/jwks").unwrap();
        for (minutes, believed) in [(4, true), (6, true), (59, true), (61, false)] {
            let jwks = Jwks::new();
            {
                let mut held = jwks.held();
                held.keys = Arc::new(vec![read(signer.jwk("1")).unwrap()]);
                held.fetched = Instant::now().checked_sub(Duration::from_mins(minutes));
            }
            let found = jwks.find(&token, &fetch::client().unwrap(), &nobody).await;
            assert_eq!(found.is_ok(), believed, "{minutes}");
            let asked = jwks.held().tried.is_some();
            assert_eq!(asked, minutes > 5, "{minutes}");
        }
    }

    #[test]
    fn keys_for_other_uses_are_passed_over() {
        let mut key = Signer::rsa().jwk("1");
        assert!(read(key.clone()).is_some());
        key["use"] = json!("enc");
        assert!(read(key.clone()).is_none());
        key["use"] = json!("sig");
        key["alg"] = json!("RSA-OAEP");
        assert!(read(key).is_none());
        for other in [
            json!({ "kty": "oct", "k": "c2VjcmV0" }),
            json!({ "kty": "RSA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }),
            json!(1),
        ] {
            assert!(read(other.clone()).is_none(), "{other}");
        }
    }
}
