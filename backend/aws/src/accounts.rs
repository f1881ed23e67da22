//! Which accounts are crawled, and with whose credentials.

use aws_config::{SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_organizations::types::{Account as Member, AccountState, AccountStatus};
use blastmap_model::{Arn, BlindSpot, BlindSpotReason, ResourceKind};
use futures_util::{StreamExt as _, stream};

use crate::{
    collect::Action,
    error::{CallError, CrawlError, chain},
    pages::{Page, Pages},
    session::{Origin, Settings, asking},
    wire::{Wire, of_action},
};

/// Asked where an organization is crawled. Only its management account and delegated administrators may.
///
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html>
pub(crate) const MEMBERS: Action = Action {
    name: "organizations:ListAccounts",
    reads: &["Accounts", "Id", "State", "Status", "NextToken"],
};

/// Tells whose credentials these are; nobody can be denied it.
const IDENTITY: &str = "sts:GetCallerIdentity";

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

/// Roles that are taken on at a time: an organization has hundreds, and somebody waits.
const AT_ONCE: usize = 8;

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
        let Settings {
            role_arns, origin, ..
        } = settings;
        if let Some(name) = &settings.organization {
            let own = identify(base.clone(), None, origin, wire).await?;
            let members = members(base, wire).await?.into_iter();
            let roles = members.map(|id| format!("arn:{}:iam::{id}:role/{name}", own.partition));
            let (mut accounts, _) = Self::by(roles.collect(), base, origin, wire).await?;
            // Nobody has to take on a role in the account he is in.
            if accounts.open.iter().all(|account| account.id != own.id) {
                accounts.closed.retain(|closed| closed.id != own.id);
                accounts.open.push(own);
            }
            return Ok(accounts);
        }
        if role_arns.is_empty() {
            let own = identify(base.clone(), None, origin, wire).await?;
            return Ok(Self {
                open: vec![own],
                closed: Vec::new(),
            });
        }
        match Self::by(role_arns.clone(), base, origin, wire).await? {
            (accounts, Some(error)) if accounts.open.is_empty() => Err(error),
            (accounts, _) => Ok(accounts),
        }
    }

    /// Takes on these roles side by side, and says why the first that could not be was not.
    async fn by(
        roles: Vec<String>,
        base: &SdkConfig,
        origin: &Origin,
        wire: &Wire,
    ) -> Result<(Self, Option<CrawlError>), CrawlError> {
        let is_role = |arn: &Arn| arn.service() == "iam" && arn.resource().starts_with("role/");
        let mut arns = Vec::with_capacity(roles.len());
        for role in roles {
            let arn = Arn::parse(&role).ok().filter(is_role);
            arns.push(arn.ok_or(CrawlError::NotARole(role))?);
        }
        // In their order, so that the first of two roles of one account counts.
        let mut answers = stream::iter(arns)
            .map(|arn| async move {
                let opened = match assume(base, arn.as_str(), origin).await {
                    Ok(config) => identify(config, Some(arn.as_str()), origin, wire).await,
                    Err(error) => Err(error),
                };
                (arn, opened)
            })
            .buffered(AT_ONCE);
        let (mut accounts, mut first) = (Self::default(), None);
        while let Some((arn, opened)) = answers.next().await {
            if let Err(error) = accounts.take(arn.account(), opened) {
                first.get_or_insert(error);
            }
        }
        Ok((accounts, first))
    }

    fn take(&mut self, id: &str, opened: Result<Account, CrawlError>) -> Result<(), CrawlError> {
        match opened {
            // Two roles of one account see the same things.
            Ok(account) if self.open.iter().any(|known| known.id == account.id) => Ok(()),
            Ok(account) => {
                self.closed.retain(|closed| closed.id != account.id);
                self.open.push(account);
                Ok(())
            }
            Err(error) => {
                tracing::warn!(aws.account = id, "Going on without account {id}: {error}");
                let open = self.open.iter().map(|own| &own.id);
                let mut known = open.chain(self.closed.iter().map(|own| &own.id));
                if known.all(|known| known != id) {
                    self.closed.push(Closed {
                        id: id.to_owned(),
                        reason: reason(&error),
                        message: error.to_string(),
                    });
                }
                Err(error)
            }
        }
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
    let region = base.region().map_or("", AsRef::as_ref);
    let client = asking!(aws_sdk_organizations, "organizations", base, wire);
    let (mut members, mut pages) = (Vec::new(), Pages::of(MEMBERS.name));
    let not_listed = |error: CallError| CrawlError::Organization(error.message);
    while let Some(Page(token)) = pages.next() {
        let request = client.list_accounts().set_next_token(token);
        let answer = of_action(MEMBERS.name, region, request.send()).await;
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
    let region = config
        .region()
        .map_or_else(String::new, ToString::to_string);
    let endpoint = config.endpoint_url().map_or_else(
        || format!("https://sts.{region}.amazonaws.com"),
        str::to_owned,
    );
    let client = asking!(aws_sdk_sts, "sts", &config, wire);
    let request = client.get_caller_identity().send();
    let answer = of_action(IDENTITY, &region, request).await;
    let answer = answer.map_err(|error| {
        let error = CallError::of(IDENTITY, &error);
        match error.reason {
            BlindSpotReason::AccessDenied if error.is_of_clock() => CrawlError::Clock {
                message: error.message,
            },
            BlindSpotReason::AccessDenied | BlindSpotReason::Throttled => CrawlError::Refused {
                region: region.clone(),
                message: error.message,
            },
            BlindSpotReason::Timeout => CrawlError::NoAnswer {
                endpoint: endpoint.clone(),
                message: error.message,
            },
            BlindSpotReason::Unsupported | BlindSpotReason::Error | BlindSpotReason::Stale => {
                CrawlError::NotAws {
                    endpoint: endpoint.clone(),
                    message: error.message,
                }
            }
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
