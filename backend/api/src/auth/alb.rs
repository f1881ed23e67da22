//! People whom an Application Load Balancer signed in: it signs a header of each request, with a key that AWS publishes.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html>

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use blastmap_model::Arn;
use reqwest::Client;
use serde_json::{Map, Value};
use tracing::warn;

use super::{
    Method, Role,
    caller::{Admitted, Lasts},
    claims,
    fetch::{self, NoAnswer},
    jws::{Algorithm, Key, Token},
    oidc::SignInFailure,
    roles::RoleRules,
};

/// The header that says who somebody is.
pub(crate) const HEADER: &str = "x-amzn-oidc-data";

/// How many keys are remembered; the balancers of a region have few.
const KEYS: usize = 64;

/// How long a key is believed before it is asked for again.
const FRESH: Duration = Duration::from_hours(1);

/// How long it is believed where it cannot be asked for: AWS has another name for each key.
const OLDEST: Duration = Duration::from_hours(24);

/// How long nothing is asked for after a key was not there.
const PAUSE: Duration = Duration::from_secs(1);

/// What stands before the point in a public key of this curve, as X.509 writes it.
pub(crate) const P256_PREFIX: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Text that names no balancer.
#[derive(Debug, thiserror::Error)]
pub enum AlbError {
    #[error(
        "`{0}` is not the ARN of an Application Load Balancer: arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID"
    )]
    Arn(String),
    #[error("cannot make requests for the balancer's keys")]
    Client(#[source] reqwest::Error),
}

struct Known {
    key: Key,
    at: Instant,
}

/// The key that last was not there.
struct Missed {
    at: Instant,
    id: String,
    is_refused: bool,
}

impl Missed {
    /// What this says of a key.
    fn failure_of(&self, id: &str) -> SignInFailure {
        if self.is_refused && self.id == id {
            SignInFailure::Wrong("the token's key is not known".to_owned())
        } else {
            SignInFailure::Provider("the balancer's keys cannot be read now".to_owned())
        }
    }
}

pub(crate) struct Alb {
    arn: String,
    /// Where AWS publishes keys.
    keys_at: String,
    roles: RoleRules,
    client: Client,
    keys: Mutex<HashMap<String, Known>>,
    /// Held while a key is asked for.
    missed: tokio::sync::Mutex<Option<Missed>>,
}

impl Alb {
    pub(crate) fn new(
        arn: &str,
        roles: RoleRules,
        keys_at: Option<String>,
    ) -> Result<Self, AlbError> {
        let refuse = || AlbError::Arn(arn.chars().take(200).collect());
        let parsed: Arn = arn.parse().map_err(|_no_arn| refuse())?;
        let is_region = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let region = parsed.region();
        if !arn.contains(":elasticloadbalancing:")
            || !arn.contains(":loadbalancer/app/")
            || !is_region(region)
        {
            return Err(refuse());
        }
        Ok(Self {
            arn: arn.to_owned(),
            keys_at: keys_at.unwrap_or_else(|| published_at(region)),
            roles,
            client: fetch::client().map_err(AlbError::Client)?,
            keys: Mutex::default(),
            missed: tokio::sync::Mutex::default(),
        })
    }

    /// Who this header is about; or why it is not believed.
    pub(crate) async fn admit(&self, header: &str) -> Result<Admitted, SignInFailure> {
        let wrong = |why: &str| SignInFailure::Wrong(why.to_owned());
        let token = Token::parse(header).map_err(wrong)?;
        if token.algorithm != Algorithm::Es256 {
            return Err(wrong("the token's algorithm is not the balancer's"));
        }
        // Any balancer of anybody's in the region signs with these keys.
        if token.header.signer.as_deref() != Some(&self.arn) {
            return Err(wrong("another balancer signed the token"));
        }
        let id = token.header.kid.clone().unwrap_or_default();
        if !is_key_id(&id) {
            return Err(wrong("the token's key has no name of AWS's"));
        }
        let key = self.key(&id).await?;
        let mut claims = token.claims(&key).map_err(wrong)?;
        // The header is signed as well, and is where the balancer says how long it holds.
        let end = token.header.exp.map(Value::from).unwrap_or_default();
        let times = Map::from_iter([("exp".to_owned(), end)]);
        claims::check_times(&times, claims::now()).map_err(wrong)?;
        claims.entry("sub").or_insert(Value::Null);
        let role = self.roles.role_of(&claims);
        let identity = claims::identity(&claims, role.unwrap_or(Role::Viewer), Method::Alb)
            .ok_or_else(|| wrong("the token names nobody"))?;
        if role.is_none() {
            return Err(SignInFailure::NoRole(identity.name));
        }
        Ok(Admitted {
            identity: Arc::new(identity),
            // Each request has its own header; a connection that stays open lasts as a session of the balancer does.
            lasts: Lasts {
                ended: None,
                until: Some(tokio::time::Instant::now() + FRESH),
            },
        })
    }

