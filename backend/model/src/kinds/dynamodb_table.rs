//! Tables of `DynamoDB` that something names: known by name alone, as their list tells no more.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html>

use serde::{Deserialize, Serialize};

use super::{
    Facts,
    environment::{by_address, by_name, is_distinctive},
};
use crate::{Arn, Links, Redactor, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DynamodbTable {
    pub table_arn: String,
    pub table_name: String,
    /// The fingerprint of its ARN, by which environments call it wherever they are.
    pub address_fingerprint: Option<String>,
    /// The fingerprint of its name, if no other value is likely to equal it.
    pub name_fingerprint: Option<String>,
}

impl Facts for DynamodbTable {
    const KIND: ResourceKind = ResourceKind::DynamodbTable;

    fn name(&self) -> Option<String> {
        (!self.table_name.is_empty()).then(|| self.table_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(fingerprint) = &self.address_fingerprint {
            links.also_named(by_address(Self::KIND, fingerprint));
        }
        if let Some(fingerprint) = &self.name_fingerprint {
            let name = by_name(Self::KIND, links.own(), fingerprint);
            links.also_named(name);
        }
    }
}

impl DynamodbTable {
    /// The table of this ARN, with the fingerprints by which environments may call it.
    pub fn named(arn: &Arn, redactor: &Redactor) -> Self {
        let name = arn.resource().strip_prefix("table/").unwrap_or(arn.resource());
        Self {
            table_arn: arn.to_string(),
            table_name: name.to_owned(),
            address_fingerprint: Some(redactor.fingerprint(arn.as_str())),
            name_fingerprint: is_distinctive(name).then(|| redactor.fingerprint(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    #[test]
    fn environments_name_a_table_by_its_arn_and_by_a_name_that_is_no_plain_word() {
        let redactor = Redactor::new([7; 32]);
        for (name, by_its_name) in [("orders-eu", true), ("orders", false)] {
            let own = Arn::parse(&format!("arn:aws:dynamodb:eu-west-1:123456789012:table/{name}")).unwrap();
            let table = DynamodbTable::named(&own, &redactor);
            let mut links = Links::of(&own, Source::of("dynamodb:ListTables"));
            table.links(&mut links);
            let (_, names) = links.finish();
            let mut expected = vec![by_address(DynamodbTable::KIND, &redactor.fingerprint(own.as_str()))];
            if by_its_name {
                expected.push(by_name(DynamodbTable::KIND, &own, &redactor.fingerprint(name)));
            }
            assert_eq!(names, expected, "{name}");
            assert_eq!(table.name().as_deref(), Some(name));
        }
    }
}
