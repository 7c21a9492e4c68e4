//! `avouch doctor`: what keeps something from working, in words.

use std::fmt::Write;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{failure::Failure, print};
use crate::config::{Config, Finding, RelyingParty};

#[derive(Debug, Subcommand)]
pub enum DoctorCommand {
    /// Passkeys: scheme, domain and proxy
    Passkey,
}

impl DoctorCommand {
    /// Prints the findings. What is wrong fails the command.
    pub fn run(&self, config: &Config, json: bool) -> Result<(), Failure> {
        let Self::Passkey = self;
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
