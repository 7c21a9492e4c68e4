//! Failed sign-ins are counted per account and per address, in the store, and slow the next attempt down.

use std::{net::IpAddr, time::Duration};

use super::{Error, Idp, Result};
use crate::{
    model::throttle::{Throttle, ThrottlePolicy},
    secret,
    store::{Changes, Loaded},
};

/// The two counters of one attempt.
pub(super) struct Counters {
    account: Counter,
    address: Option<Counter>,
}

struct Counter {
    key: String,
    policy: ThrottlePolicy,
    record: Option<Loaded<Throttle>>,
}

impl Idp {
    /// Loads the counters of an attempt and refuses it when it comes too early. `account` is a user's id, or what was typed when
    /// nobody has that name: both are counted alike, so that waiting tells nothing.
    pub(super) async fn throttled(&self, account: &str, address: IpAddr) -> Result<Counters> {
        let limits = &self.config.limits;
        let policy = |free| ThrottlePolicy {
            free,
            delay: limits.login_delay,
            delay_max: limits.login_delay_max,
        };
        let account = self
            .counter(
                format!("account:{}", secret::digest(account)),
                policy(limits.login_per_account),
            )
            .await?;
        let address = if limits.login_exempt.iter().any(|network| network.contains(address)) {
            None
        } else {
            Some(
                self.counter(
                    format!("address:{}", network_of(address)),
                    policy(limits.login_per_address),
                )
                .await?,
            )
        };
        let counters = Counters { account, address };
        let now = self.now();
        let wait = counters
            .all()
            .filter_map(|counter| Some(counter.policy.wait(counter.record.as_ref()?, now)))
            .max();
        match wait {
            Some(retry_after) if retry_after > Duration::ZERO => Err(Error::TooMany { retry_after }),
            _ => Ok(counters),
        }
    }

    async fn counter(&self, key: String, policy: ThrottlePolicy) -> Result<Counter> {
        let record = self.store.get::<Throttle>(&key, self.now()).await?;
        Ok(Counter { key, policy, record })
    }

    /// Counts a failure on both.
    pub(super) fn count_failure(&self, changes: &mut Changes, counters: &Counters) -> Result<()> {
        for counter in counters.all() {
            let failures = counter
                .record
                .as_ref()
                .map_or(0, |throttle| throttle.failures)
                .saturating_add(1);
            let throttle = Throttle {
                key: counter.key.clone(),
                failures,
                failed_at: self.now(),
            };
            match &counter.record {
                Some(record) => changes.update(record, &throttle)?,
                None => changes.insert(&throttle)?,
            }
        }
        Ok(())
    }

    /// A right password clears the account's count. The address keeps its own: one known account must not buy guesses at others.
    pub(super) fn count_success(changes: &mut Changes, counters: &Counters) -> Result<()> {
        match &counters.account.record {
            Some(record) => Ok(changes.delete(record)?),
            None => Ok(()),
        }
    }
}

impl Counters {
    fn all(&self) -> impl Iterator<Item = &Counter> {
        std::iter::once(&self.account).chain(&self.address)
    }
}

/// An IPv4 address, or the /64 of an IPv6 address: that much is one customer's.
fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let of = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
