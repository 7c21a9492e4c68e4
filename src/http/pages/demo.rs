//! `/demo`: a tiny relying party on the daemon's own pages, there only under `serve --demo`.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::time::Duration,
    http::header,
    web::{Data, Query},
};
use askama::Template;
use serde_json::{Map, Value};

use super::{Page, Way, redirect, render};
use crate::{
    http::{
        Site,
        browser::{cookie_name, our_cookie},
        error::{Cause, PageFailure},
        routes,
    },
    idp::{
        self,
        demo::{CLIENT_ID, DemoClaims, PASSWORD, USERNAME},
    },
    protocol::params::{Params, with_query},
};

const COOKIE: &str = "avouch_demo";

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoPage {
    page: Page,
    start: String,
    claims: Vec<(String, String)>,
    access_claims: Vec<(String, String)>,
    signed_in: bool,
    error: Option<String>,
    username: &'static str,
    password: &'static str,
    logout: Option<String>,
}

/// The demo's URL parameters.
#[derive(serde::Deserialize)]
pub struct Begin {
    start: Option<String>,
}

/// The demo application, or the start of its sign-in.
pub async fn show(site: Data<Site>, begin: Query<Begin>) -> Result<HttpResponse, PageFailure> {
    if begin.start.is_some() {
        let sign_in = site.idp.demo_begin(&site.url(routes::DEMO_CALLBACK))?;
        let location = format!("{}?{}", site.path(routes::AUTHORIZE), sign_in.query);
        let cookie = our_cookie(&site, COOKIE, sign_in.sealed, Duration::hours(1));
        return Ok(redirect(&location, Way::Get).cookie(cookie).finish());
    }
    draw(&site, None, None)
}

/// The answer of the provider.
pub async fn callback(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let answer = Params::parse(request.query_string().as_bytes()).map_err(Cause::from)?;
    let cookie = request
        .cookie(&cookie_name(&site, COOKIE))
        .map(|cookie| cookie.value().to_owned());
    let finished = site
        .idp
        .demo_finish(&answer, &cookie.unwrap_or_default(), &site.url(routes::DEMO_CALLBACK))
        .await;
    match finished {
        Ok(claims) => draw(&site, Some(&claims), None),
        Err(idp::Error::Invalid { message, .. }) => draw(&site, None, Some(message.to_string())),
        Err(idp::Error::Protocol(error)) => draw(&site, None, Some(error.to_string())),
        Err(other) => Err(other.into()),
    }
}

fn draw(site: &Site, claims: Option<&DemoClaims>, error: Option<String>) -> Result<HttpResponse, PageFailure> {
    let logout = claims.map(|claims| {
        let home = site.url(routes::DEMO);
        let pairs = [
            ("id_token_hint", claims.id_token_hint.as_str().into()),
            ("client_id", CLIENT_ID.into()),
            ("post_logout_redirect_uri", home.into()),
        ];
        with_query(&site.path(routes::END_SESSION), pairs)
    });
    let mut page = site.page();
    // Asked for again, the callback would redeem its code twice.
    if claims.is_some() || error.is_some() {
        page.languages.clear();
    }
    let template = DemoPage {
        page,
        start: format!("{}?start=1", site.path(routes::DEMO)),
        signed_in: claims.is_some(),
        claims: claims.map(|claims| rows(&claims.id_token)).unwrap_or_default(),
        access_claims: claims.map(|claims| rows(&claims.access_token)).unwrap_or_default(),
        error,
        username: USERNAME,
        password: PASSWORD,
        logout,
    };
    let (mut response, html) = render(&template, actix_web::http::StatusCode::OK, None)?;
    response.insert_header((header::REFERRER_POLICY, "no-referrer"));
    Ok(response.body(html))
}

fn rows(claims: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    claims.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
