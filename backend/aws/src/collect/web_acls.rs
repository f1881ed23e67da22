//! Web ACLs before application load balancers. One call for each ACL tells its balancers, where one for each balancer would tell
//! its ACL: there are fewer ACLs than balancers.

use std::collections::BTreeSet;

use aws_sdk_wafv2::types::{ResourceType, Scope as SdkScope, WebAclSummary};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceId, ResourceKind, Scope, Source,
    kinds::{load_balancer::LoadBalancer, web_acl::WebAcl},
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const ACLS: &str = "wafv2:ListWebACLs";
const RESOURCES: &str = "wafv2:ListResourcesForWebACL";

const KINDS: &[ResourceKind] = &[ResourceKind::WebAcl];

/// An ACL's list tells what it is, another call before what it stands.
const SOURCE: Source = Source {
    api: ACLS,
    by_field: &[("ResourceArns", RESOURCES)],
};

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: ACLS,
            reads: &["WebACLs", "ARN", "Id", "Name", "NextMarker"],
        },
        Action {
            name: RESOURCES,
            reads: &["ResourceArns"],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// One question, once a region has clusters and application load balancers: no other can have an ACL.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let balancers = builder.kept(ResourceKind::LoadBalancer, scope);
    let is_application = |facts: LoadBalancer| facts.r#type.as_deref() == Some("application");
    let mut facts = balancers.iter().map(|own| own.attributes.facts());
    if facts.any(|facts| facts.is_ok_and(is_application)) {
        Wanted::once_there_are_clusters(builder, scope)
    } else {
        Vec::new()
    }
}

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut answers = stream::iter(list(clients).await?)
        .map(|acl| async move {
            let request = clients
                .waf
                .list_resources_for_web_acl()
                .set_web_acl_arn(super::owned(acl.arn()))
                .resource_type(ResourceType::ApplicationLoadBalancer);
            let answer = clients.call(RESOURCES, request.send()).await;
            (acl, answer)
        })
        .buffer_unordered(8);
    while let Some((acl, answer)) = answers.next().await {
        match answer {
            Ok(answer) => describe(&acl, answer.resource_arns(), found),
            // Deleted since it was listed.
            Err(error) if error.has_code(&["WAFNonexistentItemException"]) => {}
            Err(error) => found.blind_spot(error.blind_spot(clients.scope(), KINDS)),
        }
    }
    Ok(())
}

async fn list(clients: &Clients) -> Result<Vec<WebAclSummary>, CallError> {
    let (mut acls, mut pages) = (Vec::new(), Pages::of(ACLS));
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .waf
            .list_web_acls()
            .scope(SdkScope::Regional)
            .limit(100)
            .set_next_marker(marker);
        let answer = clients.call(ACLS, request.send()).await?;
        acls.extend_from_slice(answer.web_acls());
        // The last ACL may be given as a marker, after which there is nothing.
        let empty = answer.web_acls().is_empty();
        pages.turn(answer.next_marker().filter(|_| !empty))?;
    }
    Ok(acls)
}

fn describe(acl: &WebAclSummary, resources: &[String], found: &mut Found) {
    let Ok(arn) = Arn::parse(acl.arn().unwrap_or_default()) else {
        return;
    };
    let resources: BTreeSet<String> = resources.iter().cloned().collect();
    let facts = WebAcl {
        arn: arn.to_string(),
        id: acl.id().unwrap_or_default().to_owned(),
        name: acl.name().unwrap_or_default().to_owned(),
        default_action: None,
        resource_arns: resources.iter().cloned().collect(),
    };
    let subjects = resources.iter().map(|arn| ResourceId::new(arn));
    found.follow(&ResourceId::from(&arn), &arn, &facts, [], SOURCE, subjects);
}
