//! `avouch user`: end-users.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    Request,
    failure::Failure,
    input::{self, Console},
    show,
};
use crate::idp::admin::{AdminCommand, NewUser, UserChanges};

const ADD_EXAMPLES: &str = "\
Examples:
  avouch user add alice --email alice@example.com --role admin
  printf '%s\\n' \"$PASSWORD\" | avouch user add bob --password-stdin --claims bob.json
  printf '%s\\n' \"$BCRYPT_HASH\" | avouch user add carol --password-hash-stdin";

const SET_EXAMPLES: &str = "\
Examples:
  avouch user set alice --email alice@example.org --email-verified
  avouch user set alice --claim given_name=Alice --claim tier=gold --claim nickname=";

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; on a terminal the password is asked for
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddUser),
    /// List users
    List {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100, value_parser = parse_limit)]
        limit: usize,
        /// Only those after this id, which the previous list ended with
        #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
        after: String,
    },
    /// Show everything about a user
    Show(Named),
    /// Change a user; what is not named stays as it is
    #[command(after_help = SET_EXAMPLES)]
    Set(SetUser),
    /// Refuse a user from now on; their tokens stop working
    Disable(Named),
    /// Let a disabled user in again
    Enable(Named),
    /// Remove a user for good
    Remove(Named),
    /// List a user's passkeys
    Passkeys(Named),
    /// Remove one of a user's passkeys; everything the user is signed in to ends
    RemovePasskey {
        #[command(flatten)]
        named: Named,
        /// The passkey's id, as `avouch user passkeys` shows it
        id: String,
    },
    /// Make a link with which a user chooses a new password, and print it
    ResetLink(Named),
    /// Make a link with which a user proves their email address, and print it
    VerifyLink(Named),
    /// Set a user's password; on a terminal it is asked for
    Password {
        #[command(flatten)]
        named: Named,
        /// Take the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List what a user signs in with
    Factors(Named),
    /// Remove a factor that a user has lost: totp, recovery-codes, password, or a newer one
    RemoveFactor {
        #[command(flatten)]
        named: Named,
        /// Which, as `avouch user factors` lists it
        factor: String,
    },
    /// Make a new set of recovery codes for a user, which replaces the former; shown once
    RecoveryCodes(Named),
    /// Take over the authenticator app that a user has set up in another system
    ImportAuthenticator {
        #[command(flatten)]
        named: Named,
        /// Read the shared secret, in base32, from standard input
        #[arg(long, required = true)]
        secret_stdin: bool,
    },
}

#[derive(Debug, Args)]
pub struct Named {
    /// A username, e-mail address or id
    user: String,
}

#[derive(Debug, Args)]
pub struct AddUser {
    /// The name to sign in with
    name: String,
    /// The address to sign in with
    #[arg(long)]
    email: Option<String>,
    /// The address is known to be theirs
    #[arg(long)]
    email_verified: bool,
    /// One of the configured roles [default: the configured default]
    #[arg(long)]
    role: Option<String>,
    /// Take the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// Take the hash of the password, as another system made it, from the first line of standard input: bcrypt, argon2,
    /// scrypt or PBKDF2
    #[arg(long, conflicts_with = "password_stdin")]
    password_hash_stdin: bool,
    /// A JSON object of standard claims and profile attributes by their claim names
    #[arg(long, value_name = "FILE.json")]
    claims: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SetUser {
    #[command(flatten)]
    named: Named,
    /// A new name to sign in with
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// A new address to sign in with
    #[arg(long)]
    email: Option<String>,
    /// Whether the address is known to be theirs
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", hide_possible_values = true)]
    email_verified: Option<bool>,
    /// One of the configured roles
    #[arg(long)]
    role: Option<String>,
    /// A JSON object of claims to change; null removes one
    #[arg(long, value_name = "FILE.json")]
    claims: Option<PathBuf>,
    /// A claim to change: VALUE is JSON or else text, nothing removes the claim; goes before --claims
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = input::parse_member)]
    claim: Vec<(String, Value)>,
}

