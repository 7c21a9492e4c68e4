//! The one gate of every door at which a password is set, and how one is kept.

use super::super::{Error, Idp, Result};
use crate::{
    credential::password,
    model::user::{Password, User},
    secret::Secret,
};

impl Idp {
    /// A password that somebody chose, ready to be kept; nobody gets around the rules, whichever door they use.
    pub(in crate::idp) async fn chosen_password(&self, user: &User, plain: &Secret<String>) -> Result<Password> {
        let email = user.email.as_deref().unwrap_or_default();
        let names = [user.username.as_str(), email, self.config.pages.name.as_str()];
        if let Err(refusal) = self.passwords.acceptable(plain, &names).await? {
            return Err(Error::invalid("password", refusal.words()));
        }
        Ok(self.kept_password(user, self.passwords.hash(plain.clone()).await?))
    }

    /// A hash that another system made. What it is the hash of nobody knows, so no rule can be asked; the first sign-in
    /// with it puts one of ours in its place.
    pub(super) fn imported_password(&self, user: &User, hash: &Secret<String>) -> Result<Password> {
        let hash = password::importable(hash.expose()).map_err(|refusal| Error::Invalid {
            field: "password_hash",
            message: refusal.to_string().into(),
        })?;
        Ok(self.kept_password(user, hash.to_owned()))
    }

    fn kept_password(&self, user: &User, hash: String) -> Password {
        Password {
            user_id: user.id.clone(),
            hash: Secret::new(hash),
            changed_at: self.now(),
        }
    }
}
