use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    config::{Config, Source},
    model::user::tests::alice,
};

const NOW: Timestamp = Timestamp::from_unix(1_795_305_600);

/// The shipped attributes, of which `tier` is open, and one of each kind.
fn attributes() -> Attributes {
    let settings = [
        ("TIER__EDITABLE", "true"),
        ("HARDWARE_TIER__EDITABLE", "true"),
        ("TEAMS__TYPE", "string_list"),
        ("TEAMS__VALUES", "red,blue"),
        ("TEAMS__EDITABLE", "true"),
        ("NOTES__TYPE", "string_list"),
        ("NOTES__EDITABLE", "true"),
        ("AGE__TYPE", "number"),
        ("AGE__EDITABLE", "true"),
        ("NEWS__TYPE", "boolean"),
        ("NEWS__EDITABLE", "true"),
        ("SALARY__TYPE", "number"),
    ];
    let env = settings.map(|(name, value)| (format!("AVOUCH__ATTRIBUTES__{name}"), value.to_owned()));
    let source = Source {
        env: env.to_vec(),
        ..Source::default()
    };
    Config::parse(&source).unwrap().attributes
}

fn entries(typed: &[(&str, &str)]) -> Entries {
    typed
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn typed(user: &User, fields: &[(&str, &str)]) -> Result<User, Vec<(String, Wrong)>> {
    apply(user, &entries(fields), &attributes(), NOW)
}

/// What no form of a person may touch.
fn protected(user: &User) -> serde_json::Value {
    json!([
        user.id,
        user.username,
        user.email,
        user.email_verified,
        user.role,
        user.memberships,
        user.active_organization,
        user.disabled,
        user.second_factors,
        user.epoch,
        user.created_at,
        user.claims.preferred_username,
        user.claims.profile,
        closed(user, &attributes()),
    ])
}

#[test]
fn what_is_sent_as_it_was_shown_changes_nothing() {
    let mut user = alice();
    user.claims = serde_json::from_value(json!({"name": "A", "locale": "de-CH", "zoneinfo": "Europe/Old",
        "gender": "x", "birthdate": "0000-12-31", "phone_number": "123", "phone_number_verified": true,
        "address": {"formatted": "1 Road\nTown"}}))
    .unwrap();
    user.attributes = json!({"tier": "gold", "teams": ["green"], "age": 7.5, "news": false, "salary": 1})
        .as_object()
        .unwrap()
        .clone();
    let shown = shown(&user, &attributes());
    assert_eq!(apply(&user, &shown, &attributes(), NOW), Ok(user.clone()));
    assert_eq!(apply(&user, &Entries::new(), &attributes(), NOW), Ok(user));
    assert_eq!(shown["address.street_address"], "1 Road\nTown");
    assert_eq!(shown["attribute.teams"], "green");
}

#[test]
fn fields_are_kept_by_their_types() {
    let after = typed(
        &alice(),
        &[
            ("given_name", "  Ada "),
            ("birthdate", "1815-12-10"),
            ("zoneinfo", "Europe/London"),
            ("locale", "fr"),
            ("website", "http://ada.example"),
            ("picture", "https://ada.example/a.png"),
            ("address.street_address", "12 Square\r\nSecond floor"),
            ("address.postal_code", "SW1"),
            ("address.locality", "London"),
            ("attribute.teams", "red\nblue"),
            ("attribute.notes", "one\r\n\r\ntwo"),
            ("attribute.age", "36"),
            ("attribute.news", "true"),
            ("attribute.hardware_tier", "tier2"),
        ],
    )
    .unwrap();
    let claims = serde_json::to_value(&after.claims).unwrap();
    assert_eq!(
        claims,
        json!({"given_name": "Ada", "birthdate": "1815-12-10", "zoneinfo": "Europe/London", "locale": "fr",
            "website": "http://ada.example", "picture": "https://ada.example/a.png",
            "address": {"formatted": "12 Square\nSecond floor\nSW1 London", "street_address": "12 Square\nSecond floor",
                "postal_code": "SW1", "locality": "London"}})
    );
    assert_eq!(
        serde_json::Value::Object(after.attributes.clone()),
        json!({"teams": ["red", "blue"], "notes": ["one", "two"], "age": 36, "news": true, "hardware_tier": "tier2"})
    );
    // Every attribute is as its declaration wants it, and the claims are as the rest of the house wants them.
    for (name, value) in &after.attributes {
        assert_eq!(attributes()[name].check(value), Ok(()), "{name}");
    }
    assert!(after.claims.validate().is_ok());
    // Emptied, all of it goes.
    let shown = shown(&after, &attributes());
    let emptied: Entries = shown.keys().map(|name| (name.clone(), String::new())).collect();
    let empty = apply(&after, &emptied, &attributes(), NOW).unwrap();
    assert_eq!((empty.claims, empty.attributes.len()), (StandardClaims::default(), 0));
}

#[test]
fn a_wrong_field_is_named_with_its_reason() {
    let long = "x".repeat(LONGEST + 1);
    for (name, value, wrong) in [
        ("name", long.as_str(), Wrong::TooLong(LONGEST)),
        ("nickname", "a\u{7}b", Wrong::Characters),
        ("given_name", "a\nb", Wrong::Characters),
        ("picture", "http://a.example/x.png", Wrong::Https),
        ("picture", "javascript:alert(1)", Wrong::Https),
        ("picture", "data:image/png;base64,AA", Wrong::Https),
        ("picture", "x", Wrong::Https),
        ("website", "javascript:alert(1)", Wrong::Url),
        ("website", "https://name:secret@a.example/", Wrong::Url),
        ("website", "a.example", Wrong::Url),
        ("birthdate", "31.12.1990", Wrong::Birthdate),
        ("birthdate", "1990-02-30", Wrong::Birthdate),
        ("birthdate", "2027-01-01", Wrong::Birthdate),
        ("birthdate", "2027", Wrong::Birthdate),
        ("zoneinfo", "Mars/Olympus", Wrong::Choice),
        ("locale", "tlh", Wrong::Choice),
        ("phone_number", "030 1234567", Wrong::Phone),
        ("phone_number", "+49", Wrong::Phone),
        ("phone_number", "+49 30 CALL ME", Wrong::Phone),
        ("phone_number", "+1234567890123456", Wrong::Phone),
        ("attribute.age", "old", Wrong::Number),
        ("attribute.news", "maybe", Wrong::Choice),
        ("attribute.teams", "red\ngreen", Wrong::Choice),
        ("attribute.hardware_tier", "tier9", Wrong::Choice),
    ] {
        let refused = typed(&alice(), &[("gender", "fine"), (name, value)]);
        assert_eq!(refused, Err(vec![(name.to_owned(), wrong)]), "{name} {value:?}");
    }
    for (name, value) in [
        ("birthdate", "1990"),
        ("birthdate", "0000-12-31"),
        ("phone_number", "+49 (30) 123-45.67"),
        ("website", "http://localhost:3000/me"),
        ("attribute.age", "-1.5"),
        ("zoneinfo", "UTC"),
    ] {
        assert!(typed(&alice(), &[(name, value)]).is_ok(), "{name} {value:?}");
    }
}

#[test]
fn a_number_that_changes_is_nobodys_yet() {
    let mut user = alice();
    user.claims.phone_number = Some("+49 30 1234567".to_owned());
    user.claims.phone_number_verified = true;
    let same = typed(&user, &[("phone_number", "+49 30 1234567"), ("nickname", "Al")]).unwrap();
    assert!(same.claims.phone_number_verified);
    let other = typed(&user, &[("phone_number", "+49 30 7654321")]).unwrap();
    assert!(!other.claims.phone_number_verified);
    let none = typed(&user, &[("phone_number", "")]).unwrap();
    assert!(!none.claims.phone_number_verified && none.claims.validate().is_ok());
}

#[test]
fn one_part_of_an_address_changes_alone() {
    let mut user = alice();
    user.claims.address = Some(Address {
        formatted: Some("as the operator wrote it".to_owned()),
        locality: Some("Bern".to_owned()),
        country: Some("Switzerland".to_owned()),
        ..Address::default()
    });
    let after = typed(&user, &[("address.locality", "Basel")])
        .unwrap()
        .claims
        .address
        .unwrap();
    assert_eq!(after.formatted.as_deref(), Some("Basel\nSwitzerland"));
    assert_eq!(after.country.as_deref(), Some("Switzerland"));
}

#[test]
fn every_field_is_shown_and_has_a_name_of_its_own() {
    let fields = list(&attributes());
    let shown = shown(&alice(), &attributes());
    let names: std::collections::BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names.len(), fields.len());
    assert!(shown.keys().map(String::as_str).eq(names.iter().copied()));
    assert!(!names.contains("attribute.salary") && !names.contains("attribute.software_background"));
}

