//! End-users: the 20 standard claims, role, profile attributes and organizations.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::{Record, factor::FactorKind};
use crate::{
    protocol::{
        Timestamp,
        claims::{StandardClaims, Standing},
    },
    secret::Secret,
};

/// A membership in an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The organization.
    pub organization_id: String,
    /// The role in it, for example `owner`, `admin` or `member`.
    pub role: String,
}

/// An end-user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The `sub` of every token: never changes, is never given to anybody else.
    pub id: String,
    /// The name to sign in with, as the person writes it.
    pub username: String,
    /// The address to sign in with, as the person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the address was proven.
    #[serde(default)]
    pub email_verified: bool,
    /// The other standard claims.
    #[serde(default)]
    pub claims: StandardClaims,
    /// One of the configured roles.
    pub role: String,
    /// Profile attributes by name.
    #[serde(default)]
    pub attributes: Map<String, Value>,
    /// The organizations, in the order of joining.
    #[serde(default)]
    pub memberships: Vec<Membership>,
    /// The organization that becomes `tenant_id`; the first membership when unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_organization: Option<String>,
    /// A disabled user is refused at every door at once.
    #[serde(default)]
    pub disabled: bool,
    /// The kinds of factor that were added to be asked for beside the first one. Whoever adds or removes a factor writes this
    /// record, so that a sign-in under way and a second removal notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub second_factors: Vec<FactorKind>,
    /// Counts up when everything of the user must end at once: what was begun in an earlier epoch is worth nothing.
    #[serde(default)]
    pub epoch: u64,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When something an application sees last changed (the `updated_at` claim).
    pub updated_at: Timestamp,
}

/// The form in which names and addresses are compared: NFKC, lower case (full Unicode), no space around, and the domain of an address in
/// ASCII (RFC 5891), so that it is the same however it is written.
pub fn canonical(name: &str) -> String {
    let name: String = name.trim().nfkc().collect::<String>().to_lowercase().nfkc().collect();
    match name.split_once('@') {
        Some((local, domain)) if !domain.is_ascii() => match url::Host::parse(domain) {
            Ok(url::Host::Domain(domain)) => format!("{local}@{domain}"),
            _ => name,
        },
        _ => name,
    }
}

impl User {
    /// The membership that gives `tenant_id` and `org_role`.
    pub fn active_membership(&self) -> Option<&Membership> {
        let active = self.active_organization.as_deref();
        let chosen = self
            .memberships
            .iter()
            .find(|membership| Some(membership.organization_id.as_str()) == active);
        chosen.or_else(|| self.memberships.first())
    }

    /// Role and organizations, with the attributes that are to be told.
    pub fn standing(&self, attributes: Map<String, Value>) -> Standing {
        let active = self.active_membership();
        Standing {
            role: self.role.clone(),
            tenant_id: active.map(|membership| membership.organization_id.clone()),
            organization_ids: self
                .memberships
                .iter()
                .map(|membership| membership.organization_id.clone())
                .collect(),
            org_role: active.map(|membership| membership.role.clone()),
            attributes,
        }
    }

    /// Every standard claim that is known, but `sub` (OpenID Connect Core, 5.1).
    pub fn standard_claims(&self) -> Map<String, Value> {
        let mut claims = self.claims.to_map();
        claims
            .entry("preferred_username")
            .or_insert_with(|| self.username.clone().into());
        claims.entry("name").or_insert_with(|| self.display_name().into());
        claims.insert("updated_at".to_owned(), self.updated_at.unix().into());
        if let Some(email) = &self.email {
            claims.insert("email".to_owned(), email.clone().into());
            claims.insert("email_verified".to_owned(), self.email_verified.into());
        }
        claims
    }

    /// What to call the person.
    pub fn display_name(&self) -> String {
        let claims = &self.claims;
        let parts = [&claims.given_name, &claims.family_name]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>();
        match &claims.name {
            Some(name) => name.clone(),
            None if parts.is_empty() => self.username.clone(),
            None => parts.join(" "),
        }
    }
}

