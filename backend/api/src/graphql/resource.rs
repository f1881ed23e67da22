//! A resource. Every type of resource has the same fields: they are written once, and registered under each type's name.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ID, Object, OutputType, Positioned, ServerResult,
    SimpleObject, Value,
    indexmap::IndexSet,
    parser::types::Field,
    registry::{MetaType, MetaTypeId, Registry},
    resolver_utils::resolve_container,
};
use blastmap_graph::{LinkIndex, Snapshot};
use blastmap_judge as judge;
use blastmap_model::{ResourceIndex, ResourceKind};
use time::OffsetDateTime;

use crate::{
    graphql::{
        connection::{Connection, LARGEST_PAGE, page_size},
        enums::{Direction, Kind, Presence, Relation},
        finding::Finding,
        link::{Link, page_of_links},
        pinned::take,
    },
    problem::Problem,
};

const INTERFACE: &str = "Resource";
const OTHER: &str = "OtherResource";

/// The kinds that have a type of their own, and its name.
const TYPED: &[(ResourceKind, &str)] = &[
    (ResourceKind::EcsTask, "EcsTask"),
    (ResourceKind::EcsService, "EcsService"),
    (ResourceKind::EcsCluster, "EcsCluster"),
    (ResourceKind::EcsTaskDefinition, "EcsTaskDefinition"),
    (ResourceKind::EcsContainerInstance, "EcsContainerInstance"),
    (ResourceKind::EcsCapacityProvider, "EcsCapacityProvider"),
    (ResourceKind::IamRole, "IamRole"),
    (ResourceKind::LoadBalancer, "LoadBalancer"),
    (ResourceKind::TargetGroup, "TargetGroup"),
    (ResourceKind::LogGroup, "LogGroup"),
    (ResourceKind::SsmParameter, "SsmParameter"),
    (ResourceKind::Secret, "Secret"),
    (ResourceKind::VpcEndpoint, "VpcEndpoint"),
    (ResourceKind::Subnet, "Subnet"),
    (ResourceKind::SecurityGroup, "SecurityGroup"),
];

const DESCRIPTION: &str = "Anything in AWS that a task depends on, or that depends on a task. \
    The kinds people query most have a type of their own; every other kind is an OtherResource.";

/// A resource of any type.
#[derive(Clone)]
pub(crate) struct Resource(Fields);

/// The fields of a resource.
#[derive(Clone)]
struct Fields {
    snapshot: Arc<Snapshot>,
    index: ResourceIndex,
}

/// A tag of a resource.
#[derive(SimpleObject)]
struct Tag {
    key: String,
    value: String,
}

impl Resource {
    pub(super) fn new(snapshot: &Arc<Snapshot>, index: ResourceIndex) -> Self {
        Self(Fields {
            snapshot: Arc::clone(snapshot),
            index,
        })
    }

    /// The resources at these places, in their order.
    pub(super) fn all(
        snapshot: &Arc<Snapshot>,
        indices: impl IntoIterator<Item = ResourceIndex>,
    ) -> Vec<Self> {
        indices
            .into_iter()
            .map(|index| Self::new(snapshot, index))
            .collect()
    }

    pub(super) fn facts(&self) -> &blastmap_model::Resource {
        self.0.facts()
    }
}

impl Fields {
    fn facts(&self) -> &blastmap_model::Resource {
        self.snapshot.resource(self.index)
    }
}

#[Object(name = "OtherResource")]
impl Fields {
    /// The resource's ARN, in one form each. Log group: without `:*`. Secret: the full ARN, without `:json-key:stage:version`.
    /// Mount target: its `fsmt-` id. DNS record: `<zone ARN>#NAME/TYPE`, the name as Route 53 prints it. Deployment group:
    /// `...:deploymentgroup:APP/GROUP`. EC2's things: the ARN of AWS's documented format (`arn:aws:ec2:R:A:subnet/subnet-...`,
    /// NAT gateways `natgateway/`). Inline policies, containers, images and aliases are attributes of their owner.
    /// `planned:<address>` for what a change under review creates.
    async fn id(&self) -> ID {
        ID(self.facts().id.to_string())
    }

    async fn kind(&self) -> Kind {
        Kind(self.facts().kind)
    }

    /// What a person calls it: the Name tag, or the last part of the ARN.
    async fn name(&self) -> &str {
        &self.facts().name
    }

    /// Twelve-digit account id; `aws` for what AWS owns; empty where the ARN has none and the owner is not known.
    async fn account(&self) -> &str {
        &self.facts().account
    }

