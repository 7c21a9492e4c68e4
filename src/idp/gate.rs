//! The gate: whether an end-user and a client may still do this together. One function, asked at every door — authorization, token,
//! refresh, userinfo and introspection — so that no door remembers a policy that another forgot.

use std::sync::Arc;

use super::{Idp, Result};
use crate::{
    model::{
        client::Client,
        grant::{Allowance, Consent},
        organization::Organization,
        session::Session,
        user::User,
    },
    protocol::{
        authorize::AuthorizationRequest,
        claims::request::ClaimsRequest,
        client::{ConsentPolicy, GrantType, policy::SignInPolicy},
        scope::{OFFLINE_ACCESS, Scope},
    },
    store::Loaded,
};

/// What the gate lets through.
pub(super) struct Admitted {
    pub user: Loaded<User>,
    /// The live session, when what was allowed depends on one.
    pub session: Option<Loaded<Session>>,
    /// What was granted, less what the client may no longer have.
    pub scope: Scope,
}

/// What a yes has to cover.
pub(super) struct Asked<'a> {
    pub scope: &'a Scope,
    pub claims: &'a ClaimsRequest,
    pub resources: &'a [String],
}

impl<'a> Asked<'a> {
    /// By a request that waits for its end-user.
    pub fn by(request: &'a AuthorizationRequest) -> Self {
        Self {
            scope: &request.scope,
            claims: &request.claims,
            resources: &request.resources,
        }
    }
}

impl Idp {
    /// The client, when it exists and is enabled: a registered one, or one that describes itself at its URL.
    pub(super) async fn enabled_client(&self, client_id: &str) -> Result<Option<Arc<Client>>> {
        match self.store.get::<Client>(client_id, self.now()).await? {
            Some(client) => Ok(Some(client.into_shared()).filter(|client| !client.disabled)),
            None => Ok(self.client_of_document(client_id).await.map(Arc::new)),
        }
    }

    /// The user, when it exists and is enabled.
    pub(super) async fn enabled_user(&self, user_id: &str) -> Result<Option<Loaded<User>>> {
        let user = self.store.get::<User>(user_id, self.now()).await?;
        Ok(user.filter(|user| !user.disabled))
    }

    /// Whether the operator's or the end-user's yes covers what is asked: the scope, the single claims and the resources.
    pub(super) async fn consents(&self, user_id: &str, client: &Client, asked: &Asked<'_>) -> Result<bool> {
        if client.metadata.consent == ConsentPolicy::FirstParty {
            return Ok(true);
        }
        let consent = self.consent_of(user_id, client).await?;
        Ok(consent.is_some_and(|consent| self.covers(&consent, client, asked)))
    }

    /// The mark of the yes that a client has of a user; empty for one that needs none.
    pub(super) async fn consent_mark(&self, user_id: &str, client: &Client) -> Result<String> {
        if client.metadata.consent == ConsentPolicy::FirstParty {
            return Ok(String::new());
        }
        let consent = self.consent_of(user_id, client).await?;
        Ok(consent.map(|consent| consent.mark.clone()).unwrap_or_default())
    }

    async fn consent_of(&self, user_id: &str, client: &Client) -> Result<Option<Loaded<Consent>>> {
        let id = Consent::id_of(user_id, &client.client_id);
        let consent = self.store.get::<Consent>(&id, self.now()).await?;
        Ok(consent.filter(|consent| consent.client_since == client.created_at))
    }

    fn covers(&self, consent: &Consent, client: &Client, asked: &Asked<'_>) -> bool {
        let beyond = self.claims_beyond(client, &consent.scope, asked.claims);
        asked.scope.is_subset(&consent.scope)
            && beyond.iter().all(|claim| consent.claims.contains(claim))
            && asked.resources.iter().all(|it| consent.resources.contains(it))
    }

    /// Whether the very yes that something was granted by still stands.
    async fn still_consents(&self, client: &Client, allowance: &Allowance) -> Result<bool> {
        if client.metadata.consent == ConsentPolicy::FirstParty {
            return Ok(true);
        }
        let asked = Asked {
            scope: &allowance.scope,
            claims: &allowance.claims,
            resources: &allowance.resources,
        };
        let consent = self.consent_of(&allowance.user_id, client).await?;
        Ok(consent.is_some_and(|consent| consent.mark == allowance.consent && self.covers(&consent, client, &asked)))
    }

    /// How good a sign-in of this user has to be, for a client or for our own pages: the strictest of the daemon's policy, the client's,
    /// and that of every organization in which the user is a member, whichever is active.
    pub(super) async fn policy_for(&self, user: &User, client: Option<&Client>) -> Result<SignInPolicy> {
        let own = client.map(|client| client.metadata.sign_in_policy);
        let mut strictest = self.config.sign_in.policy.max(own.unwrap_or_default());
        for membership in &user.memberships {
            let id = &membership.organization_id;
            let organization = self.store.get::<Organization>(id, self.now()).await?;
            strictest = strictest.max(organization.map_or(strictest, |it| it.sign_in_policy));
        }
        Ok(strictest)
    }

    /// The strictest policy that any client has for this user. What opens a door to that client is not to be changed by less than it
    /// takes to go through: otherwise a password would add the passkey that the client wants to see.
    pub(super) async fn strictest_policy(&self, user: &User) -> Result<SignInPolicy> {
        let own = self.policy_for(user, None).await?;
        for (word, policy) in SignInPolicy::WORDS.into_iter().rev() {
            if own >= policy {
                return Ok(own);
            }
            let now = self.now();
            let some = self.store.list_by::<Client>(Client::SIGN_IN_POLICY, word, "", 1, now);
            if !some.await?.is_empty() {
                return Ok(policy);
            }
        }
        Ok(own)
    }

    /// Whether what was allowed is still allowed. `None` is a refusal without a reason: the door words it.
    pub(super) async fn admit(&self, client: &Client, allowance: &Allowance) -> Result<Option<Admitted>> {
        let Some(user) = self.enabled_user(&allowance.user_id).await? else {
            return Ok(None);
        };
        let same_epoch = user.epoch == allowance.epoch && client.created_at == allowance.client_since;
        // A policy that was made stricter applies to what exists already: whoever signed in as it now wants it goes on.
        let policy = self.policy_for(&user, Some(client)).await?;
        if !policy.is_met_by(&allowance.authentication) {
            return Ok(None);
        }
        let same_sub = client.metadata.sector() == allowance.sector;
        if client.disabled || !same_epoch || !same_sub || !self.still_consents(client, allowance).await? {
            return Ok(None);
        }
        // Offline access does not depend on its session, so most of its uses need not look for one.
        let session = if allowance.offline {
            None
        } else {
            self.live_session(&allowance.sid, user.epoch).await?
        };
        if session.is_none() && !allowance.offline {
            return Ok(None);
        }
        let scope = allowance.scope.intersection(&client.metadata.scope);
        let may_stay = client.metadata.may_use(GrantType::RefreshToken) && scope.contains(OFFLINE_ACCESS);
        if allowance.offline && !may_stay {
            return Ok(None);
        }
        Ok(Some(Admitted { user, session, scope }))
    }
}
