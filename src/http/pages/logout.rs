//! Signing out: the end_session endpoint (RP-Initiated Logout, 2), the question, and the page afterwards.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
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
    idp::logout::LogoutStep,
    protocol::{logout::LogoutRequest, params::Params},
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
struct SignedOutPage {
    page: Page,
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
            let template = LogoutPage {
                page: site.page(),
                action: site.path(routes::LOGOUT_CONFIRM),
                csrf: visitor.csrf(),
                username,
                client_name,
                hidden: logout.to_pairs(),
            };
            super::show(site, &visitor, &template, redirect.as_deref())
        }
        LogoutStep::SignedOut { redirect: Some(url) } => {
            Ok(redirect(&url, way).cookie(no_session_cookie(site)).finish())
        }
        LogoutStep::SignedOut { redirect: None } => {
            let (mut response, html) = render(&SignedOutPage { page: site.page() }, StatusCode::OK, None)?;
            Ok(response.cookie(no_session_cookie(site)).body(html))
        }
    }
}
