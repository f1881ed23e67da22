//! Why an answer is what it is, in sentences.

use std::{collections::BTreeSet, fmt};

/// What keeps a statement from being decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The value of a context key is not known from the facts.
    Key(String),
    /// Only a pattern of a context key's value is known.
    Pattern(String),
    /// A key has several values, and the policy does not say whether one or all of them count.
    SeveralValues(String),
    /// A key is compared with what is not of the operator's type.
    Type(String),
    /// A condition operator that AWS does not document.
    Operator(String),
    /// A value in this element was replaced by a fingerprint.
    Redacted(&'static str),
    /// A variable in this element is not written as AWS documents.
    Variable(&'static str),
    /// The name of the role's session is not known.
    Session,
    /// The principal is listed in a form that does not say who it is.
    Principal,
    /// The statement lacks this element.
    Lacks(&'static str),
    /// The document or statement could not be read: why.
    Unreadable(String),
    /// AWS documents no answer for this case: which.
    Undocumented(&'static str),
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(
                formatter,
                "the value of the condition key {key} is not known"
            ),
            Self::Pattern(key) => write!(
                formatter,
                "only a pattern of the value of the condition key {key} is known"
            ),
            Self::SeveralValues(key) => {
                write!(
                    formatter,
                    "{key} has several values and the condition names neither ForAllValues nor ForAnyValue"
                )
            }
            Self::Type(key) => write!(formatter, "{key} is compared with a value of another type"),
            Self::Operator(operator) => write!(
                formatter,
                "{operator} is not a condition operator that AWS documents"
            ),
            Self::Redacted(element) => write!(formatter, "a value in its {element} is redacted"),
            Self::Variable(element) => write!(
                formatter,
                "a policy variable in its {element} is not well-formed"
            ),
            Self::Session => formatter
                .write_str("it names a session of the role, and the session's name is not known"),
            Self::Principal => {
                formatter.write_str("it names a principal in a form that does not say who that is")
            }
            Self::Lacks(element) => write!(formatter, "it has no {element}"),
            Self::Unreadable(why) => formatter.write_str(why),
            Self::Undocumented(which) => write!(formatter, "AWS does not document {which}"),
        }
    }
}

pub(super) type Causes = BTreeSet<Cause>;

/// One sentence of a decision's grounds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A Deny statement applies.
    Denied { policy: String, statement: String },
    /// No statement of these policies allows the request.
    NotAllowed {
        by: String,
        action: String,
        resource: String,
    },
    /// A statement, or a whole policy, that may decide, and what is not known about it.
    Unclear {
        policy: String,
        statement: Option<String>,
        cause: Cause,
    },
    /// An Allow statement applies.
    Allowed { policy: String, statement: String },
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { policy, statement } => {
                write!(formatter, "Statement {statement} of {policy} denies it.")
            }
            Self::NotAllowed {
                by,
                action,
                resource,
            } => write!(formatter, "Nothing in {by} allows {action} on {resource}."),
            Self::Unclear {
                policy,
                statement: Some(statement),
                cause,
            } => {
                write!(
                    formatter,
                    "Whether statement {statement} of {policy} applies is not known: {cause}."
                )
            }
            Self::Unclear {
                policy,
                statement: None,
                cause,
            } => write!(
                formatter,
                "The contents of {policy} are not known: {cause}."
            ),
            Self::Allowed { policy, statement } => {
                write!(formatter, "Statement {statement} of {policy} allows it.")
            }
        }
    }
}
