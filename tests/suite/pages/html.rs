//! What a screen reader, a keyboard and a browser without scripts need from every page.

use super::walk;
use crate::support::{
    Page,
    html::{attribute, tags},
};

#[tokio::test]
async fn every_page_has_a_language_one_heading_and_a_title_of_its_own() {
    let daemon = walk::daemon();
    let mut titles = Vec::new();
    for (name, page) in walk::every_page(&daemon).await {
        assert!(page.body.starts_with("<!DOCTYPE html>"), "{name}");
        assert!(page.body.contains("<html lang=\"en\">"), "{name}");
        assert!(
            page.body
                .contains("name=\"viewport\" content=\"width=device-width, initial-scale=1\"")
        );
        assert_eq!(tags(&page.body, "h1").count(), 1, "{name}");
        assert_eq!(tags(&page.body, "main").count(), 1, "{name}");
        titles.push((name, between(&page.body, "<title>", "</title>").to_owned()));
    }
    for (name, title) in &titles {
        assert!(
            title.ends_with(" · avouch") && title.len() > " · avouch".len(),
            "{name}: {title:?}"
        );
        if name.ends_with(", wrong") || name.ends_with(", refused") {
            assert!(
                title.starts_with("Error: "),
                "{name}: a screen reader says it first: {title}"
            );
        }
    }
}

#[tokio::test]
async fn every_page_works_without_scripts_and_has_nothing_inline() {
    let daemon = walk::daemon();
    for (name, page) in walk::every_page(&daemon).await {
        let lower = page.body.to_lowercase();
        let ours = tags(&page.body, "script").filter(|tag| {
            let is_file = attribute(tag, "src").is_some_and(|src| src.starts_with("/static/"));
            is_file && tag.contains(" defer")
        });
        assert_eq!(
            ours.count(),
            lower.matches("<script").count(),
            "{name}: a script that is not a file of ours"
        );
        for forbidden in ["<style", " style=", "javascript:", "<iframe", "<base", "http-equiv"] {
            assert!(!lower.contains(forbidden), "{name}: {forbidden}");
        }
        for tag in all_tags(&page) {
            let handler = tag.split(' ').any(|word| word.starts_with("on") && word.contains('='));
            assert!(!handler, "{name}: {tag}");
        }
        for form in tags(&page.body, "form") {
            assert!(form.contains("method=\"post\""), "{name}: {form}");
            assert!(
                attribute(form, "action").is_some_and(|it| it.starts_with('/')),
                "{name}"
            );
            assert!(!page.form().fields["csrf"].is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn every_field_has_a_label_and_every_error_is_told() {
    let daemon = walk::daemon();
    for (name, page) in walk::every_page(&daemon).await {
        let fields = tags(&page.body, "input").filter(|tag| !tag.contains("type=\"hidden\""));
        for field in fields {
            let id = attribute(field, "id").unwrap_or_else(|| panic!("{name}: {field}"));
            assert!(page.body.contains(&format!("<label for=\"{id}\">")), "{name}: {id}");
            assert!(attribute(field, "autocomplete").is_some(), "{name}: {id}");
            for described in attribute(field, "aria-describedby")
                .iter()
                .flat_map(|ids| ids.split(' '))
            {
                assert!(page.has(described), "{name}: {id} is described by {described}");
            }
        }
        for button in tags(&page.body, "button") {
            // One that only a script understands is hidden until the script runs.
            let for_scripts = button.contains("type=\"button\"") && button.contains(" hidden");
            assert!(button.contains("type=\"submit\"") || for_scripts, "{name}: {button}");
        }
        for image in tags(&page.body, "img") {
            assert!(image.contains(" alt="), "{name}: {image}");
        }
        if page.has("form-error") {
            assert!(page.body.contains("id=\"form-error\" role=\"alert\""), "{name}");
        }
        assert!(page.body.matches(" autofocus").count() <= 1, "{name}");
        assert_eq!(duplicated_ids(&page), Vec::<String>::new(), "{name}");
    }
}

fn between<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let from = html.find(start).map_or(0, |at| at + start.len());
    let to = html[from..].find(end).map_or(html.len(), |at| from + at);
    &html[from..to]
}

fn all_tags(page: &Page) -> impl Iterator<Item = &str> {
    page.body
        .split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or_default())
}

fn duplicated_ids(page: &Page) -> Vec<String> {
    let mut ids: Vec<String> = all_tags(page).filter_map(|tag| attribute(tag, "id")).collect();
    ids.sort();
    let all = ids.clone();
    ids.dedup();
    if ids.len() == all.len() { Vec::new() } else { all }
}