    async fn key(&self, id: &str) -> Result<Key, SignInFailure> {
        if let Some(key) = self.known(id, FRESH) {
            return Ok(key);
        }
        let mut missed = match self.missed.try_lock() {
            Ok(first) => first,
            Err(_somebody_asks) => {
                // Whoever invents keys holds up nobody whose key was seen.
                if let Some(key) = self.known(id, OLDEST) {
                    return Ok(key);
                }
                self.missed.lock().await
            }
        };
        if let Some(key) = self.known(id, FRESH) {
            return Ok(key);
        }
        let seen = self.known(id, OLDEST);
        if let Some(missed) = missed.as_ref().filter(|own| own.at.elapsed() < PAUSE) {
            return seen.ok_or_else(|| missed.failure_of(id));
        }
        let asked = self.client.get(format!("{}/{id}", self.keys_at));
        let read = fetch::bytes(asked).await;
        let key = read.and_then(|bytes| {
            key_of_pem(&bytes).ok_or_else(|| "it is no key of P-256".to_owned().into())
        });
        match key {
            Ok(key) => {
                self.remember(id, key.clone());
                Ok(key)
            }
            Err(NoAnswer { why, is_refused }) => {
                warn!(error = why, "Cannot read the balancer's key {id}: {why}");
                let now = missed.insert(Missed {
                    at: Instant::now(),
                    id: id.to_owned(),
                    is_refused,
                });
                seen.ok_or_else(|| now.failure_of(id))
            }
        }
    }

    fn remember(&self, id: &str, key: Key) {
        let mut keys = self.keys();
        if keys.len() >= KEYS {
            keys.clear();
        }
        let at = Instant::now();
        keys.insert(id.to_owned(), Known { key, at });
    }

