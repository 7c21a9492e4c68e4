//! Independent judges: verifiers and relying parties that others wrote, asked for their verdict on what we issue.

mod apache;
mod authlib;
mod backend;
pub mod judge;
mod openid_client;
mod pyjwt;
pub mod python;
mod relying_party;
