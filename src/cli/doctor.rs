//! `avouch doctor`: what keeps something from working, in words.

use std::fmt::Write;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{failure::Failure, print};
use crate::{
    clock::{Clock, SystemClock},
    config::{Config, Finding, RelyingParty},
    idp::mail::doctor::{self, Finding as MailFinding},
};

#[derive(Debug, Subcommand)]
pub enum DoctorCommand {
    /// Passkeys: scheme, domain and proxy
    Passkey,
    /// Mail: the server, its certificate, the password
    Mail {
        /// Send a letter to this address
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
}

impl DoctorCommand {
    /// Prints the findings. What is wrong fails the command.
    pub fn run(&self, config: &Config, json: bool) -> Result<(), Failure> {
        match self {
            Self::Passkey => passkey(config, json),
            Self::Mail { to } => mail(config, to.as_deref(), json),
        }
    }
}

fn mail(config: &Config, to: Option<&str>, json: bool) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let findings = runtime
        .map_err(|error| Failure::because(&error))?
        .block_on(doctor::examine(config, to, SystemClock.now()));
    if json {
        print(&format!("{:#}", mail_in_json(&findings)))?;
    } else {
        print(&mail_in_words(&findings))?;
    }
    if findings.iter().any(|finding| matches!(finding, MailFinding::Wrong(_))) {
        return Err(Failure::Failed(
            "no mail can be sent with this configuration".to_owned(),
        ));
    }
    Ok(())
}

fn mail_in_words(findings: &[MailFinding]) -> String {
    findings.iter().fold(String::new(), |mut text, finding| {
        let (word, sentence) = match finding {
            MailFinding::Good(sentence) => ("good", sentence),
            MailFinding::Note(sentence) => ("note", sentence),
            MailFinding::Wrong(sentence) => ("wrong", sentence),
        };
        let _ = writeln!(text, "{word}: {sentence}");
        text
    })
}

fn mail_in_json(findings: &[MailFinding]) -> Value {
    let told =
        |is_wanted: fn(&MailFinding) -> Option<&String>| findings.iter().filter_map(is_wanted).collect::<Vec<_>>();
    json!({
        "good": told(|it| match it { MailFinding::Good(good) => Some(good), _ => None }),
        "notes": told(|it| match it { MailFinding::Note(note) => Some(note), _ => None }),
        "wrong": told(|it| match it { MailFinding::Wrong(why) => Some(why), _ => None }),
    })
}

fn passkey(config: &Config, json: bool) -> Result<(), Failure> {
    let issuer = config.server.issuer_at(config.server.listen.port());
    let rp = RelyingParty::of(&config.passkeys, &issuer);
    let findings = RelyingParty::examine(config);
    if json {
        print(&format!("{:#}", in_json(rp.as_ref().ok(), &findings)))?;
    } else {
        print(&in_words(rp.as_ref().ok(), &findings))?;
    }
    match rp {
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::Failed(
            "passkeys do not work with this configuration".to_owned(),
        )),
    }
}

fn in_json(rp: Option<&RelyingParty>, findings: &[Finding]) -> Value {
    let told = |is_wanted: fn(&Finding) -> Option<&String>| findings.iter().filter_map(is_wanted).collect::<Vec<_>>();
    json!({
        "rp_id": rp.map(|rp| &rp.id),
        "origins": rp.map(|rp| &rp.origins),
        "wrong": told(|it| match it { Finding::Wrong(why) => Some(why), Finding::Note(_) => None }),
        "notes": told(|it| match it { Finding::Note(note) => Some(note), Finding::Wrong(_) => None }),
    })
}

fn in_words(rp: Option<&RelyingParty>, findings: &[Finding]) -> String {
    let mut text = match rp {
        Some(rp) => format!(
            "Passkeys work. They belong to {} and are used at {}.\n",
            rp.id,
            rp.origins.join(", ")
        ),
        None => "Passkeys do not work.\n".to_owned(),
    };
    for finding in findings {
        let (word, sentence) = match finding {
            Finding::Wrong(sentence) => ("wrong", sentence),
            Finding::Note(sentence) => ("note", sentence),
        };
        let _ = writeln!(text, "{word}: {sentence}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_about_mail_is_told_in_words_and_in_json() {
        let findings = [
            MailFinding::Note("in clear.".to_owned()),
            MailFinding::Good("it answers.".to_owned()),
            MailFinding::Wrong("it does not.".to_owned()),
        ];
        assert_eq!(
            mail_in_words(&findings),
            "note: in clear.\ngood: it answers.\nwrong: it does not.\n"
        );
        let expected = json!({"good": ["it answers."], "notes": ["in clear."], "wrong": ["it does not."]});
        assert_eq!(mail_in_json(&findings), expected);
    }

    #[test]
    fn what_is_found_is_told_in_words_and_in_json() {
        let rp = RelyingParty {
            id: "example.com".to_owned(),
            origins: vec!["https://id.example.com".to_owned()],
        };
        let note = [Finding::Note("mind the proxy.".to_owned())];
        assert_eq!(
            in_words(Some(&rp), &note),
            "Passkeys work. They belong to example.com and are used at https://id.example.com.\nnote: mind the proxy.\n"
        );
        let wrong = [Finding::Wrong("an address.".to_owned())];
        assert_eq!(in_words(None, &wrong), "Passkeys do not work.\nwrong: an address.\n");
        assert_eq!(
            in_json(None, &wrong),
            json!({"rp_id": null, "origins": null, "wrong": ["an address."], "notes": []})
        );
    }
}
