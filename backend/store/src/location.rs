//! Where a store lies, as its URL says.

use std::path::PathBuf;

use crate::StoreError;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Folder(PathBuf),
    /// The prefix has no slash at either end.
    Bucket {
        bucket: String,
        prefix: String,
    },
}

impl Location {
    /// Reads `file:///folder`, `s3://bucket/prefix`, or a plain path.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let refuse = || StoreError::Url(url.chars().take(200).collect());
        if let Some(rest) = url.strip_prefix("file://") {
            let path = rest.strip_prefix("localhost").unwrap_or(rest);
            if !path.starts_with('/') {
                return Err(refuse());
            }
            return Ok(Self::Folder(
                percent_decode(path).ok_or_else(refuse)?.into(),
            ));
        }
        if let Some(rest) = url.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let named = |name: &str| {
                name.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
            };
            if bucket.len() < 3 || !named(bucket) {
                return Err(refuse());
            }
            return Ok(Self::Bucket {
                bucket: bucket.to_owned(),
                prefix: prefix.trim_matches('/').to_owned(),
            });
        }
        let scheme = url.split_once(":/").map(|(scheme, _)| scheme);
        if url.is_empty() || scheme.is_some_and(is_scheme) {
            return Err(refuse());
        }
        Ok(Self::Folder(url.into()))
    }
}

/// Whether it is one, and not the letter of a disk or a folder.
fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_can_be_a_store() {
        let folder = |path: &str| Location::Folder(path.into());
        let bucket = |bucket: &str, prefix: &str| Location::Bucket {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        };
        let cases = [
            ("file:///var/lib/blastmap", folder("/var/lib/blastmap")),
            ("file://localhost/var", folder("/var")),
            ("file:///a%20b", folder("/a b")),
            ("/var/lib", folder("/var/lib")),
            ("data", folder("data")),
            ("s3://team-data", bucket("team-data", "")),
            ("s3://team-data/a/b/", bucket("team-data", "a/b")),
        ];
        for (url, location) in cases {
            assert_eq!(Location::parse(url).unwrap(), location, "{url}");
        }
    }

    #[test]
    fn refuses_what_cannot() {
        for url in [
            "",
            "file://relative",
            "file:///bad%zz",
            "file:///%ff",
            "s3://",
            "s3:///prefix",
            "s3://a b/c",
            "gs://bucket",
            "http://host/",
            "ftp:/host",
            "file:/var/lib",
        ] {
            assert!(
                matches!(Location::parse(url), Err(StoreError::Url(_))),
                "{url}"
            );
        }
    }
}
