//! Every URL of the daemon. All but the first group stand under the issuer's path.

use actix_web::{Route, dev::HttpServiceFactory, guard, middleware::DefaultHeaders, web};

use super::{Site, assets, health, oidc, pages, passkey};
use crate::config::RegistrationMode;

/// Whether the process runs; outside the issuer's path, for whoever watches it.
pub const HEALTH: &str = "/health";
/// Whether requests can be served.
pub const READY: &str = "/ready";

/// OpenID Connect Discovery, 4.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// RFC 8414, 3: for an issuer with a path it stands *before* the path, so it is served at both places.
pub const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// The public keys.
pub const JWKS: &str = "/.well-known/jwks.json";
/// The public keys where Better Auth has them: backends that moved here read this path.
pub const JWKS_BETTER_AUTH: &str = "/api/auth/jwks";
/// RFC 6749, 3.1.
pub const AUTHORIZE: &str = "/authorize";
/// RFC 6749, 3.2.
pub const TOKEN: &str = "/token";
/// OpenID Connect Core, 5.3.
pub const USERINFO: &str = "/userinfo";
/// RFC 7662.
pub const INTROSPECT: &str = "/introspect";
/// RFC 7009.
pub const REVOKE: &str = "/revoke";
/// RP-Initiated Logout, 2.
pub const END_SESSION: &str = "/logout";
/// RFC 7591, 3.
pub const REGISTER: &str = "/register";
/// A client's own registration (RFC 7592, 2).
pub const REGISTERED: &str = "/register/{client_id}";

/// Who is signed in.
pub const HOME: &str = "/";
/// The sign-in page.
pub const LOGIN: &str = "/login";
/// The second step of a sign-in: a further factor.
pub const LOGIN_SECOND: &str = "/login/second";
/// Where somebody who is signed in has to show more.
pub const STEP_UP: &str = "/login/step-up";
/// After a sign-in with a recovery code: how many are left.
pub const LOGIN_RECOVERED: &str = "/login/recovered";
/// The choice of an account.
pub const SELECT_ACCOUNT: &str = "/select-account";
/// The consent page.
pub const CONSENT: &str = "/consent";
/// Where the person confirms to be signed out.
pub const LOGOUT_CONFIRM: &str = "/logout/confirm";
/// A person's account at a glance.
pub const ACCOUNT: &str = "/account";
/// Who the person is.
pub const PROFILE: &str = "/account/profile";
/// The password.
pub const PASSWORD: &str = "/account/password";
/// The authenticator app.
pub const AUTHENTICATOR: &str = "/account/authenticator";
/// The recovery codes.
pub const RECOVERY_CODES: &str = "/account/recovery-codes";
/// Where a person is signed in.
pub const SESSIONS: &str = "/account/sessions";
/// Where that was before there was an account to look at.
pub const FORMER_SESSIONS: &str = "/sessions";
/// The applications that may use the account.
pub const APPLICATIONS: &str = "/account/apps";
/// What happened to the account lately.
pub const ACTIVITY: &str = "/account/activity";
/// A copy of all that is kept about the person.
pub const EXPORT: &str = "/account/export";
/// The end of the account.
pub const DELETE: &str = "/account/delete";
/// "A Well-Known URL for Changing Passwords" (W3C): at the root of the host.
pub const CHANGE_PASSWORD: &str = "/.well-known/change-password";
/// The logo of a client, at our own origin.
pub const CLIENT_LOGO: &str = "/client/logo";
/// A person's email address.
pub const ACCOUNT_EMAIL: &str = "/account/email";
/// The link that proves an address.
pub const EMAIL_VERIFY: &str = "/email/verify";
/// Who has forgotten a password.
pub const PASSWORD_FORGOTTEN: &str = "/password/forgotten";
/// The link that sets a new one.
pub const PASSWORD_RESET: &str = "/password/reset";
/// The first administrator.
pub const SETUP: &str = "/setup";
/// The form of a new account.
pub const SIGN_UP: &str = "/sign-up";
/// The link that proves its address.
pub const SIGN_UP_CONFIRM: &str = "/sign-up/confirm";
/// The link of an invitation.
pub const INVITATION: &str = "/invitation";
/// Stylesheet and icons under names that change with their content.
pub const ASSETS: &str = "/static/{name}";
/// The demo's relying party.
pub const DEMO: &str = "/demo";
/// Its redirect URI.
pub const DEMO_CALLBACK: &str = "/demo/callback";

