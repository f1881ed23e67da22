//! Why an input cannot be read.

/// What is wrong with an input, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("the {what} is empty; give the output of `{command}`")]
    Empty {
        what: &'static str,
        command: &'static str,
    },
    #[error("the {what} is not text but binary; give the JSON that `{command}` prints")]
    Binary {
        what: &'static str,
        command: &'static str,
    },
    #[error("the {what} ends before its end, at line {line}; write it again with `{command}`")]
    CutShort {
        what: &'static str,
        command: &'static str,
        line: usize,
    },
    #[error(
        "the {what} is nested too deeply (line {line}); no plan that Terraform or OpenTofu writes is"
    )]
    TooDeep { what: &'static str, line: usize },
    #[error(
        "the {what} is not JSON (line {line}, column {column}); give the output of `{command}`"
    )]
    NotJson {
        what: &'static str,
        command: &'static str,
        line: usize,
        column: usize,
        source: serde_json::Error,
    },
    #[error("the {what} is JSON, but has no `{field}`; give the output of `{command}`")]
    Lacks {
        what: &'static str,
        field: &'static str,
        command: &'static str,
    },
    #[error(
        "the plan has format version {version}, of which only 1.x can be read; use a version of blastmap that reads it"
    )]
    PlanVersion { version: String },
    #[error("this is {what}; give {instead}")]
    Other {
        what: &'static str,
        instead: &'static str,
    },
    #[error("the {what} cannot be used: {why}")]
    Unusable { what: &'static str, why: String },
    #[error("{address} cannot be mapped to {resource}: {why}")]
    Mapping {
        address: String,
        resource: String,
        why: String,
    },
}

/// Parses JSON, with one clear line for each way in which it may be broken. `command` gives good input.
pub(crate) fn parse<'a, T: serde::Deserialize<'a>>(
    bytes: &'a [u8],
    what: &'static str,
    command: &'static str,
) -> Result<T, ChangeError> {
    // PowerShell's redirection writes a byte-order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ChangeError::Empty { what, command });
    }
    if bytes.starts_with(b"PK") || bytes.iter().take(1000).any(|byte| *byte == 0) {
        return Err(ChangeError::Binary { what, command });
    }
    serde_json::from_slice(bytes).map_err(|source| {
        let (line, column) = (source.line(), source.column());
        if source.is_eof() {
            ChangeError::CutShort {
                what,
                command,
                line,
            }
        } else if source.to_string().starts_with("recursion limit") {
            ChangeError::TooDeep { what, line }
        } else {
            ChangeError::NotJson {
                what,
                command,
                line,
                column,
                source,
            }
        }
    })
}
