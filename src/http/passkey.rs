//! What our own script asks for: the two halves of each ceremony, as JSON for forms of our own pages; and what others may know
//! about passkeys here.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use serde_json::{Value, json};

use super::{
    Site,
    body::FormBody,
    browser::Visitor,
    error::{Cause, ScriptFailure},
    pages::login::{after_sign_in, cookies_of, known_page, second_step},
    routes,
};
use crate::{
    idp::{
        login::Progress,
        passkey::{Accepted, Challenge},
    },
    protocol::params::Params,
};

type Answer = Result<HttpResponse, ScriptFailure>;

/// A challenge for whoever wants to sign in.
pub async fn begin_sign_in(request: HttpRequest, site: Data<Site>, body: FormBody) -> Answer {
    let (visitor, form) = ours(&request, &site, body)?;
    let interaction = form.get("interaction");
    let challenge = site.idp.begin_passkey_sign_in(interaction, &visitor.browser).await?;
    Ok(answer(&challenged(&challenge)))
}

/// The answer to it; the session begins.
pub async fn finish_sign_in(request: HttpRequest, site: Data<Site>, body: FormBody) -> Answer {
    let (visitor, form) = ours(&request, &site, body)?;
    let (ceremony, credential) = answered(&form);
    let to = known_page(form.get("to"));
    let shown = site
        .idp
        .finish_passkey_sign_in(ceremony, credential, to, &visitor.browser)
        .await?;
    let interaction = shown.interaction.as_deref();
    progressed(&site, &shown.progress, interaction, to, shown.accepted.as_ref())
}

/// A challenge for whoever has shown another factor.
pub async fn begin_second(request: HttpRequest, site: Data<Site>, body: FormBody) -> Answer {
    let (visitor, form) = ours(&request, &site, body)?;
    let sign_in = form.get("sign_in").unwrap_or_default();
    let challenge = site.idp.begin_second_passkey(sign_in, &visitor.browser).await?;
    Ok(answer(&challenged(&challenge)))
}

/// The answer to it.
pub async fn finish_second(request: HttpRequest, site: Data<Site>, body: FormBody) -> Answer {
    let (visitor, form) = ours(&request, &site, body)?;
    let (ceremony, credential) = answered(&form);
    let remember = form.get("remember") == Some("1");
    let (progress, asked, accepted) = site
        .idp
        .finish_second_passkey(ceremony, credential, remember, &visitor.browser)
        .await?;
    let (interaction, to) = (asked.interaction.as_deref(), asked.to.as_deref());
    progressed(&site, &progress, interaction, to, accepted.as_ref())
}

/// Where the script goes next, and the cookies of a session that begins.
fn progressed(
    site: &Site,
    progress: &Progress,
    interaction: Option<&str>,
    to: Option<&str>,
    known: Option<&Accepted>,
) -> Answer {
    let next = match progress {
        Progress::SignedIn(_) => after_sign_in(site, interaction, to),
        Progress::Second(id) => second_step(site, id, interaction, to),
    };
    let mut response = answer(&json!({"next": next, "accepted": known.map(accepted)}));
    if let Progress::SignedIn(signed_in) = progress {
        for cookie in cookies_of(site, signed_in) {
            response
                .add_cookie(&cookie)
                .map_err(|_| Cause::Refused(StatusCode::INTERNAL_SERVER_ERROR, "The cookie could not be set."))?;
        }
    }
    Ok(response)
}

/// A challenge for whoever wants to add a passkey.
pub async fn begin_registration(request: HttpRequest, site: Data<Site>, body: FormBody) -> Answer {
    let (visitor, form) = ours(&request, &site, body)?;
    let conditional = form.get("conditional") == Some("1");
    let challenge = site
        .idp
        .begin_passkey_registration(conditional, &visitor.browser)
        .await?;
    Ok(answer(&challenged(&challenge)))
}

/// The answer to it; the passkey is kept.
pub async fn finish_registration(request: HttpRequest, site: Data<Site>, body: FormBody) -> Answer {
    let (visitor, form) = ours(&request, &site, body)?;
    let (ceremony, credential) = answered(&form);
    let passkey = site
        .idp
        .finish_passkey_registration(ceremony, credential, &visitor.browser)
        .await?;
    let mine = site.idp.my_passkeys(&visitor.browser).await?;
    Ok(answer(
        &json!({"id": passkey.id, "name": passkey.name, "accepted": accepted(&mine.accepted)}),
    ))
}

/// Which origins may use the passkeys of this rp id (WebAuthn, 5.11).
pub async fn related_origins(site: Data<Site>) -> HttpResponse {
    let origins = &site.idp.config().passkeys.related_origins;
    let origins: Vec<&str> = origins.iter().map(crate::config::WebOrigin::as_str).collect();
    published(&json!({"origins": origins}))
}

/// Where people add and manage their passkeys ("A Well-Known URL for Passkey Endpoints", 2).
pub async fn endpoints(site: Data<Site>) -> HttpResponse {
    let page = site.url(routes::PASSKEYS);
    published(&json!({"enroll": page, "manage": page}))
}

/// A form of one of our own pages, from the browser that was given it.
fn ours(request: &HttpRequest, site: &Site, body: FormBody) -> Result<(Visitor, Params), Cause> {
    let form = body.params()?;
    let visitor = Visitor::of(request, site);
    if !visitor.posted_by_us(&form) {
        let why = "The page had grown old, or your browser does not keep cookies. Reload it and try again.";
        return Err(Cause::Refused(StatusCode::FORBIDDEN, why));
    }
    Ok((visitor, form))
}

fn answered(form: &Params) -> (&str, &str) {
    let member = |name| form.get(name).unwrap_or_default();
    (member("ceremony"), member("credential"))
}

fn challenged(challenge: &Challenge) -> Value {
    json!({
        "ceremony": challenge.ceremony,
        "publicKey": challenge.options["publicKey"],
        "expires_in": challenge.lifetime.as_secs(),
    })
}

/// For the Signal API (WebAuthn, 5.1.10), with the names that it has there.
pub fn accepted(accepted: &Accepted) -> Value {
    json!({
        "rpId": accepted.rp_id,
        "userId": accepted.user_id,
        "credentialIds": accepted.credential_ids,
        "name": accepted.name,
        "displayName": accepted.display_name,
    })
}

fn answer(body: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(body)
}

fn published(body: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .json(body)
}
