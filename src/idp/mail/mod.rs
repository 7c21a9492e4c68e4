//! Letters: written into the commit of what they tell, sent by the outbox, never in the way of anybody.

pub mod address;
mod admin;
pub mod doctor;
mod letter;
mod link;
mod notice;
pub mod reset;
#[cfg(test)]
mod tests;
mod throttle;

use super::{
    Error, Idp, Result,
    audit::{Event, Work},
};
use crate::{
    language::Language,
    model::{
        mail::{Letter, Link},
        outbox::{Errand, Task},
        user::{User, canonical},
    },
    outbound::mail::{Envelope, Failure},
    protocol::{Timestamp, claims::email::EmailAddress},
    store::Loaded,
};
use letter::{Contents, Written};
pub(in crate::idp) use link::Bound;
pub(in crate::idp) use throttle::Received;

/// To whom a letter goes.
pub(in crate::idp) struct Recipient<'a> {
    /// The account; none when the letter goes to somebody who has none.
    pub user_id: Option<&'a str>,
    /// Where it goes.
    pub to: &'a EmailAddress,
    /// The language, when it does not follow from the account.
    pub language: Option<Language>,
}

/// A letter of the outbox.
pub(in crate::idp) struct Mail<'a> {
    pub user_id: Option<&'a str>,
    pub to: &'a str,
    pub language: Option<&'a str>,
    pub letter: &'a Letter,
}

/// How an attempt to send a letter ended.
enum Outcome {
    Sent,
    /// Nobody needs it any more.
    Pointless,
    Failed(Failure),
}

impl Idp {
    /// Whether letters can be sent.
    pub const fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Adds a letter to a user to a commit. Nothing when no mail server is configured, or the user has no address: an address in the
    /// record was proven, or set by the operator.
    pub(in crate::idp) fn send_letter(&self, work: &mut Work, user: &User, letter: Letter) -> Result<()> {
        let Some(Ok(to)) = user.email.as_deref().map(EmailAddress::parse) else {
            return Ok(());
        };
        let recipient = Recipient {
            user_id: Some(&user.id),
            to: &to,
            language: None,
        };
        self.send_letter_to(work, &recipient, letter, None)
    }

    /// The same to any address, for as long as its link works.
    pub(in crate::idp) fn send_letter_to(
        &self,
        work: &mut Work,
        recipient: &Recipient<'_>,
        letter: Letter,
        until: Option<Timestamp>,
    ) -> Result<()> {
        if !self.has_mail() {
            return Ok(());
        }
        let errand = self.errand(Task::SendMail {
            user_id: recipient.user_id.map(str::to_owned),
            to: recipient.to.to_string(),
            language: recipient.language.map(|language| language.tag().to_owned()),
            letter,
        });
        work.send(match until {
            Some(end) => errand.until(end),
            None => errand,
        })
    }

    /// One attempt to send a letter; gives when the next is due.
    pub(in crate::idp) async fn send_mail(
        &self,
        errand: &Loaded<Errand>,
        mail: &Mail<'_>,
    ) -> Result<Option<Timestamp>> {
        let outcome = self.try_mail(errand, mail).await?;
        self.record_mail(errand, mail, outcome).await
    }

    async fn try_mail(&self, errand: &Errand, mail: &Mail<'_>) -> Result<Outcome> {
        let Ok(to) = EmailAddress::parse(mail.to) else {
            return Ok(Outcome::Failed(Failure::Unwritable));
        };
        let Some(written) = self.write_letter(mail, &to).await? else {
            return Ok(Outcome::Pointless);
        };
        let Some(mailer) = &self.mailer else {
            // The operator has taken the server away; it may come back.
            return Ok(Outcome::Failed(Failure::Unreachable));
        };
        let envelope = Envelope {
            id: &errand.id,
            to: &to,
            at: self.now(),
            subject: &written.subject,
            text: &written.text,
            html: &written.html,
        };
        Ok(match mailer.send(&envelope).await {
            Ok(()) => Outcome::Sent,
            Err(error) => {
                // The words of the server may name the recipient: they are not for the log.
                tracing::debug!(said = ?error.said, "what the mail server said");
                Outcome::Failed(error.kind)
            }
        })
    }

    /// The letter as it stands now; `None` when its user or its link is gone.
    async fn write_letter(&self, mail: &Mail<'_>, to: &EmailAddress) -> Result<Option<Written>> {
        let user = match mail.user_id {
            Some(id) => match self.enabled_user(id).await? {
                Some(user) => Some(user),
                None => return Ok(None),
            },
            None => None,
        };
        let link = match mail.letter.link() {
            Some(id) => match self.store.get::<Link>(id, self.now()).await? {
                Some(link) => Some(link),
                None => return Ok(None),
            },
            None => None,
        };
        let new_address_of = match (mail.letter, &link, user.as_deref()) {
            (Letter::VerifyEmail { .. }, Some(link), Some(user)) if address::is_change(link, user) => {
                Some(user.username.clone())
            }
            _ => None,
        };
        let own = user
            .as_deref()
            .filter(|user| user.email.as_deref().map(canonical) == Some(canonical(&to.to_string())));
        let contents = Contents {
            language: self.language_of(user.as_deref(), mail.language),
            provider: &self.config.pages.name,
            issuer: &self.issuer,
            // Only at an address that is theirs: what somebody calls themselves must not reach strangers in our name.
            name: own.map(User::display_name),
            letter: mail.letter,
            link: link.map(|link| (self.link_url(&link), link.expires_at.since(self.now()))),
            new_address_of,
        };
        letter::write(&contents).map(Some)
    }

    fn language_of(&self, user: Option<&User>, tag: Option<&str>) -> Language {
        let own = user.and_then(|user| user.claims.locale.as_deref());
        own.or(tag)
            .and_then(Language::of_tag)
            .unwrap_or(self.config.pages.language)
    }

    async fn record_mail(
        &self,
        errand: &Loaded<Errand>,
        mail: &Mail<'_>,
        outcome: Outcome,
    ) -> Result<Option<Timestamp>> {
        let (outcome, event, why) = match outcome {
            Outcome::Pointless => {
                self.forget_errand(&errand.id).await?;
                return Ok(None);
            }
            Outcome::Sent => ("sent", "mail.sent", None),
            Outcome::Failed(why) if why.is_final() => ("refused", "mail.refused", Some(why)),
            Outcome::Failed(why) => {
                if let Some(later) = errand.after_failure(self.now()) {
                    self.metrics.letter("failed");
                    tracing::warn!(
                        errand = errand.id,
                        letter = mail.letter.kind(),
                        attempts = later.attempts,
                        why = %why,
                        "a letter was not sent"
                    );
                    let mut work = Work::default();
                    work.update(errand, &later)?;
                    return match self.commit(work).await {
                        Ok(()) | Err(Error::Conflict) => Ok(Some(later.next_attempt)),
                        Err(other) => Err(other),
                    };
                }
                ("given_up", "mail.given_up", Some(why))
            }
        };
        self.metrics.letter(outcome);
        let mut work = Work::default();
        work.delete(errand)?;
        let mut event = Event::new(event)
            .fact("letter", mail.letter.kind())
            .fact("attempts", errand.attempts + 1);
        event.subject = mail.user_id;
        if let Some(why) = why {
            tracing::warn!(errand = errand.id, letter = mail.letter.kind(), why = %why, "a letter is given up");
            event = event.fact("answer", why.to_string());
        }
        self.audit(&mut work, event)?;
        match self.commit(work).await {
            Ok(()) | Err(Error::Conflict) => Ok(None),
            Err(other) => Err(other),
        }
    }
}
