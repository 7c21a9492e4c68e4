//! `authorization_code` (RFC 6749, 4.1.3): a code is redeemed once.

use super::{Idp, Result};
use crate::{
    idp::{
        again_on_conflict,
        audit::{Event, Work},
        mint::Subject,
        response::Channel,
    },
    model::{
        client::Client,
        grant::{AuthorizationCode, Grant, RefreshToken},
    },
    protocol::{
        Timestamp,
        refresh::RefreshState,
        token::{TokenResponse, invalid_code},
    },
    secret,
    store::Loaded,
};

/// What the token request brings beside the code.
pub(super) struct Proof<'a> {
    pub redirect_uri: Option<&'a str>,
    pub code_verifier: Option<&'a str>,
    /// A part of the granted resources (RFC 8707, 2.2).
    pub resources: Vec<String>,
}

impl Idp {
    pub(super) async fn redeem_code(&self, client: &Client, code: &str, proof: &Proof<'_>) -> Result<TokenResponse> {
        again_on_conflict(async || self.try_redeem(client, code, proof).await).await
    }

    async fn try_redeem(&self, client: &Client, code: &str, proof: &Proof<'_>) -> Result<TokenResponse> {
        let now = self.now();
        let kept = self
            .store
            .get::<AuthorizationCode>(&secret::digest(code), now)
            .await?
            .ok_or_else(invalid_code)?;
        if let Some(grant_id) = &kept.redeemed {
            if kept.grant.client_id == client.client_id {
                self.code_used_again(&kept, grant_id).await?;
            }
            return Err(invalid_code().into());
        }
        kept.grant
            .redeem(&client.client_id, proof.redirect_uri, proof.code_verifier, now)?;
        let admitted = self.admit(client, &kept.allowance).await?.ok_or_else(invalid_code)?;
        // A code rests on its session even when its grant will not.
        let session = match admitted.session {
            Some(session) => session,
            None => self
                .live_session(&kept.allowance.sid, admitted.user.epoch)
                .await?
                .ok_or_else(invalid_code)?,
        };
        let resources = self.narrowed_resources(client, &kept.allowance.resources, proof.resources.clone())?;
        let opened = self.opened_grant(&kept, now).await?;
        let grant = self.grant_of(client, &kept, opened.as_deref(), now);

        // Minted before the commit that spends the code: a failure leaves the code unspent, a lost race discards unseen tokens.
        let subject = Subject {
            user: &admitted.user,
            grant: &grant,
            nonce: kept.nonce.as_deref(),
            resources: &resources,
            now,
            channel: Channel::Back,
        };
        let mut response = self.mint_for_user(client, &subject, &admitted.scope)?;
        let mut changes = Work::default();
        changes.update(
            &kept,
            &AuthorizationCode {
                redeemed: Some(grant.id.clone()),
                ..kept.to_value()
            },
        )?;
        match &opened {
            Some(opened) => changes.update(opened, &grant)?,
            None => changes.insert(&grant)?,
        }
        // A disabling, a new password or a logout at this very moment wins.
        changes.require(&admitted.user);
        changes.require(&session);
        if grant.allowance.offline {
            let refresh_token = secret::random();
            changes.insert(&RefreshToken {
                token_digest: secret::digest(&refresh_token),
                grant_id: grant.id.clone(),
                client_id: client.client_id.clone(),
                state: RefreshState::Live,
                expires_at: self.refresh_expiry(client, &grant),
            })?;
            response.refresh_token = Some(refresh_token);
        }
        self.commit(changes).await?;
        Ok(response)
    }

    /// The grant that was opened with the code, for the tokens that went through the browser (OpenID Connect Core, 3.3). Whoever
    /// ended it has ended the code too.
    async fn opened_grant(&self, code: &AuthorizationCode, now: Timestamp) -> Result<Option<Loaded<Grant>>> {
        match &code.grant_id {
            None => Ok(None),
            Some(id) => Ok(Some(self.store.get::<Grant>(id, now).await?.ok_or_else(invalid_code)?)),
        }
    }

    fn grant_of(&self, client: &Client, code: &AuthorizationCode, opened: Option<&Grant>, now: Timestamp) -> Grant {
        let last_token = now + self.access_lifetime(client);
        let last_token = opened.map_or(last_token, |opened| last_token.max(opened.expires_at));
        let family_ends = now + self.config.tokens.refresh_max_lifetime;
        Grant {
            id: opened.map_or_else(secret::random_id, |opened| opened.id.clone()),
            client_id: client.client_id.clone(),
            allowance: code.allowance.clone(),
            created_at: opened.map_or(now, |opened| opened.created_at),
            expires_at: if code.allowance.offline {
                last_token.max(family_ends)
            } else {
                last_token
            },
        }
    }

    /// A code seen twice was seen by two: what the first got dies (RFC 6749, 4.1.2).
    async fn code_used_again(&self, code: &AuthorizationCode, grant_id: &str) -> Result<()> {
        let Some(grant) = self.store.get::<Grant>(grant_id, self.now()).await? else {
            return Ok(());
        };
        self.kill_grant(&grant, Event::new("code.reused").subject(&code.grant.client_id))
            .await
    }

    /// Ends a grant and everything issued from it.
    pub(in crate::idp) async fn kill_grant(&self, grant: &Loaded<Grant>, event: Event<'_>) -> Result<()> {
        let mut changes = Work::default();
        changes.delete(grant)?;
        self.audit(
            &mut changes,
            event.actor(&grant.allowance.user_id).fact("grant", grant.id.clone()),
        )?;
        self.commit(changes).await
    }
}
