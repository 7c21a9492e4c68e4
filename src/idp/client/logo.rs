//! The logo of a client, fetched by the guard and shown from our own origin: a page that named the client's host would tell it who
//! is about to sign in.

use std::sync::Arc;

use crate::{
    idp::{Error, Idp, Result},
    outbound::{Fetched, Limits},
    protocol::client::logo,
};

/// An image that may be shown.
pub struct Logo {
    /// By the first bytes, not by what its server said.
    pub media_type: &'static str,
    fetched: Arc<Fetched>,
}

impl Logo {
    /// The image.
    pub fn bytes(&self) -> &[u8] {
        &self.fetched.body
    }
}

impl Idp {
    /// The logo of a client. One answer covers a client that is unknown or has none, and a host that does not give it.
    pub async fn client_logo(&self, client_id: &str) -> Result<Logo> {
        const LIMITS: Limits = Limits {
            accept: "image/png, image/jpeg, image/gif, image/webp",
            max_bytes: logo::MAX_BYTES,
        };
        let none = || Error::NotFound {
            what: "logo of the client",
            named: client_id.to_owned(),
        };
        let client = self.enabled_client(client_id).await?.ok_or_else(none)?;
        let uri = client.metadata.logo_uri.as_deref().ok_or_else(none)?;
        let fetched = self.outbound.get_cached(uri, LIMITS).await.map_err(|_| none())?;
        let Some(media_type) = logo::media_type(&fetched.body) else {
            tracing::info!(client_id, uri, "a client's logo is no PNG, JPEG, GIF or WebP");
            self.outbound.reject(uri, LIMITS);
            return Err(none());
        };
        Ok(Logo { media_type, fetched })
    }
}
