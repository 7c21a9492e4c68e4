//! What the operator sets: an optional TOML file, and `AVOUCH__SECTION__KEY` variables over it.
//!
//! Each option is declared once, by a call on the section's `Reader` in the section's file; that call reads it, checks it and
//! documents it. Reading is strict and tells everything that is wrong at once. A secret is never a value here: an option
//! that ends with `_file` names the file that holds it.

mod attributes;
mod authorization;
mod client_id_metadata;
mod error;
mod issuer;
mod keys;
mod limits;
mod network;
mod outbound;
mod pages;
mod passkeys;
mod passwords;
mod people;
mod reader;
mod registration;
mod resources;
mod server;
mod sessions;
mod setting;
mod source;
mod store;
mod telemetry;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

use std::path::Path;

pub use self::{
    attributes::{Attribute, AttributeType, Attributes},
    authorization::Authorization,
    client_id_metadata::{ClientHosts, ClientIdMetadata},
    error::{ConfigError, Errors, Origin},
    issuer::Issuer,
    keys::Keys,
    limits::Limits,
    network::Network,
    outbound::{AllowedHost, Outbound},
    pages::{Accent, Pages, WebPage},
    passkeys::{
        Aaguid, Passkeys, UserVerification, WebOrigin,
        relying_party::{Finding, RelyingParty},
    },
    passwords::Passwords,
    people::{ASKABLE, AskedAtSignUp, Mail, MailSecurity, Mailbox, SignUp, SignUpMode, SignUpUsername},
    registration::{Registration, RegistrationMode},
    resources::{Resource, Resources},
    server::{Server, Tls},
    sessions::{Sessions, sign_in::SignIn},
    source::Source,
    store::{Store, StoreUrl},
    telemetry::{LogFormat, Telemetry},
    tokens::Tokens,
    users::Users,
};
use self::{
    reader::{Reader, Report},
    source::Table,
};

/// The effective configuration: every option has a value, and every value is permitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where the daemon listens and how it is reached.
    pub server: Server,
    /// Where records are kept.
    pub store: Store,
    /// The signing keys and the key that seals them.
    pub keys: Keys,
    /// What the authorization endpoint can be asked for.
    pub authorization: Authorization,
    /// How long codes and tokens live.
    pub tokens: Tokens,
    /// How long a browser stays signed in.
    pub sessions: Sessions,
    /// How good a sign-in has to be.
    pub sign_in: SignIn,
    /// The cost of a password hash.
    pub passwords: Passwords,
    /// Sign-in without a password.
    pub passkeys: Passkeys,
    /// What a stranger may cost.
    pub limits: Limits,
    /// Whether clients may register themselves.
    pub registration: Registration,
    /// The roles an end-user can have.
    pub users: Users,
    /// Profile attributes beyond the standard claims.
    pub attributes: Attributes,
    /// What access tokens can be used at.
    pub resources: Resources,
    /// What the pages say and look like.
    pub pages: Pages,
    /// How letters leave.
    pub mail: Mail,
    /// Who may have an account without an operator's hand.
    pub sign_up: SignUp,
    /// What is fetched from addresses that strangers name.
    pub outbound: Outbound,
    /// Clients that nobody registered.
    pub client_id_metadata: ClientIdMetadata,
    /// Logs and metrics.
    pub telemetry: Telemetry,
}

