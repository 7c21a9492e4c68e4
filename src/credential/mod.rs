//! Floor 2: what an end-user proves themselves with.

mod hasher;
mod memory;
pub mod passkey;
pub mod password;
