//! Where a person is signed in, and how that ends.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    Page, Way,
    account::{Frame, Place},
    logout::signed_out,
    redirect, show as show_page,
};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure, routes},
    idp::{
        self,
        account::{Ended, Ending, OwnSession},
        login::RememberedOne,
    },
};

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    page: Page,
    frame: Frame,
    sessions: Vec<OwnSession>,
    remembered: Vec<RememberedOne>,
}

/// The sessions of whoever is signed in.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let Some(sessions) = site.idp.own_sessions(&visitor.browser).await? else {
        return Ok(redirect(&Place::Sessions.sign_in(&site), Way::Get).finish());
    };
    let template = SessionsPage {
        page: site.page(),
        frame: Frame::of(&site, &visitor, Place::Sessions),
        sessions,
        remembered: site.idp.remembered_browsers(&visitor.browser).await?,
    };
    show_page(&site, &visitor, &template, None)
}

/// Ends some of them, or has browsers asked for the second step again.
pub async fn end(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let params = body.params()?;
    if let Some(which) = params.get("forget").filter(|_| visitor.posted_by_us(&params)) {
        let which = Some(which).filter(|which| *which != "all");
        return match site.idp.forget_remembered_browsers(which, &visitor.browser).await {
            Ok(()) | Err(idp::Error::SignInAgain) => Ok(redirect(&site.path(routes::SESSIONS), Way::Post).finish()),
            Err(other) => Err(other.into()),
        };
    }
    let which = match (params.get("end"), params.get("sid")) {
        (Some("others"), _) => Some(Ending::Others),
        (Some("all"), _) => Some(Ending::All),
        (_, Some(sid)) => Some(Ending::One(sid.to_owned())),
        _ => None,
    };
    let Some(which) = which.filter(|_| visitor.posted_by_us(&params)) else {
        return Ok(redirect(&site.path(routes::SESSIONS), Way::Post).finish());
    };
    match site.idp.end_own_sessions(&which, &visitor.browser).await? {
        Ended::Here { frames } => signed_out(&site, None, &frames, Way::Post),
        Ended::Elsewhere | Ended::SignedOut => Ok(redirect(&site.path(routes::SESSIONS), Way::Post).finish()),
    }
}
