//! `avouch key`: the ring of signing keys; and the set-up link, which is a key of another kind.

use std::{fmt::Write, path::PathBuf};

use clap::Subcommand;
use serde_json::Value;

use super::{Request, failure::Failure, input, show};
use crate::{idp::admin::AdminCommand, protocol::jwa::SigningAlgorithm, secret::Secret};

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// List the keys and their states
    List,
    /// Have the next key take over; it signs once verifiers had time to learn of it
    Rotate {
        /// Keys are no longer safe: sign with new ones at once and withdraw all old ones, of every algorithm
        #[arg(long)]
        emergency: bool,
        /// The algorithm whose key is to be replaced: RS256, PS256, ES256 or EdDSA
        #[arg(long, default_value = "RS256", value_parser = algorithm, conflicts_with = "emergency")]
        algorithm: SigningAlgorithm,
    },
    /// Bring in a private key (RSA, P-256 or Ed25519), for example from another provider
    Import {
        /// What it is to sign with; only an RSA key has a choice: RS256 (the default) or PS256
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<SigningAlgorithm>,
        /// The private key in PEM (PKCS #8, PKCS #1 or SEC 1)
        #[arg(value_name = "FILE.pem")]
        file: PathBuf,
    },
    /// Print the public keys in PEM, or with --json as they stand in the JWKS
    ExportPublic,
}

impl KeyCommand {
    /// Reads what the arguments point to.
    pub fn request(self) -> Result<Request, Failure> {
        Ok(match self {
            Self::List => Request::new(AdminCommand::KeyList, |answer| {
                show::table(
                    &answer["keys"],
                    &["kid", "alg", "state", "created_at", "activated_at", "retired_at"],
                )
            }),
            Self::Rotate { emergency, algorithm } => {
                Request::new(AdminCommand::KeyRotate { emergency, algorithm }, rotated)
            }
            Self::Import { algorithm, file } => {
                let pem = Secret::new(input::read_text(&file)?);
                Request::new(AdminCommand::KeyImport { pem, algorithm }, |answer| {
                    show::members(answer, &["kid", "alg", "state"])
                })
            }
            Self::ExportPublic => Request {
                in_json: jwks,
                ..Request::new(AdminCommand::KeyExportPublic, pems)
            },
        })
    }
}

fn algorithm(word: &str) -> Result<SigningAlgorithm, String> {
    SigningAlgorithm::parse(word).ok_or_else(|| "one of RS256, PS256, ES256 and EdDSA".to_owned())
}

/// `avouch setup-link`.
pub fn setup_link() -> Request {
    Request::new(AdminCommand::SetupLink, |answer| {
        let mut text = show::cell("url", &answer["url"]);
        if let Some(expires_at) = answer["expires_at"].as_i64() {
            let until = show::moment(expires_at);
            let _ = write!(text, "\nIt creates the first administrator, once, until {until}.");
        }
        text
    })
}

fn rotated(answer: &Value) -> String {
    match answer["message"].as_str() {
        Some(message) => show::cell("message", &Value::from(message)),
        None => show::members(answer, &["rotated", "active_kid", "signs_at"]),
    }
}

fn jwks(answer: &Value) -> &Value {
    answer.get("jwks").unwrap_or(answer)
}

fn pems(answer: &Value) -> String {
    let pems = answer["pem"].as_object().into_iter().flat_map(|pems| pems.values());
    pems.filter_map(Value::as_str)
        .flat_map(|pem| [pem.trim_end(), "\n"])
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::{FromArgMatches, Subcommand};
    use serde_json::json;

    use super::*;

    fn request(line: &str) -> Result<Request, String> {
        let command = KeyCommand::augment_subcommands(clap::Command::new("key").no_binary_name(true));
        let matches = command
            .try_get_matches_from(line.split(' '))
            .map_err(|it| it.to_string())?;
        let command = KeyCommand::from_arg_matches(&matches).map_err(|it| it.to_string())?;
        command.request().map_err(|it| it.to_string())
    }

    #[test]
    fn each_command_parses() {
        for (line, expected) in [
            ("list", json!({ "command": "key_list" })),
            (
                "rotate",
                json!({ "command": "key_rotate", "emergency": false, "algorithm": "RS256" }),
            ),
            (
                "rotate --algorithm EdDSA",
                json!({ "command": "key_rotate", "emergency": false, "algorithm": "EdDSA" }),
            ),
            (
                "rotate --emergency",
                json!({ "command": "key_rotate", "emergency": true, "algorithm": "RS256" }),
            ),
            ("export-public", json!({ "command": "key_export_public" })),
        ] {
            assert_eq!(
                serde_json::to_value(request(line).unwrap().command).unwrap(),
                expected,
                "{line}"
            );
        }
        for line in [
            "import",
            "import /nowhere.pem",
            "rotate now",
            "rotate --algorithm none",
            "rotate --algorithm es256",
            "rotate --emergency --algorithm ES256",
        ] {
            assert!(request(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_imported_key_is_read_from_its_file_and_stays_secret() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("old.pem");
        std::fs::write(&path, "-----BEGIN PRIVATE KEY-----\n").unwrap();
        let request = request(&format!("import --algorithm PS256 {}", path.display())).unwrap();
        assert!(!format!("{:?}", request.command).contains("BEGIN"));
        let AdminCommand::KeyImport { pem, algorithm } = request.command else {
            panic!()
        };
        assert_eq!(algorithm, Some(SigningAlgorithm::Ps256));
        assert_eq!(pem.expose(), "-----BEGIN PRIVATE KEY-----\n");
    }

    #[test]
    fn public_keys_print_one_after_the_other_or_as_a_jwks() {
        let answer = json!({ "pem": { "k1": "-----A-----\n", "k2": "-----B-----" }, "jwks": { "keys": [] } });
        assert_eq!(pems(&answer), "-----A-----\n-----B-----\n");
        let request = request("export-public").unwrap();
        assert_eq!((request.in_json)(&answer), &json!({ "keys": [] }));
    }

    #[test]
    fn a_rotation_and_a_set_up_link_say_what_comes_next() {
        let answer = json!({ "rotated": false, "active_kid": "k1", "signs_at": 0, "message": "k2 signs tomorrow" });
        assert_eq!(rotated(&answer), "k2 signs tomorrow");
        assert_eq!(
            rotated(&json!({ "rotated": true, "signs_at": null })),
            "rotated:  yes\nsigns_at: -\n"
        );
        let shown = (setup_link().show)(&json!({ "url": "http://localhost:3001/setup?token=t", "expires_at": 0 }));
        assert!(shown.starts_with("http://localhost:3001/setup?token=t\n"));
        assert!(shown.ends_with("until 1970-01-01T00:00:00Z."));
    }
}
