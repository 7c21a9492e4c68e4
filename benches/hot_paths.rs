//! Hot paths of the pure core and of the keys, one at a time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a benchmark that cannot go on says so"
)]

use std::hint::black_box;

use avouch::{
    keys::{Signer, generate},
    protocol::{
        Timestamp, authorize,
        client::ClientMetadata,
        jwa::SigningAlgorithm,
        params::Params,
        refresh::{RefreshState, verdict},
        response::ResponseType,
        scope::Scope,
    },
    secret,
};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;

const QUERY: &[u8] = b"client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&scope=openid+profile+email\
    &state=af0ifjsldkj&nonce=n-0S6_WzA2Mj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn rules(criterion: &mut Criterion) {
    let client = ClientMetadata {
        client_name: "App".to_owned(),
        redirect_uris: vec!["https://app.example/cb".to_owned()],
        scope: Scope::parse("openid profile email offline_access").unwrap(),
        ..ClientMetadata::default()
    };
    criterion.bench_function("parse an authorization request", |b| {
        b.iter(|| Params::parse(black_box(QUERY)).unwrap());
    });
    let params = Params::parse(QUERY).unwrap();
    criterion.bench_function("validate an authorization request", |b| {
        b.iter(|| authorize::validate(black_box(&params), "app", &client, &ResponseType::ALL).unwrap());
    });
    criterion.bench_function("judge a refresh token", |b| {
        let (end, window) = (Timestamp::from_unix(100), std::time::Duration::from_secs(10));
        b.iter(|| verdict(black_box(RefreshState::Live), end, window, Timestamp::from_unix(1)));
    });
}

fn secrets(criterion: &mut Criterion) {
    criterion.bench_function("draw and digest a code", |b| {
        b.iter(|| secret::digest(&secret::random()));
    });
    let key = generate(SigningAlgorithm::Rs256).unwrap();
    let signer = Signer::from_pkcs8_der(&key.kid, SigningAlgorithm::Rs256, key.pkcs8_der.expose()).unwrap();
    let claims = json!({"iss": "https://id.example", "sub": "u", "aud": "a", "exp": 2, "iat": 1, "jti": "j", "role": "user",
        "tenant_id": null, "organization_ids": [], "org_role": null, "email": "alice@example.com"});
    criterion.bench_function("sign a token", |b| {
        b.iter(|| signer.sign_compact("at+jwt", black_box(&claims)).unwrap());
    });
}

criterion_group!(hot_paths, rules, secrets);
criterion_main!(hot_paths);
