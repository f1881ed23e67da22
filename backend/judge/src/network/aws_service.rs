//! AWS's services as a task calls them: by a name that an endpoint may catch.

use blastmap_model::kinds::vpc_endpoint::VpcEndpoint;

/// A service in a region, by the short name that endpoints have for it.
///
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AwsService {
    /// `ecr.api`, `ecr.dkr`, `s3`, `logs`, `ssm`, `secretsmanager`, ...
    pub name: &'static str,
    pub region: String,
}

impl AwsService {
    pub fn new(name: &'static str, region: &str) -> Self {
        Self {
            name,
            region: region.to_owned(),
        }
    }

    /// The service that an endpoint serves, of those that starting a task calls.
    pub fn of(endpoint: &VpcEndpoint, region: &str) -> Option<Self> {
        const CALLED: [&str; 6] = ["ecr.api", "ecr.dkr", "s3", "logs", "ssm", "secretsmanager"];
        let services = CALLED.into_iter().map(|name| Self::new(name, region));
        services.into_iter().find(|own| own.is_served_by(endpoint))
    }

    /// What people call it.
    pub fn label(&self) -> &'static str {
        match self.name {
            "ecr.api" => "ECR's API (ecr.api)",
            "ecr.dkr" => "ECR's registry (ecr.dkr)",
            "s3" => "S3",
            "logs" => "CloudWatch Logs",
            "ssm" => "Parameter Store (ssm)",
            "secretsmanager" => "Secrets Manager",
            "elasticfilesystem" => "EFS",
            "sts" => "STS",
            other => other,
        }
    }

    /// True for an endpoint of this service.
    pub fn is_served_by(&self, endpoint: &VpcEndpoint) -> bool {
        let Some(name) = endpoint.service_name.as_deref() else {
            return false;
        };
        // In China the name begins with `cn.com.amazonaws.`.
        let name = name.strip_prefix("cn.").unwrap_or(name);
        let rest = name.strip_prefix("com.amazonaws.");
        rest.and_then(|rest| rest.strip_prefix(self.region.as_str()))
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|rest| rest == self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_endpoints() {
        let cases = [
            ("com.amazonaws.eu-west-1.ecr.api", "ecr.api", true),
            ("cn.com.amazonaws.eu-west-1.ecr.api", "ecr.api", true),
            ("com.amazonaws.eu-west-1.ecr.api", "ecr.dkr", false),
            ("com.amazonaws.eu-west-2.s3", "s3", false),
            ("com.amazonaws.eu-west-1.s3-outposts", "s3", false),
            ("com.amazonaws.vpce.eu-west-1.vpce-svc-1", "s3", false),
        ];
        for (name, service, expected) in cases {
            let endpoint = VpcEndpoint {
                service_name: Some(name.to_owned()),
                ..VpcEndpoint::default()
            };
            let served = AwsService::new(service, "eu-west-1").is_served_by(&endpoint);
            assert_eq!(served, expected, "{name} serves {service}");
        }
    }
}
