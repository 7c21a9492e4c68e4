//! The sign-in page.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;

use super::{
    Page, Way,
    account::{Place, query},
    client::ClientFace,
    follow, interaction_id, redirect, render, waiting_for, with_our_script,
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::{Visitor, session_cookie},
        error::{PageFailure, retry_after},
        routes,
    },
    idp::{self, Browser, authorize::Pending},
    protocol::{authorize::Step, params::Params},
    secret::Secret,
};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Page,
    client: Option<ClientFace>,
    action: String,
    interaction: String,
    csrf: String,
    username: String,
    error: Option<String>,
    to: String,
    passkey: Option<PasskeySignIn>,
}

/// What the script for passkeys needs.
struct PasskeySignIn {
    begin: String,
    finish: String,
    script: String,
}

/// The longest name that is shown again; nobody has a longer one.
const MAX_NAME: usize = 256;

/// Asks for name and password.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let Some(interaction) = interaction_id(&request) else {
        let to = query(&request, "to").as_deref().and_then(Place::of_word);
        let user = site.idp.signed_in_user(&visitor.browser).await?;
        if user.is_some() && to.is_none() {
            return Ok(redirect(&site.path(routes::HOME), Way::Get).finish());
        }
        let shown = Shown {
            username: user.map(|user| user.username),
            to,
            ..Shown::default()
        };
        return draw(&site, &visitor, None, shown);
    };
    match waiting_for(&site, &visitor, &interaction, Step::Login).await? {
        Ok(pending) => draw(&site, &visitor, Some(&pending), Shown::default()),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// Takes name and password.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let interaction = form.get("interaction");
    let (username, password) = (
        form.get("username").unwrap_or_default(),
        form.get("password").unwrap_or_default(),
    );
    if !visitor.posted_by_us(&form) {
        let why = "The page had grown old, or your browser does not keep cookies. Please try again.";
        return again(&site, &visitor, &form, Shown::incomplete(why)).await;
    }
    if username.trim().is_empty() || password.is_empty() {
        let why = "Enter your username or email and your password.";
        return again(&site, &visitor, &form, Shown::incomplete(why)).await;
    }
    let password = Secret::new(password.to_owned());
    match site
        .idp
        .sign_in(interaction, username, &password, &visitor.browser)
        .await
    {
        Ok(signed_in) => {
            let browser = Browser {
                session: Some(signed_in.cookie.clone()),
                ..visitor.browser.clone()
            };
            let (mut response, body) = if form.get("upgrade") == Some("1") && site.idp.wants_passkey(&browser).await? {
                let page = upgrade(&site, interaction, form.get("to"));
                (redirect(&page, Way::Post), String::new())
            } else {
                go_on(&site, interaction, form.get("to"), &browser).await?
            };
            Ok(response.cookie(session_cookie(&site, &signed_in.cookie)).body(body))
        }
        Err(error) => match Shown::of(&error) {
            Some(shown) => again(&site, &visitor, &form, shown).await,
            None => Err(error.into()),
        },
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Where a person who has signed in goes on. An interaction that is gone ends at the home page, not in a dead end.
async fn go_on(
    site: &Site,
    interaction: Option<&str>,
    to: Option<&str>,
    browser: &Browser,
) -> Result<(HttpResponseBuilder, String), PageFailure> {
    let page = |interaction| {
        (
            redirect(&after_sign_in(site, interaction, to), Way::Post),
            String::new(),
        )
    };
    let home = || page(None);
    let Some(interaction) = interaction else {
        return Ok(home());
    };
    match site.idp.advance(interaction, browser).await {
        Ok(outcome) => follow(site, &outcome, Way::Post),
        Err(idp::Error::InteractionGone) => Ok(home()),
        // Signed in already: the sign-in page finds that out and goes on by itself.
        Err(idp::Error::Busy | idp::Error::Conflict) => Ok(page(Some(interaction))),
        Err(other) => Err(other.into()),
    }
}

/// The page of ours at which a person who has signed in goes on by itself; a way out of it is ours to know, never the form's.
pub fn after_sign_in(site: &Site, interaction: Option<&str>, to: Option<&str>) -> String {
    match (interaction, to.and_then(Place::of_word)) {
        (Some(interaction), _) => format!("{}?interaction={}", site.path(routes::LOGIN), encoded(interaction)),
        (None, Some(place)) => place.path(site),
        (None, None) => site.path(routes::HOME),
    }
}

/// The page on which the browser may add a passkey before the person goes on.
fn upgrade(site: &Site, interaction: Option<&str>, to: Option<&str>) -> String {
    let page = site.path(routes::PASSKEY_UPGRADE);
    match (interaction, to.and_then(Place::of_word)) {
        (Some(interaction), _) => format!("{page}?interaction={}", encoded(interaction)),
        (None, Some(place)) => format!("{page}?to={}", place.word()),
        (None, None) => page,
    }
}

/// What the page says beside its form.
#[derive(Default)]
struct Shown {
    username: Option<String>,
    error: Option<String>,
    status: StatusCode,
    retry_after: Option<u64>,
    to: Option<Place>,
}

impl Shown {
    /// A form that cannot be an attempt yet.
    fn incomplete(sentence: &str) -> Self {
        Self {
            error: Some(sentence.to_owned()),
            status: StatusCode::BAD_REQUEST,
            ..Self::default()
        }
    }

    /// The calm sentence for a failed attempt; `None` when the page cannot help.
    fn of(error: &idp::Error) -> Option<Self> {
        let (status, sentence) = match error {
            idp::Error::WrongCredentials => (
                StatusCode::UNAUTHORIZED,
                "That username and password do not go together. Check both and try again.".to_owned(),
            ),
            idp::Error::Disabled => (
                StatusCode::FORBIDDEN,
                "This account has been disabled. Ask the people who run this service.".to_owned(),
            ),
            idp::Error::TooMany { retry_after } => (
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "There were too many attempts. Try again in {}.",
                    in_words(retry_after.as_secs().max(1))
                ),
            ),
            idp::Error::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Many people are signing in. Please try again in a moment.".to_owned(),
            ),
            _ => return None,
        };
        Some(Self {
            username: None,
            error: Some(sentence),
            status,
            retry_after: retry_after(error),
            to: None,
        })
    }
}