/// WebAuthn, 5.11: at the root of the host, whatever the issuer's path.
pub const RELATED_ORIGINS: &str = "/.well-known/webauthn";
/// "A Well-Known URL for Passkey Endpoints": at the root of the host as well.
pub const PASSKEY_ENDPOINTS: &str = "/.well-known/passkey-endpoints";
/// A person's passkeys.
pub const PASSKEYS: &str = "/account/passkeys";
/// Gives one another name.
pub const PASSKEY_RENAME: &str = "/account/passkeys/rename";
/// Whether one is asked for after the password, too.
pub const PASSKEY_SECOND: &str = "/account/passkeys/second";
/// Takes one away.
pub const PASSKEY_REMOVE: &str = "/account/passkeys/remove";
/// The moment after a password in which a browser may add a passkey.
pub const PASSKEY_UPGRADE: &str = "/passkey/upgrade";
/// The first half of a sign-in with a passkey.
pub const PASSKEY_SIGN_IN_BEGIN: &str = "/passkey/sign-in/begin";
/// The second half.
pub const PASSKEY_SIGN_IN_FINISH: &str = "/passkey/sign-in/finish";
/// The first half of showing a passkey as the second factor.
pub const PASSKEY_SECOND_BEGIN: &str = "/passkey/second/begin";
/// The second half.
pub const PASSKEY_SECOND_FINISH: &str = "/passkey/second/finish";
/// The first half of adding a passkey.
pub const PASSKEY_REGISTER_BEGIN: &str = "/passkey/register/begin";
/// The second half.
pub const PASSKEY_REGISTER_FINISH: &str = "/passkey/register/finish";

/// Mounts everything.
pub fn mount(app: &mut web::ServiceConfig, site: &Site) {
    app.route(HEALTH, read().to(health::health))
        .route(READY, read().to(health::ready));
    if !site.base().is_empty() {
        let before_the_path = format!("{OAUTH_AUTHORIZATION_SERVER}{}", site.base());
        app.service(open_to_scripts(
            &before_the_path,
            vec![read().to(oidc::discovery::document)],
        ));
    }
    if site.idp.has_passkeys() {
        app.route(PASSKEY_ENDPOINTS, read().to(passkey::endpoints));
        if !site.idp.config().passkeys.related_origins.is_empty() {
            app.route(RELATED_ORIGINS, read().to(passkey::related_origins));
        }
    }
    app.route(CHANGE_PASSWORD, read().to(pages::account::change_password));
    let scope = web::scope(site.base())
        .service(open_to_scripts(
            OPENID_CONFIGURATION,
            vec![read().to(oidc::discovery::document)],
        ))
        .service(open_to_scripts(
            OAUTH_AUTHORIZATION_SERVER,
            vec![read().to(oidc::discovery::document)],
        ))
        .service(open_to_scripts(JWKS, vec![read().to(oidc::jwks::document)]))
        .service(open_to_scripts(JWKS_BETTER_AUTH, vec![read().to(oidc::jwks::document)]))
        .service(open_to_scripts(TOKEN, vec![web::post().to(oidc::token::token)]))
        .service(open_to_scripts(
            USERINFO,
            vec![
                web::get().to(oidc::userinfo::by_get),
                web::post().to(oidc::userinfo::by_post),
            ],
        ))
        .service(open_to_scripts(REVOKE, vec![web::post().to(oidc::revoke::revoke)]))
        .service(web::resource(INTROSPECT).route(web::post().to(oidc::introspect::introspect)))
        .service(
            web::resource(AUTHORIZE)
                .route(web::get().to(oidc::authorize::by_get))
                .route(web::post().to(oidc::authorize::by_post)),
        )
        .service(
            web::resource(END_SESSION)
                .route(web::get().to(pages::logout::by_get))
                .route(web::post().to(pages::logout::by_post)),
        )
        .service(web::resource(LOGOUT_CONFIRM).route(web::post().to(pages::logout::confirm)))
        .configure(mount_sign_in)
        .service(
            web::resource(CONSENT)
                .route(web::get().to(pages::consent::show))
                .route(web::post().to(pages::consent::submit)),
        )
        .service(
            web::resource(SELECT_ACCOUNT)
                .route(web::get().to(pages::select_account::show))
                .route(web::post().to(pages::consent::submit)),
        )
        .service(web::resource(CLIENT_LOGO).route(read().to(pages::client::logo)))
        .service(web::resource(ASSETS).route(read().to(assets::asset)))
        .configure(|scope| mount_registration(scope, site))
        .configure(|scope| mount_demo(scope, site))
        .configure(|scope| mount_sign_up(scope, site))
        .configure(|scope| mount_mail(scope, site))
        .configure(|scope| mount_passkeys(scope, site))
        .configure(|scope| mount_account(scope, site))
        .service(web::resource([HOME, ""]).route(web::get().to(pages::home::show)));
    app.service(scope);
}

