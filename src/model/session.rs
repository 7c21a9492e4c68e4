//! A browser's session at the provider.

use serde::{Deserialize, Serialize};

use super::{Record, client::Client, factor::Shown};
use crate::protocol::{Timestamp, id_token::Authentication};

/// The most clients that a session remembers, and the most bytes of their names: a record has a limit. Beyond it, those that joined
/// first are forgotten.
const MAX_PARTICIPANTS: usize = 200;
const MAX_NAMES: usize = 32 * 1024;

/// A client that got a code in a session: it is told when the session ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The client.
    pub client_id: String,
    /// When that client was made: one that is removed and made again under its name has no part in it.
    pub client_since: Timestamp,
}

/// A session. The cookie is a bearer secret, so the record is keyed by its digest; `sid` is the name that tokens tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `secret::digest` of the cookie.
    pub cookie_digest: String,
    /// The session's public name; never used again for another session.
    pub sid: String,
    /// Who is signed in.
    pub user_id: String,
    /// The user's epoch when it began.
    #[serde(default)]
    pub epoch: u64,
    /// How and when the user signed in last.
    pub authentication: Authentication,
    /// What the user has shown, each with its time; empty in sessions of an earlier version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<Shown>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The clients that take part in it, in the order of joining.
    #[serde(default)]
    pub participants: Vec<Participant>,
    /// The kind of browser in which the user signed in, for example `Firefox on Linux`.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The address from which the user signed in.
    #[serde(default)]
    pub address: Option<String>,
}

impl Session {
    /// What the user has shown.
    pub fn shown(&self) -> Vec<Shown> {
        if self.shown.is_empty() {
            Shown::of(&self.authentication)
        } else {
            self.shown.clone()
        }
    }

    /// The session with one more client in it; `None` when the client takes part already.
    pub fn joined_by(&self, client: &Client) -> Option<Self> {
        let takes_part = self
            .participants
            .iter()
            .any(|it| it.client_id == client.client_id && it.client_since == client.created_at);
        if takes_part {
            return None;
        }
        let mut joined = self.clone();
        joined.participants.retain(|it| it.client_id != client.client_id);
        joined.participants.push(Participant {
            client_id: client.client_id.clone(),
            client_since: client.created_at,
        });
        let mut names: usize = joined.participants.iter().map(|it| it.client_id.len()).sum();
        while joined.participants.len() > MAX_PARTICIPANTS || names > MAX_NAMES {
            names -= joined.participants.remove(0).client_id.len();
        }
        Some(joined)
    }
}

impl Record for Session {
    const KIND: &'static str = "session";
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        self.cookie_digest.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("sid", self.sid.clone())]
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        vec![("user", self.user_id.clone())]
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// The kind of browser and of system that a `User-Agent` header tells of, in a few words of our own: what a stranger wrote there is
/// neither kept nor shown.
pub fn browser_kind(user_agent: &str) -> Option<String> {
    // The order counts: most browsers name those whose sites they want to be let into.
    const BROWSERS: [(&str, &str); 9] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 8] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(sign, _)| user_agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::ClientMetadata;

    fn session() -> Session {
        serde_json::from_value(serde_json::json!({"cookie_digest": "d", "sid": "s", "user_id": "u",
            "authentication": {"auth_time": 1, "amr": ["pwd"]}, "created_at": 1, "expires_at": 9}))
        .unwrap()
    }

    fn client(client_id: &str, since: i64) -> Client {
        Client {
            client_id: client_id.to_owned(),
            metadata: ClientMetadata::default(),
            secrets: Vec::new(),
            disabled: false,
            registration: None,
            created_at: Timestamp::from_unix(since),
        }
    }

    #[test]
    fn a_record_of_an_earlier_release_has_no_participants() {
        assert_eq!(session().participants, []);
    }

    #[test]
    fn a_client_joins_once() {
        let joined = session().joined_by(&client("a", 1)).unwrap();
        assert_eq!(joined.joined_by(&client("a", 1)), None);
        assert_eq!(joined.joined_by(&client("b", 1)).unwrap().participants.len(), 2);
    }

    #[test]
    fn a_client_made_again_takes_the_place_of_its_namesake() {
        let joined = session().joined_by(&client("a", 1)).unwrap();
        let again = joined.joined_by(&client("a", 2)).unwrap();
        assert_eq!(again.participants.len(), 1);
        assert_eq!(again.participants[0].client_since, Timestamp::from_unix(2));
    }

    #[test]
    fn a_session_never_outgrows_a_record() {
        let mut session = session();
        for number in 0..=MAX_PARTICIPANTS {
            let name = format!("{number:0>128}");
            session = session.joined_by(&client(&name, 1_700_000_000)).unwrap();
        }
        assert_eq!(session.participants.len(), MAX_PARTICIPANTS);
        assert!(session.participants[0].client_id.ends_with('1'));
        assert!(serde_json::to_vec(&session).unwrap().len() < 64 * 1024);
        for number in 0..100 {
            let name = format!("https://app.example/{number:0>2000}");
            session = session.joined_by(&client(&name, 1_700_000_000)).unwrap();
        }
        assert!(session.participants.last().unwrap().client_id.ends_with("99"));
        assert!(serde_json::to_vec(&session).unwrap().len() < 64 * 1024);
    }

    #[test]
    fn a_browser_is_told_by_its_kind_and_nothing_else_of_the_header_is_kept() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        let edge = format!(
            "{} Edg/131.0",
            chrome.replace("X11; Linux x86_64", "Windows NT 10.0; Win64")
        );
        let iphone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile Safari/604";
        for (header, kind) in [
            (chrome, Some("Chrome on Linux")),
            (&edge, Some("Edge on Windows")),
            (iphone, Some("Safari on iPhone")),
            (
                "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
                Some("Firefox on Android"),
            ),
            ("<script>Firefox/1</script>", Some("Firefox")),
            ("curl/8", None),
            ("", None),
        ] {
            assert_eq!(browser_kind(header).as_deref(), kind, "{header}");
        }
    }
}
