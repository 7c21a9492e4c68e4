//! Commands about users.

use serde_json::{Map, Value, json};

use super::{
    super::{
        Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
        setup::ADMIN,
    },
    NewUser, UserChanges, not_found,
};
use crate::{
    credential::password,
    language::Words,
    model::{
        mail::FactorChange,
        user::{Password, User, canonical},
    },
    protocol::claims::{RESERVED_CLAIMS, StandardClaims, email::EmailAddress, is_email},
    secret::{self, Secret},
    store::Loaded,
};

impl Idp {
    pub(super) async fn user_add(&self, new: NewUser) -> Result<Value> {
        let mut changes = Work::default();
        let (user, password) = self.new_user(&mut changes, new).await?;
        self.audit(
            &mut changes,
            Event::new("user.added").actor("operator").subject(&user.id),
        )?;
        self.commit(changes).await?;
        user_answer(&user, password.as_ref())
    }

    /// A user as described, checked but for whether the names are free.
    pub(in crate::idp) fn shaped_user(&self, new: &NewUser) -> Result<User> {
        let now = self.now();
        let mut user = User {
            id: secret::random_id(),
            username: new.username.trim().to_owned(),
            email: new.email.as_ref().map(|email| email.trim().to_owned()),
            email_verified: new.email_verified,
            claims: StandardClaims::default(),
            role: new
                .role
                .clone()
                .unwrap_or_else(|| self.config.users.default_role.clone()),
            attributes: Map::new(),
            memberships: Vec::new(),
            active_organization: None,
            disabled: false,
            second_factors: Vec::new(),
            epoch: 0,
            created_at: now,
            updated_at: now,
        };
        self.set_claims(&mut user, &new.claims)?;
        self.check_user(&user)?;
        Ok(user)
    }

    /// Adds a user and its password to a commit.
    pub(in crate::idp) async fn new_user(&self, changes: &mut Work, new: NewUser) -> Result<(User, Option<Password>)> {
        let user = self.shaped_user(&new)?;
        self.check_logins_free(&user).await?;
        let password = match (&new.password, &new.password_hash) {
            (Some(plain), None) => Some(self.chosen_password(&user, plain).await?),
            (None, Some(hash)) => Some(self.imported_password(&user, hash)?),
            (None, None) => None,
            (Some(_), Some(_)) => {
                return Err(Error::Invalid {
                    field: "password_hash",
                    message: "a user has a password or the hash of one, not both".into(),
                });
            }
        };
        if let Some(password) = &password {
            changes.insert(password)?;
        }
        changes.insert(&user)?;
        Ok((user, password))
    }

    pub(in crate::idp) async fn check_logins_free(&self, user: &User) -> Result<()> {
        for (field, name) in [("username", Some(&user.username)), ("email", user.email.as_ref())] {
            let Some(name) = name else { continue };
            let holder = self.store.find::<User>("login", &canonical(name), self.now()).await?;
            if holder.is_some_and(|holder| holder.id != user.id) {
                let words = Words::new("refusal-login-taken").with("name", name.as_str());
                return Err(Error::invalid(field, words));
            }
        }
        Ok(())
    }

    /// Standard claims and profile attributes by their claim names; null removes one.
    fn set_claims(&self, user: &mut User, claims: &Map<String, Value>) -> Result<()> {
        let invalid = |message: String| Err(Error::invalid("claims", message));
        let mut standard = user.claims.to_map();
        for (name, value) in claims {
            match name.as_str() {
                "email" => set_email(user, text(name, value)?),
                "role" => user.role = text(name, value)?.unwrap_or_else(|| self.config.users.default_role.clone()),
                // Read last, below, since an address in the same claims takes it away; and what the record knows by itself, which a file
                // exported from userinfo may bring along.
                "email_verified" | "sub" | "updated_at" => {}
                _ if is_standard(name) => {
                    let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
                    if let Err(error) = serde_json::from_value::<StandardClaims>(alone) {
                        return invalid(format!("{name}: {error}"));
                    }
                    standard.insert(name.clone(), value.clone());
                }
                _ => match self.config.attributes.get(name) {
                    Some(attribute) => {
                        if let Err(expected) = attribute.check(value) {
                            return invalid(format!("{name}: {expected}"));
                        }
                        match value {
                            Value::Null => user.attributes.remove(name),
                            value => user.attributes.insert(name.clone(), value.clone()),
                        };
                    }
                    None if RESERVED_CLAIMS.contains(&name.as_str()) => {
                        return invalid(format!("{name} is set by avouch itself"));
                    }
                    None => {
                        return invalid(format!(
                            "{name} is neither a standard claim (OpenID Connect Core, 5.1) nor a configured attribute"
                        ));
                    }
                },
            }
        }
        match claims.get("email_verified") {
            None | Some(Value::Null) => {}
            Some(Value::Bool(verified)) => user.email_verified = *verified,
            Some(_) => return invalid("email_verified: expected true or false".to_owned()),
        }
        standard.retain(|_, value| !value.is_null());
        user.claims = serde_json::from_value(Value::Object(standard)).map_err(|error| Error::Invalid {
            field: "claims",
            message: format!("a claim has the wrong type: {error}").into(),
        })?;
        Ok(())
    }

