//! What must still be done after a commit, and is done at least once: written by the same commit, taken away when it is done.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Record, mail::Letter, session::Participant};
use crate::protocol::Timestamp;

/// The first pause after a failed attempt; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// How long a client is tried. Afterwards its own session has probably ended by itself.
const PATIENCE: Duration = Duration::from_hours(1);
/// How long a letter is tried: what it says is old afterwards.
const PATIENCE_WITH_MAIL: Duration = Duration::from_hours(24);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Tell a client that a session has ended (Back-Channel Logout, 2.5).
    TellLogout {
        /// The client.
        participant: Participant,
        /// The end-user, whose `sub` at the client is made when it is told.
        user_id: String,
        /// The session.
        sid: String,
    },
    /// End the sessions of a user that began in an earlier epoch. They are dead already; their clients do not know it yet.
    EndSessions {
        /// The user, who may be gone.
        user_id: String,
        /// The first epoch that goes on.
        before: u64,
    },
    /// Send a letter.
    SendMail {
        /// Whose it is; absent when it goes to somebody who has no account.
        #[serde(default)]
        user_id: Option<String>,
        /// Where it goes.
        to: String,
        /// The tag of the language to write in, when it does not follow from the user.
        #[serde(default)]
        language: Option<String>,
        /// What it says.
        #[serde(flatten)]
        letter: Letter,
    },
    /// Find out who has forgotten a password, and send the link: done here so that whoever asked learns nothing by the time it takes.
    AnswerForgotten {
        /// What was typed, in the form in which names are compared.
        name: String,
    },
    /// Find out whether the address of a sign-up has an account already, and send the letter that is due: done here for the same reason.
    AnswerSignUp {
        /// The sign-up.
        pending: String,
    },
}

/// An errand of the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// Made up.
    pub id: String,
    /// What is to be done.
    #[serde(flatten)]
    pub task: Task,
    /// How often it was tried in vain.
    #[serde(default)]
    pub attempts: u32,
    /// When it is to be tried next.
    pub next_attempt: Timestamp,
    /// When nobody tries any more; absent: never.
    #[serde(default)]
    pub give_up_at: Option<Timestamp>,
}

impl Errand {
    /// A new one, to be run at once.
    pub fn new(id: String, task: Task, now: Timestamp) -> Self {
        let give_up_at = match task {
            Task::TellLogout { .. } => Some(now + PATIENCE),
            Task::SendMail { .. } => Some(now + PATIENCE_WITH_MAIL),
            Task::EndSessions { .. } | Task::AnswerForgotten { .. } | Task::AnswerSignUp { .. } => None,
        };
        Self {
            id,
            task,
            attempts: 0,
            next_attempt: now,
            give_up_at,
        }
    }

    /// The errand, given up at `end` at the latest.
    #[must_use]
    pub fn until(self, end: Timestamp) -> Self {
        let give_up_at = Some(self.give_up_at.map_or(end, |known| known.min(end)));
        Self { give_up_at, ..self }
    }

    /// The errand after one more failure; `None` when it is time to give up.
    pub fn after_failure(&self, now: Timestamp) -> Option<Self> {
        let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.attempts));
        let next_attempt = now + doubled.min(LONGEST_PAUSE);
        let in_time = self.give_up_at.is_none_or(|end| next_attempt < end);
        in_time.then(|| Self {
            attempts: self.attempts.saturating_add(1),
            next_attempt,
            ..self.clone()
        })
    }
}

impl Record for Errand {
    const KIND: &'static str = "outbox";

    fn id(&self) -> String {
        self.id.clone()
    }

    /// Well after it was given up: whoever runs it says so before it goes.
    fn expires_at(&self) -> Option<Timestamp> {
        self.give_up_at.map(|end| end + Duration::from_hours(24))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell() -> Errand {
        let task = Task::TellLogout {
            participant: Participant {
                client_id: "app".to_owned(),
                client_since: Timestamp::from_unix(1),
            },
            user_id: "u".to_owned(),
            sid: "s".to_owned(),
        };
        Errand::new("e".to_owned(), task, Timestamp::from_unix(1000))
    }

    #[test]
    fn the_pauses_grow_and_the_attempts_end() {
        let mut errand = tell();
        let mut now = errand.next_attempt;
        let mut pauses = Vec::new();
        while let Some(next) = errand.after_failure(now) {
            pauses.push(next.next_attempt.since(now).as_secs());
            now = next.next_attempt;
            errand = next;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600, 600]);
        assert!(now.since(tell().next_attempt) < PATIENCE);
    }

    #[test]
    fn a_letter_is_tried_for_a_day_or_as_long_as_its_link_works() {
        let task = Task::SendMail {
            user_id: None,
            to: "alice@example.com".to_owned(),
            language: Some("de".to_owned()),
            letter: Letter::AccountExists,
        };
        let now = Timestamp::from_unix(0);
        let errand = Errand::new("e".to_owned(), task, now);
        assert_eq!(errand.give_up_at, Some(now + Duration::from_hours(24)));
        let json = serde_json::to_value(&errand).unwrap();
        assert_eq!(
            (&json["task"], &json["letter"]),
            (&"send_mail".into(), &"account_exists".into())
        );
        assert_eq!(serde_json::from_value::<Errand>(json).unwrap(), errand);
        let soon = now + Duration::from_mins(30);
        assert_eq!(errand.clone().until(soon).give_up_at, Some(soon));
        assert_eq!(
            errand.until(now + Duration::from_hours(48)).give_up_at,
            Some(now + Duration::from_hours(24))
        );
    }

    #[test]
    fn what_concerns_only_ourselves_is_never_given_up() {
        let task = Task::EndSessions {
            user_id: "u".to_owned(),
            before: 2,
        };
        let mut errand = Errand::new("e".to_owned(), task, Timestamp::from_unix(0));
        for _ in 0..100 {
            errand = errand.after_failure(errand.next_attempt).unwrap();
        }
        assert_eq!((errand.attempts, errand.expires_at()), (100, None));
    }

    #[test]
    fn it_is_kept_in_words_that_a_later_release_can_read() {
        let json = serde_json::to_value(tell()).unwrap();
        assert_eq!(json["task"], "tell_logout");
        assert_eq!(serde_json::from_value::<Errand>(json).unwrap(), tell());
    }
}
