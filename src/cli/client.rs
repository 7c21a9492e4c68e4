//! `avouch client`: the applications that sign end-users in.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    Request, client_json,
    client_options::ClientOptions,
    duration::parse_seconds,
    failure::Failure,
    input::{self, Console},
    registration_token::RegistrationTokenCommand,
    show,
};
use crate::idp::admin::{AdminCommand, NewClient};

const ADD_EXAMPLES: &str = "\
Examples:
  avouch client add Shop --redirect-uri https://shop.example/callback
  avouch client add \"Phone app\" --public --native --redirect-uri com.example.app:/callback
  avouch client add Batch --grant client_credentials --scope \"orders.read\"
  avouch client add --file client.json";

const SET_EXAMPLES: &str = "\
Examples:
  avouch client set CLIENT_ID --redirect-uri https://shop.example/a --redirect-uri https://shop.example/b
  avouch client set CLIENT_ID --no-pkce=false --access-token-lifetime 10m --set client_uri=https://shop.example";

#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Add a client and print its client_id and, once, its client_secret
    #[command(after_help = ADD_EXAMPLES)]
    Add(Box<AddClient>),
    /// List clients
    List,
    /// Show everything about a client
    Show(Identified),
    /// Change a client; what is not named stays as it is, a list is replaced as a whole
    #[command(after_help = SET_EXAMPLES)]
    Set(Box<SetClient>),
    /// Refuse a client from now on; its tokens stop working
    Disable(Identified),
    /// Let a disabled client in again
    Enable(Identified),
    /// Remove a client for good
    Remove(Identified),
    /// Make a new secret; the old one works for a while, so that both sides can change over
    RotateSecret {
        #[command(flatten)]
        client: Identified,
        /// How long the old secret works on; 0s ends it at once
        #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse_seconds)]
        keep_old: u64,
        /// Make it fit for client_secret_jwt, to which the client can then be changed
        #[arg(long)]
        sealed: bool,
    },
    /// Tokens with which programs register clients themselves
    #[command(subcommand)]
    RegistrationToken(RegistrationTokenCommand),
}

#[derive(Debug, Args)]
pub struct Identified {
    /// The client_id
    #[arg(value_name = "CLIENT_ID")]
    id: String,
}

#[derive(Debug, Args)]
pub struct AddClient {
    /// The name that end-users see
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    name: Option<String>,
    /// The client as JSON: the metadata names of RFC 7591 and avouch's own; instead of NAME and the options below
    #[arg(long, value_name = "CLIENT.json")]
    file: Option<PathBuf>,
    /// Keep this client_id instead of a made-up one
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Take the client_secret from the first line of standard input instead of making one up
    #[arg(long)]
    client_secret_stdin: bool,
    #[command(flatten)]
    options: ClientOptions,
}

#[derive(Debug, Args)]
pub struct SetClient {
    #[command(flatten)]
    client: Identified,
    /// A new name that end-users see
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    options: ClientOptions,
    /// Any member by its metadata name: VALUE is JSON or else text, nothing removes it
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = input::parse_member)]
    set: Vec<(String, Value)>,
}

impl ClientCommand {
    /// Reads what the arguments point to.
    pub fn request(self, console: &mut Console<'_>) -> Result<Request, Failure> {
        Ok(match self {
            Self::Add(add) => Request::new(AdminCommand::ClientAdd(Box::new(add.client(console)?)), client_shown),
            Self::List => Request::new(AdminCommand::ClientList, |answer| {
                show::table(
                    &answer["clients"],
                    &[
                        "client_id",
                        "client_name",
                        "grant_types",
                        "self_registered",
                        "disabled",
                        "created_at",
                    ],
                )
            }),
            Self::Show(Identified { id }) => Request::new(AdminCommand::ClientShow { client_id: id }, client_shown),
            Self::Set(set) => return set.request(),
            Self::RegistrationToken(command) => command.request(),
            Self::Disable(Identified { id }) => {
                let sentence = format!("{id} is disabled");
                Request::done(AdminCommand::ClientDisable { client_id: id }, sentence)
            }
            Self::Enable(Identified { id }) => {
                let sentence = format!("{id} is enabled");
                Request::done(AdminCommand::ClientEnable { client_id: id }, sentence)
            }
            Self::Remove(Identified { id }) => {
                let sentence = format!("{id} is removed");
                Request::done(AdminCommand::ClientRemove { client_id: id }, sentence)
            }
            Self::RotateSecret {
                client: Identified { id },
                keep_old,
                sealed,
            } => {
                let command = AdminCommand::ClientRotateSecret {
                    client_id: id,
                    keep_old_seconds: keep_old,
                    sealed,
                };
                Request::new(command, client_shown)
            }
        })
    }
}

