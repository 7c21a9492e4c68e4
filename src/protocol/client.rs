//! Client metadata with the names of RFC 7591, 2 and OpenID Connect Registration, 2, and this provider's own members.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    assertion,
    error::{Error, ErrorCode},
    jwa::{AssertionAlgorithm, SigningAlgorithm},
    jwks::Jwks,
    redirect_uri,
    response::{self, ResponseType},
    scope::Scope,
};

pub mod id_metadata;
pub mod logo;
pub mod policy;
pub mod rules;

use policy::SignInPolicy;
use rules::display_name;

/// A grant type that the token endpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749, 4.1.
    AuthorizationCode,
    /// RFC 6749, 6.
    RefreshToken,
    /// RFC 6749, 4.4.
    ClientCredentials,
    /// OpenID Connect Core, 3.2: never at the token endpoint; registered for the response types that need it.
    Implicit,
}

impl GrantType {
    /// The value of `grant_type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Implicit => "implicit",
        }
    }
}

/// How a client proves itself at the token endpoint (OpenID Connect Core, 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenEndpointAuthMethod {
    /// The secret in the `Authorization` header (RFC 6749, 2.3.1).
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// A JWT with a MAC by the secret (RFC 7523, 2.2).
    ClientSecretJwt,
    /// A JWT signed by the client's private key (RFC 7523, 2.2).
    PrivateKeyJwt,
    /// A public client has no secret and proves itself by PKCE.
    None,
}

/// How a client's end-users are named to it (OpenID Connect Core, 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// By the same `sub` as to everybody.
    #[default]
    Public,
    /// By a `sub` that only the clients of its sector see.
    Pairwise,
}

/// Whether the end-user is asked before a client learns something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// Ask once per client and scope, and remember the answer.
    #[default]
    Required,
    /// The operator's own application: the operator has consented for everybody.
    FirstParty,
}

/// What kind of program the client is (OpenID Connect Registration, 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// Runs on a server or in a browser.
    #[default]
    Web,
    /// Runs on the end-user's machine: the port of a loopback redirect URI is free (RFC 8252, 7.3).
    Native,
}

