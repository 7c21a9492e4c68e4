//! Signing algorithms per client (OpenID Connect Registration, 2; Core, 3.1.3.7 and 5.3.2; RFC 7518; RFC 8037).

use std::{collections::BTreeSet, fs};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::Jwk,
    jws::{ES256, EdDSA, JwsVerifier, PS256, RS256},
};
use openssl::pkey::PKey;
use serde_json::{Value, json};

use crate::support::{App, Browser, Daemon, Page, Scene, daemon::Builder, jwt};

const ALL: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

fn everything() -> Builder {
    Daemon::builder().set("keys.algorithms", "EdDSA, RS256,ES256, PS256")
}

async fn json_of(daemon: &Daemon, path: &str) -> Value {
    reqwest::get(daemon.url(path)).await.unwrap().json().await.unwrap()
}

async fn keys(daemon: &Daemon) -> Vec<Value> {
    let document = json_of(daemon, "/.well-known/jwks.json").await;
    document["keys"].as_array().unwrap().clone()
}

/// Verifies a token as a relying party does that was told `alg`: by the one key of its `kid`, and gives the claims.
async fn verified(daemon: &Daemon, token: &str, alg: &str) -> Value {
    let header = jwt::header(token);
    assert_eq!(header["alg"], alg);
    let keys = keys(daemon).await;
    let mut own = keys.iter().filter(|key| key["kid"] == header["kid"]);
    let (Some(key), None) = (own.next(), own.next()) else {
        panic!("the kid selects exactly one key (Core, 10.1)")
    };
    assert_eq!(key["alg"], alg);
    let jwk = Jwk::from_bytes(key.to_string()).unwrap();
    let verifier: Box<dyn JwsVerifier> = match alg {
        "RS256" => Box::new(RS256.verifier_from_jwk(&jwk).unwrap()),
        "PS256" => Box::new(PS256.verifier_from_jwk(&jwk).unwrap()),
        "ES256" => Box::new(ES256.verifier_from_jwk(&jwk).unwrap()),
        _ => Box::new(EdDSA.verifier_from_jwk(&jwk).unwrap()),
    };
    let (payload, _) = josekit::jws::deserialize_compact(token, &*verifier).expect("a good signature");
    serde_json::from_slice(&payload).unwrap()
}

fn set(daemon: &Daemon, app: &App, member: &str) {
    daemon.cli(&["client", "set", &app.client_id, "--set", member]);
}

fn at_hash(alg: &str, token: &str) -> String {
    // Core, 3.1.3.6: the left half of the hash that the algorithm uses; Ed25519 uses SHA-512.
    match alg {
        "EdDSA" => URL_SAFE_NO_PAD.encode(&openssl::sha::sha512(token.as_bytes())[..32]),
        _ => URL_SAFE_NO_PAD.encode(&openssl::sha::sha256(token.as_bytes())[..16]),
    }
}

#[tokio::test]
async fn each_client_gets_id_tokens_by_the_algorithm_that_it_registered() {
    let scene = Scene::of(everything());
    let Scene { daemon, app, .. } = &scene;
    set(daemon, app, "at_hash=true");
    for alg in ALL {
        set(daemon, app, &format!("id_token_signed_response_alg={alg}"));
        let tokens = scene.tokens("openid offline_access").await;
        let claims = verified(daemon, tokens.id(), alg).await;
        assert_eq!(claims["at_hash"], at_hash(alg, tokens.access()), "Core, 3.1.3.6");
        verified(daemon, tokens.access(), "RS256").await;
        let (status, refreshed) = app.refresh(tokens.refresh()).await;
        assert_eq!(status, 200, "{refreshed}");
        verified(daemon, refreshed["id_token"].as_str().unwrap(), alg).await;
        // Core, 3.1.2.1: whichever algorithm signed it, it is a good hint.
        let sign_in = app.begin("openid", &[("prompt", "none"), ("id_token_hint", tokens.id())]);
        app.code_of(&scene.browser.get(&sign_in.url).await, &sign_in);
        let stranger = app.begin("openid", &[("prompt", "none"), ("id_token_hint", &broken(tokens.id()))]);
        let page = scene.browser.get(&stranger.url).await;
        assert_eq!(page.redirect_param("error").as_deref(), Some("invalid_request"));
    }
    daemon.has_no_errors();
}

fn broken(token: &str) -> String {
    let (input, _) = token.rsplit_once('.').unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode([1; 64]))
}

