//! Which client is speaking at the token, introspection and revocation endpoints.

use super::{Error, Idp, Result};
use crate::{
    model::client::Client,
    protocol::{
        client::TokenEndpointAuthMethod,
        client_auth::{self, Credentials, Presented},
        error::ErrorCode,
        params::Params,
    },
    secret,
    store::Loaded,
};

impl Idp {
    /// Authenticates the client of a request. One answer covers an unknown client, a wrong secret and a wrong method.
    pub(super) async fn authenticate_client(
        &self,
        authorization: Option<&str>,
        params: &Params,
    ) -> Result<Loaded<Client>> {
        let presented = client_auth::presented(authorization, params)?;
        // Only a name that exists is logged: who mixes the fields up sends a secret in its place.
        let mut known = None;
        for reading in &presented.readings {
            let Some(client) = self.enabled_client(&reading.client_id).await? else {
                continue;
            };
            if self.proves(&client, &presented, reading) {
                return Ok(client);
            }
            known = Some(client.into_value().client_id);
        }
        tracing::info!(client_id = known, method = ?presented.method, "client authentication failed");
        Err(Error::Protocol(
            ErrorCode::InvalidClient.because("client authentication failed"),
        ))
    }

    fn proves(&self, client: &Client, presented: &Presented, reading: &Credentials) -> bool {
        if !client.metadata.accepts(presented.method) {
            return false;
        }
        match &reading.client_secret {
            None => presented.method == TokenEndpointAuthMethod::None,
            Some(presented) => {
                let digest = secret::digest(presented);
                client.live_secrets(self.now()).any(|live| secret::same(live, &digest))
            }
        }
    }
}
