//! How a type of Terraform becomes facts: as a resource of its own, or as a part of another.

use std::collections::HashMap;

use blastmap_model::{Arn, Redactor, ResourceId, ResourceKind};
use serde_json::Value;

use super::{
    fields::{Field, Writing},
    side::Side,
};
use crate::{Lookup, Place, Workbench};

/// What a type is.
#[derive(Clone, Copy)]
pub(super) enum Mapping {
    Whole(&'static Whole),
    Part(&'static Part),
}

impl Mapping {
    pub(super) fn kind(self) -> ResourceKind {
        match self {
            Self::Whole(whole) => whole.kind,
            Self::Part(part) => part.kind,
        }
    }
}

/// A type that is a resource of the graph.
pub(super) struct Whole {
    pub(super) kind: ResourceKind,
    /// What its ARN is made of has a lower one.
    pub(super) rank: u8,
    /// By what it is found among what is there, best first.
    pub(super) names: fn(Side<'_>) -> Vec<String>,
    /// The ARN of one that is made.
    pub(super) own: fn(&mut Naming<'_, '_>) -> Option<Own>,
    /// What the attribute `id` of one that is made will be.
    pub(super) id: Id,
    pub(super) fields: &'static [Field],
    /// Lists that are empty where a new resource does not set them.
    pub(super) empty_when_new: &'static [&'static str],
    /// What no table can say.
    pub(super) finish: fn(&mut Finish<'_>),
    /// The resource of AWS's own making that its creation takes over.
    pub(super) adopts: Option<fn(&mut Workbench<'_>, Side<'_>) -> Lookup>,
    /// What its deletion does.
    pub(super) delete: fn(&mut Workbench<'_>, &ResourceId, Side<'_>),
    /// How far a plan's state tells of one that it does not change; none where that is too little to judge by.
    pub(super) stated: Option<Stated>,
}

/// What a plan's state tells of something.
pub(super) struct Stated {
    pub(super) lacks: &'static [Lacks],
    /// It is told of wherever the resource of this kind is that this attribute names: what that one is worth depends on it.
    pub(super) follows: Option<(ResourceKind, &'static str)>,
}

impl Stated {
    pub(super) const WHOLE: Self = Self::without(&[]);

    pub(super) const fn without(lacks: &'static [Lacks]) -> Self {
        Self {
            lacks,
            follows: None,
        }
    }
}

/// A fact that the state does not tell, or not always.
pub(super) enum Lacks {
    /// Known where this attribute is set.
    Unset(&'static str, &'static str),
    /// Known by another type of Terraform's: where the plan itself manages the resource, that type decides; else it is not known.
    Apart(&'static str),
    /// Never known whole, whatever parts of it the plan tells.
    Unknown(&'static str),
    /// What is true of something new only.
    New(&'static str),
}

impl Whole {
    /// A resource with an ARN in `arn`, and nothing more to say.
    pub(super) const fn of(kind: ResourceKind) -> Self {
        Self {
            kind,
            rank: 0,
            names: |side| side.names(&["arn", "id", "name"]),
            own: |_| None,
            id: Id::Arn,
            fields: &[],
            empty_when_new: &[],
            finish: |_| {},
            adopts: None,
            delete: |workbench, id, _| workbench.remove(id),
            stated: None,
        }
    }
}

/// What stands in the attribute `id`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Id {
    Arn,
    /// The last part of the ARN.
    Last,
    /// What follows the type in the ARN.
    Name,
    /// Nothing that names it alone.
    None,
}

/// An ARN, and whether AWS will give this very one.
pub(super) struct Own {
    pub(super) arn: Arn,
    pub(super) certain: bool,
}

/// What the ARN of something new is made from.
pub(super) struct Naming<'n, 'w> {
    pub(super) side: Side<'n>,
    pub(super) place: &'n Place,
    pub(super) made_up: String,
    pub(super) workbench: &'n Workbench<'w>,
    /// The highest revision so far of each family; none until somebody asks.
    pub(super) revisions: &'n mut Option<HashMap<String, i32>>,
}

impl Naming<'_, '_> {
    /// An ARN that ends in the value of `attribute`, where that is known.
    pub(super) fn named(&self, service: &str, beginning: &str, attribute: &str) -> Option<Own> {
        let name = self.side.text(attribute);
        let resource = format!("{beginning}{}", name.unwrap_or(&self.made_up));
        Some(Own {
            arn: self.place.arn(service, &resource)?,
            certain: name.is_some(),
        })
    }

    /// An ARN that ends in what AWS makes up.
    pub(super) fn invented(&self, service: &str, beginning: &str) -> Option<Own> {
        let resource = format!("{beginning}{}", self.made_up);
        Some(Own {
            arn: self.place.arn(service, &resource)?,
            certain: false,
        })
    }
}

/// Facts on their way to being complete.
pub(super) struct Finish<'f> {
    pub(super) facts: &'f mut Value,
    pub(super) own: &'f Arn,
    pub(super) writing: &'f Writing<'f>,
    /// Facts that only the apply will tell.
    pub(super) unknown: &'f mut Vec<String>,
    /// True where the change makes the resource.
    pub(super) is_new: bool,
    /// Attributes that the configuration sets, as far as it says.
    pub(super) configured: &'f dyn Fn(&str) -> bool,
    pub(super) finder: &'f mut dyn Find,
    pub(super) redactor: &'f Redactor,
    /// Facts before the change of what goes by the same id.
    pub(super) old: Option<&'f Value>,
    /// Facts of other resources that change with it; null where only the apply will tell.
    pub(super) also: &'f mut Vec<(ResourceId, &'static str, Value)>,
}

impl Finish<'_> {
    pub(super) fn side(&self) -> Side<'_> {
        Side(self.writing.after)
    }

    /// True where the attribute is known and becomes other than it was.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.writing.changes(name) && self.writing.unknown.get(name) != Some(&Value::Bool(true))
    }

    pub(super) fn set(&mut self, path: &str, value: impl Into<Value>) {
        super::fields::set(self.facts, path, value.into());
    }

    /// Sets what a new resource has and an old one keeps.
    pub(super) fn set_new(&mut self, path: &str, value: impl Into<Value>) {
        if self.is_new {
            self.set(path, value);
        }
    }
}

/// Finds what the plan makes, and what is there.
pub(super) trait Find {
    fn find(&mut self, kind: ResourceKind, names: &[String]) -> Lookup;
    fn arn_of(&mut self, kind: ResourceKind, name: &str) -> Option<Arn>;
    fn facts(&mut self, id: &ResourceId) -> Option<Value>;
    /// Ids of what was there before and begins with this.
    fn beginning(&mut self, with: &str) -> Vec<ResourceId>;
    /// Ids of what is there of a kind, in order.
    fn there(&mut self, kind: ResourceKind) -> Vec<ResourceId>;
}

/// A type that is a part of another resource.
pub(super) struct Part {
    /// The other resource's.
    pub(super) kind: ResourceKind,
    /// Whose part it is.
    pub(super) owners: fn(&mut dyn Find, Side<'_>) -> Vec<Lookup>,
    pub(super) remove: fn(&mut Owner<'_>),
    pub(super) add: fn(&mut Owner<'_>),
    /// It has its say after all other parts.
    pub(super) last: bool,
}

/// A resource whose part changes.
pub(super) struct Owner<'o> {
    pub(super) facts: &'o mut Value,
    pub(super) own: &'o Arn,
    pub(super) side: Side<'o>,
    /// The part before the plan; none where the plan makes it.
    pub(super) was: Option<Side<'o>>,
    /// Terraform's marks of what only the apply will tell.
    pub(super) marks: &'o Value,
    pub(super) unknown: &'o mut Vec<String>,
    pub(super) finder: &'o mut dyn Find,
}

impl Owner<'_> {
    /// True where only the apply will tell the attribute, or something in it.
    pub(super) fn is_unknown(&self, attribute: &str) -> bool {
        self.marks
            .get(attribute)
            .is_some_and(super::fields::is_marked)
    }
}

impl Side<'_> {
    /// The values of those of these attributes that are set.
    pub(super) fn names(self, attributes: &[&str]) -> Vec<String> {
        attributes
            .iter()
            .filter_map(|attribute| self.text(attribute))
            .map(str::to_owned)
            .collect()
    }
}

/// The one owner that the first set attribute of these names.
pub(super) fn owner(
    finder: &mut dyn Find,
    kind: ResourceKind,
    side: Side<'_>,
    attributes: &[&str],
) -> Vec<Lookup> {
    vec![finder.find(kind, &side.names(attributes))]
}
