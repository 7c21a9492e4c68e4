//! The second step of a sign-in: one page for each kind of factor that the account can be asked for, and the links between them.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;

use super::{
    Page, Way,
    login::{after_sign_in, arrive, begin_again, second_step, too_many, with_way},
    redirect, render, show as show_page, with_our_script,
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{PageFailure, retry_after},
        routes,
    },
    idp::{
        self,
        factors::Presented,
        login::{Asked, Entry, SecondProof},
    },
    model::factor::FactorKind,
    protocol::params::Params,
    secret::Secret,
};

#[derive(Template)]
#[template(path = "second_step.html")]
struct SecondStepPage {
    page: Page,
    /// The kind that is asked for, by its word.
    by: &'static str,
    username: String,
    action: String,
    sign_in: String,
    interaction: String,
    to: String,
    csrf: String,
    error: Option<String>,
    /// For how long the browser can be remembered, in words.
    remember: Option<String>,
    passkey: Option<PasskeySecond>,
    /// The other kinds, each with its page.
    ways: Vec<(&'static str, String)>,
    start_over: String,
}

/// What the script for passkeys needs.
struct PasskeySecond {
    begin: String,
    finish: String,
    script: String,
}

#[derive(Template)]
#[template(path = "recovered.html")]
struct RecoveredPage {
    page: Page,
    left: usize,
    next: String,
}

/// The kinds that have a page, by their words there.
const WAYS: [(FactorKind, &str); 4] = [
    (FactorKind::Totp, "totp"),
    (FactorKind::Passkey, "passkey"),
    (FactorKind::Password, "password"),
    (FactorKind::RecoveryCodes, "recovery-code"),
];

fn word(kind: &FactorKind) -> Option<&'static str> {
    WAYS.iter().find(|(known, _)| known == kind).map(|(_, word)| *word)
}

/// What is wrong with an attempt, and how it is told.
struct Wrong {
    status: StatusCode,
    sentence: String,
    retry_after: Option<u64>,
}

impl Wrong {
    fn message(site: &Site, status: StatusCode, id: &str) -> Self {
        Self {
            status,
            sentence: site.page().text(id),
            retry_after: None,
        }
    }

    /// The calm sentence for a failed attempt; `None` when this page cannot help.
    fn of(site: &Site, error: &idp::Error, by: &str) -> Option<Self> {
        let wrong = |status, id| Some(Self::message(site, status, id));
        match error {
            idp::Error::Invalid { .. } if by == "totp" => wrong(StatusCode::UNAUTHORIZED, "second-step-wrong-code"),
            idp::Error::Invalid { .. } => wrong(StatusCode::UNAUTHORIZED, "second-step-wrong-recovery-code"),
            idp::Error::WrongCredentials => wrong(StatusCode::UNAUTHORIZED, "second-step-wrong-password"),
            idp::Error::Busy => wrong(StatusCode::SERVICE_UNAVAILABLE, "sign-in-busy"),
            error => Some(Self {
                status: StatusCode::TOO_MANY_REQUESTS,
                sentence: too_many(error)?,
                retry_after: retry_after(error),
            }),
        }
    }
}

/// Asks for a further factor.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let query = Params::parse(request.query_string().as_bytes())?;
    draw(&site, &visitor, &query, None).await
}

/// Takes it.
pub async fn submit(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let refused = |id| Some(Wrong::message(&site, StatusCode::BAD_REQUEST, id));
    if !visitor.posted_by_us(&form) {
        return draw(&site, &visitor, &form, refused("sign-in-old-page")).await;
    }
    let by = form.get("by").unwrap_or_default();
    let typed = |name| form.get(name).map(str::trim).filter(|text| !text.is_empty());
    let secret = |text: &str| Secret::new(text.to_owned());
    let proof = match by {
        "totp" => typed("code").map(|code| SecondProof::Code(Presented::Totp(secret(code)))),
        "recovery-code" => typed("code").map(|code| SecondProof::Code(Presented::RecoveryCode(secret(code)))),
        // Spaces are a part of a password.
        "password" => typed("password")
            .and_then(|_| form.get("password"))
            .map(|password| SecondProof::Password(secret(password))),
        _ => None,
    };
    let Some(proof) = proof else {
        return draw(&site, &visitor, &form, refused("second-step-incomplete")).await;
    };
    let id = form.get("sign_in").unwrap_or_default();
    let remember = form.get("remember") == Some("1");
    match site.idp.prove_second(id, &proof, remember, &visitor.browser).await {
        Ok((progress, asked)) => {
            let entry = Entry {
                interaction: asked.interaction.as_deref(),
                to: asked.to.as_deref(),
                upgrade: asked.upgrade,
            };
            arrive(&site, &visitor, &progress, &entry).await
        }
        Err(error) => match Wrong::of(&site, &error, by) {
            Some(wrong) => draw(&site, &visitor, &form, Some(wrong)).await,
            None => elsewhere(&site, &visitor, &form, error).await,
        },
    }
}

