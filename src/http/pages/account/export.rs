//! A copy of all that is kept about the person, as a file.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, DispositionParam},
    web::Data,
};
use askama::Template;

use super::{
    super::{Page, Way, redirect},
    Frame, Place, draw, let_in,
};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure},
    idp,
};

#[derive(Template)]
#[template(path = "account/export.html")]
struct ExportPage {
    page: Page,
    frame: Frame,
    is_recent: bool,
}

/// Says what is in it.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    page_of(&site, &visitor, None).await
}

/// The file.
pub async fn download(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    if !visitor.posted_by_us(&form) {
        return page_of(&site, &visitor, Some(site.page().text("error-old-page"))).await;
    }
    let record = match site.idp.export_own_record(&visitor.browser).await {
        Err(idp::Error::SignInAgain) => return Ok(redirect(&Place::Export.sign_in(&site), Way::Post).finish()),
        record => record?,
    };
    let text = serde_json::to_string_pretty(&record).map_err(|error| idp::Error::Internal(Box::new(error)))?;
    let disposition = header::ContentDisposition {
        disposition: header::DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("account.json".to_owned())],
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header(disposition)
        .content_type("application/json")
        .body(text))
}

async fn page_of(site: &Site, visitor: &Visitor, error: Option<String>) -> Result<HttpResponse, PageFailure> {
    let is_recent = site.idp.own_sign_in_is_recent(&visitor.browser).await;
    let is_recent = match let_in(site, Place::Export, Way::Get, is_recent)? {
        Ok(is_recent) => is_recent,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let is_wrong = error.is_some();
    let template = ExportPage {
        page: site.page(),
        frame: Frame::of(site, visitor, Place::Export).wrong(error),
        is_recent,
    };
    draw(site, visitor, &template, is_wrong)
}
