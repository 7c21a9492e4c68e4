//! What a request asks for beyond its scope: single claims (OpenID Connect Core, 5.5) and resources (RFC 8707). What a
//! client may see is decided here, at every door anew: the operator may have taken something back meanwhile.

use serde_json::{Map, Value};

use super::{Idp, Result};
use crate::{
    model::{client::Client, user::User},
    protocol::{
        claims::STANDARD_CLAIMS,
        claims::request::{ClaimsRequest, Members},
        error::{Error, ErrorCode},
        resource::{self, Audience},
        scope::Scope,
    },
};

/// Claims that every ID token has, or that only say how the end-user is to be authenticated.
const OF_THE_PROTOCOL: [&str; 3] = ["sub", "acr", "auth_time"];

/// What an access token is for.
pub(super) struct Target {
    pub audience: Audience,
    /// What of the scope has a meaning there.
    pub scope: Scope,
}

impl Idp {
    /// The scope that brings a claim as well: of a standard claim by Core, 5.4, of a profile attribute as configured.
    fn bringing_scope(&self, claim: &str) -> Option<&str> {
        let standard = STANDARD_CLAIMS.iter().find(|(known, _)| *known == claim);
        match standard {
            Some((_, word)) => Some(word),
            None => self.config.attributes.get(claim)?.scope.as_deref(),
        }
    }

    /// Whether the operator lets a client see a profile attribute whatever the scope.
    fn is_told_anyway(&self, client: &Client, claim: &str) -> bool {
        let attribute = self.config.attributes.get(claim);
        attribute.is_some_and(|attribute| attribute.clients.contains(&client.client_id))
    }

    /// Whether a client may ask for a claim by its name: what its scopes could bring, and nothing else. Role and
    /// organizations belong to no scope, so no request opens them.
    fn may_ask(&self, client: &Client, claim: &str) -> bool {
        let by_scope = self
            .bringing_scope(claim)
            .is_some_and(|word| client.metadata.scope.contains(word));
        OF_THE_PROTOCOL.contains(&claim) || by_scope || self.is_told_anyway(client, claim)
    }

    /// The part of a `claims` parameter that this client may ask for; the rest is ignored.
    pub(super) fn permitted_claims(&self, client: &Client, mut claims: ClaimsRequest) -> ClaimsRequest {
        claims.retain(|claim| self.may_ask(client, claim));
        claims
    }

    /// The claims about the end-user that are asked for and that this scope does not bring: those that consent must
    /// cover by their names.
    pub fn claims_beyond(&self, client: &Client, scope: &Scope, claims: &ClaimsRequest) -> Vec<String> {
        let beyond = |claim: &&str| {
            let word = self.bringing_scope(claim);
            word.is_some_and(|word| !scope.contains(word)) && !self.is_told_anyway(client, claim)
        };
        let mut names: Vec<String> = claims.names().filter(beyond).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What is told of the asked claims: those that the client may see and the user has.
    pub(super) fn asked_claims(&self, client: &Client, user: &User, asked: &Members) -> Map<String, Value> {
        if asked.is_empty() {
            return Map::new();
        }
        let standard = user.standard_claims();
        let declared = |claim: &str| self.config.attributes.contains_key(claim);
        let value = |claim: &str| match standard.get(claim) {
            Some(value) => Some(value.clone()),
            None if declared(claim) => user.attributes.get(claim).filter(|value| !value.is_null()).cloned(),
            None => None,
        };
        let permitted = asked.keys().filter(|claim| self.may_ask(client, claim));
        permitted
            .filter_map(|claim| value(claim).map(|value| (claim.clone(), value)))
            .collect()
    }

    fn may_target(&self, client: &Client, resource: &str) -> bool {
        let registered = self.config.resources.get(resource);
        registered.is_some_and(|it| it.clients.is_empty() || it.clients.contains(&client.client_id))
    }

    /// Refuses resources that the operator has not registered, or not for this client: one answer to both (RFC 8707, 2).
    pub(super) fn permit_resources(
        &self,
        client: &Client,
        resources: Vec<String>,
    ) -> std::result::Result<Vec<String>, Error> {
        if resources.iter().all(|resource| self.may_target(client, resource)) {
            return Ok(resources);
        }
        Err(ErrorCode::InvalidTarget.because("resource is not known here, or not for this client"))
    }

    /// What an access token of a grant is for: the asked part of the granted resources, less what was taken back.
    pub(super) fn narrowed_resources(
        &self,
        client: &Client,
        granted: &[String],
        asked: Vec<String>,
    ) -> Result<Vec<String>> {
        let resources = resource::narrowed(granted, asked)?;
        Ok(self.permit_resources(client, resources)?)
    }

    /// The audience of an access token, and the scope that has a meaning there. Without a resource it is the client's
    /// own audience or the provider's, and the whole scope; a resource is told of no scope that is another's.
    pub(super) fn target(&self, client: &Client, resources: &[String], scope: &Scope) -> Target {
        if resources.is_empty() {
            let configured = client
                .metadata
                .audience
                .as_ref()
                .or(self.config.tokens.audience.as_ref());
            return Target {
                audience: Audience::One(configured.unwrap_or(&self.issuer).clone()),
                scope: scope.clone(),
            };
        }
        let registered = resources
            .iter()
            .filter_map(|resource| self.config.resources.get(resource));
        let known = registered.fold(Scope::default(), |known, resource| known.union(&resource.scopes));
        Target {
            audience: Audience::of(resources),
            scope: scope.intersection(&known),
        }
    }
}
