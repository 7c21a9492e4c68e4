//! The catalogues are whole: each parses, and what is said is written, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{Language, catalogues::CATALOGUES};

/// The variables of each message, by its name.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder that ends so, with its text.
fn files(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

fn messages_of(tag: &str) -> Messages {
    let mut messages = Messages::new();
    for (_, area, text) in CATALOGUES.iter().filter(|(language, ..)| *language == tag) {
        let resource =
            fluent_syntax::parser::parse(*text).unwrap_or_else(|(_, errors)| panic!("{tag}/{area}: {errors:?}"));
        for entry in resource.body {
            match entry {
                Entry::Message(message) => {
                    let mut variables = BTreeSet::new();
                    let pattern = message.value.as_ref().expect("a message has a text");
                    in_pattern(pattern, &mut variables);
                    assert!(message.attributes.is_empty(), "{tag}/{area}: {}", message.id.name);
                    let earlier = messages.insert(message.id.name.to_owned(), variables);
                    assert!(earlier.is_none(), "{tag}/{area}: {} stands twice", message.id.name);
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                other => panic!("{tag}/{area}: {other:?}"),
            }
        }
    }
    messages
}

fn in_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => in_expression(expression, variables),
        }
    }
}

fn in_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Select { selector, variants } => {
            in_inline(selector, variables);
            for variant in variants {
                in_pattern(&variant.value, variables);
            }
        }
        Expression::Inline(inline) => in_inline(inline, variables),
    }
}

fn in_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => in_expression(expression, variables),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        other => panic!("a catalogue uses variables only: {other:?}"),
    }
}

/// The names of messages that a text asks for: with arguments, or without.
fn asked_for(text: &str) -> Vec<(String, bool)> {
    let mut asked = Vec::new();
    for (call, has_arguments) in [
        (".text(\"", false),
        (".title(\"", false),
        (".text_with(\"", true),
        (".html(\"", true),
    ] {
        for (at, _) in text.match_indices(call) {
            let id = text[at + call.len()..].split('"').next().unwrap();
            asked.push((id.to_owned(), has_arguments));
        }
    }
    asked
}

/// Templates and sources, without the tests at the foot of a file.
fn speakers() -> Vec<(String, String)> {
    let mut speakers = files(&root().join("templates"), "");
    let sources = files(&root().join("src"), ".rs").into_iter();
    speakers.extend(
        sources
            .filter(|(name, _)| !name.ends_with("tests.rs"))
            .map(|(name, text)| (name, text.split("\n#[cfg(test)]\nmod tests").next().unwrap().to_owned())),
    );
    assert!(speakers.len() > 100);
    speakers
}

/// What a person would read of a template: all that is neither a tag nor Askama's; but of tags the attributes that are said.
fn visible(template: &str) -> String {
    let without = |text: &str, open: &str, close: &str| {
        let mut rest = text;
        let mut kept = String::new();
        while let Some((before, after)) = rest.split_once(open) {
            kept.push_str(before);
            rest = after.split_once(close).map_or("", |(_, rest)| rest);
        }
        kept + rest
    };
    let text = without(template, "{#", "#}");
    let text = without(&text, "{% block width %}", "{% endblock %}");
    let text = without(&text, "{%", "%}");
    let text = without(&text, "{{", "}}");
    let mut said = String::new();
    for tag in text.split('<').skip(1).filter_map(|tag| tag.split('>').next()) {
        for attribute in [
            "title",
            "aria-label",
            "placeholder",
            "alt",
            "aria-description",
            "content",
        ] {
            if let Some((_, value)) = tag.split_once(&format!(" {attribute}=\"")) {
                said.push_str(value.split('"').next().unwrap());
            }
        }
    }
    said + &without(&text, "<", ">")
}

#[test]
fn no_text_is_left_in_a_template() {
    for (name, template) in files(&root().join("templates"), ".html") {
        // Not for eyes: how wide a screen is, what a browser may do, and a product's name.
        let template = template
            .replace("width=device-width, initial-scale=1", "")
            .replace("content=\"light dark\"", "")
            .replace("content=\"noindex\"", "")
            .replace("content=\"0; url=", "");
        let left: String = visible(&template).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!left.contains(char::is_alphabetic), "{name}: {left}");
    }
}

