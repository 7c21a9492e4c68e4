//! What single sections do beyond reading their values.

use super::*;

#[test]
fn the_admin_socket_follows_the_keys_unless_it_is_set() {
    assert_eq!(
        by_env("AVOUCH__KEYS__DIR", "/k").server.admin_socket,
        PathBuf::from("/k/admin.sock")
    );
    let both = source("server.admin_socket = \"/run/a.sock\"\nkeys.dir = \"/k\"", &[]);
    assert_eq!(
        Config::parse(&both).unwrap().server.admin_socket,
        PathBuf::from("/run/a.sock")
    );
}

#[test]
fn the_issuer_follows_the_port_that_was_really_bound() {
    let server = by_env("AVOUCH__SERVER__LISTEN", "127.0.0.1:0").server;
    assert_eq!(server.issuer_at(49_152).as_str(), "http://localhost:49152");
    let server = by_env("AVOUCH__SERVER__ISSUER", "https://id.example.com").server;
    assert_eq!(server.issuer_at(49_152).as_str(), "https://id.example.com");
}
