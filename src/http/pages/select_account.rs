//! The choice of an account (`prompt=select_account`). The form goes where that of the consent page goes.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{Page, interaction_id, show as show_page, waiting_for};
use crate::{
    http::{Site, browser::Visitor, error::PageFailure, routes},
    idp,
    protocol::authorize::Step,
};

#[derive(Template)]
#[template(path = "select_account.html")]
struct SelectAccountPage {
    page: Page,
    username: String,
    action: String,
    interaction: String,
    csrf: String,
    client_name: String,
}

/// Asks which account to go on with.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let interaction = interaction_id(&request).ok_or(idp::Error::InteractionGone)?;
    let pending = match waiting_for(&site, &visitor, &interaction, &[Step::SelectAccount]).await? {
        Ok(pending) => pending,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let template = SelectAccountPage {
        page: site.page(),
        username: pending.username().unwrap_or_default().to_owned(),
        action: site.path(routes::SELECT_ACCOUNT),
        interaction,
        csrf: visitor.csrf(),
        client_name: pending.client().metadata.client_name.clone(),
    };
    show_page(
        &site,
        &visitor,
        &template,
        Some(pending.request().destination.redirect_uri()),
    )
}
