//! What a token of a provider must say to be for this server, now.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{Identity, Method, Role};

/// How far clocks may be apart, in seconds.
const SKEW: f64 = 60.0;

/// For whom a token must be.
pub(crate) struct Expected<'e> {
    pub(crate) issuer: &'e str,
    pub(crate) audience: &'e str,
    /// Of a token that answers a sign-in of ours.
    pub(crate) nonce: Option<&'e str>,
}

#[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^52")]
pub(crate) fn now() -> f64 {
    OffsetDateTime::now_utc().unix_timestamp() as f64
}

/// Says what is wrong.
pub(crate) fn check(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
    now: f64,
) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err("the token is of another issuer");
    }
    let is_ours = match claims.get("aud") {
        Some(Value::String(own)) => own == expected.audience,
        Some(Value::Array(all)) => all.iter().any(|own| own == expected.audience),
        _ => false,
    };
    if !is_ours {
        return Err("the token is for another audience");
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err("the token names nobody");
    }
    check_times(claims, now)?;
    if let Some(nonce) = expected.nonce {
        if text("nonce") != Some(nonce) {
            return Err("the token answers another sign-in");
        }
        // Who asked for it, where that is not whom it is for alone.
        if text("azp").is_some_and(|own| own != expected.audience) {
            return Err("the token was given to another client");
        }
    }
    Ok(())
}

/// A token without an end is none.
pub(crate) fn check_times(claims: &Map<String, Value>, now: f64) -> Result<(), &'static str> {
    let at = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_f64()
            .map(Some)
            .ok_or("the token's times are no numbers"),
    };
    let Some(end) = at("exp")? else {
        return Err("the token has no end");
    };
    if now >= end + SKEW {
        return Err("the token is over");
    }
    for name in ["nbf", "iat"] {
        if at(name)?.is_some_and(|start| now + SKEW < start) {
            return Err("the token is not valid yet");
        }
    }
    Ok(())
}

/// Who it is about: by the address that the provider checked, or the name that people use, or what the provider calls them.
pub(crate) fn identity(
    claims: &Map<String, Value>,
    role: Role,
    method: Method,
) -> Option<Identity> {
    let text = |name: &str| {
        claims
            .get(name)
            .and_then(Value::as_str)
            .filter(|own| !own.is_empty())
    };
    let subject = text("sub")?;
    let address = text("email").filter(|_| is_address_checked(claims));
    let name = address
        .or_else(|| text("preferred_username"))
        .unwrap_or(subject);
    Some(Identity::new(name, subject, role, method))
}

/// Whether the provider does not say of the address that it is unchecked.
pub(crate) fn is_address_checked(claims: &Map<String, Value>) -> bool {
    match claims.get("email_verified") {
        Some(Value::Bool(is_checked)) => *is_checked,
        // Some providers say it as text.
        Some(Value::String(text)) => text != "false",
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: f64 = 1_000_000.0;

    #[test]
    fn a_token_is_of_this_issuer_for_this_audience_now() {
        let good = json!({ "iss": "https://id", "aud": "blastmap", "sub": "1", "exp": 1_000_100, "iat": 999_000, "nonce": "n" });
        let expected = Expected {
            issuer: "https://id",
            audience: "blastmap",
            nonce: Some("n"),
        };
        let with = |name: &str, value: Value| {
            let mut claims = good.as_object().unwrap().clone();
            if value.is_null() {
                claims.remove(name);
            } else {
                claims.insert(name.to_owned(), value);
            }
            check(&claims, &expected, NOW)
        };
        for (name, value) in [
            ("aud", json!(["other", "blastmap"])),
            ("exp", json!(999_941)),
            ("exp", json!(1_000_100.5)),
            ("nbf", json!(1_000_059)),
            ("iat", json!(1_000_060)),
            ("iat", Value::Null),
            ("azp", json!("blastmap")),
        ] {
            assert_eq!(with(name, value.clone()), Ok(()), "{name} {value}");
        }
        for (name, value) in [
            ("iss", json!("https://id/")),
            ("iss", Value::Null),
            ("aud", json!("blastmap2")),
            ("aud", json!(["other"])),
            ("aud", json!([])),
            ("aud", Value::Null),
            ("sub", json!("")),
            ("sub", Value::Null),
            ("exp", json!(999_940)),
            ("exp", Value::Null),
            ("exp", json!("1000100")),
            ("nbf", json!(1_000_061)),
            ("iat", json!(1_000_061)),
            ("nonce", json!("m")),
            ("nonce", Value::Null),
            ("azp", json!("other")),
        ] {
            assert!(with(name, value.clone()).is_err(), "{name} {value}");
        }
    }

    #[test]
    fn people_go_by_an_address_that_was_checked() {
        let named = |claims: Value| {
            let found = identity(claims.as_object().unwrap(), Role::Viewer, Method::Oidc);
            found.map(|own| own.name)
        };
        for (claims, name) in [
            (
                json!({ "sub": "1", "email": "a@b.c", "preferred_username": "ann" }),
                Some("a@b.c"),
            ),
            (
                json!({ "sub": "1", "email": "a@b.c", "email_verified": false, "preferred_username": "ann" }),
                Some("ann"),
            ),
            (
                json!({ "sub": "1", "email": "a@b.c", "email_verified": "false" }),
                Some("1"),
            ),
            (json!({ "email": "a@b.c" }), None),
        ] {
            assert_eq!(named(claims.clone()).as_deref(), name, "{claims}");
        }
    }
}
