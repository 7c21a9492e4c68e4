//! What a form says when it could not be taken, and the page of a link that is spent.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

use super::{Page, render};
use crate::{
    http::{Site, browser::Visitor, error::PageFailure, error::retry_after, language},
    idp,
};

/// A refusal that the page can tell beside its form.
pub struct Calm {
    /// The status of the answer.
    pub status: StatusCode,
    /// The field that it is about.
    pub field: &'static str,
    /// What to do next.
    pub sentence: String,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<u64>,
}

impl Calm {
    /// The form came from elsewhere, or the page had grown old.
    pub fn old_page() -> Self {
        Self::about("csrf", language::current().text("error-old-page"))
    }

    /// Something about one field.
    pub fn about(field: &'static str, sentence: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            field,
            sentence,
            retry_after: None,
        }
    }

    /// What a use case refused; `None` when the form cannot help.
    pub fn of(error: &idp::Error) -> Option<Self> {
        let language = language::current();
        let (status, field, sentence) = match error {
            idp::Error::Invalid { field, message } => (StatusCode::BAD_REQUEST, *field, message.said_in(language)),
            idp::Error::WrongCredentials => (
                StatusCode::UNAUTHORIZED,
                "password",
                language.text("forgotten-wrong-password"),
            ),
            idp::Error::TooMany { retry_after } => {
                let wait = language.duration(retry_after.as_secs().max(1));
                let sentence = language.text_with("forgotten-too-many", [("wait", &wait)]);
                (StatusCode::TOO_MANY_REQUESTS, "form", sentence)
            }
            idp::Error::Busy => (StatusCode::SERVICE_UNAVAILABLE, "form", language.text("error-busy")),
            _ => return None,
        };
        Some(Self {
            status,
            field,
            sentence,
            retry_after: retry_after(error),
        })
    }

    /// Draws a page that says it, or that says nothing.
    pub fn draw(
        refused: Option<&Self>,
        site: &Site,
        visitor: &Visitor,
        template: &impl Template,
    ) -> Result<HttpResponse, PageFailure> {
        let status = refused.map_or(StatusCode::OK, |calm| calm.status);
        let (mut response, html) = render(template, status, None)?;
        // A link in the URL is a secret and must not travel on in a Referer header; without any, Chromium would send `Origin: null`
        // with the form.
        response.insert_header((header::REFERRER_POLICY, "origin"));
        if let Some(seconds) = refused.and_then(|calm| calm.retry_after) {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        visitor.remember(site, &mut response);
        Ok(response.body(html))
    }
}

#[derive(Template)]
#[template(path = "link_gone.html")]
struct GonePage {
    page: Page,
    title: String,
    advice: String,
    next: Option<(String, String)>,
}

/// The page of a link that was used, replaced or is too old: what to do next, and the way there.
pub fn gone(site: &Site, advice: &str, next: Option<(String, String)>) -> Result<HttpResponse, PageFailure> {
    let language = language::current();
    let template = GonePage {
        page: site.page(),
        title: language.text("error-link-gone-title"),
        advice: advice.to_owned(),
        next,
    };
    let (mut response, html) = render(&template, StatusCode::GONE, None)?;
    Ok(response.body(html))
}