    /// Region code, or `global`.
    async fn region(&self) -> &str {
        &self.facts().region
    }

    async fn presence(&self) -> Presence {
        self.facts().presence.into()
    }

    async fn tags(&self) -> Vec<Tag> {
        let tags = self.facts().tags.iter();
        tags.map(|(key, value)| Tag {
            key: key.to_string(),
            value: value.to_string(),
        })
        .collect()
    }

    /// Who to call: the value of the first of the configured owner tags that is set (default: owner, team, service-owner).
    async fn owner(&self) -> Option<&str> {
        self.snapshot.owner(self.index)
    }

    /// What AWS reported, in AWS's own field names, secrets redacted.
    async fn attributes(&self) -> serde_json::Value {
        self.facts().attributes.to_value()
    }

    /// The page of this resource in the AWS console.
    async fn console_url(&self) -> Option<String> {
        let facts = self.facts();
        match facts.presence {
            blastmap_model::Presence::Missing | blastmap_model::Presence::Planned => None,
            _ => facts.kind.console_url(facts),
        }
    }

    /// When this resource was last read, or last looked for.
    async fn observed_at(&self) -> OffsetDateTime {
        self.facts().observed_at
    }

    /// Links to what this resource needs (DEPENDENCIES) or to what needs it (DEPENDENTS).
    async fn links(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Direction::Dependencies")] direction: Direction,
        relations: Option<Vec<Relation>>,
        #[graphql(default_with = "Some(100)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Link>, Problem> {
        let first = page_size("first", first, 100, LARGEST_PAGE)?;
        take(ctx, first)?;
        let topology = self.snapshot.topology();
        let links = match direction {
            Direction::Dependencies => topology.dependencies(self.index),
            Direction::Dependents => topology.dependents(self.index),
        };
        let wanted: Cow<'_, [LinkIndex]> = match relations {
            None => links.into(),
            Some(relations) => {
                // Looking through a hub's links is work too.
                take(ctx, links.len() / 32)?;
                let wanted = |link: &LinkIndex| {
                    let relation = self.snapshot.link(*link).relation;
                    relations.contains(&Relation(relation))
                };
                links.iter().copied().filter(wanted).collect()
            }
        };
        page_of_links(&self.snapshot, &wanted, first, after.as_deref())
    }

    /// Best-practice findings on this resource.
    async fn findings(&self) -> Vec<Finding> {
        let findings = judge::findings::of(&self.snapshot, self.index).into_iter();
        findings
            .map(|own| Finding::new(&self.snapshot, own))
            .collect()
    }
}

impl OutputType for Resource {
    fn type_name() -> Cow<'static, str> {
        INTERFACE.into()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        let kind = self.facts().kind;
        let own = TYPED.iter().find(|(typed, _)| *typed == kind);
        own.map_or(OTHER, |(_, name)| name).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Interface, register)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Resource {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

/// Registers the fields as `OtherResource`, once more under the name of each typed kind, and as the interface of them all.
fn register(registry: &mut Registry) -> MetaType {
    <Fields as OutputType>::create_type_info(registry);
    let other = registry.types.get(OTHER).cloned();
    let fields = other
        .as_ref()
        .and_then(MetaType::fields)
        .cloned()
        .unwrap_or_default();
    let mut possible_types = IndexSet::new();
    for (kind, type_name) in TYPED {
        let mut typed = other.clone();
        if let Some(MetaType::Object {
            name,
            description,
            rust_typename,
            ..
        }) = &mut typed
        {
            (*type_name).clone_into(name);
            *description = Some(format!(
                "A resource of kind {}: {}.",
                kind.name(),
                kind.label()
            ));
            *rust_typename = None;
        }
        registry
            .types
            .extend(typed.map(|typed| ((*type_name).to_owned(), typed)));
        possible_types.insert((*type_name).to_owned());
    }
    if let Some(MetaType::Object { description, .. }) = registry.types.get_mut(OTHER) {
        *description = Some("A resource of a kind without a type of its own.".to_owned());
    }
    possible_types.insert(OTHER.to_owned());
    for name in &possible_types {
        registry.add_implements(name, INTERFACE);
    }
    MetaType::Interface {
        name: INTERFACE.to_owned(),
        description: Some(DESCRIPTION.to_owned()),
        fields,
        possible_types,
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: Some(std::any::type_name::<Resource>()),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}
