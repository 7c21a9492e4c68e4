//! A person's address: the page about it, and the link that proves it.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    Page, Way,
    account::{Frame, Place},
    calm::{Calm, gone},
    redirect,
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{Cause, PageFailure},
        routes,
    },
    idp::{
        self,
        mail::address::{OwnAddress, Proving},
    },
    protocol::params::Params,
};

#[derive(Template)]
#[template(path = "account_email.html")]
struct AddressPage {
    page: Page,
    frame: Frame,
    action: String,
    csrf: String,
    own: OwnAddress,
    has_mail: bool,
    was_sent: bool,
    sign_in: String,
    /// What was typed.
    email: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "email_verify.html")]
struct VerifyPage {
    page: Page,
    action: String,
    csrf: String,
    token: String,
    proving: Proving,
    sign_in: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "email_verified.html")]
struct VerifiedPage {
    page: Page,
    address: String,
}

/// The address of whoever is signed in.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let was_sent = request.query_string() == "sent";
    draw(&site, &visitor, "", was_sent, None).await
}

/// Sends the link again, asks for another address, or keeps the one there is.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let typed = form.get("email").unwrap_or_default();
    if !visitor.posted_by_us(&form) {
        return draw(&site, &visitor, typed, false, Some(Calm::old_page())).await;
    }
    let (done, back) = match form.get("do") {
        Some("resend") => (site.idp.send_verification(&visitor.browser).await, "?sent"),
        Some("keep") => (site.idp.keep_address(&visitor.browser).await, ""),
        _ => (site.idp.change_address(typed, &visitor.browser).await, "?sent"),
    };
    match done {
        Ok(()) => {
            let here = format!("{}{back}", site.path(routes::ACCOUNT_EMAIL));
            Ok(redirect(&here, Way::Post).finish())
        }
        Err(idp::Error::SignInAgain) => Ok(redirect(&sign_in_again(&site), Way::Post).finish()),
        Err(error) => match Calm::of(&error) {
            Some(calm) => draw(&site, &visitor, typed, false, Some(calm)).await,
            None => Err(error.into()),
        },
    }
}

/// The sign-in page, which leads back here.
fn sign_in_again(site: &Site) -> String {
    Place::Email.sign_in(site)
}

async fn draw(
    site: &Site,
    visitor: &Visitor,
    typed: &str,
    was_sent: bool,
    refused: Option<Calm>,
) -> Result<HttpResponse, PageFailure> {
    let Some(own) = site.idp.own_address(&visitor.browser).await? else {
        return Ok(redirect(&sign_in_again(site), Way::Get).finish());
    };
    let template = AddressPage {
        page: site.page(),
        frame: Frame::of(site, visitor, Place::Email),
        action: site.path(routes::ACCOUNT_EMAIL),
        csrf: visitor.csrf(),
        own,
        has_mail: site.idp.has_mail(),
        was_sent,
        sign_in: sign_in_again(site),
        email: typed.chars().take(254).collect(),
        error: refused.as_ref().map(|calm| calm.sentence.clone()),
    };
    Calm::draw(refused.as_ref(), site, visitor, &template)
}

/// Asks before an address is proven: programs that look into letters follow links too.
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
    let proving = match site.idp.proving(token, &visitor.browser).await {
        Err(idp::Error::LinkGone) => return not_proven(site),
        proving => proving?,
    };
    let template = VerifyPage {
        page: site.page(),
        action: site.path(routes::EMAIL_VERIFY),
        csrf: visitor.csrf(),
        token: token.to_owned(),
        proving,
        sign_in: sign_in_again(site),
        error: refused.as_ref().map(|calm| calm.sentence.clone()),
    };
    Calm::draw(refused.as_ref(), site, visitor, &template)
}

/// Proves an address; the link is spent.
pub async fn verify(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let token = form.get("token").unwrap_or_default();
    if !visitor.posted_by_us(&form) {
        return draw_ask(&site, &visitor, token, Some(Calm::old_page())).await;
    }
    let verified = async {
        let proving = site.idp.proving(token, &visitor.browser).await?;
        site.idp.verify_address(token, &visitor.browser).await?;
        Ok(proving)
    };
    match verified.await {
        Ok(Proving { address, .. }) => {
            let template = VerifiedPage {
                page: site.page(),
                address,
            };
            Calm::draw(None, &site, &visitor, &template)
        }
        Err(idp::Error::LinkGone) => not_proven(&site),
        // The page says what to do, and the link stays good.
        Err(idp::Error::SignInAgain) => draw_ask(&site, &visitor, token, None).await,
        Err(error) => match Calm::of(&error) {
            Some(calm) => draw_ask(&site, &visitor, token, Some(calm)).await,
            None => Err(error.into()),
        },
    }
}

fn not_proven(site: &Site) -> Result<HttpResponse, PageFailure> {
    let page = site.page();
    let next = (page.text("account-email-title"), site.path(routes::ACCOUNT_EMAIL));
    gone(site, &page.text("account-email-link-gone"), Some(next))
}
