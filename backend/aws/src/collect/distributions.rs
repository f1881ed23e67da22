//! `CloudFront` distributions whose origins lead to something that is kept.

use aws_sdk_cloudfront::types::{DistributionSummary, Origin as SdkOrigin};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceId, ResourceKind, Scope, Source, host_name_id,
    kinds::cloudfront_distribution::{
        CloudfrontDistribution, CustomOriginConfig, Origin, ViewerCertificate, VpcOriginConfig,
    },
};

use super::{Action, Collector, Place, Wanted, owned, uses_ecs_anywhere};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "cloudfront:ListDistributions";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::CloudfrontDistribution],
    actions: &[Action {
        name: API,
        reads: &[
            "Items",
            "DistributionSummary",
            "Id",
            "ARN",
            "Status",
            "DomainName",
            "Aliases",
            "CNAME",
            "Enabled",
            "Origins",
            "Origin",
            "OriginPath",
            "CustomOriginConfig",
            "HTTPPort",
            "HTTPSPort",
            "OriginProtocolPolicy",
            "VpcOriginConfig",
            "VpcOriginId",
            "ViewerCertificate",
            "ACMCertificateArn",
            "IsTruncated",
            "NextMarker",
        ],
    }],
    place: Place::Global,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// One question, once ECS is used anywhere and there are load balancers: those of one account may stand before another's.
fn wanted(builder: &InventoryBuilder, _: &Scope) -> Vec<Wanted> {
    let balancers = builder.kept_anywhere(ResourceKind::LoadBalancer);
    if balancers.is_empty() || !uses_ecs_anywhere(builder) {
        return Vec::new();
    }
    vec![Wanted::all("every distribution")]
}

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .cloudfront
            .list_distributions()
            .max_items(100)
            .set_marker(marker);
        let answer = clients.call(API, request.send()).await?;
        let Some(list) = answer.distribution_list() else {
            break;
        };
        for distribution in list.items() {
            describe(distribution, found);
        }
        pages.turn(list.next_marker().filter(|_| list.is_truncated()))?;
    }
    found.listed(ResourceKind::CloudfrontDistribution);
    Ok(())
}

fn describe(distribution: &DistributionSummary, found: &mut Found) {
    let Ok(arn) = Arn::parse(distribution.arn()) else {
        return;
    };
    let origins = distribution
        .origins()
        .map(aws_sdk_cloudfront::types::Origins::items);
    let facts = CloudfrontDistribution {
        id: distribution.id().to_owned(),
        arn: arn.to_string(),
        status: Some(distribution.status().to_owned()),
        domain_name: distribution.domain_name().to_owned(),
        aliases: distribution
            .aliases()
            .map(|own| own.items().to_vec())
            .unwrap_or_default(),
        enabled: Some(distribution.enabled()),
        origins: origins.unwrap_or_default().iter().map(origin).collect(),
        viewer_certificate: distribution
            .viewer_certificate()
            .map(|own| ViewerCertificate {
                acm_certificate_arn: owned(own.acm_certificate_arn()),
            }),
    };
    let subjects = facts
        .origins
        .iter()
        .map(|own| host_name_id(&own.domain_name));
    let subjects: Vec<ResourceId> = subjects.collect();
    found.follow(
        &ResourceId::from(&arn),
        &arn,
        &facts,
        [],
        Source::of(API),
        subjects,
    );
}

/// Its custom headers hold secrets and are not read.
fn origin(origin: &SdkOrigin) -> Origin {
    Origin {
        id: origin.id().to_owned(),
        domain_name: origin.domain_name().to_owned(),
        origin_path: owned(origin.origin_path().filter(|path| !path.is_empty())),
        custom_origin_config: origin.custom_origin_config().map(|own| CustomOriginConfig {
            http_port: Some(own.http_port()),
            https_port: Some(own.https_port()),
            origin_protocol_policy: Some(own.origin_protocol_policy().as_str().to_owned()),
        }),
        vpc_origin_config: origin.vpc_origin_config().map(|own| VpcOriginConfig {
            vpc_origin_id: Some(own.vpc_origin_id().to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudfront::types::{CustomHeaders, OriginCustomHeader};

    use super::*;

    #[test]
    fn secrets_that_an_origin_is_sent_are_not_read() {
        let header = OriginCustomHeader::builder()
            .header_name("X-Origin-Verify")
            .header_value("hunter2")
            .build()
            .unwrap();
        let headers = CustomHeaders::builder().quantity(1).items(header).build();
        let described = origin(
            &SdkOrigin::builder()
                .id("balancer")
                .domain_name("web-1.eu-west-1.elb.amazonaws.com")
                .custom_headers(headers.unwrap())
                .build()
                .unwrap(),
        );
        assert_eq!(described.domain_name, "web-1.eu-west-1.elb.amazonaws.com");
        assert!(!format!("{described:?}").contains("hunter2"));
        let reads = COLLECTOR.actions[0].reads;
        assert!(!reads.contains(&"CustomHeaders") && !reads.contains(&"HeaderValue"));
    }
}
