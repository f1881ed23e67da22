//! The SDK's region, endpoint and credentials, for those who speak to AWS without its SDK.

use aws_config::BehaviorVersion;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};

/// Plain access keys, as they are now.
pub struct Keys {
    pub key_id: String,
    pub secret_key: String,
    /// Of temporary credentials.
    pub session_token: Option<String>,
}

/// What the SDK's configuration says.
pub struct Access {
    pub region: Option<String>,
    /// Set where the endpoint is not AWS's own.
    pub endpoint: Option<String>,
    provider: Option<SharedCredentialsProvider>,
}

impl Access {
    /// Reads the configuration: profiles, environment, roles.
    pub async fn load() -> Self {
        let config = aws_config::defaults(BehaviorVersion::latest()).load().await;
        Self {
            region: config.region().map(ToString::to_string),
            endpoint: config.endpoint_url().map(str::to_owned),
            provider: config.credentials_provider(),
        }
    }

    /// The keys to use now; temporary ones are renewed in time.
    pub async fn keys(&self) -> Result<Keys, Box<dyn std::error::Error + Send + Sync>> {
        let provider = self
            .provider
            .as_ref()
            .ok_or("no AWS credentials are configured")?;
        let credentials = provider.provide_credentials().await?;
        Ok(Keys {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            session_token: credentials.session_token().map(str::to_owned),
        })
    }
}
