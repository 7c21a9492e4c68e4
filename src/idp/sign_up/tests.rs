//! Sign-ups and invitations below the doors: time, races, and what is in the store.

mod invitation;

use std::{sync::Arc, time::Duration};

use serde_json::Map;

use super::*;
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, Source},
    idp::admin::{AdminCommand, NewInvitation},
    model::{mail::Link, outbox::Task},
    secret::Secret,
};

struct Stage {
    idp: Arc<Idp>,
    clock: Arc<ManualClock>,
    _keys: tempfile::TempDir,
}

const PASSWORD: &str = "a row of words";
const MAIL: &str = "[mail]\nhost = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\nfrom = \"no-reply@example.com\"\n";

impl Stage {
    /// A provider that keeps nothing, whose mail server is a port at which nobody listens.
    async fn start(sign_up: &str) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let source = Source {
            file: Some(("avouch.toml".into(), format!("{MAIL}[sign_up]\n{sign_up}\n"))),
            env: vec![
                ("AVOUCH__STORE__URL".to_owned(), "memory:".to_owned()),
                ("AVOUCH__KEYS__DIR".to_owned(), keys.path().display().to_string()),
            ],
        };
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix(1_000_000)));
        let idp = Idp::open(Config::parse(&source).unwrap(), clock.clone()).await.unwrap();
        Self {
            idp,
            clock,
            _keys: keys,
        }
    }

    /// Asks, and lets the outbox find out about the address; gives the letters that are to go.
    async fn ask(&self, email: &str, wanted: &Wanted, browser: &Browser) -> Vec<Letter> {
        let asked = self.idp.ask_to_sign_up(email, wanted, &origin(), browser).await;
        asked.unwrap().unwrap();
        self.answer().await
    }

    async fn answer(&self) -> Vec<Letter> {
        let before = self.errands().await;
        for errand in before {
            if let Task::AnswerSignUp { .. } = errand.task {
                self.idp.try_errand(&errand.id).await.unwrap();
            }
        }
        let letters = self.errands().await.into_iter().filter_map(|errand| match errand.task {
            Task::SendMail { letter, .. } => Some(letter),
            _ => None,
        });
        letters.collect()
    }

    async fn errands(&self) -> Vec<Errand> {
        let errands = self.idp.store.list::<Errand>("", 1000, self.clock.now()).await.unwrap();
        errands.into_iter().map(Loaded::into_value).collect()
    }

    async fn token_of(&self, letter: &Letter) -> String {
        let link = self
            .idp
            .store
            .get::<Link>(letter.link().unwrap(), self.clock.now())
            .await;
        self.idp.link_token(&link.unwrap().unwrap()).expose().clone()
    }

    /// Asks for an account that is new, and gives the token of the letter.
    async fn token(&self, email: &str, browser: &Browser) -> String {
        let letters = self.ask(email, &wanted(None), browser).await;
        self.token_of(letters.last().unwrap()).await
    }

    async fn confirm(&self, token: &str, browser: &Browser) -> Result<Taken<Confirmed>> {
        self.idp.confirm_sign_up(token, None, None, browser).await
    }

    async fn users(&self) -> Vec<User> {
        let users = self.idp.store.list::<User>("", 1000, self.clock.now()).await.unwrap();
        users.into_iter().map(Loaded::into_value).collect()
    }

    async fn pendings(&self) -> usize {
        self.idp
            .store
            .list::<PendingSignUp>("", 1000, self.clock.now())
            .await
            .unwrap()
            .len()
    }

    async fn invite(&self, new: NewInvitation) -> (String, String) {
        let new = NewInvitation {
            print_link: true,
            ..new
        };
        let answer = self.idp.execute(AdminCommand::InvitationNew(new)).await.unwrap();
        let url = answer["url"].as_str().unwrap();
        (
            answer["id"].as_str().unwrap().to_owned(),
            url.split_once("token=").unwrap().1.to_owned(),
        )
    }

    async fn accept(&self, token: &str, browser: &Browser) -> Result<Taken<Accepted>> {
        let wanted = wanted(None);
        self.idp
            .accept_invitation(token, Some(&wanted), Language::En, browser)
            .await
    }
}

fn origin() -> Origin<'static> {
    Origin {
        language: Language::De,
        interaction: None,
    }
}

fn wanted(username: Option<&str>) -> Wanted {
    Wanted {
        username: username.map(str::to_owned),
        password: Secret::new(PASSWORD.to_owned()),
        claims: Map::new(),
        terms: None,
    }
}

fn browser(name: &str) -> Browser {
    Browser {
        session: None,
        binding: Secret::new(name.to_owned()),
        remembered: None,
        address: "127.0.0.1".parse().unwrap(),
        user_agent: None,
    }
}

fn invitation(email: &str) -> NewInvitation {
    NewInvitation {
        email: email.to_owned(),
        ..NewInvitation::default()
    }
}

const OPEN: &str = "mode = \"open\"";

