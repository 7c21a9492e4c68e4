//! Token revocation (RFC 7009).

use super::{
    Idp, Result, again_on_conflict,
    audit::{Event, Work},
    client_auth::Caller,
};
use crate::{
    model::{
        client::Client,
        grant::{Grant, RefreshToken, RevokedToken},
    },
    protocol::{error::ErrorCode, params::Params},
    secret,
};

impl Idp {
    /// Revokes a token of the calling client. A refresh token takes everything issued from its grant with it; an access token goes
    /// alone. A token that nobody knows is no error (RFC 7009, 2.2).
    pub async fn revoke(&self, caller: &Caller<'_>, params: &Params) -> Result<()> {
        let client = self.authenticate_client(caller, params).await?;
        let token = params.require("token")?;
        again_on_conflict(async || {
            if self.revoke_refresh_token(&client, token).await? {
                return Ok(());
            }
            self.revoke_access_token(&client, token).await
        })
        .await
    }

    async fn revoke_refresh_token(&self, client: &Client, token: &str) -> Result<bool> {
        let now = self.now();
        let Some(kept) = self.store.get::<RefreshToken>(&secret::digest(token), now).await? else {
            return Ok(false);
        };
        Self::is_own(client, &kept.client_id)?;
        if let Some(grant) = self.store.get::<Grant>(&kept.grant_id, now).await? {
            self.kill_grant(&grant, Event::new("refresh_token.revoked").subject(&client.client_id))
                .await?;
        }
        Ok(true)
    }

    async fn revoke_access_token(&self, client: &Client, token: &str) -> Result<()> {
        let Some(bearer) = self.bearer(token).await? else {
            return Ok(());
        };
        Self::is_own(client, &bearer.token.client_id)?;
        let mut changes = Work::default();
        changes.insert(&RevokedToken {
            jti: bearer.token.jti.clone(),
            expires_at: bearer.token.exp,
        })?;
        let actor = bearer.user.as_ref().map_or(&client.client_id, |user| &user.id);
        let event = Event::new("access_token.revoked")
            .actor(actor)
            .subject(&client.client_id);
        self.audit(&mut changes, event)?;
        self.commit(changes).await
    }

    fn is_own(client: &Client, client_id: &str) -> Result<()> {
        if client.client_id == client_id {
            return Ok(());
        }
        Err(ErrorCode::InvalidGrant
            .because("the token was issued to another client")
            .into())
    }
}