/// What is known of a client. Absent members have the defaults of RFC 7591; members below `consent` are this provider's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the members are those of the specifications"
)]
pub struct ClientMetadata {
    /// Shown to the end-user.
    pub client_name: String,
    /// The client's home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Where codes may be sent; compared character by character.
    pub redirect_uris: Vec<String>,
    /// Where the browser may go after logout (RP-Initiated Logout, 3.1).
    pub post_logout_redirect_uris: Vec<String>,
    /// Absent for a confidential client: either of the two secret methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
    /// Which grants the token endpoint gives it.
    pub grant_types: Vec<GrantType>,
    /// What it may ask the authorization endpoint for, the words in any order; nothing for a client without end-users.
    pub response_types: Vec<String>,
    /// The most it can be granted.
    pub scope: Scope,
    /// Web or native.
    pub application_type: ApplicationType,
    /// People responsible for the client.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// Seconds after which a login is too old for this client, when the request has no `max_age`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Asked for when the request has no `acr_values`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Whether the client relies on `auth_time`; every ID token has it.
    #[serde(skip_serializing_if = "is_default")]
    pub require_auth_time: bool,
    /// Shown to the end-user through our own origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// What the client does with what it learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// The client's terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// The members above in further languages, as `client_name#ja` (RFC 7591, 2.2).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub localized: BTreeMap<String, String>,
    /// The client's public keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Jwks>,
    /// Where the client publishes its keys; not beside `jwks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// How its end-users are named to it.
    #[serde(skip_serializing_if = "is_default")]
    pub subject_type: SubjectType,
    /// The document that names all redirect URIs of the sector (OpenID Connect Registration, 5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// Signs its ID tokens and logout tokens.
    #[serde(skip_serializing_if = "is_default")]
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// Signs its userinfo responses; absent: they are plain JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<SigningAlgorithm>,
    /// The only one its request objects may be signed by; absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<SigningAlgorithm>,
    /// Whether an authorization request without a request object is refused (RFC 9101, 10.5).
    #[serde(skip_serializing_if = "is_default")]
    pub require_signed_request_object: bool,
    /// The only one its assertions may be signed by; absent: any that its method allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<AssertionAlgorithm>,
    /// Where a login can be started by somebody else (OpenID Connect Core, 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// Where its request objects may be fetched (OpenID Connect Core, 6.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<String>,
    /// Rendered in a frame when a session ends (Front-Channel Logout, 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether the frame's URL needs `iss` and `sid`; it always has them.
    #[serde(skip_serializing_if = "is_default")]
    pub frontchannel_logout_session_required: bool,
    /// Told when a session ends (Back-Channel Logout, 2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether the logout token needs `sid`; it always has it.
    #[serde(skip_serializing_if = "is_default")]
    pub backchannel_logout_session_required: bool,
    /// The software's identity over all its installations (RFC 7591, 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// The software's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Whether the end-user is asked.
    pub consent: ConsentPolicy,
    /// Whether what userinfo would tell, and role, organizations and profile attributes, also stand in the ID token.
    pub claims_in_id_token: bool,
    /// Whether the ID token has an `at_hash` (optional in the code flow; some verifiers refuse one they cannot check).
    pub at_hash: bool,
    /// Whether authorization requests need PKCE. Only a confidential client can be exempt.
    pub require_pkce: bool,
    /// The `aud` of its access tokens, when it is not the provider's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Seconds; absent: the provider's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<u64>,
    /// Seconds; absent: the provider's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_lifetime: Option<u64>,
    /// Seconds a refresh token may lie unused; absent: the provider's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_lifetime: Option<u64>,
    /// How good the sign-ins of its end-users have to be at least.
    #[serde(skip_serializing_if = "is_default")]
    pub sign_in_policy: SignInPolicy,
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            client_name: String::new(),
            client_uri: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            token_endpoint_auth_method: None,
            grant_types: vec![GrantType::AuthorizationCode],
            response_types: vec!["code".to_owned()],
            scope: Scope::default(),
            application_type: ApplicationType::Web,
            contacts: Vec::new(),
            default_max_age: None,
            default_acr_values: Vec::new(),
            require_auth_time: false,
            logo_uri: None,
            policy_uri: None,
            tos_uri: None,
            localized: BTreeMap::new(),
            jwks: None,
            jwks_uri: None,
            subject_type: SubjectType::Public,
            sector_identifier_uri: None,
            id_token_signed_response_alg: SigningAlgorithm::Rs256,
            userinfo_signed_response_alg: None,
            request_object_signing_alg: None,
            require_signed_request_object: false,
            token_endpoint_auth_signing_alg: None,
            initiate_login_uri: None,
            request_uris: Vec::new(),
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            software_id: None,
            software_version: None,
            consent: ConsentPolicy::Required,
            claims_in_id_token: false,
            at_hash: false,
            require_pkce: true,
            audience: None,
            access_token_lifetime: None,
            id_token_lifetime: None,
            refresh_token_lifetime: None,
            sign_in_policy: SignInPolicy::Password,
        }
    }
}

/// The longest lifetime of a token that a client can be given: what the key ring keeps retired keys for depends on it.
pub const MAX_TOKEN_LIFETIME: Duration = Duration::from_hours(30 * 24);

impl ClientMetadata {
    /// Every member by its name, for those who must refuse what they do not know.
    pub const MEMBERS: [&str; 43] = [
        "client_name",
        "client_uri",
        "redirect_uris",
        "post_logout_redirect_uris",
        "token_endpoint_auth_method",
        "grant_types",
        "response_types",
        "scope",
        "application_type",
        "contacts",
        "default_max_age",
        "default_acr_values",
        "require_auth_time",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "localized",
        "jwks",
        "jwks_uri",
        "subject_type",
        "sector_identifier_uri",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "request_object_signing_alg",
        "require_signed_request_object",
        "token_endpoint_auth_signing_alg",
        "initiate_login_uri",
        "request_uris",
        "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
        "backchannel_logout_uri",
        "backchannel_logout_session_required",
        "software_id",
        "software_version",
        "consent",
        "claims_in_id_token",
        "at_hash",
        "require_pkce",
        "audience",
        "access_token_lifetime",
        "id_token_lifetime",
        "refresh_token_lifetime",
        "sign_in_policy",
    ];

