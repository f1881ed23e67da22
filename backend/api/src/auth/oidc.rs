//! People and programs for whom a provider vouches: the code flow with PKCE for the page, signed tokens for tools.

mod flow;
mod provider;

use std::time::Duration;

use reqwest::{Client, Url};
use serde_json::{Map, Value};

pub(crate) use self::flow::{LOGIN_COOKIE, Login, Returned, safe_place};
use self::provider::Provider;
use super::{
    Identity, Method,
    caller::{Admitted, Lasts},
    claims::{self, Expected},
    fetch,
    jwks::Jwks,
    jws::Token,
    roles::RoleRules,
};
use crate::PublicUrl;

/// Which provider, and what it knows this server as.
pub struct OidcSettings {
    /// Exactly as the provider writes it.
    pub issuer: String,
    /// None: no sign-in on the page, tokens of tools alone.
    pub client_id: Option<String>,
    /// None: a public client, which PKCE protects.
    pub client_secret: Option<String>,
    /// For whom tokens of tools are; the client where it is not said.
    pub audience: Option<String>,
    /// What is asked of the provider, separated by blanks.
    pub scope: String,
    /// Where the provider sends people back to.
    pub public_url: Option<PublicUrl>,
    pub roles: RoleRules,
}

/// Settings that do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    #[error("the issuer `{0}` is no https:// URL without a query, or http:// on this machine")]
    Issuer(String),
    #[error(
        "tokens of any client would be taken: give --auth-oidc-client-id, or --auth-oidc-audience for tools alone"
    )]
    Audience,
    #[error("the provider sends people back to --public-url: give that, too")]
    PublicUrl,
    #[error("cannot make requests to the provider")]
    Client(#[source] reqwest::Error),
}

/// The page's part of it.
struct Page {
    client_id: String,
    secret: Option<String>,
    callback: String,
}

pub(crate) struct Oidc {
    issuer: String,
    host: String,
    audience: String,
    scope: String,
    roles: RoleRules,
    page: Option<Page>,
    client: Client,
    provider: provider::Cache,
    keys: Jwks,
}

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignInFailure {
    /// What came back is not right.
    Wrong(String),
    /// The provider is not to be reached, or not what it should be.
    Provider(String),
    /// The provider knows them, and they have no role here.
    NoRole(String),
}

impl Oidc {
    pub(crate) fn new(settings: OidcSettings) -> Result<Self, OidcError> {
        let url = fetch::safe_url(&settings.issuer)
            .filter(|url| url.query().is_none() && url.fragment().is_none())
            .ok_or_else(|| OidcError::Issuer(settings.issuer.clone()))?;
        let audience = settings.audience.or_else(|| settings.client_id.clone());
        let page = match settings.client_id {
            None => None,
            Some(client_id) => {
                let url = settings.public_url.ok_or(OidcError::PublicUrl)?;
                Some(Page {
                    client_id,
                    secret: settings.client_secret,
                    callback: format!("{}/auth/callback", url.origin()),
                })
            }
        };
        Ok(Self {
            host: host_of(&url),
            issuer: settings.issuer,
            audience: audience.ok_or(OidcError::Audience)?,
            scope: settings.scope,
            roles: settings.roles,
            page,
            client: fetch::client().map_err(OidcError::Client)?,
            provider: provider::Cache::default(),
            keys: Jwks::new(),
        })
    }

    /// What the page calls the provider; none where people cannot sign in there.
    pub(crate) fn page_host(&self) -> Option<&str> {
        self.page.as_ref().map(|_| self.host.as_str())
    }

    async fn provider(&self) -> Result<std::sync::Arc<Provider>, String> {
        self.provider.get(&self.client, &self.issuer).await
    }

    /// Who shows a signed token.
    pub(crate) async fn admit(&self, text: &str) -> Result<Admitted, SignInFailure> {
        let claims = self.read(text, &self.audience, None).await?;
        let identity = self.identity(&claims)?;
        let left = claims.get("exp").and_then(Value::as_f64).unwrap_or(0.0) - claims::now();
        // Sooner or later somebody asks for a token that lasts for ever.
        let left = Duration::from_secs_f64(left.clamp(0.0, 86_400.0 * 365.0));
        Ok(Admitted {
            identity: std::sync::Arc::new(identity),
            lasts: Lasts {
                ended: None,
                until: Some(tokio::time::Instant::now() + left),
            },
        })
    }

