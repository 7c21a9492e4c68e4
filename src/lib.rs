//! avouch: a standalone OpenID Connect identity provider.
//!
//! # The map of the house
//!
//! Tiers are floors, capabilities are rooms that keep one name from top to bottom: `protocol/refresh.rs` has the rule,
//! `idp/token/refresh.rs` the use case, `http/oidc/token.rs` the door, `tests/suite/oidc/refresh.rs` the proof.
//!
//! | floor | rooms | what it knows |
//! |---|---|---|
//! | 5 | [`cli`], `main` | commands, wiring, the process |
//! | 4 | [`http`] | actix-web and askama live and end here; every URL is in [`http::routes`] |
//! | 3 | [`idp`] | the use cases: load, decide, commit |
//! | 2 | [`store`], [`keys`], [`credential`], [`outbound`], [`telemetry`] | disk, signatures, password hashes, others' hosts, counters; never each other |
//! | 1 | [`model`], [`config`], [`secret`], [`clock`], [`language`] | what is kept, what is set, what is random or digested, what time it is, how people are spoken to |
//! | 0 | [`protocol`] | words and rules of OAuth 2.0 and OpenID Connect, as pure functions of values |
//!
//! A floor imports only floors below it; `tests/suite/architecture.rs` refuses anything else.
//!
//! # The way of a request
//!
//! A door parses bytes into [`protocol::params::Params`]; a use case loads a few records, asks floor 0 what follows, and commits once.
//! What can be spent once (a code, a refresh token, a set-up link) is spent by that commit, which fails when somebody else was faster;
//! the use case then runs again and sees what they did. Errors have three layers and one edge: `protocol::error` holds the registered
//! codes, `idp::Error` what a use case can meet, and `http/error.rs` alone knows statuses.

pub mod cli;
pub mod clock;
pub mod config;
pub mod credential;
pub mod http;
pub mod idp;
pub mod keys;
pub mod language;
pub mod model;
pub mod outbound;
pub mod protocol;
pub mod secret;
pub mod store;
pub mod telemetry;
