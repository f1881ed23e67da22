//! How much work a parsed query asks for: each field once, each fragment once, however often it is spread.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{Directive, ExecutableDocument, Field, OperationType, Selection, SelectionSet},
    registry::{MetaField, MetaType, MetaTypeName, Registry},
};

use super::{FIELDS, too_complex};
use crate::problem::Problem;

/// How deep selections and fragments nest before the walk gives up.
const NESTING: u32 = 120;

/// How long a list is thought to be that says nothing of its length.
const LIST: u64 = 10;

/// How long the lists of a page are thought to be where the field has no argument for it.
const PAGE: u64 = 100;

/// The longest list that an argument asks for; more is refused later.
const LONGEST: u64 = 100_000;

/// Arguments of root fields that name a kept snapshot.
const KEPT_SNAPSHOTS: [&str; 2] = ["changedSince", "snapshot"];

/// What reading a kept snapshot weighs.
const READING: u64 = 100_000;

/// The weight of a part of a query.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Fields and spreads, fragments written out.
    pub(super) fields: u64,
    /// The deepest nesting of fields.
    pub(super) depth: u32,
    /// About how many values the answer holds.
    pub(super) values: u64,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.depth = self.depth.max(other.depth);
        self.values = self.values.saturating_add(other.values);
    }
}

/// The lists of the schema's description of itself, which has no types that could be asked.
const INTROSPECTION_LISTS: &[&str] = &[
    "args",
    "directives",
    "enumValues",
    "fields",
    "inputFields",
    "interfaces",
    "possibleTypes",
    "types",
];

/// What the schema says about lengths, and what root fields cost.
pub(crate) struct Tables {
    types: HashMap<String, HashMap<String, Shape>>,
}

/// What the answer of a field looks like.
struct Shape {
    /// The type of its values, lists and non-null taken off.
    of: String,
    /// The argument that says how many, and its default.
    sized_by: Option<(&'static str, u64)>,
    /// How many values it has where no argument says it.
    length: u64,
    cost: u64,
    /// The arguments that name a kept snapshot: it may have to be read.
    reads: Vec<&'static str>,
    /// How many levels of lists within lists are filled where no `depth` says it; none for fields without that argument.
    levels: Option<u64>,
}

/// Lists of a type within lists of the same type, as those of `estate` are: so many more of them are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Levels<'q> {
    of: &'q str,
    left: u64,
}

impl Tables {
    /// Reads the schema. A type that is a page (its field has `first` or `limit`) holds lists of that length.
    pub(crate) fn of(registry: &Registry, costs: &[(&str, u64)]) -> Self {
        let fields = || registry.types.values().filter_map(MetaType::fields);
        let pages: HashSet<&str> = fields()
            .flat_map(|fields| fields.values())
            .filter(|field| sized_by(field).is_some() && !is_list(field))
            .map(|field| MetaTypeName::concrete_typename(&field.ty))
            .collect();
        let mut types = HashMap::new();
        for (type_name, meta) in &registry.types {
            let is_root = OPERATIONS.iter().any(|(_, root)| *root == type_name);
            let on_page = pages.contains(type_name.as_str());
            let shapes = meta.fields().into_iter().flatten().map(|(name, field)| {
                let of = MetaTypeName::concrete_typename(&field.ty).to_owned();
                let length = match (is_list(field), on_page) {
                    (true, false) => LIST,
                    (false, _) if pages.contains(of.as_str()) => PAGE,
                    _ => 1,
                };
                let cost = costs.iter().find(|(root, _)| is_root && *root == name);
                let shape = Shape {
                    of,
                    sized_by: sized_by(field),
                    length,
                    cost: cost.map_or(1, |(_, cost)| *cost),
                    levels: field.args.get("depth").map(|depth| {
                        let default = depth.default_value.as_ref();
                        default.and_then(|value| value.parse().ok()).unwrap_or(1)
                    }),
                    reads: KEPT_SNAPSHOTS
                        .into_iter()
                        .filter(|name| is_root && field.args.contains_key(*name))
                        .collect(),
                };
                (name.clone(), shape)
            });
            types.insert(type_name.clone(), shapes.collect());
        }
        Self { types }
    }
}

