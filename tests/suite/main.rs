//! Tests of the whole crate through its public doors, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]
#![allow(missing_docs, reason = "names of tests are sentences")]

mod admin;
mod architecture;
mod chromium;
mod cli;
mod code_flow;
mod config;
mod durability;
mod form_post;
mod judges;
mod keys;
mod logout_back_channel;
mod logout_front_channel;
mod logout_rp_initiated;
mod mail;
mod oidc;
mod oidc_basic;
mod oidc_config;
mod oidc_dynamic;
mod operating;
mod outbound;
mod pages;
mod passkey;
mod sign_in;
mod sign_up;
mod store;
mod support;
mod throttle;
mod tls;
