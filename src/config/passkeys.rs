//! `[passkeys]`: sign-in without a password (WebAuthn Level 3).

pub mod relying_party;

use std::{fmt, time::Duration};

use url::{Host, Url};

use super::{
    reader::Reader,
    setting::{Setting, expected, minutes, print_word, quote, seconds, text, word},
    source::Value,
};

/// Sign-in without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkeys {
    /// Whether there are passkeys at all.
    pub enabled: bool,
    /// The relying party; the issuer's host when absent.
    pub rp_id: Option<String>,
    /// Origins of sign-in pages beside the issuer's.
    pub origins: Vec<WebOrigin>,
    /// Origins outside the rp id's domain that may use its passkeys.
    pub related_origins: Vec<WebOrigin>,
    /// Whether an authenticator must verify the person.
    pub user_verification: UserVerification,
    /// The only models that may be added, unless empty.
    pub allow_aaguids: Vec<Aaguid>,
    /// The models that may not be added.
    pub deny_aaguids: Vec<Aaguid>,
    /// How long a browser may take to answer a challenge.
    pub timeout: Duration,
}

/// How much an authenticator has to know about the person (WebAuthn, 5.8.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserVerification {
    /// It verifies the person, or it is refused.
    Required,
    /// It verifies the person when it can.
    Preferred,
}

const USER_VERIFICATION: [(&str, UserVerification); 2] = [
    ("required", UserVerification::Required),
    ("preferred", UserVerification::Preferred),
];

impl Setting for UserVerification {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&USER_VERIFICATION, value)
    }

    fn print(&self) -> String {
        print_word(&USER_VERIFICATION, *self)
    }
}

/// Scheme, host and port, as a browser writes them: `https`, or `http` on `localhost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// As a browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for WebOrigin {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "an origin such as \"https://shop.example.com\", without a path";
        let text = text(what, value)?;
        let Ok(url) = Url::parse(text) else {
            return expected(what, value);
        };
        let origin = url.origin().ascii_serialization();
        let local =
            matches!(url.host(), Some(Host::Domain(host)) if host == "localhost" || host.ends_with(".localhost"));
        let secure = url.scheme() == "https" || (url.scheme() == "http" && local);
        if origin != text || !secure || !matches!(url.host(), Some(Host::Domain(_))) {
            return expected(what, value);
        }
        Ok(Self(origin))
    }

    fn print(&self) -> String {
        quote(&self.0)
    }
}

/// The model of an authenticator: a UUID in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aaguid(String);

impl Aaguid {
    /// 8-4-4-4-12 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Aaguid {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "an AAGUID such as \"ee882879-721c-4913-9775-3dfcce97072a\"";
        let text = text(what, value)?.to_ascii_lowercase();
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        let digits = text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
        if groups != [8, 4, 4, 4, 12] || !digits {
            return expected(what, value);
        }
        Ok(Self(text))
    }

    fn print(&self) -> String {
        quote(&self.0)
    }
}

impl Passkeys {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let enabled = r.option(
            "enabled",
            true,
            "Whether people can add passkeys and sign in with them.",
        );
        let rp_id = r.checked("rp_id", None, RP_ID, |rp_id: &Option<String>| match rp_id {
            Some(rp_id) => is_domain(rp_id),
            None => Ok(()),
        });
        let origins = r.option(
            "origins",
            Vec::new(),
            "Origins of sign-in pages beside the issuer's own, within the domain of \"rp_id\".",
        );
        let related_origins = r.option("related_origins", Vec::new(), RELATED_ORIGINS);
        let user_verification = r.option(
            "user_verification",
            UserVerification::Preferred,
            "\"required\": the authenticator must verify the person, by fingerprint, face or PIN. \"preferred\": it does when it \
             can; a passkey that did not counts as one factor.",
        );
        let allow_aaguids = r.option(
            "allow_aaguids",
            Vec::new(),
            "The only models of authenticators that may be added, by AAGUID. Empty: all. No attestation is asked for, so a model \
             is what the authenticator says it is: this guides honest people and stops nobody else.",
        );
        let deny_aaguids = r.option(
            "deny_aaguids",
            Vec::new(),
            "Models of authenticators that may not be added, by AAGUID; in the same spirit.",
        );
        let timeout = r.ranged(
            "timeout",
            minutes(5),
            seconds(1)..=minutes(10),
            "How long a browser may take to answer a challenge.",
        );
        Self {
            enabled,
            rp_id,
            origins,
            related_origins,
            user_verification,
            allow_aaguids,
            deny_aaguids,
            timeout,
        }
    }
}

const RP_ID: &str = "The domain that passkeys are made for: the issuer's host or a parent domain of it. Empty: the issuer's host. It \
     cannot be changed later without losing every passkey, so choose the domain that will stay; `avouch doctor passkey` checks it.";

const RELATED_ORIGINS: &str = "Origins in other domains that may use the passkeys of \"rp_id\"; told at /.well-known/webauthn, which \
     browsers fetch from https://RP_ID. Needed after a move to another domain.";

fn is_domain(name: &str) -> Result<(), String> {
    match Host::parse(name) {
        Ok(Host::Domain(domain)) if domain == name && !name.starts_with('.') && !name.ends_with('.') => Ok(()),
        _ => Err(format!(
            "expected a domain name in lower case such as \"example.com\", without scheme and port, found {name:?}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<T: Setting>(text: &str) -> Result<T, String> {
        T::parse(&Value::Text(text.to_owned()))
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for good in [
            "https://shop.example.com",
            "https://shop.example.com:8443",
            "http://localhost:3001",
            "http://app.localhost",
        ] {
            assert_eq!(parse::<WebOrigin>(good).unwrap().as_str(), good);
        }
        for bad in [
            "shop.example.com",
            "https://shop.example.com/",
            "https://shop.example.com:443",
            "https://Shop.example.com",
            "http://shop.example.com",
            "https://192.0.2.1",
            "android:apk-key-hash:x",
        ] {
            assert!(parse::<WebOrigin>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_model_is_a_uuid() {
        let aaguid: Aaguid = parse("EE882879-721C-4913-9775-3DFCCE97072A").unwrap();
        assert_eq!(aaguid.as_str(), "ee882879-721c-4913-9775-3dfcce97072a");
        for bad in [
            "",
            "ee882879",
            "ee882879-721c-4913-9775-3dfcce97072g",
            "ee882879-721c-49139775-3dfcce97072a0",
        ] {
            assert!(parse::<Aaguid>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_relying_party_is_a_bare_domain() {
        for good in ["example.com", "localhost", "id.example.com", "xn--bcher-kva.example"] {
            assert_eq!(is_domain(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "https://example.com",
            "example.com:443",
            "Example.com",
            "192.0.2.1",
            "[::1]",
            ".com",
            "a.",
        ] {
            assert!(is_domain(bad).is_err(), "{bad}");
        }
    }
}
