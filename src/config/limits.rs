//! `[limits]`: what a stranger may cost.

use std::time::Duration;

use super::{
    network::Network,
    reader::Reader,
    setting::{Setting, Size, hours, minutes, seconds},
};

/// What a stranger may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub body: usize,
    /// Largest request line and header together, in bytes.
    pub headers: usize,
    /// How long a client may take to send a request.
    pub request_timeout: Duration,
    /// Open connections at most.
    pub connections: usize,
    /// Failed logins of one account before further ones must wait.
    pub login_per_account: u32,
    /// Failed logins from one address before further ones must wait.
    pub login_per_address: u32,
    /// The first wait; each further failure doubles it.
    pub login_delay: Duration,
    /// The longest wait; at least `login_delay`.
    pub login_delay_max: Duration,
    /// Addresses that have no count of their own.
    pub login_exempt: Vec<Network>,
}

impl Limits {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let size = |least: u64, most: u64| Size::kib(least)..=Size::kib(most);
        let body = r.ranged("body", Size::kib(64), size(1, 16_384), "The largest request body.");
        let headers = r.ranged(
            "headers",
            Size::kib(16),
            size(4, 1_024),
            "The largest request line and headers together.",
        );
        let request_timeout = r.ranged(
            "request_timeout",
            seconds(10),
            seconds(1)..=minutes(10),
            "How long a client may take to send a request before it is cut off.",
        );
        let connections = r.ranged("connections", 25_000, 1..=1_000_000, "Open connections at most.");
        let login_per_account = r.ranged(
            "login_per_account",
            5,
            1..=1_000_000,
            "Failed logins of one account before further ones must wait.",
        );
        let login_per_address = r.ranged(
            "login_per_address",
            20,
            1..=1_000_000,
            "Failed logins from one address before further ones must wait.",
        );
        let login_delay = r.ranged(
            "login_delay",
            seconds(1),
            seconds(1)..=hours(1),
            "The first wait. Each further failure doubles it.",
        );
        let login_delay_max = r.ranged(
            "login_delay_max",
            minutes(15),
            seconds(1)..=hours(24),
            "The longest wait, so that nobody is locked out for ever. No shorter than \"login_delay\".",
        );
        let login_exempt = r.option(
            "login_exempt",
            Vec::new(),
            "Addresses or ranges (CIDR) whose failures are counted per account only, for example machines that run tests.",
        );
        if login_delay_max < login_delay {
            let key = if r.is_set("login_delay_max") {
                "login_delay_max"
            } else {
                "login_delay"
            };
            let [most, first] = [login_delay_max, login_delay].map(|wait| wait.print().replace('"', ""));
            r.refuse(
                key,
                format!("expected login_delay_max to be no shorter than login_delay, found {most} and {first}"),
            );
        }
        Self {
            body: body.len(),
            headers: headers.len(),
            request_timeout,
            connections,
            login_per_account,
            login_per_address,
            login_delay,
            login_delay_max,
            login_exempt,
        }
    }
}
