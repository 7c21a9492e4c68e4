//! Clients that register themselves and look after themselves (RFC 7591; RFC 7592).

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::{
    config::RegistrationMode,
    idp::{
        Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
        throttle::network_of,
    },
    model::{
        client::{Client, ClientSecret, Registration},
        registration::{RegistrationCount, RegistrationToken},
    },
    outbound::{FetchError, Limits},
    protocol::{
        client::{ClientMetadata, GrantType, TokenEndpointAuthMethod},
        error::ErrorCode,
        registration::{self, Terms},
    },
    secret::{self, Secret},
    store::Loaded,
};

/// What a stranger's client may do. A machine's own tokens are for operators to give: they would be good at every backend.
const GRANT_TYPES: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];
const WITH_IMPLICIT: [GrantType; 3] = [
    GrantType::AuthorizationCode,
    GrantType::RefreshToken,
    GrantType::Implicit,
];
const AUTH_METHODS: [TokenEndpointAuthMethod; 5] = [
    TokenEndpointAuthMethod::ClientSecretBasic,
    TokenEndpointAuthMethod::ClientSecretPost,
    TokenEndpointAuthMethod::ClientSecretJwt,
    TokenEndpointAuthMethod::PrivateKeyJwt,
    TokenEndpointAuthMethod::None,
];

/// The answer for a token that is wrong, spent, too old, or another client's, and for a client that is not there.
fn refused() -> Error {
    ErrorCode::InvalidToken
        .because("the token is not valid for this registration")
        .into()
}

impl Idp {
    /// Makes a client of a stranger's document; gives what RFC 7591, 3.2.1 tells of it, but for its URL. `token` is the initial access
    /// token, which is looked at only where one is needed.
    pub async fn register(
        &self,
        token: Option<&str>,
        document: &Map<String, Value>,
        address: IpAddr,
    ) -> Result<Map<String, Value>> {
        self.initial_token(token).await?;
        let metadata = registration::read(document, &self.terms(), None)?;
        self.count_registration(address).await?;
        self.validate_here(&metadata, None).await?;
        let access_token = Secret::new(secret::random());
        let client_secret = metadata.has_secret().then(|| Secret::new(secret::random()));
        let (client_id, now) = (secret::random_id(), self.now());
        let secrets = client_secret
            .iter()
            .map(|new| self.kept_for(&client_id, &metadata, new));
        let client = Client {
            secrets: secrets.collect::<Result<_>>()?,
            client_id,
            metadata,
            disabled: false,
            created_at: now,
            registration: Some(Registration {
                token_digest: secret::digest(access_token.expose()),
                unused_until: self.config.registration.unused_lifetime.map(|lifetime| now + lifetime),
            }),
        };
        // One at a time: those of one initial token count it down together.
        let turn = self.registering.lock().await;
        again_on_conflict(async || {
            let mut changes = Work::default();
            let initial = self.spend_initial_token(&mut changes, token).await?;
            changes.insert(&client)?;
            let event = Event::new("client.registered")
                .subject(&client.client_id)
                .address(address)
                .fact("registration_token", initial);
            self.audit(&mut changes, event)?;
            self.commit(changes).await
        })
        .await?;
        drop(turn);
        told(&client, client_secret.as_ref(), access_token.expose())
    }

    /// What a client has registered (RFC 7592, 2.1). Its secret is not among it: only a digest is kept.
    pub async fn registration(&self, client_id: &str, token: &str) -> Result<Map<String, Value>> {
        let client = self.registered_client(client_id, token).await?;
        told(&client, None, token)
    }

    /// Replaces what a client has registered (RFC 7592, 2.2). What is the operator's stays; its secret stays, unless the new method of
    /// authentication needs another.
    pub async fn replace_registration(
        &self,
        client_id: &str,
        token: &str,
        document: &Map<String, Value>,
        address: IpAddr,
    ) -> Result<Map<String, Value>> {
        let new = Secret::new(secret::random());
        let (client, is_new) = again_on_conflict(async || {
            let loaded = self.registered_client(client_id, token).await?;
            self.is_own_secret(&loaded, registration::replacement(document, client_id)?)?;
            let metadata = registration::read(document, &self.terms(), Some(&loaded.metadata))?;
            if metadata.is_public() != loaded.metadata.is_public() {
                return Err(ErrorCode::InvalidClientMetadata
                    .because("token_endpoint_auth_method: a client cannot change between public and confidential")
                    .into());
            }
            self.validate_here(&metadata, Some(&loaded.metadata)).await?;
            let mut client = loaded.to_value();
            let is_new = self.needs_another_secret(&loaded, &metadata);
            if is_new || !metadata.has_secret() {
                client.secrets.clear();
            }
            if is_new {
                client.secrets.push(self.kept_for(client_id, &metadata, &new)?);
            }
            client.metadata = metadata;
            let mut changes = Work::default();
            changes.update(&loaded, &client)?;
            let event = Event::new("client.registration_replaced").actor(client_id);
            self.audit(&mut changes, event.subject(client_id).address(address))?;
            self.commit(changes).await?;
            Ok((client, is_new))
        })
        .await?;
        told(&client, is_new.then_some(&new), token)
    }

