//! Where somebody who is signed in has to show more: on to the further factor, or what to do where the account has none.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{Page, Way, client::ClientFace, follow, interaction_id, login::second_step, redirect, render};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure, routes},
    idp::login::{Lacking, StepUp},
};

#[derive(Template)]
#[template(path = "step_up.html")]
struct StepUpPage {
    page: Page,
    client: Option<ClientFace>,
    action: String,
    interaction: String,
    csrf: String,
    error: Option<String>,
    /// Whether only a passkey would do.
    needs_passkey: bool,
    /// Where a passkey can be added.
    passkeys: Option<String>,
    /// Where an authenticator app can be set up.
    authenticator: Option<String>,
}

/// Leads on.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let Some(interaction) = interaction_id(&request) else {
        return Ok(redirect(&site.path(routes::HOME), Way::Get).finish());
    };
    draw(&site, &visitor, &interaction, None).await
}

/// Gives up: the application is told.
pub async fn give_up(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let interaction = form.get("interaction").unwrap_or_default();
    if !visitor.posted_by_us(&form) {
        return draw(&site, &visitor, interaction, Some("sign-in-old-page")).await;
    }
    let outcome = site.idp.give_up(interaction, &visitor.browser).await?;
    let (mut response, body) = follow(&site, &outcome, Way::Post)?;
    Ok(response.body(body))
}

async fn draw(
    site: &Site,
    visitor: &Visitor,
    interaction: &str,
    error: Option<&str>,
) -> Result<HttpResponse, PageFailure> {
    let next = match site.idp.step_up(interaction, &visitor.browser).await? {
        StepUp::Second(id) => second_step(site, &id, Some(interaction), None),
        StepUp::SignIn => format!("{}?interaction={interaction}&again=1", site.path(routes::LOGIN)),
        StepUp::Elsewhere(outcome) => {
            let (mut response, body) = follow(site, &outcome, Way::Get)?;
            return Ok(response.body(body));
        }
        StepUp::Nothing(lacking) => return nothing(site, visitor, &lacking, error),
    };
    Ok(redirect(&next, Way::Get).finish())
}

/// What the account lacks, and where it can be had.
fn nothing(
    site: &Site,
    visitor: &Visitor,
    lacking: &Lacking,
    error: Option<&str>,
) -> Result<HttpResponse, PageFailure> {
    let pending = &lacking.pending;
    let page = site.page();
    let there = |route: &str| format!("{}?interaction={}", site.path(route), pending.id());
    let template = StepUpPage {
        error: error.map(|id| page.text(id)),
        page,
        client: Some(ClientFace::of(site, pending.client())),
        action: site.path(routes::STEP_UP),
        interaction: pending.id().to_owned(),
        csrf: visitor.csrf(),
        needs_passkey: lacking.passkey,
        passkeys: site.idp.has_passkeys().then(|| there(routes::PASSKEYS)),
        authenticator: (!lacking.passkey).then(|| there(routes::AUTHENTICATOR)),
    };
    let status = if error.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let target = pending.request().destination.redirect_uri();
    let (mut response, html) = render(&template, status, Some(target))?;
    visitor.remember(site, &mut response);
    Ok(response.body(html))
}
