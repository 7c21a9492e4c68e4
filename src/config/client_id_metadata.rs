//! `[client_id_metadata]`: clients that nobody registered, known by the URL at which they describe themselves.

use url::{Host, Url};

use super::{
    outbound::AllowedHost,
    reader::Reader,
    setting::{Setting, expected, quote, text},
    source::Value,
};
use crate::protocol::scope::Scope;

/// Clients that nobody registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientIdMetadata {
    /// Whether there are such clients at all.
    pub enabled: bool,
    /// The hosts that may have some; not empty when they are enabled.
    pub allowed_hosts: Vec<ClientHosts>,
    /// Single clients that are refused all the same, by their `client_id`.
    pub blocked: Vec<String>,
    /// The scopes that they can be granted.
    pub scopes: Vec<String>,
}

impl ClientIdMetadata {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let enabled = r.option(
            "enabled",
            false,
            "Whether a client_id may be an https URL at which a client describes itself, without being registered here.",
        );
        let allowed_hosts = r.option(
            "allowed_hosts",
            Vec::new(),
            "The hosts that may have such clients, as \"name\" or \"name:port\", or \"*\" for all.",
        );
        let blocked = r.option(
            "blocked",
            Vec::new(),
            "Single clients of those hosts that are refused all the same, by their client_id.",
        );
        let scopes = r.checked(
            "scopes",
            ["openid", "profile", "email", "offline_access"]
                .map(str::to_owned)
                .to_vec(),
            "What such a client can be granted at most. The end-user is always asked.",
            |scopes: &Vec<String>| match scopes
                .iter()
                .find(|word| Scope::parse(word).is_err() || word.contains(' '))
            {
                Some(word) => Err(format!("expected a list of scopes, found {word:?} among them")),
                None => Ok(()),
            },
        );
        if enabled && allowed_hosts.is_empty() {
            let key = if r.is_set("allowed_hosts") {
                "allowed_hosts"
            } else {
                "enabled"
            };
            r.refuse(
                key,
                "expected allowed_hosts to name a host, or \"*\" for all".to_owned(),
            );
        }
        Self {
            enabled,
            allowed_hosts,
            blocked,
            scopes,
        }
    }

    /// Whether the operator lets a client with this URL in.
    pub fn permits(&self, client_id: &Url) -> bool {
        let (Some(host), Some(port)) = (client_id.host(), client_id.port_or_known_default()) else {
            return false;
        };
        self.enabled
            && self.allowed_hosts.iter().any(|rule| rule.hold(&host, port))
            && !self.blocked.iter().any(|blocked| blocked == client_id.as_str())
    }
}

/// One host, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientHosts {
    /// Every host with a public address.
    All,
    /// One.
    One(AllowedHost),
}

impl ClientHosts {
    fn hold(&self, host: &Host<&str>, port: u16) -> bool {
        match self {
            Self::All => true,
            Self::One(rule) => rule.is(host, port),
        }
    }
}

impl Setting for ClientHosts {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "\"*\", or a host such as \"app.example\" or \"app.example:8443\"";
        match text(what, value)? {
            "*" => Ok(Self::All),
            name => name.parse().map(Self::One).or_else(|()| expected(what, value)),
        }
    }

    fn print(&self) -> String {
        match self {
            Self::All => quote("*"),
            Self::One(rule) => rule.print(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source};

    fn permits(env: &[(&str, &str)], client_id: &str) -> bool {
        let env = env
            .iter()
            .map(|(name, value)| (format!("AVOUCH__CLIENT_ID_METADATA__{name}"), (*value).to_owned()));
        let source = Source {
            env: env.collect(),
            ..Source::default()
        };
        let config = Config::parse(&source).unwrap().client_id_metadata;
        config.permits(&Url::parse(client_id).unwrap())
    }

    #[test]
    fn a_client_is_let_in_by_its_host_unless_it_is_blocked() {
        let on = ("ENABLED", "true");
        let client = "https://app.example/client";
        assert!(!permits(&[("ALLOWED_HOSTS", "*")], client), "off by default");
        assert!(permits(&[on, ("ALLOWED_HOSTS", "*")], client));
        assert!(permits(&[on, ("ALLOWED_HOSTS", "other.example, app.example")], client));
        assert!(permits(&[on, ("ALLOWED_HOSTS", "app.example:443")], client));
        for hosts in ["other.example", "example", "app.example:8443", "sub.app.example"] {
            assert!(!permits(&[on, ("ALLOWED_HOSTS", hosts)], client), "{hosts}");
        }
        let blocked = [on, ("ALLOWED_HOSTS", "*"), ("BLOCKED", client)];
        assert!(!permits(&blocked, client));
        assert!(permits(&blocked, "https://app.example/other"));
    }
}
