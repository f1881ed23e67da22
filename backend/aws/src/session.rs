//! Credentials, accounts and regions: where a crawl goes, before it goes there.

use std::{path::PathBuf, sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials as _, SharedCredentialsProvider},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use blastmap_model::{Arn, BlindSpotReason, GLOBAL, Redactor, Scope};

use crate::{
    clients::{CallCounts, Clients, Limits},
    error::{CallError, CrawlError, chain},
    wire::{Recorder, Recording, Wire},
};

/// Where a crawl's answers come from.
#[derive(Debug, Clone, Default)]
pub enum Origin {
    /// AWS.
    #[default]
    Live,
    /// AWS, and the answers are recorded in this folder.
    Record(PathBuf),
    /// A recording.
    Replay(Arc<Recording>),
}

/// What to crawl.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Region codes; none: the region of the SDK's configuration.
    pub regions: Vec<String>,
    /// Roles to assume, one an account; none: the credentials at hand.
    pub role_arns: Vec<String>,
    pub origin: Origin,
    pub redactor: Redactor,
}

/// An account that can be crawled.
pub(crate) struct Account {
    id: String,
    partition: String,
    config: SdkConfig,
}

/// What a crawl needs, made ready once.
pub(crate) struct Session {
    accounts: Vec<Account>,
    regions: Vec<String>,
    wire: Wire,
    limits: Limits,
    redactor: Redactor,
}

impl Session {
    pub(crate) async fn open(settings: Settings) -> Result<Self, CrawlError> {
        let wire = wire(&settings)?;
        let base = base_config(&settings).await;
        let regions = regions(&settings, &base)?;
        let first = regions.first().cloned().ok_or(CrawlError::NoRegion)?;
        let base = base.into_builder().region(Region::new(first)).build();
        let mut accounts = Vec::new();
        if settings.role_arns.is_empty() {
            accounts.push(identify(base, None, &settings.origin, &wire).await?);
        } else {
            for role in &settings.role_arns {
                let config = assume(&base, role, &settings.origin).await?;
                let account = identify(config, Some(role), &settings.origin, &wire).await?;
                // Two roles of one account see the same things.
                if accounts
                    .iter()
                    .all(|known: &Account| known.id != account.id)
                {
                    accounts.push(account);
                }
            }
        }
        Ok(Self {
            accounts,
            regions,
            wire,
            limits: Limits::default(),
            redactor: settings.redactor,
        })
    }

    /// Calls that finding the accounts took.
    pub(crate) fn counts(&self) -> &CallCounts {
        self.wire.counts()
    }

    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Clients of every scope: each account's global services, then its regions.
    pub(crate) fn clients(&self) -> Vec<Clients> {
        let mut clients = Vec::new();
        for account in &self.accounts {
            let regions = std::iter::once(GLOBAL).chain(self.regions.iter().map(String::as_str));
            for region in regions {
                // Global services are asked through the first region.
                let asked = if region == GLOBAL {
                    self.regions.first().map_or(GLOBAL, String::as_str)
                } else {
                    region
                };
                let config = account
                    .config
                    .clone()
                    .into_builder()
                    .region(Region::new(asked.to_owned()))
                    .build();
                let wire = self.wire.of_account(&account.id).counting_anew();
                let scope = Scope::new(&account.id, region);
                clients.push(Clients::new(
                    scope,
                    account.partition.clone(),
                    &config,
                    &wire,
                    self.limits.clone(),
                    self.redactor.clone(),
                ));
            }
        }
        clients
    }
}

fn wire(settings: &Settings) -> Result<Wire, CrawlError> {
    Ok(match &settings.origin {
        Origin::Live => Wire::live(),
        Origin::Replay(recording) => Wire::replaying(Arc::clone(recording)),
        Origin::Record(folder) => {
            let recorder =
                Recorder::create(folder, settings.redactor.clone()).map_err(|error| {
                    CrawlError::Recording {
                        path: folder.display().to_string(),
                        message: chain(&error),
                    }
                })?;
            Wire::recording(Arc::new(recorder))
        }
    })
}

