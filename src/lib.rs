//! avouch: a standalone OpenID Connect identity provider.

pub mod config;
pub mod credential;
pub mod keys;
pub mod model;
pub mod protocol;
pub mod secret;
pub mod store;