    /// Removes a client (RFC 7592, 2.3). Its tokens, codes and consents are worth nothing from now on: each names when its client was made.
    pub async fn remove_registration(&self, client_id: &str, token: &str, address: IpAddr) -> Result<()> {
        again_on_conflict(async || {
            let client = self.registered_client(client_id, token).await?;
            let mut changes = Work::default();
            changes.delete(&client)?;
            let event = Event::new("client.registration_removed").actor(client_id);
            self.audit(&mut changes, event.subject(client_id).address(address))?;
            self.commit(changes).await
        })
        .await
    }

    /// Somebody signs in to a client: it stays.
    pub(in crate::idp) async fn client_is_used(&self, client: &Client) -> Result<()> {
        let is_waiting = |client: &Client| client.registration.as_ref().is_some_and(|it| it.unused_until.is_some());
        if !is_waiting(client) {
            return Ok(());
        }
        again_on_conflict(async || {
            let loaded = self.store.get::<Client>(&client.client_id, self.now()).await?;
            let Some(loaded) = loaded.filter(|loaded| is_waiting(loaded)) else {
                return Ok(());
            };
            let mut used = loaded.to_value();
            if let Some(registration) = &mut used.registration {
                registration.unused_until = None;
            }
            let mut changes = Work::default();
            changes.update(&loaded, &used)?;
            self.commit(changes).await
        })
        .await
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            scopes: &self.config.registration.scopes,
            grant_types: if self.config.authorization.implicit {
                &WITH_IMPLICIT
            } else {
                &GRANT_TYPES
            },
            response_types: self.response_types(),
            auth_methods: &AUTH_METHODS,
            require_pkce: self.config.registration.require_pkce,
        }
    }

    /// The initial access token, where registration needs one.
    async fn initial_token(&self, token: Option<&str>) -> Result<Option<Loaded<RegistrationToken>>> {
        if self.config.registration.mode == RegistrationMode::Open {
            return Ok(None);
        }
        let digest = secret::digest(token.ok_or_else(refused)?);
        let kept = self
            .store
            .find::<RegistrationToken>("token", &digest, self.now())
            .await?;
        kept.map(Some).ok_or_else(refused)
    }

    /// Takes one use from the initial access token, with the commit of the client that it pays for; gives its id.
    async fn spend_initial_token(&self, changes: &mut Work, token: Option<&str>) -> Result<Option<String>> {
        let Some(kept) = self.initial_token(token).await? else {
            return Ok(None);
        };
        match kept.uses_left {
            // A revocation at this very moment wins.
            None => changes.require(&kept),
            Some(0 | 1) => changes.delete(&kept)?,
            Some(uses) => changes.update(
                &kept,
                &RegistrationToken {
                    uses_left: Some(uses - 1),
                    ..kept.to_value()
                },
            )?,
        }
        Ok(Some(kept.id.clone()))
    }

    /// Counts one on the address, or refuses it when there were too many in this hour.
    async fn count_registration(&self, address: IpAddr) -> Result<()> {
        let settings = &self.config.registration;
        if settings.exempt.iter().any(|network| network.contains(address)) {
            return Ok(());
        }
        let network = network_of(address);
        let turn = self.registering.lock().await;
        let counted = again_on_conflict(async || {
            let now = self.now();
            let kept = self.store.get::<RegistrationCount>(&network, now).await?;
            let mut changes = Work::default();
            match &kept {
                None => changes.insert(&RegistrationCount {
                    network: network.clone(),
                    since: now,
                    count: 1,
                })?,
                Some(kept) => {
                    let retry_after = kept.wait(settings.per_address, now);
                    if !retry_after.is_zero() {
                        return Err(Error::TooMany { retry_after });
                    }
                    changes.update(
                        kept,
                        &RegistrationCount {
                            count: kept.count + 1,
                            ..kept.to_value()
                        },
                    )?;
                }
            }
            self.commit(changes).await
        })
        .await;
        drop(turn);
        counted
    }

    /// Looks at what a stranger wants us to sign with, call or fetch, before anything of it is kept.
    async fn validate_here(&self, metadata: &ClientMetadata, current: Option<&ClientMetadata>) -> Result<()> {
        self.permit_algorithms(metadata)?;
        let ours_to_ask = [
            ("jwks_uri", &metadata.jwks_uri),
            ("logo_uri", &metadata.logo_uri),
            ("sector_identifier_uri", &metadata.sector_identifier_uri),
            ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
        ];
        let single = ours_to_ask
            .into_iter()
            .filter_map(|(name, uri)| Some((name, uri.as_ref()?)));
        for (name, uri) in single.chain(metadata.request_uris.iter().map(|uri| ("request_uris", uri))) {
            self.outbound.permits(uri).map_err(|error| unfit(name, error))?;
        }
        self.validate_sector(metadata, current).await
    }

    /// Every redirect URI must stand in the sector's document (OpenID Connect Registration, 5): else a client could join a sector that
    /// is not its own and learn what its end-users are called there.
    async fn validate_sector(&self, metadata: &ClientMetadata, current: Option<&ClientMetadata>) -> Result<()> {
        let Some(uri) = &metadata.sector_identifier_uri else {
            return Ok(());
        };
        let is_known = current.is_some_and(|current| {
            current.sector_identifier_uri.as_ref() == Some(uri) && current.redirect_uris == metadata.redirect_uris
        });
        if is_known {
            return Ok(());
        }
        let fetched = self.outbound.get(uri, Limits::JSON).await;
        let fetched = fetched.map_err(|error| unfit("sector_identifier_uri", error))?;
        Ok(registration::validate_sector_document(
            &fetched.body,
            &metadata.redirect_uris,
        )?)
    }

    /// The client that a registration access token is for.
    async fn registered_client(&self, client_id: &str, token: &str) -> Result<Loaded<Client>> {
        let digest = secret::digest(token);
        let client = self.store.get::<Client>(client_id, self.now()).await?;
        client
            .filter(|client| !client.disabled)
            .filter(|client| {
                let registration = client.registration.as_ref();
                registration.is_some_and(|registration| secret::same(&registration.token_digest, &digest))
            })
            .ok_or_else(refused)
    }

    fn kept_for(&self, client_id: &str, metadata: &ClientMetadata, secret: &Secret<String>) -> Result<ClientSecret> {
        self.kept_secret(client_id, secret, metadata.needs_sealed_secret())
    }

    /// Whether what is kept of the client's secrets is of no use for its new method: there is none, or a MAC needs the secret itself.
    fn needs_another_secret(&self, client: &Client, new: &ClientMetadata) -> bool {
        let mut live = client.live_secrets(self.now());
        new.has_secret() && !live.any(|secret| secret.sealed.is_some() || !new.needs_sealed_secret())
    }

    fn is_own_secret(&self, client: &Client, named: Option<&str>) -> Result<()> {
        let Some(named) = named else {
            return Ok(());
        };
        let digest = secret::digest(named);
        if client
            .live_secrets(self.now())
            .any(|live| secret::same(&live.digest, &digest))
        {
            return Ok(());
        }
        Err(ErrorCode::InvalidRequest
            .because("client_secret must be that of this client (RFC 7592, 2.2)")
            .into())
    }
}

fn unfit(name: &str, error: FetchError) -> Error {
    ErrorCode::InvalidClientMetadata
        .because(format!("{name}: {error}"))
        .into()
}

/// What a client is told of itself (RFC 7591, 3.2.1; RFC 7592, 3).
fn told(client: &Client, client_secret: Option<&Secret<String>>, access_token: &str) -> Result<Map<String, Value>> {
    let mut members = registration::document(&client.metadata)?;
    let issued_at = serde_json::to_value(client.created_at).map_err(Error::internal)?;
    members.insert("client_id".to_owned(), client.client_id.clone().into());
    members.insert("client_id_issued_at".to_owned(), issued_at);
    members.insert("registration_access_token".to_owned(), access_token.into());
    if let Some(secret) = client_secret {
        members.insert("client_secret".to_owned(), secret.expose().clone().into());
        // Never.
        members.insert("client_secret_expires_at".to_owned(), 0.into());
    }
    Ok(members)
}
