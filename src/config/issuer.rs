//! The issuer identifier (OpenID Connect Discovery 1.0, 3; RFC 8414, 2): a URL that is compared byte for byte.

use std::{fmt, net::Ipv6Addr};

use url::{Host, Url};

use super::{
    setting::{Setting, quote, text},
    source::Value,
};

/// A validated issuer: `https`, or `http` on a loopback name; without query, fragment, userinfo or trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    /// Length of scheme, host and port; the path follows.
    origin: usize,
    loopback: bool,
}

impl Issuer {
    /// `http(s)://localhost:<port>`, the issuer of a daemon that was told nothing else.
    pub(super) fn localhost(tls: bool, port: u16) -> Self {
        let scheme = if tls { "https" } else { "http" };
        let text = match (tls, port) {
            (true, 443) | (false, 80) => format!("{scheme}://localhost"),
            _ => format!("{scheme}://localhost:{port}"),
        };
        Self {
            origin: text.len(),
            text,
            loopback: true,
        }
    }

    /// The issuer exactly as `iss` carries it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: what a browser sends as `Origin`.
    pub fn origin(&self) -> &str {
        self.text.get(..self.origin).unwrap_or_default()
    }

    /// The path in front of every URL of the daemon: empty, or `/a/b` without trailing slash.
    pub fn path(&self) -> &str {
        self.text.get(self.origin..).unwrap_or_default()
    }

    /// Whether browsers reach the daemon by TLS.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// Whether only this machine can reach it by that name.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    fn validate(text: &str) -> Result<Self, String> {
        let refuse = |why: &str| Err(format!("{why}, found {text:?}"));
        let url = match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => return refuse("expected a URL such as \"https://id.example.com\""),
        };
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("expected a URL without query and fragment");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("expected a URL without user and password".to_owned());
        }
        // The issuer is compared byte for byte by others: it must be written as every URL parser would write it.
        let normal = url.as_str().strip_suffix('/').unwrap_or(url.as_str());
        if text != normal && text != url.as_str() {
            return refuse(&format!("expected the URL in its normal form, {normal:?}"));
        }
        if url.path() != "/" && text.ends_with('/') {
            return refuse(&format!("expected no slash at the end, {normal:?}"));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !url.path().bytes().all(plain) || url.path().contains("//") {
            return refuse("expected a path of letters, digits and -._~ between single slashes");
        }
        let loopback = url.host().is_some_and(|host| is_loopback(&host));
        if url.scheme() == "http" && !loopback {
            return refuse("expected https: plain http is for localhost, *.localhost, 127.0.0.0/8 and [::1] only");
        }
        let path = if url.path() == "/" { 0 } else { url.path().len() };
        Ok(Self {
            text: normal.to_owned(),
            origin: normal.len() - path,
            loopback,
        })
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => *address == Ipv6Addr::LOCALHOST,
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Setting for Issuer {
    fn parse(value: &Value) -> Result<Self, String> {
        Self::validate(text("a URL such as \"https://id.example.com\"", value)?)
    }

    fn print(&self) -> String {
        quote(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_issuer_is_kept_byte_for_byte() {
        for text in [
            "https://id.example.com",
            "https://id.example.com:8443/realms/a",
            "https://xn--bcher-kva.example/~a_b-c.d",
            "http://localhost:3001",
            "http://app.localhost",
            "http://127.0.0.1:1",
            "http://127.9.9.9/id",
            "http://[::1]:3001",
        ] {
            assert_eq!(Issuer::validate(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_bare_slash_after_the_host_is_dropped() {
        assert_eq!(
            Issuer::validate("https://id.example.com/").unwrap().as_str(),
            "https://id.example.com"
        );
    }

    #[test]
    fn origin_and_path_make_up_the_issuer() {
        let issuer = Issuer::validate("https://id.example.com:8443/realms/a").unwrap();
        assert_eq!(
            (issuer.origin(), issuer.path()),
            ("https://id.example.com:8443", "/realms/a")
        );
        assert!(issuer.is_https() && !issuer.is_loopback());
        let issuer = Issuer::validate("http://localhost:3001").unwrap();
        assert_eq!((issuer.origin(), issuer.path()), ("http://localhost:3001", ""));
        assert!(!issuer.is_https() && issuer.is_loopback());
    }

    #[test]
    fn what_cannot_be_an_issuer_is_refused_with_the_reason() {
        for (text, reason) in [
            ("id.example.com", "a URL such as"),
            ("ftp://id.example.com", "a URL such as"),
            ("https://", "a URL such as"),
            ("https://id.example.com?", "without query"),
            ("https://id.example.com/a?b=c", "without query"),
            ("https://id.example.com#", "without query"),
            ("https://me@id.example.com", "without user"),
            ("https://me:pw@id.example.com", "without user"),
            ("https://@id.example.com", "normal form, \"https://id.example.com\""),
            (
                "https://id.example.com/a/",
                "no slash at the end, \"https://id.example.com/a\"",
            ),
            ("https://ID.example.com", "normal form, \"https://id.example.com\""),
            ("https://id.example.com:443", "normal form, \"https://id.example.com\""),
            (
                "https://id.example.com/a/../b",
                "normal form, \"https://id.example.com/b\"",
            ),
            ("https://id.example.com\\a", "normal form"),
            (" https://id.example.com", "normal form"),
            (
                "https://bücher.example",
                "normal form, \"https://xn--bcher-kva.example\"",
            ),
            ("https://id.example.com/a;b", "letters, digits"),
            ("https://id.example.com/{a}", "normal form"),
            ("https://id.example.com/a%20b", "letters, digits"),
            ("https://id.example.com//a", "single slashes"),
            ("http://id.example.com", "expected https"),
            ("http://localhost.example.com", "expected https"),
            ("http://10.0.0.1", "expected https"),
            ("http://[::2]", "expected https"),
            ("http://evil-localhost", "expected https"),
        ] {
            let error = Issuer::validate(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn a_password_in_the_url_is_not_repeated() {
        assert!(
            !Issuer::validate("https://me:hunter2@id.example.com")
                .unwrap_err()
                .contains("hunter2")
        );
    }

    #[test]
    fn the_issuer_of_the_local_machine_leaves_the_usual_port_out() {
        for (tls, port, text) in [
            (false, 3001, "http://localhost:3001"),
            (true, 3001, "https://localhost:3001"),
            (false, 80, "http://localhost"),
            (true, 443, "https://localhost"),
        ] {
            let issuer = Issuer::localhost(tls, port);
            assert_eq!(issuer, Issuer::validate(text).unwrap());
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_a_url_that_reads_back_the_same(text in "https?://[a-zA-Z0-9.:@\\[\\]-]{1,20}[/a-z?#]{0,8}") {
            if let Ok(issuer) = Issuer::validate(&text) {
                prop_assert_eq!(Issuer::validate(issuer.as_str()).unwrap(), issuer.clone());
                prop_assert!(!issuer.as_str().ends_with('/'));
                prop_assert_eq!(format!("{}{}", issuer.origin(), issuer.path()), issuer.as_str());
            }
        }
    }
}
