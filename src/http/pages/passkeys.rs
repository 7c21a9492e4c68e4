//! A person's passkeys; and the moment after a sign-in with a password in which a browser may add one by itself.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{
    Page, Way,
    account::{Frame, Place, query},
    interaction_id,
    login::after_sign_in,
    redirect, render, with_our_script,
};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure, language, passkey::accepted, routes},
    idp::{self, passkey::MyPasskeys},
    model::passkey::Passkey,
};

#[derive(Template)]
#[template(path = "passkeys.html")]
struct PasskeysPage {
    page: Page,
    frame: Frame,
    passkeys: Vec<Row>,
    works: bool,
    is_second: bool,
    is_recent: bool,
    begin: String,
    finish: String,
    rename_action: String,
    remove_action: String,
    second_action: String,
    accepted: String,
    script: String,
}

/// One passkey as it is shown.
struct Row {
    id: String,
    name: String,
    rp_id: String,
    added: String,
    used: Option<String>,
    suspected: bool,
    elsewhere: bool,
}

#[derive(Template)]
#[template(path = "passkey_upgrade.html")]
struct UpgradePage {
    page: Page,
    begin: String,
    finish: String,
    csrf: String,
    next: String,
    script: String,
}

/// Every passkey of whoever is signed in.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let interaction = interaction_id(&request);
    draw_for(&site, &visitor, None, interaction.as_deref()).await
}

/// Gives one another name.
pub async fn rename(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    if !visitor.posted_by_us(&form) {
        return draw(&site, &visitor, Some(site.page().text("passkeys-old-page"))).await;
    }
    let (id, name) = (form.get("id").unwrap_or_default(), form.get("name").unwrap_or_default());
    let renamed = site.idp.rename_passkey(id, name, &visitor.browser).await;
    changed(&site, &visitor, renamed).await
}

/// Takes one away.
pub async fn remove(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    if !visitor.posted_by_us(&form) {
        return draw(&site, &visitor, Some(site.page().text("passkeys-old-page"))).await;
    }
    let id = form.get("id").unwrap_or_default();
    let removed = site.idp.remove_passkey(id, &visitor.browser).await;
    changed(&site, &visitor, removed).await
}

/// Has one asked for after the password, too, or no longer.
pub async fn second(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    if !visitor.posted_by_us(&form) {
        return draw(&site, &visitor, Some(site.page().text("passkeys-old-page"))).await;
    }
    let asked = match form.get("asked") {
        Some("1") => site.idp.ask_for_passkey_second(true, &visitor.browser).await,
        Some("0") => site.idp.ask_for_passkey_second(false, &visitor.browser).await,
        _ => Ok(()),
    };
    changed(&site, &visitor, asked).await
}

/// The page on which a browser may add a passkey by itself; it goes on at once.
pub async fn upgrade(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let to = query(&request, "to");
    let next = after_sign_in(&site, interaction_id(&request).as_deref(), to.as_deref());
    if !site.idp.wants_passkey(&visitor.browser).await? {
        return Ok(redirect(&next, Way::Get).finish());
    }
    let template = UpgradePage {
        page: site.page(),
        begin: site.path(routes::PASSKEY_REGISTER_BEGIN),
        finish: site.path(routes::PASSKEY_REGISTER_FINISH),
        csrf: visitor.csrf(),
        next,
        script: site.assets.passkey_script.clone(),
    };
    let (mut response, html) = render(&template, StatusCode::OK, None)?;
    visitor.remember(&site, &mut response);
    Ok(with_our_script(response.body(html)))
}

/// After a change: the page anew, or with what was wrong.
async fn changed(site: &Site, visitor: &Visitor, change: idp::Result<()>) -> Result<HttpResponse, PageFailure> {
    match change {
        Ok(()) => Ok(redirect(&site.path(routes::PASSKEYS), Way::Post).finish()),
        Err(idp::Error::SignInAgain) => Ok(redirect(&sign_in_again(site), Way::Post).finish()),
        Err(idp::Error::Invalid { message, .. }) => {
            draw(site, visitor, Some(message.said_in(language::current()))).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The sign-in page, which leads back here.
fn sign_in_again(site: &Site) -> String {
    Place::Passkeys.sign_in(site)
}

async fn draw(site: &Site, visitor: &Visitor, error: Option<String>) -> Result<HttpResponse, PageFailure> {
    draw_for(site, visitor, error, None).await
}

/// The page, with the way back to a sign-in that waits.
async fn draw_for(
    site: &Site,
    visitor: &Visitor,
    error: Option<String>,
    interaction: Option<&str>,
) -> Result<HttpResponse, PageFailure> {
    let mine = match site.idp.my_passkeys(&visitor.browser).await {
        Err(idp::Error::SignInAgain) => return Ok(redirect(&sign_in_again(site), Way::Get).finish()),
        mine => mine?,
    };
    let status = if error.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut template = page(site, visitor, mine, error);
    template.frame = template.frame.before(site, interaction);
    let (mut response, html) = render(&template, status, None)?;
    visitor.remember(site, &mut response);
    Ok(with_our_script(response.body(html)))
}

fn page(site: &Site, visitor: &Visitor, mine: MyPasskeys, error: Option<String>) -> PasskeysPage {
    let rp_id = mine.accepted.rp_id.clone();
    let page = site.page();
    PasskeysPage {
        frame: Frame::of(site, visitor, Place::Passkeys).wrong(error),
        works: !mine.accepted.credential_ids.is_empty(),
        is_second: mine.is_second,
        is_recent: mine.is_recent,
        begin: site.path(routes::PASSKEY_REGISTER_BEGIN),
        finish: site.path(routes::PASSKEY_REGISTER_FINISH),
        rename_action: site.path(routes::PASSKEY_RENAME),
        remove_action: site.path(routes::PASSKEY_REMOVE),
        second_action: site.path(routes::PASSKEY_SECOND),
        accepted: accepted(&mine.accepted).to_string(),
        script: site.assets.passkey_script.clone(),
        passkeys: mine
            .passkeys
            .into_iter()
            .map(|passkey| row(&page, passkey, &rp_id))
            .collect(),
        page,
    }
}

fn row(page: &Page, passkey: Passkey, rp_id: &str) -> Row {
    Row {
        elsewhere: passkey.rp_id != rp_id,
        added: page.day(passkey.created_at),
        used: passkey.last_used_at.map(|at| page.day(at)),
        suspected: passkey.suspected_at.is_some(),
        id: passkey.id,
        name: passkey.name,
        rp_id: passkey.rp_id,
    }
}
