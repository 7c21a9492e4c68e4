//! Which client is speaking at the token, introspection and revocation endpoints.

use std::sync::Arc;

use super::{Error, Idp, Result, audit::Work, client::keys::Doubt};
use crate::{
    keys::foreign::Foreign,
    model::{assertion::SpentAssertion, client::Client},
    protocol::{
        assertion::{self, Assertion},
        client::TokenEndpointAuthMethod,
        client_auth::{self, Asserted, Credentials, Presented},
        jwa::AssertionAlgorithm,
        params::Params,
    },
    secret,
};

/// How a request came to an endpoint that clients prove themselves at, apart from its parameters.
#[derive(Clone, Copy, Default)]
pub struct Caller<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The URLs of those endpoints: with the issuer, what the `aud` of an assertion may be (OpenID Connect Core, 9; RFC 7523, 3).
    pub audiences: &'a [String],
}

impl Idp {
    /// Authenticates the client of a request. One answer covers an unknown client, a wrong secret or signature, and a wrong method. An
    /// assertion is spent by this, whatever becomes of the request.
    pub(super) async fn authenticate_client(&self, caller: &Caller<'_>, params: &Params) -> Result<Arc<Client>> {
        match client_auth::presented(caller.authorization, params)? {
            Presented::Secret { method, readings } => self.by_secret(method, &readings).await,
            Presented::Assertion(asserted) => self.by_assertion(&asserted, caller.audiences).await,
        }
    }

    async fn by_secret(&self, method: TokenEndpointAuthMethod, readings: &[Credentials]) -> Result<Arc<Client>> {
        // Only a name that exists is logged: who mixes the fields up sends a secret in its place.
        let mut known = None;
        for reading in readings {
            let Some(client) = self.enabled_client(&reading.client_id).await? else {
                continue;
            };
            if self.proves(&client, method, reading) {
                return Ok(client);
            }
            known = Some(client.client_id.clone());
        }
        tracing::info!(client_id = known, ?method, "client authentication failed");
        Err(client_auth::failed().into())
    }

    fn proves(&self, client: &Client, method: TokenEndpointAuthMethod, reading: &Credentials) -> bool {
        if !client.metadata.accepts(method) {
            return false;
        }
        match &reading.client_secret {
            None => method == TokenEndpointAuthMethod::None,
            Some(presented) => {
                let digest = secret::digest(presented);
                let mut live = client.live_secrets(self.now());
                live.any(|live| secret::same(&live.digest, &digest))
            }
        }
    }

    async fn by_assertion(&self, asserted: &Asserted, audiences: &[String]) -> Result<Arc<Client>> {
        let Some(client) = self.enabled_client(&asserted.client_id).await? else {
            tracing::info!(reason = "an unknown client", "client assertion refused");
            return Err(client_auth::failed().into());
        };
        match self.accept_assertion(&client, &asserted.jwt, audiences).await {
            Ok(()) => Ok(client),
            Err(Doubt::Because(reason)) => {
                tracing::info!(client_id = client.client_id, %reason, "client assertion refused");
                Err(client_auth::failed().into())
            }
            Err(Doubt::Failed(error)) => Err(error),
        }
    }

    async fn accept_assertion(
        &self,
        client: &Client,
        jwt: &str,
        audiences: &[String],
    ) -> std::result::Result<(), Doubt> {
        let metadata = &client.metadata;
        let foreign = Foreign::parse(jwt, &assertion::TYPES)?;
        let algorithm = foreign.algorithm();
        let method = metadata.token_endpoint_auth_method;
        if !method.is_some_and(|method| assertion::is_of(method, algorithm)) {
            return Err("not the client's method".into());
        }
        if metadata
            .token_endpoint_auth_signing_alg
            .is_some_and(|only| only != algorithm)
        {
            return Err("not the client's token_endpoint_auth_signing_alg".into());
        }
        let claims = match algorithm {
            AssertionAlgorithm::Signature(_) => self.signed_by_client(client, &foreign).await?,
            AssertionAlgorithm::Mac(_) => {
                let secrets = self.opened_secrets(client)?;
                foreign.authenticated_by(secrets.iter().map(|secret| secret.expose().as_slice()))?
            }
        };
        let audiences: Vec<&str> = audiences.iter().map(String::as_str).chain([self.issuer()]).collect();
        let assertion = assertion::check(&claims, &client.client_id, &audiences, self.now())?;
        self.spend(client, &assertion).await
    }

    /// Of all who bring the same assertion, however many and at the same moment, one gets past this commit (RFC 7523, 3).
    async fn spend(&self, client: &Client, assertion: &Assertion) -> std::result::Result<(), Doubt> {
        let mut changes = Work::default();
        let spent = SpentAssertion {
            id: SpentAssertion::id_of(&client.client_id, &assertion.jti),
            expires_at: assertion.expires_at,
        };
        changes.insert(&spent).map_err(Error::from)?;
        match self.commit(changes).await {
            Err(Error::Conflict) => Err("its jti was used before".into()),
            committed => Ok(committed?),
        }
    }
}
