//! Floor 2: every request that a stranger can cause the daemon to make (RFC 9700, 4.9.2; OpenID Connect Registration, 9).
//!
//! One guard for all: https only, no redirects, no proxy, public addresses only and exactly those that were looked at, limits
//! of time, size and number, and failures that are remembered. What went wrong is in the log; a stranger hears one sentence,
//! whatever it was, so that nobody learns by it what is inside our network.

mod address;
mod cache;
mod client;
pub mod mail;
mod resolver;
mod target;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    error::Error,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::Value;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use self::{
    cache::{Cache, Failures, lock},
    client::Clients,
    resolver::Lookup,
    target::Target,
};
use crate::{
    clock::Clock,
    config,
    protocol::{Timestamp, jwks::Jwks},
};

/// Fetches at a time from one host, so that a slow one does not take every place.
const PER_HOST: usize = 8;

/// The one way to the hosts of others.
pub struct Outbound {
    config: config::Outbound,
    clients: Clients,
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    failures: Failures,
    documents: Cache<Fetched>,
    keys: Cache<Jwks>,
    succeeded: AtomicU64,
    failed: AtomicU64,
}

/// What is asked for, and how much of it is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The `Accept` header.
    pub accept: &'static str,
    /// The largest answer in bytes; `outbound.max_bytes` may be less.
    pub max_bytes: usize,
}

impl Limits {
    /// A JSON document.
    pub const JSON: Self = Self {
        accept: "application/json",
        max_bytes: usize::MAX,
    };

    /// A JWK Set (RFC 7517, 8.5).
    const KEYS: Self = Self {
        accept: "application/jwk-set+json, application/json",
        max_bytes: usize::MAX,
    };

    /// What a document is remembered by. Strangers name each other's URLs: what is useless or too long for one purpose says
    /// nothing of another.
    fn key(&self, target: &Target) -> String {
        format!("{} {} {}", self.accept, self.max_bytes, target.url)
    }
}

/// An answer with status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The media type without parameters, in small letters; empty when there was none.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// How long it says that it may be kept; zero when it says that it must not.
    pub max_age: Option<Duration>,
}

/// Why there is no document. Its text may be told to a stranger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL is not one that we ask for, whoever serves it.
    #[error("{0}")]
    Url(&'static str),
    /// The name, the address, the connection, the certificate, the status, the size, the time: the log knows.
    #[error("the document could not be fetched")]
    Failed,
    /// A document came, and it is not what it should be.
    #[error("the document is not valid")]
    Unusable,
}

