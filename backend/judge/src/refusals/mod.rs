//! Changes that AWS refuses: one file a rule. The estate stays as it is, and the apply stops there.

use blastmap_change::Change;
use blastmap_graph::Overlay;
use blastmap_model::ResourceIndex;

/// A change that AWS will not accept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// What the change would make or alter: a place of the estate as it would be.
    pub resource: ResourceIndex,
    /// One sentence: what is refused and why.
    pub text: String,
    /// The exception, such as `ClientException`.
    pub aws_error: &'static str,
    /// What to do about it.
    pub remediation: String,
}

/// A rule: what of one change AWS refuses.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Kebab-case, stable: `fargate-size-invalid`.
    pub name: &'static str,
    /// AWS's page on the behaviour.
    pub documentation: &'static str,
    /// One sentence for people: what AWS refuses.
    pub sentence: &'static str,
    /// The estate before and after, the change, and the place in both or, of what is made, in the second.
    pub refuses: fn(&Overlay<'_>, &Overlay<'_>, &Change, ResourceIndex) -> Vec<Refusal>,
}

/// Every rule, in the order in which reports name them.
pub const ALL: &[Rule] = &[];
