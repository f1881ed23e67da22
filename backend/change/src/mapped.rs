//! Addresses that a reviewer ties to resources by hand, where a reader finds none: the plan's names may be older than the estate's.

use std::collections::BTreeMap;

use blastmap_model::{Inventory, Presence, Resource, ResourceId, ResourceKind};

use crate::ChangeError;

/// What each address stands for.
#[derive(Debug, Default)]
pub(crate) struct Mapped<'i> {
    by_address: BTreeMap<String, &'i Resource>,
}

impl<'i> Mapped<'i> {
    /// Pairs of an address and the id of a resource.
    pub(crate) fn new(
        told: &[(String, String)],
        inventory: &'i Inventory,
    ) -> Result<Self, ChangeError> {
        let mut by_address = BTreeMap::new();
        for (address, id) in told {
            let known = inventory.find(id);
            let resource = known.map(|place| inventory.resource(place));
            let resource = resource
                .filter(|own| own.presence != Presence::Missing)
                .ok_or_else(|| refused(address, id, "no such resource is known".to_owned()))?;
            if let Some(other) = by_address.insert(address.clone(), resource) {
                let why = format!("it is mapped to {} as well", other.id);
                return Err(refused(address, id, why));
            }
        }
        Ok(Self { by_address })
    }

    pub(crate) fn of(&self, address: &str) -> Option<&'i Resource> {
        self.by_address.get(address).copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'i Resource)> {
        let all = self.by_address.iter();
        all.map(|(address, resource)| (address.as_str(), *resource))
    }

    /// Refuses what is told of a format that has no addresses.
    pub(crate) fn refuse_all(&self) -> Result<(), ChangeError> {
        match self.iter().next() {
            Some((address, resource)) => Err(refused(
                address,
                resource.id.as_str(),
                "only plans and change sets are mapped; here the resource is named itself"
                    .to_owned(),
            )),
            None => Ok(()),
        }
    }

    /// Refuses what does not fit the entry of that address: its type and kind, and whether it makes something new.
    pub(crate) fn check(
        &self,
        address: &str,
        type_name: &str,
        kind: Option<ResourceKind>,
        makes: bool,
    ) -> Result<(), ChangeError> {
        let Some(resource) = self.of(address) else {
            return Ok(());
        };
        let why = match kind {
            None => format!("blastmap does not judge {type_name}"),
            Some(kind) if kind != resource.kind => format!(
                "{type_name} is, or belongs to, a {}, and this is a {}",
                kind.label(),
                resource.kind.label()
            ),
            Some(_) if makes => "it is made by this change".to_owned(),
            Some(_) => return Ok(()),
        };
        Err(refused(address, resource.id.as_str(), why))
    }

    /// Refuses addresses that the input does not have, and those that are something else by themselves: `tied` are the input's addresses,
    /// each with what it was tied to.
    pub(crate) fn check_all<'c>(
        &self,
        tied: impl Iterator<Item = (&'c str, Option<&'c ResourceId>)>,
    ) -> Result<(), ChangeError> {
        if self.is_empty() {
            return Ok(());
        }
        let tied: BTreeMap<&str, Option<&ResourceId>> = tied.collect();
        for (address, resource) in self.iter() {
            let why = match tied.get(address) {
                None => "the change has no such address".to_owned(),
                Some(Some(other)) if **other != resource.id => format!("it is {other} by itself"),
                Some(_) => continue,
            };
            return Err(refused(address, resource.id.as_str(), why));
        }
        Ok(())
    }
}

fn refused(address: &str, id: &str, why: String) -> ChangeError {
    // Whatever was given, the error is one line.
    let line = |text: &str| -> String {
        let letters = text.chars().filter(|letter| !letter.is_control());
        letters.take(200).collect()
    };
    ChangeError::Mapping {
        address: line(address),
        resource: line(id),
        why,
    }
}
