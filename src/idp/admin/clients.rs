//! Commands about clients.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    super::{
        Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
    },
    NewClient, not_found,
};
use crate::{
    keys::foreign::MIN_SECRET,
    model::client::{Client, ClientSecret},
    protocol::client::ClientMetadata,
    secret::{self, Secret},
    store::Loaded,
};

const LIMIT: usize = 10_000;

/// How many secrets can be live at once, so that one can be replaced without a pause.
const LIVE_SECRETS: usize = 2;

/// What a sealed secret is sealed for.
const SEALED_SECRET: &str = "client secret";

impl Idp {
    pub(super) async fn client_add(&self, new: NewClient) -> Result<Value> {
        let NewClient {
            client_id,
            client_secret,
            metadata,
        } = new;
        metadata
            .validate()
            .and_then(|()| self.permit_algorithms(&metadata))
            .map_err(|error| invalid("metadata", &error.error_description))?;
        let client_id = client_id.unwrap_or_else(secret::random_id);
        if !super::is_identifier(&client_id) {
            return Err(invalid("client_id", "a client_id is 1 to 128 of A-Z a-z 0-9 . _ ~ -"));
        }
        let client_secret = match (metadata.has_secret(), client_secret) {
            (false, Some(_)) if metadata.is_public() => {
                return Err(invalid("client_secret", "a public client has no secret"));
            }
            (false, Some(_)) => return Err(invalid("client_secret", "a client of private_key_jwt has no secret")),
            (false, None) => None,
            (true, given) => Some(given.unwrap_or_else(|| Secret::new(secret::random()))),
        };
        if client_secret
            .as_ref()
            .is_some_and(|secret| !(1..=512).contains(&secret.expose().len()))
        {
            return Err(invalid("client_secret", "a client_secret is 1 to 512 bytes"));
        }
        let sealed = metadata.needs_sealed_secret();
        let secrets = client_secret
            .iter()
            .map(|secret| self.kept_secret(&client_id, secret, sealed));
        let secrets = secrets.collect::<Result<_>>()?;
        let client = Client {
            client_id,
            metadata,
            secrets,
            disabled: false,
            created_at: self.now(),
            registration: None,
        };
        if self.store.get::<Client>(&client.client_id, self.now()).await?.is_some() {
            return Err(Error::Conflict);
        }
        let mut changes = Work::default();
        changes.insert(&client)?;
        self.audit(
            &mut changes,
            Event::new("client.added").actor("operator").subject(&client.client_id),
        )?;
        self.commit(changes).await?;
        let mut answer = client_answer(&client)?;
        if let Some(secret) = client_secret {
            answer["client_secret"] = secret.expose().clone().into();
        }
        Ok(answer)
    }

    /// What is kept of a new secret: its digest, and for `client_secret_jwt` (`sealed`) the secret itself under the master key.
    pub(in crate::idp) fn kept_secret(
        &self,
        client_id: &str,
        secret: &Secret<String>,
        sealed: bool,
    ) -> Result<ClientSecret> {
        let secret = secret.expose();
        if sealed && secret.len() < MIN_SECRET {
            return Err(invalid(
                "client_secret",
                "a client_secret for client_secret_jwt is at least 32 bytes (RFC 7518, 3.2)",
            ));
        }
        let seal = || self.master.seal(SEALED_SECRET, client_id, secret.as_bytes());
        Ok(ClientSecret {
            digest: secret::digest(secret),
            sealed: sealed.then(seal).transpose()?,
            created_at: self.now(),
            expires_at: None,
        })
    }

    /// The secrets of a client that can make a MAC at this moment.
    pub(in crate::idp) fn opened_secrets(&self, client: &Client) -> Result<Vec<Secret<Vec<u8>>>> {
        let sealed = client
            .live_secrets(self.now())
            .filter_map(|secret| secret.sealed.as_deref());
        sealed
            .map(|sealed| Ok(self.master.open(SEALED_SECRET, &client.client_id, sealed)?))
            .collect()
    }

    async fn client(&self, client_id: &str) -> Result<Loaded<Client>> {
        let client = self.store.get::<Client>(client_id, self.now()).await?;
        client.ok_or_else(|| not_found("client", client_id))
    }

    async fn change_client<T>(
        &self,
        client_id: &str,
        event: &'static str,
        change: impl Fn(&mut Client) -> Result<T>,
    ) -> Result<(Client, T)> {
        again_on_conflict(async || {
            let loaded = self.client(client_id).await?;
            let mut client = loaded.to_value();
            let outcome = change(&mut client)?;
            let mut changes = Work::default();
            changes.update(&loaded, &client)?;
            self.audit(&mut changes, Event::new(event).actor("operator").subject(client_id))?;
            self.commit(changes).await?;
            Ok((client, outcome))
        })
        .await
    }

