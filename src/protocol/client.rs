//! Client metadata with the names of RFC 7591, 2 and OpenID Connect Registration, 2, and this provider's own members.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    error::{Error, ErrorCode},
    redirect_uri,
    scope::Scope,
};

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
}

impl GrantType {
    /// The value of `grant_type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
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
    /// A public client has no secret and proves itself by PKCE.
    None,
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
    /// `code`, or nothing for a client without end-users.
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
            consent: ConsentPolicy::Required,
            claims_in_id_token: false,
            at_hash: false,
            require_pkce: true,
            audience: None,
            access_token_lifetime: None,
            id_token_lifetime: None,
            refresh_token_lifetime: None,
        }
    }
}

/// The longest lifetime of a token that a client can be given: what the key ring keeps retired keys for depends on it.
pub const MAX_TOKEN_LIFETIME: Duration = Duration::from_hours(30 * 24);

impl ClientMetadata {
    /// Every member by its name, for those who must refuse what they do not know.
    pub const MEMBERS: [&str; 19] = [
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
        "consent",
        "claims_in_id_token",
        "at_hash",
        "require_pkce",
        "audience",
        "access_token_lifetime",
        "id_token_lifetime",
        "refresh_token_lifetime",
    ];

    /// A client without a secret (RFC 6749, 2.1).
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == Some(TokenEndpointAuthMethod::None)
    }

    /// Whether authorization requests of this client need a `code_challenge`.
    pub fn needs_pkce(&self) -> bool {
        self.require_pkce || self.is_public()
    }

    /// Whether it may use the grant.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
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
            None => method != TokenEndpointAuthMethod::None,
        }
    }

    /// Refuses metadata that contradicts itself or a specification.
    pub fn validate(&self) -> Result<(), Error> {
        let refuse = |why: &'static str| Err(ErrorCode::InvalidClientMetadata.because(why));
        for uri in self.redirect_uris.iter().chain(&self.post_logout_redirect_uris) {
            redirect_uri::registrable(uri)?;
        }
        if self.client_name.trim().is_empty() || self.client_name.chars().count() > 200 {
            return refuse("client_name is 1 to 200 characters");
        }
        if self.client_name.chars().any(char::is_control) {
            return refuse("client_name has a control character");
        }
        if let Some(uri) = &self.client_uri
            && !(url::Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "https" | "http")))
        {
            return refuse("client_uri is an http or https URL");
        }
        let code = self.may_use(GrantType::AuthorizationCode);
        if code != self.response_types.iter().any(|it| it == "code")
            || self.response_types.iter().any(|it| it != "code")
        {
            return refuse("response_types is [\"code\"] exactly when grant_types has authorization_code");
        }
        if code && self.redirect_uris.is_empty() {
            return Err(ErrorCode::InvalidRedirectUri.because("a client of the code flow needs a redirect URI"));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn web() -> ClientMetadata {
        ClientMetadata {
            client_name: "App".to_owned(),
            redirect_uris: vec!["https://app.example/cb".to_owned()],
            ..ClientMetadata::default()
        }
    }

    #[test]
    fn absent_members_have_the_defaults_of_rfc_7591() {
        let read: ClientMetadata =
            serde_json::from_str(r#"{"client_name":"App","redirect_uris":["https://app.example/cb"]}"#).unwrap();
        assert_eq!(read, web());
        assert_eq!(read.validate(), Ok(()));
        assert!(read.needs_pkce() && !read.is_public());
    }

    #[test]
    fn metadata_written_and_read_is_the_identity() {
        let full = ClientMetadata {
            client_uri: Some("https://app.example".to_owned()),
            token_endpoint_auth_method: Some(TokenEndpointAuthMethod::ClientSecretPost),
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            scope: Scope::parse("openid email").unwrap(),
            default_max_age: Some(60),
            consent: ConsentPolicy::FirstParty,
            audience: Some("https://api.example".to_owned()),
            access_token_lifetime: Some(300),
            ..web()
        };
        let written = serde_json::to_string(&full).unwrap();
        assert_eq!(serde_json::from_str::<ClientMetadata>(&written).unwrap(), full);
    }

    #[test]
    fn contradictions_are_refused() {
        type Change = fn(&mut ClientMetadata);
        let cases: [(&str, Change); 12] = [
            ("no name", |m| m.client_name = " ".to_owned()),
            ("control character", |m| m.client_name = "a\nb".to_owned()),
            ("no redirect URI", |m| m.redirect_uris.clear()),
            ("wildcard", |m| m.redirect_uris.push("https://*.example/".to_owned())),
            ("script as logout target", |m| {
                m.post_logout_redirect_uris.push("javascript:x".to_owned());
            }),
            ("token response type", |m| m.response_types.push("token".to_owned())),
            ("code without its grant", |m| {
                m.grant_types = vec![GrantType::ClientCredentials];
            }),
            ("no grant", |m| m.grant_types.clear()),
            ("public machine", |m| {
                m.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::None);
                m.grant_types.push(GrantType::ClientCredentials);
            }),
            ("public without PKCE", |m| {
                m.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::None);
                m.require_pkce = false;
            }),
            ("token for a year", |m| m.access_token_lifetime = Some(365 * 24 * 3600)),
            ("script as home page", |m| {
                m.client_uri = Some("javascript:x".to_owned());
            }),
        ];
        for (name, change) in cases {
            let mut metadata = web();
            change(&mut metadata);
            assert!(metadata.validate().is_err(), "{name}");
        }
    }

    #[test]
    fn a_machine_needs_no_redirect_uri() {
        let machine = ClientMetadata {
            redirect_uris: vec![],
            response_types: vec![],
            grant_types: vec![GrantType::ClientCredentials],
            ..web()
        };
        assert_eq!(machine.validate(), Ok(()));
    }

    #[test]
    fn a_confidential_client_uses_the_method_it_registered_or_either() {
        let mut metadata = web();
        assert!(metadata.accepts(TokenEndpointAuthMethod::ClientSecretBasic));
        assert!(metadata.accepts(TokenEndpointAuthMethod::ClientSecretPost));
        assert!(!metadata.accepts(TokenEndpointAuthMethod::None));
        metadata.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::ClientSecretPost);
        assert!(!metadata.accepts(TokenEndpointAuthMethod::ClientSecretBasic));
    }
}