    fn check_user(&self, user: &User) -> Result<()> {
        if !is_username(&user.username) {
            return Err(Error::invalid("username", Words::new("refusal-username")));
        }
        if user.email.as_deref().is_some_and(|email| !is_email(email)) {
            return Err(Error::invalid("email", Words::new("refusal-email")));
        }
        if user.email_verified && user.email.is_none() {
            return Err(Error::invalid(
                "email_verified",
                "There is no email address to be verified.",
            ));
        }
        if !self.config.users.roles.contains(&user.role) {
            let roles = format!("role is one of {}", self.config.users.roles.join(", "));
            return Err(Error::invalid("role", roles));
        }
        user.claims.validate().map_err(|error| Error::Invalid {
            field: "claims",
            message: error.error_description.into_owned().into(),
        })
    }

    /// By id first: a username that looks like somebody's id must not catch commands meant for that one.
    pub(in crate::idp) async fn user(&self, named: &str) -> Result<Loaded<User>> {
        let found = match self.store.get::<User>(named, self.now()).await? {
            Some(found) => Some(found),
            None => self.store.find::<User>("login", &canonical(named), self.now()).await?,
        };
        found.ok_or_else(|| not_found("user", named))
    }

    /// Changes a user's record under its version.
    pub(super) async fn change_user(
        &self,
        named: &str,
        event: &'static str,
        change: impl Fn(&mut User) -> Result<()>,
    ) -> Result<Value> {
        again_on_conflict(async || {
            let loaded = self.user(named).await?;
            let mut user = loaded.to_value();
            change(&mut user)?;
            user.updated_at = self.now();
            self.check_user(&user)?;
            self.check_logins_free(&user).await?;
            let mut changes = Work::default();
            changes.update(&loaded, &user)?;
            self.audit(&mut changes, Event::new(event).actor("operator").subject(&user.id))?;
            if user.epoch == loaded.epoch {
                self.commit(changes).await?;
            } else {
                self.commit_epoch(changes, &user.id, user.epoch).await?;
            }
            self.user_answer_of(&user).await
        })
        .await
    }

    pub(super) async fn user_set(&self, named: &str, wanted: &UserChanges) -> Result<Value> {
        self.change_user(named, "user.changed", |user| {
            if let Some(username) = &wanted.username {
                username.trim().clone_into(&mut user.username);
            }
            if let Some(email) = &wanted.email {
                set_email(user, Some(email.clone()));
            }
            user.email_verified = wanted.email_verified.unwrap_or(user.email_verified);
            if let Some(role) = &wanted.role {
                user.role.clone_from(role);
            }
            self.set_claims(user, &wanted.claims)
        })
        .await
    }

    pub(super) async fn user_remove(&self, named: &str) -> Result<Value> {
        again_on_conflict(async || {
            let user = self.user(named).await?;
            let mut changes = Work::default();
            self.take_user_away(&mut changes, &user).await?;
            self.audit(
                &mut changes,
                Event::new("user.removed").actor("operator").subject(&user.id),
            )?;
            self.commit_epoch(changes, &user.id, user.epoch + 1).await?;
            Ok(json!({"id": user.id, "username": user.username}))
        })
        .await
    }

    /// Takes a user and all that hangs on one away, with this commit. Nobody has an epoch of a user who is gone: whatever else is left
    /// of the user is refused at the gate, and leaves by itself.
    pub(in crate::idp) async fn take_user_away(&self, changes: &mut Work, user: &Loaded<User>) -> Result<()> {
        self.forget_factors(changes, &user.id).await?;
        self.forget_consents(changes, &user.id).await?;
        self.forget_mail(changes, &user.id).await?;
        Ok(changes.delete(user)?)
    }

