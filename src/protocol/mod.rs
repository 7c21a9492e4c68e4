//! Floor 0: the words and rules of OAuth 2.0 and OpenID Connect, as pure functions of values.
//!
//! Nothing here knows HTTP, a disk, a clock or randomness; the time is always a parameter.

pub mod access_token;
pub mod assertion;
pub mod authorize;
pub mod claims;
pub mod client;
pub mod client_auth;
pub mod discovery;
pub mod error;
pub mod id_token;
pub mod introspection;
pub mod jwa;
pub mod jwks;
pub mod jwt;
pub mod logout;
pub mod params;
pub mod pkce;
pub mod redirect_uri;
pub mod refresh;
pub mod registration;
pub mod request_object;
pub mod resource;
pub mod response;
pub mod scope;
pub mod token;

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment in whole seconds since 1970-01-01T00:00:00Z: JSON's NumericDate (RFC 7519, 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `seconds` after the epoch.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch, as they stand in a token.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn seconds(duration: Duration) -> i64 {
        i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(Self::seconds(duration)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(Self::seconds(duration)))
    }
}
