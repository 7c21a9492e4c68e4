//! Whether letters can be sent, in words.

use std::error::Error as _;

use super::letter;
use crate::{
    config::{Config, MailSecurity},
    outbound::mail::{Envelope, Failure, Mailer, SendError},
    protocol::{Timestamp, claims::email::EmailAddress},
    secret,
};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It works, as far as it was tried.
    Good(String),
    /// Worth knowing.
    Note(String),
    /// It does not work.
    Wrong(String),
}

/// Talks to the configured mail server, and sends a letter when `to` is given.
pub async fn examine(config: &Config, to: Option<&str>, now: Timestamp) -> Vec<Finding> {
    let mail = &config.mail;
    let mailer = match Mailer::open(mail, &config.pages.name) {
        Ok(Some(mailer)) => mailer,
        Ok(None) => {
            let sentence = "no mail server is configured (mail.host): no letters are sent. `avouch user reset-link` and `avouch user \
                            verify-link` make the links instead.";
            return vec![Finding::Wrong(sentence.to_owned())];
        }
        Err(error) => return vec![Finding::Wrong(format!("{error}."))],
    };
    let server = format!("{}:{}", mail.host.as_deref().unwrap_or_default(), mail.port_used());
    let mut findings = Vec::new();
    if mail.security == MailSecurity::None {
        findings.push(Finding::Note(
            "letters go to the mail server in clear (mail.security = \"none\").".to_owned(),
        ));
    }
    if mail.username.is_none() {
        findings.push(Finding::Note(
            "nobody signs in at the mail server (mail.username): most servers then take letters to their own people only."
                .to_owned(),
        ));
    }
    let Some(to) = to else {
        findings.push(match mailer.probe().await {
            Ok(()) => Finding::Good(format!(
                "{server} answers and lets us in. Try a letter with: avouch doctor mail --to ADDRESS"
            )),
            Err(error) => Finding::Wrong(told(&error, &server)),
        });
        return findings;
    };
    let Ok(to) = EmailAddress::parse(to) else {
        return vec![Finding::Wrong(format!(
            "{to} is not an address that mail can be sent to."
        ))];
    };
    let issuer = config.server.issuer_at(config.server.listen.port());
    let written = match letter::write_trial(config, issuer.as_str()) {
        Ok(written) => written,
        Err(error) => return vec![Finding::Wrong(format!("the letter cannot be written: {error}."))],
    };
    let id = secret::random_id();
    let envelope = Envelope {
        id: &id,
        to: &to,
        at: now,
        subject: &written.subject,
        text: &written.text,
        html: &written.html,
    };
    findings.push(match mailer.send(&envelope).await {
        Ok(()) => Finding::Good(format!("{server} has taken a letter to {to}.")),
        Err(error) => Finding::Wrong(told(&error, &server)),
    });
    findings
}

/// What to do about it. The operator may read what the server said.
fn told(error: &SendError, server: &str) -> String {
    let advice = match error.kind {
        Failure::Unreachable => "Check mail.host, mail.port and what lies between (a firewall, most of the time).",
        Failure::NoStarttls => {
            "Nothing was sent in clear. If the server speaks TLS from the first byte, set mail.security = \"tls\" (port 465)."
        }
        Failure::Tls => {
            "The certificate must be for the name in mail.host and come from an authority of the web, or from one in mail.ca_file. Port \
             465 wants mail.security = \"tls\", port 587 \"starttls\"."
        }
        Failure::Login(_) => "Check mail.username and the first line of mail.password_file.",
        Failure::NotNow(_) => "It may be busy, or test us (greylisting): try again in a few minutes.",
        Failure::Refused(_) => "Check that it may send for the address in mail.from, and that the recipient exists.",
        Failure::TimedOut => "Check mail.port: a port for TLS stays silent when we wait for its greeting.",
        Failure::Unwritable => "Check mail.from and mail.reply_to.",
    };
    match error.source() {
        Some(said) => format!("{server}: {error}. {advice} What was said: {said}"),
        None => format!("{server}: {error}. {advice}"),
    }
}