    /// A new password begins a new epoch: every session, code and grant ends, and whoever knew the old one is out.
    pub(super) async fn user_password(&self, named: &str, plain: &Secret<String>) -> Result<Value> {
        let user = self.user(named).await?;
        let hashed = self.chosen_password(&user, plain).await?;
        let id = user.id.clone();
        again_on_conflict(async || {
            let loaded = self
                .store
                .get::<User>(&id, self.now())
                .await?
                .ok_or_else(|| not_found("user", named))?;
            let user = User {
                epoch: loaded.epoch + 1,
                ..loaded.to_value()
            };
            let mut changes = Work::default();
            changes.update(&loaded, &user)?;
            match self.store.get::<Password>(&id, self.now()).await? {
                Some(former) => changes.update(&former, &hashed)?,
                None => changes.insert(&hashed)?,
            }
            self.audit(
                &mut changes,
                Event::new("user.password_set").actor("operator").subject(&id),
            )?;
            self.tell_change(&mut changes, &user, FactorChange::PasswordChanged)?;
            self.commit_epoch(changes, &id, user.epoch).await?;
            user_answer(&user, Some(&hashed))
        })
        .await
    }

    pub(super) async fn user_show(&self, named: &str) -> Result<Value> {
        let user = self.user(named).await?;
        self.user_answer_of(&user).await
    }

    pub(super) async fn user_list(&self, after: &str, limit: usize) -> Result<Value> {
        let limit = limit.clamp(1, 1000);
        let users = self.store.list::<User>(after, limit, self.now()).await?;
        let next = if users.len() == limit {
            users.last().map(|user| user.id.clone())
        } else {
            None
        };
        let mut answers = Vec::with_capacity(users.len());
        for user in &users {
            answers.push(self.user_answer_of(user).await?);
        }
        Ok(json!({"users": answers, "next": next}))
    }

    async fn user_answer_of(&self, user: &User) -> Result<Value> {
        let password = self.store.get::<Password>(&user.id, self.now()).await?;
        user_answer(user, password.as_deref())
    }
}

fn user_answer(user: &User, password: Option<&Password>) -> Result<Value> {
    let mut answer = serde_json::to_value(user).map_err(Error::internal)?;
    if let Some(members) = answer.as_object_mut() {
        // How sessions are ended is our affair.
        members.remove("epoch");
    }
    answer["has_password"] = password.is_some().into();
    // What made the hash, never the hash: whether an import has been renewed by a sign-in.
    answer["password_scheme"] = password
        .and_then(|password| password::scheme(password.hash.expose()))
        .into();
    answer["is_administrator"] = (user.role == ADMIN).into();
    Ok(answer)
}

/// A new address is unproven until somebody says otherwise.
fn set_email(user: &mut User, email: Option<String>) {
    let email = email
        .map(|email| email.trim().to_owned())
        .filter(|email| !email.is_empty());
    user.email_verified &= user.email.as_deref().map(canonical) == email.as_deref().map(canonical);
    user.email = email;
}

fn is_standard(name: &str) -> bool {
    crate::protocol::claims::STANDARD_CLAIMS
        .iter()
        .any(|(claim, _)| *claim == name)
}

fn text(name: &str, value: &Value) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(Error::Invalid {
            field: "claims",
            message: format!("{name}: expected a string").into(),
        }),
    }
}

/// Letters and digits of any script, and a few signs that need no quoting; or any address that mail can be sent to.
pub(in crate::idp) fn is_username(name: &str) -> bool {
    let plain =
        (1..=128).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || "._-+@".contains(c));
    plain || EmailAddress::parse(name).is_ok_and(|address| address.to_string() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_has_no_spaces_or_control_characters() {
        for good in [
            "o'neil@example.com",
            "alice",
            "bob.smith",
            "élodie",
            "admin@robolearn.io",
            "山田",
            "a",
        ] {
            assert!(is_username(good), "{good}");
        }
        for bad in [
            "",
            "o'neil",
            " a'b@example.com",
            "a b",
            "a\tb",
            "a\0b",
            "<script>",
            "a/b",
            &"x".repeat(129),
        ] {
            assert!(!is_username(bad), "{bad:?}");
        }
    }
}
