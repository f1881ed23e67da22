//! What a command could not do, in one line: what, on which resource, what to do.

/// How many names a line can hold and still be read.
const NAMED: usize = 5;

/// A text that should name one resource, and does not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSuchResource {
    #[error("no resource is called `{name}`: {hint}")]
    None { name: String, hint: String },
    #[error("{count} resources are called `{name}`: give the id of one: {ids}")]
    Several {
        name: String,
        count: usize,
        ids: String,
    },
}

impl NoSuchResource {
    pub(crate) fn none(name: &str, nearest: &[String]) -> Self {
        let hint = if nearest.is_empty() {
            "give an ARN, an id or a name of the snapshot".to_owned()
        } else {
            format!("the nearest are {}", nearest.join(", "))
        };
        Self::None {
            name: name.to_owned(),
            hint,
        }
    }

    pub(crate) fn several(name: &str, ids: &[String]) -> Self {
        let shown = ids[..ids.len().min(NAMED)].join(", ");
        let more = if ids.len() > NAMED { ", ..." } else { "" };
        Self::Several {
            name: name.to_owned(),
            count: ids.len(),
            ids: format!("{shown}{more}"),
        }
    }
}
