//! Which regions of an account are crawled.

use crate::{
    collect::Action,
    error::{CallError, CrawlError},
    session::{Origin, Settings},
    wire::Wire,
};
use aws_config::SdkConfig;

/// Asked where every region is wanted that an account has enabled.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html>
pub(crate) const ENABLED: Action = Action {
    name: "ec2:DescribeRegions",
    reads: &["regionInfo", "regionName"],
};

/// In place of regions: all that the account has enabled.
pub(crate) const ALL: &str = "all";

/// Where AWS is asked which regions there are, if nothing says from where to ask.
const FIRST: &str = "us-east-1";

/// The regions to crawl.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Regions {
    /// These, of every account.
    Named(Vec<String>),
    /// Those that each account has enabled, asked in this one.
    Enabled(String),
}

impl Regions {
    /// What the settings say, or else the SDK's configuration.
    pub(crate) fn wanted(settings: &Settings, base: &SdkConfig) -> Result<Self, CrawlError> {
        let configured = base.region().map(|region| region.as_ref().to_owned());
        if settings.regions.iter().any(|region| region == ALL) {
            return Ok(match &settings.origin {
                Origin::Replay(recording) => Self::named(recording.regions())?,
                Origin::Live | Origin::Record(_) => {
                    Self::Enabled(configured.unwrap_or_else(|| FIRST.to_owned()))
                }
            });
        }
        let mut regions = settings.regions.clone();
        if regions.is_empty() {
            match &settings.origin {
                Origin::Replay(recording) => regions = recording.regions(),
                Origin::Live | Origin::Record(_) => regions.extend(configured),
            }
        }
        Self::named(regions)
    }

    fn named(mut regions: Vec<String>) -> Result<Self, CrawlError> {
        if let Some(wrong) = regions.iter().find(|region| !is_region(region)) {
            return Err(CrawlError::NotARegion(wrong.clone()));
        }
        regions.sort();
        regions.dedup();
        if regions.is_empty() {
            Err(CrawlError::NoRegion)
        } else {
            Ok(Self::Named(regions))
        }
    }

    /// Where what is not of a region is asked.
    pub(crate) fn first(&self) -> &str {
        match self {
            Self::Named(regions) => regions.first().map_or(FIRST, String::as_str),
            Self::Enabled(from) => from,
        }
    }

    /// The regions of one account. Where AWS does not tell which it has, `first` alone is crawled.
    pub(crate) async fn of_account(
        &self,
        config: &SdkConfig,
        wire: &Wire,
    ) -> Result<Vec<String>, CallError> {
        match self {
            Self::Named(regions) => Ok(regions.clone()),
            Self::Enabled(_) => enabled(config, wire).await,
        }
    }
}

#[cfg(feature = "ec2")]
async fn enabled(config: &SdkConfig, wire: &Wire) -> Result<Vec<String>, CallError> {
    let region = config.region().map_or("", AsRef::as_ref);
    let request = crate::session::asking!(aws_sdk_ec2, "ec2", config, wire).describe_regions();
    let answer = crate::wire::of_action(ENABLED.name, region, request.send()).await;
    let answer = answer.map_err(|error| CallError::of(ENABLED.name, &error))?;
    let mut regions: Vec<String> = answer
        .regions()
        .iter()
        .filter_map(|region| region.region_name().map(str::to_owned))
        .collect();
    regions.sort();
    Ok(regions)
}

#[cfg(not(feature = "ec2"))]
async fn enabled(_: &SdkConfig, _: &Wire) -> Result<Vec<String>, CallError> {
    Err(CallError {
        action: ENABLED.name,
        code: None,
        reason: blastmap_model::BlindSpotReason::Unsupported,
        message: "this blastmap was built without EC2: name the regions".to_owned(),
    })
}

/// What the codes of AWS's regions begin with: the parts of the world, then the partitions apart.
const PARTS_OF_THE_WORLD: [&str; 14] = [
    "af", "ap", "ca", "cn", "eu", "eusc", "il", "me", "mx", "sa", "us", "us-gov", "us-iso",
    "us-isob",
];

/// A region's code: `eu-west-1`, `us-gov-east-1`, `ap-southeast-7`. AWS opens regions all the time, so this knows them by
/// their form.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplitn(3, '-');
    let (number, direction, part) = (parts.next(), parts.next(), parts.next());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_word =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
    number.is_some_and(is_number)
        && direction.is_some_and(is_word)
        && part.is_some_and(|part| PARTS_OF_THE_WORLD.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_region_by_its_form() {
        for region in ["eu-west-1", "us-gov-east-1", "ap-southeast-7", "cn-north-1"] {
            assert!(is_region(region), "{region}");
        }
        for text in [
            "",
            "mars",
            "eu-west",
            "eu_west_1",
            "EU-WEST-1",
            "eu-west-1a",
            "-west-1",
            "http://x-y-1",
        ] {
            assert!(!is_region(text), "{text}");
        }
    }
}
