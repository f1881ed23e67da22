//! The table of relations: who may hang on whom, when it matters, and which way harm travels.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Phase, Phases,
    ResourceKind::{self, *},
};

/// Which way harm travels along a link, which points from the dependent to the dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// From the dependency to the dependent: the rule.
    ToDependent,
    /// From the dependent to the dependency only.
    ToDependency,
    /// Both ways.
    Both,
}

/// Whether the targets of one dependent are each needed, or stand in for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    /// Each target is needed.
    Each,
    /// One of the targets is enough.
    Any,
}

/// How much of the dependent harm takes, and how much of the dependency must be harmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Harm passes on as it came.
    Whole,
    /// The dependent is a part of the dependency: harm to a part climbs to the whole, which loses a share of itself;
    /// and only a whole that is itself changed or lost takes its parts with it.
    Part,
    /// Harm takes a share of what it reaches: a subnet's loss is one zone of a balancer.
    Takes,
    /// Only a dependency that is itself changed or lost harms the dependent, not one that lost a share.
    OnlyWhole,
}

/// Kinds that a relation may join: any of `from` with any of `to`.
#[derive(Debug, Clone, Copy)]
pub struct End {
    pub from: &'static [ResourceKind],
    pub to: &'static [ResourceKind],
    pub share: Share,
}

const fn needs(from: &'static [ResourceKind], to: &'static [ResourceKind]) -> End {
    End {
        from,
        to,
        share: Share::Whole,
    }
}

const fn part(from: &'static [ResourceKind], to: &'static [ResourceKind]) -> End {
    End {
        from,
        to,
        share: Share::Part,
    }
}

const fn share(from: &'static [ResourceKind], to: &'static [ResourceKind]) -> End {
    End {
        from,
        to,
        share: Share::Takes,
    }
}

const fn only_whole(from: &'static [ResourceKind], to: &'static [ResourceKind]) -> End {
    End {
        from,
        to,
        share: Share::OnlyWhole,
    }
}

macro_rules! relations {
    ($($(#[doc = $doc:literal])+ $variant:ident, $name:literal, [$($end:expr),+], [$($phase:ident),+], $harm:ident, $cardinality:ident;)*) => {
        /// What a link means, read as `<from> <RELATION> <to>`, from the dependent to the dependency.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Relation {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Relation {
            /// Every relation, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in the API: `RUNS`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One sentence for people.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii_start(),)* }
            }

            /// The kinds at its two ends.
            pub fn ends(self) -> &'static [End] {
                match self { $(Self::$variant => { const ENDS: &[End] = &[$($end),+]; ENDS })* }
            }

            /// When the dependent needs the dependency.
            pub fn phases(self) -> Phases {
                match self { $(Self::$variant => const { Phases::of(&[$(Phase::$phase),+]) },)* }
            }

            /// Which way harm travels.
            pub fn harm(self) -> Harm {
                match self { $(Self::$variant => Harm::$harm,)* }
            }

            /// Whether several targets are each needed.
            pub fn cardinality(self) -> Cardinality {
                match self { $(Self::$variant => Cardinality::$cardinality,)* }
            }
        }
    };
}

const ANYTHING: &[ResourceKind] = ResourceKind::ALL;

