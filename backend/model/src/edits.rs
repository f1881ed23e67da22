//! What a change makes of resources: facts to put in the place of others. Whoever reads a plan writes these; the overlay applies them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Arn, Resource, ResourceId};

/// The net effect of a change on facts, by resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edits {
    pub after: BTreeMap<ResourceId, After>,
}

/// What becomes of one resource.
#[derive(Debug, Clone, PartialEq)]
pub enum After {
    /// It is deleted.
    Gone,
    /// It is made, or changed; or it was not read, and the input says what it is.
    Is(Box<Planned>),
}

/// A resource as it is after the change.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// With the facts as they will be: LIVE where it was there before, PLANNED where the change makes it, STATED where nobody read it and
    /// the input knows it.
    pub resource: Resource,
    /// Its ARN, or one of AWS's form where AWS will only give it: what its facts name by short names lies beside it.
    pub own: Arn,
    /// Other ids by which the change or what is there may name it, such as the ARN that AWS will give it.
    pub also_named: BTreeSet<ResourceId>,
    /// Fields of its facts whose value only the change itself will tell, such as `taskDefinition` or
    /// `networkConfiguration.awsvpcConfiguration.subnets`.
    pub unknown: BTreeSet<String>,
}

impl Edits {
    /// The resource as it is after the change, where the change touches it and does not delete it.
    pub fn planned(&self, id: &ResourceId) -> Option<&Planned> {
        match self.after.get(id)? {
            After::Gone => None,
            After::Is(planned) => Some(planned),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.after.is_empty()
    }
}
