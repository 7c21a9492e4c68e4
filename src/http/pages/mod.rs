//! The pages: each handler and its template in one file. Plain forms; nothing here needs a script.

pub mod account;
pub mod calm;
pub mod client;
pub mod consent;
pub mod demo;
pub mod email;
pub mod error;
pub mod forgotten;
mod form_post;
pub mod home;
pub mod login;
pub mod logout;
pub mod passkeys;
pub mod second_step;
pub mod select_account;
pub mod sessions;
pub mod setup;
pub mod sign_up;
pub mod step_up;

use std::borrow::Borrow;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::StatusCode, http::header};
use askama::{Template, filters::Safe};

use super::{
    Site,
    browser::Visitor,
    error::PageFailure,
    headers::{OUR_SCRIPT, page_headers},
    language::{self, LanguageChoice},
    routes,
};
use crate::{
    idp::{
        self,
        authorize::{Outcome, Pending, Resumed},
    },
    language::{Arguments, Language, Markup},
    protocol::{Timestamp, authorize::Step, redirect_uri::form_action_source, response::Delivery},
};

/// What the layout of every page needs.
pub struct Page {
    /// The operator's name.
    pub name: String,
    /// Whether it stands beside the logo.
    pub show_name: bool,
    /// URL of the stylesheet.
    pub css: String,
    /// URL of the logo, which is the icon as well.
    pub logo: String,
    /// Its media type.
    pub logo_type: &'static str,
    /// URL of the logo on dark ground, where it is another one.
    pub logo_dark: Option<String>,
    /// Whether the logo is the operator's, rather than our seal.
    pub has_logo: bool,
    /// The issuer's path, before every link.
    pub base: String,
    /// What it is written in.
    pub language: Language,
    /// The languages to choose from at its foot. Empty where the page cannot be asked for again.
    pub languages: Vec<LanguageChoice>,
    /// The operator's pages linked at its foot: message and URL.
    pub links: Vec<(&'static str, String)>,
}

/// What templates say. A `String` among the arguments is lent: `[("name", &name)]`.
impl Page {
    /// A message.
    pub fn text(&self, id: &str) -> String {
        self.language.text(id)
    }

    /// A message with arguments.
    pub fn text_with(&self, id: &str, arguments: impl Arguments) -> String {
        self.language.text_with(id, arguments)
    }

    /// A message with markup among its arguments; whatever else it holds is escaped.
    pub fn html(&self, id: &str, arguments: impl Arguments) -> Safe<Markup> {
        Safe(self.language.html(id, arguments))
    }

    /// The title of a page with a form; browsers tell it first, so it says when the form was refused.
    pub fn title(&self, id: &str, is_refused: bool) -> String {
        let title = self.text(id);
        if is_refused {
            self.text_with("layout-error-title", [("title", &title)])
        } else {
            title
        }
    }

    /// A day, for example `22 November 2026`.
    pub fn day(&self, at: impl Borrow<Timestamp>) -> String {
        self.language.day(at.borrow().unix())
    }

    /// A day and a time of day, in UTC.
    pub fn moment(&self, at: impl Borrow<Timestamp>) -> String {
        self.language.moment(at.borrow().unix())
    }

    /// A kind of browser and system, as `model::session::browser_kind` tells it.
    pub fn device(&self, kind: Option<&str>) -> String {
        match kind.map(|kind| kind.split_once(" on ").ok_or(kind)) {
            Some(Ok((browser, system))) => {
                self.text_with("sessions-device", [("browser", browser), ("system", system)])
            }
            Some(Err(one)) => one.to_owned(),
            None => self.text("sessions-device-unknown"),
        }
    }

    /// Several names in one sentence, for [`Page::html`].
    pub fn names(&self, names: &[String]) -> Markup {
        self.language.names(names)
    }

    /// A name on which a sentence turns, for [`Page::html`].
    #[expect(clippy::unused_self, reason = "templates have nothing else to call")]
    pub fn strong(&self, name: &str) -> Markup {
        Markup::strong(name)
    }

    /// A name in a sentence, for [`Page::html`].
    #[expect(clippy::unused_self, reason = "templates have nothing else to call")]
    pub fn name_of(&self, name: &str) -> Markup {
        Markup::name(name)
    }

