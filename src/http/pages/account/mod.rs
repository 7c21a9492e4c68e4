//! The pages of a person's own account. Each is a plain form: it works without a script, says what is wrong in a calm sentence and is
//! filled as it was; what is done is told by the page to which it leads.

pub mod activity;
pub mod applications;
pub mod authenticator;
pub mod delete;
pub mod export;
pub mod overview;
pub mod password;
pub mod place;
pub mod profile;
pub mod recovery_codes;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

pub use self::place::Place;
use super::{
    Way,
    login::{after_sign_in, with_way},
    redirect, render,
};
use crate::{
    http::{Site, browser::Visitor, error::PageFailure, routes},
    idp,
    language::Language,
    protocol::params::Params,
};

/// What every page of the account needs beside its own.
pub struct Frame {
    /// The way to the other pages.
    pub menu: Vec<Entry>,
    /// Where forms go: to the page itself.
    pub here: String,
    /// The overview; on it, nothing.
    pub back: Option<String>,
    /// The sign-in page, which leads back here.
    pub again: String,
    /// For each form.
    pub csrf: String,
    /// The sign-in for which a person came here to add a factor, to go on with.
    pub waiting: Option<String>,
    /// What was done.
    pub done: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    language: Language,
    base: String,
}

/// A link of the menu.
pub struct Entry {
    /// Where to.
    pub href: String,
    /// In the language of the page.
    pub title: String,
    /// Whether the page is this one.
    pub is_here: bool,
}

impl Frame {
    /// The frame of a page.
    pub fn of(site: &Site, visitor: &Visitor, place: Place) -> Self {
        let page = site.page();
        let language = page.language;
        let open = Place::ALL.into_iter().filter(|place| place.is_open(site));
        let menu = open.map(|entry| Entry {
            href: entry.path(site),
            title: language.text(entry.title()),
            is_here: entry == place,
        });
        Self {
            menu: menu.collect(),
            here: place.path(site),
            back: (place != Place::Overview).then(|| Place::Overview.path(site)),
            again: place.sign_in(site),
            csrf: visitor.csrf(),
            waiting: None,
            done: None,
            error: None,
            language,
            base: page.base,
        }
    }

    /// On the way of a sign-in that waits for what is added here: forms keep to that way.
    #[must_use]
    pub fn before(mut self, site: &Site, interaction: Option<&str>) -> Self {
        if interaction.is_some() {
            self.here = with_way(self.here, interaction, None);
            self.waiting = Some(after_sign_in(site, interaction, None));
        }
        self
    }

    /// With what was done, by the word in the URL and the message for it.
    #[must_use]
    pub fn done(mut self, request: &HttpRequest, messages: &[(&str, &str)]) -> Self {
        let done = query(request, "done");
        let known = messages.iter().find(|(word, _)| Some(*word) == done.as_deref());
        self.done = known.map(|(_, message)| self.language.text(message));
        self
    }

    /// With what went wrong.
    #[must_use]
    pub fn wrong(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// The path of another page of the account.
    pub fn path_of(&self, route: &str) -> String {
        format!("{}{route}", self.base)
    }
}

/// A parameter of the URL.
pub fn query(request: &HttpRequest, name: &str) -> Option<String> {
    Params::parse(request.query_string().as_bytes())
        .ok()
        .and_then(|params| params.get(name).map(str::to_owned))
}

/// What a use case gave; or the way to the sign-in page, and back.
pub fn let_in<T>(
    site: &Site,
    place: Place,
    way: Way,
    outcome: idp::Result<T>,
) -> Result<Result<T, HttpResponse>, PageFailure> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(idp::Error::SignInAgain) => Ok(Err(redirect(&place.sign_in(site), way).finish())),
        Err(other) => Err(other.into()),
    }
}

/// Draws a page, with a status that says whether something went wrong.
pub fn draw(
    site: &Site,
    visitor: &Visitor,
    template: &impl Template,
    is_wrong: bool,
) -> Result<HttpResponse, PageFailure> {
    let status = if is_wrong {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let (mut response, html) = render(template, status, None)?;
    visitor.remember(site, &mut response);
    Ok(response.body(html))
}

/// To a page of the account, with the word for what was done.
pub fn went_well(site: &Site, place: Place, done: &str) -> HttpResponse {
    redirect(&format!("{}?done={done}", place.path(site)), Way::Post).finish()
}

/// The same on the way of a sign-in that waits, when the person came by one.
pub fn went_well_before(site: &Site, place: Place, done: &str, interaction: Option<&str>) -> HttpResponse {
    match interaction {
        Some(_) => {
            let page = with_way(place.path(site), interaction, None);
            redirect(&format!("{page}&done={done}"), Way::Post).finish()
        }
        None => went_well(site, place, done),
    }
}

/// Where the list of sessions was before there was an account to look at.
pub async fn moved_sessions(site: Data<Site>) -> HttpResponse {
    redirect(&site.path(routes::SESSIONS), Way::Get).finish()
}

/// Where browsers and password stores send a person who shall have another password ("A Well-Known URL for Changing Passwords").
pub async fn change_password(site: Data<Site>) -> HttpResponse {
    redirect(&site.path(routes::PASSWORD), Way::Get).finish()
}
