//! The form of a new account. What follows it is in `confirm`; `invitation` is the same for whoever was invited.

pub mod confirm;
mod fields;
pub mod invitation;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;

use self::fields::{FieldView, Kind};
use super::{Page, client::ClientFace, interaction_id, login::with_way, render, waiting_for};
use crate::{
    config::{SignUpMode, SignUpUsername},
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{PageFailure, retry_after},
        language, routes,
    },
    idp::{
        self,
        authorize::Pending,
        sign_up::{Origin, Wrong},
    },
    protocol::{authorize::Step, params::Params},
};

/// The longest text that is shown again.
const MAX_SHOWN: usize = 320;

#[derive(Template)]
#[template(path = "sign_up/form.html")]
struct SignUpPage {
    page: Page,
    client: Option<ClientFace>,
    action: String,
    interaction: String,
    csrf: String,
    email: String,
    /// The domains of the addresses that may sign up, where they are few.
    domains: Option<String>,
    form: FormView,
    sign_in: String,
    error: Option<String>,
    /// The input that the error is about; another word when it is about none.
    wrong: String,
}

#[derive(Template)]
#[template(path = "sign_up/sent.html")]
struct SentPage {
    page: Page,
    email: String,
    lifetime: String,
    again: String,
}

/// What the forms of a sign-up and of an invitation have in common, filled as it was.
struct FormView {
    /// Where it is chosen.
    username: Option<String>,
    fields: Vec<FieldView>,
    terms: Option<String>,
    agreed: bool,
}

impl FormView {
    fn of(site: &Site, page: &Page, form: &Params) -> Self {
        let sign_up = &site.idp.config().sign_up;
        let is_chosen = sign_up.username == SignUpUsername::Chosen;
        let fields = site.idp.sign_up_fields();
        Self {
            username: is_chosen.then(|| shown(form, "username")),
            fields: fields.iter().map(|field| FieldView::of(field, page, form)).collect(),
            terms: sign_up.terms.clone(),
            agreed: form.get("terms").is_some(),
        }
    }

    /// Whether one of its inputs is the wrong one; else the page says it at its head.
    fn has(&self, wrong: &str) -> bool {
        ["username", "password", "terms"].contains(&wrong) || self.fields.iter().any(|field| field.is_at(wrong))
    }
}

fn shown(form: &Params, name: &str) -> String {
    form.get(name).unwrap_or_default().chars().take(MAX_SHOWN).collect()
}

/// Why a form is shown again.
struct Refused {
    status: StatusCode,
    /// The input that it is about, or another word.
    field: String,
    sentence: String,
    retry_after: Option<u64>,
}

impl Refused {
    fn old_page() -> Self {
        Self::because(
            StatusCode::BAD_REQUEST,
            "page",
            language::current().text("error-old-page"),
        )
    }

    fn because(status: StatusCode, field: &str, sentence: String) -> Self {
        Self {
            status,
            field: field.to_owned(),
            sentence,
            retry_after: None,
        }
    }

    fn wrong(wrong: &Wrong) -> Self {
        let sentence = wrong.words.said_in(language::current());
        Self::because(StatusCode::BAD_REQUEST, &wrong.field, sentence)
    }

    /// What a form can say about it; `None` when it cannot help.
    fn of(error: &idp::Error) -> Option<Self> {
        let language = language::current();
        let (status, field, sentence) = match error {
            idp::Error::TooMany { retry_after } => {
                let wait = language.duration(retry_after.as_secs().max(1));
                let sentence = language.text_with("sign-up-too-many", [("wait", &wait)]);
                (StatusCode::TOO_MANY_REQUESTS, "page", sentence)
            }
            idp::Error::Busy => (StatusCode::SERVICE_UNAVAILABLE, "page", language.text("error-busy")),
            idp::Error::WrongCredentials => (
                StatusCode::UNAUTHORIZED,
                "password",
                language.text("sign-up-confirm-wrong-password"),
            ),
            _ => return None,
        };
        Some(Self {
            retry_after: retry_after(error),
            ..Self::because(status, field, sentence)
        })
    }
}

