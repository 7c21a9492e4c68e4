//! The limits of one core, measured in a process of their own on the server's core, with the daemon's own libraries.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use openssl::{hash::MessageDigest, pkey::PKey, rsa::Rsa, sign::Signer};

/// Runs a limit: `sign` and `argon2` print operations per second, `actix` prints its address and serves.
pub fn run(name: &str) {
    match name {
        "sign" => println!("{:.1}", per_second(&mut signer())),
        "argon2" => println!("{:.1}", per_second(&mut hasher())),
        "actix" => bare_actix(),
        other => panic!("no such limit: {other}"),
    }
}

fn per_second(operation: &mut dyn FnMut()) -> f64 {
    operation();
    let (started, mut count) = (Instant::now(), 0.0);
    while started.elapsed() < Duration::from_secs(2) {
        operation();
        count += 1.0;
    }
    count / started.elapsed().as_secs_f64()
}

/// RSA-2048 with SHA-256 of 600 bytes.
fn signer() -> impl FnMut() {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    move || {
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.sign_oneshot_to_vec(&[7; 600]).unwrap();
    }
}

/// argon2id with the daemon's default parameters, its memory kept.
fn hasher() -> impl FnMut() {
    let params = argon2::Params::new(19_456, 2, 1, None).unwrap();
    let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params.clone());
    let mut memory = vec![argon2::Block::default(); params.block_count()];
    move || {
        let mut out = [0; 32];
        argon
            .hash_password_into_with_memory(b"correct horse", b"salt of 16 bytes", &mut out, &mut memory)
            .unwrap();
    }
}

/// The least that actix-web does: one route, a fixed body.
fn bare_actix() {
    use actix_web::{App, HttpResponse, HttpServer, web};
    actix_web::rt::System::new().block_on(async {
        let body = "x".repeat(1700);
        let server = HttpServer::new(move || {
            let body = body.clone();
            App::new().route(
                "/",
                web::get().to(move || std::future::ready(HttpResponse::Ok().body(body.clone()))),
            )
        });
        let server = server.workers(1).bind("127.0.0.1:0").unwrap();
        println!("{}", server.addrs()[0]);
        std::io::stdout().flush().unwrap();
        server.run().await.unwrap();
    });
}
