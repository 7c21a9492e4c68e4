//! A program that registers itself as a client, and looks after its registration (RFC 7591; RFC 7592).

use reqwest::{Client, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{App, Daemon, Page, app::REDIRECT_URI};

/// Anybody who knows the daemon's address.
#[derive(Clone)]
pub struct Registrant {
    issuer: String,
    http: Client,
}

/// A client as its registration told it.
#[derive(Clone, Debug)]
pub struct Registration {
    pub client_id: String,
    pub uri: String,
    pub token: String,
    /// Everything that was told.
    pub told: Value,
}

impl Registrant {
    /// One of this daemon.
    pub fn of(daemon: &Daemon) -> Self {
        Self {
            issuer: daemon.issuer.clone(),
            http: Client::builder().pool_max_idle_per_host(0).build().expect("a client"),
        }
    }

    /// Any request, as JSON when there is a document.
    pub async fn ask(&self, method: Method, url: &str, token: Option<&str>, document: Option<&Value>) -> Page {
        let mut request = self.http.request(method, url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(document) = document {
            request = request.json(document);
        }
        Page::of(request.send().await.expect("an answer")).await
    }

    /// A registration request.
    pub async fn try_register(&self, token: Option<&str>, document: &Value) -> Page {
        let url = format!("{}/register", self.issuer);
        self.ask(Method::POST, &url, token, Some(document)).await
    }

    /// A registration that must succeed: what the specifications say of every one is checked (RFC 7591, 3.2.1; RFC 7592, 3).
    pub async fn register_with(&self, token: Option<&str>, document: &Value) -> Registration {
        let page = self.try_register(token, document).await;
        let seen = format!("{document}: {} {:?} {}", page.status, page.headers, page.body);
        assert_eq!(page.status, StatusCode::CREATED, "{seen}");
        assert_eq!(page.header("content-type"), "application/json", "{seen}");
        assert_eq!(page.header("cache-control"), "no-store", "{seen}");
        let told = page.json();
        let text = |name: &str| {
            told[name]
                .as_str()
                .unwrap_or_else(|| panic!("{name}: {seen}"))
                .to_owned()
        };
        assert_eq!(
            told.get("client_secret").is_some(),
            told.get("client_secret_expires_at").is_some(),
            "{seen}"
        );
        assert!(
            told["client_id_issued_at"]
                .as_u64()
                .is_some_and(|at| at > 1_600_000_000),
            "{seen}"
        );
        let registration = Registration {
            client_id: text("client_id"),
            uri: text("registration_client_uri"),
            token: text("registration_access_token"),
            told,
        };
        assert!(registration.uri.starts_with(&self.issuer), "{seen}");
        registration
    }

    /// The same where anybody may register.
    pub async fn register(&self, document: &Value) -> Registration {
        self.register_with(None, document).await
    }

    /// An application that registered itself for the usual redirect URI, with further members.
    pub async fn app(&self, daemon: &Daemon, more: Value) -> (App, Registration) {
        let registration = self.register(&document(more)).await;
        (App::of(daemon, &registration.told, REDIRECT_URI), registration)
    }

    /// What a client reads of itself.
    pub async fn read(&self, registration: &Registration) -> Page {
        self.ask(Method::GET, &registration.uri, Some(&registration.token), None)
            .await
    }

    /// Sends a document in place of what is registered.
    pub async fn replace(&self, registration: &Registration, document: &Value) -> Page {
        let token = Some(registration.token.as_str());
        self.ask(Method::PUT, &registration.uri, token, Some(document)).await
    }

    /// Ends the registration.
    pub async fn remove(&self, registration: &Registration) -> Page {
        self.ask(Method::DELETE, &registration.uri, Some(&registration.token), None)
            .await
    }
}

/// A document with the usual redirect URI and further members, which may replace it.
pub fn document(more: Value) -> Value {
    let mut members = Map::new();
    members.insert("redirect_uris".to_owned(), json!([REDIRECT_URI]));
    let Value::Object(more) = more else { panic!("an object") };
    members.extend(more);
    Value::Object(members)
}

/// What was read, as it may be sent back (RFC 7592, 2.2).
pub fn sendable(mut read: Value) -> Value {
    let members = read.as_object_mut().expect("an object");
    for name in [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ] {
        members.remove(name);
    }
    read
}
