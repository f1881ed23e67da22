//! Tags of the kinds whose own calls do not carry them.

use blastmap_model::{Arn, Found, ResourceId, ResourceKind};

use super::{Action, Collector, Place};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "tag:GetResources";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[
        ResourceKind::LoadBalancer,
        ResourceKind::Listener,
        ResourceKind::ListenerRule,
        ResourceKind::TargetGroup,
        ResourceKind::LogGroup,
        ResourceKind::SsmParameter,
        ResourceKind::EcrRepository,
        ResourceKind::KmsKey,
    ],
    actions: &[Action {
        name: API,
        reads: &[
            "ResourceTagMappingList",
            "ResourceARN",
            "Tags",
            "Key",
            "Value",
            "PaginationToken",
        ],
    }],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// The types whose tags nobody else tells.
const TYPES: [&str; 5] = [
    "elasticloadbalancing",
    "logs:log-group",
    "ssm:parameter",
    "ecr:repository",
    "kms:key",
];

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        let types = TYPES.iter().map(|&own| own.to_owned()).collect();
        let request = clients
            .tagging
            .get_resources()
            .set_resource_type_filters(Some(types))
            .resources_per_page(100)
            .set_pagination_token(token);
        let answer = clients.call(API, request.send()).await?;
        for mapping in answer.resource_tag_mapping_list() {
            let Some(id) = mapping.resource_arn().and_then(id_of) else {
                continue;
            };
            found.tags(
                id,
                mapping
                    .tags()
                    .iter()
                    .map(|tag| (tag.key().to_owned(), tag.value().to_owned())),
            );
        }
        pages.turn(answer.pagination_token())?;
    }
    Ok(())
}

/// Log groups come with and without `:*`.
fn id_of(arn: &str) -> Option<ResourceId> {
    let arn = if arn.contains(":log-group:") {
        arn.strip_suffix(":*").unwrap_or(arn)
    } else {
        arn
    };
    Arn::parse(arn).ok().map(ResourceId::from)
}
