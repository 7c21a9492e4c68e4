//! Signing out: the end_session endpoint (RP-Initiated Logout, 2), the question, and the page afterwards.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Data,
};
use askama::Template;

use super::{Page, Way, redirect, render};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::{Visitor, no_session_cookie},
        error::{Cause, PageFailure},
        routes,
    },
    idp::{self, logout::LogoutStep},
    protocol::{
        logout::{LogoutFrame, LogoutRequest},
        params::Params,
    },
};

#[derive(Template)]
#[template(path = "logout.html")]
struct LogoutPage {
    page: Page,
    action: String,
    csrf: String,
    username: String,
    client_name: Option<String>,
    hidden: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage<'a> {
    page: Page,
    redirect: Option<String>,
    frames: &'a [LogoutFrame],
}

/// A request in the URL.
pub async fn by_get(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let params = Params::parse(request.query_string().as_bytes()).map_err(Cause::from)?;
    answer(&request, &site, &params, Way::Get, false).await
}

/// A request in a form. Another site's form comes without our cookies, so it is turned into a link, with which they come.
pub async fn by_post(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let params = body.params()?;
    if Visitor::of(&request, &site).is_new() {
        let location = format!("{}?{}", site.path(routes::END_SESSION), params.to_query());
        return Ok(redirect(&location, Way::Post).finish());
    }
    answer(&request, &site, &params, Way::Post, false).await
}

/// The person's own word, from our own page.
pub async fn confirm(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let params = body.params()?;
    if params.get("decision") == Some("stay") {
        return Ok(redirect(&site.path(routes::HOME), Way::Post).finish());
    }
    let ours = Visitor::of(&request, &site).posted_by_us(&params);
    answer(&request, &site, &params, Way::Post, ours).await
}

async fn answer(
    request: &HttpRequest,
    site: &Site,
    params: &Params,
    way: Way,
    confirmed: bool,
) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(request, site);
    let logout = LogoutRequest::parse(params);
    match site.idp.logout(&logout, confirmed, &visitor.browser).await? {
        LogoutStep::Confirm {
            username,
            client_name,
            redirect,
        } => {
            let mut page = site.page();
            let hidden = logout.to_pairs();
            if !hidden.is_empty() {
                // Asked for again, the page would not know what the client has asked for.
                page.languages.clear();
            }
            let template = LogoutPage {
                page,
                action: site.path(routes::LOGOUT_CONFIRM),
                csrf: visitor.csrf(),
                username,
                client_name,
                hidden,
            };
            super::show(site, &visitor, &template, redirect.as_deref())
        }
        LogoutStep::SignedOut { redirect, frames } => signed_out(site, redirect, &frames, way),
    }
}

/// Takes the cookie away, and sends the browser on: at once, or by a page when there are frames for it to open first (Front-Channel
/// Logout, 3). The page leads on by itself when they are loaded; it needs no script for that.
pub(super) fn signed_out(
    site: &Site,
    destination: Option<String>,
    frames: &[LogoutFrame],
    way: Way,
) -> Result<HttpResponse, PageFailure> {
    let mut response = match destination {
        Some(url) if frames.is_empty() => redirect(&url, way).cookie(no_session_cookie(site)).finish(),
        redirect => {
            let template = SignedOutPage {
                page: site.page(),
                redirect,
                frames,
            };
            let (mut response, html) = render(&template, StatusCode::OK, None)?;
            response.cookie(no_session_cookie(site)).body(html)
        }
    };
    allow_frames(&mut response, frames)?;
    Ok(response)
}

/// Lets the page frame just these origins.
pub(super) fn allow_frames(response: &mut HttpResponse, frames: &[LogoutFrame]) -> Result<(), PageFailure> {
    let origins: BTreeSet<&str> = frames.iter().map(|frame| frame.origin.as_str()).collect();
    let Some(policy) = response.headers_mut().get_mut(header::CONTENT_SECURITY_POLICY) else {
        return Ok(());
    };
    if origins.is_empty() {
        return Ok(());
    }
    let sources = origins
        .into_iter()
        .fold(String::new(), |all, origin| all + " " + origin);
    let widened = [policy.as_bytes(), b"; frame-src", sources.as_bytes()].concat();
    *policy = HeaderValue::from_bytes(&widened).map_err(|error| idp::Error::Internal(Box::new(error)))?;
    Ok(())
}
