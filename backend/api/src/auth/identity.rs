//! Who somebody is, and what they may do.

use serde::Deserialize;

/// The longest name that is kept of anybody.
const LONGEST_NAME: usize = 200;

/// What somebody may do; each may what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything, makes reviews and marks their risks.
    Viewer,
    /// Starts crawls, too.
    Operator,
}

impl Role {
    /// As it stands in files and options.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
        }
    }
}

/// How somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    Token,
    Oidc,
    Alb,
}

impl Method {
    pub(crate) const ALL: [Self; 3] = [Self::Token, Self::Oidc, Self::Alb];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Oidc => "oidc",
            Self::Alb => "alb",
        }
    }
}

/// Somebody who showed who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// What people call them.
    pub(crate) name: String,
    /// What whoever vouches for them calls them, which never becomes somebody else's.
    pub(crate) subject: String,
    pub(crate) role: Role,
    pub(crate) method: Method,
}

impl Identity {
    /// Names come from outside, and go into log lines and onto the page.
    pub(crate) fn new(name: &str, subject: &str, role: Role, method: Method) -> Self {
        Self {
            name: plain(name),
            subject: plain(subject),
            role,
            method,
        }
    }

    /// Whether it is the same person or program, whatever they are called or may do now.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.method == other.method && self.subject == other.subject
    }
}

/// Without what would move a cursor or turn a line round, and not too long.
fn plain(text: &str) -> String {
    let shown = text
        .chars()
        .filter(|own| !own.is_control() && !matches!(own, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'));
    shown.take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_write_lines_of_the_log() {
        let name = "ann\n2026 INFO Signed in\u{1b}[2J \u{202e}bob";
        let identity = Identity::new(name, "1", Role::Viewer, Method::Oidc);
        assert_eq!(identity.name, "ann2026 INFO Signed in[2J bob");
        let long = Identity::new(&"x".repeat(1000), "1", Role::Viewer, Method::Oidc);
        assert_eq!(long.name.len(), LONGEST_NAME);
    }

    #[test]
    fn an_operator_may_what_a_viewer_may() {
        assert!(Role::Operator > Role::Viewer);
    }
}