/// Why nothing can be fetched at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// `outbound.ca_file` cannot be used.
    #[error("outbound.ca_file: {file} cannot be used: {source}", file = file.display())]
    CaFile {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// TLS cannot be set up.
    #[error("TLS for outbound requests cannot be set up: {0}")]
    Tls(#[source] rustls::Error),
    /// The HTTP client cannot be made.
    #[error("the client for outbound requests cannot be made: {0}")]
    Client(#[source] reqwest::Error),
}

impl Outbound {
    /// Reads the authorities. Nothing is asked for yet.
    pub fn new(config: &config::Outbound, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::with_lookup(config, clock, &resolver::of_the_machine())
    }

    fn with_lookup(config: &config::Outbound, clock: Arc<dyn Clock>, lookup: &Lookup) -> Result<Self, OpenError> {
        Ok(Self {
            clients: Clients::new(config, lookup)?,
            places: Arc::new(Semaphore::new(config.concurrency)),
            config: config.clone(),
            clock,
            hosts: Mutex::default(),
            failures: Failures::default(),
            documents: Cache::default(),
            keys: Cache::default(),
            succeeded: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        })
    }

    /// Whether `url` may be asked for, as far as its look tells: for registration. A fragment is permitted, and not sent.
    pub fn permits(&self, url: &str) -> Result<(), FetchError> {
        self.target(url).map(drop)
    }

    /// The document at `url`, fetched now. A URL that failed is not asked again for `outbound.retry_delay`.
    pub async fn get(&self, url: &str, limits: Limits) -> Result<Fetched, FetchError> {
        let target = self.target(url)?;
        if self.failures.has(&limits.key(&target), self.now()) {
            return Err(FetchError::Failed);
        }
        let request = self.client(&target).get(target.url.clone());
        let request = request.header(header::ACCEPT, limits.accept);
        let most = limits.max_bytes.min(self.config.max_bytes);
        let fetched = self
            .attempt(&target, request, async |answer| read(answer, most).await)
            .await;
        fetched.inspect_err(|_| self.remember_failure(&limits.key(&target)))
    }

    /// The document at `url`, from the cache while it is good: as long as its `max-age` says, between
    /// `outbound.jwks_refresh_delay` and `outbound.cache_lifetime`. Concurrent callers share one fetch.
    pub async fn get_cached(&self, url: &str, limits: Limits) -> Result<Arc<Fetched>, FetchError> {
        let target = self.target(url)?;
        let key = limits.key(&target);
        if let Some(kept) = self.documents.look(&key, self.now()) {
            return Ok(kept.value);
        }
        let turn = self.documents.turn(&key);
        let _mine = turn.lock().await;
        if let Some(kept) = self.documents.look(&key, self.now()) {
            return Ok(kept.value);
        }
        let fetched = self.get(url, limits).await?;
        let (bytes, life) = (fetched.body.len(), self.life(fetched.max_age));
        Ok(self.documents.keep(&key, fetched, bytes, self.now(), life))
    }

    /// Says that the document of `url` was useless to whoever read it: it is forgotten, and not asked for again for a while,
    /// with these limits. With others it may be of use to somebody: a client whose logo is another's document spoils nothing.
    pub fn reject(&self, url: &str, limits: Limits) {
        if let Ok(target) = self.target(url) {
            let key = limits.key(&target);
            self.remember_failure(&key);
            self.documents.forget(&key);
        }
    }

    /// The keys at a `jwks_uri`, from the cache while they are good. A `kid` that is not among them makes a new fetch, at most
    /// one every `outbound.jwks_refresh_delay`; then, and when that fetch fails, the keys at hand are the answer.
    pub async fn jwks(&self, url: &str, kid: Option<&str>) -> Result<Arc<Jwks>, FetchError> {
        let target = self.target(url)?;
        let key = target.url.as_str();
        let enough = || {
            let now = self.now();
            let kept = self.keys.look(key, now)?;
            let fresh = now.since(kept.fetched) < self.config.jwks_refresh_delay;
            (fresh || kid.is_none_or(|kid| names(&kept.value, kid))).then_some(kept.value)
        };
        if let Some(jwks) = enough() {
            return Ok(jwks);
        }
        let turn = self.keys.turn(key);
        let _mine = turn.lock().await;
        if let Some(jwks) = enough() {
            return Ok(jwks);
        }
        let former = self.keys.look(key, self.now());
        match (self.fetch_keys(key).await, former) {
            (Ok(jwks), _) => Ok(jwks),
            (Err(_), Some(former)) => Ok(former.value),
            (Err(error), None) => Err(error),
        }
    }

    async fn fetch_keys(&self, url: &str) -> Result<Arc<Jwks>, FetchError> {
        let fetched = self.get(url, Limits::KEYS).await?;
        let (bytes, life) = (fetched.body.len(), self.life(fetched.max_age));
        let parsed = serde_json::from_slice::<Value>(&fetched.body).ok();
        let Some(jwks) = parsed.and_then(|document| Jwks::parse(document).ok()) else {
            tracing::info!(url, "a client's jwks_uri gave no JWK Set of public keys");
            self.reject(url, Limits::KEYS);
            return Err(FetchError::Unusable);
        };
        Ok(self.keys.keep(url, jwks, bytes, self.now(), life))
    }

    /// Posts a form, and gives the status of the answer, of which nothing more is read. Each call is an attempt of its own:
    /// when to try again is the caller's affair.
    pub async fn post_form(&self, url: &str, pairs: &[(&str, &str)]) -> Result<u16, FetchError> {
        let target = self.target(url)?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        let request = self
            .client(&target)
            .post(target.url.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let status = async |answer: Response| Ok(answer.status().as_u16());
        self.attempt(&target, request, status).await
    }

    /// How many requests were answered as hoped, and how many were not.
    pub fn counts(&self) -> (u64, u64) {
        (
            self.succeeded.load(Ordering::Relaxed),
            self.failed.load(Ordering::Relaxed),
        )
    }

    /// One request within the limits of time and number.
    async fn attempt<T>(
        &self,
        target: &Target,
        request: RequestBuilder,
        read: impl AsyncFnOnce(Response) -> Result<T, Trouble>,
    ) -> Result<T, FetchError> {
        let whole = async {
            let _places = self.places(target).await;
            read(request.send().await?).await
        };
        let trouble = match timeout(self.config.timeout, whole).await {
            Ok(Ok(value)) => {
                self.succeeded.fetch_add(1, Ordering::Relaxed);
                return Ok(value);
            }
            Ok(Err(trouble)) => trouble,
            Err(_) => Trouble::Time,
        };
        self.failed.fetch_add(1, Ordering::Relaxed);
        tracing::info!(
            host = target.authority(),
            path = target.url.path(),
            error = &trouble as &dyn Error,
            "an outbound request failed"
        );
        Err(FetchError::Failed)
    }

    /// A place among all fetches and one among those of the host.
    async fn places(&self, target: &Target) -> [Option<OwnedSemaphorePermit>; 2] {
        let host = {
            let mut hosts = lock(&self.hosts);
            hosts.retain(|_, places| Arc::strong_count(places) > 1);
            let places = hosts.entry(target.authority().to_owned());
            Arc::clone(places.or_insert_with(|| Arc::new(Semaphore::new(PER_HOST))))
        };
        // First the host's: who waits for a slow host takes no place from others. They are never closed.
        let at_host = host.acquire_owned().await.ok();
        [at_host, Arc::clone(&self.places).acquire_owned().await.ok()]
    }

    fn target(&self, url: &str) -> Result<Target, FetchError> {
        Target::parse(url, &self.config.allowed_hosts)
    }

    fn client(&self, target: &Target) -> &reqwest::Client {
        if target.trusted {
            &self.clients.trusting
        } else {
            &self.clients.guarded
        }
    }

    fn remember_failure(&self, key: &str) {
        self.failures.add(key, self.now(), self.config.retry_delay);
    }

    fn life(&self, max_age: Option<Duration>) -> Duration {
        let most = self.config.cache_lifetime;
        max_age
            .unwrap_or(most)
            .clamp(self.config.jwks_refresh_delay.min(most), most)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// What went wrong, for the log.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("it took too long")]
    Time,
    #[error("the answer had status {0}")]
    Status(StatusCode),
    #[error("the answer is compressed, which was not asked for")]
    Compressed,
    #[error("the answer has more than {0} bytes")]
    Size(usize),
    #[error("{0}")]
    Http(#[from] reqwest::Error),
}

/// Reads the body of a 200 of at most `most` bytes.
async fn read(mut answer: Response, most: usize) -> Result<Fetched, Trouble> {
    if answer.status() != StatusCode::OK {
        return Err(Trouble::Status(answer.status()));
    }
    if answer.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Trouble::Compressed);
    }
    let said = answer.content_length().and_then(|length| usize::try_from(length).ok());
    if said.is_some_and(|length| length > most) {
        return Err(Trouble::Size(most));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > most {
            return Err(Trouble::Size(most));
        }
        body.extend_from_slice(&chunk);
    }
    let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let media_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    Ok(Fetched {
        media_type: media_type.to_ascii_lowercase(),
        max_age: text(header::CACHE_CONTROL).and_then(max_age),
        body,
    })
}

/// How long a `Cache-Control` lets an answer be kept (RFC 9111, 5.2.2).
fn max_age(cache_control: &str) -> Option<Duration> {
    let directives = || cache_control.split(',').map(|word| word.trim().to_ascii_lowercase());
    if directives().any(|word| word == "no-store" || word == "no-cache") {
        return Some(Duration::ZERO);
    }
    directives().find_map(|word| {
        let seconds = word.strip_prefix("max-age=")?.trim_matches('"').parse().ok()?;
        Some(Duration::from_secs(seconds))
    })
}

fn names(jwks: &Jwks, kid: &str) -> bool {
    jwks.keys()
        .any(|key| key.get("kid").and_then(Value::as_str) == Some(kid))
}