/// The type at the root of each kind of operation.
const OPERATIONS: [(OperationType, &str); 3] = [
    (OperationType::Query, "Query"),
    (OperationType::Mutation, "Mutation"),
    (OperationType::Subscription, "Subscription"),
];

fn sized_by(field: &MetaField) -> Option<(&'static str, u64)> {
    ["first", "limit"].into_iter().find_map(|name| {
        let default = field.args.get(name)?.default_value.as_ref();
        Some((
            name,
            default.and_then(|value| value.parse().ok()).unwrap_or(PAGE),
        ))
    })
}

fn is_list(field: &MetaField) -> bool {
    MetaTypeName::create(&field.ty).is_list()
}

/// Weighs all operations of a document together.
pub(super) fn weigh(
    document: &ExecutableDocument,
    variables: &Variables,
    tables: &Tables,
) -> Result<Weight, Problem> {
    let mut scales = Scales {
        document,
        variables,
        tables,
        fragments: HashMap::new(),
        open: HashSet::new(),
    };
    let mut all = Weight::default();
    for (_, operation) in document.operations.iter() {
        let kind = operation.node.ty;
        let root = OPERATIONS.iter().find(|(operation, _)| *operation == kind);
        let root = root.map(|(_, root)| *root);
        all.add(scales.selections(&operation.node.selection_set.node, root, None, 0)?);
        check_fields(all.fields)?;
    }
    // Fragments are validated each by itself, even those that nothing spreads.
    let mut fields = all.fields;
    let mut names: Vec<&Name> = document.fragments.keys().collect();
    names.sort();
    for name in names {
        fields = fields.saturating_add(scales.fragment(name, None, 0)?.fields);
        check_fields(fields / 2)?;
    }
    Ok(all)
}

fn check_fields(fields: u64) -> Result<(), Problem> {
    if fields <= FIELDS {
        return Ok(());
    }
    Err(too_complex(format!(
        "the query has more than {FIELDS} fields, aliases and fragments included: ask for less at a time"
    )))
}

struct Scales<'q> {
    document: &'q ExecutableDocument,
    variables: &'q Variables,
    tables: &'q Tables,
    /// By name, and the levels that are left where it is spread.
    fragments: HashMap<(&'q str, Option<Levels<'q>>), Weight>,
    /// Those that are being weighed.
    open: HashSet<&'q str>,
}

impl<'q> Scales<'q> {
    fn selections(
        &mut self,
        set: &'q SelectionSet,
        on: Option<&'q str>,
        levels: Option<Levels<'q>>,
        nesting: u32,
    ) -> Result<Weight, Problem> {
        if nesting > NESTING {
            return Err(too_complex(format!(
                "the query nests fields and fragments more than {NESTING} levels deep"
            )));
        }
        let mut all = Weight::default();
        for selection in &set.items {
            let mut weight = match &selection.node {
                Selection::Field(field) => self.field(&field.node, on, levels, nesting)?,
                Selection::FragmentSpread(spread) => {
                    let mut weight =
                        self.fragment(&spread.node.fragment_name.node, levels, nesting)?;
                    weight.fields = weight.fields.saturating_add(1);
                    weight
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on =
                        condition.map_or(on, |condition| Some(condition.node.on.node.as_str()));
                    let mut weight =
                        self.selections(&inline.node.selection_set.node, on, levels, nesting + 1)?;
                    weight.fields = weight.fields.saturating_add(1);
                    weight
                }
            };
            if self.left_out(selection.node.directives()) {
                weight.values = 0;
            }
            all.add(weight);
            check_fields(all.fields)?;
        }
        Ok(all)
    }

