//! The code flow of the page (RFC 6749, with PKCE, RFC 7636). The server remembers nothing of a sign-in under way: one secret in a cookie of
//! that browser is what state, nonce and verifier are made from.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::header;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Oidc, Page, Provider, SignInFailure};
use crate::auth::{
    caller::{Admitted, Lasts},
    digest::new_secret,
    fetch,
};

/// Holds a sign-in under way.
pub(crate) const LOGIN_COOKIE: &str = "__Host-blastmap-login";

/// The longest place to come back to.
const LONGEST_PLACE: usize = 2000;

/// A sign-in under way, as its cookie has it: a secret, and the place to come back to.
pub(crate) struct Login {
    secret: String,
    place: String,
}

impl Login {
    pub(crate) fn new(place: &str) -> Result<Self, getrandom::Error> {
        Ok(Self {
            secret: new_secret()?,
            place: safe_place(place).to_owned(),
        })
    }

    pub(crate) fn of_cookie(text: &str) -> Option<Self> {
        let (secret, place) = text.split_once('.')?;
        let place = String::from_utf8(URL_SAFE_NO_PAD.decode(place).ok()?).ok()?;
        Some(Self {
            secret: secret.to_owned(),
            place: safe_place(&place).to_owned(),
        })
    }

    pub(crate) fn cookie(&self) -> String {
        format!("{}.{}", self.secret, URL_SAFE_NO_PAD.encode(&self.place))
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// One value for each purpose: who sees one learns neither the secret nor another.
    fn derive(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(purpose);
        hash.update([0]);
        hash.update(&self.secret);
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}

/// A place of this page, and nothing that leads off it.
pub(crate) fn safe_place(text: &str) -> &str {
    let is_own = text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains('\\')
        && text.len() <= LONGEST_PLACE
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_own { text } else { "/" }
}

/// What the provider sends back with somebody.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Returned {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
    access_token: Option<String>,
}

impl Oidc {
    /// Where a browser goes to sign in.
    pub(crate) async fn login_url(&self, login: &Login) -> Result<String, SignInFailure> {
        let provider = self.provider().await.map_err(SignInFailure::Provider)?;
        let page = self.page()?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(login.derive("verifier")));
        let mut url = provider.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &page.client_id)
            .append_pair("redirect_uri", &page.callback)
            .append_pair("scope", &self.scope)
            .append_pair("state", &login.derive("state"))
            .append_pair("nonce", &login.derive("nonce"))
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Who came back from there.
    pub(crate) async fn finish(
        &self,
        login: &Login,
        returned: Returned,
    ) -> Result<Admitted, SignInFailure> {
        let wrong = |why: &str| SignInFailure::Wrong(why.to_owned());
        let state = returned.state.unwrap_or_default();
        if !bool::from(state.as_bytes().ct_eq(login.derive("state").as_bytes())) {
            return Err(wrong("the answer is to a sign-in of another browser"));
        }
        if returned.iss.is_some_and(|own| own != self.issuer) {
            return Err(wrong("the answer is of another issuer"));
        }
        if let Some(error) = returned.error {
            let more = returned.error_description.unwrap_or_default();
            let more: String = more.chars().take(200).collect();
            return Err(SignInFailure::Wrong(format!(
                "the provider says {} {}",
                error.escape_debug(),
                more.escape_debug()
            )));
        }
        let code = returned.code.ok_or_else(|| wrong("there is no code"))?;
        let provider = self.provider().await.map_err(SignInFailure::Provider)?;
        let page = self.page()?;
        let tokens = self.redeem(&provider, page, login, &code).await;
        let tokens = tokens.map_err(SignInFailure::Provider)?;
        let id = tokens
            .id_token
            .ok_or_else(|| wrong("there is no ID token"))?;
        let nonce = login.derive("nonce");
        let mut claims = self.read(&id, &page.client_id, Some(&nonce)).await?;
        if !self.roles.is_told(&claims) || !claims.contains_key("email") {
            self.add_userinfo(&provider, tokens.access_token, &mut claims)
                .await;
        }
        let identity = self.identity(&claims)?;
        Ok(Admitted {
            identity: Arc::new(identity),
            lasts: Lasts::default(),
        })
    }

    fn page(&self) -> Result<&Page, SignInFailure> {
        let page = self.page.as_ref();
        page.ok_or_else(|| SignInFailure::Wrong("this server has no client there".to_owned()))
    }

    /// Gives the code for tokens.
    async fn redeem(
        &self,
        provider: &Provider,
        page: &Page,
        login: &Login,
        code: &str,
    ) -> Result<Tokens, String> {
        let verifier = login.derive("verifier");
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &*page.callback),
            ("code_verifier", &*verifier),
        ];
        let mut request = self.client.post(provider.token.clone());
        match &page.secret {
            Some(secret) if !provider.secret_in_form => {
                // Both are encoded before they are joined: RFC 6749, 2.3.1.
                let (id, secret) = (fetch::percent(&page.client_id), fetch::percent(secret));
                request = request.basic_auth(id, Some(secret));
            }
            secret => {
                form.push(("client_id", &page.client_id));
                if let Some(secret) = secret {
                    form.push(("client_secret", secret));
                }
            }
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(fetch::form(&form));
        fetch::json(request).await
    }

    /// Adds what the provider says of somebody only when asked; many keep ID tokens small.
    async fn add_userinfo(
        &self,
        provider: &Provider,
        access: Option<String>,
        claims: &mut Map<String, Value>,
    ) {
        let (Some(url), Some(access)) = (&provider.userinfo, access) else {
            return;
        };
        let asked = self.client.get(url.clone()).bearer_auth(access);
        match fetch::json::<Map<String, Value>>(asked).await {
            // It may be about somebody else: OpenID Connect Core, 5.3.2.
            Ok(more) if more.get("sub") == claims.get("sub") => {
                for (name, value) in more {
                    claims.entry(name).or_insert(value);
                }
            }
            Ok(_) => tracing::warn!("The provider's userinfo is about somebody else, not used"),
            Err(why) => tracing::warn!(error = why, "Cannot read the provider's userinfo: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_a_place_of_this_page() {
        for place in ["/", "/review/a?select=arn:aws:x#y", "/resource/a%2Fb"] {
            assert_eq!(safe_place(place), place);
        }
        let long = format!("/{}", "x".repeat(LONGEST_PLACE));
        for place in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nset-cookie: x",
            "/a b",
            "/é",
            &long,
        ] {
            assert_eq!(safe_place(place), "/", "{place}");
        }
    }

    #[test]
    fn a_sign_in_is_in_its_cookie_and_its_parts_tell_nothing_of_each_other() {
        let login = Login::new("/review/a").unwrap();
        let again = Login::of_cookie(&login.cookie()).unwrap();
        assert_eq!(again.place(), "/review/a");
        let parts = ["state", "nonce", "verifier"].map(|purpose| login.derive(purpose));
        for (index, part) in parts.iter().enumerate() {
            assert_eq!(part.len(), 43);
            assert_ne!(part, &login.secret);
            assert_eq!(*part, again.derive(["state", "nonce", "verifier"][index]));
            assert!(!parts[index + 1..].contains(part));
        }
        let moved = format!(
            "{}.{}",
            login.secret,
            URL_SAFE_NO_PAD.encode("//evil.example")
        );
        assert_eq!(Login::of_cookie(&moved).unwrap().place(), "/");
        for text in ["", "a", "a.!", "a.\u{e9}"] {
            assert!(Login::of_cookie(text).is_none(), "{text}");
        }
    }
}
