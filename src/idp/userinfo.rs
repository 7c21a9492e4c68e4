//! Userinfo (OpenID Connect Core, 5.3), and whether an access token that came back is still good.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Error, Idp, Result};
use crate::{
    model::{
        client::Client,
        grant::{Grant, RevokedToken},
        user::User,
    },
    protocol::{
        access_token::{self, Jti, PresentedAccessToken},
        claims::request::Members,
        claims::{self, STANDING_CLAIMS},
        error::ErrorCode,
        id_token,
        scope::{OPENID, Scope},
    },
    store::Loaded,
};

/// A good access token and whom it speaks for.
pub(super) struct Bearer {
    pub token: PresentedAccessToken,
    pub client: Arc<Client>,
    /// None for a client's own token.
    pub user: Option<Loaded<User>>,
    /// What it may do now: the token's scope, less what has been taken back.
    pub scope: Scope,
    /// The claims that were asked for at userinfo by their names.
    pub asked: Members,
}

/// A userinfo response (OpenID Connect Core, 5.3.2).
#[derive(Clone, Debug, PartialEq)]
pub enum Userinfo {
    /// The claims.
    Plain(Map<String, Value>),
    /// A JWT of the claims, `iss` and `aud`.
    Signed(String),
}

impl Idp {
    /// What an access token is worth now, although it is a JWT: its grant, user and client are looked at each time.
    pub(super) async fn bearer(&self, access_token: &str) -> Result<Option<Bearer>> {
        let now = self.now();
        let Ok(claims) = self.keys().verify(access_token, access_token::TYP) else {
            return Ok(None);
        };
        let Ok(token) = serde_json::from_value::<PresentedAccessToken>(Value::Object(claims)) else {
            return Ok(None);
        };
        if token.iss != self.issuer || token.exp <= now {
            return Ok(None);
        }
        if self.store.get::<RevokedToken>(&token.jti, now).await?.is_some() {
            return Ok(None);
        }
        let Some(client) = self.enabled_client(&token.client_id).await? else {
            return Ok(None);
        };
        let (user, limit, asked) = match Jti::read(&token.jti).grant_id {
            None => (None, client.metadata.scope.clone(), Members::new()),
            Some(grant_id) => {
                let grant = self.store.get::<Grant>(grant_id, now).await?;
                let Some(grant) = grant.filter(|grant| grant.client_id == token.client_id) else {
                    return Ok(None);
                };
                let Some(admitted) = self.admit(&client, &grant.allowance).await? else {
                    return Ok(None);
                };
                let asked = grant.allowance.claims.userinfo.clone();
                (Some(admitted.user), admitted.scope, asked)
            }
        };
        let scope = token.scope.intersection(&limit);
        Ok(Some(Bearer {
            token,
            client,
            user,
            scope,
            asked,
        }))
    }

    /// The claims of the access token's end-user, as granted; signed for a client that registered so.
    pub async fn userinfo(&self, access_token: &str) -> Result<Userinfo> {
        let refused =
            || Error::Protocol(ErrorCode::InvalidToken.because("the access token is invalid, expired or revoked"));
        let bearer = self.bearer(access_token).await?.ok_or_else(refused)?;
        let user = bearer.user.as_ref().ok_or_else(refused)?;
        if !bearer.scope.contains(OPENID) {
            return Err(ErrorCode::InsufficientScope
                .because("the access token has no openid scope")
                .into());
        }
        let mut told = self.userinfo_claims(&bearer.client, user, &bearer.scope);
        told.extend(self.asked_claims(&bearer.client, user, &bearer.asked));
        told.insert("sub".to_owned(), self.sub(&bearer.client, user).into());
        let Some(algorithm) = bearer.client.metadata.userinfo_signed_response_alg else {
            return Ok(Userinfo::Plain(told));
        };
        told.insert("iss".to_owned(), self.issuer.clone().into());
        told.insert("aud".to_owned(), bearer.client.client_id.clone().into());
        Ok(Userinfo::Signed(self.keys().sign_as(
            algorithm,
            id_token::TYP,
            &told,
        )?))
    }

    /// What a client is told of an end-user for a scope, but for `sub`.
    pub(super) fn userinfo_claims(&self, client: &Client, user: &User, scope: &Scope) -> Map<String, Value> {
        let mut told = claims::for_scope(&user.standard_claims(), scope);
        let mut standing = self.standing(client, user, scope);
        if !client.metadata.claims_in_id_token {
            // Whom the operator did not say otherwise of: role and organizations are part of the profile, and nothing is null
            // (OpenID Connect Core, 5.3.2).
            let profile = scope.contains("profile");
            standing.retain(|claim, value| !value.is_null() && (profile || !STANDING_CLAIMS.contains(&claim.as_str())));
        }
        told.extend(standing);
        told
    }
}
