//! API Gateway's VPC links, and which integrations send requests through them to listeners and Cloud Map services.

use std::collections::BTreeMap;

use aws_sdk_apigatewayv2::types::{ConnectionType, VpcLink};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceId, ResourceKind, Scope, Source,
    kinds::api_gateway_vpc_link::{ApiGatewayVpcLink, Integration},
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

/// IAM knows no actions of API Gateway but the methods of HTTP.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html>
const API: &str = "apigateway:GET";

const KINDS: &[ResourceKind] = &[ResourceKind::ApiGatewayVpcLink];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "items",
            "vpcLinkId",
            "name",
            "vpcLinkStatus",
            "securityGroupIds",
            "subnetIds",
            "apiId",
            "integrationId",
            "integrationUri",
            "connectionType",
            "connectionId",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// One question, once a region has clusters and listeners or Cloud Map services, to which links lead.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let kinds = [ResourceKind::Listener, ResourceKind::CloudMapService];
    if kinds
        .iter()
        .all(|kind| builder.kept(*kind, scope).is_empty())
    {
        return Vec::new();
    }
    Wanted::once_there_are_clusters(builder, scope)
}

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let links = list_links(clients).await?;
    if links.is_empty() {
        return Ok(());
    }
    let mut answers = stream::iter(list_apis(clients).await?)
        .map(|api| list_integrations(clients, api))
        .buffer_unordered(8);
    let mut by_link: BTreeMap<String, Vec<Integration>> = BTreeMap::new();
    while let Some((integrations, error)) = answers.next().await {
        for (link, integration) in integrations {
            by_link.entry(link).or_default().push(integration);
        }
        if let Some(error) = error {
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
        }
    }
    for link in &links {
        let integrations = by_link.remove(link.vpc_link_id().unwrap_or_default());
        describe(clients, link, integrations.unwrap_or_default(), found);
    }
    Ok(())
}

async fn list_links(clients: &Clients) -> Result<Vec<VpcLink>, CallError> {
    let (mut links, mut pages) = (Vec::new(), Pages::of(API));
    while let Some(Page(token)) = pages.next() {
        let request = clients.api_gateway.get_vpc_links();
        let request = request.max_results("100").set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        links.extend_from_slice(answer.items());
        pages.turn(answer.next_token())?;
    }
    Ok(links)
}

async fn list_apis(clients: &Clients) -> Result<Vec<String>, CallError> {
    let (mut apis, mut pages) = (Vec::new(), Pages::of(API));
    while let Some(Page(token)) = pages.next() {
        let request = clients.api_gateway.get_apis();
        let request = request.max_results("100").set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        apis.extend(answer.items().iter().filter_map(|api| owned(api.api_id())));
        pages.turn(answer.next_token())?;
    }
    Ok(apis)
}

/// The integrations of an API that go through a VPC link, by that link, as far as they could be read.
async fn list_integrations(
    clients: &Clients,
    api: String,
) -> (Vec<(String, Integration)>, Option<CallError>) {
    let (mut found, mut pages, mut failed) = (Vec::new(), Pages::of(API), None);
    while let Some(Page(token)) = pages.next() {
        let request = clients.api_gateway.get_integrations().api_id(&api);
        let request = request.max_results("100").set_next_token(token);
        match clients.call(API, request.send()).await {
            Ok(answer) => {
                failed = pages.turn(answer.next_token()).err();
                let through_link = answer
                    .items()
                    .iter()
                    .filter(|own| own.connection_type() == Some(&ConnectionType::VpcLink));
                found.extend(through_link.filter_map(|own| {
                    let integration = Integration {
                        api_id: api.clone(),
                        integration_id: owned(own.integration_id())?,
                        integration_uri: owned(own.integration_uri())?,
                    };
                    Some((owned(own.connection_id())?, integration))
                }));
            }
            // Deleted since it was listed.
            Err(error) if error.has_code(&["NotFoundException"]) => {}
            Err(error) => failed = Some(error),
        }
    }
    (found, failed)
}

fn describe(
    clients: &Clients,
    link: &VpcLink,
    mut integrations: Vec<Integration>,
    found: &mut Found,
) {
    let id = link.vpc_link_id().unwrap_or_default();
    let resource = format!("/vpclinks/{id}");
    let region = &clients.scope().region;
    let Ok(arn) = Arn::new(&clients.partition, "apigateway", region, "", &resource) else {
        return;
    };
    // An address that is no ARN may hold anything.
    integrations.retain(|own| own.target().is_some());
    integrations.sort();
    let facts = ApiGatewayVpcLink {
        vpc_link_id: id.to_owned(),
        name: link.name().unwrap_or_default().to_owned(),
        vpc_link_status: text!(link.vpc_link_status()),
        security_group_ids: link.security_group_ids().to_vec(),
        subnet_ids: link.subnet_ids().to_vec(),
        integrations,
    };
    let targets = facts.integrations.iter().filter_map(Integration::target);
    let subjects: Vec<ResourceId> = targets.map(|(arn, _)| arn.into()).collect();
    found.follow(
        &ResourceId::from(&arn),
        &arn,
        &facts,
        [],
        Source::of(API),
        subjects,
    );
}