    /// A client without a secret (RFC 6749, 2.1).
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == Some(TokenEndpointAuthMethod::None)
    }

    /// Whether it proves itself by a secret, in whatever way.
    pub fn has_secret(&self) -> bool {
        !matches!(
            self.token_endpoint_auth_method,
            Some(TokenEndpointAuthMethod::None | TokenEndpointAuthMethod::PrivateKeyJwt)
        )
    }

    /// Whether its secret must be at hand in clear, because a MAC is made by it.
    pub fn needs_sealed_secret(&self) -> bool {
        self.token_endpoint_auth_method == Some(TokenEndpointAuthMethod::ClientSecretJwt)
    }

    /// Whether authorization requests of this client need a `code_challenge`.
    pub fn needs_pkce(&self) -> bool {
        self.require_pkce || self.is_public()
    }

    /// Whether it may use the grant.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// Whether it may ask the authorization endpoint for this.
    pub fn may_ask_for(&self, response_type: ResponseType) -> bool {
        let mut registered = self.response_types.iter().filter_map(|text| ResponseType::parse(text));
        registered.any(|it| it == response_type) && response_type.agrees_with(&self.grant_types)
    }

    /// Whether the presented URI is one of its `redirect_uris`.
    pub fn has_redirect_uri(&self, presented: &str) -> bool {
        let native = self.is_public() || self.application_type == ApplicationType::Native;
        self.redirect_uris
            .iter()
            .any(|registered| redirect_uri::is_match(registered, presented, native))
    }

    /// Whether a method of authentication is the client's.
    pub fn accepts(&self, method: TokenEndpointAuthMethod) -> bool {
        match self.token_endpoint_auth_method {
            Some(registered) => registered == method,
            None => matches!(
                method,
                TokenEndpointAuthMethod::ClientSecretBasic | TokenEndpointAuthMethod::ClientSecretPost
            ),
        }
    }

    /// Refuses metadata that contradicts itself or a specification.
    pub fn validate(&self) -> Result<(), Error> {
        let refuse = |why: &'static str| Err(ErrorCode::InvalidClientMetadata.because(why));
        for uri in &self.redirect_uris {
            redirect_uri::registrable(uri)?;
        }
        for uri in &self.post_logout_redirect_uris {
            redirect_uri::registrable(uri)
                .map_err(|error| Error::new(ErrorCode::InvalidClientMetadata, error.error_description))?;
        }
        display_name("client_name", &self.client_name)?;
        self.validate_rest()?;
        let code = self.may_use(GrantType::AuthorizationCode);
        if let Err(why) = response::agree(&self.response_types, &self.grant_types) {
            return refuse(why);
        }
        if !self.response_types.is_empty() && self.redirect_uris.is_empty() {
            return Err(ErrorCode::InvalidRedirectUri.because("a client with response_types needs a redirect URI"));
        }
        if self.may_use(GrantType::Implicit) && self.application_type == ApplicationType::Web {
            // What a token is sent to must not be listened at by others (OpenID Connect Registration, 2: application_type).
            self.redirect_uris
                .iter()
                .try_for_each(|uri| redirect_uri::fit_for_tokens(uri))?;
        }
        if self.grant_types.is_empty() {
            return refuse("grant_types is empty");
        }
        if self.may_use(GrantType::RefreshToken) && !code {
            return refuse("refresh_token needs authorization_code");
        }
        if self.may_use(GrantType::ClientCredentials) && self.is_public() {
            return refuse("client_credentials is for confidential clients only (RFC 6749, 4.4)");
        }
        if self.is_public() && !self.require_pkce {
            return refuse("a public client cannot be exempt from PKCE (RFC 9700, 2.1.1)");
        }
        assertion::registrable(self)?;
        if self.audience.as_deref() == Some("") {
            return refuse("audience is empty");
        }
        let lifetimes = [self.access_token_lifetime, self.id_token_lifetime];
        if lifetimes
            .into_iter()
            .flatten()
            .any(|seconds| seconds == 0 || seconds > MAX_TOKEN_LIFETIME.as_secs())
        {
            return refuse("a token lifetime is 1 second to 30 days");
        }
        if self
            .refresh_token_lifetime
            .is_some_and(|seconds| seconds == 0 || seconds > 10 * 365 * 24 * 3600)
        {
            return refuse("refresh_token_lifetime is 1 second to 10 years");
        }
        Ok(())
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests;