#[test]
fn text_in_a_template_is_seen() {
    assert_eq!(
        visible("<p class=\"lead\">{{ page.text(\"a\") }}</p>{# a #}{% if b %}"),
        ""
    );
    assert_eq!(visible("<p>Hello</p>"), "Hello");
    assert_eq!(visible("<img alt=\"Logo\"><a title=\"{{ t }}\">"), "Logo");
}

#[test]
fn every_file_is_embedded_under_its_language_and_area() {
    let embedded: BTreeSet<String> = CATALOGUES
        .iter()
        .map(|(tag, area, _)| format!("locales/{tag}/{area}.ftl"))
        .collect();
    assert_eq!(embedded.len(), CATALOGUES.len(), "a catalogue is embedded twice");
    let kept: BTreeSet<String> = files(&root().join("locales"), "")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(embedded, kept);
    for (tag, ..) in CATALOGUES {
        assert!(Language::ALL.iter().any(|language| language.tag() == *tag), "{tag}");
    }
}

#[test]
fn no_language_says_what_english_does_not() {
    let english = messages_of("en");
    for language in Language::ALL {
        for (id, variables) in messages_of(language.tag()) {
            let known = english
                .get(&id)
                .unwrap_or_else(|| panic!("{language}: {id} is not in English"));
            assert!(
                variables.is_subset(known),
                "{language}: {id} has {variables:?}, English {known:?}"
            );
        }
    }
}

#[test]
fn every_language_says_everything() {
    let english = messages_of("en");
    for language in Language::ALL {
        let said = messages_of(language.tag());
        let missing: Vec<&String> = english.keys().filter(|id| !said.contains_key(*id)).collect();
        assert!(missing.is_empty(), "locales/{language} lacks {missing:#?}");
    }
}

#[test]
fn what_is_asked_for_is_written() {
    let english = messages_of("en");
    let mut broken = Vec::new();
    for (name, text) in speakers() {
        for (id, has_arguments) in asked_for(&text) {
            match english.get(&id) {
                None => broken.push(format!("{name}: {id} is not in the English catalogues")),
                Some(variables) if !has_arguments && !variables.is_empty() => {
                    broken.push(format!("{name}: {id} needs {variables:?}"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn what_is_written_is_asked_for() {
    let speakers = speakers();
    let unused: Vec<String> = messages_of("en")
        .into_keys()
        .filter(|id| !speakers.iter().any(|(_, text)| text.contains(&format!("\"{id}\""))))
        .collect();
    assert!(unused.is_empty(), "nobody asks for {unused:#?}");
}

#[test]
fn a_message_is_named_in_kebab_case_and_has_no_private_characters() {
    for (tag, area, text) in CATALOGUES {
        let private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c);
        assert!(!text.contains(private), "{tag}/{area}");
    }
    for id in messages_of("en").into_keys() {
        let fine = id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(fine && id.contains('-'), "{id}");
    }
}

#[test]
fn every_message_is_said_whole_in_every_language() {
    for language in Language::ALL {
        for (id, variables) in messages_of("en") {
            for number in [0_u64, 1, 2, 5, 12] {
                let arguments: Vec<(&str, u64)> = variables.iter().map(|name| (name.as_str(), number)).collect();
                let said = language.text_with(&id, arguments.as_slice());
                assert!(
                    !said.is_empty() && said != id && !said.contains("{$"),
                    "{language}: {id}: {said}"
                );
            }
        }
    }
}

#[test]
fn markup_stands_only_where_it_is_meant() {
    let evil = "</strong><script>alert(1)</script>\" onload='x";
    for language in Language::ALL {
        for (id, variables) in messages_of("en") {
            let arguments: Vec<(&str, &str)> = variables.iter().map(|name| (name.as_str(), evil)).collect();
            let html = language.html(&id, arguments.as_slice());
            assert!(
                !html.as_str().contains(['<', '>', '"', '\'']),
                "{language}: {id}: {html}"
            );
        }
    }
}