async fn base_config(settings: &Settings) -> SdkConfig {
    match &settings.origin {
        // Nothing of this machine's configuration matters to a replay.
        Origin::Replay(_) => {
            let credentials = Credentials::new("replay", "replay", None, None, "replay");
            let provider = SharedCredentialsProvider::new(credentials);
            SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .credentials_provider(provider)
                .build()
        }
        Origin::Live | Origin::Record(_) => {
            let mut loader = aws_config::defaults(BehaviorVersion::latest());
            // Where the region is given, nobody has to be asked for one.
            if let Some(region) = settings.regions.first() {
                loader = loader.region(Region::new(region.clone()));
            }
            loader.load().await
        }
    }
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

fn regions(settings: &Settings, base: &SdkConfig) -> Result<Vec<String>, CrawlError> {
    let mut regions = settings.regions.clone();
    if regions.is_empty() {
        match &settings.origin {
            Origin::Replay(recording) => regions = recording.regions(),
            Origin::Live | Origin::Record(_) => {
                regions.extend(base.region().map(|region| region.as_ref().to_owned()));
            }
        }
    }
    if let Some(wrong) = regions.iter().find(|region| !is_region(region)) {
        return Err(CrawlError::NotARegion(wrong.clone()));
    }
    regions.sort();
    regions.dedup();
    if regions.is_empty() {
        Err(CrawlError::NoRegion)
    } else {
        Ok(regions)
    }
}

async fn assume(base: &SdkConfig, role: &str, origin: &Origin) -> Result<SdkConfig, CrawlError> {
    let valid = Arn::parse(role)
        .is_ok_and(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"));
    if !valid {
        return Err(CrawlError::NotARole(role.to_owned()));
    }
    if matches!(origin, Origin::Replay(_)) {
        return Ok(base.clone());
    }
    let provider = AssumeRoleProvider::builder(role)
        .session_name("blastmap")
        .configure(base)
        .build()
        .await;
    if let Err(error) = provider.provide_credentials().await {
        return Err(CrawlError::AssumeRole {
            role: role.to_owned(),
            message: chain(&error),
        });
    }
    Ok(base
        .clone()
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build())
}

/// Asks AWS whose credentials these are, which also tells whether it is AWS that answers.
async fn identify(
    config: SdkConfig,
    role: Option<&str>,
    origin: &Origin,
    wire: &Wire,
) -> Result<Account, CrawlError> {
    if !matches!(origin, Origin::Replay(_)) {
        let provider = config
            .credentials_provider()
            .ok_or_else(|| CrawlError::NoCredentials("no provider is configured".to_owned()))?;
        provider
            .provide_credentials()
            .await
            .map_err(|error| CrawlError::NoCredentials(chain(&error)))?;
    }
    let wire = wire.of_account(role.unwrap_or_default());
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .build();
    let settings = aws_sdk_sts::config::Builder::from(&config)
        .http_client(wire.of_service("sts"))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(timeouts)
        .build();
    let region = config
        .region()
        .map_or_else(String::new, ToString::to_string);
    let endpoint = config.endpoint_url().map_or_else(
        || format!("https://sts.{region}.amazonaws.com"),
        str::to_owned,
    );
    let answer = aws_sdk_sts::Client::from_conf(settings)
        .get_caller_identity()
        .send()
        .await;
    let answer = answer.map_err(|error| {
        let error = CallError::of("sts:GetCallerIdentity", &error);
        match error.reason {
            BlindSpotReason::AccessDenied | BlindSpotReason::Throttled => CrawlError::Refused {
                region: region.clone(),
                message: error.message,
            },
            BlindSpotReason::Timeout => CrawlError::NoAnswer {
                endpoint: endpoint.clone(),
                message: error.message,
            },
            BlindSpotReason::Unsupported | BlindSpotReason::Error => CrawlError::NotAws {
                endpoint: endpoint.clone(),
                message: error.message,
            },
        }
    })?;
    let not_aws = || CrawlError::NotAws {
        endpoint: endpoint.clone(),
        message: "it does not say whose credentials these are".to_owned(),
    };
    let id = answer.account().ok_or_else(not_aws)?.to_owned();
    let partition = answer
        .arn()
        .and_then(|arn| Arn::parse(arn).ok())
        .map_or_else(|| "aws".to_owned(), |arn| arn.partition().to_owned());
    Ok(Account {
        id,
        partition,
        config,
    })
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
