//! RP-initiated logout (RP-Initiated Logout 1.0) and signing out on our own pages.

use std::sync::Arc;

use super::{
    Browser, Idp, Result, again_on_conflict,
    audit::{Event, Work},
    session::Present,
};
use crate::{
    model::client::Client,
    protocol::logout::{LogoutFrame, LogoutRequest},
};

/// What the browser sees after asking to be signed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogoutStep {
    /// The person must say yes first: nothing proved that the request was theirs.
    Confirm {
        /// Who is signed in.
        username: String,
        /// Who asked, when that is known.
        client_name: Option<String>,
        /// Where the browser goes after a yes.
        redirect: Option<String>,
    },
    /// Signed out; `redirect` when the client may have the browser back.
    SignedOut {
        /// The client's registered URL with `state`.
        redirect: Option<String>,
        /// What the browser opens on its way, so that its clients end their sessions in it.
        frames: Vec<LogoutFrame>,
    },
}

/// What a genuine `id_token_hint` tells.
struct Hint {
    client_id: String,
    sub: String,
    sid: Option<String>,
}

impl Idp {
    /// A logout request. It ends the session at once when the hint is an ID token of this very session; else the person is asked.
    pub async fn logout(&self, request: &LogoutRequest, confirmed: bool, browser: &Browser) -> Result<LogoutStep> {
        again_on_conflict(async || {
            let hint = request.id_token_hint.as_deref().and_then(|hint| self.logout_hint(hint));
            let client = self.logout_client(request, hint.as_ref()).await?;
            let redirect = request.destination(client.as_ref().map(|client| &client.metadata));
            let Some(present) = self.present(browser).await? else {
                let frames = Vec::new();
                return Ok(LogoutStep::SignedOut { redirect, frames });
            };
            let sub = client.as_ref().map(|client| self.sub(client, &present.user));
            let sid = client.as_ref().map(|client| self.sid_of(client, &present.session.sid));
            let own = hint
                .as_ref()
                .is_some_and(|hint| Some(&hint.sub) == sub.as_ref() && (hint.sid.is_none() || hint.sid == sid));
            let proven = own && client.is_some();
            if !(confirmed || proven) {
                let client_name = client.map(|client| client.metadata.client_name.clone());
                return Ok(LogoutStep::Confirm {
                    username: present.user.username.clone(),
                    client_name,
                    redirect,
                });
            }
            let frames = self.sign_out(&present, browser).await?;
            Ok(LogoutStep::SignedOut { redirect, frames })
        })
        .await
    }

    /// Ends the session of a browser, with one commit.
    pub(super) async fn sign_out(&self, present: &Present, browser: &Browser) -> Result<Vec<LogoutFrame>> {
        let mut changes = Work::default();
        let frames = self.end_session(&mut changes, &present.session).await?;
        let event = Event::new("logout")
            .actor(&present.user.id)
            .subject(&present.session.sid);
        self.audit(&mut changes, event.address(browser.address))?;
        self.commit(changes).await?;
        Ok(frames)
    }

    /// An expired hint still says which client and session are meant (RP-Initiated Logout, 2); a foreign one says nothing.
    fn logout_hint(&self, id_token_hint: &str) -> Option<Hint> {
        let claims = self.own_id_token(id_token_hint)?;
        let text = |name: &str| claims.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        Some(Hint {
            client_id: text("aud")?,
            sub: text("sub")?,
            sid: text("sid"),
        })
    }

    /// The client of the hint, or else of `client_id`; none when the two disagree.
    async fn logout_client(&self, request: &LogoutRequest, hint: Option<&Hint>) -> Result<Option<Arc<Client>>> {
        let named = request.client_id.as_deref();
        let client_id = match (hint, named) {
            (Some(hint), None) => &hint.client_id,
            (Some(hint), Some(named)) if hint.client_id == named => &hint.client_id,
            // A hint that is not ours must not lend its redirect to a client_id that anybody can write.
            (None, Some(named)) if request.id_token_hint.is_none() => named,
            _ => return Ok(None),
        };
        self.enabled_client(client_id).await
    }
}