impl AddClient {
    fn client(self, console: &mut Console<'_>) -> Result<NewClient, Failure> {
        let mut members = match self.file {
            Some(_) if self.options != ClientOptions::default() => {
                let message = "--file says everything about the client: change the file instead of adding options";
                return Err(Failure::Usage(message.to_owned()));
            }
            Some(path) => input::read_object(&path)?,
            None => self.options.members(),
        };
        if let Some(name) = self.name {
            members.insert("client_name".to_owned(), name.into());
        }
        let mut client = client_json::read(members)?;
        if self.client_id.is_some() && client.client_id.is_some()
            || self.client_secret_stdin && client.client_secret.is_some()
        {
            return Err(Failure::Usage(
                "the file has a client_id or client_secret already".to_owned(),
            ));
        }
        client.client_id = client.client_id.or(self.client_id);
        if self.client_secret_stdin {
            client.client_secret = Some(console.secret_line("client_secret")?);
        }
        Ok(client)
    }
}

impl SetClient {
    fn request(self) -> Result<Request, Failure> {
        let mut changes = self.options.members();
        if let Some(name) = self.name {
            changes.insert("client_name".to_owned(), name.into());
        }
        changes.extend(self.set);
        if changes.is_empty() {
            return Err(Failure::Usage(
                "nothing to change: see `avouch client set --help`".to_owned(),
            ));
        }
        client_json::check_changes(&changes)?;
        let client_id = self.client.id;
        let sentence = format!("{client_id} is changed");
        Ok(Request::done(AdminCommand::ClientSet { client_id, changes }, sentence))
    }
}

