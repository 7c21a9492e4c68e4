//! What letters say: the same lines once as plain text and once with a little dress. No image, no address of anybody else's, nothing that
//! tells whether a letter was read.

use std::time::Duration;

use askama::Template;

use super::super::{Error, Result};
use crate::{
    config::Config,
    language::Language,
    model::mail::{FactorChange, Letter},
    protocol::Timestamp,
    secret::Secret,
};

/// What a letter is made of.
pub(super) struct Contents<'a> {
    pub language: Language,
    /// The provider, in whose name it is written.
    pub provider: &'a str,
    /// Where the provider is.
    pub issuer: &'a str,
    /// The person, as they call themselves.
    pub name: Option<String>,
    pub letter: &'a Letter,
    /// The link, and how long it works.
    pub link: Option<(Secret<String>, Duration)>,
    /// The username of the account that is to have the address, when it has another one: whoever reads the letter is to see whether
    /// that is theirs.
    pub new_address_of: Option<String>,
}

/// A letter as it is sent.
#[derive(Debug)]
pub(super) struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The lines of a letter.
#[derive(Template)]
#[template(path = "letters/letter.html")]
struct Lines {
    language: Language,
    provider: String,
    issuer: String,
    subject: String,
    greeting: String,
    lead: Vec<String>,
    /// What happened, as names and values.
    facts: Vec<(String, String)>,
    /// The label of the link and the link.
    link: Option<(String, String)>,
    /// What else is to be said about the link, or to whoever did not expect the letter.
    after: Vec<String>,
    ending: String,
}

/// The ids of what a kind of letter says.
struct Words {
    subject: &'static str,
    lead: &'static str,
    button: Option<&'static str>,
    after: Option<&'static str>,
}

impl Words {
    const fn of(letter: &Letter) -> Self {
        let (subject, lead, button, after) = match letter {
            Letter::VerifyEmail { .. } => (
                "mail-verify-subject",
                "mail-verify-lead",
                Some("mail-verify-button"),
                Some("mail-verify-after"),
            ),
            Letter::ResetPassword { .. } => (
                "mail-reset-subject",
                "mail-reset-lead",
                Some("mail-reset-button"),
                Some("mail-reset-after"),
            ),
            Letter::ConfirmSignUp { .. } => (
                "mail-sign-up-subject",
                "mail-sign-up-lead",
                Some("mail-sign-up-button"),
                Some("mail-sign-up-after"),
            ),
            Letter::Invitation { .. } => (
                "mail-invitation-subject",
                "mail-invitation-lead",
                Some("mail-invitation-button"),
                Some("mail-invitation-after"),
            ),
            Letter::AccountExists => (
                "mail-account-exists-subject",
                "mail-account-exists-lead",
                Some("mail-account-exists-button"),
                Some("mail-account-exists-after"),
            ),
            Letter::AddressTaken => (
                "mail-address-taken-subject",
                "mail-address-taken-lead",
                None,
                Some("mail-address-taken-after"),
            ),
            Letter::NewSignIn { .. } => (
                "mail-new-sign-in-subject",
                "mail-new-sign-in-lead",
                None,
                Some("mail-not-you"),
            ),
            Letter::FactorChanged { what, .. } => {
                let (subject, lead) = words_of_change(*what);
                (subject, lead, None, Some("mail-not-you"))
            }
        };
        Self {
            subject,
            lead,
            button,
            after,
        }
    }

    /// The letter that proves an address, to one that an account does not have yet.
    const fn or_of_change(self, is_change: bool) -> Self {
        if !is_change {
            return self;
        }
        Self {
            lead: "mail-verify-change-lead",
            after: Some("mail-verify-change-after"),
            ..self
        }
    }
}

const fn words_of_change(what: FactorChange) -> (&'static str, &'static str) {
    match what {
        FactorChange::PasswordChanged => ("mail-password-changed-subject", "mail-password-changed-lead"),
        FactorChange::PasswordRemoved => ("mail-password-removed-subject", "mail-password-removed-lead"),
        FactorChange::PasskeyAdded => ("mail-passkey-added-subject", "mail-passkey-added-lead"),
        FactorChange::PasskeyRemoved => ("mail-passkey-removed-subject", "mail-passkey-removed-lead"),
        FactorChange::TotpAdded => ("mail-totp-added-subject", "mail-totp-added-lead"),
        FactorChange::TotpRemoved => ("mail-totp-removed-subject", "mail-totp-removed-lead"),
        FactorChange::RecoveryCodesMade => ("mail-recovery-made-subject", "mail-recovery-made-lead"),
        FactorChange::RecoveryCodesRemoved => ("mail-recovery-removed-subject", "mail-recovery-removed-lead"),
        FactorChange::RecoveryCodeUsed => ("mail-recovery-used-subject", "mail-recovery-used-lead"),
        FactorChange::EmailChangeAsked => ("mail-email-asked-subject", "mail-email-asked-lead"),
        FactorChange::EmailChanged => ("mail-email-changed-subject", "mail-email-changed-lead"),
    }
}