    /// What a token says, if the provider signed it for this audience.
    async fn read(
        &self,
        text: &str,
        audience: &str,
        nonce: Option<&str>,
    ) -> Result<Map<String, Value>, SignInFailure> {
        let wrong = |why: &str| SignInFailure::Wrong(why.to_owned());
        let token = Token::parse(text).map_err(wrong)?;
        let provider = self.provider().await.map_err(SignInFailure::Provider)?;
        if !provider.signs_with(token.algorithm) {
            return Err(wrong("the provider does not sign with this algorithm"));
        }
        let key = self.keys.find(&token, &self.client, &provider.jwks_uri);
        let key = key.await.map_err(SignInFailure::Provider)?;
        let key = key.ok_or_else(|| wrong("the token's key is not known"))?;
        let claims = token.claims(&key).map_err(wrong)?;
        let expected = Expected {
            issuer: &self.issuer,
            audience,
            nonce,
        };
        claims::check(&claims, &expected, claims::now()).map_err(wrong)?;
        Ok(claims)
    }

    fn identity(&self, claims: &Map<String, Value>) -> Result<Identity, SignInFailure> {
        let role = self.roles.role_of(claims);
        let known = role.unwrap_or(super::Role::Viewer);
        let identity = claims::identity(claims, known, Method::Oidc)
            .ok_or_else(|| SignInFailure::Wrong("the token names nobody".to_owned()))?;
        match role {
            Some(_) => Ok(identity),
            None => Err(SignInFailure::NoRole(identity.name)),
        }
    }
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    };

    use axum::{Json, Router, routing::get};
    use serde_json::json;

    use super::*;
    use crate::auth::{Role, jws::testing::Signer};

    /// A provider's documents, with keys that can be changed.
    struct Fake {
        issuer: String,
        keys: Arc<Mutex<Vec<Value>>>,
        asked: Arc<AtomicUsize>,
    }

    async fn fake() -> Fake {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let keys = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::new(AtomicUsize::new(0));
        let (held, counted) = (Arc::clone(&keys), Arc::clone(&asked));
        let jwks = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            let keys = held.lock().unwrap().clone();
            async move { Json(json!({ "keys": keys })) }
        };
        let routes = Router::new().route("/jwks", get(jwks)).route(
            "/.well-known/openid-configuration",
            get(async || Json(document)),
        );
        tokio::spawn(async { axum::serve(listener, routes).await });
        Fake {
            issuer,
            keys,
            asked,
        }
    }

    fn oidc(issuer: &str, pause: Duration) -> Oidc {
        let settings = settings(issuer);
        Oidc {
            keys: Jwks::pausing(pause),
            ..Oidc::new(settings).unwrap()
        }
    }

    fn settings(issuer: &str) -> OidcSettings {
        OidcSettings {
            issuer: issuer.to_owned(),
            client_id: None,
            client_secret: None,
            audience: Some("urn:blastmap".to_owned()),
            scope: "openid".to_owned(),
            public_url: None,
            roles: RoleRules {
                claim: "groups".to_owned(),
                operators: vec!["ops".to_owned()],
                viewers: vec!["dev".to_owned()],
            },
        }
    }

    fn token(signer: &Signer, alg: &str, kid: &str, issuer: &str, group: &str) -> String {
        let claims = json!({
            "iss": issuer, "aud": "urn:blastmap", "sub": "ci", "groups": [group], "exp": claims::now() + 300.0,
        });
        signer.sign(&json!({ "alg": alg, "kid": kid }), &claims)
    }

    #[tokio::test]
    async fn keys_change_and_those_that_are_gone_are_not_believed() {
        let (provider, before, after) = (fake().await, Signer::ec(), Signer::ec());
        let oidc = oidc(&provider.issuer, Duration::ZERO);
        let of = |signer: &Signer, kid: &str| token(signer, "ES256", kid, &provider.issuer, "ops");
        provider.keys.lock().unwrap().push(before.jwk("one"));
        for _ in 0..3 {
            let admitted = oidc.admit(&of(&before, "one")).await.unwrap();
            assert_eq!(admitted.identity.role, Role::Operator);
            let left = admitted.lasts.until.unwrap() - tokio::time::Instant::now();
            assert!((298..=300).contains(&left.as_secs()), "{left:?}");
        }
        assert_eq!(provider.asked.load(Ordering::Relaxed), 1);
        *provider.keys.lock().unwrap() = vec![after.jwk("two")];
        oidc.admit(&of(&after, "two")).await.unwrap();
        assert_eq!(provider.asked.load(Ordering::Relaxed), 2);
        oidc.admit(&of(&before, "one")).await.unwrap_err();
        oidc.admit(&of(&before, "two")).await.unwrap_err();
    }

    #[tokio::test]
    async fn keys_that_nobody_has_are_not_asked_for_again_and_again() {
        let (provider, signer) = (fake().await, Signer::ec());
        provider.keys.lock().unwrap().push(signer.jwk("one"));
        let oidc = oidc(&provider.issuer, Duration::from_mins(1));
        for kid in 0..20 {
            let invented = token(&signer, "ES256", &kid.to_string(), &provider.issuer, "ops");
            assert_eq!(
                oidc.admit(&invented).await.unwrap_err(),
                SignInFailure::Wrong("the token's key is not known".to_owned())
            );
        }
        assert_eq!(provider.asked.load(Ordering::Relaxed), 1);
        oidc.admit(&token(&signer, "ES256", "one", &provider.issuer, "dev"))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_token_is_signed_as_the_provider_signs_and_gives_a_role() {
        let (provider, ec, rsa) = (fake().await, Signer::ec(), Signer::rsa());
        provider
            .keys
            .lock()
            .unwrap()
            .extend([ec.jwk("ec"), rsa.jwk("rsa")]);
        let oidc = oidc(&provider.issuer, Duration::ZERO);
        let by_rsa = token(&rsa, "RS256", "rsa", &provider.issuer, "ops");
        assert_eq!(
            oidc.admit(&by_rsa).await.unwrap_err(),
            SignInFailure::Wrong("the provider does not sign with this algorithm".to_owned())
        );
        let nobody = token(&ec, "ES256", "ec", &provider.issuer, "guests");
        assert_eq!(
            oidc.admit(&nobody).await.unwrap_err(),
            SignInFailure::NoRole("ci".to_owned())
        );
        let other = token(&ec, "ES256", "ec", "https://other.example", "ops");
        assert!(matches!(
            oidc.admit(&other).await,
            Err(SignInFailure::Wrong(_))
        ));
        let gone = self::oidc("http://127.0.0.1:9", Duration::ZERO);
        assert!(matches!(
            gone.admit(&nobody).await,
            Err(SignInFailure::Provider(_))
        ));
    }

    #[tokio::test]
    async fn keys_that_cannot_be_read_are_the_providers_failure_and_hold_up_nobody_for_long() {
        let (provider, signer) = (fake().await, Signer::ec());
        provider.keys.lock().unwrap().push(signer.jwk("one"));
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = format!("http://{}/jwks", silent.local_addr().unwrap());
        let silent = fetch::safe_url(&silent).unwrap();
        let nobody = fetch::safe_url("http://127.0.0.1:9/jwks").unwrap();
        let good = fetch::safe_url(&format!("{}/jwks", provider.issuer)).unwrap();
        let client = fetch::client().unwrap();
        let text = token(&signer, "ES256", "one", &provider.issuer, "ops");
        let token = Token::parse(&text).unwrap();

        let jwks = Jwks::pausing(Duration::ZERO);
        jwks.find(&token, &client, &nobody).await.unwrap_err();
        assert!(jwks.find(&token, &client, &good).await.unwrap().is_some());

        // The one that asks waits for the provider, whoever comes then has what is held.
        jwks.age(Duration::from_mins(6));
        let began = std::time::Instant::now();
        let first = jwks.find(&token, &client, &silent);
        let others = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            for _ in 0..100 {
                assert!(jwks.find(&token, &client, &silent).await.unwrap().is_some());
            }
            began.elapsed()
        };
        tokio::select! {
            _ = first => panic!("it does not answer"),
            took = others => assert!(took < Duration::from_secs(5), "{took:?}"),
        }
    }

    #[test]
    fn settings_that_let_in_anybody_are_refused() {
        let with = |change: fn(&mut OidcSettings)| {
            let mut settings = settings("https://id.example");
            change(&mut settings);
            Oidc::new(settings).map(drop)
        };
        with(|_| {}).unwrap();
        assert!(matches!(
            with(|own| own.audience = None),
            Err(OidcError::Audience)
        ));
        let client = |own: &mut OidcSettings| own.client_id = Some("a".to_owned());
        assert!(matches!(with(client), Err(OidcError::PublicUrl)));
        for issuer in [
            "id.example",
            "http://id.example",
            "https://id.example?x=1",
            "https://id.example#x",
        ] {
            assert!(Oidc::new(settings(issuer)).is_err(), "{issuer}");
        }
    }
}
