//! The home page: who is signed in, or a way in.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{Page, show as show_page};
use crate::{
    http::{Site, browser::Visitor, error::PageFailure, routes},
    idp::account::Application,
    model::user::User,
};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    user_name: String,
    username: String,
    email: Option<String>,
    email_verified: bool,
    role: String,
    organization: Option<String>,
    facts: Vec<(String, String)>,
    logout_action: String,
    csrf: String,
    is_admin: bool,
    applications: Vec<Application>,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    page: Page,
    demo: bool,
}

/// Greets.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    match site.idp.signed_in_user(&visitor.browser).await? {
        Some(user) => {
            let organization = site.idp.organization_name(&user).await?;
            let applications = site.idp.applications(&visitor.browser).await?;
            let template = HomePage {
                applications,
                ..home(&site, &visitor, user, organization)
            };
            show_page(&site, &visitor, &template, None)
        }
        None => show_page(
            &site,
            &visitor,
            &WelcomePage {
                page: site.page(),
                demo: site.has_demo(),
            },
            None,
        ),
    }
}

fn home(site: &Site, visitor: &Visitor, user: User, organization: Option<String>) -> HomePage {
    let attributes = site.idp.config().attributes.iter().filter_map(|(name, attribute)| {
        let value = user.attributes.get(name)?;
        Some((
            attribute.title.clone(),
            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        ))
    });
    HomePage {
        page: site.page(),
        user_name: user.display_name(),
        organization,
        facts: attributes.collect(),
        logout_action: site.path(routes::LOGOUT_CONFIRM),
        csrf: visitor.csrf(),
        is_admin: user.role == "admin",
        username: user.username,
        email: user.email,
        email_verified: user.email_verified,
        role: user.role,
        applications: Vec::new(),
    }
}