/// Back at the sign-in page, when the sign-in cannot go on.
async fn elsewhere(
    site: &Site,
    visitor: &Visitor,
    params: &Params,
    error: idp::Error,
) -> Result<HttpResponse, PageFailure> {
    match error {
        error @ (idp::Error::InteractionGone | idp::Error::Disabled | idp::Error::NoWayIn) => {
            begin_again(site, visitor, &error, (params.get("interaction"), params.get("to"))).await
        }
        other => Err(other.into()),
    }
}

async fn draw(
    site: &Site,
    visitor: &Visitor,
    params: &Params,
    wrong: Option<Wrong>,
) -> Result<HttpResponse, PageFailure> {
    let id = params.get("sign_in").unwrap_or_default();
    let asked = match site.idp.asked_second(id, &visitor.browser).await {
        Ok(asked) => asked,
        Err(error) => return elsewhere(site, visitor, params, error).await,
    };
    let template = page(site, visitor, (id, params.get("by")), asked, wrong.as_ref());
    let status = wrong.as_ref().map_or(StatusCode::OK, |wrong| wrong.status);
    let (mut response, html) = render(&template, status, None)?;
    if let Some(seconds) = wrong.and_then(|wrong| wrong.retry_after) {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    visitor.remember(site, &mut response);
    let page = response.body(html);
    Ok(if template.passkey.is_some() {
        with_our_script(page)
    } else {
        page
    })
}

fn page(
    site: &Site,
    visitor: &Visitor,
    (id, by): (&str, Option<&str>),
    asked: Asked,
    wrong: Option<&Wrong>,
) -> SecondStepPage {
    let words: Vec<&'static str> = asked.kinds.iter().filter_map(word).collect();
    let asked_for = words.iter().find(|word| Some(**word) == by).or(words.first());
    let by = asked_for.copied().unwrap_or_default();
    let here = second_step(site, id, asked.interaction.as_deref(), asked.to.as_deref());
    let (interaction, to) = (asked.interaction.as_deref(), asked.to.as_deref());
    let page = site.page();
    SecondStepPage {
        ways: words
            .iter()
            .filter(|word| **word != by)
            .map(|word| (*word, format!("{here}&by={word}")))
            .collect(),
        remember: asked
            .remember
            .filter(|_| by == "totp" || by == "passkey")
            .map(|lifetime| page.language.duration(lifetime.as_secs())),
        page,
        by,
        username: asked.username,
        action: site.path(routes::LOGIN_SECOND),
        sign_in: id.to_owned(),
        csrf: visitor.csrf(),
        error: wrong.map(|wrong| wrong.sentence.clone()),
        passkey: (by == "passkey").then(|| PasskeySecond {
            begin: site.path(routes::PASSKEY_SECOND_BEGIN),
            finish: site.path(routes::PASSKEY_SECOND_FINISH),
            script: site.assets.passkey_script.clone(),
        }),
        start_over: start_over(site, interaction, to),
        interaction: asked.interaction.unwrap_or_default(),
        to: asked.to.unwrap_or_default(),
    }
}

/// The sign-in page, for whoever wants to begin anew.
fn start_over(site: &Site, interaction: Option<&str>, to: Option<&str>) -> String {
    let page = with_way(site.path(routes::LOGIN), interaction, to);
    if interaction.is_some() {
        format!("{page}&again=1")
    } else {
        page
    }
}

/// After a recovery code: how many are left, before the person goes on.
pub async fn recovered(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let query = Params::parse(request.query_string().as_bytes())?;
    let next = after_sign_in(&site, query.get("interaction"), query.get("to"));
    let Some(user) = site.idp.signed_in_user(&visitor.browser).await? else {
        return Ok(redirect(&next, Way::Get).finish());
    };
    let template = RecoveredPage {
        page: site.page(),
        left: site.idp.recovery_codes_left(&user.id).await?,
        next,
    };
    show_page(&site, &visitor, &template, None)
}
