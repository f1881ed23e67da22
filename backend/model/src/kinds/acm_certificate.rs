//! Certificates of ACM with which listeners and distributions prove their names.
//!
//! <https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AcmCertificate {
    pub certificate_arn: String,
    pub domain_name: Option<String>,
    pub subject_alternative_names: Vec<String>,
    /// `AMAZON_ISSUED`, `IMPORTED` or `PRIVATE`.
    pub r#type: Option<String>,
    /// `ISSUED`, `PENDING_VALIDATION`, `EXPIRED`, `REVOKED`, `INACTIVE`, `FAILED` or `VALIDATION_TIMED_OUT`.
    pub status: Option<String>,
    pub key_algorithm: Option<String>,
    /// RFC 3339.
    pub not_after: Option<String>,
    /// `ELIGIBLE` or `INELIGIBLE`: what was imported is renewed by nobody.
    pub renewal_eligibility: Option<String>,
    pub renewal_summary: Option<RenewalSummary>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RenewalSummary {
    /// `PENDING_AUTO_RENEWAL`, `PENDING_VALIDATION`, `SUCCESS` or `FAILED`.
    pub renewal_status: Option<String>,
    pub renewal_status_reason: Option<String>,
}

impl Facts for AcmCertificate {
    const KIND: ResourceKind = ResourceKind::AcmCertificate;

    fn name(&self) -> Option<String> {
        self.domain_name.clone()
    }

    fn links(&self, _: &mut Links<'_>) {}
}