fn client_shown(answer: &Value) -> String {
    let order = [
        "client_id",
        "client_secret",
        "old_secret_expires_at",
        "client_name",
        "self_registered",
        "disabled",
        "created_at",
    ];
    let mut text = show::members(answer, &order);
    if answer["client_secret"].is_string() {
        text.push_str("\nThe client_secret is shown only now and never again.\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use clap::{FromArgMatches, Subcommand};
    use serde_json::json;

    use super::*;
    use crate::protocol::client::{ApplicationType, ConsentPolicy, GrantType, TokenEndpointAuthMethod};

    fn request(words: &[&str], stdin: &str) -> Result<Request, String> {
        let command = ClientCommand::augment_subcommands(clap::Command::new("client").no_binary_name(true));
        let matches = command.try_get_matches_from(words).map_err(|it| it.to_string())?;
        let command = ClientCommand::from_arg_matches(&matches).map_err(|it| it.to_string())?;
        let mut ask = |_: &str| Err(io::Error::other("no terminal"));
        let mut console = Console {
            input: &mut stdin.as_bytes(),
            terminal: false,
            ask: &mut ask,
        };
        command.request(&mut console).map_err(|it| it.to_string())
    }

    fn added(line: &str, stdin: &str) -> NewClient {
        let words: Vec<&str> = line.split(' ').collect();
        let AdminCommand::ClientAdd(client) = request(&words, stdin).unwrap().command else {
            panic!()
        };
        *client
    }

    fn changes(line: &str) -> Result<Value, String> {
        let words: Vec<&str> = line.split(' ').collect();
        let AdminCommand::ClientSet { changes, .. } = request(&words, "")?.command else {
            panic!()
        };
        Ok(Value::Object(changes))
    }

    #[test]
    fn a_client_needs_a_name_and_a_redirect_uri_and_has_sound_defaults() {
        let metadata = added(
            "add Shop --redirect-uri https://a.example/cb --redirect-uri https://b.example/cb",
            "",
        )
        .metadata;
        assert_eq!(metadata.client_name, "Shop");
        assert_eq!(metadata.redirect_uris, ["https://a.example/cb", "https://b.example/cb"]);
        assert!(metadata.claims_in_id_token && metadata.require_pkce && !metadata.is_public());
        assert_eq!(
            metadata.grant_types,
            [GrantType::AuthorizationCode, GrantType::RefreshToken]
        );
        assert_eq!(metadata.validate(), Ok(()));
    }

    #[test]
    fn each_option_reaches_its_member() {
        let metadata = added(
            "add App --redirect-uri http://127.0.0.1/cb --post-logout-redirect-uri https://a.example/bye --public --native \
             --scope openid --scope email --grant authorization_code --first-party --no-claims-in-id-token --at-hash \
             --audience https://api.example --access-token-lifetime 300 --id-token-lifetime 5m --refresh-token-lifetime 30d",
            "",
        )
        .metadata;
        assert_eq!(metadata.post_logout_redirect_uris, ["https://a.example/bye"]);
        assert_eq!(metadata.token_endpoint_auth_method, Some(TokenEndpointAuthMethod::None));
        assert_eq!(metadata.application_type, ApplicationType::Native);
        assert_eq!(metadata.scope.to_string(), "email openid");
        assert_eq!(metadata.grant_types, [GrantType::AuthorizationCode]);
        assert_eq!(metadata.response_types, ["code"]);
        assert_eq!(metadata.consent, ConsentPolicy::FirstParty);
        assert!(!metadata.claims_in_id_token && metadata.at_hash && metadata.require_pkce);
        assert_eq!(metadata.audience.as_deref(), Some("https://api.example"));
        let lifetimes = (
            metadata.access_token_lifetime,
            metadata.id_token_lifetime,
            metadata.refresh_token_lifetime,
        );
        assert_eq!(lifetimes, (Some(300), Some(300), Some(30 * 86_400)));
        assert!(
            !added("add Old --redirect-uri https://a.example/cb --no-pkce", "")
                .metadata
                .require_pkce
        );
    }

    #[test]
    fn response_types_stand_beside_their_grants() {
        let words = [
            "add",
            "App",
            "--redirect-uri",
            "https://a.example/cb",
            "--response-type",
            "code id_token",
        ];
        assert!(request(&words, "").is_err(), "they need --grant");
        let words = [&words[..], &["--grant", "authorization_code", "--grant", "implicit"]].concat();
        let AdminCommand::ClientAdd(client) = request(&words, "").unwrap().command else {
            panic!()
        };
        assert_eq!(client.metadata.response_types, ["code id_token"]);
        assert!(client.metadata.grant_types.contains(&GrantType::Implicit));
        assert_eq!(client.metadata.validate(), Ok(()));
    }

    #[test]
    fn a_machine_client_has_no_redirect_uri() {
        let metadata = added(
            "add Batch --grant client_credentials --auth-method client_secret_post",
            "",
        )
        .metadata;
        assert!(metadata.response_types.is_empty() && metadata.scope.is_empty());
        assert_eq!(
            metadata.token_endpoint_auth_method,
            Some(TokenEndpointAuthMethod::ClientSecretPost)
        );
        assert_eq!(metadata.validate(), Ok(()));
    }

    #[test]
    fn who_moves_in_keeps_the_identity() {
        let client = added(
            "add Shop --redirect-uri https://a.example/cb --client-id shop --client-secret-stdin",
            "s3cret\n",
        );
        assert_eq!(client.client_id.as_deref(), Some("shop"));
        assert_eq!(client.client_secret.unwrap().expose(), "s3cret");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("client.json");
        std::fs::write(
            &file,
            r#"{"client_id":"shop","client_name":"Shop","redirect_uris":["https://a.example/cb"]}"#,
        )
        .unwrap();
        let file = file.to_str().unwrap();
        let client = added(&format!("add --file {file} --client-secret-stdin"), "s3cret\n");
        assert_eq!(
            (client.client_id.as_deref(), client.metadata.client_name.as_str()),
            (Some("shop"), "Shop")
        );
        assert!(client.client_secret.is_some() && client.metadata.claims_in_id_token);
        let twice = request(&["add", "--file", file, "--client-id", "other"], "")
            .err()
            .unwrap();
        assert!(twice.contains("already"), "{twice}");
        let mixed = request(&["add", "--file", file, "--public"], "").err().unwrap();
        assert!(mixed.contains("--file"), "{mixed}");
        assert!(request(&["add", "Shop", "--file", file], "").is_err());
    }

    #[test]
    fn changes_are_what_was_named_and_nothing_else() {
        assert_eq!(
            changes("set abc --name Shop --grant client_credentials --no-pkce=false --native=false").unwrap(),
            json!({
                "client_name": "Shop", "grant_types": ["client_credentials"], "response_types": [],
                "require_pkce": true, "application_type": "web",
            })
        );
        assert_eq!(
            changes("set abc --set client_uri=https://a.example --set contacts=[\"a\"] --set audience=").unwrap(),
            json!({ "client_uri": "https://a.example", "contacts": ["a"], "audience": null })
        );
        assert!(changes("set abc").unwrap_err().contains("nothing to change"));
        assert!(
            changes("set abc --set colour=red")
                .unwrap_err()
                .contains("colour: unknown member")
        );
        assert!(
            changes("set abc --set colour=")
                .unwrap_err()
                .contains("colour: unknown member")
        );
        assert!(
            changes("set abc --set at_hash=maybe")
                .unwrap_err()
                .contains("at_hash: ")
        );
    }

    #[test]
    fn an_old_secret_is_kept_for_a_day_unless_it_is_told_otherwise() {
        for (words, seconds) in [
            (&["rotate-secret", "abc"][..], 86_400),
            (&["rotate-secret", "abc", "--keep-old", "15m"], 900),
            (&["rotate-secret", "abc", "--keep-old", "0s"], 0),
        ] {
            let AdminCommand::ClientRotateSecret { keep_old_seconds, .. } = request(words, "").unwrap().command else {
                panic!()
            };
            assert_eq!(keep_old_seconds, seconds);
        }
    }

    #[test]
    fn a_secret_that_is_shown_is_said_to_be_shown_once() {
        let answer = json!({ "client_name": "Shop", "client_secret": "s3cret", "client_id": "abc", "created_at": 0 });
        let expected = "\
client_id:     abc
client_secret: s3cret
client_name:   Shop
created_at:    1970-01-01T00:00:00Z

The client_secret is shown only now and never again.
";
        assert_eq!(client_shown(&answer), expected);
        assert!(!client_shown(&json!({ "client_id": "abc" })).contains("client_secret"));
    }
}
