//! The logout token (OpenID Connect Back-Channel Logout, 2.4): tells a client that a session has ended.

use std::time::Duration;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use crate::protocol::Timestamp;

/// `typ` of its header (Back-Channel Logout, 2.4): nobody takes it for an ID token.
pub const TYP: &str = "logout+jwt";

/// How long it is good: two minutes at most (Back-Channel Logout, 2.4). Each attempt brings a new one.
pub const LIFETIME: Duration = Duration::from_mins(2);

/// The member of `events` that makes it a logout token.
pub const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of a logout token. There is no `nonce`, which is prohibited so that none passes for an ID token.
#[derive(Clone, Debug, Serialize)]
pub struct LogoutToken<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// The end-user, as this client's ID tokens name them.
    pub sub: &'a str,
    /// The client.
    pub aud: &'a str,
    /// Issue.
    pub iat: Timestamp,
    /// Expiry.
    pub exp: Timestamp,
    /// The token's own identity.
    pub jti: &'a str,
    /// The session, as the ID tokens named it.
    pub sid: &'a str,
    /// What happened.
    pub events: Events,
}

/// Exactly the one member, with an empty object.
#[derive(Clone, Copy, Debug)]
pub struct Events;

impl Serialize for Events {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(EVENT, &Map::<String, Value>::new())?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_has_the_claims_of_the_specification_and_no_other() {
        let token = LogoutToken {
            iss: "https://id.example",
            sub: "u",
            aud: "app",
            iat: Timestamp::from_unix(1),
            exp: Timestamp::from_unix(121),
            jti: "j",
            sid: "s",
            events: Events,
        };
        assert_eq!(
            serde_json::to_value(token).unwrap(),
            json!({"iss": "https://id.example", "sub": "u", "aud": "app", "iat": 1, "exp": 121, "jti": "j", "sid": "s",
                "events": {"http://schemas.openid.net/event/backchannel-logout": {}}})
        );
    }

    #[test]
    fn it_is_short_lived() {
        assert!(LIFETIME <= Duration::from_mins(2));
    }
}
