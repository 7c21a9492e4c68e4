//! What an operator can do. One vocabulary for every door: the command line, and later the console and the admin API.

mod clients;
mod factors;
mod keys;
mod organizations;
mod passwords;
mod registration_tokens;
pub(in crate::idp) mod users;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Error, Idp, Result, audit::Work};
use crate::{
    model::grant::Consent,
    protocol::{
        client::{ClientMetadata, policy::SignInPolicy},
        jwa::SigningAlgorithm,
    },
    secret::Secret,
};

/// One thing an operator wants done. `user` is an id, a username or an e-mail address; `organization` is an id or a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the members are named as the options of the command line are"
)]
pub enum AdminCommand {
    UserAdd(NewUser),
    UserList {
        after: String,
        limit: usize,
    },
    UserShow {
        user: String,
    },
    UserSet {
        user: String,
        changes: UserChanges,
    },
    UserDisable {
        user: String,
    },
    UserEnable {
        user: String,
    },
    UserRemove {
        user: String,
    },
    UserPassword {
        user: String,
        password: Secret<String>,
    },
    UserResetLink {
        user: String,
    },
    UserVerifyLink {
        user: String,
    },
    UserPasskeys {
        user: String,
    },
    UserRemovePasskey {
        user: String,
        id: String,
    },
    UserFactors {
        user: String,
    },
    UserRemoveFactor {
        user: String,
        factor: String,
    },
    UserRecoveryCodes {
        user: String,
    },
    UserImportAuthenticator {
        user: String,
        secret: Secret<String>,
    },
    OrganizationAdd {
        name: String,
        id: Option<String>,
        #[serde(default)]
        sign_in_policy: SignInPolicy,
    },
    OrganizationSet {
        organization: String,
        sign_in_policy: SignInPolicy,
    },
    OrganizationList,
    MemberAdd {
        organization: String,
        user: String,
        role: String,
    },
    MemberRemove {
        organization: String,
        user: String,
    },
    OrganizationActivate {
        organization: String,
        user: String,
    },
    ClientAdd(Box<NewClient>),
    ClientList,
    ClientShow {
        client_id: String,
    },
    ClientSet {
        client_id: String,
        changes: Map<String, Value>,
    },
    ClientDisable {
        client_id: String,
    },
    ClientEnable {
        client_id: String,
    },
    ClientRemove {
        client_id: String,
    },
    ClientRotateSecret {
        client_id: String,
        keep_old_seconds: u64,
        #[serde(default)]
        sealed: bool,
    },
    RegistrationTokenNew {
        note: String,
        lifetime_seconds: Option<u64>,
        uses: Option<u32>,
    },
    RegistrationTokenList,
    RegistrationTokenRevoke {
        id: String,
    },
    KeyList,
    KeyRotate {
        emergency: bool,
        #[serde(default)]
        algorithm: SigningAlgorithm,
    },
    KeyImport {
        pem: Secret<String>,
        #[serde(default)]
        algorithm: Option<SigningAlgorithm>,
    },
    KeyExportPublic,
    InvitationNew(NewInvitation),
    InvitationList,
    InvitationRevoke {
        id: String,
    },
    SetupLink,
}

/// Somebody to be invited.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewInvitation {
    /// Whose it will be.
    pub email: String,
    /// One of the configured roles; the default role when absent.
    pub role: Option<String>,
    /// The organization to join, an id or a name.
    pub organization: Option<String>,
    /// The role in it; `member` when absent.
    pub org_role: Option<String>,
    /// How long it works; as configured when absent.
    pub lifetime_seconds: Option<u64>,
    /// Whether the link is given back in place of being sent.
    pub print_link: bool,
}

/// A user to be made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewUser {
    /// The name to sign in with.
    pub username: String,
    /// The address to sign in with.
    pub email: Option<String>,
    /// Whether the address is known to be theirs.
    pub email_verified: bool,
    /// One of the configured roles; the default role when absent.
    pub role: Option<String>,
    /// Without one the user cannot sign in yet.
    pub password: Option<Secret<String>>,
    /// In place of a password: its hash as another system made it (bcrypt, argon2, scrypt, PBKDF2).
    #[serde(default)]
    pub password_hash: Option<Secret<String>>,
    /// Standard claims and profile attributes by their claim names.
    pub claims: Map<String, Value>,
}

/// What is to change about a user. An absent member stays as it is; a null claim is removed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in NewUser")]
pub struct UserChanges {
    pub username: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    pub role: Option<String>,
    pub claims: Map<String, Value>,
}

/// A client to be made: RFC 7591's metadata, and an identity for those who move in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewClient {
    /// Made up when absent.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Made up when absent and the client is confidential.
    #[serde(default)]
    pub client_secret: Option<Secret<String>>,
    /// The metadata.
    #[serde(flatten)]
    pub metadata: ClientMetadata,
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AdminError {
    /// What kind of refusal it is.
    pub reason: AdminRefusal,
    /// A sentence for the operator.
    pub message: String,
}

/// The kinds of refusal, each with its exit code at the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminRefusal {
    /// A value is not acceptable.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// There is such a thing already.
    Exists,
    /// The daemon failed; its log says more.
    Internal,
}

impl Idp {
    /// The one executor of every door. Each command commits once, its audit event with it.
    pub async fn execute(&self, command: AdminCommand) -> std::result::Result<Value, AdminError> {
        self.execute_command(command).await.map_err(|error| refusal(&error))
    }

