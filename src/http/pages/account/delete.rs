//! The end of an account, by its owner's hand.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{
    super::{Page, Way, logout::allow_frames, redirect, render},
    Frame, Place, draw, let_in,
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::{Visitor, no_session_cookie},
        error::PageFailure,
    },
    idp::{self, account::Leaving},
    protocol::logout::LogoutFrame,
};

#[derive(Template)]
#[template(path = "account/delete.html")]
struct DeletePage {
    page: Page,
    frame: Frame,
    leaving: Leaving,
    typed: String,
}

#[derive(Template)]
#[template(path = "account/deleted.html")]
struct DeletedPage<'a> {
    page: Page,
    frames: &'a [LogoutFrame],
}

/// Says what it means.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    page_of(&site, &visitor, "", None).await
}

/// Does it.
pub async fn delete(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let typed = form.get("username").unwrap_or_default();
    let refusal = if visitor.posted_by_us(&form) {
        match site.idp.delete_own_account(typed, &visitor.browser).await {
            Ok(frames) => return gone(&site, &frames),
            Err(idp::Error::SignInAgain) => return Ok(redirect(&Place::Delete.sign_in(&site), Way::Post).finish()),
            Err(idp::Error::Invalid { field: "username", .. }) => "account-delete-other-name",
            Err(idp::Error::Invalid { field: "account", .. }) => "account-delete-last-administrator",
            Err(other) => return Err(other.into()),
        }
    } else {
        "error-old-page"
    };
    page_of(&site, &visitor, typed, Some(site.page().text(refusal))).await
}

fn gone(site: &Site, frames: &[LogoutFrame]) -> Result<HttpResponse, PageFailure> {
    let template = DeletedPage {
        page: site.page(),
        frames,
    };
    let (mut response, html) = render(&template, StatusCode::OK, None)?;
    let mut response = response.cookie(no_session_cookie(site)).body(html);
    allow_frames(&mut response, frames)?;
    Ok(response)
}

async fn page_of(
    site: &Site,
    visitor: &Visitor,
    typed: &str,
    error: Option<String>,
) -> Result<HttpResponse, PageFailure> {
    let leaving = site.idp.own_leaving(&visitor.browser).await;
    let leaving = match let_in(site, Place::Delete, Way::Get, leaving)? {
        Ok(leaving) => leaving,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let is_wrong = error.is_some();
    let template = DeletePage {
        page: site.page(),
        frame: Frame::of(site, visitor, Place::Delete).wrong(error),
        leaving,
        typed: typed.chars().take(256).collect(),
    };
    draw(site, visitor, &template, is_wrong)
}
