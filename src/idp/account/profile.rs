//! What a person says about themselves, and may change: a closed list of claims, and the attributes that the configuration opens.
//!
//! A form is read by the names of this list and nothing else, so a form that says more changes no more.

mod fields;

use std::{collections::BTreeMap, fmt::Write};

pub use self::fields::{Field, FieldKind, Wrong};
use self::fields::{apply, list, shown};
use crate::{
    idp::{
        Browser, Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
    },
    model::user::User,
    secret,
};

/// What stands in the fields of a form, by their names.
pub type Entries = BTreeMap<String, String>;

/// A person's profile, ready for a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What it was like; a form brings it back.
    pub version: String,
    /// What can be changed, in the order of the form.
    pub fields: Vec<Field>,
    /// What stands in each.
    pub entries: Entries,
}

/// What became of a profile that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is kept.
    Done,
    /// Nothing is kept: these fields are wrong.
    Wrong(Vec<(String, Wrong)>),
    /// Nothing is kept: somebody, the person in another window perhaps, has changed it meanwhile. As it is now.
    ChangedMeanwhile(Box<Profile>),
}

impl Idp {
    /// The fields of everybody's profile.
    pub fn profile_fields(&self) -> Vec<Field> {
        list(&self.config.attributes)
    }

    /// The profile of whoever is signed in.
    pub async fn own_profile(&self, browser: &Browser) -> Result<Profile> {
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        Ok(self.profile_of(&present.user))
    }

    /// Changes the profile of whoever is signed in. A field that is not among the entries stays as it is.
    pub async fn change_own_profile(&self, version: &str, typed: &Entries, browser: &Browser) -> Result<Saved> {
        again_on_conflict(async || {
            let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
            let user = &present.user;
            let now = self.now();
            let before = shown(user, &self.config.attributes);
            let mut after = match apply(user, typed, &self.config.attributes, now) {
                Ok(after) => after,
                Err(wrong) => return Ok(Saved::Wrong(wrong)),
            };
            if after == **user {
                return Ok(Saved::Done);
            }
            if version != version_of(&before) {
                return Ok(Saved::ChangedMeanwhile(Box::new(self.profile_of(user))));
            }
            after.updated_at = now;
            let changed: Vec<String> = shown(&after, &self.config.attributes)
                .into_iter()
                .filter(|(name, value)| before.get(name) != Some(value))
                .map(|(name, _)| name)
                .collect();
            let mut work = Work::default();
            work.update(user, &after)?;
            // A sign-out at this very moment wins.
            work.require(&present.session);
            let event = Event::new("profile.changed").actor(&user.id).subject(&user.id);
            self.audit(&mut work, event.at(browser).fact("fields", changed))?;
            self.commit(work).await?;
            Ok(Saved::Done)
        })
        .await
    }

    fn profile_of(&self, user: &User) -> Profile {
        let entries = shown(user, &self.config.attributes);
        Profile {
            version: version_of(&entries),
            fields: self.profile_fields(),
            entries,
        }
    }
}

/// Changes when the profile does, and not when the rest of the record does.
fn version_of(entries: &Entries) -> String {
    let mut text = String::new();
    for (name, value) in entries {
        // Each part with its length, so that no two profiles are written alike.
        let _ = write!(text, "{}:{name}{}:{value}", name.len(), value.len());
    }
    secret::digest(&text)
}
