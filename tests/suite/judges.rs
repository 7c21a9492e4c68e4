//! Independent judges: verifiers and relying parties that others wrote, asked for their verdict on what we issue.

mod apache;
mod authlib;
mod backend;
mod judge;
mod openid_client;
mod pyjwt;
mod python;
mod relying_party;
