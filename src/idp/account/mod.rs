//! A person's own account, as its pages show and change it.
//!
//! Whatever concerns what the person signs in with, and whatever cannot be undone, asks for a recent sign-in
//! ([`Idp::recently_present`](super::Idp)). To lose a factor, or to change one, begins a new epoch: every other session, code and
//! grant of the person ends, for somebody else may have come in with what is gone. To add one ends nothing: it takes nothing from
//! anybody, and the person would only be signed out of everything for doing well.

mod activity;
mod applications;
mod delete;
mod export;
mod factors;
mod overview;
mod password;
mod profile;
mod sessions;
#[cfg(test)]
mod tests;

pub use self::{
    activity::{Activity, Happening},
    applications::{GrantedApplication, Uses},
    delete::Leaving,
    factors::{OwnAuthenticator, OwnRecoveryCodes},
    overview::{Concern, Overview},
    password::OwnPassword,
    profile::{Entries, Field, FieldKind, Profile, Saved, Wrong},
    sessions::{Application, Ended, Ending, OwnSession},
};
