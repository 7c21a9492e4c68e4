//! What every request and answer has in common: bounded headers, security headers, counters.

use std::time::Instant;

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use super::{Site, pages};

const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// The outermost layer.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let site = request.app_data::<Data<Site>>().cloned();
    let Some(site) = site else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let mut response = if is_too_large(&request, site.idp.config().limits.headers) {
        request
            .into_response(HttpResponse::RequestHeaderFieldsTooLarge().force_close().finish())
            .map_into_boxed_body()
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    if let Some(page) = pages::error::draw(&site, &response) {
        response = response.into_response(page);
    }
    add_security_headers(response.headers_mut(), &site);
    let route = response.request().match_pattern().unwrap_or_else(|| "other".to_owned());
    let method = response.request().method().as_str().to_owned();
    site.idp
        .metrics()
        .request(&route, &method, response.status().as_u16(), started.elapsed());
    tracing::debug!(method, route, status = response.status().as_u16(), elapsed = ?started.elapsed(), "answered");
    Ok(response)
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
