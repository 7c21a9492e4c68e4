//! Provider metadata (OpenID Connect Discovery, 3; RFC 8414, 2): only registered members, and each of them true.

use serde::Serialize;

use super::{
    claims::STANDARD_CLAIMS,
    client::GrantType,
    id_token,
    jwa::SigningAlgorithm,
    response::{ResponseMode, ResponseType},
    scope,
};

/// Where the endpoints are, as absolute URLs.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the endpoints of the metadata below")]
pub struct Endpoints {
    pub authorization: String,
    pub token: String,
    pub userinfo: String,
    pub jwks: String,
    pub introspection: String,
    pub revocation: String,
    pub end_session: String,
    pub registration: Option<String>,
}

/// The discovery document.
#[derive(Clone, Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the members are those of the specifications"
)]
#[expect(
    missing_docs,
    reason = "the members of OpenID Connect Discovery, 3, RFC 8414, 2, RFC 9207, 3, RP-Initiated Logout, 2.1 and Client ID Metadata Document, 6"
)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
    pub end_session_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    pub scopes_supported: Vec<String>,
    pub claims_supported: Vec<String>,
    pub response_types_supported: Vec<&'static str>,
    pub response_modes_supported: [&'static str; 3],
    pub grant_types_supported: Vec<&'static str>,
    pub subject_types_supported: [&'static str; 2],
    pub id_token_signing_alg_values_supported: Vec<SigningAlgorithm>,
    pub userinfo_signing_alg_values_supported: Vec<SigningAlgorithm>,
    pub token_endpoint_auth_methods_supported: [&'static str; 5],
    pub token_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    pub introspection_endpoint_auth_methods_supported: [&'static str; 4],
    pub introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    pub revocation_endpoint_auth_methods_supported: [&'static str; 5],
    pub revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    pub code_challenge_methods_supported: [&'static str; 1],
    pub prompt_values_supported: Vec<&'static str>,
    pub claim_types_supported: [&'static str; 1],
    pub ui_locales_supported: Vec<&'static str>,
    pub acr_values_supported: &'static [&'static str],
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    pub request_uri_parameter_supported: bool,
    pub require_request_uri_registration: bool,
    pub request_object_signing_alg_values_supported: [SigningAlgorithm; 4],
    pub authorization_response_iss_parameter_supported: bool,
    pub backchannel_logout_supported: bool,
    pub backchannel_logout_session_supported: bool,
    pub frontchannel_logout_supported: bool,
    pub frontchannel_logout_session_supported: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub client_id_metadata_document_supported: bool,
}

/// The scopes that every provider of this kind knows.
pub const STANDARD_SCOPES: [&str; 6] = [
    scope::OPENID,
    "profile",
    "email",
    "address",
    "phone",
    scope::OFFLINE_ACCESS,
];

const CONFIDENTIAL_METHODS: [&str; 4] = [
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
];

const METHODS: [&str; 5] = [
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "none",
];

const ASSERTION_ALGORITHMS: [&str; 5] = ["RS256", "PS256", "ES256", "EdDSA", "HS256"];

impl Metadata {
    /// The document of `issuer`; `scopes` and `attributes` are those that the configuration adds, `algorithms` those that
    /// sign at present.
    pub fn new(
        issuer: &str,
        endpoints: Endpoints,
        scopes: &[String],
        attributes: &[String],
        algorithms: &[SigningAlgorithm],
    ) -> Self {
        let own = [
            "sub",
            "auth_time",
            "acr",
            "amr",
            "role",
            "tenant_id",
            "organization_ids",
            "org_role",
        ];
        let claims = own
            .into_iter()
            .chain(STANDARD_CLAIMS.iter().map(|(claim, _)| *claim))
            .map(str::to_owned);
        let mut scopes_supported: Vec<String> = STANDARD_SCOPES.map(str::to_owned).to_vec();
        scopes_supported.extend(
            scopes
                .iter()
                .filter(|it| !STANDARD_SCOPES.contains(&it.as_str()))
                .cloned(),
        );
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: endpoints.authorization,
            token_endpoint: endpoints.token,
            userinfo_endpoint: endpoints.userinfo,
            jwks_uri: endpoints.jwks,
            introspection_endpoint: endpoints.introspection,
            revocation_endpoint: endpoints.revocation,
            end_session_endpoint: endpoints.end_session,
            registration_endpoint: endpoints.registration,
            scopes_supported,
            claims_supported: claims.chain(attributes.iter().cloned()).collect(),
            response_types_supported: vec![ResponseType::Code.as_str()],
            response_modes_supported: ResponseMode::ALL.map(ResponseMode::as_str),
            grant_types_supported: vec![
                GrantType::AuthorizationCode.as_str(),
                GrantType::RefreshToken.as_str(),
                GrantType::ClientCredentials.as_str(),
            ],
            subject_types_supported: ["public", "pairwise"],
            id_token_signing_alg_values_supported: algorithms.to_vec(),
            userinfo_signing_alg_values_supported: algorithms.to_vec(),
            token_endpoint_auth_methods_supported: METHODS,
            token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            introspection_endpoint_auth_methods_supported: CONFIDENTIAL_METHODS,
            introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            revocation_endpoint_auth_methods_supported: METHODS,
            revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            code_challenge_methods_supported: ["S256"],
            prompt_values_supported: vec!["none", "login", "consent", "select_account"],
            claim_types_supported: ["normal"],
            ui_locales_supported: Vec::new(),
            acr_values_supported: id_token::ACR_VALUES,
            claims_parameter_supported: true,
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
            require_request_uri_registration: true,
            request_object_signing_alg_values_supported: SigningAlgorithm::ALL,
            authorization_response_iss_parameter_supported: true,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
            client_id_metadata_document_supported: false,
        }
    }

    /// The document of a provider that offers these response types.
    #[must_use]
    pub fn offering(mut self, response_types: &[ResponseType]) -> Self {
        self.response_types_supported = response_types.iter().map(|it| it.as_str()).collect();
        if response_types.iter().any(|it| it.is_front_channel()) {
            self.grant_types_supported.push(GrantType::Implicit.as_str());
        }
        self
    }
}
