//! Commands about organizations and who is in them.

use serde_json::{Value, json};

use super::{
    super::{
        Error, Idp, Result,
        audit::{Event, Work},
    },
    not_found,
};
use crate::{
    model::{
        organization::Organization,
        user::{Membership, User, canonical},
    },
    protocol::client::policy::SignInPolicy,
    secret,
    store::Loaded,
};

const LIMIT: usize = 10_000;

impl Idp {
    pub(super) async fn organization_add(
        &self,
        name: &str,
        id: Option<String>,
        sign_in_policy: SignInPolicy,
    ) -> Result<Value> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(Error::Invalid {
                field: "name",
                message: "a name is 1 to 200 characters".into(),
            });
        }
        let id = id.unwrap_or_else(secret::random_id);
        if !super::is_identifier(&id) {
            return Err(Error::Invalid {
                field: "id",
                message: "an id is 1 to 128 of A-Z a-z 0-9 . _ ~ -".into(),
            });
        }
        let organization = Organization {
            id,
            name: name.to_owned(),
            sign_in_policy,
            created_at: self.now(),
        };
        let mut changes = Work::default();
        changes.insert(&organization)?;
        self.audit(
            &mut changes,
            Event::new("organization.added")
                .actor("operator")
                .subject(&organization.id),
        )?;
        self.commit(changes).await?;
        serde_json::to_value(organization).map_err(Error::internal)
    }

    pub(super) async fn organization_list(&self) -> Result<Value> {
        let mut organizations = Vec::new();
        for organization in self.store.list::<Organization>("", LIMIT, self.now()).await? {
            let members = self
                .store
                .list_by::<User>("organization", &organization.id, "", LIMIT, self.now())
                .await?
                .len();
            organizations.push(json!({"id": organization.id, "name": organization.name,
                "sign_in_policy": organization.sign_in_policy, "created_at": organization.created_at, "members": members}));
        }
        Ok(json!({ "organizations": organizations }))
    }

    pub(super) async fn organization_set(&self, named: &str, sign_in_policy: SignInPolicy) -> Result<Value> {
        let former = self.organization(named).await?;
        let organization = Organization {
            sign_in_policy,
            ..former.to_value()
        };
        let mut changes = Work::default();
        changes.update(&former, &organization)?;
        let event = Event::new("organization.changed").actor("operator").subject(&former.id);
        self.audit(&mut changes, event.fact("sign_in_policy", json!(sign_in_policy)))?;
        self.commit(changes).await?;
        serde_json::to_value(organization).map_err(Error::internal)
    }

    pub(in crate::idp) async fn organization(&self, named: &str) -> Result<Loaded<Organization>> {
        let by_id = self.store.get::<Organization>(named, self.now()).await?;
        let found = match by_id {
            Some(found) => Some(found),
            None => {
                self.store
                    .find::<Organization>("name", &canonical(named), self.now())
                    .await?
            }
        };
        found.ok_or_else(|| not_found("organization", named))
    }

    pub(super) async fn member_add(&self, organization: &str, user: &str, role: &str) -> Result<Value> {
        if !super::is_identifier(role) {
            return Err(Error::Invalid {
                field: "role",
                message: "a role is 1 to 128 of A-Z a-z 0-9 . _ ~ -".into(),
            });
        }
        let organization = self.organization(organization).await?;
        self.change_user(user, "organization.member_added", |user| {
            let id = &organization.id;
            match user
                .memberships
                .iter_mut()
                .find(|membership| membership.organization_id == *id)
            {
                Some(membership) => role.clone_into(&mut membership.role),
                None => user.memberships.push(Membership {
                    organization_id: id.clone(),
                    role: role.to_owned(),
                }),
            }
            Ok(())
        })
        .await
    }

    pub(super) async fn member_remove(&self, organization: &str, user: &str) -> Result<Value> {
        let organization = self.organization(organization).await?;
        self.change_user(user, "organization.member_removed", |user| {
            let before = user.memberships.len();
            user.memberships
                .retain(|membership| membership.organization_id != organization.id);
            if user.memberships.len() == before {
                return Err(not_found("member", &user.username));
            }
            user.active_organization.take_if(|active| *active == organization.id);
            Ok(())
        })
        .await
    }

    pub(super) async fn organization_activate(&self, organization: &str, user: &str) -> Result<Value> {
        let organization = self.organization(organization).await?;
        self.change_user(user, "organization.activated", |user| {
            if !user
                .memberships
                .iter()
                .any(|membership| membership.organization_id == organization.id)
            {
                return Err(not_found("member", &user.username));
            }
            user.active_organization = Some(organization.id.clone());
            Ok(())
        })
        .await
    }
}