#[test]
fn the_time_zones_are_names_of_places() {
    let zones: Vec<&str> = ZONES.lines().collect();
    assert!(zones.len() > 300 && zones.is_sorted());
    assert!(zones.iter().all(|zone| *zone == "UTC" || zone.contains('/')));
}

proptest! {
    /// Row 14 of the threats: whatever is sent, a person changes no role, no verified flag, no tenant, no id, and no attribute that is
    /// not open to them.
    #[test]
    fn no_form_changes_what_is_not_a_persons_own(
        typed in prop::collection::btree_map(
            prop_oneof![
                "(role|id|sub|username|email|email_verified|phone_number_verified|tenant_id|epoch|disabled|memberships)",
                "(preferred_username|profile|active_organization|second_factors|updated_at|created_at)",
                "attribute\\.(salary|software_background|role|tier|teams|age)",
                "(name|given_name|phone_number|picture|birthdate|locale|address\\.locality)",
                ".{0,12}",
            ],
            prop_oneof!["(admin|true|1|tier1|red)", ".{0,40}", "\\+[0-9 ]{5,12}", "https://[a-z]{1,9}\\.example/"],
            0..12,
        ),
        verified in any::<bool>(),
    ) {
        let mut user = alice();
        user.claims.phone_number = Some("+49 30 1234567".to_owned());
        user.claims.phone_number_verified = verified;
        user.attributes.insert("salary".to_owned(), 1.into());
        if let Ok(after) = apply(&user, &typed, &attributes(), NOW) {
            prop_assert_eq!(protected(&after), protected(&user));
            let number_stays = after.claims.phone_number == user.claims.phone_number;
            prop_assert!(!after.claims.phone_number_verified || (verified && number_stays));
            prop_assert!(after.claims.validate().is_ok());
            for (name, value) in &after.attributes {
                if let Some(attribute) = attributes().get(name) {
                    prop_assert_eq!(attribute.check(value), Ok(()));
                }
            }
        }
    }
}
