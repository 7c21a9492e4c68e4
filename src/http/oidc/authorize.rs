//! The authorization endpoint (OpenID Connect Core, 3.1.2.1), by GET and by POST.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use url::form_urlencoded;

use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{Cause, PageFailure},
        pages::{self, Way, redirect},
        routes,
    },
    protocol::params::Params,
};

/// A request in the URL.
pub async fn by_get(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let params = Params::decode(request.query_string().as_bytes()).map_err(Cause::from)?;
    answer(&request, &site, &params, Way::Get).await
}

/// A request in a form. Another site's form comes without our cookies, so it is turned into a link, with which they come.
pub async fn by_post(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let bytes = body.0?;
    let params = Params::decode(&bytes).map_err(Cause::from)?;
    if !Visitor::of(&request, &site).is_new() {
        return answer(&request, &site, &params, Way::Post).await;
    }
    // Written anew, repeated parameters included: the bytes themselves may hold what a URL must not.
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form_urlencoded::parse(&bytes))
        .finish();
    Ok(redirect(&format!("{}?{query}", site.path(routes::AUTHORIZE)), Way::Post).finish())
}

async fn answer(request: &HttpRequest, site: &Site, params: &Params, way: Way) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(request, site);
    let outcome = site.idp.authorize(params, &visitor.browser).await?;
    let (mut response, body) = pages::follow(site, &outcome, way)?;
    visitor.remember(site, &mut response);
    Ok(response.body(body))
}
