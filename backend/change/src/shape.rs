//! Values as an input gives them, brought into the form of a kind's facts: the facts' own names whatever the case of the input's, and
//! their types. What does not fit is left out and told; it never spoils the rest.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    fmt,
};

use blastmap_model::{
    ResourceKind,
    kinds::{self, Facts, ForFacts},
};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How an input writes its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As AWS's API does.
    Api,
    /// As `CloudFormation` does: numbers and booleans may be text, and some values are known only later.
    CloudFormation,
}

/// What an input says of a resource.
#[derive(Debug, Default)]
pub(crate) struct Shaped {
    /// Nothing but what the input says; null where it takes a value away.
    pub(crate) facts: Map<String, Value>,
    /// Names that no fact has, as the input writes them.
    pub(crate) strange: Vec<String>,
    /// Fields whose value has another type than the fact, and the type that was expected.
    pub(crate) unfit: Vec<(String, &'static str)>,
    /// Fields whose value is known only later, or was left out of an element of a list.
    pub(crate) unknown: BTreeSet<String>,
}

/// Brings `input` into the form of the facts of `kind`.
pub(crate) fn shape(kind: ResourceKind, input: Map<String, Value>, dialect: Dialect) -> Shaped {
    let shaping = Shaping { input, dialect };
    kinds::with_facts_of(kind, shaping)
        .unwrap_or_else(|shaping| without_facts(shaping.input, shaping.dialect))
}

struct Shaping {
    input: Map<String, Value>,
    dialect: Dialect,
}

impl ForFacts for Shaping {
    type Output = Shaped;

    fn run<F: Facts>(self) -> Shaped {
        shape_as::<F>(self.input, self.dialect)
    }
}

/// Kinds without facts of their own take any name.
fn without_facts(input: Map<String, Value>, dialect: Dialect) -> Shaped {
    let mut shaped = Shaped::default();
    for (name, value) in input {
        if dialect == Dialect::CloudFormation && holds_unknown(&value) {
            shaped.unknown.insert(name);
        } else {
            shaped.facts.insert(name, value);
        }
    }
    shaped
}

fn shape_as<F: Facts>(input: Map<String, Value>, dialect: Dialect) -> Shaped {
    let mut input = Value::Object(input);
    let mut unfit = Vec::new();
    let mut left_out = BTreeSet::new();
    // Each turn takes away one field: of lists' elements a few, then whole lists, of which a kind has few.
    loop {
        let context = Context::new(dialect);
        let mut attempt = input.clone();
        let read = F::deserialize(At {
            value: &mut attempt,
            path: Vec::new(),
            context: &context,
        });
        let failed = read.err().map(|_mismatch| context.failed.take());
        if let Some(failed) = failed {
            let (path, expected) = failed.unwrap_or_default();
            unfit.push((text_of(&path), expected));
            let whole = until_first_list(&path);
            let part = whole.len() < path.len() && matches!(path.last(), Some(Step::Field(..)));
            if part && left_out.len() < MOST_PARTS && remove(&mut input, &path) {
                left_out.insert(text_of(&path));
            } else if whole.is_empty() || !remove(&mut input, whole) {
                input = Value::Object(Map::new());
            }
            continue;
        }
        let facts = match attempt {
            Value::Object(facts) => facts,
            _ => Map::new(),
        };
        return Shaped {
            facts,
            strange: context.strange.into_inner(),
            unfit,
            unknown: &context.unknown.into_inner() | &left_out,
        };
    }
}

/// So many fields of lists' elements are left out one by one, before the whole list is: each costs another reading.
const MOST_PARTS: usize = 20;

/// True for what `CloudFormation` knows only when it makes the change.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-view.html>
pub(crate) fn is_unknown(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(KNOWN_AFTER_APPLY),
        Value::Object(fields) if fields.len() == 1 => fields
            .keys()
            .all(|name| name == "Ref" || name.starts_with("Fn::")),
        _ => false,
    }
}

