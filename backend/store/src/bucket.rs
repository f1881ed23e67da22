//! A prefix of an S3 bucket.

use std::{error::Error, fmt, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, future::BoxFuture};
use object_store::{
    ClientOptions, CredentialProvider, GetOptions, ObjectMeta, ObjectStore as _,
    ObjectStoreExt as _, PutMode, PutOptions, RetryConfig, UpdateVersion,
    aws::{AmazonS3, AmazonS3Builder, AwsCredential},
    path::Path,
};
use time::OffsetDateTime;

use crate::{
    StoreError,
    place::{Item, Tag, Tagged},
};

/// AWS access keys, as they are now.
#[derive(Clone)]
pub struct S3Keys {
    pub key_id: String,
    pub secret_key: String,
    /// Of temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for S3Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("S3Keys")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// Why there are no keys.
pub type CredentialError = Box<dyn Error + Send + Sync>;

/// Gives the keys to use now: asked before each request, so that temporary keys can be renewed. Whoever gives it caches.
pub type CredentialSource =
    Arc<dyn Fn() -> BoxFuture<'static, Result<S3Keys, CredentialError>> + Send + Sync>;

/// How to reach S3, from the SDK's configuration.
#[derive(Clone)]
pub struct S3Settings {
    /// None: `us-east-1`.
    pub region: Option<String>,
    /// None: AWS's own for the region. Plain HTTP where it begins so.
    pub endpoint: Option<String>,
    pub credentials: CredentialSource,
}

impl S3Settings {
    /// Settings with keys that do not change.
    pub fn with_keys(region: Option<String>, endpoint: Option<String>, keys: S3Keys) -> Self {
        Self {
            region,
            endpoint,
            credentials: Arc::new(move || {
                let keys = keys.clone();
                Box::pin(async move { Ok(keys) })
            }),
        }
    }
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("S3Settings")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// Hands the caller's keys to the client.
struct Credentials(CredentialSource);

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials")
    }
}

impl CredentialProvider for Credentials {
    type Credential = AwsCredential;

    // Written out: the trait is made by a macro for async functions that we do not depend on.
    fn get_credential<'life, 'future>(
        &'life self,
    ) -> Pin<Box<dyn Future<Output = object_store::Result<Arc<AwsCredential>>> + Send + 'future>>
    where
        'life: 'future,
        Self: 'future,
    {
        let keys = (self.0)();
        Box::pin(async move {
            let keys = keys.await.map_err(|source| object_store::Error::Generic {
                store: "S3",
                source,
            })?;
            Ok(Arc::new(AwsCredential {
                key_id: keys.key_id,
                secret_key: keys.secret_key,
                token: keys.session_token,
            }))
        })
    }
}

#[derive(Debug)]
pub(crate) struct Bucket {
    client: AmazonS3,
    prefix: String,
    url: String,
}

impl Bucket {
    pub(crate) fn new(
        bucket: &str,
        prefix: String,
        settings: &S3Settings,
    ) -> Result<Self, StoreError> {
        let url = if prefix.is_empty() {
            format!("s3://{bucket}")
        } else {
            format!("s3://{bucket}/{prefix}")
        };
        let plain = settings
            .endpoint
            .as_ref()
            .is_some_and(|endpoint| endpoint.starts_with("http://"));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(settings.region.as_deref().unwrap_or("us-east-1"))
            .with_credentials(Arc::new(Credentials(Arc::clone(&settings.credentials))))
            .with_client_options(
                ClientOptions::new()
                    .with_allow_http(plain)
                    .with_connect_timeout(Duration::from_secs(5))
                    .with_timeout(Duration::from_mins(1)),
            )
            .with_retry(RetryConfig {
                max_retries: 4,
                retry_timeout: Duration::from_mins(1),
                ..RetryConfig::default()
            });
        if let Some(endpoint) = &settings.endpoint {
            // Names of buckets in hosts do not work with most endpoints that are not AWS's.
            builder = builder
                .with_endpoint(endpoint.trim_end_matches('/'))
                .with_virtual_hosted_style_request(false);
        }
        let client = builder.build().map_err(|error| StoreError::Settings {
            url: url.clone(),
            source: Box::new(error),
        })?;
        Ok(Self {
            client,
            prefix,
            url,
        })
    }

