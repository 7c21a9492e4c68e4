//! What happened to the account lately, in words.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    super::{Page, Way},
    Frame, Place, draw, let_in, query,
};
use crate::{
    http::{Site, browser::Visitor, error::PageFailure},
    idp::account::Happening,
};

#[derive(Template)]
#[template(path = "account/activity.html")]
struct ActivityPage {
    page: Page,
    frame: Frame,
    lines: Vec<Line>,
    newest: bool,
    older: Option<String>,
}

/// One thing that happened.
struct Line {
    what: String,
    detail: Option<String>,
    at: String,
    place: Vec<String>,
    is_bad: bool,
    by_operator: bool,
}

/// Shows a page of it.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let before = query(&request, "before").unwrap_or_default();
    let activity = site.idp.own_activity(&before, &visitor.browser).await;
    let activity = match let_in(&site, Place::Activity, Way::Get, activity)? {
        Ok(activity) => activity,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = site.page();
    let older = activity.next.map(|next| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("before", &next)
            .finish();
        format!("{}?{query}", Place::Activity.path(&site))
    });
    let template = ActivityPage {
        frame: Frame::of(&site, &visitor, Place::Activity),
        lines: activity.happenings.iter().map(|it| line(&page, it)).collect(),
        newest: before.is_empty(),
        older,
        page,
    };
    draw(&site, &visitor, &template, false)
}

fn line(page: &Page, happening: &Happening) -> Line {
    let browser = happening.browser.as_deref().map(|kind| page.device(Some(kind)));
    let is_told_with_ways =
        ["login.succeeded", "login.failed", "factor.used", "factor.failed"].contains(&happening.event.as_str());
    let kinds = happening.kinds.iter().filter(|_| is_told_with_ways);
    let ways: Vec<String> = kinds.filter_map(|kind| way(kind)).map(|id| page.text(id)).collect();
    let ways = (!ways.is_empty()).then(|| page.language.list(&ways));
    let detail = happening.name.clone().or(ways);
    Line {
        what: page.text(words(&happening.event, &happening.kinds)),
        detail,
        at: page.moment(happening.at),
        place: [browser, happening.address.clone()].into_iter().flatten().collect(),
        is_bad: ["login.failed", "factor.failed", "passkey.refused", "passkey.suspected"]
            .contains(&happening.event.as_str()),
        by_operator: happening.by_operator,
    }
}

/// The message for an event of the audit trail. One that this list does not know is told all the same.
fn words(event: &str, kinds: &[String]) -> &'static str {
    let is = |kind: &str| kinds.iter().any(|it| it == kind);
    match event {
        "login.succeeded" => "account-activity-signed-in",
        "login.failed" if is("current_password") => "account-activity-wrong-password",
        "login.failed" => "account-activity-sign-in-failed",
        "login.second_factor_asked" => "account-activity-second-asked",
        "browser.remembered" => "account-activity-browser-remembered",
        "browser.forgotten" => "account-activity-browser-forgotten",
        "logout" => "account-activity-signed-out",
        "session.begun" => "account-activity-session-begun",
        "session.ended" => "account-activity-session-ended",
        "passkey.added" => "account-activity-passkey-added",
        "passkey.removed" => "account-activity-passkey-removed",
        "passkey.refused" => "account-activity-passkey-refused",
        "passkey.suspected" => "account-activity-passkey-suspected",
        "factor.added" => "account-activity-authenticator-added",
        "factor.removed" if is("password") => "account-activity-password-removed",
        "factor.removed" if is("totp") => "account-activity-authenticator-removed",
        "factor.removed" => "account-activity-factor-removed",
        "factor.used" => "account-activity-second-used",
        "factor.failed" => "account-activity-second-failed",
        "recovery_codes.made" => "account-activity-codes-made",
        "second_factor.added" => "account-activity-second-added",
        "second_factor.removed" => "account-activity-second-removed",
        "password.set" => "account-activity-password-set",
        "email.asked" => "account-activity-email-asked",
        "email.verified" | "email.changed" => "account-activity-email-changed",
        // Who asks is told apart from who exists only here, where the letter has gone out.
        "mail.sent" if is("reset-password") => "account-activity-password-forgotten",
        "mail.sent" => "account-activity-letter-sent",
        "mail.refused" | "mail.given_up" => "account-activity-letter-lost",
        "password.forgotten" => "account-activity-password-forgotten",
        "password.reset_link" => "account-activity-password-link",
        "email.verify_link" => "account-activity-email-link",
        "password.changed" | "password.reset" | "user.password_set" => "account-activity-password-changed",
        "consent.given" => "account-activity-consent-given",
        "consent.withdrawn" => "account-activity-consent-withdrawn",
        "profile.changed" | "user.changed" => "account-activity-profile-changed",
        "account.exported" => "account-activity-exported",
        "setup.completed" | "user.added" | "user.signed_up" | "user.invited" => "account-activity-added",
        "user.disabled" => "account-activity-disabled",
        "user.enabled" => "account-activity-enabled",
        "organization.activated" => "account-activity-organization",
        "invitation.accepted" => "account-activity-joined",
        _ => "account-activity-other",
    }
}

