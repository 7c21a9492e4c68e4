//! Clients that register themselves (openid-provider.md, section 5; RFC 7591; RFC 7592; OpenID Connect Registration 1.0), through the doors
//! that everybody has.

mod doors;
mod limits;
mod manage;
mod pairwise;
mod register;
mod tokens;

use crate::support::{Daemon, daemon::Builder};

/// A daemon at which anybody may register as often as they like.
fn open() -> Builder {
    unlimited("open")
}

/// A daemon at which one needs a token.
fn by_token() -> Builder {
    unlimited("token")
}

fn unlimited(mode: &str) -> Builder {
    Daemon::builder()
        .set("registration.mode", mode)
        .set("registration.exempt", "127.0.0.1")
}
