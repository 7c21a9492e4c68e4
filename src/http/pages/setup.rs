//! The first administrator, by the one-time link that the operator has.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;
use serde_json::Map;

use super::{Page, render};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{Cause, PageFailure},
        language, routes,
    },
    idp::{self, admin::NewUser},
    protocol::params::Params,
    secret::Secret,
};

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    page: Page,
    action: String,
    token: String,
    csrf: String,
    username: String,
    email: String,
    error: Option<String>,
    field: Option<String>,
}

#[derive(Template)]
#[template(path = "setup_done.html")]
struct SetupDonePage {
    page: Page,
}

/// Asks for the administrator's name and password.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let params = Params::parse(request.query_string().as_bytes()).map_err(Cause::from)?;
    let visitor = Visitor::of(&request, &site);
    draw(&site, &visitor, &params, None).await
}

/// Makes the administrator; the link is spent.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    if !visitor.posted_by_us(&form) {
        let error = ("csrf", site.page().text("setup-old-page"));
        return draw(&site, &visitor, &form, Some(error)).await;
    }
    let administrator = NewUser {
        username: form.get("username").unwrap_or_default().to_owned(),
        email: form.get("email").map(str::to_owned),
        email_verified: false,
        role: None,
        password: form.get("password").map(|password| Secret::new(password.to_owned())),
        claims: Map::new(),
        ..NewUser::default()
    };
    match site
        .idp
        .set_up(form.get("token").unwrap_or_default(), administrator, &visitor.browser)
        .await
    {
        Ok(()) => {
            let (mut response, html) = render(&SetupDonePage { page: site.page() }, StatusCode::OK, None)?;
            Ok(response.body(html))
        }
        Err(idp::Error::Invalid { field, message }) => {
            draw(
                &site,
                &visitor,
                &form,
                Some((field, message.said_in(language::current()))),
            )
            .await
        }
        Err(other) => Err(other.into()),
    }
}

async fn draw(
    site: &Site,
    visitor: &Visitor,
    params: &Params,
    error: Option<(&'static str, String)>,
) -> Result<HttpResponse, PageFailure> {
    let token = params.get("token").unwrap_or_default();
    if !site.idp.is_setup_token(token).await? {
        return Err(idp::Error::LinkGone.into());
    }
    let (field, error) = error.unzip();
    let status = if error.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let template = SetupPage {
        page: site.page(),
        action: site.path(routes::SETUP),
        token: token.to_owned(),
        csrf: visitor.csrf(),
        username: params.get("username").unwrap_or_default().to_owned(),
        email: params.get("email").unwrap_or_default().to_owned(),
        error,
        field: field.map(str::to_owned),
    };
    let (mut response, html) = render(&template, status, None)?;
    // The link is a secret and must not travel on in a Referer header; without any, Chromium would send `Origin: null` with the form.
    response.insert_header((header::REFERRER_POLICY, "origin"));
    visitor.remember(site, &mut response);
    Ok(response.body(html))
}
