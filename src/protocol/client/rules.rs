//! What a client's metadata must satisfy beside its own consistency: the URLs that we show, fetch or call, and its sector. The same
//! for a client that an operator makes and for one that registers itself.

use std::collections::BTreeSet;

use url::Url;

use super::{
    super::{
        error::{Error, ErrorCode},
        redirect_uri::is_loopback,
    },
    ClientMetadata, SubjectType,
};

/// The longest URL of a client.
const MAX_URL: usize = 2048;

/// Members that may come in further languages (RFC 7591, 2.2).
pub const LOCALIZABLE: [&str; 5] = ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"];

/// Which URLs a member takes.
#[derive(Clone, Copy)]
enum Kind {
    /// For a person to follow.
    Link,
    /// For us or the browser to call: nobody on the way may read or change what is sent or fetched.
    Https,
}

impl ClientMetadata {
    /// Refuses what we could not honour or should not call. Part of [`ClientMetadata::validate`].
    pub(super) fn validate_rest(&self) -> Result<(), Error> {
        self.validate_urls()?;
        self.validate_localized()?;
        self.validate_frontchannel()?;
        self.validate_sector()
    }

    fn validate_urls(&self) -> Result<(), Error> {
        let one = [
            ("client_uri", &self.client_uri, Kind::Link),
            ("policy_uri", &self.policy_uri, Kind::Link),
            ("tos_uri", &self.tos_uri, Kind::Link),
            ("logo_uri", &self.logo_uri, Kind::Https),
            ("jwks_uri", &self.jwks_uri, Kind::Https),
            ("sector_identifier_uri", &self.sector_identifier_uri, Kind::Https),
            ("initiate_login_uri", &self.initiate_login_uri, Kind::Https),
            ("backchannel_logout_uri", &self.backchannel_logout_uri, Kind::Https),
        ];
        for (name, uri, kind) in one {
            if let Some(uri) = uri {
                url_of(name, uri, kind)?;
                // Only a request_uri has a use for one: it tells a new content of the same document (Core, 6.2).
                if matches!(kind, Kind::Https) && uri.contains('#') {
                    return refuse(name, "has no fragment");
                }
            }
        }
        for uri in &self.request_uris {
            url_of("request_uris", uri, Kind::Https)?;
        }
        Ok(())
    }

    fn validate_localized(&self) -> Result<(), Error> {
        for (name, value) in &self.localized {
            let known = name
                .split_once('#')
                .filter(|(member, tag)| LOCALIZABLE.contains(member) && is_language_tag(tag));
            match known {
                None => {
                    return refuse(
                        name,
                        "is not a member that can be localized, with a language tag (RFC 7591, 2.2)",
                    );
                }
                Some(("client_name", _)) => display_name(name, value)?,
                Some(("logo_uri", _)) => drop(url_of(name, value, Kind::Https)?),
                Some(_) => drop(url_of(name, value, Kind::Link)?),
            }
        }
        Ok(())
    }

    /// The frame is only told of a session by a site that may have its codes (Front-Channel Logout, 2).
    fn validate_frontchannel(&self) -> Result<(), Error> {
        let Some(uri) = &self.frontchannel_logout_uri else {
            return Ok(());
        };
        let url = url_of("frontchannel_logout_uri", uri, Kind::Link)?;
        let origins = self.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok());
        if !origins
            .into_iter()
            .any(|registered| registered.origin() == url.origin())
        {
            return refuse(
                "frontchannel_logout_uri",
                "has the scheme, host and port of a redirect URI (Front-Channel Logout, 2)",
            );
        }
        Ok(())
    }

    fn validate_sector(&self) -> Result<(), Error> {
        if self.subject_type == SubjectType::Pairwise && self.only_sector().is_none() {
            return refuse(
                "subject_type",
                "pairwise needs a sector: one host for all redirect URIs, or a sector_identifier_uri (Core, 8.1)",
            );
        }
        Ok(())
    }

    /// The sector whose clients are told the same pairwise `sub` (OpenID Connect Core, 8.1); `None` for public subjects.
    pub fn sector(&self) -> Option<String> {
        match self.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise => Some(self.only_sector().unwrap_or_default()),
        }
    }

    /// The host of the sector identifier, or the one that all redirect URIs share. Everybody has a loopback address and everybody can
    /// make up a private-use scheme: neither is a sector.
    fn only_sector(&self) -> Option<String> {
        if let Some(uri) = &self.sector_identifier_uri {
            return Url::parse(uri).ok()?.host_str().map(str::to_owned);
        }
        let hosts: BTreeSet<Option<String>> = self.redirect_uris.iter().map(|uri| public_host(uri)).collect();
        let mut hosts = hosts.into_iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => host,
            _ => None,
        }
    }
}

fn public_host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let is_web = matches!(url.scheme(), "https" | "http");
    (is_web && !is_loopback(&url)).then(|| url.host_str().map(str::to_owned))?
}

fn refuse<T>(name: &str, why: &str) -> Result<T, Error> {
    Err(ErrorCode::InvalidClientMetadata.because(format!("{name}: {why}")))
}

/// Understands an absolute URL with a host and nothing that is read in two ways.
fn url_of(name: &str, uri: &str, kind: Kind) -> Result<Url, Error> {
    let (expected, schemes): (&str, &[&str]) = match kind {
        Kind::Link => ("is an http or https URL", &["https", "http"]),
        Kind::Https => ("is an https URL", &["https"]),
    };
    let plain = uri.len() <= MAX_URL && uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let parsed = Url::parse(uri).ok().filter(|url| {
        plain
            && schemes.contains(&url.scheme())
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    });
    parsed.map_or_else(|| refuse(name, expected), Ok)
}

/// Whether `name` can be shown as a client's name: 1 to 200 characters, none of which steers the text around it.
pub(super) fn display_name(member: &str, name: &str) -> Result<(), Error> {
    if name.trim().is_empty() || name.chars().count() > 200 {
        return refuse(member, "is 1 to 200 characters");
    }
    // Directional marks could have one name read as another (Unicode TR 36, 2.5).
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if name.chars().any(steers) {
        return refuse(member, "has a control character");
    }
    Ok(())
}

/// The shape of a language tag (RFC 5646, 2.1).
fn is_language_tag(tag: &str) -> bool {
    let is_subtag = |subtag: &str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.len() <= 35 && tag.split('-').all(is_subtag)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
