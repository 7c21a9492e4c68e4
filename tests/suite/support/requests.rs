//! Requests of an application that are not the usual ones, and what the specifications say of every answer.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{StatusCode, header::AUTHORIZATION};
use serde_json::Value;

use super::{App, Browser, Page, SignIn};

impl App {
    /// A form with this `Authorization` header, or none, and nothing added.
    pub async fn send(&self, path: &str, authorization: Option<&str>, params: &[(&str, &str)]) -> Page {
        let mut request = self.http.post(format!("{}{path}", self.issuer)).form(params);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        Page::of(request.send().await.expect("an answer")).await
    }

    /// A form with this client's own authentication, and the whole answer.
    pub async fn ask(&self, path: &str, params: &[(&str, &str)]) -> Page {
        let Some(secret) = &self.client_secret else {
            let params = [params, &[("client_id", self.client_id.as_str())]].concat();
            return self.send(path, None, &params).await;
        };
        let authorization = basic(&self.client_id, secret);
        self.send(path, Some(&authorization), params).await
    }

    /// A token request for a code, and the whole answer. `more` as [`App::redeem_with`].
    pub async fn ask_redeem(&self, sign_in: &SignIn, code: &str, more: &[(&str, &str)]) -> Page {
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
        self.ask("/token", &params).await
    }

    /// A refresh, and the whole answer.
    pub async fn ask_refresh(&self, refresh_token: &str) -> Page {
        self.ask(
            "/token",
            &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)],
        )
        .await
    }

    /// Revocation by this client, which must be answered as RFC 7009, 2.2 says.
    pub async fn revoke(&self, token: &str) {
        let answer = self.ask("/revoke", &[("token", token)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body, "", "RFC 7009, 2.2");
    }

    /// Whether userinfo takes an access token.
    pub async fn accepted(&self, access_token: &str) -> bool {
        let (status, body) = self.userinfo(access_token).await;
        if status != StatusCode::OK {
            assert_eq!((status.as_u16(), &body["error"]), (401, &Value::from("invalid_token")));
        }
        status == StatusCode::OK
    }

    /// Whether introspection calls a token good. What is not says nothing else (RFC 7662, 2.2).
    pub async fn is_active(&self, token: &str) -> bool {
        let answer = self.introspect(token).await;
        if answer["active"] == false {
            assert_eq!(answer, serde_json::json!({"active": false}));
        }
        answer["active"].as_bool().expect("active")
    }

    /// Opens an authorization request and stops at the first thing that a browser would show or leave for.
    pub async fn authorize(&self, browser: &Browser, scope: &str, more: &[(&str, &str)]) -> (SignIn, Page) {
        let sign_in = self.begin(scope, more);
        let page = browser.get(&sign_in.url).await;
        (sign_in, page)
    }
}

/// The `Authorization` header of the two, as they are (RFC 7617, 2).
pub fn basic(client_id: &str, client_secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client_id}:{client_secret}")))
}

impl Page {
    /// An error of an endpoint that programs talk to (RFC 6749, 5.2; RFC 6750, 3).
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) {
        let seen = format!("{} {} {:?} {}", self.url, self.status, self.headers, self.body);
        assert_eq!(self.status.as_u16(), status, "{seen}");
        assert!(self.header("content-type").starts_with("application/json"), "{seen}");
        assert_eq!(self.header("cache-control"), "no-store", "{seen}");
        let body = self.json();
        assert_eq!(body["error"], error, "{seen}");
        let description = body["error_description"].as_str().expect("a description");
        assert!(
            description
                .bytes()
                .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
            "{seen}"
        );
        assert_eq!(body.as_object().expect("an object").len(), 2, "{seen}");
        let challenge = self.header("www-authenticate");
        match error {
            "invalid_client" => assert!(challenge.starts_with("Basic "), "{seen}"),
            "invalid_token" | "insufficient_scope" => {
                assert!(challenge.starts_with("Bearer ") && challenge.contains(error), "{seen}");
            }
            _ => assert_eq!(challenge, "", "{seen}"),
        }
    }

    /// The code of an error that was sent to the client (RFC 6749, 4.1.2.1; RFC 9207, 2).
    #[track_caller]
    pub fn redirect_error(&self, app: &App, sign_in: &SignIn) -> String {
        let mut answer = self.answer_to(app, sign_in);
        for name in answer.keys() {
            assert!(
                ["error", "error_description"].contains(&name.as_str()),
                "{name}: {answer:?}"
            );
        }
        answer.remove("error").unwrap_or_else(|| panic!("no error: {answer:?}"))
    }

    /// An error that only the person is told: a page, and no way to the client (RFC 6749, 4.1.2.1).
    #[track_caller]
    pub fn is_error_page(&self, status: u16) {
        let seen = format!("{} {} {:?} {}", self.url, self.status, self.headers, self.body);
        assert_eq!(self.status.as_u16(), status, "{seen}");
        assert!(self.is_html() && self.headers.get("location").is_none(), "{seen}");
        assert!(!self.header("x-request-id").is_empty(), "{seen}");
        assert!(
            self.header("content-security-policy").contains("default-src 'none'"),
            "{seen}"
        );
    }

    /// Whether it is the sign-in page.
    pub fn is_login(&self) -> bool {
        self.status == StatusCode::OK && self.body.contains("id=\"login-submit\"")
    }

    /// Whether it is the consent page.
    pub fn is_consent(&self) -> bool {
        self.status == StatusCode::OK && self.body.contains("id=\"consent-allow\"")
    }
}
