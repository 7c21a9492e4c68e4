//! `avouch client registration-token`: initial access tokens, with which programs register clients (RFC 7591, 1.2).

use clap::Subcommand;
use serde_json::Value;

use super::{Request, duration::parse_seconds, show};
use crate::idp::admin::AdminCommand;

const NEW_EXAMPLES: &str = "\
Examples:
  avouch client registration-token new --uses 1 --lifetime 1d --note \"for the shop\"
  curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' https://id.example/register \\
    -d '{\"client_name\":\"Shop\",\"redirect_uris\":[\"https://shop.example/callback\"]}'";

#[derive(Debug, Subcommand)]
pub enum RegistrationTokenCommand {
    /// Make a token and print it, once
    #[command(after_help = NEW_EXAMPLES)]
    New {
        /// How long it works [default: for ever]
        #[arg(long, value_name = "DURATION", value_parser = parse_seconds)]
        lifetime: Option<u64>,
        /// How many clients it can register [default: any number]
        #[arg(long, value_name = "N")]
        uses: Option<u32>,
        /// What it is for
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
    /// List the tokens that still work
    List,
    /// End a token; the clients that it has registered stay
    Revoke {
        /// Its id in the list
        #[arg(value_name = "ID")]
        id: String,
    },
}

impl RegistrationTokenCommand {
    pub fn request(self) -> Request {
        match self {
            Self::New { lifetime, uses, note } => {
                let command = AdminCommand::RegistrationTokenNew {
                    note,
                    lifetime_seconds: lifetime,
                    uses,
                };
                Request::new(command, made)
            }
            Self::List => Request::new(AdminCommand::RegistrationTokenList, |answer| {
                let columns = ["id", "note", "uses_left", "expires_at", "created_at"];
                show::table(&answer["registration_tokens"], &columns)
            }),
            Self::Revoke { id } => {
                let sentence = format!("{id} is revoked");
                Request::done(AdminCommand::RegistrationTokenRevoke { id }, sentence)
            }
        }
    }
}

fn made(answer: &Value) -> String {
    let mut text = show::members(answer, &["registration_token", "id", "note", "uses_left", "expires_at"]);
    text.push_str("\nThe registration_token is shown only now: only a digest of it is kept.\n");
    text
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;
    use serde_json::json;

    use super::*;

    fn command(line: &str) -> AdminCommand {
        let command = RegistrationTokenCommand::augment_subcommands(clap::Command::new("t").no_binary_name(true));
        let matches = command.try_get_matches_from(line.split(' ')).unwrap();
        RegistrationTokenCommand::from_arg_matches(&matches)
            .unwrap()
            .request()
            .command
    }

    #[test]
    fn a_token_has_the_bounds_that_were_asked_for_and_else_none() {
        let made = |line| serde_json::to_value(command(line)).unwrap();
        let expected = |note: &str, lifetime: Value, uses: Value| json!({"command": "registration_token_new", "note": note, "lifetime_seconds": lifetime, "uses": uses});
        assert_eq!(made("new"), expected("", Value::Null, Value::Null));
        assert_eq!(
            made("new --lifetime 1d --uses 3 --note shop"),
            expected("shop", json!(86_400), json!(3))
        );
        assert_eq!(
            made("revoke abc"),
            json!({"command": "registration_token_revoke", "id": "abc"})
        );
    }

    #[test]
    fn a_token_that_is_shown_is_said_to_be_shown_once() {
        let answer = json!({"id": "abc", "registration_token": "t", "uses_left": null, "note": ""});
        let text = made(&answer);
        assert!(
            text.starts_with("registration_token: t\n") && text.contains("shown only now"),
            "{text}"
        );
    }
}
