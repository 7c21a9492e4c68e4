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
    let cases: [(&str, Change); 16] = [
        ("no name", |m| m.client_name = " ".to_owned()),
        ("control character", |m| m.client_name = "a\nb".to_owned()),
        ("no redirect URI", |m| m.redirect_uris.clear()),
        ("wildcard", |m| m.redirect_uris.push("https://*.example/".to_owned())),
        ("script as logout target", |m| {
            m.post_logout_redirect_uris.push("javascript:x".to_owned());
        }),
        ("token response type", |m| m.response_types.push("token".to_owned())),
        ("token without its grant", |m| {
            m.response_types.push("id_token token".to_owned());
        }),
        ("implicit without a response type", |m| {
            m.grant_types.push(GrantType::Implicit);
        }),
        ("tokens to http", |m| {
            m.grant_types.push(GrantType::Implicit);
            m.response_types.push("id_token".to_owned());
            m.redirect_uris.push("http://127.0.0.1/cb".to_owned());
        }),
        ("tokens to this machine", |m| {
            m.grant_types.push(GrantType::Implicit);
            m.response_types.push("id_token".to_owned());
            m.redirect_uris.push("https://localhost/cb".to_owned());
        }),
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
fn a_client_may_ask_for_what_it_registered_and_nothing_else() {
    let mut metadata = ClientMetadata {
        response_types: vec!["token code".to_owned(), "id_token".to_owned()],
        grant_types: vec![GrantType::AuthorizationCode, GrantType::Implicit],
        ..web()
    };
    assert_eq!(metadata.validate(), Ok(()));
    for response_type in ResponseType::ALL {
        let registered = [ResponseType::CodeToken, ResponseType::IdToken].contains(&response_type);
        assert_eq!(metadata.may_ask_for(response_type), registered, "{response_type:?}");
    }
    // OpenID Connect Registration, 2: a native application listens on its own machine.
    metadata.redirect_uris = vec!["http://127.0.0.1/cb".to_owned(), "com.example.app:/cb".to_owned()];
    assert!(metadata.validate().is_err());
    metadata.application_type = ApplicationType::Native;
    assert_eq!(metadata.validate(), Ok(()));
    // A grant that was taken away takes its response types with it, whatever else is in the record.
    metadata.grant_types = vec![GrantType::AuthorizationCode];
    assert!(!metadata.may_ask_for(ResponseType::CodeToken) && !metadata.may_ask_for(ResponseType::IdToken));
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
