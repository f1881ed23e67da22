//! Secrets stop here: values become keyed fingerprints, and what has the form of a credential is cut out of any text.

use std::{borrow::Cow, fmt, sync::LazyLock};

use hmac::{Hmac, KeyInit as _, Mac as _};
use regex::Regex;
use serde_json::Value;
use sha2::Sha256;

/// What a fingerprint begins with.
pub const FINGERPRINT: &str = "fingerprint:";

/// Makes fingerprints with one key. Equal values have equal fingerprints under one key; without the key a fingerprint
/// says nothing of its value, not even to somebody who guesses values.
#[derive(Clone)]
pub struct Redactor {
    key: [u8; 32],
}

impl fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Redactor")
    }
}

impl Redactor {
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// `fingerprint:` and 24 hexadecimal digits of HMAC-SHA256. What is a fingerprint already stays as it is.
    pub fn fingerprint(&self, value: &str) -> String {
        if is_fingerprint(value) {
            return value.to_owned();
        }
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(value.as_bytes());
        format!(
            "{FINGERPRINT}{}",
            hex::encode(&mac.finalize().into_bytes()[..12])
        )
    }

    /// `text` with whatever has the form of a credential replaced by its fingerprint: access keys, private keys, JSON web tokens,
    /// well-known token formats, user information in URLs.
    pub fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Most texts are short names: look for the marks before the costly patterns.
        if !MARKS.iter().any(|mark| text.contains(mark)) && !may_hold_secret_key(text) {
            return Cow::Borrowed(text);
        }
        let mut scrubbed = Cow::Borrowed(text);
        for pattern in PATTERNS.iter() {
            if pattern.is_match(&scrubbed) {
                let replaced = pattern
                    .replace_all(&scrubbed, |found: &regex::Captures<'_>| {
                        let secret = found.name("secret").map_or("", |secret| secret.as_str());
                        found[0].replacen(secret, &self.fingerprint(secret), 1)
                    })
                    .into_owned();
                scrubbed = Cow::Owned(replaced);
            }
        }
        if may_hold_secret_key(&scrubbed) {
            let replaced = SECRET_KEY
                .replace_all(&scrubbed, |found: &regex::Captures<'_>| {
                    let run = &found[0];
                    if looks_like_secret_key(run) {
                        self.fingerprint(run)
                    } else {
                        run.to_owned()
                    }
                })
                .into_owned();
            scrubbed = Cow::Owned(replaced);
        }
        scrubbed
    }

    /// Scrubs every text inside a JSON value, keys included.
    pub fn scrub_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(scrubbed) = self.scrub(text) {
                    *text = scrubbed;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.scrub_value(value)),
            Value::Object(fields) => {
                if fields
                    .keys()
                    .any(|key| matches!(self.scrub(key), Cow::Owned(_)))
                {
                    let old = std::mem::take(fields);
                    fields.extend(
                        old.into_iter()
                            .map(|(key, value)| (self.scrub(&key).into_owned(), value)),
                    );
                }
                fields
                    .values_mut()
                    .for_each(|value| self.scrub_value(value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// True for what [`Redactor::fingerprint`] gave.
pub fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix(FINGERPRINT).is_some_and(|digits| {
        digits.len() == 24 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

const MARKS: [&str; 12] = [
    "AKIA",
    "ASIA",
    "PRIVATE KEY",
    "eyJ",
    "://",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "xox",
    "sk_live_",
    "AIza",
];

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?s)(?P<secret>-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$))",
        r"(?P<secret>eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*)",
        r"[a-zA-Z][a-zA-Z0-9+.-]*://(?P<secret>[^/\s@?#]+)@",
        r"(?P<secret>(?:AKIA|ASIA)[A-Z0-9]{16})",
        r"(?P<secret>(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{10,}|AIza[A-Za-z0-9_-]{35}))",
    ]
    .into_iter()
    .map(|pattern| Regex::new(pattern).expect("the patterns above are tested"))
    .collect()
});

/// Runs of the alphabet of AWS secret access keys.
static SECRET_KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9/+]+").expect("the pattern above is tested"));

fn may_hold_secret_key(text: &str) -> bool {
    text.len() >= 40
        && !text.starts_with("arn:")
        && !text.starts_with('/')
        && SECRET_KEY
            .find_iter(text)
            .any(|run| looks_like_secret_key(run.as_str()))
}

/// Forty characters of the right alphabet with all three sorts among them; a hash in hexadecimal or a path in lower case has not.
fn looks_like_secret_key(run: &str) -> bool {
    run.len() == 40
        && run.bytes().filter(u8::is_ascii_uppercase).count() >= 4
        && run.bytes().filter(u8::is_ascii_lowercase).count() >= 4
        && run.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redactor() -> Redactor {
        Redactor::new([7; 32])
    }

    #[test]
    fn cuts_out_credentials() {
        let secret_key = format!("wJalrXUtnFEMI/K7MDENG/{}", "bPxRfiCYEXAMPLEKEY");
        let cases = [
            (
                format!("key {}", concat!("AKIA", "IOSFODNN7EXAMPLE")),
                "AKIAIOSFODNN7EXAMPLE",
            ),
            (
                "postgres://app:hunter2@db.internal:5432/app".to_owned(),
                "hunter2",
            ),
            ("https://token@example.com/x".to_owned(), "token"),
            (format!("a {secret_key} b"), "bPxRfiCYEXAMPLEKEY"),
            (
                format!(
                    "{}.eyJzdWIiOiIxIn0.c2ln",
                    concat!("eyJ", "hbGciOiJIUzI1NiJ9")
                ),
                "eyJzdWIi",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----".to_owned(),
                "MIIE",
            ),
        ];
        for (text, secret) in cases {
            let scrubbed = redactor().scrub(&text).into_owned();
            assert!(!scrubbed.contains(secret), "{scrubbed}");
            assert!(scrubbed.contains(FINGERPRINT), "{scrubbed}");
        }
    }

    #[test]
    fn leaves_names_alone() {
        for text in [
            "arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout-web",
            "https://example.com/runbook?a=b@c",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/Checkout/Frontend/Web2:release-2026-11",
            "payments",
            "owner@example.com",
        ] {
            assert_eq!(redactor().scrub(text), text);
        }
    }

    #[test]
    fn a_fingerprint_depends_on_the_key_and_is_its_own_fingerprint() {
        let one = redactor().fingerprint("value");
        assert!(is_fingerprint(&one));
        assert_eq!(redactor().fingerprint(&one), one);
        assert_ne!(Redactor::new([8; 32]).fingerprint("value"), one);
    }

    proptest! {
        #[test]
        fn scrubbing_twice_changes_nothing_more(text in ".{0,200}") {
            let once = redactor().scrub(&text).into_owned();
            prop_assert_eq!(redactor().scrub(&once).into_owned(), once.clone());
        }
    }
}
