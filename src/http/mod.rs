//! Floor 4: actix-web and askama live and end here.

mod assets;
mod body;
mod brand;
mod browser;
mod client_ip;
mod error;
mod headers;
mod health;
mod language;
mod metrics;
mod oidc;
mod pages;
mod passkey;
mod request_id;
pub mod routes;
mod server;
mod site;
mod tls;
mod unread;

pub use brand::{Brand, BrandError};
pub use server::{Bound, ServeError, bind, run, serve};
pub use site::Site;
