//! Secrets stop here: values become keyed fingerprints, and what has the form of a credential is cut out of any text.

use std::{borrow::Cow, fmt, ops::Range, sync::LazyLock};

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
        replace(text, |secret| self.fingerprint(secret))
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

/// As [`Redactor::scrub`], for texts of which no two are compared, and where no key is at hand.
pub fn hide_credentials(text: &str) -> Cow<'_, str> {
    replace(text, |_secret| "(hidden)".to_owned())
}

fn replace(text: &str, with: impl Fn(&str) -> String) -> Cow<'_, str> {
    let mut replaced = Cow::Borrowed(text);
    // Most texts are short names: look for the marks before the costly patterns.
    if MARKS.iter().any(|mark| text.contains(mark)) {
        for pattern in PATTERNS.iter() {
            let found: Vec<Range<usize>> = pattern
                .captures_iter(&replaced)
                .filter_map(|found| Some(found.name("secret")?.range()))
                .collect();
            replace_ranges(&mut replaced, found, &with);
        }
    }
    // Behind one that is replaced another may begin.
    loop {
        let keys = secret_keys(&replaced);
        if keys.is_empty() {
            return replaced;
        }
        replace_ranges(&mut replaced, keys, &with);
    }
}

fn replace_ranges(
    text: &mut Cow<'_, str>,
    found: Vec<Range<usize>>,
    with: impl Fn(&str) -> String,
) {
    // From behind, so that those before stay where they are.
    for range in found.into_iter().rev() {
        let instead = with(&text[range.clone()]);
        text.to_mut().replace_range(range, &instead);
    }
}

const MARKS: [&str; 14] = [
    "AKIA",
    "ASIA",
    "PRIVATE KEY",
    "eyJ",
    "://",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "xox",
    "sk_live_",
    "AIza",
];

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?s)(?P<secret>-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$))",
        r"(?P<secret>eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*)",
        // A password may hold what no URL may: an @, where another follows before the path.
        r#"[a-zA-Z][a-zA-Z0-9+.-]*://(?P<secret>[^/\s@?#]+(?:@[^/\s@?#"']*)*)@"#,
        // And what ends the authority, where behind the colon is more than a port.
        r#"[a-zA-Z][a-zA-Z0-9+.-]*://(?P<secret>[^/\s@?#:\["']*:\d*[^\d/\s@?#"'][^/\s@?#"']*[/?#][^\s"']*)@"#,
        r"(?P<secret>(?:AKIA|ASIA)[A-Z0-9]{16})",
        r"(?P<secret>(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{10,}|AIza[A-Za-z0-9_-]{35}))",
    ]
    .into_iter()
    .map(|pattern| Regex::new(pattern).expect("the patterns above are tested"))
    .collect()
});

/// Runs of the alphabet of AWS secret access keys; one that follows the fingerprint of its id begins behind the slash.
static RUN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"fingerprint:[0-9a-f]{24}/?|[A-Za-z0-9/+]+").expect("the pattern above is tested")
});

/// Where secret access keys seem to stand.
fn secret_keys(text: &str) -> Vec<Range<usize>> {
    if text.len() < LENGTH_OF_KEY {
        return Vec::new();
    }
    let found = RUN.find_iter(text).filter_map(|run| {
        let own = run.as_str();
        // Of what was replaced behind it.
        let own = own.strip_suffix("fingerprint").unwrap_or(own);
        let mut key = run.start()..run.start() + own.len();
        if own.len() == LENGTH_OF_KEY + 1 && own.starts_with('/') {
            key.start += 1;
        } else if own.len() == LENGTH_OF_KEY + 1 && own.ends_with('/') {
            key.end -= 1;
        }
        let own = &text[key.clone()];
        let found =
            looks_like_secret_key(own) && (is_random(own) || !is_in_path(text, run.start()));
        found.then_some(key)
    });
    found.collect()
}

const LENGTH_OF_KEY: usize = 40;

/// Forty characters of the right alphabet with all three sorts among them; a hash in hexadecimal or a path in lower case has not.
fn looks_like_secret_key(run: &str) -> bool {
    let is_hash =
        |part: &str| part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    run.len() == LENGTH_OF_KEY
        && run.bytes().filter(u8::is_ascii_uppercase).count() >= 4
        && run.bytes().filter(u8::is_ascii_lowercase).count() >= 4
        && run.bytes().any(|byte| byte.is_ascii_digit())
        && !run.split('/').any(is_hash)
}