#[tokio::test]
async fn an_account_is_there_when_the_link_is_used_and_not_before() {
    let stage = Stage::start(OPEN).await;
    let here = browser("here");
    let token = stage.token("Alice@Example.com", &here).await;
    assert!(
        stage.users().await.is_empty(),
        "nobody holds a name or an address by asking"
    );
    let confirming = stage.idp.confirming(&token, &here).await.unwrap();
    assert_eq!(
        (confirming.email.as_str(), confirming.is_elsewhere),
        ("Alice@example.com", false)
    );
    assert!(stage.users().await.is_empty(), "looking changes nothing");
    assert!(matches!(
        stage.confirm(&token, &here).await,
        Ok(Ok(Confirmed::Entered(_, None)))
    ));
    let users = stage.users().await;
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].username, "Alice@example.com");
    assert_eq!((users[0].email_verified, users[0].role.as_str()), (true, "user"));
    assert_eq!(users[0].claims.locale.as_deref(), Some("de"));
    assert_eq!(stage.pendings().await, 0);
    assert!(matches!(stage.confirm(&token, &here).await, Err(Error::LinkGone)));
}

#[tokio::test]
async fn a_link_makes_one_account_however_many_use_it_at_once() {
    // Threat 15.
    let stage = Stage::start(OPEN).await;
    let here = browser("here");
    let token = stage.token("alice@example.com", &here).await;
    let tries = (0..64).map(|_| stage.confirm(&token, &here));
    let outcomes = futures_util::future::join_all(tries).await;
    let made = outcomes
        .iter()
        .filter(|it| matches!(it, Ok(Ok(Confirmed::Entered(..) | Confirmed::Created))))
        .count();
    assert_eq!((made, stage.users().await.len()), (1, 1));
    assert!(
        outcomes
            .iter()
            .filter(|it| it.is_err())
            .all(|it| matches!(it, Err(Error::LinkGone | Error::Busy)))
    );
}

#[tokio::test]
async fn of_many_who_want_one_address_or_one_name_one_gets_it() {
    let stage = Stage::start("mode = \"open\"\nusername = \"chosen\"").await;
    let here = browser("here");
    let mut tokens = Vec::new();
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        let letters = stage.ask(email, &wanted(Some("alice")), &here).await;
        let known = stage.idp.holder("alice").await.unwrap();
        assert!(known.is_none());
        for letter in &letters {
            let token = stage.token_of(letter).await;
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
    }
    assert_eq!(tokens.len(), 3);
    let outcomes = futures_util::future::join_all(tokens.iter().map(|token| stage.confirm(token, &here))).await;
    let made: Vec<bool> = outcomes.iter().map(|it| matches!(it, Ok(Ok(_)))).collect();
    assert_eq!(made.iter().filter(|made| **made).count(), 1, "{outcomes:?}");
    // The others choose another name, and the link is theirs still.
    let loser = &tokens[made.iter().position(|made| !made).unwrap()];
    let taken = stage.confirm(loser, &here).await.unwrap().unwrap_err();
    assert_eq!(taken.field, "username");
    let other = stage.idp.confirm_sign_up(loser, None, Some("bob"), &here).await;
    assert!(matches!(other, Ok(Ok(Confirmed::Entered(..)))));
    assert!(stage.idp.holder("bob").await.unwrap().is_some());
}

#[tokio::test]
async fn an_address_that_got_an_account_meanwhile_keeps_it() {
    let stage = Stage::start(OPEN).await;
    let (here, there) = (browser("here"), browser("there"));
    let first = stage.token("alice@example.com", &here).await;
    let letters = stage.ask("ALICE@example.com", &wanted(None), &there).await;
    let mut tokens = Vec::new();
    for letter in &letters {
        tokens.push(stage.token_of(letter).await);
    }
    let second = tokens.into_iter().find(|token| *token != first).unwrap();
    assert!(matches!(
        stage.confirm(&first, &here).await,
        Ok(Ok(Confirmed::Entered(..)))
    ));
    assert!(matches!(
        stage.confirm(&second, &there).await,
        Ok(Ok(Confirmed::Exists))
    ));
    assert_eq!(stage.users().await.len(), 1);
    assert!(matches!(stage.confirm(&second, &there).await, Err(Error::LinkGone)));
}

#[tokio::test]
async fn a_taken_address_gets_another_letter_and_leaves_nothing_behind() {
    let stage = Stage::start(OPEN).await;
    let here = browser("here");
    let token = stage.token("alice@example.com", &here).await;
    stage.confirm(&token, &here).await.unwrap().unwrap();
    let letters = stage
        .ask("Alice@Example.com", &wanted(None), &browser("stranger"))
        .await;
    assert_eq!(
        letters
            .iter()
            .filter(|letter| **letter == Letter::AccountExists)
            .count(),
        1
    );
    assert_eq!(stage.pendings().await, 0);
}

#[tokio::test]
async fn what_is_committed_does_not_depend_on_whether_the_address_is_taken() {
    let stage = Stage::start(OPEN).await;
    let here = browser("here");
    let token = stage.token("alice@example.com", &here).await;
    stage.confirm(&token, &here).await.unwrap().unwrap();
    for email in ["alice@example.com", "nobody@example.com"] {
        let before = (stage.errands().await.len(), stage.pendings().await);
        let asked = stage.idp.ask_to_sign_up(email, &wanted(None), &origin(), &here).await;
        asked.unwrap().unwrap();
        let after = (stage.errands().await.len(), stage.pendings().await);
        assert_eq!(after, (before.0 + 1, before.1 + 1), "{email}");
        stage.answer().await;
    }
}

