//! An authorization response as the application that asked receives it: by the way that the request named, and by no other.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use url::{Url, form_urlencoded};

use super::{App, Page, SignIn};

/// How an answer must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Query,
    Fragment,
    FormPost,
}

impl SignIn {
    /// A parameter of the authorization request.
    pub fn param(&self, name: &str) -> Option<String> {
        let url = Url::parse(&self.url).expect("a URL");
        let found = url.query_pairs().find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// How it must be answered (OAuth 2.0 Multiple Response Types, 2.1, 3 and 5; Form Post Response Mode, 1). A way that cannot be
    /// had counts as not named.
    pub fn way(&self) -> Way {
        let response_type = self.param("response_type").unwrap_or_default();
        let tokens = response_type
            .split(' ')
            .any(|word| word == "token" || word == "id_token");
        match self.param("response_mode").as_deref() {
            Some("form_post") => Way::FormPost,
            Some("fragment") => Way::Fragment,
            _ if tokens => Way::Fragment,
            _ => Way::Query,
        }
    }
}

impl Page {
    /// The parameters of the answer to a request, `state` and `iss` checked (RFC 6749, 4.1.2; RFC 9207, 2).
    #[track_caller]
    pub fn answer_to(&self, app: &App, sign_in: &SignIn) -> BTreeMap<String, String> {
        let seen = format!("{} {} {:?} {}", self.url, self.status, self.headers, self.body);
        assert_eq!(self.header("cache-control"), "no-store", "{seen}");
        let mut answer = match sign_in.way() {
            Way::Query => {
                let after = self.redirected_past(&app.redirect_uri);
                assert!(!after.contains('#'), "{seen}");
                parsed(after.trim_start_matches(['?', '&']))
            }
            Way::Fragment => {
                let after = self.redirected_past(&app.redirect_uri);
                parsed(after.strip_prefix('#').unwrap_or_else(|| panic!("no fragment: {seen}")))
            }
            Way::FormPost => self.posted_to(&app.redirect_uri),
        };
        if sign_in.state.is_empty() || sign_in.param("state").is_none() {
            assert!(!answer.contains_key("state"), "{seen}");
        } else {
            assert_eq!(
                answer.remove("state").as_deref(),
                Some(sign_in.state.as_str()),
                "{seen}"
            );
        }
        assert_eq!(answer.remove("iss").as_deref(), Some(app.issuer.as_str()), "{seen}");
        answer
    }

    /// What stands behind the redirect URI in the redirect.
    #[track_caller]
    fn redirected_past(&self, redirect_uri: &str) -> String {
        let seen = format!("{} {} {:?} {}", self.url, self.status, self.headers, self.body);
        assert!(self.status.is_redirection(), "no redirect: {seen}");
        let after = self.header("location").strip_prefix(redirect_uri);
        after.unwrap_or_else(|| panic!("elsewhere: {seen}")).to_owned()
    }

    /// The fields of the page that posts itself.
    #[track_caller]
    fn posted_to(&self, redirect_uri: &str) -> BTreeMap<String, String> {
        let seen = format!("{} {} {:?} {}", self.url, self.status, self.headers, self.body);
        assert_eq!(self.status, StatusCode::OK, "{seen}");
        assert!(self.is_html() && self.headers.get("location").is_none(), "{seen}");
        assert!(self.has("form-post-continue"), "{seen}");
        let form = self.form();
        assert_eq!(
            (form.method.as_str(), form.action.as_str()),
            ("post", redirect_uri),
            "{seen}"
        );
        form.fields
    }
}

fn parsed(text: &str) -> BTreeMap<String, String> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let count = pairs.len();
    let map = BTreeMap::from_iter(pairs);
    assert_eq!(map.len(), count, "each once: {text}");
    map
}
