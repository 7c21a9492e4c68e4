//! The endpoints that programs talk to, and the authorization endpoint: each rule of the specifications through its public door.

mod algorithms;
mod authorize;
mod bad_input;
mod claims;
mod claims_request;
mod client_auth;
mod client_credentials;
mod client_id_metadata;
mod client_jwt;
mod discovery;
mod forgery;
mod gate;
mod implicit;
mod introspection;
mod one_time;
mod prompt;
mod refresh;
mod request_object;
mod resource;
mod revocation;
mod userinfo;
