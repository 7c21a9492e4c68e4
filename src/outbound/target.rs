//! What a URL must look like before anything is asked for it.

use std::net::IpAddr;

use url::{Host, Url};

use super::{FetchError, address::is_public};
use crate::config::AllowedHost;

/// No honest URL is longer; nor is it kept as the key of a cache.
const MAX_LENGTH: usize = 2048;

/// A URL that may be asked for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Without a fragment, which is never sent (RFC 9110, 7.1).
    pub url: Url,
    /// The operator named the host: its addresses are not looked at.
    pub trusted: bool,
}

impl Target {
    /// Reads a URL. The addresses of a name are the resolver's affair; an address in place of a name is looked at here,
    /// because no resolver is asked about it.
    pub fn parse(text: &str, allowed: &[AllowedHost]) -> Result<Self, FetchError> {
        let refuse = |why| Err(FetchError::Url(why));
        if text.len() > MAX_LENGTH {
            return refuse("the URL is longer than 2048 characters");
        }
        // The parser would take these away or turn them round, and somebody else's parser would not.
        if text.bytes().any(|byte| byte <= b' ' || byte == b'\\' || byte == 0x7f) {
            return refuse("the URL has spaces, control characters or backslashes");
        }
        let Ok(mut url) = Url::parse(text) else {
            return refuse("this is not a URL");
        };
        if url.scheme() != "https" {
            return refuse("the URL must begin with https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the URL must not hold a user name or password");
        }
        url.set_fragment(None);
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return refuse("the URL has no host");
        };
        let trusted = allowed.iter().any(|rule| rule.is(&host, port));
        if !trusted {
            if port != 443 && port < 1024 {
                return refuse("the port must be 443, or 1024 or more");
            }
            let public = match host {
                Host::Domain(name) => !is_local(name),
                Host::Ipv4(address) => is_public(IpAddr::V4(address)),
                Host::Ipv6(address) => is_public(IpAddr::V6(address)),
            };
            if !public {
                return refuse("the host must be public");
            }
        }
        Ok(Self { url, trusted })
    }

    /// The host and port, of which some may be asked at a time.
    pub fn authority(&self) -> &str {
        self.url.authority()
    }
}

/// Names that are nobody's in the public DNS (RFC 6761, 6.3; RFC 6762, 3), with or without the dot of the root.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    ["localhost", "local", "internal"].iter().any(|zone| {
        name.strip_suffix(zone)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str, allowed: &[&str]) -> Result<Target, FetchError> {
        let allowed: Vec<AllowedHost> = allowed.iter().map(|host| host.parse().unwrap()).collect();
        Target::parse(url, &allowed)
    }

    #[test]
    fn a_public_https_url_may_be_asked_for() {
        for url in [
            "https://app.example/jwks",
            "https://app.example:8443/jwks?a=b",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]:1024/",
            "https://localhost.example/",
            "https://mylocal.example/",
        ] {
            assert!(!parse(url, &[]).unwrap().trusted, "{url}");
        }
        assert_eq!(
            parse("https://a.example/b#c", &[]).unwrap().url.as_str(),
            "https://a.example/b"
        );
    }

    #[test]
    fn a_url_that_a_stranger_must_not_name_is_refused_by_its_look() {
        let long = format!("https://a.example/{}", "a".repeat(2048));
        for url in [
            "",
            "app.example/jwks",
            "/jwks",
            "http://app.example/jwks",
            "ftp://app.example/",
            "file:///etc/passwd",
            "gopher://app.example/",
            "data:application/json,{}",
            "javascript:alert(1)",
            "https://user@app.example/",
            "https://user:password@app.example/",
            "https://:password@app.example/",
            "https://app.example\\@127.0.0.1/",
            "https://app.exam\tple/",
            " https://app.example/",
            "https://",
            "https://app.example:22/",
            "https://app.example:80/",
            "https://app.example:1023/",
            "https://app.example:99999/",
            "https://localhost/",
            "https://LOCALHOST/",
            "https://localhost./",
            "https://a.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.0.0.1./",
            "https://%31%32%37.0.0.1/",
            "https://①②⑦.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::127.0.0.1]/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1%25eth0]/",
            long.as_str(),
        ] {
            let refused = parse(url, &[]);
            assert!(matches!(refused, Err(FetchError::Url(_))), "{url}: {refused:?}");
        }
    }

    #[test]
    fn a_host_that_the_operator_named_may_be_anywhere_but_only_by_https() {
        assert!(parse("https://localhost:22/", &["localhost"]).unwrap().trusted);
        assert!(parse("https://127.0.0.1:4433/", &["127.0.0.1:4433"]).unwrap().trusted);
        assert!(parse("https://127.0.0.1:4434/", &["127.0.0.1:4433"]).is_err());
        assert!(parse("http://localhost:4433/", &["localhost"]).is_err());
        assert!(parse("https://user@localhost:4433/", &["localhost"]).is_err());
        assert!(!parse("https://other.example/", &["localhost"]).unwrap().trusted);
    }
}
