//! A certificate authority of the test, and what it takes to trust it.

use std::path::Path;

use openssl::{
    asn1::Asn1Time,
    bn::{BigNum, MsbOption},
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{
        X509, X509Builder, X509NameBuilder,
        extension::{BasicConstraints, SubjectAlternativeName},
    },
};
use reqwest::{Certificate, Client, ClientBuilder};

use super::{Daemon, daemon::Builder};

/// A self-signed authority.
pub struct Authority {
    certificate: X509,
    key: PKey<Private>,
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let key = key();
        let mut builder = draft("Test Authority", &key);
        builder.set_issuer_name(&name("Test Authority")).unwrap();
        builder
            .append_extension(BasicConstraints::new().critical().ca().build().unwrap())
            .unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self {
            certificate: builder.build(),
            key,
        }
    }

    /// A certificate for `localhost` and its key, both in PEM. Each has another serial number.
    pub fn issue(&self) -> (String, String) {
        let key = key();
        let mut builder = draft("localhost", &key);
        builder.set_issuer_name(self.certificate.subject_name()).unwrap();
        let names = SubjectAlternativeName::new()
            .dns("localhost")
            .ip("127.0.0.1")
            .build(&builder.x509v3_context(Some(&self.certificate), None))
            .unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        let text = |pem: Vec<u8>| String::from_utf8(pem).unwrap();
        (
            text(builder.build().to_pem().unwrap()),
            text(key.private_key_to_pem_pkcs8().unwrap()),
        )
    }

    /// Writes a new pair as `cert.pem` and `key.pem`.
    pub fn issue_into(&self, dir: &Path) {
        let (certificate, key) = self.issue();
        std::fs::write(dir.join("cert.pem"), certificate).unwrap();
        std::fs::write(dir.join("key.pem"), key).unwrap();
    }

    /// A daemon that speaks TLS with a certificate of this authority.
    pub fn daemon(&self) -> Daemon {
        self.start(Daemon::builder())
    }

    /// The same with more settings.
    pub fn start(&self, builder: Builder) -> Daemon {
        let dir = tempfile::tempdir().unwrap();
        self.issue_into(dir.path());
        builder
            .set("server.tls.cert_file", "cert.pem")
            .set("server.tls.key_file", "key.pem")
            .start_in(dir)
    }

    /// The settings of a client that trusts this authority and no other.
    pub fn client(&self) -> ClientBuilder {
        let certificate = Certificate::from_pem(&self.certificate.to_pem().unwrap()).unwrap();
        Client::builder().add_root_certificate(certificate)
    }

    /// Its certificate.
    pub fn certificate(&self) -> &X509 {
        &self.certificate
    }
}

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn name(text: &str) -> openssl::x509::X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, text).unwrap();
    name.build()
}

fn draft(subject: &str, key: &PKey<Private>) -> X509Builder {
    let mut builder = X509::builder().unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(127, MsbOption::ONE, false).unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name(subject)).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    builder.set_pubkey(key).unwrap();
    builder
}
