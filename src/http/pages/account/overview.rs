//! The account at a glance: who the person is here, how they sign in, and what they should look at.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    super::{Page, Way},
    Frame, Place, draw, let_in,
};
use crate::{
    http::{Site, browser::Visitor, error::PageFailure, routes},
    idp::account::{Concern, Overview},
};

#[derive(Template)]
#[template(path = "account/overview.html")]
struct OverviewPage {
    page: Page,
    frame: Frame,
    overview: Overview,
    name: String,
    concerns: Vec<Advice>,
    groups: Vec<Group>,
    logout_action: String,
}

/// Something to look at, and where that is done.
struct Advice {
    text: String,
    link: (String, String),
}

/// Pages that belong together.
struct Group {
    id: &'static str,
    title: String,
    rows: Vec<Row>,
}

/// A page, and how things stand there.
struct Row {
    id: &'static str,
    href: String,
    title: String,
    state: String,
}

/// Shows it.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let overview = site.idp.own_overview(&visitor.browser).await;
    let overview = match let_in(&site, Place::Overview, Way::Get, overview)? {
        Ok(overview) => overview,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = site.page();
    let template = OverviewPage {
        frame: Frame::of(&site, &visitor, Place::Overview),
        name: overview.user.display_name(),
        concerns: overview.concerns.iter().map(|it| advice(&site, &page, *it)).collect(),
        groups: groups(&site, &page, &overview),
        logout_action: site.path(routes::LOGOUT_CONFIRM),
        overview,
        page,
    };
    draw(&site, &visitor, &template, false)
}

fn advice(site: &Site, page: &Page, concern: Concern) -> Advice {
    let (text, place) = match concern {
        Concern::CopiedPasskey => (page.text("account-concern-copied-passkey"), Place::Passkeys),
        Concern::OnlyOneWayIn => (page.text("account-concern-one-way-in"), Place::Passkeys),
        Concern::NoRecoveryCodes => (page.text("account-concern-no-codes"), Place::RecoveryCodes),
        Concern::FewRecoveryCodes(left) => (
            page.text_with("account-concern-few-codes", [("count", left as u64)]),
            Place::RecoveryCodes,
        ),
        Concern::UnverifiedEmail => (page.text("account-concern-unverified-email"), Place::Email),
    };
    Advice {
        text,
        link: (place.path(site), page.text(place.title())),
    }
}

fn groups(site: &Site, page: &Page, overview: &Overview) -> Vec<Group> {
    let group = |id, title: &str, places: &[Place]| Group {
        id,
        title: page.text(title),
        rows: places
            .iter()
            .filter(|place| place.is_open(site))
            .map(|place| row(site, page, overview, *place))
            .collect(),
    };
    vec![
        group("account-you", "account-group-you", &[Place::Profile, Place::Email]),
        group(
            "account-factors",
            "account-group-signing-in",
            &[
                Place::Password,
                Place::Passkeys,
                Place::Authenticator,
                Place::RecoveryCodes,
            ],
        ),
        group(
            "account-use",
            "account-group-use",
            &[Place::Sessions, Place::Applications, Place::Activity],
        ),
        group(
            "account-record",
            "account-group-record",
            &[Place::Export, Place::Delete],
        ),
    ]
}

fn row(site: &Site, page: &Page, overview: &Overview, place: Place) -> Row {
    let counted = |id: &str, count: usize| page.text_with(id, [("count", count as u64)]);
    let state = match place {
        Place::Email => overview
            .user
            .email
            .clone()
            .unwrap_or_else(|| page.text("account-email-none")),
        Place::Password => match overview.password_since {
            Some(since) => page.text_with("account-state-password", [("day", &page.day(since))]),
            None => page.text("account-state-no-password"),
        },
        Place::Passkeys => counted("account-state-passkeys", overview.passkeys),
        Place::Authenticator => match overview.authenticator_since {
            Some(since) => page.text_with("account-state-authenticator", [("day", &page.day(since))]),
            None => page.text("account-state-no-authenticator"),
        },
        Place::RecoveryCodes => counted("account-state-recovery-codes", overview.recovery_codes),
        Place::Sessions => counted("account-state-sessions", overview.sessions),
        Place::Applications => counted("account-state-applications", overview.applications),
        Place::Activity => page.text("account-state-activity"),
        Place::Export => page.text("account-state-export"),
        Place::Delete => page.text("account-state-delete"),
        Place::Profile | Place::Overview => page.text("account-state-profile"),
    };
    Row {
        id: match place {
            Place::Overview => "account-to-overview",
            Place::Profile => "account-to-profile",
            Place::Email => "account-to-email",
            Place::Password => "account-to-password",
            Place::Passkeys => "account-to-passkeys",
            Place::Authenticator => "account-to-authenticator",
            Place::RecoveryCodes => "account-to-recovery-codes",
            Place::Sessions => "account-to-sessions",
            Place::Applications => "account-to-apps",
            Place::Activity => "account-to-activity",
            Place::Export => "account-to-export",
            Place::Delete => "account-to-delete",
        },
        href: place.path(site),
        title: page.text(place.title()),
        state,
    }
}
