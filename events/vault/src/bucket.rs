//! A bucket of an S3 service, over the process's one TLS.

use async_trait::async_trait;
use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::TokioExecutor;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpService,
};
use object_store::{ClientOptions, RetryConfig};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use url::Url;

/// How long one request may take with its answer: a file is 10 MiB at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a request is made again, before whoever waits is told that the store does not answer.
const RETRIES: usize = 1;

/// What a bucket needs beside its address; what is empty is not given.
#[derive(Clone, Debug, Default)]
pub struct BucketAccess {
    /// The region that requests are signed for: `us-east-1` when empty.
    pub region: String,
    /// The URL of the service: Amazon's when empty. One in `http` is spoken to without TLS.
    pub endpoint: String,
    /// The id of the access key: the role of the machine when empty.
    pub access_key_id: String,
    /// The secret of the access key.
    pub secret_access_key: SecretString,
}

impl BucketAccess {
    /// The bucket at `s3://bucket`, which is not asked whether it is there.
    pub(crate) fn open(&self, url: &Url) -> object_store::Result<AmazonS3> {
        let given = [
            (AmazonS3ConfigKey::Region, self.region.as_str()),
            (AmazonS3ConfigKey::Endpoint, &self.endpoint),
            (AmazonS3ConfigKey::AccessKeyId, &self.access_key_id),
            (AmazonS3ConfigKey::SecretAccessKey, self.secret_access_key.expose_secret()),
        ];
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let bucket = AmazonS3Builder::new()
            .with_url(url.as_str())
            .with_allow_http(self.endpoint.starts_with("http://"))
            .with_retry(retry)
            .with_http_connector(Connector);
        let given = given.into_iter().filter(|(_, value)| !value.is_empty());
        given.fold(bucket, |bucket, (key, value)| bucket.with_config(key, value)).build()
    }
}

#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let provider = rustls::crypto::ring::default_provider();
        let roots = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider);
        let roots = roots.map_err(|error| object_store::Error::Generic { store: "S3", source: error.into() })?;
        let connector = roots.https_or_http().enable_http1().build();
        Ok(HttpClient::new(Requests(Client::builder(TokioExecutor::new()).build(connector))))
    }
}

#[derive(Debug)]
struct Requests(Client<HttpsConnector<TcpConnector>, HttpRequestBody>);

#[async_trait]
impl HttpService for Requests {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answered = async {
            let answer = self.0.request(request).await.map_err(|error| {
                let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted };
                HttpError::new(kind, error)
            })?;
            let (head, body) = answer.into_parts();
            let body = body.collect().await.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error))?;
            Ok(HttpResponse::from_parts(head, body.to_bytes().into()))
        };
        let late = |late| HttpError::new(HttpErrorKind::Timeout, late);
        tokio::time::timeout(PATIENCE, answered).await.map_err(late)?
    }
}