/// True where the sort of character changes as often as chance does it, 25 times in 40; in words written together it changes half as often.
fn is_random(run: &str) -> bool {
    let sort = |byte: u8| {
        (
            byte.is_ascii_uppercase(),
            byte.is_ascii_lowercase(),
            byte.is_ascii_digit(),
        )
    };
    let pairs = run.bytes().zip(run.bytes().skip(1));
    pairs
        .filter(|(one, next)| sort(*one) != sort(*next))
        .count()
        >= 15
}

/// True where the word around this place begins as a path or an ARN does.
fn is_in_path(text: &str, at: usize) -> bool {
    let inside = |letter: char| !letter.is_whitespace() && letter != '"' && letter != '\'';
    let begin = text[..at].trim_end_matches(inside).len();
    text[begin..].starts_with('/') || text[begin..].starts_with("arn:")
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
            ("postgres://app:a/hunter2?c@db/app".to_owned(), "hunter2"),
            ("redis://:p@ss@hunter2@db:6379/0".to_owned(), "hunter2"),
            // The secret may stand in what is before it, too.
            ("sip://p@host".to_owned(), "//p@"),
            (format!("/{secret_key}"), "bPxRfiCYEXAMPLEKEY"),
            (format!("/etc/app --key {secret_key}"), "bPxRfiCYEXAMPLEKEY"),
            (
                format!("arn:aws:x:::key={secret_key}"),
                "bPxRfiCYEXAMPLEKEY",
            ),
            (
                format!("{}/{secret_key}", concat!("AKIA", "IOSFODNN7EXAMPLE")),
                "bPxRfiCYEXAMPLEKEY",
            ),
            (
                format!("{secret_key}/{}", concat!("AKIA", "IOSFODNN7EXAMPLE")),
                "bPxRfiCYEXAMPLEKEY",
            ),
            (format!("{}{}", "ghu_", "a".repeat(36)), "aaaa"),
            (format!("{}{}", "ghr_", "a".repeat(36)), "aaaa"),
            (
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\nMIIE\n-----END PGP PRIVATE KEY BLOCK-----"
                    .to_owned(),
                "MIIE",
            ),
        ];
        for (text, secret) in cases {
            let hidden = hide_credentials(&text);
            assert!(!hidden.contains(secret), "{hidden}");
            let scrubbed = redactor().scrub(&text).into_owned();
            assert!(!scrubbed.contains(secret), "{scrubbed}");
            assert!(scrubbed.contains(FINGERPRINT), "{scrubbed}");
        }
    }

    #[test]
    fn a_key_behind_what_is_replaced_is_seen_at_once() {
        let (key, id) = (
            format!("wJalrXUtnFEMI/K7MDENG/{}", "bPxRfiCYEXAMPLEKEY"),
            concat!("AKIA", "IOSFODNN7EXAMPLE"),
        );
        let once = redactor().scrub(&format!("{key}/{id}{key}")).into_owned();
        assert!(!once.contains("EXAMPLE"), "{once}");
        assert_eq!(redactor().scrub(&once), once);
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
            "https://registry.example.com/@scope/x",
            "https://registry.example.com:8443/@scope/x@1.2.3",
            "http://[fd00::1]:8443/a@b",
            "git::https://example.com/modules//web?ref=a:b@c",
            "https://example.com/web:1@sha256:da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "/aws/ContainerInsights/Production/Application/Web2Logs",
            "/Payments/Production/Checkout2/WebGateway",
            "see arn:aws:iam::123456789012:role/Payments/Production/Checkout2/WebGateway",
            "PROD/ABCD/0123456789abcdef0123456789abcd",
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

        #[test]
        fn scrubbing_urls_twice_changes_nothing_more(text in "(a://[a1:/@?# \"]{0,30}){1,3}|(/|[a-zA-Z0-9+]{39,42}|AKIAIOSFODNN7EXAMPLE){1,5}") {
            let once = redactor().scrub(&text).into_owned();
            prop_assert_eq!(redactor().scrub(&once).into_owned(), once.clone());
        }
    }
}
