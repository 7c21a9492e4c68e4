use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::config::Source;

const SECTIONS: &str = "\
[sign_up]
mode = \"invitation\"
ask = [\"nickname\", \"birthdate\", \"website\"]
require = [\"given_name\"]
[attributes.tier]
sign_up = \"optional\"
[attributes.hardware_tier]
sign_up = \"required\"
[attributes.software_background]
sign_up = \"no\"
[attributes.age]
type = \"number\"
sign_up = \"optional\"
[attributes.news]
type = \"boolean\"
sign_up = \"optional\"
[attributes.topics]
type = \"string_list\"
values = [\"robots\", \"rovers\"]
sign_up = \"optional\"
[attributes.cities]
type = \"string_list\"
sign_up = \"optional\"
";

fn config(sections: &str) -> Config {
    let source = Source {
        file: Some(("avouch.toml".into(), sections.to_owned())),
        env: Vec::new(),
    };
    Config::parse(&source).unwrap()
}

const LEAST: [(&str, &str); 3] = [
    ("password", "a row of words"),
    ("claim.given_name", "Al"),
    ("attribute.hardware_tier", "tier1"),
];

fn wanted(more: &[(&str, &str)]) -> Taken<Wanted> {
    let mut all: Vec<(&str, &str)> = LEAST.to_vec();
    all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    all.extend_from_slice(more);
    read(&config(SECTIONS), &Params::from_iter(all))
}

#[test]
fn the_form_asks_what_is_configured_and_in_a_sensible_order() {
    let fields = fields(&config(SECTIONS));
    let asked: Vec<(String, bool)> = fields.iter().map(|field| (field.name(), field.required)).collect();
    let expected = [
        ("claim.given_name", true),
        ("claim.nickname", false),
        ("claim.birthdate", false),
        ("claim.website", false),
        ("attribute.age", false),
        ("attribute.cities", false),
        ("attribute.hardware_tier", true),
        ("attribute.news", false),
        ("attribute.tier", false),
        ("attribute.topics", false),
    ];
    assert_eq!(asked, expected.map(|(name, required)| (name.to_owned(), required)));
    assert!(super::fields(&config("")).is_empty());
}

#[test]
fn what_is_typed_becomes_claims_of_their_types() {
    let wanted = wanted(&[
        ("claim.birthdate", " 1990-12-31 "),
        ("claim.nickname", "  "),
        ("attribute.age", "42"),
        ("attribute.news", "no"),
        ("attribute.topics.1", "1"),
        ("attribute.cities", "Bonn\r\n\r\n Rom "),
    ])
    .unwrap();
    let expected = json!({"given_name": "Al", "birthdate": "1990-12-31", "hardware_tier": "tier1", "age": 42, "news": false,
        "topics": ["rovers"], "cities": ["Bonn", "Rom"]});
    assert_eq!(Value::Object(wanted.claims.clone()), expected);
    assert_eq!(wanted.username, None);
    assert_eq!(wanted.claims_in(Language::Fr)["locale"], "fr");
}

#[test]
fn what_cannot_be_kept_is_refused_at_its_input() {
    let long = "x".repeat(LONGEST + 1);
    let lines = "x\n".repeat(MOST_LINES + 1);
    for (name, typed, id) in [
        ("claim.given_name", "", "sign-up-wrong-empty"),
        ("claim.given_name", long.as_str(), "sign-up-wrong-long"),
        ("claim.given_name", "a\u{7}b", "sign-up-wrong-long"),
        ("claim.birthdate", "31.12.1990", "sign-up-wrong-birthdate"),
        ("claim.website", "javascript:alert(1)", "sign-up-wrong-website"),
        ("attribute.hardware_tier", "", "sign-up-wrong-empty"),
        ("attribute.hardware_tier", "tier9", "sign-up-wrong-value"),
        ("attribute.age", "old", "sign-up-wrong-number"),
        ("attribute.age", "1e999", "sign-up-wrong-number"),
        ("attribute.news", "maybe", "sign-up-wrong-value"),
        ("attribute.cities", lines.as_str(), "sign-up-wrong-long"),
        ("password", "", "refusal-password-missing"),
    ] {
        let wrong = wanted(&[(name, typed)]).unwrap_err();
        assert_eq!(wrong, Wrong::new(name, Words::new(id)), "{name}={typed:?}");
    }
}

#[test]
fn a_long_list_of_values_is_typed_and_checked() {
    let values: Vec<String> = (0..=MOST_BOXES).map(|number| format!("\"v{number}\"")).collect();
    let declared = format!(
        "[attributes.many]\ntype = \"string_list\"\nvalues = [{}]\nsign_up = \"required\"\n",
        values.join(",")
    );
    let config = config(&declared);
    assert_eq!(fields(&config)[0].input, Input::Lines);
    let form = |typed| Params::from_iter([("password", "p"), ("attribute.many", typed)]);
    assert_eq!(
        read(&config, &form("v1\nv2")).unwrap().claims["many"],
        json!(["v1", "v2"])
    );
    assert!(read(&config, &form("v1\nv999")).is_err());
}

#[test]
fn a_chosen_username_is_never_an_address() {
    for good in ["alice", " bob.smith ", "\u{e9}lodie"] {
        assert_eq!(chosen_username(good).unwrap(), good.trim());
    }
    for bad in ["", "  ", "alice@example.com", "@", &"x".repeat(65)] {
        assert_eq!(chosen_username(bad).unwrap_err().field, "username", "{bad:?}");
    }
    let chosen = config("[sign_up]\nusername = \"chosen\"\n");
    let form = Params::from_iter([("username", "alice"), ("password", "p")]);
    assert_eq!(read(&chosen, &form).unwrap().username.as_deref(), Some("alice"));
    assert_eq!(
        read(&config(""), &form).unwrap().username,
        None,
        "where it is the address, nobody chooses"
    );
}

#[test]
fn terms_must_be_agreed_to_and_are_remembered() {
    let config = config("[sign_up]\nterms = \"https://example.com/terms\"\n");
    let refused = read(&config, &Params::from_iter([("password", "p")])).unwrap_err();
    assert_eq!(refused.field, "terms");
    let agreed = read(&config, &Params::from_iter([("password", "p"), ("terms", "1")])).unwrap();
    assert_eq!(agreed.terms.as_deref(), Some("https://example.com/terms"));
}

proptest! {
    // Threat 14: whatever a form says, nothing but what is asked for gets into an account.
    #[test]
    fn no_form_sets_what_it_does_not_ask_for(
        names in prop::collection::btree_set(
            prop::sample::select(vec![
                "role", "sub", "id", "email_verified", "phone_number_verified", "tenant_id", "organization_ids", "memberships",
                "updated_at", "disabled", "epoch", "second_factors", "software_background", "family_name", "picture", "locale",
                "preferred_username", "address",
            ]),
            1..8,
        ),
        prefix in prop::sample::select(vec!["", "claim.", "attribute.", "claims.", "user.", "attribute.topics."]),
        value in prop::sample::select(vec!["true", "1", "admin", "{}", "yes"]),
    ) {
        let more: Vec<(String, String)> = names.iter().map(|name| (format!("{prefix}{name}"), value.to_owned())).collect();
        let more: Vec<(&str, &str)> = more.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let asked: BTreeSet<String> = fields(&config(SECTIONS)).into_iter().map(|field| field.claim).collect();
        let wanted = wanted(&more).unwrap();
        for claim in wanted.claims.keys() {
            prop_assert!(asked.contains(claim), "{}", claim);
        }
        prop_assert_eq!(&wanted.claims_in(Language::En)["locale"], "en");
    }
}