impl Record for User {
    const KIND: &'static str = "user";
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        self.id.clone()
    }

    /// Names and addresses share one namespace: what one person types to sign in must never mean another.
    fn unique(&self) -> Vec<(&'static str, String)> {
        let mut logins = vec![("login", canonical(&self.username))];
        if let Some(email) = self.email.as_deref().map(canonical)
            && email != logins[0].1
        {
            logins.push(("login", email));
        }
        logins
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        let organizations = self
            .memberships
            .iter()
            .map(|membership| ("organization", membership.organization_id.clone()));
        organizations.chain([("role", self.role.clone())]).collect()
    }
}

/// A user's password, kept apart so that listing users never loads a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    /// Whose it is.
    pub user_id: String,
    /// A PHC string.
    pub hash: Secret<String>,
    /// When it was set.
    pub changed_at: Timestamp,
}

impl Record for Password {
    const KIND: &'static str = "password";

    fn id(&self) -> String {
        self.user_id.clone()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn alice() -> User {
        User {
            id: "u1".to_owned(),
            username: "alice".to_owned(),
            email: Some("Alice@Example.com".to_owned()),
            email_verified: true,
            claims: StandardClaims::default(),
            role: "user".to_owned(),
            attributes: Map::new(),
            memberships: Vec::new(),
            active_organization: None,
            disabled: false,
            second_factors: Vec::new(),
            epoch: 0,
            created_at: Timestamp::from_unix(1),
            updated_at: Timestamp::from_unix(1),
        }
    }

    #[test]
    fn names_are_compared_in_one_form() {
        for (one, other) in [
            ("Alice", "alice"),
            ("ＡＬＩＣＥ", "alice"),
            ("É", "e\u{301}"),
            (" alice ", "alice"),
            ("ﬁ", "FI"),
            ("Ünï@BÜCHER.example", "ünï@xn--bcher-kva.example"),
        ] {
            assert_eq!(canonical(one), canonical(other), "{one} {other}");
        }
        assert_ne!(canonical("alice"), canonical("alicе"), "a Cyrillic e is another letter");
    }

    #[test]
    fn a_name_and_an_address_share_one_namespace() {
        assert_eq!(
            alice().unique(),
            [("login", "alice".to_owned()), ("login", "alice@example.com".to_owned())]
        );
        let same = User {
            username: "ALICE@example.com".to_owned(),
            ..alice()
        };
        assert_eq!(same.unique(), [("login", "alice@example.com".to_owned())]);
    }

    #[test]
    fn the_tenant_is_the_active_organization_or_else_the_first() {
        let member = |id: &str, role: &str| Membership {
            organization_id: id.to_owned(),
            role: role.to_owned(),
        };
        let mut user = User {
            memberships: vec![member("a", "member"), member("b", "owner")],
            ..alice()
        };
        let standing = user.standing(Map::new());
        assert_eq!(
            (standing.tenant_id.as_deref(), standing.org_role.as_deref()),
            (Some("a"), Some("member"))
        );
        user.active_organization = Some("b".to_owned());
        let standing = user.standing(Map::new());
        assert_eq!(
            (standing.tenant_id.as_deref(), standing.org_role.as_deref()),
            (Some("b"), Some("owner"))
        );
        assert_eq!(standing.organization_ids, ["a", "b"]);
        user.active_organization = Some("left long ago".to_owned());
        assert_eq!(user.standing(Map::new()).tenant_id.as_deref(), Some("a"));
    }

    #[test]
    fn unknown_claims_are_absent_and_known_ones_have_their_types() {
        let claims = Value::Object(alice().standard_claims());
        let expected = json!({"name": "alice", "preferred_username": "alice", "email": "Alice@Example.com",
            "email_verified": true, "updated_at": 1});
        assert_eq!(claims, expected);
    }
}
