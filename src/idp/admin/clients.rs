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
    model::client::{Client, ClientSecret},
    protocol::client::ClientMetadata,
    secret::{self, Secret},
    store::Loaded,
};

const LIMIT: usize = 10_000;

/// How many secrets can be live at once, so that one can be replaced without a pause.
const LIVE_SECRETS: usize = 2;

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
        let client_secret = match (metadata.is_public(), client_secret) {
            (true, Some(_)) => return Err(invalid("client_secret", "a public client has no secret")),
            (true, None) => None,
            (false, given) => Some(given.unwrap_or_else(|| Secret::new(secret::random()))),
        };
        if client_secret
            .as_ref()
            .is_some_and(|secret| !(1..=512).contains(&secret.expose().len()))
        {
            return Err(invalid("client_secret", "a client_secret is 1 to 512 bytes"));
        }
        let secrets = client_secret.iter().map(|secret| self.kept_secret(secret)).collect();
        let client = Client {
            client_id,
            metadata,
            secrets,
            disabled: false,
            created_at: self.now(),
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

    fn kept_secret(&self, secret: &Secret<String>) -> ClientSecret {
        ClientSecret {
            digest: secret::digest(secret.expose()),
            created_at: self.now(),
            expires_at: None,
        }
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

    /// A new secret beside the old one, which ends after `keep_old`.
    pub(super) async fn client_rotate_secret(&self, client_id: &str, keep_old: Duration) -> Result<Value> {
        let new = Secret::new(secret::random());
        let now = self.now();
        let (_, old_ends) = self
            .change_client(client_id, "client.secret_rotated", |client| {
                if client.metadata.is_public() {
                    return Err(invalid("client_id", "a public client has no secret"));
                }
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
                client.secrets.push(self.kept_secret(&new));
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
        message: message.to_owned(),
    }
}

/// A client as operators see it: never a secret, not even its digest.
fn client_answer(client: &Client) -> Result<Value> {
    let mut answer = serde_json::to_value(&client.metadata).map_err(Error::internal)?;
    answer["client_id"] = client.client_id.clone().into();
    answer["disabled"] = client.disabled.into();
    answer["created_at"] = serde_json::to_value(client.created_at).map_err(Error::internal)?;
    Ok(answer)
}
