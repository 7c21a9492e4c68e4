//! How a client is told who the end-user is (OpenID Connect Core, 8). One function, asked at every door that tells a `sub` or gets one back.

use crate::{
    idp::Idp,
    model::{client::Client, user::User},
    protocol::client::SubjectType,
    secret,
};

impl Idp {
    /// The `sub` of a user for a client: the user's id, or for a client with pairwise subjects a name that is the same for all clients of
    /// its sector and tells the others nothing. At most 255 ASCII characters, as Core, 2 has it.
    ///
    /// Derived from the master key, not kept: nothing can be lost but the master key itself, and no table connects the names.
    pub(in crate::idp) fn sub(&self, client: &Client, user: &User) -> String {
        self.sub_of(client, &user.id)
    }

    /// The same for a user who may be gone.
    pub(in crate::idp) fn sub_of(&self, client: &Client, user_id: &str) -> String {
        match client.metadata.sector() {
            None => user_id.to_owned(),
            Some(sector) => {
                // The length keeps ("a", "bc") apart from ("ab", "c").
                let named = format!("{} {sector} {user_id}", sector.len());
                secret::keyed_digest(self.subject_secret.expose(), &named)
            }
        }
    }

    /// The `sid` of a session for a client: for a client with pairwise subjects one that only its sector sees. One that all of them saw
    /// would connect the names that `sub` keeps apart.
    pub(in crate::idp) fn sid_of(&self, client: &Client, sid: &str) -> String {
        match client.metadata.sector() {
            None => sid.to_owned(),
            Some(sector) => {
                let named = format!("sid {} {sector} {sid}", sector.len());
                secret::keyed_digest(self.subject_secret.expose(), &named)
            }
        }
    }

    /// The name to sign in with, as introspection tells it: for a pairwise client it would undo what its `sub` hides.
    pub(in crate::idp) fn username_for(client: &Client, user: &User) -> Option<String> {
        (client.metadata.subject_type == SubjectType::Public).then(|| user.username.clone())
    }
}
