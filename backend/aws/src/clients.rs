//! One client for each service in one account and region, and the one way to make a call.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::{
    error::metadata::ProvideErrorMetadata, retry::RetryConfig, timeout::TimeoutConfig,
};
use blastmap_model::{Redactor, Scope};
use tokio::sync::Semaphore;
use tracing::{Span, debug_span};

use crate::{
    error::CallError,
    retry::GiveUpOnUnknown,
    wire::{self, Wire},
};

/// Calls under way at once, for each account and service: enough to be quick, well below AWS's own limits.
const CONCURRENT_CALLS: usize = 8;

/// Attempts for each call, the first included: where every fourth call fails, one of a million fails for good.
const ATTEMPTS: u32 = 10;

/// Between two attempts: a crawl gives up on an API that is throttled for good in about half a minute.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Calls made so far, by action, retries included.
#[derive(Debug, Default, Clone)]
pub struct CallCounts(Arc<Mutex<BTreeMap<String, u64>>>);

impl CallCounts {
    pub(crate) fn add(&self, action: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(action.to_owned()).or_default() += 1;
    }

    /// Calls by action, sorted.
    pub fn by_action(&self) -> BTreeMap<String, u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn total(&self) -> u64 {
        self.by_action().values().sum()
    }
}

/// Bounds on concurrent calls, shared by all regions of an account.
#[derive(Debug, Default, Clone)]
pub(crate) struct Limits(Arc<Mutex<HashMap<String, Arc<Semaphore>>>>);

impl Limits {
    fn of(&self, account: &str, service: &str) -> Arc<Semaphore> {
        let mut limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            limits
                .entry(format!("{account} {service}"))
                .or_insert_with(|| Arc::new(Semaphore::new(CONCURRENT_CALLS))),
        )
    }
}

/// When a crawl makes no more calls, and how long that is after its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    at: tokio::time::Instant,
    after: Duration,
}

impl Deadline {
    /// That of a crawl that begins now.
    pub(crate) fn after(after: Duration) -> Self {
        Self {
            at: tokio::time::Instant::now() + after,
            after,
        }
    }
}

/// Clients of every service, for one scope.
pub(crate) struct Clients {
    scope: Scope,
    /// What is asked of this scope, for log and traces.
    span: Span,
    deadline: Deadline,
    redactor: Redactor,
    limits: Limits,
    counts: CallCounts,
    pub(crate) partition: String,
    pub(crate) ecs: aws_sdk_ecs::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) elbv2: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) ssm: aws_sdk_ssm::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) ecr: aws_sdk_ecr::Client,
    pub(crate) events: aws_sdk_eventbridge::Client,
    pub(crate) scheduler: aws_sdk_scheduler::Client,
    pub(crate) scaling: aws_sdk_applicationautoscaling::Client,
    pub(crate) auto_scaling_groups: aws_sdk_autoscaling::Client,
    pub(crate) codedeploy: aws_sdk_codedeploy::Client,
    pub(crate) efs: aws_sdk_efs::Client,
    pub(crate) discovery: aws_sdk_servicediscovery::Client,
    pub(crate) route53: aws_sdk_route53::Client,
    pub(crate) acm: aws_sdk_acm::Client,
    pub(crate) waf: aws_sdk_wafv2::Client,
    pub(crate) cloudfront: aws_sdk_cloudfront::Client,
    pub(crate) api_gateway: aws_sdk_apigatewayv2::Client,
    pub(crate) lattice: aws_sdk_vpclattice::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) states: aws_sdk_sfn::Client,
    #[cfg(feature = "ec2")]
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) tagging: aws_sdk_resourcegroupstagging::Client,
    /// KMS aliases of the scope by key id, asked for once.
    pub(crate) aliases: tokio::sync::OnceCell<Option<Vec<crate::collect::kms::Alias>>>,
}

/// A client of `$sdk` with its own wire, retry partition and retry rules.
macro_rules! client {
    ($sdk:ident, $service:literal, $config:expr, $scope:expr, $wire:expr) => {{
        let name = format!("{} {} {}", $scope.account, $scope.region, $service);
        let config = $sdk::config::Builder::from($config)
            .http_client($wire.of_service($service))
            .retry_config(
                RetryConfig::adaptive()
                    .with_max_attempts(ATTEMPTS)
                    .with_max_backoff(LONGEST_PAUSE),
            )
            .retry_partition(RetryPartition::new(name))
            .retry_classifier(GiveUpOnUnknown)
            .timeout_config(timeouts())
            .build();
        $sdk::Client::from_conf(config)
    }};
}
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(40))
        .operation_timeout(Duration::from_mins(3))
        .build()
}

