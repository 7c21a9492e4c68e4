//! The authenticator app: set up by a picture or a key, confirmed by its first code, replaced, removed.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    super::{Page, Way, interaction_id, login::with_way, redirect},
    Frame, Place, draw, let_in, went_well, went_well_before,
};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure},
    idp::{self, account::OwnAuthenticator, factors::TotpOffer},
    model::factor::FactorKind,
    secret::Secret,
};

#[derive(Template)]
#[template(path = "account/authenticator.html")]
struct AuthenticatorPage {
    page: Page,
    frame: Frame,
    app: OwnAuthenticator,
    /// The key in groups that can be read out.
    key: Vec<String>,
}

/// Shows how things stand.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let messages = [
        ("on", "account-authenticator-was-set-up"),
        ("removed", "account-authenticator-was-removed"),
    ];
    let frame = Frame::of(&site, &visitor, Place::Authenticator)
        .done(&request, &messages)
        .before(&site, interaction_id(&request).as_deref());
    page_of(&site, &visitor, frame, Way::Get).await
}

/// Begins, confirms, or removes.
pub async fn change(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let browser = &visitor.browser;
    let interaction = interaction_id(&request);
    let waiting = interaction.as_deref();
    let refuse = async |error: &str| {
        let error = Some(site.page().text(error));
        let frame = Frame::of(&site, &visitor, Place::Authenticator)
            .wrong(error)
            .before(&site, waiting);
        page_of(&site, &visitor, frame, Way::Post).await
    };
    if !visitor.posted_by_us(&form) {
        return refuse("error-old-page").await;
    }
    let outcome = match form.get("do") {
        Some("begin") => site.idp.begin_own_totp(browser).await,
        Some("remove") => site.idp.remove_own_factor(&FactorKind::Totp, browser).await,
        _ => {
            let code = Secret::new(form.get("code").unwrap_or_default().to_owned());
            site.idp.confirm_own_totp(&code, browser).await
        }
    };
    match (outcome, form.get("do")) {
        (Ok(()), Some("begin")) => {
            let page = with_way(Place::Authenticator.path(&site), waiting, None);
            Ok(redirect(&page, Way::Post).finish())
        }
        (Ok(()), Some("remove")) => Ok(went_well(&site, Place::Authenticator, "removed")),
        // Whoever loses the app is locked out without them, so they come next.
        (Ok(()), _)
            if site
                .idp
                .own_recovery_codes(browser)
                .await
                .is_ok_and(|codes| codes.left == 0) =>
        {
            Ok(went_well_before(&site, Place::RecoveryCodes, "authenticator", waiting))
        }
        (Ok(()), _) => Ok(went_well_before(&site, Place::Authenticator, "on", waiting)),
        (Err(idp::Error::SignInAgain), _) => Ok(redirect(&Place::Authenticator.sign_in(&site), Way::Post).finish()),
        (Err(idp::Error::Invalid { field: "code", .. }), _) => {
            let is_begun = site
                .idp
                .own_authenticator(browser)
                .await
                .is_ok_and(|app| app.offer.is_some());
            refuse(if is_begun {
                "account-authenticator-wrong-code"
            } else {
                "account-authenticator-expired"
            })
            .await
        }
        (Err(idp::Error::Invalid { field: "factor", .. }), _) => refuse("account-factor-last").await,
        (Err(idp::Error::NotFound { .. }), _) => refuse("account-authenticator-gone").await,
        (Err(other), _) => Err(other.into()),
    }
}

async fn page_of(site: &Site, visitor: &Visitor, frame: Frame, way: Way) -> Result<HttpResponse, PageFailure> {
    let app = site.idp.own_authenticator(&visitor.browser).await;
    let app = match let_in(site, Place::Authenticator, way, app)? {
        Ok(app) => app,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let is_wrong = frame.error.is_some();
    let template = AuthenticatorPage {
        page: site.page(),
        frame,
        key: app.offer.as_ref().map(grouped).unwrap_or_default(),
        app,
    };
    draw(site, visitor, &template, is_wrong)
}

fn grouped(offer: &TotpOffer) -> Vec<String> {
    let letters: Vec<char> = offer.secret.expose().chars().collect();
    letters.chunks(4).map(|group| group.iter().collect()).collect()
}
