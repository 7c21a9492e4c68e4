//! Whether a daemon that was started again knows what its former life had acknowledged.

use std::fmt;

use futures_util::{StreamExt, stream};
use reqwest::StatusCode;
use serde_json::Value;

use super::load::{Family, Ledger, State};
use crate::support::App;

/// So many questions at once.
const AT_ONCE: usize = 8;

/// What has been acknowledged so far.
#[derive(Default)]
pub struct Seen {
    sessions: usize,
    codes: usize,
    rotations: usize,
    revocations: usize,
    doubtful: usize,
}

/// Asks the questions, and remembers the answers for later.
pub struct Verifier {
    app: App,
    pub seen: Seen,
    sessions: Vec<String>,
    /// Refresh tokens that must work still.
    live: Vec<String>,
    /// Refresh tokens that must never work again.
    dead: Vec<String>,
}

impl Verifier {
    pub fn new(app: App) -> Self {
        Self {
            app,
            seen: Seen::default(),
            sessions: Vec::new(),
            live: Vec::new(),
            dead: Vec::new(),
        }
    }

    /// Looks at what was acknowledged since the last kill.
    pub async fn examine(&mut self, ledgers: Vec<Ledger>) {
        let mut families = Vec::new();
        for ledger in ledgers {
            self.check_sessions(&ledger.sessions).await;
            self.seen.sessions += ledger.sessions.len();
            self.sessions.extend(ledger.sessions);
            families.extend(ledger.families);
            if let Some((sign_in, code)) = ledger.doubtful_code {
                self.seen.doubtful += 1;
                families.extend(self.redeem_late(&sign_in, code).await);
            }
        }
        for family in &families {
            self.seen.codes += 1;
            self.seen.rotations += family.rotated.len();
            self.seen.revocations += usize::from(matches!(family.state, State::Revoked | State::AccessRevoked));
            self.seen.doubtful += usize::from(family.state == State::Doubtful);
        }
        let app = &self.app;
        let ends: Vec<End> = stream::iter(families.into_iter().enumerate())
            .map(|(number, family)| end_of(app, family, number))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for end in ends {
            self.live.extend(end.live);
            self.dead.extend(end.dead);
        }
    }

    /// A code whose answer was lost was redeemed or was not; in neither case can it be redeemed twice.
    async fn redeem_late(&self, sign_in: &crate::support::SignIn, code: String) -> Option<Family> {
        let (status, answer) = self.app.redeem_with(sign_in, &code, &[]).await;
        if status == StatusCode::OK {
            return Some(Family::new(sign_in.clone(), code, &answer));
        }
        assert_eq!(answer["error"], "invalid_grant", "{answer}");
        None
    }

    async fn check_sessions(&self, sessions: &[String]) {
        let lost = stream::iter(sessions)
            .map(async |session| {
                let request = self
                    .app
                    .http
                    .get(format!("{}/", self.app.issuer))
                    .header("cookie", session);
                let home = request.send().await.unwrap().text().await.unwrap();
                home.contains("Hello, ")
            })
            .buffer_unordered(AT_ONCE)
            .filter(|known| std::future::ready(!known))
            .count()
            .await;
        assert_eq!(lost, 0, "of {} sessions", sessions.len());
    }

    /// Looks at everything that was ever acknowledged.
    pub async fn look_at_everything(&self) {
        self.check_sessions(&self.sessions).await;
        for (tokens, expected) in [(&self.live, true), (&self.dead, false)] {
            let wrong = stream::iter(tokens)
                .map(async |token| self.app.introspect(token).await["active"] != expected)
                .buffer_unordered(AT_ONCE)
                .filter(|wrong| std::future::ready(*wrong))
                .count()
                .await;
            assert_eq!(wrong, 0, "of {} refresh tokens that are live: {expected}", tokens.len());
        }
    }
}

/// What remains of a family.
#[derive(Default)]
struct End {
    live: Option<String>,
    dead: Vec<String>,
}

async fn is_active(app: &App, token: &str) -> bool {
    app.introspect(token).await["active"] == true
}

fn is_refused((status, answer): &(StatusCode, Value)) {
    assert_eq!(
        (*status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &"invalid_grant".into()),
        "{answer}"
    );
}

/// Looks at a family without touching it, and then tries what must fail or what must work.
async fn end_of(app: &App, family: Family, number: usize) -> End {
    for token in &family.rotated {
        assert!(!is_active(app, token).await, "a rotated refresh token is active");
    }
    let alive = is_active(app, &family.refresh).await;
    let knows_access = app.userinfo(&family.access).await.0 == StatusCode::OK;
    match family.state {
        State::Live => assert!(alive && knows_access, "an acknowledged rotation was lost"),
        State::Revoked => assert!(!alive && !knows_access, "an acknowledged revocation was lost"),
        State::AccessRevoked => assert!(alive && !knows_access, "a revoked access token works"),
        // Of the two things that may have happened one has happened, and no third.
        State::Doubtful => {}
    }
    if !alive {
        is_refused(&app.refresh(&family.refresh).await);
        return End::dead(family);
    }
    let spent = match (number % 3, family.rotated.first()) {
        (0, _) => app.redeem_with(&family.sign_in, &family.code, &[]).await,
        (1, Some(first)) => app.refresh(first).await,
        _ => {
            let (status, answer) = app.refresh(&family.refresh).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            let mut family = family;
            family.rotate(&answer);
            return End {
                live: Some(family.refresh),
                dead: family.rotated,
            };
        }
    };
    is_refused(&spent);
    // What was spent and comes back was stolen: all that came of it dies.
    assert!(!is_active(app, &family.refresh).await && app.userinfo(&family.access).await.0 != StatusCode::OK);
    End::dead(family)
}

impl End {
    fn dead(family: Family) -> Self {
        let mut dead = family.rotated;
        dead.push(family.refresh);
        Self { live: None, dead }
    }
}

impl Seen {
    /// Whether enough happened for the test to mean something.
    pub fn is_telling(&self) -> bool {
        [
            self.sessions,
            self.codes,
            self.rotations,
            self.revocations,
            self.doubtful,
        ]
        .iter()
        .all(|count| *count >= 5)
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} logins, {} codes, {} rotations and {} revocations acknowledged, {} in doubt",
            self.sessions, self.codes, self.rotations, self.revocations, self.doubtful
        )
    }
}
