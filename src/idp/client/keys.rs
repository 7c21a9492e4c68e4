//! The public keys of a client, and why what it signed is not believed.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    idp::{Error, Idp},
    keys::foreign::{Foreign, ForeignError},
    model::client::Client,
    outbound::FetchError,
};

/// Why something that a client signed is not believed.
pub(in crate::idp) enum Doubt {
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

/// Keys that cannot be had verify nothing: that is the client's affair, not a failure of ours.
impl From<FetchError> for Doubt {
    fn from(error: FetchError) -> Self {
        Self::Because(format!("jwks_uri: {error}").into())
    }
}

impl From<Error> for Doubt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A name that no key has: asking for it fetches the keys anew, if that was not done a moment ago.
const NO_KEY: &str = "";

impl Idp {
    /// The claims of what a key of the client signed: one that it registered, or that it publishes now (OpenID Connect Core, 10.1.1).
    pub(in crate::idp) async fn signed_by_client(
        &self,
        client: &Client,
        foreign: &Foreign<'_>,
    ) -> Result<Map<String, Value>, Doubt> {
        if let Some(jwks) = &client.metadata.jwks {
            return Ok(foreign.signed_by(jwks)?);
        }
        let url = client.metadata.jwks_uri.as_deref().ok_or("the client has no keys")?;
        let keys = self.outbound.jwks(url, foreign.kid()).await?;
        match foreign.signed_by(&keys) {
            // The client may have changed a key without changing its name.
            Err(doubt @ (ForeignError::UnknownKey | ForeignError::Signature)) => {
                let newer = self.outbound.jwks(url, Some(NO_KEY)).await?;
                if Arc::ptr_eq(&keys, &newer) {
                    return Err(doubt.into());
                }
                Ok(foreign.signed_by(&newer)?)
            }
            verified => Ok(verified?),
        }
    }
}
