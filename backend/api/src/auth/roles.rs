//! Which role somebody has, by what a provider says of them.

use serde_json::{Map, Value};

use super::{Role, claims::is_address_checked};

/// Where a provider says what somebody is, and what of it makes them what here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRules {
    /// The claim: its name, or a path of names with dots.
    pub claim: String,
    /// Values that make operators.
    pub operators: Vec<String>,
    /// Values that make viewers; where there are none, whoever the provider signs in is a viewer.
    pub viewers: Vec<String>,
}

impl RoleRules {
    /// None where somebody may not come in.
    pub(crate) fn role_of(&self, claims: &Map<String, Value>) -> Option<Role> {
        let is_any = |of: &[String]| match self.value(claims) {
            Some(Value::String(text)) => of.contains(text),
            Some(Value::Array(all)) => all
                .iter()
                .filter_map(Value::as_str)
                .any(|text| of.iter().any(|own| own == text)),
            _ => false,
        };
        if is_any(&self.operators) {
            return Some(Role::Operator);
        }
        (self.viewers.is_empty() || is_any(&self.viewers)).then_some(Role::Viewer)
    }

    /// An address that nobody checked is anybody's.
    fn value<'c>(&self, claims: &'c Map<String, Value>) -> Option<&'c Value> {
        let is_forged = self.claim == "email" && !is_address_checked(claims);
        find(claims, &self.claim).filter(|_| !is_forged)
    }

    /// Whether the claims say anything of it.
    pub(crate) fn is_told(&self, claims: &Map<String, Value>) -> bool {
        (self.operators.is_empty() && self.viewers.is_empty())
            || find(claims, &self.claim).is_some()
    }
}

/// A claim by its name; some names have dots in them.
fn find<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c Value> {
    if let Some(found) = claims.get(name) {
        return Some(found);
    }
    let (first, rest) = name.split_once('.')?;
    find(claims.get(first)?.as_object()?, rest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role(rules: &RoleRules, claims: &Value) -> Option<Role> {
        rules.role_of(claims.as_object().unwrap())
    }

    #[test]
    fn a_claim_makes_operators_and_viewers() {
        let rules = |claim: &str, viewers: &[&str]| RoleRules {
            claim: claim.to_owned(),
            operators: vec!["ops".to_owned()],
            viewers: viewers.iter().map(|own| (*own).to_owned()).collect(),
        };
        let (operator, viewer) = (Some(Role::Operator), Some(Role::Viewer));
        for (claim, viewers, claims, expected) in [
            (
                "groups",
                &[][..],
                json!({ "groups": ["dev", "ops"] }),
                operator,
            ),
            ("groups", &[], json!({ "groups": "ops" }), operator),
            ("groups", &[], json!({ "groups": ["dev"] }), viewer),
            ("groups", &[], json!({}), viewer),
            ("groups", &["dev"], json!({ "groups": ["dev"] }), viewer),
            ("groups", &["dev"], json!({ "groups": ["ops"] }), operator),
            ("groups", &["dev"], json!({ "groups": ["other"] }), None),
            (
                "groups",
                &["dev"],
                json!({ "groups": { "dev": true } }),
                None,
            ),
            ("groups", &["dev"], json!({}), None),
            (
                "realm.roles",
                &["dev"],
                json!({ "realm": { "roles": ["ops"] } }),
                operator,
            ),
            (
                "https://x.y/z",
                &["dev"],
                json!({ "https://x.y/z": ["dev"] }),
                viewer,
            ),
            ("email", &["a@b.c"], json!({ "email": "a@b.c" }), viewer),
            (
                "email",
                &["a@b.c"],
                json!({ "email": "a@b.c", "email_verified": "true" }),
                viewer,
            ),
            (
                "email",
                &["a@b.c"],
                json!({ "email": "a@b.c", "email_verified": false }),
                None,
            ),
            (
                "email",
                &["a@b.c"],
                json!({ "email": "a@b.c", "email_verified": "false" }),
                None,
            ),
        ] {
            assert_eq!(
                role(&rules(claim, viewers), &claims),
                expected,
                "{claim} {claims}"
            );
        }
    }
}
