//! Floor 3: the use cases. Each loads a few records, lets floor 0 decide, and commits once.

pub mod account;
pub mod admin;
mod asked;
mod audit;
pub mod authorize;
pub mod client;
pub mod client_auth;
pub mod consent;
pub mod demo;
pub mod factors;
mod gate;
mod introspection;
pub mod jobs;
pub mod login;
pub mod logout;
pub mod mail;
mod mint;
mod outbox;
pub mod passkey;
mod request_object;
mod response;
mod revocation;
mod session;
pub mod setup;
pub mod sign_up;
mod signing;
mod throttle;
pub mod token;
pub mod userinfo;

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::{
    clock::Clock,
    config::{Config, StoreUrl},
    credential::{
        passkey::{self as credential_passkey, Passkeys},
        password::{self, BreachedList, Passwords},
    },
    keys::{KeySet, MasterKey},
    language::Words,
    model::signing_key::KeyState,
    outbound::{
        self, Outbound,
        mail::{MailOpenError, Mailer},
    },
    protocol::{self, Timestamp},
    secret::Secret,
    store::{self, CommitError, Store},
    telemetry::Metrics,
};
use outbox::Outbox;
use signing::Wish;

/// The identity provider: everything a door needs, and nothing of HTTP.
pub struct Idp {
    config: Config,
    issuer: String,
    store: Store,
    master: MasterKey,
    keys: RwLock<Arc<KeySet>>,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    passkeys: Option<Passkeys>,
    outbound: Outbound,
    mailer: Option<Mailer>,
    link_secret: Secret<[u8; 32]>,
    refresh_secret: Secret<[u8; 32]>,
    subject_secret: Secret<[u8; 32]>,
    registering: tokio::sync::Mutex<()>,
    metrics: Metrics,
    outbox: Outbox,
}

/// The browser or program on the other side, as far as it was identified.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The value of the session cookie.
    pub session: Option<Secret<String>>,
    /// The value of the cookie that binds interactions and forms to this browser; the door makes one when there is none.
    pub binding: Secret<String>,
    /// The peer's address, from the connection or from a trusted proxy.
    pub address: IpAddr,
    /// What kind of browser it says it is, for the list of sessions.
    pub user_agent: Option<String>,
    /// The value of the cookie by which it stands in for the second factor.
    pub remembered: Option<Secret<String>>,
}

/// Why a use case ended early. What each looks like is the doors' affair.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A client did something wrong and is told so.
    #[error(transparent)]
    Protocol(#[from] protocol::error::Error),
    /// Wrong name or password: which, nobody is told.
    #[error("wrong username or password")]
    WrongCredentials,
    /// The account exists, the password was right, and the operator has disabled it.
    #[error("this account is disabled")]
    Disabled,
    /// Too many failures; try again later.
    #[error("too many attempts")]
    TooMany {
        /// From now.
        retry_after: Duration,
    },
    /// The daemon has more to do than it can; try again in a moment.
    #[error("the server is busy")]
    Busy,
    /// The page belongs to another browser, or to a request that nobody remembers.
    #[error("this sign-in was started elsewhere or too long ago")]
    InteractionGone,
    /// Nobody is signed in, or not recently enough for what is asked.
    #[error("sign in again to do this")]
    SignInAgain,
    /// The account asks for a factor that it does not have.
    #[error("this account asks for a second factor that it does not have any more")]
    NoWayIn,
    /// The credential that signs in belongs to no account.
    #[error("this passkey is not known here")]
    UnknownPasskey,
    /// A one-time link was used, replaced or is too old.
    #[error("this link is no longer valid")]
    LinkGone,
    /// A value is not acceptable.
    #[error("{message}")]
    Invalid {
        /// Which one.
        field: &'static str,
        /// Why, for whoever reads it.
        message: Words,
    },
    /// There is no such thing.
    #[error("there is no {what} {named}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// How it was named.
        named: String,
    },
    /// Somebody else changed the same records at the same moment.
    #[error("changed by somebody else at the same moment")]
    Conflict,
    /// The daemon failed. Logged once, never told to a stranger.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A value that is not acceptable, and why: a message of the catalogues where persons may read it, plain English where only
    /// operators do.
    fn invalid(field: &'static str, message: impl Into<Words>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }

    fn internal(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(source))
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::internal(error)
    }
}

impl From<crate::keys::Error> for Error {
    fn from(error: crate::keys::Error) -> Self {
        Self::internal(error)
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Conflict,
            failed @ CommitError::Failed(_) => Self::internal(failed),
        }
    }
}

impl From<password::Error> for Error {
    fn from(error: password::Error) -> Self {
        match error {
            password::Error::Busy => Self::Busy,
            other => Self::internal(other),
        }
    }
}

impl From<credential_passkey::Error> for Error {
    fn from(error: credential_passkey::Error) -> Self {
        Self::internal(error)
    }
}

/// What a use case gives.
pub type Result<T> = std::result::Result<T, Error>;

/// How many sign-ins may wait for their turn to be hashed; more are told to come back in a moment.
const PASSWORD_QUEUE: usize = 256;

