//! `CloudFront` distributions that fetch what they serve from load balancers.
//!
//! <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionSummary.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, Relation, ResourceKind, host_name_id};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CloudfrontDistribution {
    pub id: String,
    #[serde(rename = "ARN")]
    pub arn: String,
    /// `Deployed` or `InProgress`.
    pub status: Option<String>,
    /// Its name among `CloudFront`'s own: `d111111abcdef8.cloudfront.net`.
    pub domain_name: String,
    /// Other names that it answers to.
    pub aliases: Vec<String>,
    pub enabled: Option<bool>,
    pub origins: Vec<Origin>,
    pub viewer_certificate: Option<ViewerCertificate>,
}

/// Without its custom headers, which hold secrets by which an origin knows the distribution.
///
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Origin {
    pub id: String,
    pub domain_name: String,
    pub origin_path: Option<String>,
    pub custom_origin_config: Option<CustomOriginConfig>,
    pub vpc_origin_config: Option<VpcOriginConfig>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomOriginConfig {
    #[serde(rename = "HTTPPort")]
    pub http_port: Option<i32>,
    #[serde(rename = "HTTPSPort")]
    pub https_port: Option<i32>,
    /// `http-only`, `match-viewer` or `https-only`.
    #[serde(rename = "OriginProtocolPolicy")]
    pub origin_protocol_policy: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpcOriginConfig {
    pub vpc_origin_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewerCertificate {
    #[serde(rename = "ACMCertificateArn")]
    pub acm_certificate_arn: Option<String>,
}

impl Facts for CloudfrontDistribution {
    const KIND: ResourceKind = ResourceKind::CloudfrontDistribution;

    fn name(&self) -> Option<String> {
        Some(self.aliases.first().cloned().unwrap_or_else(|| self.id.clone()))
    }

    /// Which records its origins mean is known when all records are: see `computed/host_names.rs`.
    fn links(&self, links: &mut Links<'_>) {
        for (index, origin) in self.origins.iter().enumerate() {
            let id = host_name_id(&origin.domain_name);
            let field = format!("Origins.Items[{index}].DomainName");
            links.if_known(Relation::Fronts, ResourceKind::LoadBalancer, id, field);
        }
        if let Some(arn) = self.viewer_certificate.as_ref().and_then(|own| own.acm_certificate_arn.as_ref()) {
            links.arn(Relation::UsesCertificate, ResourceKind::AcmCertificate, arn, "ViewerCertificate.ACMCertificateArn");
        }
        if !self.domain_name.is_empty() {
            links.also_named(host_name_id(&self.domain_name));
        }
    }
}
