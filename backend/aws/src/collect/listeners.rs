//! Listeners of the load balancers above the target groups that ECS services name.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{self, Listener as SdkListener};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceId, ResourceKind, Scope, Source,
    kinds::{
        listener::{
            Action as ListenerAction, Certificate, FixedResponseConfig, ForwardConfig, Listener,
            RedirectConfig, WeightedTargetGroup,
        },
        target_group::TargetGroup,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, target_health::in_use, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "elasticloadbalancing:DescribeListeners";
const CERTIFICATES: &str = "elasticloadbalancing:DescribeListenerCertificates";

const KINDS: &[ResourceKind] = &[ResourceKind::Listener, ResourceKind::ListenerRule];

/// The default certificate comes with its listener, the others by a call of their own.
const SOURCE: Source = Source {
    api: API,
    by_field: &[("Certificates[0]", API), ("Certificates", CERTIFICATES)],
};

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: API,
            reads: &[
                "Listeners",
                "ListenerArn",
                "LoadBalancerArn",
                "Port",
                "Protocol",
                "SslPolicy",
                "Certificates",
                "CertificateArn",
                "IsDefault",
                "DefaultActions",
                "Type",
                "Order",
                "TargetGroupArn",
                "ForwardConfig",
                "TargetGroups",
                "Weight",
                "RedirectConfig",
                "Host",
                "Path",
                "StatusCode",
                "FixedResponseConfig",
                "NextMarker",
            ],
        },
        Action {
            name: CERTIFICATES,
            reads: &["Certificates", "CertificateArn", "IsDefault", "NextMarker"],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let above: BTreeSet<ResourceId> = in_use(builder, scope)
        .into_iter()
        .filter_map(|group| group.attributes.facts::<TargetGroup>().ok())
        .flat_map(|facts| facts.load_balancer_arns)
        .map(|arn| ResourceId::new(&arn))
        .collect();
    builder
        .kept(ResourceKind::LoadBalancer, scope)
        .into_iter()
        .filter(|balancer| above.contains(&balancer.id))
        .map(Wanted::of)
        .collect()
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let answers = stream::iter(wanted)
        .map(|wanted| of_balancer(clients, wanted))
        .buffer_unordered(16)
        .collect::<Vec<_>>()
        .await;
    let mut all = Vec::new();
    for (listeners, error) in answers {
        all.extend(listeners);
        if let Some(error) = error {
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
        }
    }
    let mut answers = stream::iter(all)
        .map(|listener| async move {
            let certificates = further_certificates(clients, &listener).await;
            (listener, certificates)
        })
        .buffer_unordered(16);
    while let Some((listener, (certificates, error))) = answers.next().await {
        describe(&listener, certificates, found);
        if let Some(error) = error {
            let kinds = &[ResourceKind::Listener, ResourceKind::AcmCertificate];
            found.blind_spot(error.blind_spot(clients.scope(), kinds));
        }
    }
    Ok(())
}

/// The certificates of a listener beside its default one, as far as they could be read; only those that encrypt have any.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerCertificates.html>
async fn further_certificates(
    clients: &Clients,
    listener: &SdkListener,
) -> (Vec<Certificate>, Option<CallError>) {
    let (mut certificates, mut failed) = (Vec::new(), None);
    if listener.certificates().is_empty() {
        return (certificates, failed);
    }
    let mut pages = Pages::of(CERTIFICATES);
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .elbv2
            .describe_listener_certificates()
            .set_listener_arn(owned(listener.listener_arn()))
            .page_size(400)
            .set_marker(marker);
        match clients.call(CERTIFICATES, request.send()).await {
            Ok(answer) => {
                failed = pages.turn(answer.next_marker()).err();
                let own = answer.certificates().iter();
                certificates.extend(own.filter(|own| own.is_default() != Some(true)).map(
                    |certificate| Certificate {
                        certificate_arn: owned(certificate.certificate_arn()),
                        is_default: Some(false),
                    },
                ));
            }
            // Deleted since it was listed.
            Err(error) if error.has_code(&["ListenerNotFound", "ListenerNotFoundException"]) => {}
            Err(error) => failed = Some(error),
        }
    }
    (certificates, failed)
}

async fn of_balancer(clients: &Clients, wanted: Wanted) -> (Vec<SdkListener>, Option<CallError>) {
    let (mut listeners, mut pages, mut failed) = (Vec::new(), Pages::of(API), None);
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .elbv2
            .describe_listeners()
            .load_balancer_arn(wanted.id.as_str())
            .page_size(400)
            .set_marker(marker);
        match clients.call(API, request.send()).await {
            Ok(answer) => {
                failed = pages.turn(answer.next_marker()).err();
                listeners.extend(answer.listeners.unwrap_or_default());
            }
            // Deleted since it was listed.
            Err(error)
                if error.has_code(&["LoadBalancerNotFound", "LoadBalancerNotFoundException"]) => {}
            Err(error) => failed = Some(error),
        }
    }
    (listeners, failed)
}

fn describe(listener: &SdkListener, further: Vec<Certificate>, found: &mut Found) {
    let Ok(arn) = Arn::parse(listener.listener_arn().unwrap_or_default()) else {
        return;
    };
    let facts = Listener {
        listener_arn: arn.to_string(),
        load_balancer_arn: owned(listener.load_balancer_arn()),
        port: listener.port(),
        protocol: text!(listener.protocol()),
        ssl_policy: owned(listener.ssl_policy()),
        certificates: listener
            .certificates()
            .iter()
            .map(|own| Certificate {
                certificate_arn: owned(own.certificate_arn()),
                is_default: own.is_default(),
            })
            .chain(further)
            .collect(),
        default_actions: listener.default_actions().iter().map(action).collect(),
    };
    found.resource(&arn, &facts, [], SOURCE);
}

/// An action of a listener or of a rule, without what a fixed answer says or an identity provider knows.
pub(super) fn action(action: &types::Action) -> ListenerAction {
    ListenerAction {
        r#type: text!(action.r#type()),
        order: action.order(),
        target_group_arn: owned(action.target_group_arn()),
        forward_config: action.forward_config().map(|forward| ForwardConfig {
            target_groups: forward
                .target_groups()
                .iter()
                .map(|group| WeightedTargetGroup {
                    target_group_arn: owned(group.target_group_arn()),
                    weight: group.weight(),
                })
                .collect(),
        }),
        redirect_config: action.redirect_config().map(|redirect| RedirectConfig {
            protocol: owned(redirect.protocol()),
            port: owned(redirect.port()),
            host: owned(redirect.host()),
            path: owned(redirect.path()),
            status_code: text!(redirect.status_code()),
        }),
        fixed_response_config: action
            .fixed_response_config()
            .map(|fixed| FixedResponseConfig {
                status_code: owned(fixed.status_code()),
            }),
    }
}