impl Clients {
    /// `config` has the scope's region and credentials.
    pub(crate) fn new(
        scope: Scope,
        partition: String,
        config: &SdkConfig,
        wire: &Wire,
        limits: Limits,
        redactor: Redactor,
        deadline: Deadline,
    ) -> Self {
        Self {
            deadline,
            ecs: client!(aws_sdk_ecs, "ecs", config, scope, wire),
            iam: client!(aws_sdk_iam, "iam", config, scope, wire),
            elbv2: client!(
                aws_sdk_elasticloadbalancingv2,
                "elasticloadbalancing",
                config,
                scope,
                wire
            ),
            logs: client!(aws_sdk_cloudwatchlogs, "logs", config, scope, wire),
            ssm: client!(aws_sdk_ssm, "ssm", config, scope, wire),
            secrets: client!(
                aws_sdk_secretsmanager,
                "secretsmanager",
                config,
                scope,
                wire
            ),
            kms: client!(aws_sdk_kms, "kms", config, scope, wire),
            ecr: client!(aws_sdk_ecr, "ecr", config, scope, wire),
            dynamodb: client!(aws_sdk_dynamodb, "dynamodb", config, scope, wire),
            events: client!(aws_sdk_eventbridge, "events", config, scope, wire),
            scheduler: client!(aws_sdk_scheduler, "scheduler", config, scope, wire),
            scaling: client!(
                aws_sdk_applicationautoscaling,
                "application-autoscaling",
                config,
                scope,
                wire
            ),
            auto_scaling_groups: client!(aws_sdk_autoscaling, "autoscaling", config, scope, wire),
            codedeploy: client!(aws_sdk_codedeploy, "codedeploy", config, scope, wire),
            cloudwatch: client!(aws_sdk_cloudwatch, "cloudwatch", config, scope, wire),
            sqs: client!(aws_sdk_sqs, "sqs", config, scope, wire),
            sns: client!(aws_sdk_sns, "sns", config, scope, wire),
            lambda: client!(aws_sdk_lambda, "lambda", config, scope, wire),
            states: client!(aws_sdk_sfn, "states", config, scope, wire),
            efs: client!(aws_sdk_efs, "elasticfilesystem", config, scope, wire),
            discovery: client!(
                aws_sdk_servicediscovery,
                "servicediscovery",
                config,
                scope,
                wire
            ),
            route53: client!(aws_sdk_route53, "route53", config, scope, wire),
            acm: client!(aws_sdk_acm, "acm", config, scope, wire),
            waf: client!(aws_sdk_wafv2, "wafv2", config, scope, wire),
            cloudfront: client!(aws_sdk_cloudfront, "cloudfront", config, scope, wire),
            api_gateway: client!(aws_sdk_apigatewayv2, "apigateway", config, scope, wire),
            lattice: client!(aws_sdk_vpclattice, "vpc-lattice", config, scope, wire),
            #[cfg(feature = "ec2")]
            ec2: client!(aws_sdk_ec2, "ec2", config, scope, wire),
            tagging: client!(aws_sdk_resourcegroupstagging, "tag", config, scope, wire),
            aliases: tokio::sync::OnceCell::new(),
            counts: wire.counts().clone(),
            span: debug_span!(
                "scope",
                aws.account = &*scope.account,
                aws.region = &*scope.region,
            ),
            scope,
            redactor,
            limits,
            partition,
        }
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Of all that is asked here, from the first question of a crawl to its end.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    pub(crate) fn counts(&self) -> &CallCounts {
        &self.counts
    }

    /// Makes a call when there is room for it. `action` is IAM's name for it, such as `ecs:ListClusters`.
    pub(crate) async fn call<T, E>(
        &self,
        action: &'static str,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        // An answer that comes too late is one that does not come: what it would have told is a blind spot.
        let called = Box::pin(self.call_now(action, request));
        let called = tokio::time::timeout_at(self.deadline.at, called);
        called
            .await
            .unwrap_or_else(|_elapsed| Err(CallError::late(action, self.deadline.after)))
    }

    async fn call_now<T, E>(
        &self,
        action: &'static str,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let service = action.split(':').next().unwrap_or(action);
        let limit = self.limits.of(&self.scope.account, service);
        let _permit = limit.acquire().await;
        let calling = async {
            tracing::debug!(
                aws.action = action,
                aws.account = &*self.scope.account,
                aws.region = &*self.scope.region,
                "Calling {action}"
            );
            request.await
        };
        wire::of_action(action, &self.scope.region, calling)
            .await
            .map_err(|error| CallError::of(action, &error))
    }
}