    /// Replaces the given members of the metadata and no other; null gives a member its default.
    pub(super) async fn client_set(&self, client_id: &str, wanted: &Map<String, Value>) -> Result<Value> {
        if let Some(unknown) = wanted
            .keys()
            .find(|name| !ClientMetadata::MEMBERS.contains(&name.as_str()))
        {
            return Err(invalid(
                "metadata",
                &format!("{unknown} is not a member of a client's metadata"),
            ));
        }
        let (client, ()) = self
            .change_client(client_id, "client.changed", |client| {
                let Ok(Value::Object(mut members)) = serde_json::to_value(&client.metadata) else {
                    return Err(invalid("metadata", "the client's metadata is not readable"));
                };
                members.extend(wanted.clone());
                members.retain(|_, value| !value.is_null());
                let metadata: ClientMetadata = serde_json::from_value(Value::Object(members))
                    .map_err(|error| invalid("metadata", &error.to_string()))?;
                metadata
                    .validate()
                    .and_then(|()| self.permit_algorithms(&metadata))
                    .map_err(|error| invalid("metadata", &error.error_description))?;
                if metadata.is_public() != client.metadata.is_public() {
                    return Err(invalid(
                        "token_endpoint_auth_method",
                        "a client cannot change between public and confidential",
                    ));
                }
                let mut live = client.live_secrets(self.now());
                if metadata.needs_sealed_secret() && !live.any(|secret| secret.sealed.is_some()) {
                    return Err(invalid(
                        "token_endpoint_auth_method",
                        "client_secret_jwt needs a new secret, because only a digest of the present one is kept: \
                         first run `avouch client rotate-secret CLIENT_ID --sealed`",
                    ));
                }
                drop(live);
                client.metadata = metadata;
                Ok(())
            })
            .await?;
        client_answer(&client)
    }

    pub(super) async fn client_disabled(&self, client_id: &str, disabled: bool) -> Result<Value> {
        let event = if disabled { "client.disabled" } else { "client.enabled" };
        let (client, ()) = self
            .change_client(client_id, event, |client| {
                client.disabled = disabled;
                Ok(())
            })
            .await?;
        client_answer(&client)
    }

    pub(super) async fn client_remove(&self, client_id: &str) -> Result<Value> {
        again_on_conflict(async || {
            let client = self.client(client_id).await?;
            let mut changes = Work::default();
            changes.delete(&client)?;
            self.audit(
                &mut changes,
                Event::new("client.removed").actor("operator").subject(client_id),
            )?;
            self.commit(changes).await?;
            Ok(json!({ "client_id": client_id }))
        })
        .await
    }

    /// A new secret beside the old one, which ends after `keep_old`. `sealed` makes it fit for `client_secret_jwt` before the client
    /// changes to it.
    pub(super) async fn client_rotate_secret(
        &self,
        client_id: &str,
        keep_old: Duration,
        sealed: bool,
    ) -> Result<Value> {
        let new = Secret::new(secret::random());
        let now = self.now();
        let (_, old_ends) = self
            .change_client(client_id, "client.secret_rotated", |client| {
                if client.metadata.is_public() {
                    return Err(invalid("client_id", "a public client has no secret"));
                }
                if !client.metadata.has_secret() && !sealed {
                    return Err(invalid("client_id", "a client of private_key_jwt has no secret"));
                }
                let sealed = sealed || client.metadata.needs_sealed_secret();
                let kept = self.kept_secret(client_id, &new, sealed)?;
                client
                    .secrets
                    .retain(|secret| secret.expires_at.is_none_or(|end| now < end));
                client.secrets.sort_by_key(|secret| secret.created_at);
                let surplus = (client.secrets.len() + 1).saturating_sub(LIVE_SECRETS);
                client.secrets.drain(..surplus);
                let end = now + keep_old;
                for secret in &mut client.secrets {
                    secret.expires_at = Some(secret.expires_at.map_or(end, |sooner| sooner.min(end)));
                }
                client
                    .secrets
                    .retain(|secret| secret.expires_at.is_none_or(|end| now < end));
                let old_ends = client.secrets.iter().filter_map(|secret| secret.expires_at).max();
                client.secrets.push(kept);
                Ok(old_ends)
            })
            .await?;
        Ok(json!({"client_id": client_id, "client_secret": new.expose(), "old_secret_expires_at": old_ends}))
    }

    pub(super) async fn client_show(&self, client_id: &str) -> Result<Value> {
        client_answer(&*self.client(client_id).await?)
    }

    pub(super) async fn client_list(&self) -> Result<Value> {
        let clients = self.store.list::<Client>("", LIMIT, self.now()).await?;
        let answers = clients
            .iter()
            .map(|client| client_answer(client))
            .collect::<Result<Vec<_>>>()?;
        Ok(json!({ "clients": answers }))
    }
}

fn invalid(field: &'static str, message: &str) -> Error {
    Error::Invalid {
        field,
        message: message.into(),
    }
}

/// A client as operators see it: never a secret, not even its digest.
fn client_answer(client: &Client) -> Result<Value> {
    let mut answer = serde_json::to_value(&client.metadata).map_err(Error::internal)?;
    answer["client_id"] = client.client_id.clone().into();
    answer["disabled"] = client.disabled.into();
    answer["self_registered"] = client.registration.is_some().into();
    answer["created_at"] = serde_json::to_value(client.created_at).map_err(Error::internal)?;
    Ok(answer)
}
