//! Clients that nobody registered: their document, fetched by the guard and kept for a while, stands in the place of a record.

use crate::{
    idp::Idp,
    model::client::Client,
    outbound::Limits,
    protocol::{Timestamp, client::id_metadata as document, scope::Scope},
};

const LIMITS: Limits = Limits {
    accept: "application/json",
    max_bytes: document::MAX_BYTES,
};

/// Such a client is its URL: it cannot be deleted and made again by somebody else under the same name, so what it was allowed is
/// bound to no moment.
const SINCE_EVER: Timestamp = Timestamp::from_unix(0);

impl Idp {
    /// Whether the operator lets a client of this name describe itself.
    pub(in crate::idp) fn may_describe_itself(&self, client_id: &str) -> bool {
        document::parse(client_id).is_some_and(|url| self.config.client_id_metadata.permits(&url))
    }

    /// The client that describes itself at `client_id`, when the operator lets its host in and the document is good now, or was a
    /// moment ago. Everything that was granted rests on this answer: a host that is taken from the list, or a document that is
    /// taken away, ends it.
    pub(in crate::idp) async fn client_of_document(&self, client_id: &str) -> Option<Client> {
        let url = document::parse(client_id)?;
        let config = &self.config.client_id_metadata;
        if !config.permits(&url) {
            return None;
        }
        // Why it cannot be fetched is in the log by then.
        let fetched = self.outbound.get_cached(client_id, LIMITS).await.ok()?;
        let scopes = Scope::parse(&config.scopes.join(" ")).unwrap_or_default();
        let read = if document::is_media_type(&fetched.media_type) {
            // As at a registration: what we could not sign for it would fail at every later door.
            document::read(client_id, &fetched.body, &scopes)
                .and_then(|metadata| self.permit_algorithms(&metadata).map(|()| metadata))
                .map_err(|error| error.to_string())
        } else {
            Err("it is not served as JSON".to_owned())
        };
        match read {
            Ok(metadata) => Some(Client {
                client_id: client_id.to_owned(),
                metadata,
                secrets: Vec::new(),
                disabled: false,
                registration: None,
                created_at: SINCE_EVER,
            }),
            Err(reason) => {
                tracing::info!(client_id, reason, "a client's metadata document cannot be used");
                self.outbound.reject(client_id, LIMITS);
                None
            }
        }
    }
}
