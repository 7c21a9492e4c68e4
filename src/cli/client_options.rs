//! What a client can be, as options of the command line: the same for making one and for changing one.

use clap::{Args, builder::PossibleValuesParser};
use serde_json::{Map, Value, json};

use super::{client_json, duration::parse_seconds, org::parse_policy};
use crate::protocol::{client::policy::SignInPolicy, scope::Scope};

#[derive(Debug, Default, PartialEq, Args)]
pub struct ClientOptions {
    /// Where codes may be sent, compared character by character; may be repeated
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// Where the browser may go after logout; may be repeated
    #[arg(long, value_name = "URI")]
    post_logout_redirect_uri: Vec<String>,
    /// No secret: a program on the end-user's machine or in the browser
    #[arg(long, conflicts_with = "auth_method")]
    public: bool,
    /// Runs on the end-user's machine: the port of a loopback redirect URI is free
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", hide_possible_values = true)]
    native: Option<bool>,
    /// The most it can be granted, words with spaces between; may be repeated
    #[arg(long, value_parser = parse_scope)]
    scope: Vec<Scope>,
    /// What the token endpoint gives it; may be repeated [default: authorization_code and refresh_token]
    #[arg(long, value_parser = PossibleValuesParser::new(["authorization_code", "refresh_token", "client_credentials", "implicit"]))]
    grant: Vec<String>,
    /// What it may ask the authorization endpoint for, for example "code id_token"; may be repeated [default: code]
    #[arg(long, value_name = "WORDS", requires = "grant")]
    response_type: Vec<String>,
    /// How it proves itself at the token endpoint [default: either secret method]
    #[arg(
        long,
        value_name = "METHOD",
        value_parser = PossibleValuesParser::new([
            "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none",
        ]),
    )]
    auth_method: Option<String>,
    /// Where it publishes its public keys, for private_key_jwt and request objects
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// The operator's own: end-users are not asked for consent
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", hide_possible_values = true)]
    first_party: Option<bool>,
    /// It cannot do PKCE (confidential clients only)
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", hide_possible_values = true)]
    no_pkce: Option<bool>,
    /// Keep the ID token small: claims come from userinfo alone
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", hide_possible_values = true)]
    no_claims_in_id_token: Option<bool>,
    /// Put at_hash into the ID token
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", hide_possible_values = true)]
    at_hash: Option<bool>,
    /// The aud of its access tokens
    #[arg(long)]
    audience: Option<String>,
    /// How long its access tokens live, for example 10m
    #[arg(long, value_name = "DURATION", value_parser = parse_seconds, help_heading = "Lifetimes")]
    access_token_lifetime: Option<u64>,
    /// How long its ID tokens live
    #[arg(long, value_name = "DURATION", value_parser = parse_seconds, help_heading = "Lifetimes")]
    id_token_lifetime: Option<u64>,
    /// How long its refresh tokens may lie unused
    #[arg(long, value_name = "DURATION", value_parser = parse_seconds, help_heading = "Lifetimes")]
    refresh_token_lifetime: Option<u64>,
    /// How good the sign-ins of its end-users have to be: password, second_factor or passkey
    #[arg(long, value_name = "POLICY", value_parser = parse_policy)]
    sign_in_policy: Option<SignInPolicy>,
}

impl ClientOptions {
    /// The options that were given, by their metadata names.
    pub fn members(self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        };
        let list = |values: Vec<String>| (!values.is_empty()).then(|| json!(values));
        let scope = self.scope.into_iter().reduce(|all, more| all.union(&more));
        let auth_method = if self.public {
            Some("none".to_owned())
        } else {
            self.auth_method
        };
        if !self.grant.is_empty() {
            let code = self.grant.iter().any(|it| it == "authorization_code");
            let types = list(self.response_type).unwrap_or_else(|| client_json::response_types(code));
            put("response_types", Some(types));
        }
        put("redirect_uris", list(self.redirect_uri));
        put("post_logout_redirect_uris", list(self.post_logout_redirect_uri));
        put("token_endpoint_auth_method", auth_method.map(Value::from));
        put("jwks_uri", self.jwks_uri.map(Value::from));
        put(
            "application_type",
            self.native.map(|native| json!(if native { "native" } else { "web" })),
        );
        put("scope", scope.map(|scope| json!(scope)));
        put("grant_types", list(self.grant));
        put(
            "consent",
            self.first_party
                .map(|first| json!(if first { "first_party" } else { "required" })),
        );
        put("require_pkce", self.no_pkce.map(|no| json!(!no)));
        put("claims_in_id_token", self.no_claims_in_id_token.map(|no| json!(!no)));
        put("at_hash", self.at_hash.map(Value::from));
        put("audience", self.audience.map(Value::from));
        put("access_token_lifetime", self.access_token_lifetime.map(Value::from));
        put("id_token_lifetime", self.id_token_lifetime.map(Value::from));
        put("refresh_token_lifetime", self.refresh_token_lifetime.map(Value::from));
        put("sign_in_policy", self.sign_in_policy.map(|policy| json!(policy)));
        members
    }
}

fn parse_scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).map_err(|_| "expected words with spaces between (RFC 6749, 3.3)".to_owned())
}
