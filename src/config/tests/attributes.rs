//! Profile attributes: those that ship, and those that an operator declares.

use super::*;

#[test]
fn attributes_are_added_changed_and_taken_away() {
    let file = "\
[attributes.tier]
enabled = false
[attributes.hardware_tier]
clients = [\"robot\"]
[attributes.shoe_size]
type = \"number\"
scope = \"\"
clients = [\"shop\"]
[attributes.languages]
type = \"string_list\"
values = [\"de\", \"en\"]
title = \"Languages\"
";
    let attributes = config(file).attributes;
    let names: Vec<_> = attributes.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["hardware_tier", "languages", "shoe_size", "software_background"]
    );
    assert_eq!(attributes["hardware_tier"].clients, ["robot"]);
    assert_eq!(
        attributes["hardware_tier"].values.len(),
        4,
        "the rest of the shipped declaration stays"
    );
    assert_eq!(attributes["shoe_size"].kind, AttributeType::Number);
    assert_eq!(attributes["shoe_size"].scope, None);
    assert_eq!(attributes["shoe_size"].title, "shoe_size");
    assert_eq!(attributes["languages"].values, ["de", "en"]);
    let config = by_env("AVOUCH__ATTRIBUTES__SHOE_SIZE__TYPE", "number");
    assert_eq!(config.attributes["shoe_size"].kind, AttributeType::Number);
}

#[test]
fn a_reserved_attribute_is_refused_even_when_it_is_empty() {
    let errors = errors("[attributes.sub]\n[attributes.\"a b\"]", &[]);
    assert!(
        errors[0].starts_with("attributes.a b (avouch.toml:2): expected a name"),
        "{}",
        errors[0]
    );
    assert!(
        errors[1].starts_with("attributes.sub (avouch.toml:1): \"sub\" is a claim"),
        "{}",
        errors[1]
    );
}
