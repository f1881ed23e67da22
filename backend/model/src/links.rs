//! What the facts of one resource declare: links whose other end is still only a name.

use crate::{Arn, Phases, Relation, ResourceId, ResourceKind, Source};

/// The other end of a link, as the dependent names it. It is tied to the resource itself when all facts are in:
/// an alias to its key, a secret's name to its full ARN, a subnet's id to the account that owns the subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub kind: ResourceKind,
    pub id: ResourceId,
}

/// A link as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    pub relation: Relation,
    pub to: Reference,
    /// None: the relation's own.
    pub phases: Option<Phases>,
    pub api: &'static str,
    pub field: String,
    pub inferred: bool,
    /// A name that may be anything's: it is a link only if something that was seen goes by it.
    pub if_known: bool,
}

/// Collects the links of one resource.
pub struct Links<'a> {
    own: &'a Arn,
    source: Source,
    declared: Vec<Declared>,
    also_named: Vec<ResourceId>,
}

impl<'a> Links<'a> {
    /// `own` is the ARN of the resource whose facts speak; `source` the call that gave them.
    pub fn of(own: &'a Arn, source: Source) -> Self {
        Self {
            own,
            source,
            declared: Vec::new(),
            also_named: Vec::new(),
        }
    }

    /// The ARN of the resource whose facts speak.
    pub fn own(&self) -> &Arn {
        self.own
    }

    /// Declares a link to a resource given by its ARN. Text that is no ARN declares nothing: there is nothing to show for it.
    pub fn arn(
        &mut self,
        relation: Relation,
        kind: ResourceKind,
        arn: &str,
        field: impl Into<String>,
    ) {
        if let Ok(arn) = Arn::parse(arn) {
            self.id(relation, kind, arn.into(), field);
        }
    }

    /// Declares a link to a resource of the same account and region: `resource` is what stands after the account in its ARN.
    pub fn sibling(
        &mut self,
        relation: Relation,
        kind: ResourceKind,
        service: &str,
        resource: &str,
        field: impl Into<String>,
    ) {
        if let Ok(arn) = self.own.sibling(service, resource) {
            self.id(relation, kind, arn.into(), field);
        }
    }

    /// Declares a link to a role, given by its ARN or by its name alone.
    pub fn role(&mut self, relation: Relation, role: &str, field: impl Into<String>) {
        let (partition, account) = (self.own.partition(), self.own.account());
        let by_name = || Arn::new(partition, "iam", "", account, &format!("role/{role}"));
        let arn = if role.starts_with("arn:") {
            Arn::parse(role)
        } else {
            by_name()
        };
        if let Ok(arn) = arn {
            self.id(relation, ResourceKind::IamRole, arn.into(), field);
        }
    }

    /// Declares a link to one of EC2's things by its id. Empty ids declare nothing.
    pub fn ec2(
        &mut self,
        relation: Relation,
        kind: ResourceKind,
        id: &str,
        field: impl Into<String>,
    ) {
        let Some(prefix) = ec2_prefix(kind) else {
            return;
        };
        if !id.is_empty() {
            self.sibling(relation, kind, "ec2", &format!("{prefix}/{id}"), field);
        }
    }

    /// Declares a link to a resource given by its id.
    pub fn id(
        &mut self,
        relation: Relation,
        kind: ResourceKind,
        id: ResourceId,
        field: impl Into<String>,
    ) {
        self.declare(relation, kind, id, field.into());
    }

    /// Declares a link to whatever of this kind goes by this name, if anything that was seen does. What may be written in many
    /// ways, and may as well name something that blastmap does not hold, is no missing resource.
    pub fn if_known(
        &mut self,
        relation: Relation,
        kind: ResourceKind,
        id: ResourceId,
        field: impl Into<String>,
    ) {
        self.declare(relation, kind, id, field.into()).if_known = true;
    }

    /// As [`Self::if_known`], for a name that was guessed from a value and is no statement of AWS: the link is inferred.
    pub fn matched(
        &mut self,
        relation: Relation,
        kind: ResourceKind,
        id: ResourceId,
        field: impl Into<String>,
    ) {
        let declared = self.declare(relation, kind, id, field.into());
        declared.if_known = true;
        declared.inferred = true;
    }

    /// As [`Self::id`], for a dependency that is needed in other phases than the relation's own.
    pub fn in_phases(
        &mut self,
        phases: Phases,
        relation: Relation,
        kind: ResourceKind,
        id: ResourceId,
        field: impl Into<String>,
    ) {
        self.declare(relation, kind, id, field.into()).phases = Some(phases);
    }

    fn declare(
        &mut self,
        relation: Relation,
        kind: ResourceKind,
        id: ResourceId,
        field: String,
    ) -> &mut Declared {
        let api = self.source.api_of(&field);
        self.declared.push_mut(Declared {
            relation,
            to: Reference { kind, id },
            phases: None,
            api,
            field,
            inferred: false,
            if_known: false,
        })
    }

    /// Says that others may name this resource by `id` as well.
    pub fn also_named(&mut self, id: ResourceId) {
        self.also_named.push(id);
    }

    /// Links and other names, in the order of declaration.
    pub fn finish(self) -> (Vec<Declared>, Vec<ResourceId>) {
        (self.declared, self.also_named)
    }
}

/// What stands before the id in the ARN of one of EC2's things.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies>
pub(crate) fn ec2_prefix(kind: ResourceKind) -> Option<&'static str> {
    Some(match kind {
        ResourceKind::Vpc => "vpc",
        ResourceKind::Subnet => "subnet",
        ResourceKind::RouteTable => "route-table",
        ResourceKind::NatGateway => "natgateway",
        ResourceKind::InternetGateway => "internet-gateway",
        ResourceKind::VpcEndpoint => "vpc-endpoint",
        ResourceKind::SecurityGroup => "security-group",
        ResourceKind::NetworkInterface => "network-interface",
        ResourceKind::Ec2Instance => "instance",
        ResourceKind::NetworkAcl => "network-acl",
        ResourceKind::DhcpOptions => "dhcp-options",
        ResourceKind::ElasticIp => "elastic-ip",
        ResourceKind::PrefixList => "prefix-list",
        ResourceKind::VpcPeeringConnection => "vpc-peering-connection",
        ResourceKind::TransitGateway => "transit-gateway",
        ResourceKind::VpcEndpointService => "vpc-endpoint-service",
        ResourceKind::LaunchTemplate => "launch-template",
        _ => return None,
    })
}
