//! `[sessions]`: how long a browser stays signed in.

pub mod sign_in;

use std::time::Duration;

use super::{
    reader::Reader,
    setting::{days, hours, seconds},
};

/// How long a browser stays signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sessions {
    /// Life of a session from its login on.
    pub lifetime: Duration,
    /// How long an authorization request waits for its end-user.
    pub interaction_lifetime: Duration,
}

impl Sessions {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let lifetime = r.ranged(
            "lifetime",
            days(7),
            seconds(1)..=days(366),
            "How long a browser stays signed in, counted from its login.",
        );
        let interaction_lifetime = r.ranged(
            "interaction_lifetime",
            hours(1),
            seconds(1)..=days(1),
            "How long the sign-in page waits for its end-user. Later the flow starts again by itself.",
        );
        Self {
            lifetime,
            interaction_lifetime,
        }
    }
}
