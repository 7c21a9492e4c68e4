//! The answer to a request that was granted: a code, tokens, or both, and one commit that pays for them.

use super::{Error, Idp, Result, audit::Work, mint::Subject, session::Present};
use crate::{
    model::{
        client::Client,
        grant::{Allowance, AuthorizationCode, Grant},
    },
    protocol::{
        Timestamp,
        authorize::{self, AuthorizationRequest},
        client::GrantType,
        response::{Answer, Granted, GrantedToken, ResponseType},
        scope::OFFLINE_ACCESS,
        token::CodeGrant,
    },
    secret,
};

/// Which way minted tokens go to the client.
#[derive(Clone, Copy)]
pub(super) enum Channel<'a> {
    /// From the token endpoint.
    Back,
    /// Through the browser.
    Front {
        /// What is in the answer.
        response_type: ResponseType,
        /// The code beside them.
        code: Option<&'a str>,
    },
}

impl<'a> Channel<'a> {
    /// The code that the ID token is tied to.
    pub const fn code(self) -> Option<&'a str> {
        match self {
            Self::Front { code, .. } => code,
            Self::Back => None,
        }
    }

    /// Whether the ID token is tied to the access token beside it: always where both pass through the browser (OpenID Connect Core,
    /// 3.2.2.9), else as the client has it.
    pub const fn has_at_hash(self, wanted: bool) -> bool {
        match self {
            Self::Front { response_type, .. } => response_type.has_token(),
            Self::Back => wanted,
        }
    }

    /// Whether nothing will ever be asked at userinfo, so that the ID token tells it (OpenID Connect Core, 5.4).
    pub const fn is_id_token_alone(self) -> bool {
        matches!(
            self,
            Self::Front {
                response_type: ResponseType::IdToken,
                ..
            }
        )
    }
}

impl Idp {
    /// What the authorization endpoint can be asked for here.
    pub fn response_types(&self) -> &'static [ResponseType] {
        if self.config.authorization.implicit {
            &ResponseType::ALL
        } else {
            &[ResponseType::Code]
        }
    }

    /// Writes what is granted with the given changes, and gives the answer that brings it to the client.
    ///
    /// `consent` is the mark of the yes that it rests on: taken back at this very moment, it makes what is issued worthless.
    /// Whether the response type is allowed is asked here again, where it counts: a waiting request may be older than the operator's no.
    pub(super) async fn issue(
        &self,
        mut changes: Work,
        client: &Client,
        request: &AuthorizationRequest,
        present: &Present,
        consent: String,
    ) -> Result<Answer> {
        let response_type = request.response_type;
        authorize::permits(response_type, &client.metadata, self.response_types())
            .map_err(|_| Error::InteractionGone)?;
        self.client_is_used(client).await?;
        let now = self.now();
        let allowance = Allowance {
            consent,
            ..allowance(client, request, present)
        };
        let mut granted = Granted {
            code: response_type.has_code().then(secret::random),
            ..Granted::default()
        };
        let mut grant_id = None;
        if response_type.is_front_channel() {
            let grant = self.front_channel_grant(client, &allowance, now);
            self.mint_for_browser(&mut granted, client, request, present, &grant)?;
            if response_type.has_token() {
                grant_id = Some(grant.id.clone());
                changes.insert(&grant)?;
            }
            changes.require(&present.user);
        }
        if let Some(code) = &granted.code {
            changes.insert(&AuthorizationCode {
                code_digest: secret::digest(code),
                grant: CodeGrant {
                    client_id: request.client_id.clone(),
                    redirect_uri: request.destination.redirect_uri().to_owned(),
                    code_challenge: request.code_challenge.clone(),
                    expires_at: now + self.config.tokens.code_lifetime,
                },
                allowance,
                nonce: request.nonce.clone(),
                grant_id,
                redeemed: None,
            })?;
        }
        // A logout or a disabling at this very moment wins: what is issued would rest on a session that is gone.
        Self::join_session(&mut changes, client, present)?;
        self.commit(changes).await?;
        if response_type.has_token() {
            self.metrics.token_issued(GrantType::Implicit.as_str());
        }
        Ok(request.destination.with(granted, &self.issuer))
    }

    /// What the tokens of the answer belong to, so that userinfo, logout and revocation find them. The code, when there is one, is
    /// redeemed for the same grant.
    fn front_channel_grant(&self, client: &Client, allowance: &Allowance, now: Timestamp) -> Grant {
        let last_token = now + self.access_lifetime(client);
        let last_code = now + self.config.tokens.code_lifetime;
        Grant {
            id: secret::random_id(),
            client_id: client.client_id.clone(),
            // Nothing outlives the session before a refresh token was given for the code.
            allowance: Allowance {
                offline: false,
                ..allowance.clone()
            },
            created_at: now,
            expires_at: last_token.max(last_code),
        }
    }

    /// Mints the tokens of the answer. What the response type does not hold is thrown away unseen.
    fn mint_for_browser(
        &self,
        granted: &mut Granted,
        client: &Client,
        request: &AuthorizationRequest,
        present: &Present,
        grant: &Grant,
    ) -> Result<()> {
        let response_type = request.response_type;
        let channel = Channel::Front {
            response_type,
            code: granted.code.as_deref(),
        };
        let resources = self.narrowed_resources(client, &request.resources, Vec::new())?;
        let subject = Subject {
            user: &present.user,
            grant,
            nonce: request.nonce.as_deref(),
            resources: &resources,
            now: grant.created_at,
            channel,
        };
        let tokens = self.mint_for_user(client, &subject, &grant.allowance.scope)?;
        granted.id_token = tokens.id_token.filter(|_| response_type.has_id_token());
        granted.access_token = response_type.has_token().then_some(GrantedToken {
            access_token: tokens.access_token,
            expires_in: tokens.expires_in,
            scope: tokens.scope,
        });
        Ok(())
    }
}

/// What is allowed: what was asked for, less what the operator has taken from the client while the request waited.
fn allowance(client: &Client, request: &AuthorizationRequest, present: &Present) -> Allowance {
    let scope = request.scope.intersection(&client.metadata.scope);
    Allowance {
        user_id: present.user.id.clone(),
        epoch: present.user.epoch,
        client_since: client.created_at,
        sector: client.metadata.sector(),
        offline: client.metadata.may_use(GrantType::RefreshToken) && scope.contains(OFFLINE_ACCESS),
        scope,
        consent: String::new(),
        sid: present.session.sid.clone(),
        authentication: present.session.authentication.clone(),
        claims: request.claims.clone(),
        resources: request.resources.clone(),
    }
}