/// What stands for a value that `CloudFormation` knows only when it makes the change.
pub(crate) const KNOWN_AFTER_APPLY: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// True if some part of it is unknown.
pub(crate) fn holds_unknown(value: &Value) -> bool {
    is_unknown(value)
        || match value {
            Value::Array(values) => values.iter().any(holds_unknown),
            Value::Object(fields) => fields.values().any(holds_unknown),
            _ => false,
        }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// A field of facts, as the input writes it and by its own name.
    Field(String, &'static str),
    /// A name that is data, such as a label's.
    Key(String),
    /// Of the input's list, and of what is left of it.
    Index(usize, usize),
}

fn text_of(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Index(_, index) => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
            Step::Field(_, name) => dot(&mut text, name),
            Step::Key(name) => dot(&mut text, name),
        }
    }
    text
}

fn dot(text: &mut String, name: &str) {
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(name);
}

/// The way to the list, or the names that are data, in which it stands.
fn until_first_list(path: &[Step]) -> &[Step] {
    let end = path
        .iter()
        .position(|step| !matches!(step, Step::Field(..)))
        .unwrap_or(path.len());
    &path[..end]
}

/// Takes away the field at the end of the path.
fn remove(value: &mut Value, path: &[Step]) -> bool {
    let Some((step, rest)) = path.split_first() else {
        return false;
    };
    let inner = match (step, value) {
        (Step::Field(given, _) | Step::Key(given), Value::Object(fields)) => {
            if rest.is_empty() {
                return fields.remove(given).is_some();
            }
            fields.get_mut(given)
        }
        (Step::Index(given, _), Value::Array(values)) => values.get_mut(*given),
        _ => None,
    };
    inner.is_some_and(|inner| remove(inner, rest))
}

struct Context {
    dialect: Dialect,
    strange: RefCell<Vec<String>>,
    unknown: RefCell<BTreeSet<String>>,
    failed: Cell<Option<(Vec<Step>, &'static str)>>,
}

impl Context {
    fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            strange: RefCell::default(),
            unknown: RefCell::default(),
            failed: Cell::default(),
        }
    }

    fn is_unknown(&self, value: &Value) -> bool {
        self.dialect == Dialect::CloudFormation && is_unknown(value)
    }
}

/// A value and where it stands. Reading it puts it in order in place.
struct At<'v, 'c> {
    value: &'v mut Value,
    path: Vec<Step>,
    context: &'c Context,
}

/// A value of another type than the fact's; where it stands is in the context.
#[derive(Debug)]
struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of another type")
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self
    }
}

impl At<'_, '_> {
    fn fail<T>(self, expected: &'static str) -> Result<T, Mismatch> {
        self.context.failed.set(Some((self.path, expected)));
        Err(Mismatch)
    }

    fn lenient(&self) -> bool {
        self.context.dialect == Dialect::CloudFormation
    }

    /// The number, if it is one or the text of one.
    fn number<T: std::str::FromStr>(&self, own: Option<T>) -> Option<T> {
        match &*self.value {
            Value::String(text) if self.lenient() => text.trim().parse().ok(),
            _ => own,
        }
    }
}

impl<'de> Deserializer<'de> for At<'_, '_> {
    type Error = Mismatch;

