//! A virtual authenticator inside Chromium (WebAuthn Level 3, 11: user agent automation).

use std::time::Duration;

use fantoccini::{elements::Element, wd::WebDriverCompatibleCommand};
use reqwest::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::Chromium;

/// A command of WebAuthn's extension of WebDriver (11.3 and on).
#[derive(Debug)]
struct Command {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        let session = session_id.unwrap_or_default();
        base_url.join(&format!("session/{session}/webauthn/authenticator{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (self.method.clone(), self.body.as_ref().map(Value::to_string))
    }
}

impl Chromium {
    async fn authenticator(&self, method: Method, path: String, body: Option<Value>) -> Value {
        let command = Command { method, path, body };
        let what = format!("{command:?}");
        self.client
            .issue_cmd(command)
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Gives the person a device that verifies them and keeps discoverable credentials; its id.
    pub async fn add_authenticator(&self) -> String {
        let device = json!({
            "protocol": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "isUserConsenting": true,
        });
        let id = self.authenticator(Method::POST, String::new(), Some(device)).await;
        id.as_str().expect("an id").to_owned()
    }

    /// Takes it away.
    pub async fn remove_authenticator(&self, id: &str) {
        self.authenticator(Method::DELETE, format!("/{id}"), None).await;
    }

    /// What it keeps.
    pub async fn credentials(&self, id: &str) -> Vec<Value> {
        let credentials = self
            .authenticator(Method::GET, format!("/{id}/credentials"), None)
            .await;
        credentials.as_array().expect("a list").clone()
    }

    /// Loses everything that it keeps.
    pub async fn forget_credentials(&self, id: &str) {
        self.authenticator(Method::DELETE, format!("/{id}/credentials"), None)
            .await;
    }

    /// Whether the person touches it when it asks; until then it waits.
    pub async fn touch(&self, id: &str, is_touched: bool) {
        let params = json!({"authenticatorId": id, "enabled": is_touched});
        self.dev_tools("WebAuthn.setAutomaticPresenceSimulation", params).await;
    }

    /// Runs a script before any other in each page that is opened from now on.
    pub async fn before_each_page(&self, script: &str) {
        let params = json!({"source": script});
        self.dev_tools("Page.addScriptToEvaluateOnNewDocument", params).await;
    }

    /// A browser that offers no passkey by itself where the name is typed, so that only the button takes one.
    pub async fn without_autofill(&self) {
        self.before_each_page("PublicKeyCredential.getClientCapabilities = async () => ({ conditionalGet: false })")
            .await;
    }

    /// The element with an id, once it is shown.
    pub async fn shown(&self, id: &str) -> Element {
        let element = self.element(id).await;
        for _ in 0..200 {
            if element.is_displayed().await.unwrap_or(false) {
                return element;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{id} is never shown: {}", self.url().await);
    }

    /// Clicks what a script answers to, on a page that may stay.
    pub async fn press_button(&self, id: &str) {
        self.shown(id).await.click().await.expect("a click");
    }
}
