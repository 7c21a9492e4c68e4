//! The cookies that make a browser known, and the proof that a form came from one of our own pages.

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};

use super::{Site, client_ip::client_ip};
use crate::{
    idp::Browser,
    model::session::browser_kind,
    protocol::params::Params,
    secret::{self, Secret},
};

/// How long the binding cookie stays; it names nobody.
const BINDING_LIFETIME: Duration = Duration::days(400);

/// A browser, and the cookie to set when it had none.
pub struct Visitor {
    /// What the use cases need.
    pub browser: Browser,
    new_binding: bool,
}

impl Visitor {
    /// Reads a request's cookies.
    pub fn of(request: &HttpRequest, site: &Site) -> Self {
        let cookie = |name| {
            request
                .cookie(&cookie_name(site, name))
                .map(|cookie| cookie.value().to_owned())
        };
        let known = cookie(BINDING).filter(|value| value.len() == 43);
        let new_binding = known.is_none();
        let browser = Browser {
            session: cookie(SESSION).map(Secret::new),
            binding: Secret::new(known.unwrap_or_else(secret::random)),
            address: client_ip(request, &site.idp.config().server.trusted_proxies),
            user_agent: user_agent(request),
            remembered: cookie(REMEMBERED).filter(|value| value.len() == 43).map(Secret::new),
        };
        Self { browser, new_binding }
    }

    /// Whether the browser brought its cookies. A form that another site posted does not (`SameSite=Lax`).
    pub const fn is_new(&self) -> bool {
        self.new_binding
    }

    /// Sets the binding cookie when the browser had none.
    pub fn remember(&self, site: &Site, response: &mut HttpResponseBuilder) {
        if self.new_binding {
            response.cookie(our_cookie(
                site,
                BINDING,
                self.browser.binding.expose().clone(),
                BINDING_LIFETIME,
            ));
        }
    }

    /// What every form of this browser carries. An attacker's site cannot read the cookie that it is made from.
    pub fn csrf(&self) -> String {
        secret::digest(&format!("csrf {}", self.browser.binding.expose()))
    }

    /// Whether a form carries it.
    pub fn posted_by_us(&self, form: &Params) -> bool {
        !self.new_binding && form.get("csrf").is_some_and(|csrf| secret::same(csrf, &self.csrf()))
    }
}

fn user_agent(request: &HttpRequest) -> Option<String> {
    browser_kind(request.headers().get(header::USER_AGENT)?.to_str().ok()?)
}

const SESSION: &str = "avouch_session";
const BINDING: &str = "avouch_browser";
const REMEMBERED: &str = "avouch_remembered";

/// The cookie of a new session.
pub fn session_cookie(site: &Site, value: &Secret<String>) -> Cookie<'static> {
    let lifetime = i64::try_from(site.idp.config().sessions.lifetime.as_secs()).unwrap_or(i64::MAX);
    our_cookie(site, SESSION, value.expose().clone(), Duration::seconds(lifetime))
}

/// The cookie of a browser that is remembered for the second factor.
pub fn remembered_cookie(site: &Site, value: &Secret<String>) -> Cookie<'static> {
    let lifetime = i64::try_from(site.idp.config().sign_in.remember_browser.as_secs()).unwrap_or(i64::MAX);
    our_cookie(site, REMEMBERED, value.expose().clone(), Duration::seconds(lifetime))
}

/// The cookie that takes the session away.
pub fn no_session_cookie(site: &Site) -> Cookie<'static> {
    our_cookie(site, SESSION, String::new(), Duration::ZERO)
}

/// A cookie that no script reads and no other site sends along with a form.
pub fn our_cookie(site: &Site, name: &str, value: String, lifetime: Duration) -> Cookie<'static> {
    Cookie::build(cookie_name(site, name), value)
        .path(if site.base().is_empty() { "/" } else { site.base() }.to_owned())
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .max_age(lifetime)
        .finish()
}

/// Browsers enforce what the prefixes promise (RFC 6265bis, 4.1.3): with `__Host-` no other host can set it, `__Secure-` is what a path
/// allows.
pub fn cookie_name(site: &Site, name: &str) -> String {
    match (site.is_https(), site.base()) {
        (false, _) => name.to_owned(),
        (true, "") => format!("__Host-{name}"),
        (true, _) => format!("__Secure-{name}"),
    }
}
