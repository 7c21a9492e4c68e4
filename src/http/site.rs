//! What every handler of this daemon shares.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    assets::Assets,
    brand::{Brand, links},
    language,
    pages::Page,
    routes,
};
use crate::{
    config::{Issuer, RegistrationMode},
    idp::Idp,
    language::Language,
    protocol::{
        discovery::{Endpoints, Metadata},
        jwa::SigningAlgorithm,
    },
};

/// The daemon's face: the provider, where it stands, and what never changes while it runs.
pub struct Site {
    /// The use cases.
    pub idp: Arc<Idp>,
    issuer: Issuer,
    demo: bool,
    has_logo: bool,
    /// The endpoints that clients prove themselves at.
    pub audiences: Vec<String>,
    /// Stylesheet and icons.
    pub assets: Assets,
    discovery: RwLock<Option<Discovery>>,
}

/// The discovery document, and the only part of it that changes while the daemon runs.
struct Discovery {
    algorithms: Vec<SigningAlgorithm>,
    document: String,
}

impl Site {
    /// The face of a provider at its issuer.
    pub fn new(idp: Arc<Idp>, issuer: Issuer, demo: bool, brand: Brand) -> Self {
        let has_logo = brand.has_logo;
        let assets = Assets::new(issuer.path(), brand);
        let endpoints = [routes::TOKEN, routes::INTROSPECT, routes::REVOKE];
        let audiences = endpoints.map(|route| format!("{}{route}", issuer.as_str())).to_vec();
        Self {
            idp,
            issuer,
            demo,
            has_logo,
            audiences,
            assets,
            discovery: RwLock::default(),
        }
    }

    /// The discovery document. Made anew when other algorithms sign: one is told from the moment when a key signs with it.
    pub fn discovery(&self) -> Result<String, serde_json::Error> {
        let keys = self.idp.keys();
        let made = self.discovery.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.as_ref().filter(|made| made.algorithms == keys.algorithms()) {
            return Ok(made.document.clone());
        }
        drop(made);
        let document = serde_json::to_string(&metadata(&self.idp, &self.issuer))?;
        *self.discovery.write().unwrap_or_else(PoisonError::into_inner) = Some(Discovery {
            algorithms: keys.algorithms().to_vec(),
            document: document.clone(),
        });
        Ok(document)
    }

    /// The issuer's path without a slash at its end; empty for most.
    pub fn base(&self) -> &str {
        self.issuer.path()
    }

    /// Whether browsers come by https.
    pub fn is_https(&self) -> bool {
        self.issuer.is_https()
    }

    /// Whether `/demo` is there.
    pub const fn has_demo(&self) -> bool {
        self.demo
    }

    /// Scheme, host and port, without a slash at their end.
    pub fn origin(&self) -> &str {
        self.issuer.as_str().strip_suffix(self.base()).unwrap_or_default()
    }

    /// A path of the daemon, for links and redirects of its own pages.
    pub fn path(&self, route: &str) -> String {
        format!("{}{route}", self.base())
    }

    /// A URL of the daemon, from the issuer alone: never from Host or X-Forwarded-Host.
    pub fn url(&self, route: &str) -> String {
        format!("{}{route}", self.issuer.as_str())
    }

    /// What the layout of every page needs, and the words of the page: in the language of the request that this task answers.
    pub fn page(&self) -> Page {
        let pages = &self.idp.config().pages;
        Page {
            name: pages.name.clone(),
            show_name: pages.show_name,
            css: self.assets.stylesheet.clone(),
            logo: self.assets.logo.clone(),
            logo_type: self.assets.logo_type,
            logo_dark: self.assets.logo_dark.clone(),
            has_logo: self.has_logo,
            base: self.base().to_owned(),
            language: language::current(),
            languages: language::choices(),
            links: links(pages),
        }
    }
}

fn metadata(idp: &Idp, issuer: &Issuer) -> Metadata {
    let url = |route: &str| format!("{}{route}", issuer.as_str());
    let attributes = &idp.config().attributes;
    let mut scopes: BTreeSet<String> = attributes
        .values()
        .filter_map(|attribute| attribute.scope.clone())
        .collect();
    for resource in idp.config().resources.values() {
        scopes.extend(resource.scopes.iter().map(str::to_owned));
    }
    let endpoints = Endpoints {
        authorization: url(routes::AUTHORIZE),
        token: url(routes::TOKEN),
        userinfo: url(routes::USERINFO),
        jwks: url(routes::JWKS),
        introspection: url(routes::INTROSPECT),
        revocation: url(routes::REVOKE),
        end_session: url(routes::END_SESSION),
        registration: (idp.config().registration.mode != RegistrationMode::Closed).then(|| url(routes::REGISTER)),
    };
    let names: Vec<String> = attributes.keys().cloned().collect();
    let mut metadata = Metadata::new(
        issuer.as_str(),
        endpoints,
        &scopes.into_iter().collect::<Vec<_>>(),
        &names,
        idp.keys().algorithms(),
    )
    .offering(idp.response_types());
    metadata.ui_locales_supported = Language::ALL.map(Language::tag).to_vec();
    if idp.config().sign_up.is_open() {
        metadata.prompt_values_supported.push("create");
    }
    metadata.client_id_metadata_document_supported = idp.config().client_id_metadata.enabled;
    metadata
}
