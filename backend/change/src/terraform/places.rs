//! Account and region of what a plan changes.

use std::collections::HashMap;

use blastmap_model::{Arn, GLOBAL, Inventory};
use serde_json::{Map, Value};

use super::{plan::Entry, references::References};
use crate::Place;

/// Where things are, as far as the plan says.
pub(super) struct Places<'p> {
    configuration: &'p Value,
    variables: &'p Value,
    inventory: &'p Inventory,
    default: Place,
    /// The account of each provider, as the ARNs of what it has made say.
    accounts: HashMap<String, (String, String)>,
}

impl<'p> Places<'p> {
    pub(super) fn new(
        configuration: &'p Value,
        variables: &'p Value,
        inventory: &'p Inventory,
        default: Place,
        entries: &[Entry],
        references: &References<'p>,
    ) -> Self {
        let mut accounts = HashMap::new();
        for entry in entries {
            if let Some(arn) = own_arn(entry)
                && arn.account().len() == 12
            {
                let key = references.provider_of(&entry.address).unwrap_or_default();
                let account = (arn.partition().to_owned(), arn.account().to_owned());
                accounts.entry(key.to_owned()).or_insert(account);
            }
        }
        Self {
            configuration,
            variables,
            inventory,
            default,
            accounts,
        }
    }

    pub(super) fn of(&self, entry: &Entry, references: &References<'p>) -> Place {
        let key = references.provider_of(&entry.address).unwrap_or_default();
        let provider = self
            .configuration
            .get("provider_config")
            .and_then(|configs| configs.get(key))
            .and_then(|config| config.get("expressions"));
        let sides = [&entry.after, &entry.before];
        let given = sides.into_iter().flatten().find_map(|side| {
            side.get("region")
                .and_then(Value::as_str)
                .filter(|region| !region.is_empty())
        });
        let arn = own_arn(entry);
        let region = arn
            .as_ref()
            .map(Arn::region)
            .filter(|region| !region.is_empty())
            .or(given)
            .map(str::to_owned)
            .or_else(|| self.constant(provider?.get("region")?))
            .unwrap_or_else(|| self.default.region.clone());
        let assumed = || {
            let role = provider?.get("assume_role")?;
            let role = role.get(0).unwrap_or(role).get("role_arn")?;
            let arn = Arn::parse(&self.constant(role)?).ok()?;
            Some((arn.partition().to_owned(), arn.account().to_owned()))
        };
        let (partition, account) = arn
            .filter(|arn| arn.account().len() == 12)
            .map(|arn| (arn.partition().to_owned(), arn.account().to_owned()))
            .or_else(assumed)
            .or_else(|| self.accounts.get(key).cloned())
            .unwrap_or_else(|| {
                (
                    self.default.partition.clone(),
                    self.account_of_region(&region),
                )
            });
        Place {
            partition,
            account,
            region,
        }
    }

    fn account_of_region(&self, region: &str) -> String {
        let scopes = self.inventory.scopes.iter().map(|record| &record.scope);
        scopes
            .filter(|scope| &*scope.region != GLOBAL)
            .find(|scope| &*scope.region == region)
            .map_or_else(
                || self.default.account.clone(),
                |scope| scope.account.to_string(),
            )
    }

    /// A constant, or the value of a variable.
    fn constant(&self, expression: &Value) -> Option<String> {
        if let Some(constant) = expression.get("constant_value") {
            return constant.as_str().map(str::to_owned);
        }
        let name = expression.get("references")?.get(0)?.as_str()?;
        let variable = self.variables.get(name.strip_prefix("var.")?)?;
        variable.get("value")?.as_str().map(str::to_owned)
    }
}

fn own_arn(entry: &Entry) -> Option<Arn> {
    let of = |side: &Map<String, Value>| {
        ["arn", "id"]
            .into_iter()
            .find_map(|name| Arn::parse(side.get(name)?.as_str()?).ok())
    };
    entry
        .before
        .as_ref()
        .and_then(of)
        .or_else(|| entry.after.as_ref().and_then(of))
}