    fn fragment(
        &mut self,
        name: &'q Name,
        levels: Option<Levels<'q>>,
        nesting: u32,
    ) -> Result<Weight, Problem> {
        let known = (name.as_str(), levels);
        if let Some(weight) = self.fragments.get(&known) {
            return Ok(*weight);
        }
        // An unknown fragment is found by the validation.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Weight::default());
        };
        if !self.open.insert(name) {
            return Err(Problem::bad_input(format!(
                "the fragment `{name}` spreads itself"
            )));
        }
        let on = fragment.node.type_condition.node.on.node.as_str();
        let set = &fragment.node.selection_set.node;
        let weight = self.selections(set, Some(on), levels, nesting + 1)?;
        self.open.remove(name.as_str());
        self.fragments.insert(known, weight);
        Ok(weight)
    }

    fn field(
        &mut self,
        field: &'q Field,
        on: Option<&str>,
        levels: Option<Levels<'q>>,
        nesting: u32,
    ) -> Result<Weight, Problem> {
        let tables = self.tables;
        let shape = on
            .and_then(|on| tables.types.get(on))
            .and_then(|shapes| shapes.get(field.name.node.as_str()));
        // How many levels this field may still fill, itself included.
        let levels = match shape {
            Some(Shape {
                of,
                levels: Some(default),
                ..
            }) => Some(Levels {
                of,
                left: self.argument(field, "depth", *default),
            }),
            _ => levels,
        };
        let level = levels.filter(|levels| shape.is_some_and(|shape| shape.of == levels.of));
        let inside = level.map(|level| Levels {
            left: level.left.saturating_sub(1),
            ..level
        });
        let mut children = self.selections(
            &field.selection_set.node,
            shape.map(|shape| shape.of.as_str()),
            inside.or(levels),
            nesting + 1,
        )?;
        if level.is_some_and(|level| level.left == 0) {
            children.values = 0;
        }
        let length = match shape {
            Some(Shape {
                sized_by: Some((argument, default)),
                ..
            }) => self.argument(field, argument, *default),
            Some(shape) => shape.length,
            None if INTROSPECTION_LISTS.contains(&field.name.node.as_str()) => LIST,
            None => 1,
        };
        let cost = shape.map_or(1, |shape| {
            let named = shape.reads.iter().map(|name| self.given(field, name));
            let reads = named.flatten().count() as u64;
            // Each level that is filled is a walk over the estate.
            let walks = shape
                .levels
                .map_or(1, |default| self.argument(field, "depth", default).max(1));
            let cost = shape.cost.saturating_mul(walks);
            cost.saturating_add(READING.saturating_mul(reads))
        });
        Ok(Weight {
            fields: children.fields.saturating_add(1),
            depth: children.depth + 1,
            values: children.values.saturating_mul(length).saturating_add(cost),
        })
    }

    /// How many an argument asks for.
    fn argument(&self, field: &Field, argument: &str, default: u64) -> u64 {
        let asked = match self.given(field, argument) {
            Some(Value::Number(number)) => number.as_u64().unwrap_or(0),
            _ => default,
        };
        asked.min(LONGEST)
    }

    /// What an argument is given; none where that is null, or nothing.
    fn given(&self, field: &Field, argument: &str) -> Option<Value> {
        let value = field.get_argument(argument)?.node.clone();
        let value = value.into_const_with(|name| self.variable(&name).ok_or(()));
        value.ok().filter(|value| *value != Value::Null)
    }

    /// What a variable holds, or the largest of its defaults.
    fn variable(&self, name: &Name) -> Option<Value> {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        let operations = self.document.operations.iter();
        operations
            .flat_map(|(_, operation)| &operation.node.variable_definitions)
            .filter(|definition| definition.node.name.node == *name)
            .filter_map(|definition| definition.node.default_value.as_ref())
            .map(|default| default.node.clone())
            .max_by_key(|value| match value {
                Value::Number(number) => number.as_u64().unwrap_or(0),
                _ => 0,
            })
    }

    /// True where `@skip` or `@include` says so for sure.
    fn left_out(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let wanted = match directive.node.name.node.as_str() {
                "include" => true,
                "skip" => false,
                _ => return false,
            };
            let condition = directive.node.get_argument("if").and_then(|value| {
                let value = value.node.clone();
                value
                    .into_const_with(|name| self.variables.get(&name).cloned().ok_or(()))
                    .ok()
            });
            condition == Some(Value::Boolean(!wanted))
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::graphql::{COSTS, registry};

    fn weight_of(query: &str, variables: serde_json::Value) -> Weight {
        let tables = Tables::of(&registry(), COSTS);
        let document = parse_query(query).unwrap();
        weigh(&document, &Variables::from_json(variables), &tables).unwrap()
    }

    fn cost(field: &str) -> u64 {
        COSTS.iter().find(|(name, _)| *name == field).unwrap().1
    }

    #[test]
    fn every_cost_is_of_a_root_field() {
        let tables = Tables::of(&registry(), COSTS);
        for (name, cost) in COSTS {
            let roots = ["Query", "Mutation"].map(|root| tables.types[root].get(*name));
            let shape = roots.into_iter().flatten().next();
            assert_eq!(shape.map(|shape| shape.cost), Some(*cost), "{name}");
        }
    }

    #[test]
    fn pages_weigh_what_they_hold() {
        let resources = cost("resources");
        let cases = [
            ("{ resource(id: 1) { id name } }", 3),
            ("{ resources { totalCount } }", resources + 50),
            (
                "{ resources(first: 7) { nodes { id name } } }",
                resources + 7 * 3,
            ),
            (
                "{ resources(first: 7) { edges { node { id } } } }",
                resources + 7 * 3,
            ),
            ("{ resources(first: -7) { nodes { id } } }", resources),
            ("{ resource(id: 1) { tags { key } } }", 1 + 1 + 10),
            (
                "{ resource(id: 1) { links { nodes { to { id } } } } }",
                1 + 1 + 100 * 3,
            ),
            (
                "{ blastRadius(of: [], limit: 5) { nodes { path { relation } } } }",
                cost("blastRadius") + 5 * (1 + 1 + 10),
            ),
            (
                "{ assess(change: {}) { blastRadius { nodes { distance } } } }",
                cost("assess") + 1 + 1000 * 2,
            ),
            (
                "{ assess(change: {}) { blastRadius(limit: 7) { nodes { members(first: 3) { id } } } } }",
                cost("assess") + 1 + 7 * (1 + 1 + 3),
            ),
            (
                "{ diff(from: 1, to: 2) { added(first: 5) { id } addedCount } }",
                cost("diff") + 1 + 5 + 1,
            ),
            (
                "{ resourceHistory(id: 1, first: 5) { entries { linksAdded(first: 9) { relation } } } }",
                cost("resourceHistory") + 5 * (1 + 1 + 9),
            ),
            (
                "{ coverage(snapshot: 1) { scopes { region } } }",
                cost("coverage") + READING + 1 + 10,
            ),
            ("{ resource(id: 1, snapshot: null) { id } }", 1 + 1),
            (
                "{ estate(groupBy: [KIND], changedSince: 1) { key } }",
                3 * cost("estate") + READING + 10,
            ),
            (
                "{ estate(groupBy: [KIND], depth: 1) { key groups { key groups { key } } } }",
                cost("estate") + 10 * (1 + 1),
            ),
            (
                "{ estate(groupBy: [KIND], depth: 2) { key groups { ...G } } } fragment G on EstateGroup { key groups { key } }",
                2 * cost("estate") + 10 * (1 + 1 + 10 * (1 + 1)),
            ),
            (
                "{ estate(groupBy: [KIND], depth: 0) { key groups { key } } }",
                cost("estate"),
            ),
            (
                "{ __schema { types { fields { name } } } }",
                1 + 1 + 10 * (1 + 10),
            ),
        ];
        for (query, values) in cases {
            assert_eq!(weight_of(query, json!({})).values, values, "{query}");
        }
    }

    #[test]
    fn variables_say_how_long_a_page_is() {
        let query = "query($n: Int = 3) { resources(first: $n) { nodes { id } } }";
        let resources = cost("resources");
        assert_eq!(weight_of(query, json!({})).values, resources + 3 * 2);
        assert_eq!(
            weight_of(query, json!({ "n": 9 })).values,
            resources + 9 * 2
        );
        assert_eq!(
            weight_of(query, json!({ "n": null })).values,
            resources + 50 * 2
        );
    }

    #[test]
    fn what_is_left_out_weighs_nothing_and_counts_all_the_same() {
        let query = "query($a: Boolean!) { x: __typename @skip(if: $a) y: __typename @include(if: $a) z: __typename @include(if: false) }";
        for a in [true, false] {
            let weight = weight_of(query, json!({ "a": a }));
            assert_eq!((weight.values, weight.fields), (1, 3));
        }
    }

    #[test]
    fn fragments_count_where_they_are_spread() {
        let query = "{ a: resource(id: 1) { ...F } b: resource(id: 2) { ...F } } fragment F on Resource { id links(first: 2) { totalCount } }";
        let weight = weight_of(query, json!({}));
        assert_eq!(
            (weight.values, weight.fields, weight.depth),
            (2 * (1 + 1 + 1 + 2), 2 * 5, 3)
        );
    }
}
