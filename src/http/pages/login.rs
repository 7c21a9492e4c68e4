//! The sign-in page.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    cookie::Cookie,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;

use super::{
    Page, Way, account::Place, client::ClientFace, follow, interaction_id, redirect, render, waiting_for,
    with_our_script,
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::{Visitor, remembered_cookie, session_cookie},
        error::{PageFailure, retry_after},
        language, routes,
    },
    idp::{
        self, Browser,
        authorize::Pending,
        login::{Entry, Progress, SignedIn},
    },
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
    /// Whether the error is about what was typed.
    is_wrong: bool,
    to: String,
    passkey: Option<PasskeySignIn>,
    links: Links,
}

/// Other ways on from the sign-in page, where there are any.
struct Links {
    /// For whoever has forgotten the password.
    forgotten: Option<String>,
    /// For whoever has no account yet.
    sign_up: Option<String>,
}

/// What the script for passkeys needs.
struct PasskeySignIn {
    begin: String,
    finish: String,
    script: String,
}

/// The longest name that is shown again; nobody has a longer one.
const MAX_NAME: usize = 256;

/// What somebody may be asked at this page: to sign in, and to sign in anew because more is wanted than they can add.
const STEPS: [Step; 2] = [Step::Login, Step::StepUp];

/// Asks for name and password.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let query = Params::parse(request.query_string().as_bytes()).ok();
    let asked = |name: &str| query.as_ref().and_then(|query| query.get(name));
    let Some(interaction) = interaction_id(&request) else {
        return show_own(&site, &visitor, known_page(asked("to"))).await;
    };
    let steps = if asked("again") == Some("1") {
        &STEPS[..]
    } else {
        &STEPS[..1]
    };
    match waiting_for(&site, &visitor, &interaction, steps).await? {
        Ok(pending) => {
            let again = pending.step() == Some(Step::StepUp);
            let shown = Shown {
                username: pending.username().filter(|_| again).map(str::to_owned),
                ..Shown::default()
            };
            draw(&site, &visitor, Some(&pending), shown)
        }
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// The page without an interaction. Before one of our own pages, whoever is signed in may be asked for their second factor alone.
async fn show_own(site: &Site, visitor: &Visitor, to: Option<&'static str>) -> Result<HttpResponse, PageFailure> {
    let user = site.idp.signed_in_user(&visitor.browser).await?;
    if user.is_some() {
        let Some(to) = to else {
            return Ok(redirect(&site.path(routes::HOME), Way::Get).finish());
        };
        if let Some(id) = site.idp.step_up_to(to, &visitor.browser).await? {
            return Ok(redirect(&second_step(site, &id, None, Some(to)), Way::Get).finish());
        }
    }
    let shown = Shown {
        username: user.map(|user| user.username),
        to,
        ..Shown::default()
    };
    draw(site, visitor, None, shown)
}

/// The word for a page of ours, when it is one.
pub fn known_page(to: Option<&str>) -> Option<&'static str> {
    own_page(to).map(|(word, _)| word)
}

/// A page of ours to which a person goes on who had to sign in again for it: its word and its path.
fn own_page(to: Option<&str>) -> Option<(&'static str, &'static str)> {
    let place = Place::of_word(to?)?;
    Some((place.word(), place.route()))
}

/// Takes name and password.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let (username, password) = (
        form.get("username").unwrap_or_default(),
        form.get("password").unwrap_or_default(),
    );
    if !visitor.posted_by_us(&form) {
        return again(&site, &visitor, &form, Shown::incomplete("sign-in-old-page")).await;
    }
    if username.trim().is_empty() || password.is_empty() {
        return again(&site, &visitor, &form, Shown::incomplete("sign-in-incomplete")).await;
    }
    let password = Secret::new(password.to_owned());
    let entry = Entry {
        interaction: form.get("interaction"),
        to: known_page(form.get("to")),
        upgrade: form.get("upgrade") == Some("1"),
    };
    match site.idp.sign_in(&entry, username, &password, &visitor.browser).await {
        Ok(progress) => arrive(&site, &visitor, &progress, &entry).await,
        Err(error) => match Shown::of(&error) {
            Some(shown) => again(&site, &visitor, &form, shown).await,
            None => Err(error.into()),
        },
    }
}

/// What follows a proof at a form: the next page, with the cookies of whoever is signed in now.
pub async fn arrive(
    site: &Site,
    visitor: &Visitor,
    progress: &Progress,
    entry: &Entry<'_>,
) -> Result<HttpResponse, PageFailure> {
    let Entry {
        interaction,
        to,
        upgrade,
    } = *entry;
    let signed_in = match progress {
        Progress::SignedIn(signed_in) => signed_in,
        Progress::Second(id) => return Ok(redirect(&second_step(site, id, interaction, to), Way::Post).finish()),
    };
    let browser = Browser {
        session: Some(signed_in.cookie.clone()),
        ..visitor.browser.clone()
    };
    let (mut response, body) = if signed_in.by_recovery_code {
        let page = with_way(site.path(routes::LOGIN_RECOVERED), interaction, to);
        (redirect(&page, Way::Post), String::new())
    } else if upgrade && site.idp.wants_passkey(&browser).await? {
        let page = with_way(site.path(routes::PASSKEY_UPGRADE), interaction, to);
        (redirect(&page, Way::Post), String::new())
    } else {
        go_on(site, interaction, to, &browser).await?
    };
    for cookie in cookies_of(site, signed_in) {
        response.cookie(cookie);
    }
    Ok(response.body(body))
}

