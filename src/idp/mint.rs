//! Tokens are minted here, in memory; nothing is kept until the commit that pays for them.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Idp, Result, response::Channel};
use crate::{
    model::{client::Client, grant::Grant, user::User},
    protocol::{
        Timestamp,
        access_token::{self, AccessToken, Jti},
        claims,
        id_token::{self, IdToken},
        scope::{OPENID, Scope},
        token::TokenResponse,
    },
    secret,
};

/// The identity claims that an access token carries beside role and organizations, when their scope was granted.
const ACCESS_TOKEN_CLAIMS: [&str; 3] = ["name", "email", "email_verified"];

/// For whom a pair of tokens is.
pub(super) struct Subject<'a> {
    pub user: &'a User,
    pub grant: &'a Grant,
    pub nonce: Option<&'a str>,
    /// What the access token is to be used at (RFC 8707); empty: the default audience.
    pub resources: &'a [String],
    pub now: Timestamp,
    pub channel: Channel<'a>,
}

impl Idp {
    /// An access token, and an ID token when `openid` is in the scope.
    pub(super) fn mint_for_user(&self, client: &Client, subject: &Subject<'_>, scope: &Scope) -> Result<TokenResponse> {
        let Subject { user, grant, now, .. } = *subject;
        let allowance = &grant.allowance;
        // No token outlives its grant.
        let lifetime = self.access_lifetime(client).min(grant.expires_at.since(now));
        let sub = self.sub(client, user);
        let known = user.standard_claims();
        let target = self.target(client, subject.resources, scope);
        let mut carried = self.standing(client, user, &target.scope);
        let there = claims::for_scope(&known, &target.scope);
        let wanted = ACCESS_TOKEN_CLAIMS
            .iter()
            .filter_map(|claim| there.get_key_value(*claim));
        carried.extend(wanted.map(|(claim, value)| (claim.clone(), value.clone())));
        let access_token = self.keys().sign(
            access_token::TYP,
            &AccessToken {
                iss: &self.issuer,
                sub: &sub,
                aud: &target.audience,
                client_id: &client.client_id,
                scope: &target.scope,
                exp: now + lifetime,
                iat: now,
                jti: &Jti::write(Some(&grant.id), &secret::random_id()),
                auth_time: Some(allowance.authentication.auth_time),
                acr: Some(allowance.authentication.acr()),
                sid: Some(&self.sid_of(client, &allowance.sid)),
                claims: carried,
            },
        )?;
        let mut told = Map::new();
        if subject.channel.is_id_token_alone() {
            told.extend(self.userinfo_claims(client, user, scope));
        } else if client.metadata.claims_in_id_token {
            told.extend(claims::for_scope(&known, scope));
            told.extend(self.standing(client, user, scope));
        }
        told.extend(self.asked_claims(client, user, &allowance.claims.id_token));
        let id_token = if scope.contains(OPENID) {
            Some(self.mint_id_token(client, subject, &access_token, told)?)
        } else {
            None
        };
        Ok(TokenResponse {
            id_token,
            ..TokenResponse::new(access_token, lifetime, target.scope)
        })
    }

    fn mint_id_token(
        &self,
        client: &Client,
        subject: &Subject<'_>,
        access_token: &str,
        claims: Map<String, Value>,
    ) -> Result<String> {
        let Subject { grant, now, .. } = *subject;
        let authentication = &grant.allowance.authentication;
        let algorithm = client.metadata.id_token_signed_response_alg;
        Ok(self.keys().sign_as(
            algorithm,
            id_token::TYP,
            &IdToken {
                iss: &self.issuer,
                sub: &self.sub(client, subject.user),
                aud: &client.client_id,
                exp: now
                    + client
                        .metadata
                        .id_token_lifetime
                        .map_or(self.config.tokens.id_lifetime, Duration::from_secs),
                iat: now,
                jti: &secret::random_id(),
                auth_time: authentication.auth_time,
                acr: authentication.acr(),
                amr: &authentication.amr,
                nonce: subject.nonce,
                sid: Some(&self.sid_of(client, &grant.allowance.sid)),
                azp: &client.client_id,
                at_hash: subject
                    .channel
                    .has_at_hash(client.metadata.at_hash)
                    .then(|| id_token::left_half_hash(algorithm, access_token)),
                c_hash: subject
                    .channel
                    .code()
                    .map(|code| id_token::left_half_hash(algorithm, code)),
                claims,
            },
        )?)
    }

    /// An access token of the client itself (RFC 6749, 4.4): `sub` is the client, and there is no grant.
    pub(super) fn mint_for_client(
        &self,
        client: &Client,
        scope: &Scope,
        resources: &[String],
    ) -> Result<TokenResponse> {
        let (now, lifetime) = (self.now(), self.access_lifetime(client));
        let target = self.target(client, resources, scope);
        let access_token = self.keys().sign(
            access_token::TYP,
            &AccessToken {
                iss: &self.issuer,
                sub: &client.client_id,
                aud: &target.audience,
                client_id: &client.client_id,
                scope: &target.scope,
                exp: now + lifetime,
                iat: now,
                jti: &Jti::write(None, &secret::random_id()),
                auth_time: None,
                acr: None,
                sid: None,
                claims: Map::new(),
            },
        )?;
        Ok(TokenResponse::new(access_token, lifetime, target.scope))
    }

    pub(super) fn access_lifetime(&self, client: &Client) -> Duration {
        client
            .metadata
            .access_token_lifetime
            .map_or(self.config.tokens.access_lifetime, Duration::from_secs)
    }

    /// Role, organizations and the profile attributes that this client may see.
    pub(super) fn standing(&self, client: &Client, user: &User, scope: &Scope) -> Map<String, Value> {
        let told = self.config.attributes.iter().filter(|(_, attribute)| {
            attribute.clients.contains(&client.client_id)
                || attribute.scope.as_deref().is_some_and(|word| scope.contains(word))
        });
        let value = |name: &String| user.attributes.get(name).cloned().unwrap_or(Value::Null);
        let attributes = told.map(|(name, _)| (name.clone(), value(name))).collect();
        match serde_json::to_value(user.standing(attributes)) {
            Ok(Value::Object(standing)) => standing,
            _ => Map::new(),
        }
    }
}
