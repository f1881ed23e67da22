//! Certificates that listeners and distributions use. The list of all would tell nothing more of them.

use aws_sdk_acm::types::CertificateDetail;
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::acm_certificate::{AcmCertificate, RenewalSummary},
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, not_read, owned, text, time};
use crate::{clients::Clients, error::CallError};

const API: &str = "acm:DescribeCertificate";

const KINDS: &[ResourceKind] = &[ResourceKind::AcmCertificate];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "Certificate",
            "CertificateArn",
            "DomainName",
            "SubjectAlternativeNames",
            "Type",
            "Status",
            "KeyAlgorithm",
            "NotAfter",
            "RenewalEligibility",
            "RenewalSummary",
            "RenewalStatus",
            "RenewalStatusReason",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| Wanted::unseen(builder, ResourceKind::AcmCertificate, scope)),
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
            let request = clients.acm.describe_certificate();
            let request = request.certificate_arn(wanted.id.as_str());
            (wanted.id, clients.call(API, request.send()).await)
        })
        .buffer_unordered(8);
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(answer) => match answer.certificate() {
                Some(certificate) => describe(certificate, found),
                None => found.unreadable(id),
            },
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

fn describe(certificate: &CertificateDetail, found: &mut Found) {
    let Ok(arn) = Arn::parse(certificate.certificate_arn().unwrap_or_default()) else {
        return;
    };
    let facts = AcmCertificate {
        certificate_arn: arn.to_string(),
        domain_name: owned(certificate.domain_name()),
        subject_alternative_names: certificate.subject_alternative_names().to_vec(),
        r#type: text!(certificate.r#type()),
        status: text!(certificate.status()),
        key_algorithm: text!(certificate.key_algorithm()),
        not_after: time(certificate.not_after()),
        renewal_eligibility: text!(certificate.renewal_eligibility()),
        renewal_summary: certificate.renewal_summary().map(|renewal| RenewalSummary {
            renewal_status: Some(renewal.renewal_status().as_str().to_owned()),
            renewal_status_reason: text!(renewal.renewal_status_reason()),
        }),
    };
    found.offer(&arn, &facts, [], Source::of(API));
}
