//! `[tokens]`: how long codes and tokens live.

use std::time::Duration;

use super::{
    reader::Reader,
    setting::{Setting, days, hours, minutes, seconds},
};

/// How long codes and tokens live. A client may have shorter or longer lives of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Life of an access token.
    pub access_lifetime: Duration,
    /// Life of an ID token.
    pub id_lifetime: Duration,
    /// How long a refresh token may lie unused; each rotation starts it anew.
    pub refresh_lifetime: Duration,
    /// Life of a refresh token and all its successors together; at least `refresh_lifetime`.
    pub refresh_max_lifetime: Duration,
    /// How long after a rotation a retry gets the same successor (RFC 9700, 4.14); zero for never.
    pub refresh_reuse_window: Duration,
    /// Life of an authorization code (RFC 6749, 4.1.2: at most ten minutes).
    pub code_lifetime: Duration,
    /// Audience of access tokens when the request names none; the issuer when left out.
    pub audience: Option<String>,
}

impl Tokens {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let access_lifetime = r.ranged(
            "access_lifetime",
            hours(1),
            seconds(1)..=days(1),
            "How long an access token is accepted. A backend that verifies it alone cannot learn of a revocation earlier.",
        );
        let id_lifetime = r.ranged(
            "id_lifetime",
            hours(1),
            seconds(1)..=days(30),
            "How long an ID token is accepted.",
        );
        let refresh_lifetime = r.ranged(
            "refresh_lifetime",
            days(30),
            seconds(1)..=days(366),
            "How long a refresh token may lie unused. Each use replaces it and starts this anew.",
        );
        let refresh_max_lifetime = r.ranged(
            "refresh_max_lifetime",
            days(180),
            seconds(1)..=days(1826),
            "How long a refresh token and all its successors work together; then the end-user signs in again.",
        );
        let refresh_reuse_window = r.ranged(
            "refresh_reuse_window",
            seconds(10),
            seconds(0)..=minutes(1),
            "How long a retry with the previous refresh token gets the same successor, for answers that were lost. A later \
             reuse is taken for theft and ends the whole family.",
        );
        let code_lifetime = r.ranged(
            "code_lifetime",
            seconds(60),
            seconds(1)..=minutes(10),
            "How long an authorization code can be redeemed.",
        );
        let audience = r.checked(
            "audience",
            None,
            "The audience (\"aud\") of access tokens when a request names no resource. Empty: the issuer.",
            |audience: &Option<String>| is_audience(audience.as_deref()),
        );
        if refresh_max_lifetime < refresh_lifetime {
            let key = if r.is_set("refresh_max_lifetime") {
                "refresh_max_lifetime"
            } else {
                "refresh_lifetime"
            };
            let [most, idle] = [refresh_max_lifetime, refresh_lifetime].map(|life| life.print().replace('"', ""));
            r.refuse(
                key,
                format!(
                    "expected refresh_max_lifetime to be no shorter than refresh_lifetime, found {most} and {idle}"
                ),
            );
        }
        Self {
            access_lifetime,
            id_lifetime,
            refresh_lifetime,
            refresh_max_lifetime,
            refresh_reuse_window,
            code_lifetime,
            audience,
        }
    }
}

/// A StringOrURI (RFC 7519, 2): what holds a colon must be a URI.
fn is_audience(audience: Option<&str>) -> Result<(), String> {
    match audience {
        Some(text) if text.chars().any(|c| c.is_whitespace() || c.is_control()) => {
            Err("expected an audience without spaces".to_owned())
        }
        Some(text) if text.contains(':') && url::Url::parse(text).is_err() => {
            Err(format!("expected a URI, since there is a colon in it, found {text:?}"))
        }
        _ => Ok(()),
    }
}
