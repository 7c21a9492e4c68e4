//! What a page shows of the client that sent the person here (OpenID Connect Registration, 2; OpenID Connect Core, 3.1.2.4).

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use crate::{
    http::{
        Site,
        error::{Cause, PageFailure},
        routes,
    },
    idp,
    model::client::Client,
    protocol::client::id_metadata,
    secret,
};

/// A client as a page shows it.
pub struct ClientFace {
    /// Its name; what it calls itself.
    pub name: String,
    /// The logo's URL at our own origin.
    pub logo: Option<String>,
    /// Its privacy policy.
    pub policy: Option<String>,
    /// Its terms of service.
    pub terms: Option<String>,
    /// The host of a client that nobody registered: what it calls itself was checked by nobody.
    pub host: Option<String>,
}

impl ClientFace {
    /// The face of a client.
    pub fn of(site: &Site, client: &Client) -> Self {
        let metadata = &client.metadata;
        // Registration asks for https as well; records of old and documents of strangers are looked at here.
        let link = |uri: &Option<String>| uri.clone().filter(|uri| is_web(uri));
        Self {
            name: metadata.client_name.clone(),
            logo: metadata
                .logo_uri
                .as_deref()
                .map(|uri| logo_url(site, &client.client_id, uri)),
            policy: link(&metadata.policy_uri),
            terms: link(&metadata.tos_uri),
            host: id_metadata::host_of(&client.client_id),
        }
    }

    /// The face of a client of which nothing is known but its name.
    pub fn unknown(client_id: String) -> Self {
        Self {
            host: id_metadata::host_of(&client_id),
            name: client_id,
            logo: None,
            policy: None,
            terms: None,
        }
    }
}

/// Whether a link to it is one to a page, rather than to something that a browser would run.
fn is_web(uri: &str) -> bool {
    url::Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}

/// The logo at our own origin. A new `logo_uri` makes another URL, so that browsers do not keep the former picture.
fn logo_url(site: &Site, client_id: &str, logo_uri: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client_id)
        .append_pair("v", &secret::digest(logo_uri)[..8])
        .finish();
    format!("{}?{query}", site.path(routes::CLIENT_LOGO))
}

/// The logo of a client. A page does not wait for it, and without it shows nothing in its place.
pub async fn logo(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let query = url::form_urlencoded::parse(request.query_string().as_bytes());
    let client_id = query.into_iter().find(|(name, _)| name == "client_id");
    let client_id = client_id.ok_or(Cause::NOT_FOUND)?.1;
    let logo = match site.idp.client_logo(&client_id).await {
        Ok(logo) => logo,
        Err(idp::Error::NotFound { .. }) => return Err(Cause::NOT_FOUND.into()),
        Err(other) => return Err(other.into()),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        // Somebody else's bytes at our origin: whatever they turn out to be, they run nothing and load nothing.
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"logo\""))
        .content_type(logo.media_type)
        .body(logo.bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_are_linked_to() {
        for (uri, linked) in [
            ("https://app.example/policy", true),
            ("http://app.example/policy", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("/policy", false),
            ("", false),
        ] {
            assert_eq!(is_web(uri), linked, "{uri}");
        }
    }
}