/// Writes a letter.
pub(super) fn write(contents: &Contents<'_>) -> Result<Written> {
    let words = Words::of(contents.letter).or_of_change(contents.new_address_of.is_some());
    let say = |id: &str| contents.say(id);
    let mut after = Vec::new();
    let mut link = None;
    if let (Some((url, lifetime)), Some(button)) = (&contents.link, words.button) {
        link = Some((say(button), url.expose().clone()));
        let lifetime = contents.language.duration(lifetime.as_secs().max(1));
        after.push(
            contents
                .language
                .text_with("mail-link-lifetime", [("lifetime", &lifetime)]),
        );
    } else if let (Letter::AccountExists, Some(button)) = (contents.letter, words.button) {
        // Nothing secret: anybody may go there.
        link = Some((say(button), format!("{}/login", contents.issuer)));
    }
    after.extend(words.after.map(say));
    contents.lines(&words, facts(contents), link, after).written()
}

/// Writes the letter by which an operator tries the mail server.
pub(super) fn write_trial(config: &Config, issuer: &str) -> Result<Written> {
    let contents = Contents {
        language: config.pages.language,
        provider: &config.pages.name,
        issuer,
        name: None,
        letter: &Letter::AccountExists,
        link: None,
        new_address_of: None,
    };
    let words = Words {
        subject: "mail-trial-subject",
        lead: "mail-trial-lead",
        button: None,
        after: None,
    };
    contents.lines(&words, Vec::new(), None, Vec::new()).written()
}

impl Contents<'_> {
    fn say(&self, id: &str) -> String {
        self.language.text_with(id, [("provider", self.provider)])
    }

    /// What it is about. The name of an organization makes no line of its own.
    fn lead(&self, words: &Words) -> Vec<String> {
        match self.letter {
            Letter::Invitation {
                organization: Some(name),
                ..
            } => {
                let arguments = [("provider", self.provider), ("organization", &one_line(name))];
                vec![self.language.text_with("mail-invitation-lead-organization", arguments)]
            }
            Letter::VerifyEmail { .. } if let Some(username) = &self.new_address_of => {
                let arguments = [("provider", self.provider), ("account", &one_line(username))];
                vec![self.language.text_with(words.lead, arguments)]
            }
            _ => vec![self.say(words.lead)],
        }
    }

    fn lines(
        &self,
        words: &Words,
        facts: Vec<(String, String)>,
        link: Option<(String, String)>,
        after: Vec<String>,
    ) -> Lines {
        Lines {
            language: self.language,
            provider: self.provider.to_owned(),
            issuer: self.issuer.to_owned(),
            subject: self.say(words.subject),
            greeting: match &self.name {
                Some(name) => self
                    .language
                    .text_with("mail-greeting-name", [("name", &one_line(name))]),
                None => self.language.text("mail-greeting"),
            },
            lead: self.lead(words),
            facts,
            link,
            after,
            ending: self.say("mail-ending"),
        }
    }
}

fn facts(contents: &Contents<'_>) -> Vec<(String, String)> {
    let language = contents.language;
    let when = |at: &Timestamp| (language.text("mail-fact-when"), language.moment(at.unix()));
    match contents.letter {
        Letter::NewSignIn { browser, address, at } => vec![
            when(at),
            (
                language.text("mail-fact-browser"),
                browser
                    .as_deref()
                    .map_or_else(|| language.text("mail-fact-no-browser"), one_line),
            ),
            (language.text("mail-fact-address"), one_line(address)),
        ],
        Letter::FactorChanged { at, .. } => vec![when(at)],
        _ => Vec::new(),
    }
}

/// What somebody else wrote must not make lines of its own.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || "\u{2028}\u{2029}".contains(c) {
                ' '
            } else {
                c
            }
        })
        .collect()
}

impl Lines {
    fn written(&self) -> Result<Written> {
        Ok(Written {
            html: self.render().map_err(Error::internal)?,
            text: self.plain(),
            subject: self.subject.clone(),
        })
    }

