//! What a command could not do, in one line: what, on which resource, what to do.

/// No resource of this name.
#[derive(Debug, thiserror::Error)]
#[error("no resource is called `{name}`{hint}")]
pub(crate) struct NotFound {
    pub(crate) name: String,
    pub(crate) hint: String,
}

impl NotFound {
    pub(crate) fn new(name: &str, nearest: &[String]) -> Self {
        let hint = if nearest.is_empty() {
            String::new()
        } else {
            format!("; the nearest are: {}", nearest.join(", "))
        };
        Self {
            name: name.to_owned(),
            hint,
        }
    }
}
