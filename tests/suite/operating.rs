//! The daemon as its operator meets it: starts and refusals, logs and counters, and an end in good order.

mod logs;
mod metrics;
mod refusals;
mod shutdown;
