//! Enums: those of the model's tables are made from the tables, the others follow Rust's own.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, Enum, InputType, InputValueError, InputValueResult, Name, OutputType,
    Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::Field,
    registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry},
};

/// An enum whose values are the rows of a table of the model.
macro_rules! table_enum {
    ($(#[doc = $doc:literal])+ $view:ident as $name:literal of $table:ty, described by $description:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $view(pub(crate) $table);

        impl $view {
            fn register(registry: &mut Registry) -> String {
                registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_registry| {
                    let describe: fn($table) -> String = $description;
                    let values = <$table>::ALL.iter().map(|row| (row.name(), describe(*row)));
                    meta_enum($name, concat!($($doc, "\n"),+), values)
                })
            }
        }

        impl InputType for $view {
            type RawValueType = Self;

            fn type_name() -> Cow<'static, str> {
                $name.into()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                Self::register(registry)
            }

            fn parse(value: Option<Value>) -> InputValueResult<Self> {
                let value = value.unwrap_or_default();
                let name = match &value {
                    Value::Enum(name) => name.as_str(),
                    Value::String(name) => name,
                    _ => return Err(InputValueError::expected_type(value)),
                };
                name.parse().map(Self).map_err(InputValueError::custom)
            }

            fn to_value(&self) -> Value {
                Value::Enum(Name::new(self.0.name()))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl OutputType for $view {
            fn type_name() -> Cow<'static, str> {
                $name.into()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                Self::register(registry)
            }

            async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                Ok(self.to_value())
            }
        }
    };
}

fn meta_enum(
    name: &str,
    description: &str,
    values: impl Iterator<Item = (&'static str, String)>,
) -> MetaType {
    let mut enum_values = IndexMap::new();
    for (value, description) in values {
        enum_values.insert(
            value.to_owned(),
            MetaEnumValue {
                name: value.to_owned(),
                description: Some(description),
                deprecation: Deprecation::NoDeprecated,
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                directive_invocations: Vec::new(),
            },
        );
    }
    MetaType::Enum {
        name: name.to_owned(),
        description: Some(description.trim().to_owned()),
        enum_values,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

table_enum! {
    /// What a resource is.
    Kind as "ResourceKind" of blastmap_model::ResourceKind,
    described by |kind| match kind.cloudformation_type() {
        "" => kind.label().to_owned(),
        cloudformation => format!("{}, CloudFormation's `{cloudformation}`", kind.label()),
    }
}

table_enum! {
    /// What a link means, read as `<from> <RELATION> <to>`, from the dependent to the dependency.
    Relation as "Relation" of blastmap_model::Relation,
    described by |relation| relation.sentence().to_owned()
}

/// Whether a resource was seen. Not found, not allowed to look and not looked are three different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "blastmap_model::Presence")]
pub(crate) enum Presence {
    /// Read from AWS in the last crawl.
    Live,
    /// Named by another resource, and AWS says that it does not exist.
    Missing,
    /// Named by another resource, and could not be read: see the blind spots.
    Unreadable,
    /// Named by another resource, in an account or region, or of a kind, that is not crawled.
    Outside,
    /// Created by the change under review.
    Planned,
    /// Not read from AWS: the plan under review says that it is there, and leaves it as it is.
    Stated,
}

/// When a dependent needs its dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "blastmap_model::Phase")]
pub(crate) enum Phase {
    /// Placing, pulling, fetching secrets: before the container runs.
    Start,
    /// While it runs.
    Run,
    /// Traffic reaches it through this.
    Traffic,
    /// Rolling out a new revision.
    Deploy,
    /// Adding or removing tasks.
    Scale,
    /// Being started by a schedule or an event.
    Schedule,
}

/// Which way to look from a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "blastmap_graph::Direction")]
pub(crate) enum Direction {
    /// Everything needed: a plain walk from dependent to dependency.
    Dependencies,
    /// Everything that harm can reach, along each relation as the table of relations says: to dependents, and from a part to its whole.
    Dependents,
}

/// By what resources are folded into groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "blastmap_graph::GroupBy")]
pub(crate) enum GroupBy {
    Account,
    Region,
    /// The VPC that it is placed in.
    Vpc,
    /// The cluster that it runs in.
    Cluster,
    /// The service that it is part of, or that alone uses it.
    Service,
    /// Who to call.
    Owner,
    Kind,
    /// The value of a tag.
    Tag,
}

/// Why a call failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "blastmap_model::BlindSpotReason")]
pub(crate) enum BlindSpotReason {
    /// The credentials may not make this call.
    AccessDenied,
    /// Still throttled after all attempts.
    Throttled,
    /// No answer in time, or no connection.
    Timeout,
    /// The API is not offered there.
    Unsupported,
    /// Anything else: the message says what.
    Error,
    /// It is old: the crawl read much less than the one before, whose data was kept (`--max-drop`), or no crawl has come there for days.
    Stale,
}