    fn plain(&self) -> String {
        let mut paragraphs = vec![self.greeting.clone()];
        paragraphs.extend(self.lead.iter().cloned());
        if !self.facts.is_empty() {
            let facts: Vec<String> = self
                .facts
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            paragraphs.push(facts.join("\n"));
        }
        paragraphs.extend(self.link.iter().map(|(label, url)| format!("{label}:\n{url}")));
        paragraphs.extend(self.after.iter().cloned());
        paragraphs.push(format!("{}\n{}", self.ending, self.issuer));
        paragraphs.join("\n\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://id.example.com/password/reset?token=abc";

    fn letters() -> Vec<Letter> {
        let link = || "l1".to_owned();
        let at = Timestamp::from_unix(1_700_000_000);
        let mut letters = vec![
            Letter::VerifyEmail { link: link() },
            Letter::ResetPassword { link: link() },
            Letter::ConfirmSignUp { link: link() },
            Letter::Invitation {
                link: link(),
                organization: Some("Acme & Co".to_owned()),
            },
            Letter::AccountExists,
            Letter::AddressTaken,
            Letter::NewSignIn {
                browser: Some("Firefox on <Linux>".to_owned()),
                address: "192.0.2.1".to_owned(),
                at,
            },
        ];
        letters.extend(FactorChange::ALL.map(|what| Letter::FactorChanged { what, at }));
        letters
    }

    fn written(language: Language, letter: &Letter, name: Option<&str>) -> Written {
        let contents = Contents {
            language,
            provider: "Shop & Sons",
            issuer: "https://id.example.com",
            name: name.map(str::to_owned),
            letter,
            link: letter
                .link()
                .map(|_| (Secret::new(LINK.to_owned()), Duration::from_mins(30))),
            new_address_of: None,
        };
        write(&contents).unwrap()
    }

    #[test]
    fn a_letter_to_a_new_address_names_the_account_in_one_line_and_in_every_language() {
        let letter = Letter::VerifyEmail { link: "l1".to_owned() };
        for language in Language::ALL {
            let contents = Contents {
                language,
                provider: "Shop",
                issuer: "https://id.example.com",
                name: None,
                letter: &letter,
                link: Some((Secret::new(LINK.to_owned()), Duration::from_mins(30))),
                new_address_of: Some("mal<b>lory\nx".to_owned()),
            };
            let letter = write(&contents).unwrap();
            assert!(letter.text.contains("mal<b>lory x"), "{}", letter.text);
            assert!(!letter.html.contains("<b>"), "{}", letter.html);
            assert!(!letter.text.contains("mail-verify"), "{}", letter.text);
        }
    }

    #[test]
    fn every_letter_says_the_same_in_text_and_in_html_in_every_language() {
        for language in Language::ALL {
            let mut subjects = std::collections::BTreeSet::new();
            for letter in letters() {
                let written = written(language, &letter, None);
                let kind = letter.kind();
                assert!(written.html.contains(&format!("<html lang=\"{language}\"")), "{kind}");
                assert!(
                    written.html.contains("Shop &#38; Sons") && written.text.contains("Shop & Sons"),
                    "{kind}"
                );
                assert_eq!(
                    written.text.contains(LINK),
                    letter.link().is_some(),
                    "{kind}: {}",
                    written.text
                );
                assert_eq!(
                    written.html.contains(LINK),
                    letter.link().is_some(),
                    "{kind}: {}",
                    written.html
                );
                assert!(
                    !written.text.contains("mail-") && !written.html.contains("mail-"),
                    "{kind}: a lacking message"
                );
                assert!(subjects.insert(written.subject.clone()), "{kind}: {}", written.subject);
            }
        }
    }

    #[test]
    fn a_letter_loads_nothing_and_runs_nothing() {
        for letter in letters() {
            let html = written(Language::En, &letter, None).html;
            for word in ["<img", "<script", "<link", "@import", "url(", "src=", "onload"] {
                assert!(!html.contains(word), "{}: {word}", letter.kind());
            }
        }
    }

    #[test]
    fn a_name_makes_no_line_and_no_markup_of_its_own() {
        let name = "Eve</p><a href=\"https://evil.example\">\r\nhttps://evil.example\n\nBuy";
        let written = written(Language::En, &Letter::AccountExists, Some(name));
        assert!(
            !written.html.contains("<a href=\"https://evil.example"),
            "{}",
            written.html
        );
        let first = written.text.lines().next().unwrap();
        assert!(first.contains("Eve</p>") && first.contains("Buy"), "{first}");
        assert!(!written.subject.contains("Eve"));
    }

    #[test]
    fn a_new_sign_in_says_when_where_and_with_what() {
        let letter = letters().remove(6);
        let text = written(Language::En, &letter, None).text;
        for fact in ["14 November 2023, 22:13 UTC", "Firefox on <Linux>", "192.0.2.1"] {
            assert!(text.contains(fact), "{fact}: {text}");
        }
        assert!(
            written(Language::En, &letter, None)
                .html
                .contains("Firefox on &#60;Linux&#62;")
        );
    }

    #[test]
    fn a_link_says_how_long_it_works() {
        let text = written(Language::En, &Letter::ResetPassword { link: "l1".to_owned() }, None).text;
        assert!(text.contains("30 minutes"), "{text}");
    }
}