    fn known(&self, id: &str, youngest: Duration) -> Option<Key> {
        let keys = self.keys();
        let known = keys.get(id).filter(|known| known.at.elapsed() < youngest)?;
        Some(known.key.clone())
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn published_at(region: &str) -> String {
    if region.starts_with("us-gov-") {
        format!("https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}")
    } else {
        format!("https://public-keys.auth.elb.{region}.amazonaws.com")
    }
}

/// A UUID, which goes into a URL.
fn is_key_id(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn key_of_pem(bytes: &[u8]) -> Option<Key> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once("-----BEGIN PUBLIC KEY-----")?;
    let (body, _) = rest.split_once("-----END PUBLIC KEY-----")?;
    let body: String = body.split_whitespace().collect();
    let der = STANDARD.decode(body).ok()?;
    let point = der.strip_prefix(P256_PREFIX)?;
    (point.len() == 65 && point.first() == Some(&4)).then(|| Key::P256(point.to_vec()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::{Identity, jws::testing::Signer};

    const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/edge/50dc6c495c0c9188";
    const KID: &str = "9f1b2c3d-0000-4111-8222-abcdefabcdef";

    fn roles() -> RoleRules {
        RoleRules {
            claim: "groups".to_owned(),
            operators: vec!["ops".to_owned()],
            viewers: Vec::new(),
        }
    }

    /// A balancer whose key is known already.
    fn alb(signer: &Signer) -> Alb {
        let alb = Alb::new(ARN, roles(), Some("http://127.0.0.1:1".to_owned())).unwrap();
        let known = Known {
            key: key_of_pem(signer.pem().as_bytes()).unwrap(),
            at: Instant::now(),
        };
        alb.keys.lock().unwrap().insert(KID.to_owned(), known);
        alb
    }

    #[tokio::test]
    async fn what_our_balancer_signed_is_believed() {
        let signer = Signer::ec();
        let alb = alb(&signer);
        let end = claims::now() + 120.0;
        let header = json!({ "alg": "ES256", "kid": KID, "signer": ARN, "iss": "https://id", "client": "c", "exp": end });
        let said =
            json!({ "sub": "42", "email": "ann@example.com", "groups": ["ops"], "exp": end });
        let admitted = alb
            .admit(&signer.sign_padded(&header, &said))
            .await
            .unwrap();
        assert_eq!(
            *admitted.identity,
            Identity::new("ann@example.com", "42", Role::Operator, Method::Alb)
        );
        let with = |name: &str, value: Value| {
            let mut header = header.clone();
            header[name] = value;
            header
        };
        let other = ARN.replace("edge", "evil");
        for (what, header) in [
            ("signer", with("signer", json!(other))),
            ("no signer", with("signer", Value::Null)),
            ("over", with("exp", json!(claims::now() - 61.0))),
            ("no end", with("exp", Value::Null)),
            ("alg", with("alg", json!("none"))),
            ("alg", with("alg", json!("RS256"))),
            ("kid", with("kid", json!("../../evil"))),
            (
                "kid",
                with("kid", json!("9f1b2c3d-0000-4111-8222-abcdefabcde/")),
            ),
            ("no kid", with("kid", Value::Null)),
        ] {
            let text = signer.sign_padded(&header, &said);
            assert!(alb.admit(&text).await.is_err(), "{what}");
        }
        let forged = Signer::ec().sign_padded(&header, &said);
        assert_eq!(
            alb.admit(&forged).await.unwrap_err(),
            SignInFailure::Wrong("the token's signature does not fit".to_owned())
        );
        let nobody = signer.sign_padded(&header, &json!({ "email": "x" }));
        assert!(alb.admit(&nobody).await.is_err());
    }

    #[tokio::test]
    async fn a_key_is_asked_for_once_and_one_that_is_not_there_not_at_every_request() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        use axum::{Router, extract::Path, http::StatusCode, routing::get};

        let signer = Signer::ec();
        let (pem, asked) = (signer.pem(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&asked);
        let publish = move |Path(id): Path<String>| {
            counted.fetch_add(1, Ordering::Relaxed);
            let answer = if id == KID {
                Ok(pem.clone())
            } else {
                Err(StatusCode::NOT_FOUND)
            };
            async move { answer }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/{id}", get(publish));
        tokio::spawn(async { axum::serve(listener, routes).await });
        let alb = Alb::new(ARN, roles(), Some(at)).unwrap();
        let of = |kid: &str| {
            let header =
                json!({ "alg": "ES256", "kid": kid, "signer": ARN, "exp": claims::now() + 60.0 });
            signer.sign_padded(&header, &json!({ "sub": "1" }))
        };
        for _ in 0..3 {
            alb.admit(&of(KID)).await.unwrap();
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        for _ in 0..3 {
            alb.admit(&of(&KID.replace('9', "8"))).await.unwrap_err();
        }
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        alb.admit(&of(KID)).await.unwrap();
    }

    #[tokio::test]
    async fn a_key_that_was_seen_is_believed_for_a_day_where_nobody_answers() {
        let signer = Signer::ec();
        let alb = alb(&signer);
        let header =
            json!({ "alg": "ES256", "kid": KID, "signer": ARN, "exp": claims::now() + 60.0 });
        let text = signer.sign_padded(&header, &json!({ "sub": "1" }));
        for (hours, believed) in [(0, true), (2, true), (23, true), (25, false)] {
            alb.keys().get_mut(KID).unwrap().at = Instant::now()
                .checked_sub(Duration::from_hours(hours))
                .unwrap();
            let admitted = alb.admit(&text).await;
            assert_eq!(admitted.is_ok(), believed, "{hours}");
            if let Err(failure) = admitted {
                assert!(matches!(failure, SignInFailure::Provider(_)), "{failure:?}");
            }
        }
    }

    #[tokio::test]
    async fn whoever_has_no_role_is_told_so() {
        let signer = Signer::ec();
        let mut alb = alb(&signer);
        alb.roles.viewers = vec!["dev".to_owned()];
        let header =
            json!({ "alg": "ES256", "kid": KID, "signer": ARN, "exp": claims::now() + 60.0 });
        let text = signer.sign_padded(&header, &json!({ "sub": "1", "email": "ann@example.com" }));
        assert_eq!(
            alb.admit(&text).await.unwrap_err(),
            SignInFailure::NoRole("ann@example.com".to_owned())
        );
    }

    #[test]
    fn keys_are_where_aws_publishes_them_for_the_region() {
        for (region, at) in [
            (
                "eu-west-1",
                "https://public-keys.auth.elb.eu-west-1.amazonaws.com",
            ),
            (
                "us-gov-west-1",
                "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1",
            ),
        ] {
            let alb = Alb::new(&ARN.replace("eu-west-1", region), roles(), None).unwrap();
            assert_eq!(alb.keys_at, at);
        }
        for arn in [
            "",
            "edge",
            "arn:aws:iam::1:role/x",
            &ARN.replace("/app/", "/net/"),
            &ARN.replace("eu-west-1", "evil.example/"),
            &ARN.replace("eu-west-1", ""),
        ] {
            assert!(Alb::new(arn, roles(), None).is_err(), "{arn}");
        }
    }

    #[test]
    fn a_published_key_is_of_this_curve() {
        assert!(key_of_pem(Signer::ec().pem().as_bytes()).is_some());
        for text in [
            "",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            "<html>",
        ] {
            assert!(key_of_pem(text.as_bytes()).is_none(), "{text}");
        }
    }
}
