//! The link of a sign-up. Looking at it changes nothing; the button does.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{Refused, draw};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{Cause, PageFailure},
        pages::{Page, login::arrive, render},
        routes,
    },
    idp::{
        self,
        login::Entry,
        sign_up::{Confirmed, Confirming},
    },
    protocol::params::Params,
    secret::Secret,
};

#[derive(Template)]
#[template(path = "sign_up/confirm.html")]
struct ConfirmPage {
    page: Page,
    action: String,
    csrf: String,
    token: String,
    confirming: Confirming,
    /// Another username, when the one that was wanted is taken.
    username: Option<String>,
    error: Option<String>,
    wrong: String,
}

/// A page that says one thing and leads on.
#[derive(Template)]
#[template(path = "sign_up/told.html")]
struct ToldPage {
    page: Page,
    title: String,
    words: String,
    /// The label of the way on, and the way.
    next: Option<(String, String)>,
}

/// Says one thing, by the messages for the title, the words and the label of the way on.
pub(super) fn tell(
    site: &Site,
    [title, words]: [&str; 2],
    status: StatusCode,
    next: Option<(&str, &str)>,
) -> Result<HttpResponse, PageFailure> {
    let page = site.page();
    let template = ToldPage {
        title: page.text(title),
        words: page.text(words),
        next: next.map(|(label, route)| (page.text(label), site.path(route))),
        page,
    };
    let (mut response, html) = render(&template, status, None)?;
    Ok(response.body(html))
}

/// Says that the account is there.
pub(super) fn tell_done(site: &Site) -> Result<HttpResponse, PageFailure> {
    let next = Some(("sign-up-sign-in", routes::LOGIN));
    tell(site, ["sign-up-done-title", "sign-up-done"], StatusCode::OK, next)
}

/// Says what the link will do.
pub async fn ask(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let params = Params::parse(request.query_string().as_bytes()).map_err(Cause::from)?;
    let visitor = Visitor::of(&request, &site);
    draw_ask(&site, &visitor, &params, None).await
}

async fn draw_ask(
    site: &Site,
    visitor: &Visitor,
    params: &Params,
    refused: Option<Refused>,
) -> Result<HttpResponse, PageFailure> {
    let token = params.get("token").unwrap_or_default();
    let confirming = match site.idp.confirming(token, &visitor.browser).await {
        Ok(confirming) => confirming,
        Err(idp::Error::LinkGone) => return gone(site),
        Err(other) => return Err(other.into()),
    };
    let wrong = refused
        .as_ref()
        .map(|refused| refused.field.clone())
        .unwrap_or_default();
    let other = params.get("username").filter(|_| wrong == "username");
    let target = confirming.target.clone();
    let template = ConfirmPage {
        page: site.page(),
        action: site.path(routes::SIGN_UP_CONFIRM),
        csrf: visitor.csrf(),
        token: token.to_owned(),
        username: (wrong == "username").then(|| other.unwrap_or(&confirming.username).to_owned()),
        confirming,
        error: refused.as_ref().map(|refused| refused.sentence.clone()),
        wrong,
    };
    draw(site, visitor, &template, refused.as_ref(), target.as_deref())
}

fn gone(site: &Site) -> Result<HttpResponse, PageFailure> {
    let next = Some(("sign-up-sign-in", routes::LOGIN));
    tell(
        site,
        ["sign-up-link-gone-title", "sign-up-link-gone"],
        StatusCode::GONE,
        next,
    )
}

/// Makes the account; the link is spent.
pub async fn confirm(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    if !visitor.posted_by_us(&form) {
        return draw_ask(&site, &visitor, &form, Some(Refused::old_page())).await;
    }
    let token = form.get("token").unwrap_or_default();
    let password = form.get("password").map(|password| Secret::new(password.to_owned()));
    let username = form.get("username");
    let confirmed = site
        .idp
        .confirm_sign_up(token, password.as_ref(), username, &visitor.browser);
    match confirmed.await {
        Ok(Ok(Confirmed::Entered(progress, interaction))) => {
            let entry = Entry {
                interaction: interaction.as_deref(),
                ..Entry::default()
            };
            arrive(&site, &visitor, &progress, &entry).await
        }
        Ok(Ok(Confirmed::Created)) => tell_done(&site),
        Ok(Ok(Confirmed::Exists)) => {
            let next = Some(("sign-up-sign-in", routes::LOGIN));
            tell(&site, ["sign-up-exists-title", "sign-up-exists"], StatusCode::OK, next)
        }
        Ok(Err(wrong)) => draw_ask(&site, &visitor, &form, Some(Refused::wrong(&wrong))).await,
        Err(idp::Error::LinkGone) => gone(&site),
        Err(error) => match Refused::of(&error) {
            Some(refused) => draw_ask(&site, &visitor, &form, Some(refused)).await,
            None => Err(error.into()),
        },
    }
}
