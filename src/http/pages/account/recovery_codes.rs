//! The recovery codes: how many are left, and a new set, shown once.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    super::{Page, Way, interaction_id},
    Frame, Place, draw, let_in,
};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure, routes},
    idp::account::OwnRecoveryCodes,
};

#[derive(Template)]
#[template(path = "account/recovery_codes.html")]
struct RecoveryCodesPage {
    page: Page,
    frame: Frame,
    codes: OwnRecoveryCodes,
}

#[derive(Template)]
#[template(path = "account/new_recovery_codes.html")]
struct NewRecoveryCodesPage {
    page: Page,
    frame: Frame,
    username: String,
    codes: Vec<String>,
    made_at: String,
    home: String,
}

/// Shows how things stand.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let messages = [("authenticator", "account-codes-come-next")];
    let frame = Frame::of(&site, &visitor, Place::RecoveryCodes)
        .done(&request, &messages)
        .before(&site, interaction_id(&request).as_deref());
    page_of(&site, &visitor, frame).await
}

/// Makes a new set. The page is the answer to the form and is kept nowhere, so the codes are seen this once.
pub async fn make(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let frame = Frame::of(&site, &visitor, Place::RecoveryCodes).before(&site, interaction_id(&request).as_deref());
    if !visitor.posted_by_us(&form) {
        let error = Some(site.page().text("error-old-page"));
        return page_of(&site, &visitor, frame.wrong(error)).await;
    }
    let made = site.idp.new_own_recovery_codes(&visitor.browser).await;
    let made = match let_in(&site, Place::RecoveryCodes, Way::Post, made)? {
        Ok(made) => made,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let user = site.idp.signed_in_user(&visitor.browser).await?;
    let codes = site.idp.own_recovery_codes(&visitor.browser).await?;
    let page = site.page();
    let template = NewRecoveryCodesPage {
        username: user.map(|user| user.username).unwrap_or_default(),
        codes: made.codes.iter().map(|code| code.expose().clone()).collect(),
        made_at: codes.made_at.map(|at| page.day(at)).unwrap_or_default(),
        home: site.path(routes::ACCOUNT),
        frame,
        page,
    };
    draw(&site, &visitor, &template, false)
}

async fn page_of(site: &Site, visitor: &Visitor, frame: Frame) -> Result<HttpResponse, PageFailure> {
    let codes = site.idp.own_recovery_codes(&visitor.browser).await;
    let codes = match let_in(site, Place::RecoveryCodes, Way::Get, codes)? {
        Ok(codes) => codes,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let is_wrong = frame.error.is_some();
    let template = RecoveryCodesPage {
        page: site.page(),
        frame,
        codes,
    };
    draw(site, visitor, &template, is_wrong)
}