fn in_words(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// The page once more, filled as it was.
async fn again(site: &Site, visitor: &Visitor, form: &Params, shown: Shown) -> Result<HttpResponse, PageFailure> {
    let username = form.get("username").unwrap_or_default();
    let shown = Shown {
        username: Some(username.chars().take(MAX_NAME).collect()),
        to: form.get("to").and_then(Place::of_word),
        ..shown
    };
    let Some(interaction) = form.get("interaction") else {
        return draw(site, visitor, None, shown);
    };
    match waiting_for(site, visitor, interaction, Step::Login).await? {
        Ok(pending) => draw(site, visitor, Some(&pending), shown),
        Err(elsewhere) => Ok(elsewhere),
    }
}

fn draw(site: &Site, visitor: &Visitor, pending: Option<&Pending>, shown: Shown) -> Result<HttpResponse, PageFailure> {
    let request = pending.map(Pending::request);
    let hint = request.and_then(|request| request.login_hint.clone());
    let template = LoginPage {
        page: site.page(),
        client: pending.map(|pending| ClientFace::of(site, pending.client())),
        action: site.path(routes::LOGIN),
        interaction: pending.map(|pending| pending.id().to_owned()).unwrap_or_default(),
        csrf: visitor.csrf(),
        username: shown.username.or(hint).unwrap_or_default(),
        error: shown.error,
        to: shown.to.map_or("", Place::word).to_owned(),
        passkey: site.idp.has_passkeys().then(|| PasskeySignIn {
            begin: site.path(routes::PASSKEY_SIGN_IN_BEGIN),
            finish: site.path(routes::PASSKEY_SIGN_IN_FINISH),
            script: site.assets.passkey_script.clone(),
        }),
    };
    let target = request.map(|request| request.destination.redirect_uri());
    let (mut response, html) = render(&template, shown.status, target)?;
    if let Some(seconds) = shown.retry_after {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    visitor.remember(site, &mut response);
    let page = response.body(html);
    Ok(if template.passkey.is_some() {
        with_our_script(page)
    } else {
        page
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_words() {
        for (seconds, words) in [
            (1, "1 second"),
            (90, "90 seconds"),
            (91, "2 minutes"),
            (900, "15 minutes"),
        ] {
            assert_eq!(in_words(seconds), words);
        }
    }
}