#[tokio::test]
async fn logout_believes_a_hint_of_any_algorithm_and_no_broken_one() {
    let scene = Scene::of(everything());
    let Scene { daemon, app, .. } = &scene;
    set(daemon, app, r#"post_logout_redirect_uris=["https://app.example/out"]"#);
    for alg in ["PS256", "ES256", "EdDSA"] {
        set(daemon, app, &format!("id_token_signed_response_alg={alg}"));
        let tokens = scene.tokens("openid").await;
        let out = async |hint: &str| {
            let url = url::Url::parse_with_params(
                &daemon.url("/logout"),
                [
                    ("id_token_hint", hint),
                    ("post_logout_redirect_uri", "https://app.example/out"),
                ],
            );
            scene.browser.get(url.unwrap().as_str()).await
        };
        let page = out(&broken(tokens.id())).await;
        assert!(page.location().is_none(), "RP-Initiated Logout, 4: {}", page.url);
        let page = out(tokens.id()).await;
        let page = if page.location().is_none() {
            scene.browser.submit(&page, &[]).await
        } else {
            page
        };
        assert_eq!(
            page.location().map(|it| it.to_string()).as_deref(),
            Some("https://app.example/out"),
            "{alg}"
        );
    }
}

#[tokio::test]
async fn userinfo_is_signed_for_a_client_that_registered_so_and_for_no_other() {
    let scene = Scene::of(everything());
    let Scene { daemon, app, .. } = &scene;
    let userinfo = async |token: &str| {
        let request = app.http.get(daemon.url("/userinfo")).bearer_auth(token);
        Page::of(request.send().await.unwrap()).await
    };
    for alg in ALL {
        set(daemon, app, &format!("userinfo_signed_response_alg={alg}"));
        let tokens = scene.tokens("openid email").await;
        let page = userinfo(tokens.access()).await;
        // Core, 5.3.2.
        assert_eq!(
            (page.status.as_u16(), page.header("content-type")),
            (200, "application/jwt")
        );
        assert!(page.header("cache-control").contains("no-store"));
        let claims = verified(daemon, &page.body, alg).await;
        assert_eq!(
            (&claims["iss"], &claims["aud"]),
            (&json!(daemon.issuer), &json!(app.client_id))
        );
        let id_token = jwt::claims(tokens.id());
        assert_eq!(
            (&claims["sub"], &claims["email"]),
            (&id_token["sub"], &json!("alice@example.com"))
        );
        assert!(claims.get("nonce").is_none());
        // RFC 8725, 3.11: it is no ID token.
        let other = Browser::new(&daemon.issuer);
        let hinted = app.begin("openid", &[("id_token_hint", &page.body)]);
        let page = other.get(&hinted.url).await;
        assert_eq!(page.redirect_param("error").as_deref(), Some("invalid_request"));
        let refused = userinfo(&page.body).await;
        assert_eq!(refused.status, 401, "nor an access token");
    }
    set(daemon, app, "userinfo_signed_response_alg=null");
    let tokens = scene.tokens("openid email").await;
    let page = userinfo(tokens.access()).await;
    assert!(page.header("content-type").starts_with("application/json"));
    assert!(page.json().get("iss").is_none());
}

#[tokio::test]
async fn a_client_cannot_ask_for_an_algorithm_that_is_not_switched_on() {
    let daemon = Daemon::builder().set("keys.algorithms", "RS256,ES256").start();
    let app = App::confidential(&daemon);
    for member in ["id_token_signed_response_alg", "userinfo_signed_response_alg"] {
        // Registration, 2: `none` is not registered here, and the MACs are not offered.
        for (alg, reason) in [
            ("PS256", "PS256 is not switched on"),
            ("EdDSA", "EdDSA is not switched on"),
            ("none", member),
            ("HS256", member),
        ] {
            let changed = format!("{member}={alg}");
            let (code, said) = daemon.refused(&["client", "set", &app.client_id, "--set", &changed], "");
            assert!(code == 1 && said.contains(reason), "{code} {said}");
            let client = json!({"client_name": "New", "redirect_uris": ["https://new.example/cb"], member: alg});
            fs::write(daemon.dir().join("new.json"), client.to_string()).unwrap();
            let (code, said) = daemon.refused(&["client", "add", "--file", "new.json"], "");
            assert!(code == 1 && said.contains(reason), "{code} {said}");
        }
        set(&daemon, &app, &format!("{member}=ES256"));
    }
}

#[tokio::test]
async fn discovery_tells_the_algorithms_that_sign_and_the_key_set_has_a_key_for_each() {
    for (configured, told) in [
        ("RS256", &ALL[..1]),
        ("ES256,RS256", &["RS256", "ES256"]),
        ("RS256,PS256,ES256,EdDSA", &ALL),
    ] {
        let daemon = Daemon::builder().set("keys.algorithms", configured).start();
        let document = json_of(&daemon, "/.well-known/openid-configuration").await;
        for member in [
            "id_token_signing_alg_values_supported",
            "userinfo_signing_alg_values_supported",
        ] {
            assert_eq!(document[member], json!(told), "{member} (Discovery, 3)");
        }
        let keys = keys(&daemon).await;
        let kids: BTreeSet<&str> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
        assert_eq!(kids.len(), keys.len(), "RFC 7517, 4.5");
        let algs: BTreeSet<&str> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
        assert_eq!(algs, told.iter().copied().collect());
        assert_eq!(keys[0]["alg"], "RS256", "for verifiers that look at the first alone");
        for key in &keys {
            let members: BTreeSet<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
            let public: &[&str] = match key["kty"].as_str().unwrap() {
                "RSA" => &["n", "e"],
                "EC" => &["crv", "x", "y"],
                _ => &["crv", "x"],
            };
            let known = ["kty", "use", "alg", "kid"];
            assert_eq!(members, known.iter().chain(public).copied().collect());
        }
    }
}

#[tokio::test]
async fn an_algorithm_switched_on_later_is_published_first_and_one_switched_off_leaves_in_order() {
    let mut daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let app = App::confidential(&daemon);
    daemon.stop();
    daemon.set("keys.algorithms", "RS256,ES256");
    daemon.start_again();
    let states = |daemon: &Daemon| {
        let list = daemon.cli(&["key", "list"]);
        let keys = list["keys"].as_array().unwrap().clone();
        let of = keys.iter().filter(|key| key["alg"] == "ES256");
        of.map(|key| key["state"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(states(&daemon), ["next"]);
    assert!(
        keys(&daemon).await.iter().any(|key| key["alg"] == "ES256"),
        "it is published"
    );
    let document = json_of(&daemon, "/.well-known/openid-configuration").await;
    assert_eq!(
        document["id_token_signing_alg_values_supported"],
        json!(["RS256"]),
        "nothing signs with it yet"
    );
    let asked = [
        "client",
        "set",
        &app.client_id,
        "--set",
        "id_token_signed_response_alg=ES256",
    ];
    let (_, said) = daemon.refused(&asked, "");
    assert!(said.contains("not published long enough"), "{said}");
    let told = daemon.cli(&["key", "rotate", "--algorithm", "ES256"]);
    assert_eq!(told["rotated"], false);
    // An emergency cannot wait.
    daemon.cli(&["key", "rotate", "--emergency"]);
    assert_eq!(states(&daemon), ["next", "active"]);
    let document = json_of(&daemon, "/.well-known/openid-configuration").await;
    assert_eq!(
        document["id_token_signing_alg_values_supported"],
        json!(["RS256", "ES256"])
    );
    daemon.cli(&asked);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", "correct horse").await;
    verified(&daemon, tokens.id(), "ES256").await;

    daemon.stop();
    daemon.set("keys.algorithms", "RS256");
    daemon.start_again();
    assert_eq!(states(&daemon), ["retired"]);
    verified(&daemon, tokens.id(), "ES256").await;
    assert_eq!(app.userinfo(tokens.access()).await.0, 200);
}

#[tokio::test]
async fn keys_of_each_kind_are_brought_along_and_rotated_by_their_algorithm() {
    let daemon = everything().start();
    let pem = |key: PKey<openssl::pkey::Private>| key.private_key_to_pem_pkcs8().unwrap();
    let rsa = || PKey::from_rsa(openssl::rsa::Rsa::generate(2048).unwrap()).unwrap();
    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
    let p256 = PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
    for (key, options, alg) in [
        (rsa(), &[][..], "RS256"),
        (rsa(), &["--algorithm", "PS256"], "PS256"),
        (p256, &[], "ES256"),
        (PKey::generate_ed25519().unwrap(), &["--algorithm", "EdDSA"], "EdDSA"),
    ] {
        fs::write(daemon.dir().join("own.pem"), pem(key)).unwrap();
        let answer = daemon.cli(&[&["key", "import"], options, &["own.pem"]].concat());
        assert_eq!((&answer["alg"], &answer["state"]), (&json!(alg), &json!("next")));
        let published = keys(&daemon).await;
        let own = published.iter().find(|key| key["kid"] == answer["kid"]).unwrap();
        assert_eq!(own["alg"], alg);
        assert_eq!(published.len(), 8, "it replaced the next one of its algorithm");
        let told = daemon.cli(&["key", "rotate", "--algorithm", alg]);
        assert_eq!(told["rotated"], false, "it may be known to nobody yet");
    }
    fs::write(daemon.dir().join("own.pem"), pem(PKey::generate_ed25519().unwrap())).unwrap();
    let (code, said) = daemon.refused(&["key", "import", "--algorithm", "ES256", "own.pem"], "");
    assert!(code == 1 && said.contains("not of the kind that ES256 needs"), "{said}");
    let exported = String::from_utf8(daemon.run(&["key", "export-public"], "").stdout).unwrap();
    let pems: Vec<_> = exported.split_inclusive("-----END PUBLIC KEY-----\n").collect();
    assert_eq!(pems.len(), 8);
    for pem in pems {
        assert!(PKey::public_key_from_pem(pem.as_bytes()).is_ok(), "{pem}");
    }
}