impl UserCommand {
    /// Reads what the arguments point to.
    pub fn request(self, console: &mut Console<'_>) -> Result<Request, Failure> {
        Ok(match self {
            Self::Add(add) => return add.request(console),
            Self::Set(set) => return set.request(),
            Self::List { limit, after } => Request::new(AdminCommand::UserList { after, limit }, list),
            Self::Show(Named { user }) => Request::new(AdminCommand::UserShow { user }, user_shown),
            Self::Disable(Named { user }) => {
                let sentence = format!("{user} is disabled");
                Request::done(AdminCommand::UserDisable { user }, sentence)
            }
            Self::Enable(Named { user }) => {
                let sentence = format!("{user} is enabled");
                Request::done(AdminCommand::UserEnable { user }, sentence)
            }
            Self::Remove(Named { user }) => {
                let sentence = format!("{user} is removed");
                Request::done(AdminCommand::UserRemove { user }, sentence)
            }
            Self::ResetLink(Named { user }) => one_time_link(AdminCommand::UserResetLink { user }),
            Self::VerifyLink(Named { user }) => one_time_link(AdminCommand::UserVerifyLink { user }),
            Self::Passkeys(Named { user }) => Request::new(AdminCommand::UserPasskeys { user }, |answer| {
                show::table(
                    &answer["passkeys"],
                    &["id", "name", "rp_id", "created_at", "last_used_at", "suspected_at"],
                )
            }),
            Self::RemovePasskey {
                named: Named { user },
                id,
            } => {
                let sentence = format!("the passkey is removed, and {user} is signed out everywhere");
                Request::done(AdminCommand::UserRemovePasskey { user, id }, sentence)
            }
            Self::Factors(Named { user }) => Request::new(AdminCommand::UserFactors { user }, factors),
            Self::RemoveFactor {
                named: Named { user },
                factor,
            } => Request::new(AdminCommand::UserRemoveFactor { user, factor }, factors),
            Self::RecoveryCodes(Named { user }) => {
                let remark = format!(
                    "These codes are not shown again. Each lets {user} in once, beside the password; those from before are void."
                );
                Request {
                    remark: Some(remark),
                    ..Request::new(AdminCommand::UserRecoveryCodes { user }, codes)
                }
            }
            Self::ImportAuthenticator {
                named: Named { user }, ..
            } => {
                let secret = console.secret_line("secret")?;
                Request::new(AdminCommand::UserImportAuthenticator { user, secret }, factors)
            }
            Self::Password {
                named: Named { user },
                password_stdin,
            } => {
                let password = if password_stdin {
                    Some(console.secret_line("password")?)
                } else if console.terminal {
                    console.new_password(&format!("New password for {user}: "))?
                } else {
                    return Err(Failure::Usage(
                        "there is no terminal to ask on: give --password-stdin".to_owned(),
                    ));
                };
                let password = password.ok_or_else(|| Failure::Input("the password is empty".to_owned()))?;
                let sentence = format!("the password of {user} is set");
                Request::done(AdminCommand::UserPassword { user, password }, sentence)
            }
        })
    }
}

/// A link that works once, whoever has it.
fn one_time_link(command: AdminCommand) -> Request {
    Request {
        remark: Some("The link works once, for whoever has it: hand it to the user in a safe way.".to_owned()),
        ..Request::new(command, |answer| {
            show::members(answer, &["url", "address", "expires_at"])
        })
    }
}

impl AddUser {
    fn request(self, console: &mut Console<'_>) -> Result<Request, Failure> {
        let claims = read_claims(self.claims)?;
        let password_hash = if self.password_hash_stdin {
            Some(console.secret_line("password hash")?)
        } else {
            None
        };
        let password = if password_hash.is_some() {
            None
        } else if self.password_stdin {
            Some(console.secret_line("password")?)
        } else if console.terminal {
            console.new_password(&format!("Password for {} (empty for none): ", self.name))?
        } else {
            None
        };
        let remark = (password.is_none() && password_hash.is_none()).then(|| {
            let name = show::cell("username", &Value::from(self.name.as_str()));
            format!("{name} has no password and cannot sign in with one yet: see `avouch user password --help`")
        });
        let user = NewUser {
            username: self.name,
            email: self.email,
            email_verified: self.email_verified,
            role: self.role,
            password,
            password_hash,
            claims,
        };
        Ok(Request {
            remark,
            ..Request::new(AdminCommand::UserAdd(user), user_shown)
        })
    }
}

impl SetUser {
    fn request(self) -> Result<Request, Failure> {
        let mut claims = read_claims(self.claims)?;
        claims.extend(self.claim);
        let changes = UserChanges {
            username: self.username,
            email: self.email,
            email_verified: self.email_verified,
            role: self.role,
            claims,
        };
        if changes.claims.is_empty()
            && changes.username.is_none()
            && changes.email.is_none()
            && changes.email_verified.is_none()
            && changes.role.is_none()
        {
            return Err(Failure::Usage(
                "nothing to change: see `avouch user set --help`".to_owned(),
            ));
        }
        let user = self.named.user;
        let sentence = format!("{user} is changed");
        Ok(Request::done(AdminCommand::UserSet { user, changes }, sentence))
    }
}

fn read_claims(path: Option<PathBuf>) -> Result<Map<String, Value>, Failure> {
    path.map_or_else(|| Ok(Map::new()), |path| input::read_object(&path))
}

fn parse_limit(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|limit| (1..=10_000).contains(limit))
        .ok_or_else(|| "expected 1 to 10000".to_owned())
}

fn user_shown(answer: &Value) -> String {
    show::members(
        answer,
        &[
            "id",
            "username",
            "email",
            "email_verified",
            "role",
            "disabled",
            "has_password",
            "password_scheme",
        ],
    )
}

fn factors(answer: &Value) -> String {
    let summary = show::members(
        &json!({"factors_needed": answer["factors_needed"], "can_sign_in": answer["can_sign_in"]}),
        &[],
    );
    let columns = ["factor", "usable", "second", "left"];
    format!("{summary}\n{}", show::table(&answer["factors"], &columns))
}

fn codes(answer: &Value) -> String {
    let codes = answer["recovery_codes"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

fn list(answer: &Value) -> String {
    let columns = ["id", "username", "email", "role", "disabled", "created_at"];
    let mut text = show::table(&answer["users"], &columns);
    if let Some(next) = answer["next"].as_str() {
        text.push_str("\nThere are more: avouch user list --after ");
        text.push_str(&show::cell("next", &Value::from(next)));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