#[tokio::test]
async fn a_link_in_another_browser_asks_for_the_password_that_was_chosen() {
    let stage = Stage::start(OPEN).await;
    let (here, there) = (browser("here"), browser("there"));
    let token = stage.token("alice@example.com", &here).await;
    assert!(stage.idp.confirming(&token, &there).await.unwrap().is_elsewhere);
    let confirm = async |password: Option<&str>| {
        let password = password.map(|password| Secret::new(password.to_owned()));
        stage.idp.confirm_sign_up(&token, password.as_ref(), None, &there).await
    };
    assert_eq!(confirm(None).await.unwrap().unwrap_err().field, "password");
    assert!(matches!(
        confirm(Some("another row of words")).await,
        Err(Error::WrongCredentials)
    ));
    assert!(stage.users().await.is_empty());
    assert!(
        matches!(confirm(Some(PASSWORD)).await, Ok(Ok(Confirmed::Created))),
        "and nobody is signed in by it"
    );
    assert_eq!(stage.users().await.len(), 1);
}

#[tokio::test]
async fn guesses_at_the_password_of_a_sign_up_are_slowed_down() {
    let stage = Stage::start(OPEN).await;
    let token = stage.token("alice@example.com", &browser("here")).await;
    let wrong = Secret::new("another row of words".to_owned());
    let mut last = None;
    for _ in 0..20 {
        let there = browser("there");
        last = Some(
            stage
                .idp
                .confirm_sign_up(&token, Some(&wrong), None, &there)
                .await
                .unwrap_err(),
        );
    }
    assert!(matches!(last, Some(Error::TooMany { .. })), "{last:?}");
}

#[tokio::test]
async fn an_old_sign_up_makes_the_account_but_signs_nobody_in_and_a_very_old_one_is_gone() {
    let stage = Stage::start(OPEN).await;
    let here = browser("here");
    let [late, gone] = [stage.token("a@example.com", &here).await, {
        let letters = stage.ask("b@example.com", &wanted(None), &here).await;
        let mut found = None;
        for letter in &letters {
            let token = stage.token_of(letter).await;
            if stage.idp.confirming(&token, &here).await.unwrap().email == "b@example.com" {
                found = Some(token);
            }
        }
        found.unwrap()
    }];
    stage.clock.advance(Duration::from_mins(61));
    assert!(matches!(stage.confirm(&late, &here).await, Ok(Ok(Confirmed::Created))));
    stage.clock.advance(Duration::from_hours(23));
    assert!(matches!(stage.confirm(&gone, &here).await, Err(Error::LinkGone)));
    assert_eq!((stage.users().await.len(), stage.pendings().await), (1, 0));
}

#[tokio::test]
async fn strangers_cannot_fill_the_store_or_a_mailbox() {
    let stage = Stage::start(OPEN).await;
    let ask = async |email: &str| {
        stage
            .idp
            .ask_to_sign_up(email, &wanted(None), &origin(), &browser("x"))
            .await
    };
    for _ in 0..5 {
        ask("alice@example.com").await.unwrap().unwrap();
    }
    assert!(
        matches!(ask("Alice@Example.com").await, Err(Error::TooMany { .. })),
        "one address"
    );
    let mut refused = false;
    for number in 0..40 {
        refused |= matches!(ask(&format!("a{number}@example.com")).await, Err(Error::TooMany { .. }));
    }
    assert!(refused, "one network");
    assert!(stage.pendings().await <= 30, "{}", stage.pendings().await);
}

#[tokio::test]
async fn an_address_outside_the_domains_is_refused_and_nothing_is_kept() {
    let stage = Stage::start("mode = \"domain\"\ndomains = [\"example.com\"]").await;
    for email in ["a@mail.example.com", "a@example.org", "nonsense"] {
        let asked = stage
            .idp
            .ask_to_sign_up(email, &wanted(None), &origin(), &browser("x"))
            .await;
        assert_eq!(asked.unwrap().unwrap_err().field, "email", "{email}");
    }
    assert_eq!(stage.pendings().await, 0);
    stage.ask("a@EXAMPLE.com", &wanted(None), &browser("x")).await;
    assert_eq!(stage.pendings().await, 1);
}

#[tokio::test]
async fn a_password_that_may_not_be_one_is_refused_at_its_input() {
    let stage = Stage::start(OPEN).await;
    for password in ["short", "password", "alice@example.com"] {
        let wanted = Wanted {
            password: Secret::new(password.to_owned()),
            ..wanted(None)
        };
        let asked = stage
            .idp
            .ask_to_sign_up("alice@example.com", &wanted, &origin(), &browser("x"))
            .await;
        assert_eq!(asked.unwrap().unwrap_err().field, "password", "{password}");
    }
    assert_eq!(stage.pendings().await, 0);
}