/// How often a use case starts again when others changed its records meanwhile. Each time somebody else has succeeded; a browser that
/// opens all its tabs at once brings so many clients into its session at the same moment.
const ATTEMPTS: usize = 8;

/// Runs a use case again when somebody else changed its records: it then sees what they did.
async fn again_on_conflict<T>(attempt: impl AsyncFn() -> Result<T>) -> Result<T> {
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(Error::Conflict) => {}
            done => return done,
        }
    }
    attempt().await.map_err(|error| {
        if matches!(error, Error::Conflict) {
            Error::Busy
        } else {
            error
        }
    })
}

impl Idp {
    /// Opens the store and the keys, making them on the first start.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> std::result::Result<Arc<Self>, OpenError> {
        let issuer = config.server.issuer_at(config.server.listen.port()).as_str().to_owned();
        let master = match &config.keys.master_key_file {
            Some(file) => MasterKey::load_file(file)?,
            None => MasterKey::load_or_create(&config.keys.dir)?,
        };
        let options = store::Options {
            cache_bytes: config.store.cache,
        };
        let store = Store::open(&store_url(&config), options).await?;
        let passwords = open_passwords(&config)?;
        let passkeys = passkey::open(&config)?;
        let outbound = Outbound::new(&config.outbound, Arc::clone(&clock))?;
        let mailer = Mailer::open(&config.mail, &config.pages.name)?;
        let policy = signing::policy(&config)?;
        let turned = signing::turn(&store, &master, &policy, &Wish::Plan, clock.now())
            .await
            .map_err(OpenError::Keys)?;
        let refresh_secret = master.derive("refresh token successor")?;
        let link_secret = master.derive("one-time link")?;
        let subject_secret = master.derive("pairwise subject")?;
        let keys = RwLock::new(Arc::new(turned.keys));
        let metrics = Metrics::default();
        let idp = Self {
            config,
            issuer,
            store,
            master,
            keys,
            clock,
            passwords,
            passkeys,
            outbound,
            mailer,
            link_secret,
            refresh_secret,
            subject_secret,
            registering: tokio::sync::Mutex::default(),
            metrics,
            outbox: Outbox::default(),
        };
        Ok(Arc::new(idp))
    }

    /// Ends orderly: another process can open the store at once afterwards.
    pub async fn close(&self) {
        if let Err(error) = self.store.clone().close().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the store did not close in good order"
            );
        }
    }

    /// The effective configuration.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The issuer, byte for byte as it stands in tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The counters of this daemon.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The counters as Prometheus reads them, with what is only looked at when somebody asks.
    pub fn metrics_text(&self) -> String {
        self.metrics.password_queue(self.passwords.waiting());
        let keys = self.keys();
        for (name, state) in [
            ("next", KeyState::Next),
            ("active", KeyState::Active),
            ("retired", KeyState::Retired),
        ] {
            self.metrics.signing_keys(name, keys.count(state));
        }
        let (succeeded, failed) = self.outbound.counts();
        self.metrics.outbound_requests("succeeded", succeeded);
        self.metrics.outbound_requests("failed", failed);
        self.metrics.render()
    }

    /// Whether requests can be served: the store's writer answers.
    pub fn is_ready(&self) -> bool {
        self.store.is_healthy()
    }

    /// The keys of this moment.
    pub fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn store_url(config: &Config) -> String {
    match &config.store.url {
        StoreUrl::Sled(path) => format!("sled:{}", path.display()),
        StoreUrl::Memory => "memory:".to_owned(),
    }
}

fn open_passwords(config: &Config) -> std::result::Result<Passwords, OpenError> {
    let passwords = &config.passwords;
    let params = password::Params {
        memory_kib: passwords.memory_kib,
        iterations: passwords.iterations,
        parallelism: passwords.parallelism,
    };
    let opened = Passwords::new(params, passwords.concurrency_limit(), PASSWORD_QUEUE)?;
    Ok(match &passwords.breached_list {
        Some(path) => opened.refusing(BreachedList::open(path)?),
        None => opened,
    })
}

impl OpenError {
    /// Whether another process holds the store: it may let go of it in a moment, or it is the daemon.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Store(store::OpenError::AlreadyOpen { .. }))
    }
}

/// Why the daemon cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store is held by another process, damaged or newer.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// The master key cannot be read or is not safe.
    #[error(transparent)]
    MasterKey(#[from] crate::keys::Error),
    /// The signing keys cannot be opened or made.
    #[error("the signing keys cannot be opened")]
    Keys(#[source] Error),
    /// The password settings cannot be used.
    #[error("the password settings cannot be used")]
    Passwords(#[from] password::Error),
    /// The list of breached passwords cannot be used.
    #[error(transparent)]
    BreachedList(#[from] password::OpenError),
    /// The passkey settings cannot be used.
    #[error("the passkey settings cannot be used")]
    Passkeys(#[from] credential_passkey::Error),
    /// Nothing could be fetched from clients.
    #[error(transparent)]
    Outbound(#[from] outbound::OpenError),
    /// Letters could not be sent.
    #[error(transparent)]
    Mail(#[from] MailOpenError),
}
