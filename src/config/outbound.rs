//! `[outbound]`: what the daemon fetches from addresses that strangers name.

use std::{path::PathBuf, str::FromStr, time::Duration};

use url::Host;

use super::{
    reader::Reader,
    setting::{Setting, Size, expected, hours, minutes, quote, seconds, text},
    source::Value,
};

/// What the daemon fetches from addresses that strangers name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// Certificate authorities in PEM that are believed besides those of the web.
    pub ca_file: Option<PathBuf>,
    /// Hosts that may have private addresses and any port.
    pub allowed_hosts: Vec<AllowedHost>,
    /// How long a whole fetch may take.
    pub timeout: Duration,
    /// Largest answer, in bytes.
    pub max_bytes: usize,
    /// Fetches at a time.
    pub concurrency: usize,
    /// How long an answer is kept at most.
    pub cache_lifetime: Duration,
    /// How long a set of keys is kept at least, whatever a signature names.
    pub jwks_refresh_delay: Duration,
    /// How long a URL that failed is not asked again.
    pub retry_delay: Duration,
}

impl Outbound {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let ca_file = r.option(
            "ca_file",
            None,
            "A file of certificate authorities (PEM) that are believed besides those of the public web. Empty: none.",
        );
        let allowed_hosts = r.option(
            "allowed_hosts",
            Vec::new(),
            "Hosts inside your own network that may be asked, as \"name\" or \"name:port\". All others must have public \
             addresses, and the port 443 or one from 1024 on.",
        );
        let timeout = r.ranged(
            "timeout",
            seconds(5),
            seconds(1)..=minutes(1),
            "How long a fetch may take from the look-up of the name to the last byte.",
        );
        let max_bytes = r.ranged(
            "max_bytes",
            Size::kib(512),
            Size::kib(1)..=Size::mib(16),
            "The largest answer that is read.",
        );
        let concurrency = r.ranged("concurrency", 32, 1..=1024, "Fetches at a time.");
        let cache_lifetime = r.ranged(
            "cache_lifetime",
            hours(1),
            minutes(1)..=hours(24),
            "How long keys, logos and metadata documents of clients are kept at most. Their own max-age may make it less.",
        );
        let jwks_refresh_delay = r.ranged(
            "jwks_refresh_delay",
            seconds(60),
            seconds(1)..=hours(1),
            "How long a client's keys are not fetched again, although a signature names one that is not among them.",
        );
        let retry_delay = r.ranged(
            "retry_delay",
            seconds(30),
            seconds(1)..=hours(1),
            "How long a URL that failed is not asked again.",
        );
        Self {
            ca_file,
            allowed_hosts,
            timeout,
            max_bytes: max_bytes.len(),
            concurrency,
            cache_lifetime,
            jwks_refresh_delay,
            retry_delay,
        }
    }
}

/// A host by its name or address, with one port or with all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host,
    port: Option<u16>,
}

impl AllowedHost {
    /// Whether this is about that host and port.
    pub fn is(&self, host: &Host<&str>, port: u16) -> bool {
        let same = match (&self.host, host) {
            (Host::Domain(own), Host::Domain(other)) => own == other,
            (Host::Ipv4(own), Host::Ipv4(other)) => own == other,
            (Host::Ipv6(own), Host::Ipv6(other)) => own == other,
            _ => false,
        };
        same && self.port.is_none_or(|own| own == port)
    }
}

impl FromStr for AllowedHost {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if is_port(port) && (!host.contains(':') || host.ends_with(']')) => {
                (host, Some(port.parse().map_err(drop)?))
            }
            _ => (text, None),
        };
        let host = Host::parse(host).map_err(drop)?;
        Ok(Self { host, port })
    }
}

impl Setting for AllowedHost {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "a host such as \"keys.internal\", \"keys.internal:8443\" or \"[fd00::1]:8443\"";
        text(what, value)?.parse().or_else(|()| expected(what, value))
    }

    fn print(&self) -> String {
        quote(&match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn allows(rule: &str, url: &str) -> bool {
        let url = Url::parse(url).unwrap();
        let rule: AllowedHost = rule.parse().unwrap();
        rule.is(&url.host().unwrap(), url.port_or_known_default().unwrap())
    }

    #[test]
    fn a_host_is_allowed_with_all_ports_or_with_one() {
        for (rule, url) in [
            ("keys.internal", "https://keys.internal/jwks"),
            ("KEYS.internal", "https://keys.Internal:99/jwks"),
            ("keys.internal:8443", "https://keys.internal:8443/"),
            ("keys.internal:443", "https://keys.internal/"),
            ("127.0.0.1", "https://127.0.0.1:9/"),
            ("[::1]:9", "https://[::1]:9/"),
            ("[::1]", "https://[::1]/"),
        ] {
            assert!(allows(rule, url), "{rule} {url}");
        }
        for (rule, url) in [
            ("keys.internal:8443", "https://keys.internal/"),
            ("keys.internal", "https://other.keys.internal/"),
            ("internal", "https://keys.internal/"),
            ("127.0.0.1", "https://127.0.0.2/"),
            ("localhost", "https://127.0.0.1/"),
        ] {
            assert!(!allows(rule, url), "{rule} {url}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_and_every_host_prints_as_it_parses() {
        for text in [
            "",
            "https://keys.internal",
            "a b",
            "keys.internal:99999",
            "::1",
            "keys/",
        ] {
            assert!(text.parse::<AllowedHost>().is_err(), "{text}");
        }
        for text in [
            "keys.internal",
            "keys.internal:8443",
            "10.0.0.1:1",
            "[fd00::1]:8443",
            "[::1]",
        ] {
            assert_eq!(text.parse::<AllowedHost>().unwrap().print(), format!("\"{text}\""));
        }
    }
}
