//! Which accounts are crawled, and with whose credentials.

use aws_config::{SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_organizations::types::{Account as Member, AccountState, AccountStatus};
use blastmap_model::{Arn, BlindSpot, BlindSpotReason, ResourceKind};

use crate::{
    collect::Action,
    error::{CallError, CrawlError, chain},
    pages::{Page, Pages},
    session::{Origin, Settings, short_retries, short_timeouts},
    wire::{Wire, of_action},
};

/// Asked where an organization is crawled. Only its management account and delegated administrators may.
///
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html>
pub(crate) const MEMBERS: Action = Action {
    name: "organizations:ListAccounts",
    reads: &["Accounts", "Id", "State", "Status", "NextToken"],
};

/// How the roles are taken on.
pub(crate) const ASSUME: &str = "sts:AssumeRole";

/// An account that can be crawled.
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) partition: String,
    pub(crate) config: SdkConfig,
}

/// An account that is to be crawled and whose role cannot be taken on.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    pub(crate) id: String,
    pub(crate) reason: BlindSpotReason,
    pub(crate) message: String,
}

impl Closed {
    pub(crate) fn blind_spot(&self, region: &str) -> BlindSpot {
        BlindSpot {
            account: self.id.as_str().into(),
            region: region.into(),
            api: ASSUME.into(),
            reason: self.reason,
            message: self.message.clone(),
            kinds: ResourceKind::ALL.to_vec(),
        }
    }
}

/// The accounts of a crawl.
#[derive(Default)]
pub(crate) struct Accounts {
    pub(crate) open: Vec<Account>,
    pub(crate) closed: Vec<Closed>,
}

impl Accounts {
    /// Takes on the roles that the settings name. An error only where no account at all can be crawled.
    pub(crate) async fn of(
        settings: &Settings,
        base: &SdkConfig,
        wire: &Wire,
    ) -> Result<Self, CrawlError> {
        let mut accounts = Self::default();
        if let Some(name) = &settings.organization {
            let own = identify(base.clone(), None, &settings.origin, wire).await?;
            for id in members(base, wire).await? {
                let role = format!("arn:{}:iam::{id}:role/{name}", own.partition);
                accounts.add(&role, base, settings, wire).await?;
            }
            // Nobody has to take on a role in the account he is in.
            if accounts.open.iter().all(|account| account.id != own.id) {
                accounts.closed.retain(|closed| closed.id != own.id);
                accounts.open.push(own);
            }
            return Ok(accounts);
        }
        if settings.role_arns.is_empty() {
            let own = identify(base.clone(), None, &settings.origin, wire).await?;
            accounts.open.push(own);
            return Ok(accounts);
        }
        for role in &settings.role_arns {
            accounts.add(role, base, settings, wire).await?;
        }
        match (accounts.open.is_empty(), accounts.closed.first()) {
            (true, Some(closed)) => Err(CrawlError::AssumeRole {
                role: settings.role_arns.join(", "),
                message: closed.message.clone(),
            }),
            _ => Ok(accounts),
        }
    }

    async fn add(
        &mut self,
        role: &str,
        base: &SdkConfig,
        settings: &Settings,
        wire: &Wire,
    ) -> Result<(), CrawlError> {
        let arn = Arn::parse(role)
            .ok()
            .filter(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
            .ok_or_else(|| CrawlError::NotARole(role.to_owned()))?;
        let opened = match assume(base, role, &settings.origin).await {
            Ok(config) => identify(config, Some(role), &settings.origin, wire).await,
            Err(error) => Err(error),
        };
        match opened {
            // Two roles of one account see the same things.
            Ok(account) if self.open.iter().any(|known| known.id == account.id) => {}
            Ok(account) => {
                self.closed.retain(|closed| closed.id != account.id);
                self.open.push(account);
            }
            Err(error) => {
                tracing::warn!(
                    aws.account = arn.account(),
                    "Going on without account {}: {error}",
                    arn.account()
                );
                let known = |id: &str| id == arn.account();
                if !self.open.iter().any(|own| known(&own.id))
                    && !self.closed.iter().any(|own| known(&own.id))
                {
                    self.closed.push(Closed {
                        id: arn.account().to_owned(),
                        reason: reason(&error),
                        message: error.to_string(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// A role that is not there and one that may not be taken on look alike: STS denies both.
fn reason(error: &CrawlError) -> BlindSpotReason {
    match error {
        CrawlError::NoAnswer { .. } => BlindSpotReason::Timeout,
        CrawlError::NotAws { .. } => BlindSpotReason::Error,
        _ => BlindSpotReason::AccessDenied,
    }
}

/// The active accounts of the organization.
async fn members(base: &SdkConfig, wire: &Wire) -> Result<Vec<String>, CrawlError> {
    let settings = aws_sdk_organizations::config::Builder::from(base)
        .http_client(wire.of_service("organizations"))
        .retry_config(short_retries())
        .timeout_config(short_timeouts())
        .build();
    let client = aws_sdk_organizations::Client::from_conf(settings);
    let (mut members, mut pages) = (Vec::new(), Pages::of(MEMBERS.name));
    let not_listed = |error: CallError| CrawlError::Organization(error.message);
    while let Some(Page(token)) = pages.next() {
        let request = client.list_accounts().set_next_token(token);
        let answer = of_action(MEMBERS.name, request.send()).await;
        let answer = answer.map_err(|error| not_listed(CallError::of(MEMBERS.name, &error)))?;
        members.extend(
            answer
                .accounts()
                .iter()
                .filter(|member| is_active(member))
                .filter_map(|member| member.id().map(str::to_owned)),
        );
        pages.turn(answer.next_token()).map_err(not_listed)?;
    }
    Ok(members)
}

/// `Status` went out of use in 2026 for `State`; which of the two is there depends on who answers.
fn is_active(member: &Member) -> bool {
    match (member.state(), member.status()) {
        (Some(state), _) => *state == AccountState::Active,
        (None, Some(status)) => *status == AccountStatus::Active,
        (None, None) => true,
    }
}

async fn assume(base: &SdkConfig, role: &str, origin: &Origin) -> Result<SdkConfig, CrawlError> {
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
    let settings = aws_sdk_sts::config::Builder::from(&config)
        .http_client(wire.of_service("sts"))
        .retry_config(short_retries())
        .timeout_config(short_timeouts())
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
