//! Walks a paginated list to its end, and no further.

use std::collections::HashSet;

use crate::error::CallError;

/// What to ask with for a page: a token, or none for the first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page(pub(crate) Option<String>);

/// Where a list stands.
enum Next {
    First,
    Token(String),
    Nothing,
}

/// The page tokens of one list. A token that comes a second time ends the list with an error instead of going round for ever.
pub(crate) struct Pages {
    action: &'static str,
    next: Next,
    seen: HashSet<String>,
}

impl Pages {
    pub(crate) fn of(action: &'static str) -> Self {
        Self {
            action,
            next: Next::First,
            seen: HashSet::new(),
        }
    }

    /// The page to ask for. None at the end.
    pub(crate) fn next(&mut self) -> Option<Page> {
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::First => Some(Page(None)),
            Next::Token(token) => Some(Page(Some(token))),
            Next::Nothing => None,
        }
    }

    /// Notes the token that came with a page.
    pub(crate) fn turn(&mut self, token: Option<&str>) -> Result<(), CallError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(());
        };
        if !self.seen.insert(token.to_owned()) {
            return Err(CallError::repeated_token(self.action));
        }
        self.next = Next::Token(token.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_at_the_last_page_and_at_a_repeated_token() {
        let mut pages = Pages::of("ssm:DescribeParameters");
        assert_eq!(pages.next(), Some(Page(None)));
        pages.turn(Some("a")).unwrap();
        assert_eq!(pages.next(), Some(Page(Some("a".to_owned()))));
        pages.turn(None).unwrap();
        assert_eq!(pages.next(), None);

        let mut endless = Pages::of("ssm:DescribeParameters");
        endless.next();
        endless.turn(Some("a")).unwrap();
        endless.next();
        assert!(endless.turn(Some("a")).is_err());
        assert_eq!(endless.next(), None);
    }
}
