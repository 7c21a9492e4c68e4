//! RP-initiated logout (RP-Initiated Logout 1.0): when the browser may be sent on.

use super::{client::ClientMetadata, params::Params, params::with_query};

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
}
