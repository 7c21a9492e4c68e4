//! Redirect URIs: what may be registered, and when a presented one is the registered one (RFC 6749, 3.1.2; RFC 8252; RFC 9700, 2.1).

use std::net::IpAddr;

use url::{Host, Url};

use super::error::{Error, ErrorCode};

/// Whether `uri` may stand among a client's `redirect_uris` or `post_logout_redirect_uris`.
///
/// `https`, `http` on this machine only (RFC 8252, 8.3), or a private-use scheme with a dot in it (RFC 8252, 7.1). Never a
/// fragment, a wildcard, credentials, or a scheme that a browser would run.
pub fn registrable(uri: &str) -> Result<(), Error> {
    let refuse = |why: &str| Err(ErrorCode::InvalidRedirectUri.because(format!("{why}: {uri}")));
    if uri.len() > 2048 || !uri.bytes().all(|b| b.is_ascii_graphic()) {
        return refuse("a redirect URI is at most 2048 printable ASCII characters");
    }
    let Ok(url) = Url::parse(uri) else {
        return refuse("not an absolute URI");
    };
    if uri.contains('#') {
        return refuse("a redirect URI has no fragment (RFC 6749, 3.1.2)");
    }
    if uri.contains('*') || uri.contains('\\') {
        return refuse("a redirect URI is compared character by character: no wildcard, no backslash");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("a redirect URI holds no credentials");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => refuse("plain http is only for loopback addresses; use https"),
        scheme if scheme.contains('.') => Ok(()),
        _ => refuse("the scheme is neither https nor a private-use one such as com.example.app (RFC 8252, 7.1)"),
    }
}

/// Whether a web client may have tokens sent there by the authorization endpoint: `https`, and not this machine (OpenID Connect
/// Registration, 2: `application_type`).
pub fn fit_for_tokens(uri: &str) -> Result<(), Error> {
    match Url::parse(uri) {
        Ok(url) if url.scheme() == "https" && !is_loopback(&url) => Ok(()),
        _ => Err(ErrorCode::InvalidRedirectUri.because(format!(
            "a web client of the implicit grant has https redirect URIs on another machine: {uri}"
        ))),
    }
}

/// Whether the presented URI is the registered one: the same characters, but for the port of a native client on a loopback *address*
/// (RFC 8252, 7.3: such a client gets its port from the operating system at run time).
pub fn is_match(registered: &str, presented: &str, native: bool) -> bool {
    registered == presented || (native && is_loopback_match(registered, presented))
}

fn is_loopback_match(registered: &str, presented: &str) -> bool {
    // The strings are cut by hand so that nothing but the port may differ: a URL parser would forgive more.
    match (split_loopback(registered), split_loopback(presented)) {
        (Some((host, rest)), Some((other_host, other_rest))) => host == other_host && rest == other_rest,
        _ => false,
    }
}

/// `http://127.0.0.1:PORT/rest` → (`127.0.0.1`, `/rest`), when the host is a loopback address and the port is a number.
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = ["127.0.0.1", "[::1]"]
        .into_iter()
        .find(|host| authority.starts_with(host))?;
    match &authority[host.len()..] {
        "" => Some((host, tail)),
        port => {
            let digits = port.strip_prefix(':')?;
            (digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok()).then_some((host, tail))
        }
    }
}

/// Whether the URL's host is this machine: `localhost`, a name under it, or a loopback address.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// The origin a form's answer may be redirected to, for `form-action` of a Content-Security-Policy: `https://host[:port]`, or
/// `scheme:` for a private-use scheme.
pub fn form_action_source(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let source = match url.scheme() {
        "http" | "https" => url.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    };
    // The URL standard lets a host hold what ends a directive or a policy.
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/[]+".contains(&b);
    source.bytes().all(harmless).then_some(source)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn https_loopback_and_private_use_schemes_can_be_registered() {
        for uri in [
            "https://app.example/cb",
            "https://app.example/cb?tenant=1",
            "http://localhost:3000/auth/callback",
            "http://127.0.0.1/cb",
            "http://[::1]:9/cb",
            "com.example.app:/oauth2redirect",
        ] {
            assert_eq!(registrable(uri), Ok(()), "{uri}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for uri in [
            "",
            "/cb",
            "app.example/cb",
            "http://app.example/cb",
            "http://localhost.example/cb",
            "http://127.0.0.1.example/cb",
            "https://app.example/cb#f",
            "https://app.example/cb#",
            "https://*.app.example/cb",
            "https://user:pw@app.example/cb",
            "https://app.example\\@evil.example/",
            "https://app.example/c b",
            "https://app.example/\ncb",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "vbscript:x",
            "myapp:/cb",
            &format!("https://app.example/{}", "a".repeat(2048)),
        ] {
            let refused = registrable(uri).unwrap_err();
            assert_eq!(refused.error, ErrorCode::InvalidRedirectUri, "{uri}");
        }
    }

    #[test]
    fn a_match_is_a_match_of_characters() {
        let registered = "https://app.example/cb?foo=bar";
        assert!(is_match(registered, registered, false));
        for presented in [
            "https://app.example/cb",
            "https://app.example/cb?foo=bar&x=1",
            "https://app.example/cb?foo=baz",
            "https://APP.example/cb?foo=bar",
            "https://app.example:443/cb?foo=bar",
            "https://app.example/cb/?foo=bar",
            "https://app.example/./cb?foo=bar",
            "https://appxexample/cb?foo=bar",
            "https://app.example/cb?foo=bar#",
            "https://app.example/cb%3Ffoo=bar",
        ] {
            assert!(!is_match(registered, presented, true), "{presented}");
        }
    }

    #[test]
    fn only_the_port_of_a_native_loopback_address_is_free() {
        let cases = [
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1:51004/cb", true),
            ("http://[::1]/cb", "http://[::1]:7/cb", true),
            ("http://127.0.0.1/cb", "http://[::1]/cb", false),
            ("http://localhost/cb", "http://localhost:8080/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:8080/other", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:8080/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:+1/cb", false),
            ("https://127.0.0.1/cb", "https://127.0.0.1:8080/cb", false),
        ];
        for (registered, presented, expected) in cases {
            assert_eq!(
                is_match(registered, presented, true),
                expected,
                "{registered} {presented}"
            );
            assert!(!is_match(registered, presented, false), "{registered} {presented}");
        }
    }

    #[test]
    fn a_form_may_answer_to_the_redirect_origin() {
        assert_eq!(
            form_action_source("https://app.example:8443/cb?x").as_deref(),
            Some("https://app.example:8443")
        );
        assert_eq!(
            form_action_source("com.example.app:/cb").as_deref(),
            Some("com.example.app:")
        );
        for uri in [
            "https://a;sandbox/",
            "https://a,b/",
            "https://a'b/",
            "https://a*b/",
            "no URL",
        ] {
            assert_eq!(form_action_source(uri), None, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn changing_any_character_breaks_the_match(at in 0usize..30, to in "[a-z0-9/:?.]") {
            let registered = "https://app.example/cb?foo=bar";
            let mut presented = registered.to_owned();
            presented.replace_range(at..=at, &to);
            prop_assert_eq!(is_match(registered, &presented, true), presented == registered);
        }
    }
}
