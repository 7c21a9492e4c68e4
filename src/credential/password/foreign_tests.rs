use proptest::prelude::*;

use super::{
    super::kept::{ImportRefusal, importable, scheme},
    *,
};

/// "correct horse" as the Python libraries bcrypt, passlib and Django hash it.
const MADE_ELSEWHERE: [(&str, &str); 11] = [
    ("bcrypt", "$2b$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6"),
    ("bcrypt", "$2a$05$c1pAVq9U41My/.OdlpoLWeVERpD5QTLLtgmuXQqJV61FL/nsmRQIK"),
    ("bcrypt", "$2y$05$ztlK9eiw1tw6fU72wE.LfOpNkLBqUBih5/J0sYBj0/PILhItLiUKm"),
    (
        "bcrypt",
        "bcrypt$$2b$05$mZz8xMEXj05oZ7tLkQJYb.ah9C0r6Ifj2vSQVynS0vXZOwCGWFIrq",
    ),
    (
        "pbkdf2-sha1",
        "$pbkdf2$1000$l9Jaa01JKYVQipGyFmKstQ$OmVip7QJgdcy3BRXBjjlfxjASFo",
    ),
    (
        "pbkdf2-sha256",
        "$pbkdf2-sha256$1000$8n7P.b.3VsqZ874XYuwdIw$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4AY",
    ),
    (
        "pbkdf2-sha256",
        "$pbkdf2-sha256$i=1000,l=32$8n7P+b+3VsqZ874XYuwdIw$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4AY",
    ),
    (
        "pbkdf2-sha512",
        "$pbkdf2-sha512$1000$gPA.BwBAqFWq9f4/p9QaYw$hSwRIQOgNMkNjjgNaDlVDEWf5aywGwz8YEjJEoLwCgc/N/0pZioqD2BBBQQRnR3nqoF0VZ3bY5WIH6G53Nl1CQ",
    ),
    (
        "pbkdf2-sha256",
        "pbkdf2_sha256$1000$saltysalt$ogyELkenhssjo9YzB+hLx2dedTg0guGJUM+KVU08H9I=",
    ),
    ("pbkdf2-sha1", "pbkdf2_sha1$1000$saltysalt$IJr7AsPnoFOPxPTaJU4itBYEaz4="),
    (
        "scrypt",
        "$scrypt$ln=10,r=8,p=1$h1DqPScEAABgLOUc43yPkQ$+798dy7Lvyf2nFDJJjiTgoiKv4cRhqrGRZ+jERoq78o",
    ),
];

fn is_right(hash: &str, password: &[u8]) -> bool {
    Foreign::parse(hash).unwrap().verify(password).unwrap()
}

#[test]
fn what_other_libraries_made_is_verified() {
    for (name, hash) in MADE_ELSEWHERE {
        assert!(is_right(hash, b"correct horse"), "{hash}");
        for wrong in ["correct hors", "correct horse ", "Correct horse", ""] {
            assert!(!is_right(hash, wrong.as_bytes()), "{hash} {wrong:?}");
        }
        assert_eq!((importable(hash), scheme(hash)), (Ok(hash), Some(name)));
    }
}

#[test]
fn bcrypt_reads_72_bytes_as_everybody_s_does() {
    // bcrypt 3.2 of Python, of 40 times U+00E9 (80 bytes) and of nothing.
    let long = "$2b$05$nlPAbW.eyUcBQoOHWdRg/.nSFvPAEUWzbyrz7Gi5NkbgDzJ88bAuy";
    assert!(is_right(long, "é".repeat(40).as_bytes()));
    assert!(is_right(long, "é".repeat(36).as_bytes()));
    assert!(!is_right(long, "é".repeat(35).as_bytes()));
    let empty = "$2b$05$MB4yfMLY7n7lKSZQK2LpJ.r2mQaQ/8ZlIVrxBNzRa9ND6nUV6V1qK";
    assert!(is_right(empty, b""));
    for padded in [&b"\0"[..], b"\0\0", b"correct horse\0correct horse"] {
        assert!(!is_right(empty, padded) && !is_right(MADE_ELSEWHERE[0].1, padded));
    }
}

#[test]
fn scrypt_gives_the_bytes_of_rfc_7914_12() {
    // ("password", "NaCl", N=1024, r=8, p=16)
    let hash = "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA";
    assert!(is_right(hash, b"password"));
}