impl Config {
    /// Reads `path`, or `avouch.toml` in the working directory when there is one, and the environment.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(path: Option<&Path>) -> Result<Self, Errors> {
        let (source, errors) = Source::read(path);
        Self::read_all(&source, errors)
    }

    /// Understands a source. Touches neither disk nor environment.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn parse(source: &Source) -> Result<Self, Errors> {
        Self::read_all(source, Vec::new())
    }

    fn read_all(source: &Source, mut errors: Vec<ConfigError>) -> Result<Self, Errors> {
        let table = source::merge(source, &mut errors);
        let mut report = Report {
            errors,
            ..Report::default()
        };
        let config = Reader::root(table, &mut report, Self::read);
        if report.errors.is_empty() {
            Ok(config)
        } else {
            Err(Errors(report.errors))
        }
    }

    fn read(r: &mut Reader<'_>) -> Self {
        let mut server = r.section(
            "server",
            "Where the daemon listens and how it is reached.",
            Server::read,
        );
        let store = r.section("store", "Where records are kept.", Store::read);
        let keys = r.section("keys", "The signing keys and the key that seals them.", Keys::read);
        server.place_admin_socket(&keys.dir);
        let mail = r.section(
            "mail",
            "Letters to people: by which server they leave, and what their links can do.",
            Mail::read,
        );
        let sign_up = r.section("sign_up", SIGN_UP, |r| SignUp::read(r, &mail));
        Self {
            server,
            store,
            keys,
            authorization: r.section(
                "authorization",
                "What the authorization endpoint can be asked for.",
                Authorization::read,
            ),
            tokens: r.section(
                "tokens",
                "How long codes and tokens live, unless a client says otherwise.",
                Tokens::read,
            ),
            sessions: r.section("sessions", "How long a browser stays signed in.", Sessions::read),
            sign_in: r.section("sign_in", "How good a sign-in has to be.", SignIn::read),
            passwords: r.section(
                "passwords",
                "The cost of a password hash (argon2id), and what may not be one.",
                Passwords::read,
            ),
            passkeys: r.section("passkeys", "Sign-in without a password (WebAuthn).", Passkeys::read),
            limits: r.section("limits", "What a stranger may cost.", Limits::read),
            registration: r.section(
                "registration",
                "Clients that register themselves (RFC 7591).",
                Registration::read,
            ),
            users: r.section("users", "The roles an end-user can have.", Users::read),
            attributes: r.section("attributes", ATTRIBUTES, attributes::read),
            resources: r.section("resources", RESOURCES, resources::read),
            pages: r.section("pages", "What the pages say and look like.", Pages::read),
            mail,
            sign_up,
            outbound: r.section("outbound", OUTBOUND, Outbound::read),
            client_id_metadata: r.section("client_id_metadata", CLIENT_ID_METADATA, ClientIdMetadata::read),
            telemetry: r.section("telemetry", "Logs and metrics.", Telemetry::read),
        }
    }
}

const ATTRIBUTES: &str = "Profile attributes of end-users beyond the standard claims. A table [attributes.NAME] declares one, or \
     changes one of the three that ship; NAME is the claim that carries it. By environment: AVOUCH__ATTRIBUTES__NAME__TYPE.";

const RESOURCES: &str = "What access tokens can be used at (RFC 8707). A table [resources.NAME] registers a resource that clients may name \
     in the parameter \"resource\": \"identifier\" is its URI and becomes the audience (\"aud\"), \"scopes\" are the scopes that \
     it knows (a token for it has no others), \"clients\" the client_ids that may ask for it (none: all), \"title\" what people \
     call it. By environment: AVOUCH__RESOURCES__NAME__IDENTIFIER.";

const SIGN_UP: &str = "Accounts that people make themselves. No page of it is there unless \"mode\" says so.";

const OUTBOUND: &str = "What is fetched from addresses that strangers name: keys, request objects, logos and metadata documents of \
     clients, and the logout calls to them. Always by https, never by a redirect, and to public addresses only.";

const CLIENT_ID_METADATA: &str = "Clients that nobody registered, known by the https URL at which they describe themselves \
     (Client ID Metadata Documents). They have no secret, need PKCE, and the end-user is always asked.";

const PREAMBLE: &str = "\
# avouch.toml: every option with its default. Take the # in front of an option away to change it.
#
# Every option can be set by environment as well, and the environment wins: server.tls.cert_file is
# AVOUCH__SERVER__TLS__CERT_FILE there, and lists are separated by commas.
# Durations are a whole number and s, m, h or d; sizes a whole number and B, KiB, MiB or GiB.
# Relative paths start at the working directory. A secret is never written here: an option that ends
# with _file names the file that holds it.

";

/// The documented default configuration in TOML, every option commented out. Made by the declarations that read it.
pub fn example() -> String {
    let mut report = Report::default();
    Reader::root(Table::new(), &mut report, Config::read);
    PREAMBLE.to_owned() + &report.example
}

/// `count`, or the number of cores when it is 0.
fn one_per_core(count: usize) -> usize {
    match count {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    }
}