fn mount_demo(scope: &mut web::ServiceConfig, site: &Site) {
    if site.has_demo() {
        scope.service(web::resource(DEMO).route(web::get().to(pages::demo::show)));
        scope.service(web::resource(DEMO_CALLBACK).route(web::get().to(pages::demo::callback)));
    }
}

/// Where accounts begin: the first one, and those that people make themselves.
fn mount_sign_up(scope: &mut web::ServiceConfig, site: &Site) {
    scope.service(
        web::resource(SETUP)
            .route(web::get().to(pages::setup::show))
            .route(web::post().to(pages::setup::submit)),
    );
    let sign_up = &site.idp.config().sign_up;
    if sign_up.is_open() {
        scope
            .service(
                web::resource(SIGN_UP)
                    .route(web::get().to(pages::sign_up::show))
                    .route(web::post().to(pages::sign_up::submit)),
            )
            .service(
                web::resource(SIGN_UP_CONFIRM)
                    .route(web::get().to(pages::sign_up::confirm::ask))
                    .route(web::post().to(pages::sign_up::confirm::confirm)),
            );
    }
    if sign_up.takes_invitations() {
        scope.service(
            web::resource(INVITATION)
                .route(web::get().to(pages::sign_up::invitation::show))
                .route(web::post().to(pages::sign_up::invitation::accept)),
        );
    }
}

fn mount_account(scope: &mut web::ServiceConfig, site: &Site) {
    use pages::account;
    scope
        .service(web::resource(ACCOUNT).route(web::get().to(account::overview::show)))
        .service(
            web::resource(PROFILE)
                .route(web::get().to(account::profile::show))
                .route(web::post().to(account::profile::save)),
        )
        .service(
            web::resource(PASSWORD)
                .route(web::get().to(account::password::show))
                .route(web::post().to(account::password::change)),
        )
        .service(
            web::resource(AUTHENTICATOR)
                .route(web::get().to(account::authenticator::show))
                .route(web::post().to(account::authenticator::change)),
        )
        .service(
            web::resource(RECOVERY_CODES)
                .route(web::get().to(account::recovery_codes::show))
                .route(web::post().to(account::recovery_codes::make)),
        )
        .service(
            web::resource(SESSIONS)
                .route(web::get().to(pages::sessions::show))
                .route(web::post().to(pages::sessions::end)),
        )
        .service(web::resource(FORMER_SESSIONS).route(web::get().to(account::moved_sessions)))
        .service(
            web::resource(APPLICATIONS)
                .route(web::get().to(account::applications::show))
                .route(web::post().to(account::applications::withdraw)),
        )
        .service(web::resource(ACTIVITY).route(web::get().to(account::activity::show)))
        .service(
            web::resource(EXPORT)
                .route(web::get().to(account::export::show))
                .route(web::post().to(account::export::download)),
        );
    if site.idp.config().users.self_delete {
        scope.service(
            web::resource(DELETE)
                .route(web::get().to(account::delete::show))
                .route(web::post().to(account::delete::delete)),
        );
    }
}

