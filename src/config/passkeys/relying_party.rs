//! Which relying party the passkeys of a configuration belong to, and what would keep them from working.

use url::{Host, Url};

use crate::config::{Config, Issuer, Passkeys};

/// The relying party (WebAuthn, 4): what browsers and authenticators take this provider for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The rp id, a domain.
    pub id: String,
    /// Every origin at which its passkeys may be used; the issuer's own first.
    pub origins: Vec<String>,
}

/// What a check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Passkeys do not work so.
    Wrong(String),
    /// They work; somebody should know this all the same.
    Note(String),
}

impl RelyingParty {
    /// The relying party of an issuer.
    ///
    /// # Errors
    /// The first reason, as a sentence, why there can be none.
    pub fn of(passkeys: &Passkeys, issuer: &Issuer) -> Result<Self, String> {
        let mut wrong = faults(passkeys, issuer);
        if !wrong.is_empty() {
            return Err(wrong.swap_remove(0));
        }
        let host = host(issuer.as_str()).unwrap_or_default();
        let own = [issuer.origin().to_owned()];
        let others = passkeys.origins.iter().chain(&passkeys.related_origins);
        let mut origins: Vec<String> = own.into_iter().chain(others.map(ToString::to_string)).collect();
        let mut seen = Vec::new();
        origins.retain(|origin| {
            !seen.contains(origin) && {
                seen.push(origin.clone());
                true
            }
        });
        Ok(Self {
            id: passkeys.rp_id.clone().unwrap_or(host),
            origins,
        })
    }

    /// Everything that is worth telling about the passkeys of a configuration.
    pub fn examine(config: &Config) -> Vec<Finding> {
        let issuer = config.server.issuer_at(config.server.listen.port());
        let mut findings: Vec<Finding> = faults(&config.passkeys, &issuer)
            .into_iter()
            .map(Finding::Wrong)
            .collect();
        if config.passkeys.enabled {
            findings.extend(notes(config, &issuer).into_iter().map(Finding::Note));
        }
        findings
    }
}

/// The host of a URL when it is a name.
fn host(url: &str) -> Option<String> {
    match Url::parse(url).ok()?.host()? {
        Host::Domain(name) => Some(name.to_owned()),
        _ => None,
    }
}

/// Whether a host is the domain or lies within it.
fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn faults(passkeys: &Passkeys, issuer: &Issuer) -> Vec<String> {
    if !passkeys.enabled {
        return vec!["passkeys are switched off: passkeys.enabled is false.".to_owned()];
    }
    let Some(host) = host(issuer.as_str()) else {
        return vec![format!(
            "the issuer {issuer} is an IP address, and a passkey needs a name. Set server.issuer to a name that people use; on \
             this machine http://localhost:PORT works."
        )];
    };
    let rp_id = passkeys.rp_id.as_deref().unwrap_or(&host);
    let is_related = |origin: &str| {
        passkeys
            .related_origins
            .iter()
            .any(|related| related.as_str() == origin)
    };
    let mut wrong = Vec::new();
    if !is_within(&host, rp_id) && !is_related(issuer.origin()) {
        wrong.push(format!(
            "passkeys.rp_id is {rp_id:?}, but the issuer's host is {host:?}: browsers accept only that host or a parent domain of \
             it. After a move to another domain, name {} in passkeys.related_origins.",
            issuer.origin()
        ));
    }
    if rp_id != host && !rp_id.contains('.') && rp_id != "localhost" {
        wrong.push(format!(
            "passkeys.rp_id is {rp_id:?}, a domain under which anybody can have a name: browsers refuse it. Name your own domain."
        ));
    }
    for origin in &passkeys.origins {
        let within = self::host(origin.as_str()).is_some_and(|host| is_within(&host, rp_id));
        if !within && !is_related(origin.as_str()) {
            wrong.push(format!(
                "passkeys.origins has {origin}, which is not within {rp_id:?}. Name it in passkeys.related_origins if its pages \
                 should use the same passkeys."
            ));
        }
    }
    let both = passkeys
        .allow_aaguids
        .iter()
        .find(|aaguid| passkeys.deny_aaguids.contains(aaguid));
    if let Some(aaguid) = both {
        wrong.push(format!(
            "{} is in passkeys.allow_aaguids and in passkeys.deny_aaguids.",
            aaguid.as_str()
        ));
    }
    wrong
}

/// Browsers stop reading related origins after so many different names (WebAuthn, 5.11).
const RELATED_LABELS: usize = 5;

fn notes(config: &Config, issuer: &Issuer) -> Vec<String> {
    let passkeys = &config.passkeys;
    let host = host(issuer.as_str()).unwrap_or_default();
    let rp_id = passkeys.rp_id.as_deref().unwrap_or(&host);
    let mut notes = Vec::new();
    let proxied = issuer.is_https() && config.server.tls.is_none();
    if proxied {
        notes.push(format!(
            "the issuer is https and this daemon serves plain http: a proxy must answer at {} with a certificate for {host}. \
             Browsers offer no passkeys where the certificate is in doubt.",
            issuer.origin()
        ));
    }
    if proxied && config.server.trusted_proxies.is_empty() {
        notes.push(
            "server.trusted_proxies is empty: everybody seems to come from the proxy's address, and failed sign-ins of one slow down \
             all."
                .to_owned(),
        );
    }
    if issuer.is_loopback() && !config.server.listen.ip().is_loopback() {
        notes.push(format!(
            "this daemon listens on {} for others, but its issuer is {issuer}: who comes by another name is sent to that one, and \
             finds no passkeys. Set server.issuer to the name that they use, by https.",
            config.server.listen
        ));
    }
    if !is_within(&host, rp_id) {
        notes.push(format!(
            "the issuer is not within {rp_id:?}: browsers will ask https://{rp_id}/.well-known/webauthn, which must list {}.",
            issuer.origin()
        ));
    }
    if passkeys.rp_id.is_none() && host.contains('.') {
        notes.push(format!(
            "passkeys belong to {host:?}. Should the issuer ever move to another name of your domain, they are lost unless \
             passkeys.rp_id names the domain now."
        ));
    }
    let mut labels: Vec<String> = passkeys.related_origins.iter().filter_map(label).collect();
    labels.sort_unstable();
    labels.dedup();
    if labels.len() > RELATED_LABELS {
        notes.push(format!(
            "passkeys.related_origins has {} different names; browsers are bound to honour {RELATED_LABELS}.",
            labels.len()
        ));
    }
    notes
}

/// The name under a public suffix, as near as one comes without the list of them: `example` of `https://id.example.com`.
fn label(origin: &crate::config::WebOrigin) -> Option<String> {
    host(origin.as_str())?.rsplit('.').nth(1).map(str::to_owned)
}

#[cfg(test)]
#[path = "relying_party_tests.rs"]
mod tests;