    async fn execute_command(&self, command: AdminCommand) -> Result<Value> {
        match command {
            AdminCommand::UserAdd(new) => self.user_add(new).await,
            AdminCommand::UserList { after, limit } => self.user_list(&after, limit).await,
            AdminCommand::UserShow { user } => self.user_show(&user).await,
            AdminCommand::UserSet { user, changes } => self.user_set(&user, &changes).await,
            AdminCommand::UserDisable { user } => self.user_disabled(&user, true).await,
            AdminCommand::UserEnable { user } => self.user_disabled(&user, false).await,
            AdminCommand::UserRemove { user } => self.user_remove(&user).await,
            AdminCommand::UserPassword { user, password } => self.user_password(&user, &password).await,
            AdminCommand::UserResetLink { user } => self.user_reset_link(&user).await,
            AdminCommand::UserVerifyLink { user } => self.user_verify_link(&user).await,
            AdminCommand::UserPasskeys { user } => self.user_passkeys(&user).await,
            AdminCommand::UserRemovePasskey { user, id } => self.user_remove_passkey(&user, &id).await,
            AdminCommand::UserFactors { user } => self.user_factors(&user).await,
            AdminCommand::UserRemoveFactor { user, factor } => self.user_remove_factor(&user, factor).await,
            AdminCommand::UserRecoveryCodes { user } => self.user_recovery_codes(&user).await,
            AdminCommand::UserImportAuthenticator { user, secret } => {
                self.user_import_authenticator(&user, &secret).await
            }
            AdminCommand::OrganizationAdd {
                name,
                id,
                sign_in_policy,
            } => self.organization_add(&name, id, sign_in_policy).await,
            AdminCommand::OrganizationSet {
                organization,
                sign_in_policy,
            } => self.organization_set(&organization, sign_in_policy).await,
            AdminCommand::OrganizationList => self.organization_list().await,
            AdminCommand::MemberAdd {
                organization,
                user,
                role,
            } => self.member_add(&organization, &user, &role).await,
            AdminCommand::MemberRemove { organization, user } => self.member_remove(&organization, &user).await,
            AdminCommand::OrganizationActivate { organization, user } => {
                self.organization_activate(&organization, &user).await
            }
            AdminCommand::ClientAdd(new) => self.client_add(*new).await,
            AdminCommand::ClientList => self.client_list().await,
            AdminCommand::ClientShow { client_id } => self.client_show(&client_id).await,
            AdminCommand::ClientSet { client_id, changes } => self.client_set(&client_id, &changes).await,
            AdminCommand::ClientDisable { client_id } => self.client_disabled(&client_id, true).await,
            AdminCommand::ClientEnable { client_id } => self.client_disabled(&client_id, false).await,
            AdminCommand::ClientRemove { client_id } => self.client_remove(&client_id).await,
            AdminCommand::ClientRotateSecret {
                client_id,
                keep_old_seconds,
                sealed,
            } => {
                self.client_rotate_secret(&client_id, Duration::from_secs(keep_old_seconds), sealed)
                    .await
            }
            AdminCommand::RegistrationTokenNew {
                note,
                lifetime_seconds,
                uses,
            } => self.registration_token_new(note, lifetime_seconds, uses).await,
            AdminCommand::RegistrationTokenList => self.registration_token_list().await,
            AdminCommand::RegistrationTokenRevoke { id } => self.registration_token_revoke(&id).await,
            AdminCommand::KeyList => self.key_list().await,
            AdminCommand::KeyRotate { emergency, algorithm } => self.key_rotate(emergency, algorithm).await,
            AdminCommand::KeyImport { pem, algorithm } => self.key_import(&pem, algorithm).await,
            AdminCommand::KeyExportPublic => self.key_export_public().await,
            AdminCommand::InvitationNew(new) => self.invitation_new(new).await,
            AdminCommand::InvitationList => self.invitation_list().await,
            AdminCommand::InvitationRevoke { id } => self.invitation_revoke(&id).await,
            AdminCommand::SetupLink => match self.setup_link().await? {
                Some((url, expires_at)) => Ok(json!({"url": url.expose(), "expires_at": expires_at})),
                None => Err(Error::Invalid {
                    field: "setup",
                    message: "there is an administrator already".into(),
                }),
            },
        }
    }

    async fn user_disabled(&self, user: &str, disabled: bool) -> Result<Value> {
        let event = if disabled { "user.disabled" } else { "user.enabled" };
        self.change_user(user, event, |user| {
            // Enabled again, the user signs in anew: what was begun before stays ended.
            user.epoch += u64::from(disabled && !user.disabled);
            user.disabled = disabled;
            Ok(())
        })
        .await
    }

    async fn forget_consents(&self, changes: &mut Work, user_id: &str) -> Result<()> {
        for consent in self
            .store
            .list_by::<Consent>("user", user_id, "", 10_000, self.now())
            .await?
        {
            changes.delete(&consent)?;
        }
        Ok(())
    }
}

fn refusal(error: &Error) -> AdminError {
    let (reason, message) = match error {
        Error::NotFound { .. } => (AdminRefusal::NotFound, error.to_string()),
        Error::Invalid { message, .. } => (AdminRefusal::Invalid, message.to_string()),
        Error::Conflict => (
            AdminRefusal::Exists,
            "there is one already, or it was changed at the same moment".to_owned(),
        ),
        Error::Protocol(error) => (AdminRefusal::Invalid, error.error_description.to_string()),
        Error::Internal(source) => {
            tracing::error!(error = &**source as &dyn std::error::Error, "a command failed");
            (AdminRefusal::Internal, format!("it could not be done: {source}"))
        }
        other => (AdminRefusal::Internal, other.to_string()),
    };
    AdminError { reason, message }
}

pub(in crate::idp) fn not_found(what: &'static str, named: &str) -> Error {
    Error::NotFound {
        what,
        named: named.to_owned(),
    }
}

/// What may stand in tokens and URLs as an identity: RFC 3986's unreserved characters.
pub(in crate::idp) fn is_identifier(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b))
}
