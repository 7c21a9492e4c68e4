//! The password: set, changed, removed.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;

use super::{
    super::{Page, Way, render},
    Frame, Place, let_in, went_well,
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{PageFailure, retry_after},
    },
    idp::{self, account::OwnPassword},
    model::factor::FactorKind,
    secret::Secret,
};

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    page: Page,
    frame: Frame,
    password: OwnPassword,
    /// Which field the error is about: `current`, `password`, `repeated`, or none.
    wrong: &'static str,
}

/// What a form was refused for.
struct Refusal {
    sentence: String,
    field: &'static str,
    status: StatusCode,
    retry_after: Option<u64>,
}

impl Refusal {
    fn of(field: &'static str, sentence: String) -> Self {
        Self {
            sentence,
            field,
            status: StatusCode::BAD_REQUEST,
            retry_after: None,
        }
    }
}

/// Shows how things stand.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let messages = [
        ("set", "account-password-was-set"),
        ("removed", "account-password-was-removed"),
    ];
    let frame = Frame::of(&site, &visitor, Place::Password).done(&request, &messages);
    page_of(&site, &visitor, frame, Way::Get, None).await
}

/// Sets it, or removes it.
pub async fn change(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let page = site.page();
    let field = |name| form.get(name).unwrap_or_default();
    let refusal = if !visitor.posted_by_us(&form) {
        Refusal::of("", page.text("error-old-page"))
    } else if field("do") == "remove" {
        match site
            .idp
            .remove_own_factor(&FactorKind::Password, &visitor.browser)
            .await
        {
            Ok(()) => return Ok(went_well(&site, Place::Password, "removed")),
            Err(error) => refusal(&page, error)?,
        }
    } else if field("password") != field("repeated") {
        Refusal::of("repeated", page.text("account-password-differs"))
    } else {
        let secret = |name| Secret::new(field(name).to_owned());
        let changed = site
            .idp
            .change_own_password(&secret("current"), &secret("password"), &visitor.browser)
            .await;
        match changed {
            Ok(()) => return Ok(went_well(&site, Place::Password, "set")),
            Err(error) => refusal(&page, error)?,
        }
    };
    let frame = Frame::of(&site, &visitor, Place::Password).wrong(Some(refusal.sentence.clone()));
    page_of(&site, &visitor, frame, Way::Post, Some(&refusal)).await
}

/// The calm sentence for what the use case refused.
fn refusal(page: &Page, error: idp::Error) -> Result<Refusal, PageFailure> {
    let wait = retry_after(&error);
    Ok(match error {
        idp::Error::WrongCredentials => Refusal {
            status: StatusCode::UNAUTHORIZED,
            ..Refusal::of("current", page.text("account-password-wrong"))
        },
        idp::Error::TooMany { .. } => Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: wait,
            ..Refusal::of(
                "current",
                page.text_with(
                    "account-password-too-many",
                    [("duration", &page.language.duration(wait.unwrap_or(1)))],
                ),
            )
        },
        idp::Error::Invalid {
            field: "password",
            message,
        } => Refusal::of("password", message.said_in(page.language)),
        idp::Error::Invalid { field: "factor", .. } => Refusal::of("", page.text("account-factor-last")),
        // There is none any more; the page shows it.
        idp::Error::NotFound { .. } => Refusal::of("", page.text("account-password-gone")),
        // The page sends the person to sign in again.
        idp::Error::SignInAgain => Refusal::of("", page.text("account-recent")),
        other => return Err(other.into()),
    })
}

async fn page_of(
    site: &Site,
    visitor: &Visitor,
    frame: Frame,
    way: Way,
    refusal: Option<&Refusal>,
) -> Result<HttpResponse, PageFailure> {
    let password = site.idp.own_password(&visitor.browser).await;
    let password = match let_in(site, Place::Password, way, password)? {
        // What was typed is gone with the old sign-in: a password is shown to nobody, not even on its own page.
        Ok(password) if way == Way::Post && !password.is_recent => {
            return Ok(super::super::redirect(&Place::Password.sign_in(site), way).finish());
        }
        Ok(password) => password,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let template = PasswordPage {
        page: site.page(),
        frame,
        password,
        wrong: refusal.map_or("", |refusal| refusal.field),
    };
    let (mut response, html) = render(
        &template,
        refusal.map_or(StatusCode::OK, |refusal| refusal.status),
        None,
    )?;
    if let Some(seconds) = refusal.and_then(|refusal| refusal.retry_after) {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    visitor.remember(site, &mut response);
    Ok(response.body(html))
}
