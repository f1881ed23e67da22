//! The certificates of a listener are there and valid.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{acm_certificate::AcmCertificate, listener::Listener},
};

use super::{Need, Subject};
use crate::{Verdict, network::lookup::is_missing};

/// <https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-describe.html>
pub(super) const NEED: Need = Need {
    name: "certificates-valid",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::Listener], judge),
    documentation: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html",
    sentence: "The certificates with which the listener proves its names are there, issued and not expired.",
};

fn judge(overlay: &Overlay<'_>, listener: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<Listener>(listener) else {
        return Verdict::met();
    };
    if !matches!(
        facts.protocol.as_deref(),
        Some("HTTPS" | "TLS" | "QUIC" | "TCP_QUIC")
    ) {
        return Verdict::met();
    }
    let certificates = overlay.needed(listener, Relation::UsesCertificate);
    Verdict::shared(certificates.into_iter().map(|own| valid(overlay, own)))
}

/// A certificate that nobody read, of another account or region, is taken for valid: AWS lets no listener name one that is not there.
fn valid(overlay: &Overlay<'_>, certificate: ResourceIndex) -> Verdict {
    let name = &overlay.resource(certificate).name;
    if is_missing(overlay, certificate) {
        return Verdict::unmet(certificate, format!("certificate {name} is not there"));
    }
    let facts = overlay.facts::<AcmCertificate>(certificate);
    let said = match facts.as_ref().and_then(|facts| facts.status.as_deref()) {
        Some("EXPIRED") => "has expired",
        Some("REVOKED") => "is revoked",
        Some("FAILED" | "VALIDATION_TIMED_OUT" | "INACTIVE") => "was never issued",
        Some("PENDING_VALIDATION") => {
            let text =
                format!("check that certificate {name} is issued: it waits for its validation");
            return Verdict::unknown(certificate, text);
        }
        _ => return Verdict::met(),
    };
    Verdict::unmet(certificate, format!("certificate {name} {said}"))
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::listener::Certificate;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, gone, place, together},
    };

    const LISTENER: &str = "listener/app/front/1/80";

    fn estate(status: &str) -> Estate {
        let certificate = arn("acm", "certificate/1");
        let facts = AcmCertificate {
            certificate_arn: certificate.clone(),
            status: Some(status.to_owned()),
            ..AcmCertificate::default()
        };
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .put(&certificate, &facts)
            .with::<Listener>(&arn("elasticloadbalancing", LISTENER), |facts| {
                facts.protocol = Some("HTTPS".to_owned());
                facts.certificates.push(Certificate {
                    certificate_arn: Some(arn("acm", "certificate/1")),
                    is_default: None,
                });
            })
    }

    #[test]
    fn an_issued_certificate_is_valid() {
        let gone = || gone(&arn("acm", "certificate/1"));
        let cases = [
            ("ISSUED", together([]), Answer::Met),
            ("EXPIRED", together([]), Answer::Unmet),
            ("REVOKED", together([]), Answer::Unmet),
            ("VALIDATION_TIMED_OUT", together([]), Answer::Unmet),
            ("PENDING_VALIDATION", together([]), Answer::Unknown),
            ("ISSUED", gone(), Answer::Unmet),
        ];
        for (status, edits, expected) in cases {
            let snapshot = estate(status).snapshot();
            let overlay = Overlay::with(&snapshot, &edits);
            let listener = place(&overlay, &arn("elasticloadbalancing", LISTENER));
            assert_eq!(judge(&overlay, listener).answer, expected, "{status}");
        }
    }
}
