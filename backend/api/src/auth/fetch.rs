//! Asks providers, and takes no more of their answers than is good.

use std::{error::Error, time::Duration};

use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect::Policy};
use serde::de::DeserializeOwned;

/// The largest answer that is read, in bytes.
const LARGEST: usize = 512 * 1024;

const LONGEST: Duration = Duration::from_secs(10);

/// A client for providers. They are where their documents say, and lead nowhere else.
pub(crate) fn client() -> Result<Client, reqwest::Error> {
    let agent = concat!("blastmap/", env!("CARGO_PKG_VERSION"));
    Client::builder()
        .user_agent(agent)
        .timeout(LONGEST)
        .connect_timeout(LONGEST / 2)
        .redirect(Policy::none())
        .build()
}

/// Why there is no answer, in one line.
#[derive(Debug)]
pub(crate) struct NoAnswer {
    pub(crate) why: String,
    /// Whether the other end says that there is no such thing, or that it is not to be had.
    pub(crate) is_refused: bool,
}

impl From<String> for NoAnswer {
    fn from(why: String) -> Self {
        Self {
            why,
            is_refused: false,
        }
    }
}

/// The answer to a request that was granted.
pub(crate) async fn bytes(request: RequestBuilder) -> Result<Vec<u8>, NoAnswer> {
    let mut answer = request.send().await.map_err(|error| last_cause(&error))?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| last_cause(&error))? {
        bytes.extend_from_slice(&part);
        if bytes.len() > LARGEST {
            return Err(format!("the answer has more than {LARGEST} bytes").into());
        }
    }
    if !status.is_success() {
        let said: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
        return Err(NoAnswer {
            why: format!("the answer is {status}: {}", said.escape_debug()),
            is_refused: status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS,
        });
    }
    Ok(bytes)
}

pub(crate) async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, String> {
    let bytes = bytes(request).await.map_err(|none| none.why)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| format!("the answer is not what it should be: {error}"))
}

/// An address of a provider: by TLS, or on this machine.
pub(crate) fn safe_url(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let is_local = match url.host_str()? {
        "localhost" | "[::1]" => true,
        host => host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
    (is_safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// `a=b&c=d`, as forms are sent.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(&percent(value));
    }
    text
}

/// Everything but letters, digits and `-._~` as `%XX`.
pub(crate) fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

fn last_cause(error: &reqwest::Error) -> String {
    let mut last: &dyn Error = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_asked_by_tls_or_on_this_machine() {
        for good in [
            "https://id.example/x",
            "http://127.0.0.1:1/",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert!(safe_url(good).is_some(), "{good}");
        }
        for bad in [
            "http://id.example",
            "ftp://localhost",
            "https://u@id.example",
            "http://localhost.evil.example",
            "x",
            "http://0x7f.evil",
        ] {
            assert!(safe_url(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_form_is_encoded() {
        assert_eq!(
            form(&[("a", "b c&d=é"), ("e", "~x")]),
            "a=b%20c%26d%3D%C3%A9&e=~x"
        );
    }
}
