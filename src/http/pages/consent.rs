//! The consent page: what the client will learn, and the end-user's yes or no.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{Page, Way, client::ClientFace, follow, interaction_id, redirect, show as show_page, waiting_for};
use crate::{
    config::Attributes,
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure, routes},
    idp::{self, Idp, account::Uses, consent::Decision},
    model::client::Client,
    protocol::{
        authorize::{AuthorizationRequest, Step},
        scope::Scope,
    },
};

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    page: Page,
    face: ClientFace,
    client_uri: Option<String>,
    username: String,
    scopes: Vec<ScopeLine>,
    action: String,
    interaction: String,
    csrf: String,
    redirect_host: String,
}

/// One thing that is asked for.
pub(super) struct ScopeLine {
    pub title: String,
    pub detail: String,
}

/// Asks for consent.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let interaction = interaction_id(&request).ok_or(idp::Error::InteractionGone)?;
    let pending = match waiting_for(&site, &visitor, &interaction, &[Step::Consent]).await? {
        Ok(pending) => pending,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let metadata = &pending.client().metadata;
    let target = pending.request().destination.redirect_uri();
    let page = site.page();
    let template = ConsentPage {
        face: ClientFace::of(&site, pending.client()),
        client_uri: metadata.client_uri.clone(),
        username: pending.username().unwrap_or_default().to_owned(),
        scopes: asked_for(&site.idp, &page, pending.client(), pending.request()),
        action: site.path(routes::CONSENT),
        interaction,
        csrf: visitor.csrf(),
        redirect_host: host_of(target),
        page,
    };
    show_page(&site, &visitor, &template, Some(target))
}

/// Takes the decision of this page and of the account page.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let interaction = form.get("interaction").ok_or(idp::Error::InteractionGone)?;
    let decision = match form.get("decision") {
        Some("allow") => Some(Decision::Allow),
        Some("deny") => Some(Decision::Deny),
        Some("continue") => Some(Decision::Continue),
        Some("switch" | "other") => Some(Decision::OtherAccount),
        _ => None,
    };
    let outcome = match decision {
        Some(decision) if visitor.posted_by_us(&form) => {
            site.idp.decide(interaction, decision, &visitor.browser).await?
        }
        // Not our form, or one without a decision: the page is shown again and nothing has happened.
        _ if visitor.is_new() => return Ok(redirect(&site.path(routes::HOME), Way::Post).finish()),
        _ => site.idp.advance(interaction, &visitor.browser).await?,
    };
    let (mut response, body) = follow(&site, &outcome, Way::Post)?;
    Ok(response.body(body))
}

/// Where the person will be, in the form in which people know it.
pub(super) fn host_of(redirect_uri: &str) -> String {
    match url::Url::parse(redirect_uri) {
        Ok(url) => match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => format!("{}:", url.scheme()),
        },
        Err(_) => String::new(),
    }
}

/// Everything that the yes will cover, in words.
fn asked_for(idp: &Idp, page: &Page, client: &Client, request: &AuthorizationRequest) -> Vec<ScopeLine> {
    let uses = Uses {
        scope: request.scope.clone(),
        claims: idp
            .claims_beyond(client, &request.scope, &request.claims)
            .into_iter()
            .collect(),
        resources: request.resources.iter().cloned().collect(),
        is_offline: false,
    };
    granted(idp, page, &client.client_id, &uses)
}

/// What a client may have, in words.
pub(super) fn granted(idp: &Idp, page: &Page, client_id: &str, uses: &Uses) -> Vec<ScopeLine> {
    let config = idp.config();
    let mut lines = lines(page, &uses.scope, client_id, &config.attributes);
    let called = |claim: &String| match (
        CLAIMS.iter().find(|(name, _)| name == claim),
        config.attributes.get(claim),
    ) {
        (Some((_, id)), _) => page.text(id),
        (None, Some(attribute)) => attribute.title.clone(),
        (None, None) => claim.clone(),
    };
    let mut titles: Vec<String> = uses.claims.iter().map(called).collect();
    titles.dedup();
    if !titles.is_empty() {
        lines.push(ScopeLine {
            title: page.text("consent-claims"),
            detail: page.language.list(titles),
        });
    }
    lines.extend(uses.resources.iter().filter_map(|identifier| {
        let resource = config.resources.get(identifier)?;
        Some(ScopeLine {
            title: page.text_with("consent-resource", [("resource", &resource.title)]),
            detail: identifier.clone(),
        })
    }));
    lines
}

