//! The link of an invitation: who invites to what, and the form of the account.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use super::{
    FormView, Kind, Refused,
    confirm::{tell, tell_done},
    draw,
};
use crate::{
    http::{
        Site,
        body::FormBody,
        browser::Visitor,
        error::{Cause, PageFailure},
        language,
        pages::{Page, login::arrive},
        routes,
    },
    idp::{
        self,
        login::Entry,
        sign_up::{Accepted, Invited, Standing},
    },
    protocol::params::Params,
};

#[derive(Template)]
#[template(path = "sign_up/invitation.html")]
struct InvitationPage {
    page: Page,
    action: String,
    csrf: String,
    token: String,
    invited: Invited,
    /// Who invites, by name.
    inviter: String,
    form: FormView,
    /// What keeps this browser from accepting, and the way on.
    hindrance: Option<(String, Option<(String, String)>)>,
    error: Option<String>,
    wrong: String,
}

/// Shows the invitation. Nothing is spent by looking.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let params = Params::parse(request.query_string().as_bytes()).map_err(Cause::from)?;
    let visitor = Visitor::of(&request, &site);
    draw_invitation(&site, &visitor, &params, None).await
}

async fn draw_invitation(
    site: &Site,
    visitor: &Visitor,
    params: &Params,
    refused: Option<Refused>,
) -> Result<HttpResponse, PageFailure> {
    let token = params.get("token").unwrap_or_default();
    let invited = match site.idp.invited(token, &visitor.browser).await {
        Ok(invited) => invited,
        Err(idp::Error::LinkGone) => return gone(site),
        Err(other) => return Err(other.into()),
    };
    let page = site.page();
    let hindrance = hindrance(site, &page, &invited);
    let template = InvitationPage {
        action: site.path(routes::INVITATION),
        csrf: visitor.csrf(),
        token: token.to_owned(),
        inviter: invited.inviter.clone().unwrap_or_else(|| page.name.clone()),
        form: FormView::of(site, &page, params),
        hindrance,
        invited,
        error: refused.as_ref().map(|refused| refused.sentence.clone()),
        wrong: refused
            .as_ref()
            .map(|refused| refused.field.clone())
            .unwrap_or_default(),
        page,
    };
    draw(site, visitor, &template, refused.as_ref(), None)
}

/// Why it cannot be accepted at this browser at this moment, and what to do next.
fn hindrance(site: &Site, page: &Page, invited: &Invited) -> Option<(String, Option<(String, String)>)> {
    let address = [("address", invited.email.as_str())];
    let way = |id: &str, route| Some((page.text(id), site.path(route)));
    match &invited.standing {
        Standing::New | Standing::Join { .. } => None,
        Standing::SignInFirst => Some((
            page.text_with("sign-up-invitation-sign-in", address),
            way("sign-up-sign-in", routes::LOGIN),
        )),
        Standing::SomebodyElse { username } => Some((
            page.text_with(
                "sign-up-invitation-somebody-else",
                [("address", invited.email.as_str()), ("name", username.as_str())],
            ),
            way("sign-up-sign-out", routes::END_SESSION),
        )),
        Standing::Unverified => Some((
            page.text_with("sign-up-invitation-unverified", address),
            way("sign-up-home", routes::HOME),
        )),
        Standing::Nothing => Some((
            page.text_with("sign-up-invitation-nothing", address),
            way("sign-up-sign-in", routes::LOGIN),
        )),
    }
}

fn gone(site: &Site) -> Result<HttpResponse, PageFailure> {
    let words = ["sign-up-invitation-gone-title", "sign-up-invitation-gone"];
    tell(site, words, StatusCode::GONE, None)
}

/// Accepts it; the link is spent.
pub async fn accept(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let again = async |refused| draw_invitation(&site, &visitor, &form, Some(refused)).await;
    if !visitor.posted_by_us(&form) {
        return again(Refused::old_page()).await;
    }
    let token = form.get("token").unwrap_or_default();
    let invited = match site.idp.invited(token, &visitor.browser).await {
        Err(idp::Error::LinkGone) => return gone(&site),
        invited => invited?,
    };
    let wanted = match invited.standing {
        Standing::New => match site.idp.read_sign_up(&form) {
            Ok(wanted) => Some(wanted),
            Err(wrong) => return again(Refused::wrong(&wrong)).await,
        },
        _ => None,
    };
    let language = language::current();
    match site
        .idp
        .accept_invitation(token, wanted.as_ref(), language, &visitor.browser)
        .await
    {
        Ok(Ok(Accepted::Entered(progress))) => arrive(&site, &visitor, &progress, &Entry::default()).await,
        Ok(Ok(Accepted::Created)) => tell_done(&site),
        Ok(Ok(Accepted::Joined)) => {
            let next = Some(("sign-up-home", routes::HOME));
            tell(&site, ["sign-up-joined-title", "sign-up-joined"], StatusCode::OK, next)
        }
        Ok(Err(wrong)) => again(Refused::wrong(&wrong)).await,
        Err(idp::Error::LinkGone) => gone(&site),
        // The page says what has to be done first.
        Err(idp::Error::SignInAgain) => draw_invitation(&site, &visitor, &form, None).await,
        Err(error) => match Refused::of(&error) {
            Some(refused) => again(refused).await,
            None => Err(error.into()),
        },
    }
}
