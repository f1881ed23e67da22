//! A load balancer does not say which web ACL stands before it; the ACL does.
//!
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListResourcesForWebACL.html>

use super::{Estate, stated};
use crate::{NamedLink, Phase, Phases, Relation, kinds::web_acl::WebAcl};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut links = Vec::new();
    for (acl, facts) in estate.live::<WebAcl>() {
        for (index, arn) in facts.resource_arns.iter().enumerate() {
            let Some(place) = estate.inventory.find(arn) else {
                continue;
            };
            let mut link = stated(
                &estate.inventory.resource(place).id,
                Relation::FilteredBy,
                &acl.id,
                "wafv2:ListResourcesForWebACL",
                &format!("ResourceArns[{index}]"),
            );
            // Requests alone: what starts and runs behind the balancer does not pass it.
            link.phases = Some(Phases::of(&[Phase::Traffic]));
            links.push(link);
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::{
        Arn, Found, InventoryBuilder, Redactor, Scope, Source, kinds::load_balancer::LoadBalancer,
    };

    #[test]
    fn an_acl_filters_the_balancers_that_are_there() {
        let arn = |service: &str, rest: &str| {
            Arn::new("aws", service, "eu-west-1", "123456789012", rest).unwrap()
        };
        let front = arn("elasticloadbalancing", "loadbalancer/app/front/1");
        let gone = arn("elasticloadbalancing", "loadbalancer/app/gone/1");
        let scope = Scope::new("123456789012", "eu-west-1");
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut found = Found::new(scope.clone(), now, Redactor::new([1; 32]));
        let source = Source::of("test");
        found.resource(&front, &LoadBalancer::default(), [], source);
        for (name, resources) in [("used", vec![&gone, &front]), ("unused", vec![&gone])] {
            let own = arn("wafv2", &format!("regional/webacl/{name}/1"));
            let facts = WebAcl {
                resource_arns: resources.iter().map(ToString::to_string).collect(),
                ..WebAcl::default()
            };
            let subjects = resources.into_iter().map(crate::ResourceId::from);
            found.follow(
                &crate::ResourceId::from(&own),
                &own,
                &facts,
                [],
                source,
                subjects,
            );
        }
        let mut builder = InventoryBuilder::new(vec![scope]);
        builder.absorb(found);
        let inventory = builder.finish("test".to_owned(), now, Vec::new()).unwrap();
        assert_eq!(inventory.resources().len(), 2);
        let links: Vec<String> = inventory
            .links()
            .iter()
            .map(|link| {
                let name = |place| {
                    inventory
                        .resource(place)
                        .id
                        .arn()
                        .unwrap()
                        .resource()
                        .to_owned()
                };
                let field = &inventory.evidence(link).field;
                format!(
                    "{} {} {} by {field}",
                    name(link.from),
                    link.relation,
                    name(link.to)
                )
            })
            .collect();
        assert_eq!(
            links,
            ["loadbalancer/app/front/1 FILTERED_BY regional/webacl/used/1 by ResourceArns[1]"]
        );
    }
}
