//! Failed sign-ins are counted per account and per address, in the store, and slow the next attempt down.

use std::{net::IpAddr, time::Duration};

use super::{Browser, Error, Idp, Result, audit::Work};
use crate::{
    model::throttle::{KnownBrowser, Throttle, ThrottlePolicy},
    protocol::Timestamp,
    secret,
    store::Loaded,
};

/// How long a browser is remembered in which a user has signed in; as long as browsers keep a cookie.
const KNOWN: Duration = Duration::from_hours(400 * 24);

/// The counters of one attempt.
pub(super) struct Counters {
    account: Counter,
    address: Option<Counter>,
    known: Option<Loaded<KnownBrowser>>,
}

struct Counter {
    key: String,
    policy: ThrottlePolicy,
    record: Option<Loaded<Throttle>>,
}

impl Idp {
    /// Loads the counters of an attempt and refuses it when it comes too early. `account` is a user's id, or what was typed when
    /// nobody has that name. In a browser that the user has signed in with before, the account's count is one of its own.
    pub(super) async fn throttled(&self, account: &str, browser: &Browser) -> Result<Counters> {
        let limits = &self.config.limits;
        let policy = |free| self.sign_in_policy(free);
        let known = self
            .store
            .get::<KnownBrowser>(&known_digest(account, browser), self.now())
            .await?;
        let key = match &known {
            Some(known) => format!("browser:{}", known.digest),
            None => format!("account:{}", secret::digest(account)),
        };
        let account = self.counter(key, policy(limits.login_per_account)).await?;
        let address = if limits
            .login_exempt
            .iter()
            .any(|network| network.contains(browser.address))
        {
            None
        } else {
            let key = format!("address:{}", network_of(browser.address));
            Some(self.counter(key, policy(limits.login_per_address)).await?)
        };
        let counters = Counters {
            account,
            address,
            known,
        };
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

    /// How failures become waiting where people sign in.
    pub(super) fn sign_in_policy(&self, free: u32) -> ThrottlePolicy {
        let limits = &self.config.limits;
        ThrottlePolicy {
            free,
            delay: limits.login_delay,
            delay_max: limits.login_delay_max,
            halving: limits.login_delay_max,
        }
    }

    async fn counter(&self, key: String, policy: ThrottlePolicy) -> Result<Counter> {
        let record = self.store.get::<Throttle>(&key, self.now()).await?;
        Ok(Counter { key, policy, record })
    }

    /// Counts, with a commit, what strangers may do only so often. Refuses what comes too early.
    pub(super) async fn count_all(
        &self,
        work: &mut Work,
        keys: impl Iterator<Item = (String, ThrottlePolicy)>,
    ) -> Result<()> {
        let now = self.now();
        for (key, policy) in keys {
            let counter = self.counter(key, policy).await?;
            let wait = counter.record.as_ref().map(|record| policy.wait(record, now));
            if let Some(retry_after) = wait.filter(|wait| *wait > Duration::ZERO) {
                return Err(Error::TooMany { retry_after });
            }
            Self::count_one(work, &counter, now)?;
        }
        Ok(())
    }

    /// Counts a failure on both.
    pub(super) fn count_failure(&self, work: &mut Work, counters: &Counters) -> Result<()> {
        let now = self.now();
        counters
            .all()
            .try_for_each(|counter| Self::count_one(work, counter, now))
    }

    fn count_one(work: &mut Work, counter: &Counter, now: Timestamp) -> Result<()> {
        let before = counter
            .record
            .as_ref()
            .map_or(0, |throttle| counter.policy.remembered(throttle, now));
        let throttle = Throttle {
            key: counter.key.clone(),
            failures: before.saturating_add(1),
            failed_at: now,
        };
        match &counter.record {
            Some(record) => work.update(record, &throttle)?,
            None => work.insert(&throttle)?,
        }
        Ok(())
    }

    /// A right password clears the account's count and makes the browser known. The address keeps its own count: one known account must
    /// not buy guesses at others.
    pub(super) fn count_success(
        &self,
        work: &mut Work,
        counters: &Counters,
        user_id: &str,
        browser: &Browser,
    ) -> Result<()> {
        // Of guesses made at once, one that was counted meanwhile has every other look again: the door may be closed by then.
        match &counters.account.record {
            Some(record) => work.delete(record)?,
            None => work.require_absent::<Throttle>(&counters.account.key)?,
        }
        let expires_at = self.now() + KNOWN;
        match &counters.known {
            // Renewed once a day, not with every sign-in.
            Some(known) if expires_at.since(known.expires_at) < Duration::from_hours(24) => {}
            Some(known) => work.update(
                known,
                &KnownBrowser {
                    expires_at,
                    ..known.to_value()
                },
            )?,
            None => work.insert(&KnownBrowser {
                digest: known_digest(user_id, browser),
                expires_at,
            })?,
        }
        Ok(())
    }
}

impl Counters {
    /// Whether the user has signed in with this browser before.
    pub const fn is_known_browser(&self) -> bool {
        self.known.is_some()
    }

    fn all(&self) -> impl Iterator<Item = &Counter> {
        std::iter::once(&self.account).chain(&self.address)
    }
}

fn known_digest(account: &str, browser: &Browser) -> String {
    secret::digest(&format!("{account} {}", browser.binding.expose()))
}

/// An IPv4 address, or the /64 of an IPv6 address: that much is one customer's.
pub(super) fn network_of(address: IpAddr) -> String {
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
