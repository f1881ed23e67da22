//! Weighs a query before anything works on it: GraphQL lets a short text ask for endless work.

mod documents;
mod text;
mod weight;

use async_graphql::{Request, ServerError, Value, parser::types::OperationType, value};

use weight::Weight;

pub use self::documents::{Documents, DocumentsError};
pub(crate) use self::weight::Tables;
use crate::problem::{Code, Problem};

/// The most fields, fragments written out.
const FIELDS: u64 = 2000;

/// The deepest nesting of fields. The usual introspection query needs 15.
const DEPTH: u32 = 20;

/// The greatest weight: about the number of values that the answer may hold, root fields counted by their work.
const WEIGHT: u64 = 3_000_000;

/// What is over a limit, in words that name the limit.
fn too_complex(message: String) -> Problem {
    Problem::new(Code::TooComplex, message)
}

/// What was let in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admitted {
    /// The kind of the operation that would run.
    pub(crate) operation: OperationType,
    weight: Weight,
}

impl Admitted {
    /// About how many values the answer holds.
    pub(crate) fn values(&self) -> u64 {
        self.weight.values
    }

    /// What the query weighs and may weigh, for `extensions.cost`.
    pub(crate) fn cost(&self) -> Value {
        value!({
            "fields": self.weight.fields, "mostFields": FIELDS,
            "depth": self.weight.depth, "mostDepth": DEPTH,
            "values": self.weight.values, "mostValues": WEIGHT,
        })
    }
}

/// Parses the query if that is safe, and refuses it if answering would be too much work.
pub(crate) fn admit(request: &mut Request, tables: &Tables) -> Result<Admitted, ServerError> {
    text::check(&request.query)?;
    let variables = request.variables.clone();
    let operation = request.operation_name.clone();
    let document = request.parsed_query()?;
    let weight = weight::weigh(document, &variables, tables)?;
    if weight.depth > DEPTH {
        return Err(too_complex(format!(
            "the query nests fields {} levels deep, at most {DEPTH} are answered",
            weight.depth
        ))
        .into());
    }
    if weight.values > WEIGHT {
        return Err(too_complex(format!(
            "the query could make an answer of about {} values, at most {WEIGHT} are given: ask for fewer at a time (`first`, `limit`), or for less of each",
            weight.values
        ))
        .into());
    }
    let mut operations = document.operations.iter();
    let chosen = match &operation {
        Some(chosen) => operations.find(|(name, _)| name.is_some_and(|name| name == chosen)),
        None => operations.next(),
    };
    let chosen = chosen
        .ok_or_else(|| Problem::bad_input("`operationName` names no operation of the query"))?;
    Ok(Admitted {
        operation: chosen.1.node.ty,
        weight,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graphql::{COSTS, registry};

    proptest! {
        #[test]
        fn nothing_that_is_sent_makes_it_panic(
            words in proptest::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "(", ")", "[", "]", "...", "on", "query", "fragment", "A", "B", "$a", ":", "=", "!", "@skip",
                    "(if:", "\"", "\"\"\"", "\\", "#", "\n", "1", "-1", "1e999", "99999999999999999999", "first:", "resources",
                    "nodes", "links", "null", "true", "\u{0}", "\u{e9}", "subscription", "mutation", "__schema", "types",
                ]),
                0..60,
            ),
            operation in proptest::option::of("[AB]"),
        ) {
            let mut request = Request::new(words.join(" "));
            request.operation_name = operation;
            drop(admit(&mut request, &Tables::of(&registry(), COSTS)));
        }
    }
}
