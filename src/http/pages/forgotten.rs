//! A forgotten password: the page that asks whose, and the link that sets a new one.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    Page,
    calm::{Calm, gone},
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{Cause, PageFailure},
        routes,
    },
    idp,
    protocol::params::Params,
    secret::Secret,
};

/// The longest name that is shown again; nobody has a longer one.
const MAX_NAME: usize = 256;

#[derive(Template)]
#[template(path = "password_forgotten.html")]
struct ForgottenPage {
    page: Page,
    action: String,
    csrf: String,
    username: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "password_asked.html")]
struct AskedPage {
    page: Page,
    lifetime: String,
}

#[derive(Template)]
#[template(path = "password_reset.html")]
struct ResetPage {
    page: Page,
    action: String,
    csrf: String,
    token: String,
    username: String,
    /// The password that was typed will not do.
    is_refused: bool,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "password_reset_done.html")]
struct DonePage {
    page: Page,
}

/// Asks whose password it is.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    draw(&site, &visitor, "", None)
}

/// Takes the name. The answer is the same whoever has it, and if nobody has.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let name = form.get("username").unwrap_or_default();
    if !visitor.posted_by_us(&form) {
        return draw(&site, &visitor, name, Some(&Calm::old_page()));
    }
    if name.trim().is_empty() || name.chars().count() > MAX_NAME {
        let sentence = site.page().text("forgotten-no-name");
        return draw(&site, &visitor, name, Some(&Calm::about("username", sentence)));
    }
    match site.idp.forgot_password(name, &visitor.browser).await {
        Ok(()) => {
            let page = site.page();
            let lifetime = page.language.duration(site.idp.config().mail.reset_lifetime.as_secs());
            Calm::draw(None, &site, &visitor, &AskedPage { page, lifetime })
        }
        Err(error) => match Calm::of(&error) {
            Some(calm) => draw(&site, &visitor, name, Some(&calm)),
            None => Err(error.into()),
        },
    }
}

fn draw(site: &Site, visitor: &Visitor, name: &str, refused: Option<&Calm>) -> Result<HttpResponse, PageFailure> {
    let template = ForgottenPage {
        page: site.page(),
        action: site.path(routes::PASSWORD_FORGOTTEN),
        csrf: visitor.csrf(),
        username: name.chars().take(MAX_NAME).collect(),
        error: refused.map(|calm| calm.sentence.clone()),
    };
    Calm::draw(refused, site, visitor, &template)
}

/// Asks for the new password. Nothing is spent by looking.
pub async fn ask(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let params = Params::parse(request.query_string().as_bytes()).map_err(Cause::from)?;
    let visitor = Visitor::of(&request, &site);
    draw_ask(&site, &visitor, params.get("token").unwrap_or_default(), None).await
}

async fn draw_ask(
    site: &Site,
    visitor: &Visitor,
    token: &str,
    refused: Option<Calm>,
) -> Result<HttpResponse, PageFailure> {
    let user = match site.idp.resetting(token).await {
        Err(idp::Error::LinkGone) => return spent(site),
        user => user?,
    };
    let template = ResetPage {
        page: site.page(),
        action: site.path(routes::PASSWORD_RESET),
        csrf: visitor.csrf(),
        token: token.to_owned(),
        username: user.username,
        is_refused: refused.as_ref().is_some_and(|calm| calm.field == "password"),
        error: refused.as_ref().map(|calm| calm.sentence.clone()),
    };
    Calm::draw(refused.as_ref(), site, visitor, &template)
}

/// Takes the new password; the link is spent, and nobody is signed in by it.
pub async fn reset(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let token = form.get("token").unwrap_or_default();
    if !visitor.posted_by_us(&form) {
        return draw_ask(&site, &visitor, token, Some(Calm::old_page())).await;
    }
    let password = Secret::new(form.get("password").unwrap_or_default().to_owned());
    match site.idp.reset_password(token, &password, &visitor.browser).await {
        Ok(()) => Calm::draw(None, &site, &visitor, &DonePage { page: site.page() }),
        Err(idp::Error::LinkGone) => spent(&site),
        Err(error) => match Calm::of(&error) {
            Some(calm) => draw_ask(&site, &visitor, token, Some(calm)).await,
            None => Err(error.into()),
        },
    }
}

fn spent(site: &Site) -> Result<HttpResponse, PageFailure> {
    let page = site.page();
    let next = site
        .idp
        .has_mail()
        .then(|| (page.text("forgotten-ask-again"), site.path(routes::PASSWORD_FORGOTTEN)));
    gone(site, &page.text("forgotten-link-gone"), next)
}
