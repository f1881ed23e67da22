//! Lets in who shows by any of the server's methods who they are.

use std::{
    net::IpAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{HeaderMap, header};

use super::{
    Identity, Method, SignIns,
    alb::{self, Alb, AlbError},
    audit::{Event, note},
    caller::{Admitted, Origin},
    jws::looks_signed,
    oidc::{Oidc, OidcError, OidcSettings, SignInFailure},
    roles::RoleRules,
    sessions::{SessionTimes, Sessions},
    throttle::Throttle,
    tokens::{Tokens, TokensError},
};

/// `__Host-`: browsers take it over a secure connection alone, for this host alone. Loopback counts as secure.
pub(crate) const SESSION_COOKIE: &str = "__Host-blastmap";

/// How often files are looked at and sessions ended that are over.
const KEEP_EVERY: Duration = Duration::from_secs(1);

/// Whether the server asks who somebody is.
#[derive(Clone)]
pub enum Access {
    /// Everybody who reaches it may do everything.
    Open,
    Guarded(Arc<Guard>),
}

impl Access {
    pub(crate) fn guard(&self) -> Option<&Arc<Guard>> {
        match self {
            Self::Open => None,
            Self::Guarded(guard) => Some(guard),
        }
    }

    /// Looks after files and sessions; never ends.
    pub(crate) async fn keep(self) {
        let Self::Guarded(guard) = self else {
            return std::future::pending().await;
        };
        let mut times = tokio::time::interval(KEEP_EVERY);
        times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            times.tick().await;
            let own = Arc::clone(&guard);
            // A file may lie on a disk that is far away.
            drop(tokio::task::spawn_blocking(move || own.tidy()).await);
        }
    }
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// They showed nothing, or a session that is over.
    Missing,
    /// What they showed is not right; why is for the log alone.
    Wrong(String),
    /// They are known, and may not come in.
    NoRole(String),
    /// Whoever could vouch for them cannot be asked.
    Unavailable,
    /// They failed too often, and may try again after this.
    TooOften(Duration),
}

impl From<SignInFailure> for Refusal {
    fn from(failure: SignInFailure) -> Self {
        match failure {
            SignInFailure::Wrong(why) => Self::Wrong(why),
            SignInFailure::Provider(_) => Self::Unavailable,
            SignInFailure::NoRole(name) => Self::NoRole(name),
        }
    }
}

/// The methods by which people and programs show who they are.
pub struct Guard {
    tokens: Option<Tokens>,
    oidc: Option<Oidc>,
    alb: Option<Alb>,
    sessions: Sessions,
    /// Credentials that were not right.
    guesses: Throttle,
    /// Sign-ins by the provider that came to nothing: each is a question to it.
    callbacks: Throttle,
    /// Lines of the log about whoever is not let in.
    lines: Throttle,
    sign_ins: SignIns,
}

impl Guard {
    pub fn new(times: SessionTimes) -> Self {
        Self {
            tokens: None,
            oidc: None,
            alb: None,
            sessions: Sessions::new(times),
            guesses: Throttle::of_sign_ins(),
            callbacks: Throttle::of_sign_ins(),
            lines: Throttle::new(100.0, 1.0),
            sign_ins: SignIns::default(),
        }
    }

    /// Lets in who has a token of this file.
    pub fn with_tokens(self, path: &Path) -> Result<Self, TokensError> {
        Ok(Self {
            tokens: Some(Tokens::open(path)?),
            ..self
        })
    }

    /// Lets in for whom this provider vouches.
    pub fn with_oidc(self, settings: OidcSettings) -> Result<Self, OidcError> {
        Ok(Self {
            oidc: Some(Oidc::new(settings)?),
            ..self
        })
    }

    /// Lets in whom this load balancer signed in. `keys_at` says where its keys are published, where that is not AWS.
    pub fn with_alb(
        self,
        arn: &str,
        roles: RoleRules,
        keys_at: Option<String>,
    ) -> Result<Self, AlbError> {
        Ok(Self {
            alb: Some(Alb::new(arn, roles, keys_at)?),
            ..self
        })
    }

    /// True where a file of tokens is given, and empty.
    pub fn has_no_tokens(&self) -> bool {
        self.tokens.as_ref().is_some_and(Tokens::is_empty)
    }

    pub(crate) fn takes_tokens(&self) -> bool {
        self.tokens.is_some()
    }

