//! `avouch org`: organizations, their members, and which one is active for a user.

use clap::{Args, Subcommand};

use super::{Request, show};
use crate::{idp::admin::AdminCommand, protocol::client::policy::SignInPolicy};

#[derive(Debug, Subcommand)]
pub enum OrgCommand {
    /// Add an organization
    Add {
        /// Its name
        name: String,
        /// Its id, which tokens carry as tenant_id [default: made up]
        #[arg(long)]
        id: Option<String>,
        /// How good the sign-ins of its members have to be: password, second_factor or passkey
        #[arg(long, value_name = "POLICY", value_parser = parse_policy, default_value = "password", hide_default_value = true)]
        sign_in_policy: SignInPolicy,
    },
    /// Change an organization
    Set {
        /// The organization: its id or name
        org: String,
        /// How good the sign-ins of its members have to be: password, second_factor or passkey
        #[arg(long, value_name = "POLICY", value_parser = parse_policy)]
        sign_in_policy: SignInPolicy,
    },
    /// List organizations
    List,
    /// Add and remove members
    #[command(subcommand)]
    Member(MemberCommand),
    /// Make the organization the one that the user's tokens speak of
    Activate(Membership),
}

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Add a member, or change a member's role
    Add {
        #[command(flatten)]
        of: Membership,
        /// The role in the organization
        #[arg(long, default_value = "member")]
        role: String,
    },
    /// Remove a member
    Remove(Membership),
}

#[derive(Debug, Args)]
pub struct Membership {
    /// The organization: its id or name
    org: String,
    /// The user: a username, e-mail address or id
    user: String,
}

impl OrgCommand {
    /// What to ask for.
    pub fn request(self) -> Request {
        match self {
            Self::Add {
                name,
                id,
                sign_in_policy,
            } => {
                let command = AdminCommand::OrganizationAdd {
                    name,
                    id,
                    sign_in_policy,
                };
                Request::new(command, |answer| show::members(answer, &["id", "name"]))
            }
            Self::Set { org, sign_in_policy } => {
                let command = AdminCommand::OrganizationSet {
                    organization: org,
                    sign_in_policy,
                };
                Request::new(command, |answer| {
                    show::members(answer, &["id", "name", "sign_in_policy"])
                })
            }
            Self::List => Request::new(AdminCommand::OrganizationList, |answer| {
                show::table(&answer["organizations"], &["id", "name", "members", "created_at"])
            }),
            Self::Member(MemberCommand::Add {
                of: Membership { org, user },
                role,
            }) => {
                let sentence = format!("{user} is a member of {org} with the role {role}");
                Request::done(
                    AdminCommand::MemberAdd {
                        organization: org,
                        user,
                        role,
                    },
                    sentence,
                )
            }
            Self::Member(MemberCommand::Remove(Membership { org, user })) => {
                let sentence = format!("{user} is no member of {org} any more");
                Request::done(
                    AdminCommand::MemberRemove {
                        organization: org,
                        user,
                    },
                    sentence,
                )
            }
            Self::Activate(Membership { org, user }) => {
                let sentence = format!("{org} is the active organization of {user}");
                Request::done(
                    AdminCommand::OrganizationActivate {
                        organization: org,
                        user,
                    },
                    sentence,
                )
            }
        }
    }
}

/// One of the three words.
pub fn parse_policy(text: &str) -> Result<SignInPolicy, String> {
    let known = SignInPolicy::WORDS.into_iter().find(|(word, _)| *word == text);
    known
        .map(|(_, policy)| policy)
        .ok_or_else(|| "expected password, second_factor or passkey".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{FromArgMatches, Subcommand};
    use serde_json::{Value, json};

    use super::*;

    fn request(line: &str) -> Result<Request, clap::Error> {
        let command = OrgCommand::augment_subcommands(clap::Command::new("org").no_binary_name(true));
        let matches = command.try_get_matches_from(line.split(' '))?;
        Ok(OrgCommand::from_arg_matches(&matches)?.request())
    }

    #[test]
    fn each_command_names_what_it_is_about() {
        for (line, expected) in [
            (
                "add Acme",
                json!({ "command": "organization_add", "name": "Acme", "id": null, "sign_in_policy": "password" }),
            ),
            (
                "add Acme --id acme",
                json!({ "command": "organization_add", "name": "Acme", "id": "acme", "sign_in_policy": "password" }),
            ),
            (
                "set acme --sign-in-policy passkey",
                json!({ "command": "organization_set", "organization": "acme", "sign_in_policy": "passkey" }),
            ),
            ("list", json!({ "command": "organization_list" })),
            (
                "member add acme alice",
                json!({ "command": "member_add", "organization": "acme", "user": "alice", "role": "member" }),
            ),
            (
                "member add acme alice --role owner",
                json!({ "command": "member_add", "organization": "acme", "user": "alice", "role": "owner" }),
            ),
            (
                "member remove acme alice",
                json!({ "command": "member_remove", "organization": "acme", "user": "alice" }),
            ),
            (
                "activate acme alice",
                json!({ "command": "organization_activate", "organization": "acme", "user": "alice" }),
            ),
        ] {
            assert_eq!(
                serde_json::to_value(request(line).unwrap().command).unwrap(),
                expected,
                "{line}"
            );
        }
        for line in [
            "add",
            "member",
            "member add acme",
            "activate acme",
            "remove acme",
            "set acme",
            "set acme --sign-in-policy none",
        ] {
            assert!(request(line).is_err(), "{line}");
        }
    }

    #[test]
    fn answers_read_as_sentences_and_tables() {
        let shown = |line: &str, answer: Value| (request(line).unwrap().show)(&answer);
        assert_eq!(
            shown("member remove acme alice", json!({})),
            "alice is no member of acme any more"
        );
        let answer = json!({ "organizations": [{ "id": "acme", "name": "Acme", "members": 2, "created_at": 0 }] });
        assert_eq!(
            shown("list", answer),
            "ID    NAME  MEMBERS  CREATED\nacme  Acme  2        1970-01-01T00:00:00Z\n"
        );
        assert_eq!(
            shown("add Acme", json!({ "name": "Acme", "id": "acme" })),
            "id:   acme\nname: Acme\n"
        );
    }
}