/// What people call a way to sign in (RFC 8176), or a kind of factor.
fn way(word: &str) -> Option<&'static str> {
    match word {
        "pwd" | "password" => Some("account-way-password"),
        "pop" | "hwk" | "swk" | "passkey" => Some("account-way-passkey"),
        "otp" | "totp" => Some("account-way-authenticator"),
        "recovery_code" | "recovery_codes" | "kba" => Some("account-way-recovery-code"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Timestamp;

    fn page() -> Page {
        Page::english()
    }

    fn happening(event: &str, kinds: &[&str]) -> Happening {
        Happening {
            at: Timestamp::from_unix(1_700_000_000),
            event: event.to_owned(),
            by_operator: false,
            browser: Some("Firefox on Linux".to_owned()),
            address: None,
            kinds: kinds.iter().map(|&kind| kind.to_owned()).collect(),
            name: None,
        }
    }

    #[test]
    fn a_sign_in_is_told_with_its_ways_and_its_place() {
        let line = line(&page(), &happening("login.succeeded", &["pwd", "otp", "mfa"]));
        assert_eq!(line.what, "You signed in");
        assert_eq!(line.detail.as_deref(), Some("Password, Authenticator app"));
        assert_eq!((line.at.as_str(), line.is_bad), ("14 November 2023, 22:13 UTC", false));
        assert_eq!(line.place, ["Firefox on Linux"]);
        assert!(super::line(&page(), &happening("login.failed", &[])).is_bad);
    }

    #[test]
    fn the_name_of_what_it_concerns_counts_more_than_its_kind() {
        let named = Happening {
            name: Some("Shop".to_owned()),
            ..happening("consent.given", &["pwd"])
        };
        assert_eq!(line(&page(), &named).detail.as_deref(), Some("Shop"));
    }

    #[test]
    fn a_second_factor_that_is_asked_for_is_not_told_as_the_first() {
        let line = line(&page(), &happening("login.second_factor_asked", &["pwd"]));
        assert_eq!(
            (line.what.as_str(), line.detail),
            ("A second factor was asked for", None)
        );
    }

    #[test]
    fn letters_links_and_the_beginning_of_an_account_have_words() {
        for (event, kind, told) in [
            ("mail.sent", "factor-changed", "A letter was sent to you"),
            (
                "mail.sent",
                "reset-password",
                "Somebody asked for a new password by letter",
            ),
            (
                "mail.refused",
                "factor-changed",
                "A letter could not be delivered to you",
            ),
            (
                "mail.given_up",
                "reset-password",
                "A letter could not be delivered to you",
            ),
            ("password.reset_link", "", "A link for a new password was made"),
            ("email.verify_link", "", "A link to confirm the email address was made"),
            ("user.signed_up", "", "The account was made"),
            ("user.invited", "", "The account was made"),
            ("invitation.accepted", "", "You joined an organization"),
        ] {
            let line = line(&page(), &happening(event, &[kind]));
            assert_eq!((line.what.as_str(), line.detail), (told, None), "{event}");
        }
    }

    #[test]
    fn what_nobody_has_words_for_is_told_all_the_same() {
        assert_eq!(words("something.new", &[]), "account-activity-other");
        assert_eq!(
            words("factor.removed", &["totp".to_owned()]),
            "account-activity-authenticator-removed"
        );
    }
}