relations! {
    /// Runs the containers that this task definition describes.
    Runs, "RUNS", [needs(&[EcsTask, EcsService, EcsTaskSet], &[EcsTaskDefinition])], [Start, Run, Deploy], ToDependent, Each;
    /// Belongs to this larger whole.
    PartOf, "PART_OF", [
        part(&[EcsTask], &[EcsService, EcsTaskSet]), part(&[EcsTaskSet], &[EcsService]), only_whole(&[EcsService, EcsTask, EcsContainerInstance], &[EcsCluster]),
        part(&[ListenerRule], &[Listener]), part(&[Listener], &[LoadBalancer]),
        needs(&[EfsAccessPoint], &[EfsFileSystem]), part(&[EfsMountTarget], &[EfsFileSystem]), needs(&[DnsRecord], &[HostedZone]), needs(&[CloudMapService], &[CloudMapNamespace])
    ], [Start, Run, Traffic, Deploy, Scale], ToDependent, Each;
    /// Runs on this host.
    HostedOn, "HOSTED_ON", [needs(&[EcsTask], &[EcsContainerInstance]), needs(&[EcsContainerInstance], &[Ec2Instance])], [Run], ToDependent, Each;
    /// Gets its place to run from this capacity provider.
    CapacityFrom, "CAPACITY_FROM", [share(&[EcsCluster], &[EcsCapacityProvider]), needs(&[EcsService, EcsTask, EcsTaskSet], &[EcsCapacityProvider])], [Start, Deploy, Scale], ToDependent, Any;
    /// Gets its instances from this group.
    BackedBy, "BACKED_BY", [needs(&[EcsCapacityProvider], &[AutoScalingGroup]), needs(&[AutoScalingGroup], &[Ec2Instance])], [Start, Scale], ToDependent, Any;
    /// Pulls an image from this repository, or what it does not hold yet by this rule.
    PullsFrom, "PULLS_FROM", [needs(&[EcsTaskDefinition], &[EcrRepository]), needs(&[EcrRepository], &[EcrPullThroughCacheRule])], [Start], ToDependent, Each;
    /// Reads this secret, parameter or bucket's environment file when a task starts.
    ReadsSecret, "READS_SECRET", [needs(&[EcsTaskDefinition], &[SsmParameter, Secret, S3Bucket]), needs(&[EcrPullThroughCacheRule], &[Secret])], [Start], ToDependent, Each;
    /// Sends its logs here.
    LogsTo, "LOGS_TO", [share(&[EcsCluster], &[LogGroup, S3Bucket]), needs(&[EcsTaskDefinition], &[LogGroup, S3Bucket, KinesisStream, FirehoseStream])], [Start, Run], ToDependent, Each;
    /// Mounts this file system.
    Mounts, "MOUNTS", [needs(&[EcsTaskDefinition], &[EfsFileSystem, EfsAccessPoint])], [Start, Run], ToDependent, Each;
    /// Is encrypted with this key.
    EncryptedBy, "ENCRYPTED_BY", [needs(ANYTHING, &[KmsKey])], [Start, Run], ToDependent, Each;
    /// ECS assumes this role to pull images, to read secrets and, as long as the task lives, to write logs.
    ExecutionRole, "EXECUTION_ROLE", [only_whole(&[EcsTaskDefinition, EcsTask], &[IamRole])], [Start, Run], ToDependent, Each;
    /// The containers act as this role.
    TaskRole, "TASK_ROLE", [needs(&[EcsTaskDefinition, EcsTask], &[IamRole])], [Start, Run], ToDependent, Each;
    /// Acts as this role.
    Assumes, "ASSUMES", [needs(&[EventRule, Schedule, EcsService, Ec2Instance, IamInstanceProfile, ScalableTarget, CodedeployGroup, LambdaFunction, EcsCapacityProvider, EcrPullThroughCacheRule, StateMachine, LaunchTemplate], &[IamRole, IamInstanceProfile])], [Run, Deploy, Scale, Schedule], ToDependent, Each;
    /// Has the permissions of this policy.
    GrantedBy, "GRANTED_BY", [needs(&[IamRole], &[IamPolicy])], [Start, Run], ToDependent, Each;
    /// Has at most the permissions of this boundary.
    BoundedBy, "BOUNDED_BY", [needs(&[IamRole], &[IamPolicy])], [Start, Run], ToDependent, Each;
    /// Has permissions on this resource, which its policies name.
    GrantedOn, "GRANTED_ON", [share(&[IamRole], ANYTHING)], [Start, Run], ToDependent, Each;
    /// Lies in this VPC.
    InVpc, "IN_VPC", [needs(&[Subnet, SecurityGroup, RouteTable, NetworkAcl, VpcEndpoint, NatGateway, InternetGateway, LoadBalancer, TargetGroup, VpcLatticeTargetGroup], &[Vpc])], [Start, Run, Traffic], ToDependent, Each;
    /// Has its network addresses in this subnet.
    PlacedIn, "PLACED_IN", [
        share(&[LoadBalancer], &[Subnet]),
        needs(&[EcsTask, EcsService, VpcEndpoint, NatGateway, EfsMountTarget, Ec2Instance, NetworkInterface, AutoScalingGroup, EcsCapacityProvider, LambdaFunction, Schedule, EventRule, ApiGatewayVpcLink, LaunchTemplate], &[Subnet])
    ], [Start, Run, Traffic], ToDependent, Any;
    /// Uses this network interface or address, or this VPC's edge.
    AttachedTo, "ATTACHED_TO", [
        needs(&[EcsTask], &[NetworkInterface]), needs(&[InternetGateway, VpcPeeringConnection], &[Vpc]), needs(&[NatGateway], &[ElasticIp]), share(&[LoadBalancer], &[ElasticIp])
    ], [Run, Traffic], ToDependent, Each;
    /// Its traffic passes the rules of this security group.
    ProtectedBy, "PROTECTED_BY", [needs(&[EcsTask, EcsService, NetworkInterface, LoadBalancer, VpcEndpoint, EfsMountTarget, Ec2Instance, EcsCapacityProvider, LambdaFunction, Schedule, EventRule, ApiGatewayVpcLink, LaunchTemplate], &[SecurityGroup])], [Start, Run, Traffic], ToDependent, Each;
    /// Lets this security group's members in.
    Allows, "ALLOWS", [share(&[SecurityGroup], &[SecurityGroup])], [Start, Run, Traffic], ToDependency, Each;
    /// Its packets follow this route table.
    RoutedBy, "ROUTED_BY", [needs(&[Subnet], &[RouteTable])], [Start, Run, Traffic], ToDependent, Each;
    /// Gets only those packets or requests that this lets through.
    FilteredBy, "FILTERED_BY", [needs(&[Subnet], &[NetworkAcl]), needs(&[LoadBalancer], &[WebAcl])], [Start, Run, Traffic], ToDependent, Each;
    /// Its routes or rules mean the addresses of this list.
    Matches, "MATCHES", [needs(&[RouteTable, SecurityGroup], &[PrefixList])], [Start, Run, Traffic], ToDependent, Each;
    /// Its hosts ask the name servers that this says.
    ConfiguredBy, "CONFIGURED_BY", [needs(&[Vpc], &[DhcpOptions])], [Start, Run, Traffic], ToDependent, Each;
    /// Sends packets on through this.
    RoutesVia, "ROUTES_VIA", [
        needs(&[RouteTable, Subnet], &[NatGateway, InternetGateway, VpcEndpoint, TransitGateway, VpcPeeringConnection]), needs(&[VpcEndpoint], &[VpcEndpointService]),
        needs(&[VpcEndpointService], &[LoadBalancer])
    ], [Start, Run, Traffic], ToDependent, Each;
    /// Reaches AWS's services through this.
    ReachesAwsVia, "REACHES_AWS_VIA", [needs(&[EcsTask, EcsService], &[VpcEndpoint, NatGateway, InternetGateway])], [Start, Run], ToDependent, Any;
    /// Gets traffic through this target group.
    RegisteredIn, "REGISTERED_IN", [part(&[EcsService, EcsTask, EcsTaskSet], &[TargetGroup, VpcLatticeTargetGroup])], [Traffic], ToDependent, Each;
    /// Forwards requests to this target group, whose members get no traffic without it.
    ForwardsTo, "FORWARDS_TO", [needs(&[Listener, ListenerRule], &[TargetGroup])], [Traffic], Both, Each;
    /// Resolves to this address.
    ResolvesTo, "RESOLVES_TO", [needs(&[DnsRecord], &[LoadBalancer, CloudMapService, DnsRecord, CloudfrontDistribution, ElasticIp])], [Traffic], ToDependent, Each;
    /// Proves its name with this certificate.
    UsesCertificate, "USES_CERTIFICATE", [needs(&[Listener, CloudfrontDistribution], &[AcmCertificate])], [Traffic], ToDependent, Each;
    /// Gets requests first, and passes them on to this.
    Fronts, "FRONTS", [
        needs(&[CloudfrontDistribution], &[LoadBalancer, DnsRecord]), needs(&[ApiGatewayVpcLink], &[Listener, CloudMapService]), needs(&[TargetGroup], &[LoadBalancer])
    ], [Traffic], ToDependent, Each;
    /// Others find it through this.
    DiscoveredBy, "DISCOVERED_BY", [needs(&[EcsService, EcsTaskSet], &[CloudMapService])], [Start, Traffic], ToDependent, Each;
    /// Sends requests to this service.
    Calls, "CALLS", [needs(&[EcsService], &[EcsService])], [Run], ToDependent, Each;
    /// Its size is set by this.
    ScaledBy, "SCALED_BY", [needs(&[EcsService], &[ScalableTarget]), needs(&[ScalableTarget], &[ScalingPolicy])], [Scale], ToDependent, Each;
    /// Is watched or driven by this alarm, or composed of it.
    WatchedBy, "WATCHED_BY", [needs(&[EcsService, CodedeployGroup, ScalingPolicy, LoadBalancer, TargetGroup, SqsQueue, CloudwatchAlarm], &[CloudwatchAlarm])], [Deploy, Scale], ToDependent, Each;
    /// Starts tasks of this definition.
    Starts, "STARTS", [needs(&[EventRule, Schedule, LambdaFunction, StateMachine], &[EcsTaskDefinition])], [Schedule], ToDependent, Each;
    /// Starts tasks in this cluster.
    StartsIn, "STARTS_IN", [needs(&[EventRule, Schedule, LambdaFunction, StateMachine], &[EcsCluster])], [Schedule], ToDependent, Each;
    /// Sends here what could not be delivered.
    DeadLettersTo, "DEAD_LETTERS_TO", [needs(&[EventRule, Schedule, SqsQueue, LambdaFunction], &[SqsQueue])], [Run, Schedule], ToDependent, Each;
    /// Takes its work from this queue.
    Consumes, "CONSUMES", [needs(&[EcsService, EcsTaskDefinition, LambdaFunction], &[SqsQueue])], [Run], ToDependent, Each;
    /// Gets the messages that are published to this topic.
    SubscribedTo, "SUBSCRIBED_TO", [needs(&[SqsQueue, LambdaFunction], &[SnsTopic])], [Run], ToDependent, Each;
    /// Is rolled out by this deployment group.
    DeployedBy, "DEPLOYED_BY", [needs(&[EcsService], &[CodedeployGroup])], [Deploy], ToDependent, Each;
    /// Moves requests from one version to the next by this.
    Shifts, "SHIFTS", [only_whole(&[CodedeployGroup, EcsService, EcsTaskSet], &[Listener, ListenerRule, TargetGroup])], [Deploy], ToDependent, Each;
    /// Asks this before a deployment goes on.
    HookedBy, "HOOKED_BY", [needs(&[EcsService], &[LambdaFunction])], [Deploy], ToDependent, Each;
    /// Starts its instances from this template.
    LaunchesFrom, "LAUNCHES_FROM", [needs(&[AutoScalingGroup], &[LaunchTemplate])], [Start, Scale], ToDependent, Each;
    /// Reads or writes this table, which its environment names.
    UsesTable, "USES_TABLE", [needs(&[EcsTaskDefinition], &[DynamodbTable])], [Run], ToDependent, Each;
    /// Gets copies of the images that are pushed to this repository.
    ReplicatedFrom, "REPLICATED_FROM", [needs(&[EcrRepository], &[EcrRepository])], [Start], ToDependent, Each;
}

impl Relation {
    /// The row that joins these two kinds; none where the table forbids the link.
    pub fn end(self, from: ResourceKind, to: ResourceKind) -> Option<&'static End> {
        self.ends()
            .iter()
            .find(|end| end.from.contains(&from) && end.to.contains(&to))
    }
}

/// Not a relation of the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a relation that blastmap knows")]
pub struct UnknownRelation(pub String);

impl FromStr for Relation {
    type Err = UnknownRelation;

    fn from_str(name: &str) -> Result<Self, UnknownRelation> {
        Self::ALL
            .iter()
            .copied()
            .find(|relation| relation.name() == name)
            .ok_or_else(|| UnknownRelation(name.chars().take(100).collect()))
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for Relation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Relation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}