/// What people call the standard claims (OpenID Connect Core, 5.1).
const CLAIMS: [(&str, &str); 19] = [
    ("name", "consent-claim-name"),
    ("family_name", "consent-claim-family-name"),
    ("given_name", "consent-claim-given-name"),
    ("middle_name", "consent-claim-middle-name"),
    ("nickname", "consent-claim-nickname"),
    ("preferred_username", "consent-claim-username"),
    ("profile", "consent-claim-profile"),
    ("picture", "consent-claim-picture"),
    ("website", "consent-claim-website"),
    ("gender", "consent-claim-gender"),
    ("birthdate", "consent-claim-birthdate"),
    ("zoneinfo", "consent-claim-zoneinfo"),
    ("locale", "consent-claim-locale"),
    ("updated_at", "consent-claim-updated-at"),
    ("email", "consent-claim-email"),
    ("email_verified", "consent-claim-email"),
    ("address", "consent-claim-address"),
    ("phone_number", "consent-claim-phone-number"),
    ("phone_number_verified", "consent-claim-phone-number"),
];

/// The scopes that everybody knows: title and detail, in the order in which they are told.
const SCOPES: [(&str, &str, &str); 5] = [
    ("profile", "consent-profile", "consent-profile-detail"),
    ("email", "consent-email", "consent-email-detail"),
    ("phone", "consent-phone", "consent-phone-detail"),
    ("address", "consent-address", "consent-address-detail"),
    ("offline_access", "consent-offline", "consent-offline-detail"),
];

/// What is asked for, in words. Role and organizations are in every access token, so they are told always.
fn lines(page: &Page, scope: &Scope, client_id: &str, attributes: &Attributes) -> Vec<ScopeLine> {
    let line = |title: &str, detail: &str| ScopeLine {
        title: page.text(title),
        detail: page.text(detail),
    };
    let mut lines = vec![line("consent-identity", "consent-identity-detail")];
    let rank = |word: &&str| {
        SCOPES
            .iter()
            .position(|(name, ..)| name == word)
            .unwrap_or(SCOPES.len())
    };
    let mut words: Vec<&str> = scope.iter().filter(|word| *word != "openid").collect();
    words.sort_by_key(rank);
    for word in words {
        let told = SCOPES
            .iter()
            .find(|(name, ..)| *name == word)
            .map(|(_, title, detail)| line(title, detail));
        let of_attributes = || {
            attributes
                .values()
                .any(|attribute| attribute.scope.as_deref() == Some(word))
        };
        let own = || ScopeLine {
            title: word.to_owned(),
            detail: page.text("consent-own-permission"),
        };
        lines.extend(told.or_else(|| (!of_attributes()).then(own)));
    }
    let seen = attributes.values().filter(|attribute| {
        let by_scope = attribute.scope.as_deref().is_some_and(|word| scope.contains(word));
        by_scope || attribute.clients.iter().any(|client| client == client_id)
    });
    let titles: Vec<&str> = seen.map(|attribute| attribute.title.as_str()).collect();
    if !titles.is_empty() {
        lines.push(ScopeLine {
            title: page.text("consent-more"),
            detail: page.language.list(titles),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source};

    #[test]
    fn every_scope_that_is_asked_for_is_told() {
        let attributes = Config::parse(&Source::default()).unwrap().attributes;
        let page = Page::english();
        let told = lines(
            &page,
            &Scope::parse("openid email offline_access api:read").unwrap(),
            "app",
            &attributes,
        );
        let titles: Vec<&str> = told.iter().map(|line| line.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "Who you are",
                "Your email address",
                "Access while you are away",
                "api:read"
            ]
        );
        let told = lines(&page, &Scope::parse("openid profile").unwrap(), "app", &attributes);
        let last = told.last().unwrap();
        assert_eq!(last.title, "More about you");
        assert!(
            attributes
                .values()
                .all(|attribute| last.detail.contains(&attribute.title))
        );
    }

    #[test]
    fn every_standard_claim_has_words() {
        use crate::protocol::claims::STANDARD_CLAIMS;
        assert_eq!(CLAIMS.map(|(claim, _)| claim), STANDARD_CLAIMS.map(|(claim, _)| claim));
    }

    #[test]
    fn the_destination_is_told_as_people_know_it() {
        assert_eq!(host_of("https://app.example:8443/cb"), "app.example:8443");
        assert_eq!(host_of("com.example.app:/cb"), "com.example.app:");
    }
}
