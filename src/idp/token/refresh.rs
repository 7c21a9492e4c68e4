//! `refresh_token` (RFC 6749, 6): each token is rotated once; a retry gets the same successor, a later reuse kills the family.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};

use super::{Idp, Result};
use crate::{
    idp::{
        Error, again_on_conflict,
        audit::{Event, Work},
        mint::Subject,
        response::Channel,
    },
    model::{
        client::Client,
        grant::{Grant, RefreshToken},
    },
    protocol::{
        Timestamp,
        refresh::{RefreshState, Verdict, invalid_refresh_token, narrowed, verdict},
        scope::Scope,
        token::TokenResponse,
    },
    secret,
    store::Loaded,
};

/// The part of what was granted that a refresh asks for (RFC 6749, 6; RFC 8707, 2.2).
pub(super) struct Narrowed {
    pub scope: Option<Scope>,
    pub resources: Vec<String>,
}

impl Idp {
    pub(super) async fn refresh(&self, client: &Client, token: &str, asked: &Narrowed) -> Result<TokenResponse> {
        again_on_conflict(async || self.try_refresh(client, token, asked).await).await
    }

    async fn try_refresh(&self, client: &Client, token: &str, asked: &Narrowed) -> Result<TokenResponse> {
        let now = self.now();
        let digest = secret::digest(token);
        let kept = self
            .store
            .get::<RefreshToken>(&digest, now)
            .await?
            .ok_or_else(invalid_refresh_token)?;
        if kept.client_id != client.client_id {
            return Err(invalid_refresh_token().into());
        }
        let grant = self
            .store
            .get::<Grant>(&kept.grant_id, now)
            .await?
            .ok_or_else(invalid_refresh_token)?;
        let verdict = verdict(
            kept.state,
            kept.expires_at,
            self.config.tokens.refresh_reuse_window,
            now,
        );
        match verdict {
            Verdict::Expired => return Err(invalid_refresh_token().into()),
            Verdict::Reused => {
                self.kill_grant(&grant, Event::new("refresh_token.reused").subject(&client.client_id))
                    .await?;
                return Err(invalid_refresh_token().into());
            }
            Verdict::Rotate | Verdict::Replay => {}
        }
        let admitted = self
            .admit(client, &grant.allowance)
            .await?
            .ok_or_else(invalid_refresh_token)?;
        let scope = narrowed(&admitted.scope, asked.scope.as_ref())?;
        let resources = self.narrowed_resources(client, &grant.allowance.resources, asked.resources.clone())?;
        let subject = Subject {
            user: &admitted.user,
            grant: &grant,
            nonce: None,
            resources: &resources,
            now,
            channel: Channel::Back,
        };
        let mut response = self.mint_for_user(client, &subject, &scope)?;
        let successor = self.successor(token)?;
        let mut changes = Work::default();
        // A revocation or a disabling at this very moment wins. For a replay these checks are the whole commit: it waits for the one that
        // wrote the successor, so that what is acknowledged here is durable too.
        changes.require(&grant);
        changes.require(&admitted.user);
        match verdict {
            Verdict::Rotate => self.rotate(&mut changes, client, &kept, &grant, &successor)?,
            _ => changes.require(&kept),
        }
        self.commit(changes).await?;
        response.refresh_token = Some(successor);
        Ok(response)
    }

    fn rotate(
        &self,
        changes: &mut Work,
        client: &Client,
        kept: &Loaded<RefreshToken>,
        grant: &Grant,
        successor: &str,
    ) -> Result<()> {
        changes.update(
            kept,
            &RefreshToken {
                state: RefreshState::Rotated { at: self.now() },
                ..kept.to_value()
            },
        )?;
        changes.insert(&RefreshToken {
            token_digest: secret::digest(successor),
            state: RefreshState::Live,
            expires_at: self.refresh_expiry(client, grant),
            ..kept.to_value()
        })?;
        Ok(())
    }

    /// The one token that can follow `token`. It is derived, not drawn: a retry gets the same one although only digests are kept, and
    /// 64 parallel refreshes can only ever make one.
    fn successor(&self, token: &str) -> Result<String> {
        let key = PKey::hmac(self.refresh_secret.expose()).map_err(Error::internal)?;
        let mut signer = Signer::new(MessageDigest::sha256(), &key).map_err(Error::internal)?;
        let code = signer.sign_oneshot_to_vec(token.as_bytes()).map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode(code))
    }

    /// Each use renews the idle time, up to the end of the family.
    pub(super) fn refresh_expiry(&self, client: &Client, grant: &Grant) -> Timestamp {
        let idle = client
            .metadata
            .refresh_token_lifetime
            .map_or(self.config.tokens.refresh_lifetime, Duration::from_secs);
        (self.now() + idle).min(grant.expires_at)
    }
}