/// The cookies of whoever has just signed in.
pub fn cookies_of(site: &Site, signed_in: &SignedIn) -> impl Iterator<Item = Cookie<'static>> {
    let remembered = signed_in.remembered.as_ref();
    let remembered = remembered.map(|value| remembered_cookie(site, value));
    [session_cookie(site, &signed_in.cookie)].into_iter().chain(remembered)
}

/// The page of a sign-in that waits for a further factor. What follows it stands there too, for when the sign-in is over.
pub fn second_step(site: &Site, id: &str, interaction: Option<&str>, to: Option<&str>) -> String {
    let page = with_way(site.path(routes::LOGIN_SECOND), interaction, to);
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}sign_in={}", encoded(id))
}

/// A page of ours, and where its reader is on the way to.
pub fn with_way(page: String, interaction: Option<&str>, to: Option<&str>) -> String {
    match (interaction, known_page(to)) {
        (Some(interaction), _) => format!("{page}?interaction={}", encoded(interaction)),
        (None, Some(to)) => format!("{page}?to={to}"),
        (None, None) => page,
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
    match interaction {
        Some(interaction) => format!("{}?interaction={}", site.path(routes::LOGIN), encoded(interaction)),
        None => site.path(own_page(to).map_or(routes::HOME, |(_, page)| page)),
    }
}

/// What the page says beside its form.
#[derive(Default)]
pub struct Shown {
    username: Option<String>,
    error: Option<String>,
    status: StatusCode,
    retry_after: Option<u64>,
    to: Option<&'static str>,
}

impl Shown {
    /// A form that cannot be an attempt yet; the message that says why.
    fn incomplete(message: &str) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, language::current().text(message))
    }

    /// A sentence over the form.
    fn refused(status: StatusCode, sentence: String) -> Self {
        Self {
            error: Some(sentence),
            status,
            ..Self::default()
        }
    }

    /// The calm sentence for a failed attempt; `None` when the page cannot help.
    fn of(error: &idp::Error) -> Option<Self> {
        let (status, message) = match error {
            idp::Error::WrongCredentials => (StatusCode::UNAUTHORIZED, "sign-in-wrong"),
            idp::Error::Disabled => (StatusCode::FORBIDDEN, "error-disabled"),
            idp::Error::NoWayIn => (StatusCode::FORBIDDEN, "error-no-way-in"),
            idp::Error::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, ""),
            idp::Error::Busy => (StatusCode::SERVICE_UNAVAILABLE, "sign-in-busy"),
            _ => return None,
        };
        let sentence = too_many(error).unwrap_or_else(|| language::current().text(message));
        Some(Self {
            retry_after: retry_after(error),
            ..Self::refused(status, sentence)
        })
    }
}

/// How long to wait after too many attempts.
pub fn too_many(error: &idp::Error) -> Option<String> {
    let idp::Error::TooMany { retry_after } = error else {
        return None;
    };
    let language = language::current();
    let wait = language.duration(retry_after.as_secs().max(1));
    Some(language.text_with("sign-in-too-many", [("wait", &wait)]))
}

/// The page for a sign-in that cannot go on where it was, with a sentence that says why. It begins again from the same request.
pub async fn begin_again(
    site: &Site,
    visitor: &Visitor,
    error: &idp::Error,
    way: (Option<&str>, Option<&str>),
) -> Result<HttpResponse, PageFailure> {
    let mut shown = match error {
        idp::Error::InteractionGone => {
            Shown::refused(StatusCode::GONE, language::current().text("sign-in-second-step-gone"))
        }
        error => Shown::of(error).unwrap_or_default(),
    };
    shown.to = known_page(way.1);
    let Some(interaction) = way.0 else {
        return draw(site, visitor, None, shown);
    };
    match waiting_for(site, visitor, interaction, &STEPS).await {
        Ok(Ok(pending)) => draw(site, visitor, Some(&pending), shown),
        Ok(Err(elsewhere)) => Ok(elsewhere),
        Err(_) => draw(site, visitor, None, shown),
    }
}

/// The page once more, filled as it was.
async fn again(site: &Site, visitor: &Visitor, form: &Params, shown: Shown) -> Result<HttpResponse, PageFailure> {
    let username = form.get("username").unwrap_or_default();
    let shown = Shown {
        username: Some(username.chars().take(MAX_NAME).collect()),
        to: known_page(form.get("to")),
        ..shown
    };
    let Some(interaction) = form.get("interaction") else {
        return draw(site, visitor, None, shown);
    };
    match waiting_for(site, visitor, interaction, &STEPS).await? {
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
        is_wrong: shown.error.is_some() && shown.status != StatusCode::GONE,
        error: shown.error,
        to: shown.to.unwrap_or_default().to_owned(),
        passkey: site.idp.has_passkeys().then(|| PasskeySignIn {
            begin: site.path(routes::PASSKEY_SIGN_IN_BEGIN),
            finish: site.path(routes::PASSKEY_SIGN_IN_FINISH),
            script: site.assets.passkey_script.clone(),
        }),
        links: Links {
            forgotten: site.idp.has_mail().then(|| site.path(routes::PASSWORD_FORGOTTEN)),
            sign_up: site.idp.config().sign_up.is_open().then(|| {
                let interaction = pending.map(Pending::id);
                with_way(site.path(routes::SIGN_UP), interaction, None)
            }),
        },
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
