//! Actors that use public doors only: the real binary in a folder of its own, a browser that fills in forms, an application.

pub mod answer;
pub mod app;
pub mod authenticator;
pub mod authenticator_app;
pub mod authority;
pub mod browser;
pub mod chromium;
pub mod client_keys;
pub mod daemon;
pub mod forge;
pub mod html;
pub mod jwt;
pub mod landing;
pub mod logout;
pub mod mailbox;
pub mod partner;
pub mod registrant;
pub mod requests;
pub mod scene;
pub mod virtual_authenticator;
pub mod wire;

pub use app::{App, SignIn, Tokens};
pub use authenticator_app::AuthenticatorApp;
pub use authority::Authority;
pub use browser::{Browser, Page};
pub use chromium::Chromium;
pub use client_keys::ClientKey;
pub use daemon::Daemon;
pub use mailbox::Mailbox;
pub use partner::Partner;
pub use registrant::Registrant;
pub use scene::Scene;