    pub(crate) fn describe(&self) -> String {
        self.url.clone()
    }

    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.prefix))
    }

    fn failed(
        &self,
        action: &'static str,
        name: &str,
    ) -> impl FnOnce(object_store::Error) -> StoreError {
        let (name, bucket) = (name.to_owned(), self.url.clone());
        move |error| StoreError::Bucket {
            action,
            name,
            bucket,
            source: Box::new(error),
        }
    }

    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.client
            .put(&self.path(name), bytes.into())
            .await
            .map(drop)
            .map_err(self.failed("write", name))
    }

    pub(crate) async fn create(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        let options = PutOptions::from(PutMode::Create);
        match self
            .client
            .put_opts(&self.path(name), bytes.into(), options)
            .await
        {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(self.failed("write", name)(error)),
        }
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        let found = match self.client.get(&self.path(name)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(self.failed("read", name))?,
        };
        found
            .bytes()
            .await
            .map(Some)
            .map_err(self.failed("read", name))
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html>
    pub(crate) async fn get_new(
        &self,
        name: &str,
        seen: Option<&Tag>,
    ) -> Result<Tagged, StoreError> {
        let mut options = GetOptions::new();
        options.if_none_match = seen.map(|seen| String::from_utf8_lossy(&seen.0).into_owned());
        let found = match self.client.get_opts(&self.path(name), options).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(Tagged::Absent),
            Err(object_store::Error::NotModified { .. }) => return Ok(Tagged::Same),
            found => found.map_err(self.failed("read", name))?,
        };
        let tag = Tag(found.meta.e_tag.clone().unwrap_or_default().into());
        let bytes = found.bytes().await.map_err(self.failed("read", name))?;
        Ok(Tagged::New(bytes, tag))
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
    pub(crate) async fn swap(
        &self,
        name: &str,
        bytes: Bytes,
        seen: &Tag,
    ) -> Result<bool, StoreError> {
        let options = PutOptions::from(PutMode::Update(UpdateVersion {
            e_tag: Some(String::from_utf8_lossy(&seen.0).into_owned()),
            version: None,
        }));
        let path = self.path(name);
        match self.client.put_opts(&path, bytes.into(), options).await {
            Ok(_) => Ok(true),
            // Several at once: S3 answers 412, or 409 for as long as another is under way.
            Err(
                object_store::Error::Precondition { .. }
                | object_store::Error::AlreadyExists { .. },
            ) => Ok(false),
            Err(error) => Err(self.failed("write", name)(error)),
        }
    }

    pub(crate) async fn list_below(&self, name: &str) -> Result<Vec<Item>, StoreError> {
        let beginning = self.path("").to_string();
        let named = |found: &ObjectMeta| {
            let whole = found.location.as_ref();
            let own = whole.strip_prefix(&beginning).unwrap_or(whole);
            own.trim_start_matches('/').to_owned()
        };
        self.items(name, named).await
    }

    pub(crate) async fn list(&self, name: &str) -> Result<Vec<Item>, StoreError> {
        let named = |found: &ObjectMeta| found.location.filename().unwrap_or_default().to_owned();
        self.items(name, named).await
    }

    async fn items(
        &self,
        name: &str,
        named: impl Fn(&ObjectMeta) -> String + Send + Sync,
    ) -> Result<Vec<Item>, StoreError> {
        let folder = self.path(name);
        self.client
            .list(Some(&folder))
            .map_ok(|found| Item {
                name: named(&found),
                bytes: found.size,
                modified: OffsetDateTime::from_unix_timestamp(found.last_modified.timestamp())
                    .unwrap_or(OffsetDateTime::UNIX_EPOCH),
            })
            .boxed()
            .try_collect()
            .await
            .map_err(self.failed("list", name))
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self.client.delete(&self.path(name)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            done => done.map_err(self.failed("delete", name)),
        }
    }
}
