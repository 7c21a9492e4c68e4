//! The token request and response (RFC 6749, 4.1.3, 4.4.2, 5 and 6), and what a code is worth.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    client::GrantType,
    error::{Error, ErrorCode},
    params::Params,
    pkce::CodeChallenge,
    scope::Scope,
};

/// A token request: one variant per `grant_type`, each with what that grant needs.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// RFC 6749, 4.1.3 and RFC 7636, 4.5.
    AuthorizationCode {
        /// The code, a bearer secret.
        code: String,
        /// Must be the one of the authorization request.
        redirect_uri: Option<String>,
        /// Answers the `code_challenge`.
        code_verifier: Option<String>,
    },
    /// RFC 6749, 6.
    RefreshToken {
        /// A bearer secret.
        refresh_token: String,
        /// A part of what was granted.
        scope: Option<Scope>,
    },
    /// RFC 6749, 4.4.2.
    ClientCredentials {
        /// A part of what the client may have.
        scope: Option<Scope>,
    },
}

impl TokenRequest {
    /// Reads the body of a token request.
    pub fn parse(params: &Params) -> Result<Self, Error> {
        let own = |name: &'static str| params.require(name).map(str::to_owned);
        let scope = || params.get("scope").map(Scope::parse).transpose();
        match params.require("grant_type")? {
            "authorization_code" => Ok(Self::AuthorizationCode {
                code: own("code")?,
                redirect_uri: params.get("redirect_uri").map(str::to_owned),
                code_verifier: params.get("code_verifier").map(str::to_owned),
            }),
            "refresh_token" => Ok(Self::RefreshToken {
                refresh_token: own("refresh_token")?,
                scope: scope()?,
            }),
            "client_credentials" => Ok(Self::ClientCredentials { scope: scope()? }),
            _ => Err(ErrorCode::UnsupportedGrantType.because("grant_type is not one that this server knows")),
        }
    }

    /// The grant it asks for.
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

/// What an authorization code is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeGrant {
    /// The client it was issued to.
    pub client_id: String,
    /// The redirect URI it was sent to.
    pub redirect_uri: String,
    /// What the token request must answer.
    pub code_challenge: Option<CodeChallenge>,
    /// The first moment at which it is worth nothing.
    pub expires_at: Timestamp,
}

/// The one answer to everything that can be wrong with a code: it tells a thief nothing (RFC 6749, 5.2).
pub fn invalid_code() -> Error {
    ErrorCode::InvalidGrant.because(
        "the code is invalid, expired, already used, or was issued for another client, redirect_uri or code_verifier",
    )
}

impl CodeGrant {
    /// Whether this client may have tokens for the code now.
    pub fn redeem(
        &self,
        client_id: &str,
        redirect_uri: Option<&str>,
        code_verifier: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let proven = match (&self.code_challenge, code_verifier) {
            (Some(challenge), Some(verifier)) => challenge.verify(verifier),
            // A verifier without a challenge means that somebody took the challenge out on the way (RFC 9700, 4.8.2).
            (Some(_), None) | (None, Some(_)) => false,
            (None, None) => true,
        };
        let bound = self.client_id == client_id && Some(self.redirect_uri.as_str()) == redirect_uri;
        if proven && bound && now < self.expires_at {
            Ok(())
        } else {
            Err(invalid_code())
        }
    }
}

/// A successful answer of the token endpoint (RFC 6749, 5.1; OpenID Connect Core, 3.1.3.3).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TokenResponse {
    /// An RFC 9068 JWT.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
    /// Present for an end-user who may be away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Present when `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted.
    #[serde(skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
}

impl TokenResponse {
    /// An answer with an access token only.
    pub fn new(access_token: String, lifetime: Duration, scope: Scope) -> Self {
        let expires_in = lifetime.as_secs();
        Self {
            access_token,
            token_type: "Bearer",
            expires_in,
            refresh_token: None,
            id_token: None,
            scope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn grant() -> CodeGrant {
        CodeGrant {
            client_id: "app".to_owned(),
            redirect_uri: "https://app.example/cb".to_owned(),
            code_challenge: CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Some("S256")).ok(),
            expires_at: Timestamp::from_unix(100),
        }
    }

    #[test]
    fn every_binding_of_a_code_is_checked_and_all_say_the_same() {
        let uri = Some("https://app.example/cb");
        let verifier = Some(VERIFIER);
        let wrong = VERIFIER.replace('d', "e");
        let cases = [
            ("good", "app", uri, verifier, 99, true),
            ("another client", "other", uri, verifier, 99, false),
            (
                "another redirect_uri",
                "app",
                Some("https://app.example/cb2"),
                verifier,
                99,
                false,
            ),
            ("no redirect_uri", "app", None, verifier, 99, false),
            ("a wrong verifier", "app", uri, Some(wrong.as_str()), 99, false),
            ("no verifier", "app", uri, None, 99, false),
            ("expired", "app", uri, verifier, 100, false),
        ];
        for (name, client_id, redirect_uri, code_verifier, now, expected) in cases {
            let redeemed = grant().redeem(client_id, redirect_uri, code_verifier, Timestamp::from_unix(now));
            assert_eq!(redeemed.is_ok(), expected, "{name}");
            assert!(redeemed.is_ok() || redeemed == Err(invalid_code()), "{name}");
        }
    }

    #[test]
    fn a_verifier_without_a_challenge_is_a_downgrade() {
        let without = CodeGrant {
            code_challenge: None,
            ..grant()
        };
        let now = Timestamp::from_unix(1);
        assert!(without.redeem("app", Some("https://app.example/cb"), None, now).is_ok());
        assert!(
            without
                .redeem("app", Some("https://app.example/cb"), Some(VERIFIER), now)
                .is_err()
        );
    }

    #[test]
    fn a_request_is_read_by_its_grant_type() {
        let read = |text: &str| TokenRequest::parse(&Params::parse(text.as_bytes()).unwrap());
        assert!(read("grant_type=authorization_code&code=c").is_ok());
        assert!(read("grant_type=client_credentials").is_ok());
        for (text, expected) in [
            ("code=c", ErrorCode::InvalidRequest),
            (
                "grant_type=password&username=a&password=b",
                ErrorCode::UnsupportedGrantType,
            ),
            ("grant_type=authorization_code", ErrorCode::InvalidRequest),
            ("grant_type=refresh_token", ErrorCode::InvalidRequest),
            ("grant_type=client_credentials&scope=a%22", ErrorCode::InvalidScope),
        ] {
            assert_eq!(read(text).err().map(|error| error.error), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_answer_has_no_empty_members() {
        let response = TokenResponse::new("t".to_owned(), Duration::from_mins(1), Scope::default());
        let json = serde_json::to_string(&response).unwrap();
        assert_eq!(json, r#"{"access_token":"t","token_type":"Bearer","expires_in":60}"#);
    }
}
