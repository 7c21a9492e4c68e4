//! `avouch invitation`: accounts for people who make them themselves.

use clap::Subcommand;
use serde_json::Value;

use super::{Request, duration::parse_seconds, show};
use crate::idp::admin::{AdminCommand, NewInvitation};

const NEW_EXAMPLES: &str = "\
Examples:
  avouch invitation new --email alice@example.com
  avouch invitation new --email alice@example.com --organization Shop --org-role admin --lifetime 3d
  avouch invitation new --email alice@example.com --print-link";

#[derive(Debug, Subcommand)]
pub enum InvitationCommand {
    /// Invite somebody: by mail, or by a link that you hand over
    #[command(after_help = NEW_EXAMPLES)]
    New {
        /// The email address; the invitation is for nobody else
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// The role of the account [default: users.default_role]
        #[arg(long, value_name = "ROLE")]
        role: Option<String>,
        /// The organization to join: its id or its name
        #[arg(long, value_name = "ORGANIZATION")]
        organization: Option<String>,
        /// The role in it [default: member]
        #[arg(long, value_name = "ROLE", requires = "organization")]
        org_role: Option<String>,
        /// How long it works [default: sign_up.invitation_lifetime]
        #[arg(long, value_name = "DURATION", value_parser = parse_seconds)]
        lifetime: Option<u64>,
        /// Print the link in place of sending it
        #[arg(long)]
        print_link: bool,
    },
    /// List the invitations that still work
    List,
    /// End an invitation; its link stops working
    Revoke {
        /// Its id in the list
        #[arg(value_name = "ID")]
        id: String,
    },
}

impl InvitationCommand {
    pub fn request(self) -> Request {
        match self {
            Self::New {
                email,
                role,
                organization,
                org_role,
                lifetime,
                print_link,
            } => Request::new(
                AdminCommand::InvitationNew(NewInvitation {
                    email,
                    role,
                    organization,
                    org_role,
                    lifetime_seconds: lifetime,
                    print_link,
                }),
                made,
            ),
            Self::List => Request::new(AdminCommand::InvitationList, |answer| {
                let columns = ["id", "email", "role", "organization", "org_role", "expires_at"];
                show::table(&answer["invitations"], &columns)
            }),
            Self::Revoke { id } => {
                let sentence = format!("{id} is revoked");
                Request::done(AdminCommand::InvitationRevoke { id }, sentence)
            }
        }
    }
}

fn made(answer: &Value) -> String {
    if answer["url"].is_null() {
        let mut text = show::members(answer, &["id", "email", "expires_at"]);
        text.push_str("\nA letter with the link is on its way.\n");
        return text;
    }
    let mut text = show::members(answer, &["url", "id", "email", "expires_at"]);
    text.push_str("\nThe link works once, for whoever has it, and the address counts as proven then: hand it to its owner alone.\n");
    text
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;
    use serde_json::json;

    use super::*;

    fn command(line: &str) -> Result<Value, String> {
        let command = InvitationCommand::augment_subcommands(clap::Command::new("i").no_binary_name(true));
        let matches = command
            .try_get_matches_from(line.split(' '))
            .map_err(|it| it.to_string())?;
        let request = InvitationCommand::from_arg_matches(&matches)
            .map_err(|it| it.to_string())?
            .request();
        Ok(serde_json::to_value(request.command).unwrap())
    }

    #[test]
    fn an_invitation_has_what_was_asked_for_and_else_nothing() {
        let expected = json!({"command": "invitation_new", "email": "a@example.com", "role": null, "organization": null,
            "org_role": null, "lifetime_seconds": null, "print_link": false});
        assert_eq!(command("new --email a@example.com").unwrap(), expected);
        let line =
            "new --email a@example.com --role admin --organization Shop --org-role owner --lifetime 7d --print-link";
        let expected = json!({"command": "invitation_new", "email": "a@example.com", "role": "admin", "organization": "Shop",
            "org_role": "owner", "lifetime_seconds": 604_800, "print_link": true});
        assert_eq!(command(line).unwrap(), expected);
        assert_eq!(command("list").unwrap(), json!({"command": "invitation_list"}));
        assert_eq!(
            command("revoke i1").unwrap(),
            json!({"command": "invitation_revoke", "id": "i1"})
        );
    }

    #[test]
    fn an_invitation_without_an_address_or_with_half_an_organization_is_wrong_usage() {
        for line in [
            "new",
            "new --email a@example.com --org-role admin",
            "new --email a@example.com --lifetime soon",
            "revoke",
        ] {
            assert!(command(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_link_that_is_printed_is_said_to_be_kept_safe_and_a_letter_to_be_under_way() {
        let sent = made(&json!({"id": "i1", "email": "a@example.com", "expires_at": 0, "sent": true}));
        assert!(sent.contains("on its way") && !sent.contains("url"), "{sent}");
        let printed = made(
            &json!({"id": "i1", "url": "https://id/invitation?token=t", "email": "a@example.com", "expires_at": 0}),
        );
        assert!(
            printed.starts_with("url:") && printed.contains("its owner alone"),
            "{printed}"
        );
    }
}