    /// Facts without a type: policy documents, which may be given as text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if let Value::String(text) = &*self.value
            && let Ok(document) = serde_json::from_str::<Value>(text)
            && document.is_object()
        {
            *self.value = document;
        }
        if self.lenient() && holds_unknown(self.value) {
            self.context
                .unknown
                .borrow_mut()
                .insert(text_of(&self.path));
        }
        self.value
            .clone()
            .deserialize_any(visitor)
            .map_err(|_error| Mismatch)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let given = match &*self.value {
            Value::Bool(given) => Some(*given),
            Value::String(text) if self.lenient() => match text.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        };
        match given {
            Some(given) => {
                *self.value = Value::Bool(given);
                visitor.visit_bool(given)
            }
            None => self.fail("true or false"),
        }
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self
            .number(self.value.as_i64())
            .and_then(|number| i32::try_from(number).ok())
        {
            Some(number) => {
                *self.value = number.into();
                visitor.visit_i32(number)
            }
            None => self.fail("a whole number"),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.number(self.value.as_i64()) {
            Some(number) => {
                *self.value = number.into();
                visitor.visit_i64(number)
            }
            None => self.fail("a whole number"),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self
            .number(self.value.as_f64())
            .filter(|own: &f64| own.is_finite())
        {
            Some(number) => {
                *self.value = number.into();
                visitor.visit_f64(number)
            }
            None => self.fail("a number"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let given = match &*self.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if self.lenient() => Some(number.to_string()),
            Value::Bool(given) if self.lenient() => Some(given.to_string()),
            _ => None,
        };
        match given {
            Some(text) => {
                *self.value = Value::String(text.clone());
                visitor.visit_string(text)
            }
            None => self.fail("a text"),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.value.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if !self.value.is_array() {
            return self.fail("a list");
        }
        let Value::Array(values) = self.value else {
            return Err(Mismatch);
        };
        let known: Vec<usize> = (0..values.len())
            .filter(|index| !self.context.is_unknown(&values[*index]))
            .collect();
        if known.len() < values.len() {
            let path = text_of(&self.path);
            self.context.unknown.borrow_mut().insert(path);
            values.retain(|value| !self.context.is_unknown(value));
        }
        visitor.visit_seq(Elements {
            values: values.iter_mut().zip(known).enumerate(),
            path: self.path,
            context: self.context,
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.members(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.members(Some(fields), visitor)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 u8 u16 u32 u64 f32 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct enum identifier
        ignored_any
    }
}

impl At<'_, '_> {
    fn members<'de, V: Visitor<'de>>(
        self,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        if !self.value.is_object() {
            return self.fail("an object");
        }
        let Value::Object(members) = self.value else {
            return Err(Mismatch);
        };
        let given = std::mem::take(members).into_iter();
        visitor.visit_map(Members {
            given,
            fields,
            done: members,
            next: None,
            path: self.path,
            context: self.context,
        })
    }
}

struct Elements<'v, 'c> {
    /// With their place in the input's list.
    values: std::iter::Enumerate<
        std::iter::Zip<std::slice::IterMut<'v, Value>, std::vec::IntoIter<usize>>,
    >,
    path: Vec<Step>,
    context: &'c Context,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mismatch> {
        let Some((index, (value, given))) = self.values.next() else {
            return Ok(None);
        };
        let path = [self.path.as_slice(), &[Step::Index(given, index)]].concat();
        let at = At {
            value,
            path,
            context: self.context,
        };
        seed.deserialize(at).map(Some)
    }
}

struct Members<'v, 'c> {
    given: serde_json::map::IntoIter,
    /// None: any name will do.
    fields: Option<&'static [&'static str]>,
    done: &'v mut Map<String, Value>,
    next: Option<(Step, Value)>,
    path: Vec<Step>,
    context: &'c Context,
}

impl Members<'_, '_> {
    fn inside(&self, step: Step) -> Vec<Step> {
        [self.path.as_slice(), &[step]].concat()
    }
}

impl<'de> MapAccess<'de> for Members<'_, '_> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mismatch> {
        for (given, value) in self.given.by_ref() {
            let step = match self.fields {
                None => Step::Key(given.clone()),
                Some(fields) => match fields.iter().find(|own| own.eq_ignore_ascii_case(&given)) {
                    Some(own) if !self.done.contains_key(*own) => Step::Field(given.clone(), own),
                    _ => {
                        let path = [self.path.as_slice(), &[Step::Key(given)]].concat();
                        self.context.strange.borrow_mut().push(text_of(&path));
                        continue;
                    }
                },
            };
            let own = match &step {
                Step::Field(_, own) => (*own).to_owned(),
                _ => given,
            };
            if self.context.is_unknown(&value) {
                let path = [self.path.as_slice(), &[step]].concat();
                self.context.unknown.borrow_mut().insert(text_of(&path));
                continue;
            }
            // Whatever the fact's type: null takes its value away.
            if value.is_null() {
                self.done.insert(own, value);
                continue;
            }
            self.next = Some((step, value));
            let key: de::value::StringDeserializer<Mismatch> =
                de::IntoDeserializer::into_deserializer(own);
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let (step, mut value) = self.next.take().ok_or(Mismatch)?;
        let own = match &step {
            Step::Field(_, own) => (*own).to_owned(),
            Step::Key(own) => own.clone(),
            Step::Index(_, index) => index.to_string(),
        };
        let read = seed.deserialize(At {
            value: &mut value,
            path: self.inside(step),
            context: self.context,
        })?;
        self.done.insert(own, value);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shaped(kind: ResourceKind, input: Value, dialect: Dialect) -> Shaped {
        let Value::Object(input) = input else {
            panic!("an object")
        };
        shape(kind, input, dialect)
    }

    #[test]
    fn names_and_types_become_those_of_the_facts() {
        let input = json!({
            "DesiredCount": "2",
            "EnableExecuteCommand": "false",
            "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}},
            "PlatformVersion": null,
            "PropagateTags": "SERVICE",
        });
        let shaped = shaped(ResourceKind::EcsService, input, Dialect::CloudFormation);
        let facts = json!({
            "desiredCount": 2,
            "enableExecuteCommand": false,
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}},
            "platformVersion": null,
        });
        assert_eq!(Value::Object(shaped.facts), facts);
        assert_eq!(shaped.strange, ["PropagateTags"]);
    }

    #[test]
    fn what_does_not_fit_is_told_and_spoils_nothing() {
        let input = json!({
            "desiredCount": "two",
            "runningCount": 3_000_000_000_i64,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": [1], "assignPublicIp": "ENABLED"}},
            "deploymentConfiguration": [],
            "status": {"a": 1},
        });
        let mut shaped = shaped(ResourceKind::EcsService, input, Dialect::Api);
        shaped.unfit.sort();
        let facts = json!({
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": "ENABLED"}},
        });
        assert_eq!(Value::Object(shaped.facts), facts);
        let unfit: Vec<_> = shaped
            .unfit
            .iter()
            .map(|(field, expected)| format!("{field}: {expected}"))
            .collect();
        assert_eq!(
            unfit,
            [
                "deploymentConfiguration: an object",
                "desiredCount: a whole number",
                "networkConfiguration.awsvpcConfiguration.subnets[0]: a text",
                "runningCount: a whole number",
                "status: a text",
            ]
        );
    }

    #[test]
    fn a_field_of_an_element_is_left_out_alone() {
        let input = json!({"LoadBalancers": [KNOWN_AFTER_APPLY, {"ContainerName": "web", "ContainerPort": "http"}]});
        let shaped = shaped(ResourceKind::EcsService, input, Dialect::CloudFormation);
        let facts = json!({"loadBalancers": [{"containerName": "web"}]});
        assert_eq!(Value::Object(shaped.facts), facts);
        assert_eq!(
            shaped.unfit,
            [(
                "loadBalancers[0].containerPort".to_owned(),
                "a whole number"
            )]
        );
        let unknown: Vec<_> = shaped.unknown.iter().map(String::as_str).collect();
        assert_eq!(unknown, ["loadBalancers", "loadBalancers[0].containerPort"]);
    }

    #[test]
    fn many_misfits_cost_the_whole_list() {
        let balancers: Vec<Value> = (0..100).map(|_| json!({"containerPort": "http"})).collect();
        let input = json!({"loadBalancers": balancers, "desiredCount": 1});
        let shaped = shaped(ResourceKind::EcsService, input, Dialect::Api);
        assert_eq!(Value::Object(shaped.facts), json!({"desiredCount": 1}));
        assert_eq!(shaped.unfit.len(), MOST_PARTS + 1);
    }

    #[test]
    fn what_is_known_later_is_left_out_and_named() {
        let input = json!({
            "TaskDefinition": KNOWN_AFTER_APPLY,
            "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1", KNOWN_AFTER_APPLY], "SecurityGroups": [{"Ref": "Group"}]}},
            "LoadBalancers": [{"ContainerName": "web", "TargetGroupArn": {"Ref": "Group"}}],
        });
        let shaped = shaped(ResourceKind::EcsService, input, Dialect::CloudFormation);
        let facts = json!({
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": []}},
            "loadBalancers": [{"containerName": "web"}],
        });
        assert_eq!(Value::Object(shaped.facts), facts);
        let unknown: Vec<_> = shaped.unknown.iter().map(String::as_str).collect();
        assert_eq!(
            unknown,
            [
                "loadBalancers[0].targetGroupArn",
                "networkConfiguration.awsvpcConfiguration.securityGroups",
                "networkConfiguration.awsvpcConfiguration.subnets",
                "taskDefinition",
            ]
        );
    }

    #[test]
    fn every_kind_with_facts_is_shaped() {
        for kind in kinds::WITH_FACTS {
            let shaped = shape(
                *kind,
                Map::from_iter([("noSuchFact".to_owned(), Value::Null)]),
                Dialect::Api,
            );
            assert_eq!(shaped.strange, ["noSuchFact"], "{kind}");
        }
    }
}
