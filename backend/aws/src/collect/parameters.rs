//! Systems Manager parameters: their metadata. Values are never asked for.

use aws_sdk_ssm::types::ParameterMetadata;
use blastmap_model::{Arn, Found, ResourceKind, Source, kinds::ssm_parameter::SsmParameter};

use super::{Action, Collector, Place, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "ssm:DescribeParameters";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::SsmParameter],
    actions: &[Action {
        name: API,
        reads: &[
            "Parameters",
            "ARN",
            "Name",
            "Type",
            "KeyId",
            "Description",
            "Version",
            "Tier",
            "DataType",
            "LastModifiedDate",
            "NextToken",
        ],
    }],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ssm
            .describe_parameters()
            .max_results(50)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        for parameter in answer.parameters() {
            describe(clients, parameter, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::SsmParameter);
    Ok(())
}

fn describe(clients: &Clients, parameter: &ParameterMetadata, found: &mut Found) {
    let Some(name) = parameter.name() else { return };
    let (region, account) = (&clients.scope().region, &clients.scope().account);
    // A name that begins with a slash does not double it in the ARN.
    let built = || {
        Arn::new(
            &clients.partition,
            "ssm",
            region,
            account,
            &format!("parameter/{}", name.strip_prefix('/').unwrap_or(name)),
        )
    };
    let Ok(arn) = parameter.arn().map_or_else(built, Arn::parse) else {
        return;
    };
    let facts = SsmParameter {
        arn: Some(arn.to_string()),
        name: name.to_owned(),
        r#type: text!(parameter.r#type()),
        key_id: owned(parameter.key_id()),
        description: owned(parameter.description()),
        version: Some(parameter.version()),
        tier: text!(parameter.tier()),
        data_type: owned(parameter.data_type()),
        last_modified_date: time(parameter.last_modified_date()),
    };
    found.resource(&arn, &facts, [], Source::of(API));
}
