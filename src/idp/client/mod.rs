//! Who the clients are: registered by themselves or described at a URL, the keys they sign with, how they look, and how they are told
//! who an end-user is.

mod id_metadata;
pub(super) mod keys;
pub mod logo;
mod registration;
mod subject;
