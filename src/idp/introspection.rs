//! Token introspection (RFC 7662) for resource servers that cannot, or will not, read a JWT.

use serde_json::Map;

use super::{Idp, Result, client_auth::Caller, userinfo::Bearer};
use crate::{
    model::{
        client::Client,
        grant::{Grant, RefreshToken},
    },
    protocol::{
        client::id_metadata,
        error::ErrorCode,
        introspection::{Active, Introspection},
        params::Params,
        refresh::RefreshState,
        resource::Audience,
    },
    secret,
};

impl Idp {
    /// Answers a confidential client about an access token of anybody (of its own, if it registered itself), or about a refresh
    /// token of its own.
    pub async fn introspect(&self, caller: &Caller<'_>, params: &Params) -> Result<Introspection> {
        let asking = self.authenticate_client(caller, params).await?;
        // A client that nobody registered can have a key as well, and is no resource server for that.
        if asking.metadata.is_public() || id_metadata::parse(&asking.client_id).is_some() {
            return Err(ErrorCode::InvalidClient
                .because("introspection is for confidential clients")
                .into());
        }
        let token = params.require("token")?;
        match self.bearer(token).await? {
            // Nobody has vouched for a client that registered itself: of others' tokens it learns nothing.
            Some(bearer) if asking.registration.is_some() && bearer.client.client_id != asking.client_id => {
                Ok(Introspection::INACTIVE)
            }
            Some(bearer) => Ok(self.describe(bearer)),
            None => self.introspect_refresh_token(&asking, token).await,
        }
    }

    fn describe(&self, bearer: Bearer) -> Introspection {
        let Bearer {
            token,
            client,
            user,
            scope,
            ..
        } = bearer;
        let claims = user
            .as_ref()
            .map_or_else(Map::new, |user| self.standing(&client, user, &scope));
        Introspection::Active(Box::new(Active {
            active: true,
            scope,
            client_id: token.client_id,
            username: user.and_then(|user| Self::username_for(&client, &user)),
            token_type: "Bearer",
            exp: token.exp,
            iat: token.iat,
            sub: token.sub,
            aud: token.aud,
            iss: token.iss,
            jti: Some(token.jti),
            auth_time: token.auth_time,
            acr: token.acr,
            claims,
        }))
    }

    async fn introspect_refresh_token(&self, caller: &Client, token: &str) -> Result<Introspection> {
        let now = self.now();
        let kept = self.store.get::<RefreshToken>(&secret::digest(token), now).await?;
        let Some(kept) = kept.filter(|kept| kept.client_id == caller.client_id && kept.state == RefreshState::Live)
        else {
            return Ok(Introspection::INACTIVE);
        };
        let Some(grant) = self.store.get::<Grant>(&kept.grant_id, now).await? else {
            return Ok(Introspection::INACTIVE);
        };
        let Some(admitted) = self.admit(caller, &grant.allowance).await? else {
            return Ok(Introspection::INACTIVE);
        };
        Ok(Introspection::Active(Box::new(Active {
            active: true,
            scope: admitted.scope,
            client_id: kept.client_id.clone(),
            username: Self::username_for(caller, &admitted.user),
            token_type: "refresh_token",
            exp: kept.expires_at,
            iat: grant.created_at,
            sub: self.sub(caller, &admitted.user),
            aud: Audience::One(self.issuer().to_owned()),
            iss: self.issuer().to_owned(),
            jti: None,
            auth_time: None,
            acr: None,
            claims: Map::new(),
        })))
    }
}