#[test]
fn a_hash_that_would_keep_a_core_busy_is_refused_and_never_computed() {
    let tail = "$TmFDbA$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4AY";
    for costly in [
        "$2b$15$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "$2b$31$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        &format!("$pbkdf2-sha256$4000001{tail}"),
        &format!("$pbkdf2-sha256$99999999999999999999999999{tail}"),
        &format!("pbkdf2_sha256$4294967295{tail}"),
        &format!("$scrypt$ln=20,r=8,p=1{tail}"),
        &format!("$scrypt$ln=17,r=8,p=9{tail}"),
        &format!("$scrypt$ln=63,r=8,p=1{tail}"),
        &format!("$scrypt$ln=64,r=8,p=1{tail}"),
        &format!("$scrypt$ln=4294967300,r=1,p=1{tail}"),
        &format!("$scrypt$ln=10,r=18446744073709551615,p=18446744073709551615{tail}"),
        "$argon2id$v=19$m=262145,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
        "$argon2id$v=19$m=65536,t=17,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
        "$argon2d$v=19$m=256,t=4294967295,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
    ] {
        assert_eq!(importable(costly), Err(ImportRefusal::TooCostly), "{costly}");
    }
    for dear in [
        "$2b$14$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        &format!("$pbkdf2-sha256$4000000{tail}"),
        &format!("$scrypt$ln=17,r=8,p=1{tail}"),
        "$argon2id$v=19$m=262144,t=4,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
    ] {
        assert_eq!(importable(dear), Ok(dear));
    }
}

#[test]
fn what_is_damaged_or_unknown_is_told_apart() {
    let output = "RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4AY";
    for damaged in [
        "$2b$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO",
        "$2b$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6x",
        "$2b$5$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "$2b$+5$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "$2b$03$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "$2b$32$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "$2b$05$26rG5syUjdqi0.fOMgNy5!8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "$2b$05",
        "$2b$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO=",
        "$pbkdf2-sha256$1000$TmFDbA$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4A",
        "$scrypt$ln=10,r=8,p=1$TmFDbA$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4A=",
        &format!("$pbkdf2-sha256$0$TmFDbA${output}"),
        &format!("$pbkdf2-sha256$-1$TmFDbA${output}"),
        &format!("$pbkdf2-sha256$$TmFDbA${output}"),
        &format!("$pbkdf2-sha256$1000$${output}"),
        &format!("$pbkdf2-sha256$1000$TmFDbA${output}$more"),
        "$pbkdf2-sha256$1000$TmFDbA$",
        "$pbkdf2-sha256$1000$TmFDbA$RXW88N82Tc",
        &format!("$pbkdf2-sha256$i=1000,l=20$TmFDbA${output}"),
        &format!("$pbkdf2-sha256$l=32$TmFDbA${output}"),
        &format!("$scrypt$ln=10,r=8$TmFDbA${output}"),
        &format!("$scrypt$ln=10,r=0,p=1$TmFDbA${output}"),
        &format!("$scrypt$ln=10,r=8,p=1$Tm*DbA${output}"),
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA",
        "$argon2id$v=20$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXe",
        "$argon2x$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
    ] {
        assert_eq!(importable(damaged), Err(ImportRefusal::Damaged), "{damaged}");
    }
    for unknown in [
        "",
        "correct horse",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3",
        "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJu",
        "$2x$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "2b$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
        "$pbkdf2-md5$1000$TmFDbA$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4AY",
        "bcrypt$bcrypt$bcrypt$",
    ] {
        assert_eq!(importable(unknown), Err(ImportRefusal::Unknown), "{unknown}");
    }
}

proptest! {
    #[test]
    fn any_text_gets_a_verdict(
        head in prop::sample::select(vec!["", "$", "$2b$", "$scrypt$", "$pbkdf2-sha256$", "pbkdf2_sha256$", "bcrypt$", "$argon2id$", "argon2$"]),
        tail: String,
        plain in "[$=,a-z0-9./]{0,80}",
    ) {
        let _ = importable(&format!("{head}{tail}"));
        let _ = importable(&format!("{head}{plain}"));
    }

    #[test]
    fn a_damaged_hash_is_refused_or_wrong(which in 0..MADE_ELSEWHERE.len(), at: prop::sample::Index, with in "[a-zA-Z0-9$=,./]") {
        let hash = MADE_ELSEWHERE[which].1;
        let at = at.index(hash.len());
        let damaged = format!("{}{with}{}", &hash[..at], &hash[at + 1..]);
        if let Ok(foreign) = Foreign::parse(&damaged) {
            let before = Foreign::parse(hash).unwrap();
            let is_cheap = !matches!(&foreign, Foreign::Bcrypt { cost: 8.., .. })
                && !matches!(&foreign, Foreign::Pbkdf2 { iterations: 10_000.., .. })
                && !matches!(&foreign, Foreign::Scrypt { n: 32_768.., .. });
            // The last character has bits that mean nothing: the same hash is no damage.
            if foreign != before && is_cheap {
                prop_assert_eq!(foreign.verify(b"correct horse"), Some(false), "{}", damaged);
            }
        }
    }
}