    /// What is copied letter for letter, for [`Page::html`].
    #[expect(clippy::unused_self, reason = "templates have nothing else to call")]
    pub fn code(&self, text: &str) -> Markup {
        Markup::whole_code(text)
    }
}

#[cfg(test)]
impl Page {
    /// For tests of what stands on a page.
    pub(super) fn english() -> Self {
        Self {
            name: "avouch".to_owned(),
            show_name: true,
            css: "/static/a.css".to_owned(),
            logo: "/static/a.svg".to_owned(),
            logo_type: "image/svg+xml",
            logo_dark: None,
            has_logo: false,
            base: String::new(),
            language: Language::En,
            languages: Vec::new(),
            links: Vec::new(),
        }
    }
}

/// How the request came: decides between 302 and 303 (RFC 9110, 15.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a link.
    Get,
    /// By a form.
    Post,
}

/// Sends the browser where a use case wants it: a response to which cookies can be added, and its body.
pub fn follow(site: &Site, outcome: &Outcome, way: Way) -> Result<(HttpResponseBuilder, String), PageFailure> {
    let location = match outcome {
        Outcome::Answer(answer) => match answer.delivery() {
            Delivery::Redirect(url) => url,
            Delivery::FormPost { action, fields } => return form_post::draw(site, action, fields),
        },
        Outcome::Interact { step, interaction } => {
            let route = match step {
                Step::SelectAccount => routes::SELECT_ACCOUNT,
                Step::Consent => routes::CONSENT,
                Step::StepUp => routes::STEP_UP,
                Step::Login | Step::Issue => routes::LOGIN,
            };
            format!("{}?interaction={interaction}", site.path(route))
        }
        Outcome::SignUp(interaction) => format!("{}?interaction={interaction}", site.path(routes::SIGN_UP)),
    };
    Ok((redirect(&location, way), String::new()))
}

/// A redirect that nobody keeps.
pub fn redirect(location: &str, way: Way) -> HttpResponseBuilder {
    let mut response = match way {
        Way::Get => HttpResponse::Found(),
        Way::Post => HttpResponse::SeeOther(),
    };
    response
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    response
}

/// Draws a page. `form_target` is the client's redirect URI, when the form on it may end there.
pub fn render(
    template: &impl Template,
    status: StatusCode,
    form_target: Option<&str>,
) -> Result<(HttpResponseBuilder, String), PageFailure> {
    let html = template
        .render()
        .map_err(|error| idp::Error::Internal(Box::new(error)))?;
    let targets: Vec<String> = form_target.and_then(form_action_source).into_iter().collect();
    let mut response = HttpResponse::build(status);
    for (name, value) in page_headers(&targets) {
        response.insert_header((name, value));
    }
    response.content_type("text/html; charset=utf-8");
    Ok((response, html))
}

/// Lets a page run the one script that we have, and nothing else.
pub fn with_our_script(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    let policy = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok());
    let policy = format!("{}; {OUR_SCRIPT}", policy.unwrap_or("default-src 'none'"));
    if let Ok(policy) = header::HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Draws a page for a visitor, who is remembered with it.
pub fn show(
    site: &Site,
    visitor: &Visitor,
    template: &impl Template,
    form_target: Option<&str>,
) -> Result<HttpResponse, PageFailure> {
    let (mut response, html) = render(template, StatusCode::OK, form_target)?;
    visitor.remember(site, &mut response);
    Ok(response.body(html))
}

/// The interaction in the URL or the form, when a page is for one.
pub fn interaction_id(request: &HttpRequest) -> Option<String> {
    let query = url::form_urlencoded::parse(request.query_string().as_bytes());
    query
        .into_iter()
        .find(|(name, value)| name == "interaction" && !value.is_empty())
        .map(|(_, id)| id.into_owned())
}

/// Loads the interaction of a page. When it waits for another step, or had ended, the browser is sent to the right place.
pub async fn waiting_for(
    site: &Site,
    visitor: &Visitor,
    interaction: &str,
    steps: &[Step],
) -> Result<Result<Box<Pending>, HttpResponse>, PageFailure> {
    let resumed = site.idp.pending(interaction, &visitor.browser).await?;
    if let Resumed::Pending(pending) = &resumed {
        language::heed(pending.id(), pending.ui_locales().as_deref().unwrap_or_default());
    }
    let outcome = match resumed {
        Resumed::Pending(pending) if pending.step().is_some_and(|step| steps.contains(&step)) => {
            return Ok(Ok(pending));
        }
        Resumed::Pending(pending) => site.idp.advance(pending.id(), &visitor.browser).await?,
        Resumed::StartedAgain(outcome) => outcome,
    };
    let (mut response, body) = follow(site, &outcome, Way::Get)?;
    Ok(Err(response.body(body)))
}
