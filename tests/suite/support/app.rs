//! An application: a relying party that uses what discovery tells, and nothing of the crate.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use url::Url;

use super::{Browser, Daemon, Page, jwt};

/// A registered application.
#[derive(Clone)]
pub struct App {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    pub redirect_uri: String,
    pub http: Client,
}

/// One sign-in of an application that has begun.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The authorization request.
    pub url: String,
    pub state: String,
    pub nonce: String,
    pub code_verifier: String,
}

/// An answer of the token endpoint.
#[derive(Clone, Debug)]
pub struct Tokens(pub Value);

/// Where applications of the tests live: nobody listens there, the browser stops before it.
pub const REDIRECT_URI: &str = "https://app.example/cb";

impl App {
    /// A confidential first-party application.
    pub fn confidential(daemon: &Daemon) -> Self {
        Self::with(daemon, &["--first-party"])
    }

    /// A public first-party application.
    pub fn public(daemon: &Daemon) -> Self {
        Self::with(daemon, &["--first-party", "--public"])
    }

    /// An application with further options of `client add`.
    pub fn with(daemon: &Daemon, options: &[&str]) -> Self {
        let client = daemon.add_client("App", &[&["--redirect-uri", REDIRECT_URI], options].concat());
        Self::of(daemon, &client, REDIRECT_URI)
    }

    /// The application of an answer of `client add`.
    pub fn of(daemon: &Daemon, client: &Value, redirect_uri: &str) -> Self {
        Self {
            issuer: daemon.issuer.clone(),
            client_id: client["client_id"].as_str().expect("client_id").to_owned(),
            client_secret: client["client_secret"].as_str().map(str::to_owned),
            redirect_uri: redirect_uri.to_owned(),
            // A daemon that was started again must not meet a connection of its former life.
            http: Client::builder().pool_max_idle_per_host(0).build().expect("a client"),
        }
    }

    /// Begins a sign-in. `more` replaces parameters; an empty value leaves one out.
    pub fn begin(&self, scope: &str, more: &[(&str, &str)]) -> SignIn {
        let [state, nonce, code_verifier] = [
            unique("state"),
            unique("nonce"),
            // 43 characters at least (RFC 7636, 4.1), however short the number of the process is.
            unique("verifier-verifier-verifier-verifier-verifier"),
        ];
        let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(code_verifier.as_bytes()));
        let mut params = vec![
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in more {
            params.retain(|(known, _)| known != name);
            params.push((name, value));
        }
        params.retain(|(_, value)| !value.is_empty());
        let url = Url::parse_with_params(&format!("{}/authorize", self.issuer), &params)
            .expect("a URL")
            .to_string();
        SignIn {
            url,
            state,
            nonce,
            code_verifier,
        }
    }

    /// Sends a browser through the whole sign-in and gives the code.
    pub async fn code(&self, browser: &Browser, sign_in: &SignIn, username: &str, password: &str) -> String {
        let mut page = browser.get(&sign_in.url).await;
        if page.body.contains("login-submit") {
            page = browser.sign_in(&page, username, password).await;
        }
        if page.body.contains("consent-allow") {
            page = browser.submit(&page, &[("decision", "allow")]).await;
        }
        self.code_of(&page, sign_in)
    }

    /// The code in a redirect to this application, after the checks that a relying party makes.
    pub fn code_of(&self, page: &Page, sign_in: &SignIn) -> String {
        let mut answer = page.answer_to(self, sign_in);
        answer.remove("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// The token request for a code; `more` replaces parameters, an empty value leaves one out.
    pub async fn redeem_with(&self, sign_in: &SignIn, code: &str, more: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut params = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &sign_in.code_verifier),
        ];
        for (name, value) in more {
            params.retain(|(known, _)| known != name);
            params.push((name, value));
        }
        params.retain(|(_, value)| !value.is_empty());
        self.post("/token", &params).await
    }

    /// Redeems a code that must be good, and checks what came as a relying party does.
    pub async fn redeem(&self, sign_in: &SignIn, code: &str) -> Tokens {
        let (status, body) = self.redeem_with(sign_in, code, &[]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let tokens = Tokens(body);
        if let Some(id_token) = tokens.0["id_token"].as_str() {
            assert_eq!(jwt::claims(id_token)["nonce"], sign_in.nonce);
            assert_eq!(jwt::claims(id_token)["aud"], self.client_id);
        }
        tokens
    }

    /// The whole way: sign in, and redeem.
    pub async fn sign_in(&self, browser: &Browser, scope: &str, username: &str, password: &str) -> Tokens {
        let sign_in = self.begin(scope, &[]);
        let code = self.code(browser, &sign_in, username, password).await;
        self.redeem(&sign_in, &code).await
    }

    /// A refresh.
    pub async fn refresh(&self, refresh_token: &str) -> (StatusCode, Value) {
        self.post(
            "/token",
            &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)],
        )
        .await
    }

    /// A request with this client's authentication: Basic, or its `client_id` when it is public.
    pub async fn post(&self, path: &str, params: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self.http.post(format!("{}{path}", self.issuer));
        let request = match &self.client_secret {
            Some(secret) => request.basic_auth(&self.client_id, Some(secret)).form(params),
            None => request.form(&[params, &[("client_id", self.client_id.as_str())]].concat()),
        };
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let body = response.text().await.expect("a body");
        (
            status,
            if body.is_empty() {
                Value::Null
            } else {
                serde_json::from_str(&body).expect(&body)
            },
        )
    }

    /// Userinfo by GET.
    pub async fn userinfo(&self, access_token: &str) -> (StatusCode, Value) {
        let response = self
            .http
            .get(format!("{}/userinfo", self.issuer))
            .bearer_auth(access_token)
            .send()
            .await
            .expect("an answer");
        let status = response.status();
        (status, response.json().await.unwrap_or_default())
    }

    /// Introspection by this client.
    pub async fn introspect(&self, token: &str) -> Value {
        let (status, body) = self.post("/introspect", &[("token", token)]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }
}

impl Tokens {
    /// The access token.
    pub fn access(&self) -> &str {
        self.0["access_token"].as_str().expect("access_token")
    }

    /// The ID token.
    pub fn id(&self) -> &str {
        self.0["id_token"].as_str().expect("id_token")
    }

    /// The refresh token.
    pub fn refresh(&self) -> &str {
        self.0["refresh_token"].as_str().expect("refresh_token")
    }
}

/// A value that no other sign-in of this run has.
fn unique(what: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // A code_verifier has 43 characters at least (RFC 7636, 4.1), whatever the process is numbered.
    format!(
        "{what}-{:010}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}
