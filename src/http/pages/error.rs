//! The error page, drawn for every failure that a person sees.

use actix_web::{HttpResponse, body::MessageBody, dev::ServiceResponse, http::header};
use askama::Template;

use super::{Page, render};
use crate::http::{Site, error::PageFailure, language};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: String,
    message: String,
    detail: Option<String>,
    request_id: String,
    home: bool,
}

/// The page for a failed response; `None` when it did not fail, or is not for people.
pub fn draw(site: &Site, response: &ServiceResponse<impl MessageBody>) -> Option<HttpResponse> {
    let failure = response.response().error()?.as_error::<PageFailure>()?;
    let explanation = failure.explain(language::current());
    let mut page = site.page();
    // The links would repeat a URL that led here by mistake or by malice.
    page.languages.clear();
    let template = ErrorPage {
        page,
        title: explanation.title,
        message: explanation.message,
        detail: explanation.detail,
        request_id: explanation.request_id,
        home: true,
    };
    let (mut page, html) = render(&template, response.status(), None).ok()?;
    if let Some(seconds) = explanation.retry_after {
        page.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    Some(page.body(html))
}
