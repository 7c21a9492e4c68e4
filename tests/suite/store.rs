//! What the store promises when the process, the power or the disk fails. The engines' conformance suite is in the crate.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests, though not all of it stands in #[test] functions"
)]

mod churn;
mod damage;
mod full_disk;
mod kill;
pub mod ledger;
mod power_loss;
mod power_record;
