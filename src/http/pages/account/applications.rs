//! The applications that may use the account: what each may see, and how that ends.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    super::{
        Page, Way,
        client::ClientFace,
        consent::{ScopeLine, granted},
    },
    Frame, Place, draw, let_in, went_well,
};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure},
    idp::account::GrantedApplication,
};

#[derive(Template)]
#[template(path = "account/applications.html")]
struct ApplicationsPage {
    page: Page,
    frame: Frame,
    applications: Vec<Row>,
}

/// One of them.
struct Row {
    client_id: String,
    face: ClientFace,
    since: String,
    used: Option<String>,
    is_gone: bool,
    is_offline: bool,
    lines: Vec<ScopeLine>,
}

/// Shows them.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let messages = [("withdrawn", "account-apps-withdrawn")];
    let frame = Frame::of(&site, &visitor, Place::Applications).done(&request, &messages);
    page_of(&site, &visitor, frame).await
}

/// Takes the yes to one back.
pub async fn withdraw(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    if !visitor.posted_by_us(&form) {
        let error = Some(site.page().text("error-old-page"));
        let frame = Frame::of(&site, &visitor, Place::Applications).wrong(error);
        return page_of(&site, &visitor, frame).await;
    }
    let client_id = form.get("client_id").unwrap_or_default();
    let withdrawn = site.idp.withdraw_consent(client_id, &visitor.browser).await;
    match let_in(&site, Place::Applications, Way::Post, withdrawn)? {
        Ok(()) => Ok(went_well(&site, Place::Applications, "withdrawn")),
        Err(elsewhere) => Ok(elsewhere),
    }
}

async fn page_of(site: &Site, visitor: &Visitor, frame: Frame) -> Result<HttpResponse, PageFailure> {
    let applications = site.idp.own_applications(&visitor.browser).await;
    let applications = match let_in(site, Place::Applications, Way::Get, applications)? {
        Ok(applications) => applications,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = site.page();
    let is_wrong = frame.error.is_some();
    let template = ApplicationsPage {
        applications: applications.into_iter().map(|it| row(site, &page, it)).collect(),
        frame,
        page,
    };
    draw(site, visitor, &template, is_wrong)
}

fn row(site: &Site, page: &Page, granted_to: GrantedApplication) -> Row {
    let face = match &granted_to.client {
        Some(client) => ClientFace::of(site, client),
        None => ClientFace::unknown(granted_to.client_id.clone()),
    };
    Row {
        face,
        since: page.day(granted_to.since),
        used: granted_to.used_at.map(|at| page.day(at)),
        is_gone: granted_to.client.is_none(),
        is_offline: granted_to.uses.is_offline,
        lines: granted(&site.idp, page, &granted_to.client_id, &granted_to.uses),
        client_id: granted_to.client_id,
    }
}
