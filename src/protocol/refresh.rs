//! Refresh token rotation and reuse detection (RFC 6749, 6 and 10.4; RFC 9700, 4.14.2).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    error::{Error, ErrorCode},
    scope::Scope,
};

/// What has become of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshState {
    /// The family's current token.
    Live,
    /// A successor was issued.
    Rotated {
        /// When.
        at: Timestamp,
    },
}

/// What to do with a presented refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Issue its successor.
    Rotate,
    /// It was rotated a moment ago: a retry or a second tab. Answer with the *same* successor.
    Replay,
    /// It was rotated long ago: either the client or a thief holds a stale copy. The whole family dies.
    Reused,
    /// It has lain unused for too long.
    Expired,
}

/// Judges a refresh token. `reuse_window` is how long a retry gets the same successor.
pub fn verdict(state: RefreshState, expires_at: Timestamp, reuse_window: Duration, now: Timestamp) -> Verdict {
    match state {
        _ if now >= expires_at => Verdict::Expired,
        RefreshState::Live => Verdict::Rotate,
        RefreshState::Rotated { at } if now < at + reuse_window => Verdict::Replay,
        RefreshState::Rotated { .. } => Verdict::Reused,
    }
}

/// The one answer to everything that can be wrong with a refresh token.
pub fn invalid_refresh_token() -> Error {
    ErrorCode::InvalidGrant.because("the refresh token is invalid, expired, revoked, already used, or another client's")
}

/// The scope of the new access token: all that was granted, or the part of it that is asked for (RFC 6749, 6).
pub fn narrowed(granted: &Scope, asked: Option<&Scope>) -> Result<Scope, Error> {
    match asked {
        None => Ok(granted.clone()),
        Some(asked) if asked.is_subset(granted) => Ok(asked.clone()),
        Some(_) => Err(ErrorCode::InvalidScope.because("scope is more than what was granted")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn a_verdict_follows_from_state_and_time() {
        let rotated = RefreshState::Rotated { at: at(50) };
        let cases = [
            (RefreshState::Live, 0, Verdict::Rotate),
            (RefreshState::Live, 99, Verdict::Rotate),
            (RefreshState::Live, 100, Verdict::Expired),
            (rotated, 50, Verdict::Replay),
            (rotated, 59, Verdict::Replay),
            (rotated, 60, Verdict::Reused),
            (rotated, 99, Verdict::Reused),
            (rotated, 100, Verdict::Expired),
        ];
        for (state, now, expected) in cases {
            assert_eq!(verdict(state, at(100), WINDOW, at(now)), expected, "{state:?} at {now}");
        }
    }

    #[test]
    fn a_refresh_never_widens_the_scope() {
        let granted = Scope::parse("openid email").unwrap();
        assert_eq!(narrowed(&granted, None).unwrap(), granted);
        let part = Scope::parse("email").unwrap();
        assert_eq!(narrowed(&granted, Some(&part)).unwrap(), part);
        let more = Scope::parse("openid phone").unwrap();
        assert_eq!(
            narrowed(&granted, Some(&more)).unwrap_err().error,
            ErrorCode::InvalidScope
        );
    }

    proptest! {
        #[test]
        fn only_a_live_token_is_ever_rotated(rotated_at in prop::option::of(0i64..200), now in 0i64..200, window in 0u64..50) {
            let state = rotated_at.map_or(RefreshState::Live, |seconds| RefreshState::Rotated { at: at(seconds) });
            let verdict = verdict(state, at(100), Duration::from_secs(window), at(now));
            prop_assert_eq!(verdict == Verdict::Rotate, rotated_at.is_none() && now < 100);
            if verdict == Verdict::Replay {
                prop_assert!(now < rotated_at.unwrap() + i64::try_from(window).unwrap());
            }
        }
    }
}
