use super::*;

fn web() -> ClientMetadata {
    ClientMetadata {
        client_name: "App".to_owned(),
        redirect_uris: vec!["https://app.example/cb".to_owned()],
        ..ClientMetadata::default()
    }
}

#[test]
fn absent_members_have_the_defaults_of_rfc_7591() {
    let read: ClientMetadata =
        serde_json::from_str(r#"{"client_name":"App","redirect_uris":["https://app.example/cb"]}"#).unwrap();
    assert_eq!(read, web());
    assert_eq!(read.validate(), Ok(()));
    assert!(read.needs_pkce() && !read.is_public());
}

#[test]
fn metadata_written_and_read_is_the_identity() {
    let full = ClientMetadata {
        client_uri: Some("https://app.example".to_owned()),
        token_endpoint_auth_method: Some(TokenEndpointAuthMethod::ClientSecretPost),
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        scope: Scope::parse("openid email").unwrap(),
        default_max_age: Some(60),
        consent: ConsentPolicy::FirstParty,
        audience: Some("https://api.example".to_owned()),
        access_token_lifetime: Some(300),
        ..web()
    };
    let written = serde_json::to_string(&full).unwrap();
    assert_eq!(serde_json::from_str::<ClientMetadata>(&written).unwrap(), full);
}

#[test]
fn contradictions_are_refused() {
    type Change = fn(&mut ClientMetadata);
    let cases: [(&str, Change); 12] = [
        ("no name", |m| m.client_name = " ".to_owned()),
        ("control character", |m| m.client_name = "a\nb".to_owned()),
        ("no redirect URI", |m| m.redirect_uris.clear()),
        ("wildcard", |m| m.redirect_uris.push("https://*.example/".to_owned())),
        ("script as logout target", |m| {
            m.post_logout_redirect_uris.push("javascript:x".to_owned());
        }),
        ("token response type", |m| m.response_types.push("token".to_owned())),
        ("code without its grant", |m| {
            m.grant_types = vec![GrantType::ClientCredentials];
        }),
        ("no grant", |m| m.grant_types.clear()),
        ("public machine", |m| {
            m.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::None);
            m.grant_types.push(GrantType::ClientCredentials);
        }),
        ("public without PKCE", |m| {
            m.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::None);
            m.require_pkce = false;
        }),
        ("token for a year", |m| m.access_token_lifetime = Some(365 * 24 * 3600)),
        ("script as home page", |m| {
            m.client_uri = Some("javascript:x".to_owned());
        }),
    ];
    for (name, change) in cases {
        let mut metadata = web();
        change(&mut metadata);
        assert!(metadata.validate().is_err(), "{name}");
    }
}

#[test]
fn a_machine_needs_no_redirect_uri() {
    let machine = ClientMetadata {
        redirect_uris: vec![],
        response_types: vec![],
        grant_types: vec![GrantType::ClientCredentials],
        ..web()
    };
    assert_eq!(machine.validate(), Ok(()));
}

#[test]
fn a_confidential_client_uses_the_method_it_registered_or_either() {
    let mut metadata = web();
    assert!(metadata.accepts(TokenEndpointAuthMethod::ClientSecretBasic));
    assert!(metadata.accepts(TokenEndpointAuthMethod::ClientSecretPost));
    assert!(!metadata.accepts(TokenEndpointAuthMethod::None));
    metadata.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::ClientSecretPost);
    assert!(!metadata.accepts(TokenEndpointAuthMethod::ClientSecretBasic));
}