    pub(crate) fn oidc(&self) -> Option<&Oidc> {
        self.oidc.as_ref()
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn sign_ins(&self) -> &SignIns {
        &self.sign_ins
    }

    /// Who sends requests with these headers.
    pub(crate) async fn admit(
        &self,
        headers: &HeaderMap,
        address: IpAddr,
    ) -> Result<Admitted, Refusal> {
        if let Some(credential) = bearer(headers) {
            return self.admit_bearer(credential, address).await;
        }
        let session = cookie(headers, SESSION_COOKIE);
        let session = session.and_then(|secret| self.sessions.find(secret, Instant::now()));
        if let Some(admitted) = session {
            return Ok(admitted);
        }
        // A load balancer is whom everybody comes by: what fails with it is not counted against its address.
        match (&self.alb, headers.get(alb::HEADER)) {
            (Some(alb), Some(header)) => {
                let text = header.to_str().unwrap_or_default();
                let admitted = alb.admit(text).await.map_err(Refusal::from);
                admitted.inspect_err(|refusal| self.sign_ins.refused(Method::Alb, refusal))
            }
            _ => Err(Refusal::Missing),
        }
    }

    async fn admit_bearer(&self, credential: &str, address: IpAddr) -> Result<Admitted, Refusal> {
        let Some(oidc) = self.oidc.as_ref().filter(|_| looks_signed(credential)) else {
            return self.admit_token(credential, address);
        };
        let admitted = self.admit_signed(oidc, credential, address).await;
        admitted.inspect_err(|refusal| self.sign_ins.refused(Method::Oidc, refusal))
    }

    async fn admit_signed(
        &self,
        oidc: &Oidc,
        credential: &str,
        address: IpAddr,
    ) -> Result<Admitted, Refusal> {
        self.may_try(address)?;
        let admitted = oidc.admit(credential).await.map_err(Refusal::from);
        admitted.inspect_err(|refusal| self.count(refusal, address))
    }

    /// Who has this token. One that is unknown and one that is mistyped are the same in answer and in work.
    pub(crate) fn admit_token(&self, token: &str, address: IpAddr) -> Result<Admitted, Refusal> {
        let admitted = self.may_try(address).and_then(|()| {
            let found = self.tokens.as_ref().and_then(|tokens| tokens.find(token));
            let found = found.ok_or_else(|| Refusal::Wrong("no such token".to_owned()));
            found.inspect_err(|refusal| self.count(refusal, address))
        });
        admitted.inspect_err(|refusal| self.sign_ins.refused(Method::Token, refusal))
    }

    /// Refuses who failed too often.
    fn may_try(&self, address: IpAddr) -> Result<(), Refusal> {
        let allowed = self.guesses.allows(address, Instant::now());
        allowed.map_err(Refusal::TooOften)
    }

    /// Counts what may be a guess.
    fn count(&self, refusal: &Refusal, address: IpAddr) {
        if matches!(refusal, Refusal::Wrong(_)) {
            self.guesses.count(address, Instant::now());
        }
    }

    /// Refuses whose sign-ins by the provider failed too often.
    pub(crate) fn may_come_back(&self, address: IpAddr) -> Result<(), Refusal> {
        let allowed = self.callbacks.allows(address, Instant::now());
        allowed.map_err(Refusal::TooOften)
    }

    /// Counts a sign-in by the provider that failed.
    pub(crate) fn came_back_wrong(&self, address: IpAddr) {
        self.callbacks.count(address, Instant::now());
    }

    /// Writes into the log who was not let in, as long as it is not all that there is to read.
    pub(crate) fn note_refused(&self, origin: &Origin, why: &str) {
        let now = Instant::now();
        if self.lines.allows(origin.address, now).is_ok() {
            self.lines.count(origin.address, now);
            note(Event::Refused, None, origin, "", &format!("Refused: {why}"));
        }
    }

    /// Whether these headers are let in by a session, which can be ended.
    pub(crate) fn has_session(&self, headers: &HeaderMap) -> bool {
        let session = cookie(headers, SESSION_COOKIE).filter(|_| bearer(headers).is_none());
        session.is_some_and(|secret| self.sessions.find(secret, Instant::now()).is_some())
    }

    /// Ends the session of these headers; gives whose it was.
    pub(crate) fn sign_out(&self, headers: &HeaderMap) -> Option<Arc<Identity>> {
        self.sessions.end(cookie(headers, SESSION_COOKIE)?)
    }

    fn tidy(&self) {
        if let Some(tokens) = &self.tokens {
            tokens.refresh();
        }
        self.sessions.sweep(Instant::now());
    }
}

/// What stands behind `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credential) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| credential.trim())
}

/// A cookie by its name.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let values = headers.get_all(header::COOKIE).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';'));
    pairs.find_map(|pair| {
        let (own, value) = pair.trim().split_once('=')?;
        (own == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_credential_stands_behind_bearer_and_a_session_in_its_cookie() {
        assert_eq!(
            bearer(&headers(&[("authorization", "bearer  a.b ")])),
            Some("a.b")
        );
        assert_eq!(bearer(&headers(&[("authorization", "Basic a")])), None);
        let own = headers(&[
            ("cookie", "a=1; __Host-blastmapx=2"),
            ("cookie", "__Host-blastmap=3"),
        ]);
        assert_eq!(cookie(&own, SESSION_COOKIE), Some("3"));
        assert_eq!(cookie(&own, "b"), None);
    }

    #[tokio::test]
    async fn a_balancer_is_believed_where_it_is_named() {
        use axum::{Router, routing::get};
        use serde_json::json;

        use crate::auth::{Method, claims, jws::testing::Signer};

        const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/edge/5";
        const KID: &str = "9f1b2c3d-0000-4111-8222-abcdefabcdef";
        let signer = Signer::ec();
        let pem = signer.pem();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route(&format!("/{KID}"), get(async || pem));
        tokio::spawn(async { axum::serve(listener, routes).await });
        let header =
            json!({ "alg": "ES256", "kid": KID, "signer": ARN, "exp": claims::now() + 60.0 });
        let signed = signer.sign_padded(&header, &json!({ "sub": "ann" }));
        let roles = RoleRules {
            claim: "groups".to_owned(),
            operators: Vec::new(),
            viewers: Vec::new(),
        };
        let plain = || Guard::new(SessionTimes::default());
        let guard = plain().with_alb(ARN, roles, Some(at)).unwrap();
        let address = "10.0.0.1".parse().unwrap();
        let own = headers(&[(alb::HEADER, &signed)]);
        let admitted = guard.admit(&own, address).await.unwrap();
        assert_eq!(admitted.identity.method, Method::Alb);
        let refused = plain().admit(&own, address).await.unwrap_err();
        assert_eq!(refused, Refusal::Missing, "nobody named a balancer");
        let forged = headers(&[(alb::HEADER, "a.b.c")]);
        for _ in 0..30 {
            let refused = guard.admit(&forged, address).await.unwrap_err();
            assert!(matches!(refused, Refusal::Wrong(_)));
        }
        guard.admit(&own, address).await.unwrap();
    }
}
