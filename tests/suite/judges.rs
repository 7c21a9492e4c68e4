//! Independent judges: verifiers and relying parties that others wrote, asked for their verdict on what we issue.

mod backend;
mod pyjwt;
mod python;
mod relying_party;