fn mount_sign_in(scope: &mut web::ServiceConfig) {
    scope
        .service(
            web::resource(LOGIN)
                .route(web::get().to(pages::login::show))
                .route(web::post().to(pages::login::submit)),
        )
        .service(
            web::resource(LOGIN_SECOND)
                .route(web::get().to(pages::second_step::show))
                .route(web::post().to(pages::second_step::submit)),
        )
        .service(
            web::resource(STEP_UP)
                .route(web::get().to(pages::step_up::show))
                .route(web::post().to(pages::step_up::give_up)),
        )
        .service(web::resource(LOGIN_RECOVERED).route(web::get().to(pages::second_step::recovered)));
}

fn mount_mail(scope: &mut web::ServiceConfig, site: &Site) {
    scope
        .service(
            web::resource(ACCOUNT_EMAIL)
                .route(web::get().to(pages::email::show))
                .route(web::post().to(pages::email::submit)),
        )
        // Operators make these links as well.
        .service(
            web::resource(EMAIL_VERIFY)
                .route(web::get().to(pages::email::ask))
                .route(web::post().to(pages::email::verify)),
        )
        .service(
            web::resource(PASSWORD_RESET)
                .route(web::get().to(pages::forgotten::ask))
                .route(web::post().to(pages::forgotten::reset)),
        );
    if site.idp.has_mail() {
        scope.service(
            web::resource(PASSWORD_FORGOTTEN)
                .route(web::get().to(pages::forgotten::show))
                .route(web::post().to(pages::forgotten::submit)),
        );
    }
}

fn mount_passkeys(scope: &mut web::ServiceConfig, site: &Site) {
    if !site.idp.has_passkeys() {
        return;
    }
    scope
        .service(web::resource(PASSKEYS).route(web::get().to(pages::passkeys::show)))
        .service(web::resource(PASSKEY_RENAME).route(web::post().to(pages::passkeys::rename)))
        .service(web::resource(PASSKEY_SECOND).route(web::post().to(pages::passkeys::second)))
        .service(web::resource(PASSKEY_REMOVE).route(web::post().to(pages::passkeys::remove)))
        .service(web::resource(PASSKEY_UPGRADE).route(web::get().to(pages::passkeys::upgrade)))
        .service(web::resource(PASSKEY_SIGN_IN_BEGIN).route(web::post().to(passkey::begin_sign_in)))
        .service(web::resource(PASSKEY_SIGN_IN_FINISH).route(web::post().to(passkey::finish_sign_in)))
        .service(web::resource(PASSKEY_SECOND_BEGIN).route(web::post().to(passkey::begin_second)))
        .service(web::resource(PASSKEY_SECOND_FINISH).route(web::post().to(passkey::finish_second)))
        .service(web::resource(PASSKEY_REGISTER_BEGIN).route(web::post().to(passkey::begin_registration)))
        .service(web::resource(PASSKEY_REGISTER_FINISH).route(web::post().to(passkey::finish_registration)));
}

fn mount_registration(scope: &mut web::ServiceConfig, site: &Site) {
    if site.idp.config().registration.mode == RegistrationMode::Closed {
        return;
    }
    scope
        .service(open_to_scripts(
            REGISTER,
            vec![web::post().to(oidc::register::register)],
        ))
        .service(open_to_scripts(
            REGISTERED,
            vec![
                web::get().to(oidc::register::read),
                web::put().to(oidc::register::replace),
                web::delete().to(oidc::register::remove),
            ],
        ));
}

/// GET, and HEAD for those who only want to know.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// An endpoint that scripts of any origin may call: it takes no cookie, so there is nothing to steal. They may read its errors, too.
fn open_to_scripts(path: &str, routes: Vec<Route>) -> impl HttpServiceFactory + use<> {
    let preflight = web::route().guard(guard::Options()).to(oidc::preflight);
    let all = routes.into_iter().chain([preflight]);
    all.fold(web::resource(path), actix_web::Resource::route)
        .wrap(DefaultHeaders::new().add(oidc::ANY_ORIGIN).add(oidc::EXPOSED))
}
