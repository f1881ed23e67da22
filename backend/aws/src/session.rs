//! Credentials, accounts and regions: where a crawl goes, before it goes there.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use blastmap_model::{BlindSpot, GLOBAL, Redactor, ResourceKind, Scope};

use crate::{
    accounts::{Account, Accounts},
    clients::{CallCounts, Clients, Deadline, Limits},
    error::{CrawlError, chain},
    outcomes::Outcomes,
    regions::{self, Regions},
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
    /// Region codes, or `all` for those that an account has enabled; none: the region of the SDK's configuration.
    pub regions: Vec<String>,
    /// Roles to assume, one an account; none: the credentials at hand.
    pub role_arns: Vec<String>,
    /// The name of a role that every active account of the organization has; `role_arns` count for nothing then.
    pub organization: Option<String>,
    pub origin: Origin,
    pub redactor: Redactor,
    /// Where requests are counted by what became of them.
    pub outcomes: Outcomes,
    /// How long one crawl may take: what is not answered by then is a blind spot.
    pub deadline: Duration,
}

/// What [`Settings::deadline`] is where nobody says otherwise.
pub const DEADLINE: Duration = Duration::from_hours(1);

/// What a crawl needs, made ready once.
pub(crate) struct Session {
    accounts: Vec<Account>,
    /// The regions of each account.
    regions: Vec<Vec<String>>,
    first: String,
    blind_spots: Vec<BlindSpot>,
    /// Scopes of accounts that let nobody in.
    closed: Vec<Scope>,
    is_told_scopes: bool,
    wire: Wire,
    limits: Limits,
    redactor: Redactor,
    deadline: Duration,
}

impl Session {
    pub(crate) async fn open(settings: Settings) -> Result<Self, CrawlError> {
        let wire = wire(&settings)?;
        let base = base_config(&settings).await;
        let wanted = Regions::wanted(&settings, &base)?;
        let first = wanted.first().to_owned();
        let base = base
            .into_builder()
            .region(Region::new(first.clone()))
            .build();
        let Accounts { open, closed } = Accounts::of(&settings, &base, &wire).await?;
        let (mut regions, mut blind_spots) = (Vec::new(), Vec::new());
        for account in &open {
            let asked = wire.of_account(&account.id);
            let own = wanted.of_account(&account.config, &asked).await;
            regions.push(own.unwrap_or_else(|error| {
                let scope = Scope::new(&account.id, GLOBAL);
                blind_spots.push(error.blind_spot(&scope, ResourceKind::ALL));
                vec![first.clone()]
            }));
        }
        // Of an account that lets nobody in, only the others tell where there would be something to see.
        let seen: BTreeSet<&str> = regions.iter().flatten().map(String::as_str).collect();
        let mut shut = Vec::new();
        for account in &closed {
            for region in seen.iter().copied().chain([GLOBAL]) {
                blind_spots.push(account.blind_spot(region));
                shut.push(Scope::new(&account.id, region));
            }
        }
        Ok(Self {
            is_told_scopes: settings.organization.is_some()
                || matches!(wanted, Regions::Enabled(_)),
            accounts: open,
            regions,
            first,
            blind_spots,
            closed: shut,
            wire,
            limits: Limits::default(),
            redactor: settings.redactor,
            deadline: settings.deadline,
        })
    }

    /// What is hidden before a crawl begins: accounts that let nobody in, regions that AWS does not tell.
    pub(crate) fn blind_spots(&self) -> &[BlindSpot] {
        &self.blind_spots
    }

    /// The scopes that are to be crawled and cannot be.
    pub(crate) fn closed(&self) -> &[Scope] {
        &self.closed
    }

    /// True where the same settings may come to other accounts or regions later.
    pub(crate) fn may_change(&self) -> bool {
        self.is_told_scopes || !self.closed.is_empty()
    }

    /// True where AWS says which accounts or regions there are.
    pub(crate) fn is_told_scopes(&self) -> bool {
        self.is_told_scopes
    }

    /// Calls that finding the accounts took.
    pub(crate) fn counts(&self) -> &CallCounts {
        self.wire.counts()
    }

    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Clients of every scope for a crawl that begins now: each account's global services, then its regions.
    pub(crate) fn clients(&self) -> Vec<Clients> {
        let mut clients = Vec::new();
        let deadline = Deadline::after(self.deadline);
        for (account, regions) in self.accounts.iter().zip(&self.regions) {
            for region in [GLOBAL]
                .into_iter()
                .chain(regions.iter().map(String::as_str))
            {
                // Global services are asked through the first region.
                let asked = if region == GLOBAL {
                    &self.first
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
                    deadline,
                ));
            }
        }
        clients
    }
}

fn wire(settings: &Settings) -> Result<Wire, CrawlError> {
    let outcomes = settings.outcomes.clone();
    Ok(match &settings.origin {
        Origin::Live => Wire::live(outcomes),
        Origin::Replay(recording) => Wire::replaying(Arc::clone(recording), outcomes),
        Origin::Record(folder) => {
            let recorder =
                Recorder::create(folder, settings.redactor.clone()).map_err(|error| {
                    CrawlError::Recording {
                        path: folder.display().to_string(),
                        message: chain(&error),
                    }
                })?;
            Wire::recording(Arc::new(recorder), outcomes)
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
            let named = settings
                .regions
                .iter()
                .find(|region| *region != regions::ALL);
            if let Some(region) = named {
                loader = loader.region(Region::new(region.clone()));
            }
            loader.load().await
        }
    }
}

/// A client for one of the few questions before a crawl: somebody waits for it to begin.
macro_rules! asking {
    ($sdk:ident, $service:literal, $config:expr, $wire:expr) => {{
        let settings = $sdk::config::Builder::from($config)
            .http_client($wire.of_service($service))
            .retry_config($crate::session::short_retries())
            .timeout_config($crate::session::short_timeouts())
            .build();
        $sdk::Client::from_conf(settings)
    }};
}
pub(crate) use asking;

pub(crate) fn short_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .build()
}

pub(crate) fn short_retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}
