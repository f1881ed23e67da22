//! VPC Lattice's target groups that ECS services name.

use aws_sdk_vpclattice::operation::get_target_group::GetTargetGroupOutput;
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::vpc_lattice_target_group::{TargetGroupConfig, VpcLatticeTargetGroup},
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, not_read, owned, text};
use crate::{clients::Clients, error::CallError};

const API: &str = "vpc-lattice:GetTargetGroup";

const KINDS: &[ResourceKind] = &[ResourceKind::VpcLatticeTargetGroup];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "arn",
            "id",
            "name",
            "type",
            "status",
            "config",
            "port",
            "protocol",
            "vpcIdentifier",
            "serviceArns",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| {
        Wanted::unseen(builder, ResourceKind::VpcLatticeTargetGroup, scope)
    }),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let request = clients.lattice.get_target_group();
            let request = request.target_group_identifier(wanted.id.as_str());
            (wanted.id, clients.call(API, request.send()).await)
        })
        .buffer_unordered(8);
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(answer) => describe(&answer, found),
            Err(error) => not_read(
                &error,
                id,
                &["ResourceNotFoundException"],
                KINDS,
                clients,
                found,
            ),
        }
    }
    Ok(())
}

fn describe(group: &GetTargetGroupOutput, found: &mut Found) {
    let Ok(arn) = Arn::parse(group.arn().unwrap_or_default()) else {
        return;
    };
    let facts = VpcLatticeTargetGroup {
        arn: arn.to_string(),
        id: group.id().unwrap_or_default().to_owned(),
        name: group.name().unwrap_or_default().to_owned(),
        r#type: text!(group.r#type()),
        status: text!(group.status()),
        config: group.config().map(|config| TargetGroupConfig {
            port: config.port(),
            protocol: text!(config.protocol()),
            vpc_identifier: owned(config.vpc_identifier()),
        }),
        service_arns: group.service_arns().to_vec(),
    };
    found.offer(&arn, &facts, [], Source::of(API));
}
