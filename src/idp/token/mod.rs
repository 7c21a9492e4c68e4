//! The token endpoint: shared phases first, so that no grant can forget one, then the grant's own (RFC 6749, 3.2).

mod client_credentials;
mod code;
mod refresh;

use super::{Error, Idp, Result, client_auth::Caller};
use crate::protocol::{
    error::ErrorCode,
    params::Params,
    resource,
    token::{TokenRequest, TokenResponse},
};

impl Idp {
    /// Answers a token request: who asks, what is asked, whether this client may use the grant, then the grant.
    pub async fn token(&self, caller: &Caller<'_>, params: &Params) -> Result<TokenResponse> {
        let answer = self.grant_tokens(caller, params).await;
        match &answer {
            Ok(_) => self.metrics.token_issued(params.get("grant_type").unwrap_or_default()),
            Err(Error::Protocol(error)) => self.metrics.token_error(error.error.as_str()),
            Err(_) => self.metrics.token_error(ErrorCode::ServerError.as_str()),
        }
        answer
    }

    async fn grant_tokens(&self, caller: &Caller<'_>, params: &Params) -> Result<TokenResponse> {
        params.require("grant_type")?;
        let client = self.authenticate_client(caller, params).await?;
        let request = TokenRequest::parse(params)?;
        let resources = resource::asked(params)?;
        if !client.metadata.may_use(request.grant_type()) {
            return Err(ErrorCode::UnauthorizedClient
                .because("this client may not use this grant_type")
                .into());
        }
        match request {
            TokenRequest::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier,
            } => {
                let proof = code::Proof {
                    redirect_uri: redirect_uri.as_deref(),
                    code_verifier: code_verifier.as_deref(),
                    resources,
                };
                self.redeem_code(&client, &code, &proof).await
            }
            TokenRequest::RefreshToken { refresh_token, scope } => {
                let asked = refresh::Narrowed { scope, resources };
                self.refresh(&client, &refresh_token, &asked).await
            }
            TokenRequest::ClientCredentials { scope } => self.client_credentials(&client, scope, resources),
        }
    }
}