/// Draws a page with what was refused. A link in the URL is a secret and must not travel on in a Referer header; without any, Chromium
/// would send `Origin: null` with the form.
fn draw(
    site: &Site,
    visitor: &Visitor,
    template: &impl Template,
    refused: Option<&Refused>,
    target: Option<&str>,
) -> Result<HttpResponse, PageFailure> {
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    let (mut response, html) = render(template, status, target)?;
    response.insert_header((header::REFERRER_POLICY, "origin"));
    if let Some(seconds) = refused.and_then(|refused| refused.retry_after) {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    visitor.remember(site, &mut response);
    Ok(response.body(html))
}

/// Asks for what an account needs.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let interaction = interaction_id(&request);
    ask(&site, &visitor, interaction.as_deref(), &Params::default(), None).await
}

/// Takes it. The answer is the same whoever has the address.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let interaction = form.get("interaction");
    let again = async |refused| ask(&site, &visitor, interaction, &form, Some(refused)).await;
    if !visitor.posted_by_us(&form) {
        return again(Refused::old_page()).await;
    }
    let wanted = match site.idp.read_sign_up(&form) {
        Ok(wanted) => wanted,
        Err(wrong) => return again(Refused::wrong(&wrong)).await,
    };
    let origin = Origin {
        language: language::current(),
        interaction,
    };
    let email = form.get("email").unwrap_or_default();
    match site.idp.ask_to_sign_up(email, &wanted, &origin, &visitor.browser).await {
        Ok(Ok(())) => {
            let page = site.page();
            let template = SentPage {
                email: shown(&form, "email"),
                lifetime: page.language.duration(site.idp.config().sign_up.lifetime.as_secs()),
                again: with_way(site.path(routes::SIGN_UP), interaction, None),
                page,
            };
            draw(&site, &visitor, &template, None, None)
        }
        Ok(Err(wrong)) => again(Refused::wrong(&wrong)).await,
        Err(error) => match Refused::of(&error) {
            Some(refused) => again(refused).await,
            None => Err(error.into()),
        },
    }
}

async fn ask(
    site: &Site,
    visitor: &Visitor,
    interaction: Option<&str>,
    form: &Params,
    refused: Option<Refused>,
) -> Result<HttpResponse, PageFailure> {
    let pending = match interaction {
        Some(id) => match waiting_for(site, visitor, id, &[Step::Login]).await? {
            Ok(pending) => Some(pending),
            Err(elsewhere) => return Ok(elsewhere),
        },
        None => None,
    };
    let page = site.page();
    let sign_up = &site.idp.config().sign_up;
    let wrong = refused.as_ref().map(|refused| refused.field.clone());
    let hint = pending
        .as_ref()
        .and_then(|pending| pending.request().login_hint.clone());
    let email = match form.get("email") {
        Some(_) => shown(form, "email"),
        None => hint.filter(|hint| hint.contains('@')).unwrap_or_default(),
    };
    let template = SignUpPage {
        client: pending.as_ref().map(|pending| ClientFace::of(site, pending.client())),
        action: site.path(routes::SIGN_UP),
        interaction: pending.as_deref().map(Pending::id).unwrap_or_default().to_owned(),
        csrf: visitor.csrf(),
        email,
        domains: (sign_up.mode == SignUpMode::Domain).then(|| page.language.list(&sign_up.domains)),
        form: FormView::of(site, &page, form),
        sign_in: with_way(site.path(routes::LOGIN), pending.as_deref().map(Pending::id), None),
        error: refused.as_ref().map(|refused| refused.sentence.clone()),
        wrong: wrong.unwrap_or_default(),
        page,
    };
    draw(site, visitor, &template, refused.as_ref(), None)
}
