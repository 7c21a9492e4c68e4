//! `client_credentials` (RFC 6749, 4.4): a machine for itself.

use super::{Idp, Result};
use crate::{
    model::client::Client,
    protocol::{error::ErrorCode, scope::Scope, token::TokenResponse},
};

impl Idp {
    pub(super) fn client_credentials(
        &self,
        client: &Client,
        asked: Option<Scope>,
        resources: Vec<String>,
    ) -> Result<TokenResponse> {
        let allowed = &client.metadata.scope;
        let scope = asked.unwrap_or_else(|| allowed.clone());
        if !scope.is_subset(allowed) {
            return Err(ErrorCode::InvalidScope
                .because("scope is more than this client may have")
                .into());
        }
        let resources = self.permit_resources(client, resources)?;
        self.mint_for_client(client, &scope, &resources)
    }
}
