//! What concerns the people who sign in: how they are written to, and how they get an account.

pub(super) mod mail;
pub(super) mod sign_up;

pub use self::{
    mail::{Mail, MailSecurity, Mailbox},
    sign_up::{ASKABLE, AskedAtSignUp, SignUp, SignUpMode, SignUpUsername},
};
