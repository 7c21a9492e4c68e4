//! What every request and answer has in common: bounded headers, security headers, counters.

use std::{rc::Rc, time::Instant};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use tracing::Instrument;

use super::{
    Site,
    language::{self, Spoken},
    pages, request_id, routes,
    unread::Unread,
};
use crate::secret;

const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// The outermost layer. What concerns a person or a client gets a request id, which stands in each of its log lines and in its answer.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(site) = request.app_data::<Data<Site>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if is_published(request.path()) {
        return answer(&site, request, next).await;
    }
    let request_id = secret::random_id();
    let span = tracing::info_span!("request", request_id);
    let mut response = request_id::scope(request_id.clone(), answer(&site, request, next))
        .instrument(span)
        .await?;
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(request_id::HEADER, value);
    }
    Ok(response)
}

/// Documents that are the same for everybody and asked for all the time: they have no story to tell.
fn is_published(path: &str) -> bool {
    [
        routes::JWKS,
        routes::JWKS_BETTER_AUTH,
        routes::OPENID_CONFIGURATION,
        routes::HEALTH,
        routes::READY,
    ]
    .iter()
    .any(|route| path.ends_with(route))
}

async fn answer(
    site: &Site,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let unread = Unread::of(&mut request);
    let spoken = Spoken::by(&request, site);
    let mut response = if is_too_large(&request, site.idp.config().limits.headers) {
        let refusal = HttpResponse::RequestHeaderFieldsTooLarge().force_close().finish();
        request.into_response(refusal).map_into_boxed_body()
    } else {
        language::scope(Rc::clone(&spoken), next.call(request))
            .await?
            .map_into_boxed_body()
    };
    let error_page = language::scope(Rc::clone(&spoken), async { pages::error::draw(site, &response) });
    if let Some(page) = error_page.await {
        response = response.into_response(page);
    }
    spoken.tell(site, response.response_mut());
    add_security_headers(response.headers_mut(), site);
    let route = response.request().match_pattern().unwrap_or_else(|| "other".to_owned());
    let (method, status) = (known_method(response.request().method()), response.status().as_u16());
    site.idp.metrics().request(&route, method, status, started.elapsed());
    tracing::debug!(method, route, status, elapsed = ?started.elapsed(), "answered");
    Ok(match unread {
        Some(unread) => response.map_body(|_, body| unread.held_by(body)),
        None => response,
    })
}

/// The method as a counter's label: a stranger can send any word for one, and must not make new counters by it.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Request line and headers together.
fn is_too_large(request: &ServiceRequest, limit: usize) -> bool {
    let line = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let fields = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4);
    line + fields.sum::<usize>() > limit
}

fn add_security_headers(headers: &mut HeaderMap, site: &Site) {
    const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if site.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
}

/// What the policy of a page with our script has beside: the script from our own origin, talking to our own origin, and no way to make
/// code of text (Trusted Types).
pub const OUR_SCRIPT: &str =
    "script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The headers of a page. `form_targets` are the origins that its form may lead to, beside our own: Chromium applies `form-action` to
/// the redirect after the POST too.
pub fn page_headers(form_targets: &[String]) -> [(HeaderName, String); 7] {
    let targets = form_targets
        .iter()
        .fold(String::new(), |all, target| all + " " + target);
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{targets}; frame-ancestors 'none'; base-uri 'none'"
    );
    [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
        // Not no-referrer: Chromium would then send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin".to_owned(),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin".to_owned(),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()".to_owned(),
        ),
    ]
}

/// The headers of the page that posts an answer to the client: it runs one script and leads to one origin, nowhere else.
pub fn form_post_headers(form_target: Option<&str>, script: &str) -> [(HeaderName, String); 7] {
    let hash = STANDARD.encode(openssl::sha::sha256(script.as_bytes()));
    let target = form_target.unwrap_or("'none'");
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'sha256-{hash}'; form-action {target}; frame-ancestors 'none'; \
         base-uri 'none'"
    );
    page_headers(&[]).map(|(name, value)| match name {
        header::CONTENT_SECURITY_POLICY => (name, policy.clone()),
        // The client may look at who posts to it (`Origin`), which same-origin would hide from it. The path stays here.
        header::REFERRER_POLICY => (name, "origin".to_owned()),
        _ => (name, value),
    })
}
