//! RP-initiated logout (RP-Initiated Logout 1.0): when the browser may be sent on. And what a browser opens at a client when its
//! session ends (Front-Channel Logout 1.0).

pub mod token;

use url::Url;

use crate::protocol::{client::ClientMetadata, params::Params, params::with_query, redirect_uri::form_action_source};

/// A logout request, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// An ID token of the session that ends; may be expired.
    pub id_token_hint: Option<String>,
    /// The client, when there is no hint or to be checked against it.
    pub client_id: Option<String>,
    /// Where the browser is to go afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// Returned to the client.
    pub state: Option<String>,
}

impl LogoutRequest {
    /// Reads the request of either method.
    pub fn parse(params: &Params) -> Self {
        let own = |name| params.get(name).map(str::to_owned);
        Self {
            id_token_hint: own("id_token_hint"),
            client_id: own("client_id"),
            post_logout_redirect_uri: own("post_logout_redirect_uri"),
            state: own("state"),
        }
    }

    /// The URL to go on to: only when the client is known and registered exactly this one (RP-Initiated Logout, 3).
    pub fn destination(&self, client: Option<&ClientMetadata>) -> Option<String> {
        let uri = self.post_logout_redirect_uri.as_deref()?;
        client?
            .post_logout_redirect_uris
            .iter()
            .find(|registered| *registered == uri)?;
        Some(with_query(uri, self.state.iter().map(|state| ("state", state.into()))))
    }

    /// The parameters that a confirmation page must carry.
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let members = [
            ("id_token_hint", &self.id_token_hint),
            ("client_id", &self.client_id),
            ("post_logout_redirect_uri", &self.post_logout_redirect_uri),
            ("state", &self.state),
        ];
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
            .collect()
    }
}

/// What a frame opens at a client (Front-Channel Logout, 2): its registered URI with `iss` and `sid`, its own query kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutFrame {
    /// The URL.
    pub url: String,
    /// Its origin, for `frame-src` of the page's policy.
    pub origin: String,
}

impl LogoutFrame {
    /// The frame of a client that registered one; never of a scheme that would run in our own page.
    pub fn of(client: &ClientMetadata, iss: &str, sid: &str) -> Option<Self> {
        let uri = client.frontchannel_logout_uri.as_deref()?;
        Url::parse(uri)
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http") && url.fragment().is_none())?;
        // A host may hold what ends a directive or a policy: such a client must not close the others' frames.
        let origin = form_action_source(uri)?;
        Some(Self {
            url: with_query(uri, [("iss", iss.into()), ("sid", sid.into())]),
            origin,
        })
    }
}

/// The URL that starts a login at a client (OpenID Connect Core, 4), when it registered one that a link may lead to.
pub fn third_party_login(client: &ClientMetadata, iss: &str) -> Option<String> {
    let uri = client.initiate_login_uri.as_deref()?;
    let url = Url::parse(uri).ok()?;
    let leads_out = matches!(url.scheme(), "https" | "http") && url.fragment().is_none();
    leads_out.then(|| with_query(uri, [("iss", iss.into())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str) -> LogoutRequest {
        let pairs = [("post_logout_redirect_uri", uri), ("state", "a b")];
        LogoutRequest::parse(&pairs.into_iter().collect())
    }

    #[test]
    fn the_browser_goes_only_where_the_client_registered() {
        let client = ClientMetadata {
            post_logout_redirect_uris: vec!["https://app.example/bye".to_owned()],
            ..ClientMetadata::default()
        };
        let good = request("https://app.example/bye");
        assert_eq!(
            good.destination(Some(&client)).as_deref(),
            Some("https://app.example/bye?state=a+b")
        );
        assert_eq!(good.destination(None), None);
        for uri in [
            "https://app.example/bye?x=1",
            "https://app.example/bye/",
            "https://evil.example/",
            "javascript:alert(1)",
        ] {
            assert_eq!(request(uri).destination(Some(&client)), None, "{uri}");
        }
        assert_eq!(LogoutRequest::default().destination(Some(&client)), None);
    }

    #[test]
    fn the_confirmation_page_carries_what_was_asked() {
        let request = request("https://app.example/bye");
        assert_eq!(LogoutRequest::parse(&request.to_pairs().into_iter().collect()), request);
    }

    fn with_frame(uri: &str) -> ClientMetadata {
        ClientMetadata {
            frontchannel_logout_uri: Some(uri.to_owned()),
            initiate_login_uri: Some(uri.to_owned()),
            ..ClientMetadata::default()
        }
    }

    #[test]
    fn a_frame_has_the_clients_own_query_and_exactly_iss_and_sid() {
        for (uri, url, origin) in [
            (
                "https://app.example/out",
                "https://app.example/out?iss=https%3A%2F%2Fid.example&sid=s",
                "https://app.example",
            ),
            (
                "https://app.example:8443/out?tenant=1&x=%20",
                "https://app.example:8443/out?tenant=1&x=%20&iss=https%3A%2F%2Fid.example&sid=s",
                "https://app.example:8443",
            ),
        ] {
            let frame = LogoutFrame::of(&with_frame(uri), "https://id.example", "s").unwrap();
            assert_eq!((frame.url.as_str(), frame.origin.as_str()), (url, origin));
        }
        assert_eq!(
            LogoutFrame::of(&ClientMetadata::default(), "https://id.example", "s"),
            None
        );
    }

    #[test]
    fn neither_a_frame_nor_a_link_has_a_scheme_that_runs_here() {
        for uri in [
            "javascript:alert(1)",
            "data:text/html,x",
            "/out",
            "",
            "https://a.example/#f",
        ] {
            assert_eq!(LogoutFrame::of(&with_frame(uri), "i", "s"), None, "{uri}");
            assert_eq!(third_party_login(&with_frame(uri), "i"), None, "{uri}");
        }
    }

    /// In a header's policy `,` begins another policy, and all hold at once: the frames of other clients would stay shut.
    #[test]
    fn a_host_that_would_end_the_pages_policy_has_no_frame() {
        for uri in ["https://a,frame-src/out", "https://a;sandbox/out", "https://a'b/out"] {
            assert!(Url::parse(uri).is_ok(), "{uri}");
            assert_eq!(LogoutFrame::of(&with_frame(uri), "i", "s"), None, "{uri}");
        }
        assert!(LogoutFrame::of(&with_frame("http://[::1]:8443/out"), "i", "s").is_some());
    }

    #[test]
    fn a_login_started_here_names_us() {
        let client = with_frame("https://app.example/login?x=1");
        assert_eq!(
            third_party_login(&client, "https://id.example").as_deref(),
            Some("https://app.example/login?x=1&iss=https%3A%2F%2Fid.example")
        );
    }
}
