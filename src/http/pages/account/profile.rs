//! Who the person is: what they may say about themselves.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    super::{Page, Way},
    Frame, Place, draw, let_in, went_well,
};
use crate::{
    http::{Site, body::FormBody, browser::Visitor, error::PageFailure},
    idp::{
        self,
        account::{Entries, Field, FieldKind, Profile, Saved, Wrong},
    },
    language::Language,
    protocol::params::Params,
};

#[derive(Template)]
#[template(path = "account/profile.html")]
struct ProfilePage {
    page: Page,
    frame: Frame,
    version: String,
    groups: Vec<Group>,
}

/// Fields that belong together.
struct Group {
    id: &'static str,
    title: String,
    fields: Vec<Shown>,
}

/// A field as it stands on the page.
struct Shown {
    id: String,
    name: String,
    label: String,
    hint: Option<String>,
    /// `text`, `lines`, `select` or `boxes`.
    shape: &'static str,
    input: &'static str,
    mode: &'static str,
    autocomplete: &'static str,
    value: String,
    choices: Vec<Choice>,
    wrong: Option<String>,
    /// What is kept, when somebody has changed it meanwhile.
    kept: Option<String>,
}

/// One of several.
struct Choice {
    id: String,
    name: String,
    value: String,
    title: String,
    chosen: bool,
}

/// What the form is filled with.
#[derive(Default)]
struct Filled {
    profile: Option<Profile>,
    wrong: Vec<(String, Wrong)>,
    kept: Entries,
}

/// Shows it.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, PageFailure> {
    let visitor = Visitor::of(&request, &site);
    let profile = site.idp.own_profile(&visitor.browser).await;
    let profile = match let_in(&site, Place::Profile, Way::Get, profile)? {
        Ok(profile) => profile,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let frame = Frame::of(&site, &visitor, Place::Profile).done(&request, &[("saved", "account-profile-saved")]);
    let filled = Filled {
        profile: Some(profile),
        ..Filled::default()
    };
    page_of(&site, &visitor, frame, &filled, false)
}

/// Keeps what was typed.
pub async fn save(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, PageFailure> {
    let form = body.params()?;
    let visitor = Visitor::of(&request, &site);
    let language = site.page().language;
    let fields = site.idp.profile_fields();
    let typed = typed(&form, &fields);
    let version = form.get("version").unwrap_or_default();
    let refused = |error: &str, version: &str, wrong, kept| {
        let frame = Frame::of(&site, &visitor, Place::Profile).wrong(Some(language.text(error)));
        let profile = Profile {
            version: version.to_owned(),
            fields: fields.clone(),
            entries: typed.clone(),
        };
        let filled = Filled {
            profile: Some(profile),
            wrong,
            kept,
        };
        page_of(&site, &visitor, frame, &filled, true)
    };
    if !visitor.posted_by_us(&form) {
        return refused("error-old-page", version, Vec::new(), Entries::new());
    }
    match site.idp.change_own_profile(version, &typed, &visitor.browser).await {
        Ok(Saved::Done) => Ok(went_well(&site, Place::Profile, "saved")),
        Ok(Saved::Wrong(wrong)) => refused("account-profile-wrong", version, wrong, Entries::new()),
        Ok(Saved::ChangedMeanwhile(now)) => refused(
            "account-profile-changed-meanwhile",
            &now.version,
            Vec::new(),
            now.entries,
        ),
        // What was typed is not thrown away: signed in again in another tab, the person sends it once more.
        Err(idp::Error::SignInAgain) => refused("account-profile-signed-out", version, Vec::new(), Entries::new()),
        Err(other) => Err(other.into()),
    }
}

/// What was typed, by the names of the fields and no others. A list of boxes says by a field of its own that it was on the page: boxes
/// that are empty are not sent.
fn typed(form: &Params, fields: &[Field]) -> Entries {
    let sent = |name: &str| form.pairs().find(|(known, _)| *known == name).map(|(_, value)| value);
    let mut typed = Entries::new();
    for field in fields {
        let Some(value) = sent(&field.name) else { continue };
        let value = match &field.kind {
            FieldKind::Choices(values) => {
                let checked = values
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| sent(&box_name(field, *at)).is_some());
                let checked: Vec<&str> = checked.map(|(_, value)| value.as_str()).collect();
                checked.join("\n")
            }
            _ => value.to_owned(),
        };
        typed.insert(field.name.clone(), value);
    }
    typed
}

/// No name of an attribute has such a sign.
fn box_name(field: &Field, at: usize) -> String {
    format!("{}#{at}", field.name)
}

fn page_of(
    site: &Site,
    visitor: &Visitor,
    frame: Frame,
    filled: &Filled,
    is_wrong: bool,
) -> Result<HttpResponse, PageFailure> {
    let page = site.page();
    let profile = filled.profile.as_ref();
    let all = profile.map(|profile| profile.fields.as_slice()).unwrap_or_default();
    let group = |id: &'static str, title: &str, of: &dyn Fn(&str) -> bool| Group {
        id,
        title: page.text(title),
        fields: all
            .iter()
            .filter(|field| of(&field.name))
            .map(|field| shown(&page, field, filled))
            .collect(),
    };
    let is_name = |name: &str| name == "nickname" || name.ends_with("name") && !name.contains('.');
    let is_address = |name: &str| name.starts_with("address.") || name == "phone_number";
    let is_attribute = |name: &str| name.starts_with("attribute.");
    let groups = vec![
        group("profile-names", "account-profile-names", &is_name),
        group("profile-about", "account-profile-about", &|name| {
            !is_name(name) && !is_address(name) && !is_attribute(name)
        }),
        group("profile-contact", "account-profile-contact", &is_address),
        group("profile-more", "account-profile-more", &is_attribute),
    ];
    let template = ProfilePage {
        version: profile.map(|profile| profile.version.clone()).unwrap_or_default(),
        groups: groups.into_iter().filter(|group| !group.fields.is_empty()).collect(),
        frame,
        page,
    };
    draw(site, visitor, &template, is_wrong)
}

fn shown(page: &Page, field: &Field, filled: &Filled) -> Shown {
    let entries = filled.profile.as_ref().map(|profile| &profile.entries);
    let value = entries
        .and_then(|entries| entries.get(&field.name))
        .cloned()
        .unwrap_or_default();
    let id = format!(
        "profile-{}",
        field.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    );
    let wrong = filled.wrong.iter().find(|(name, _)| *name == field.name);
    let kept = filled.kept.get(&field.name).filter(|kept| **kept != value);
    let [shape, input, mode] = match field.kind {
        FieldKind::Text => ["text", "text", "text"],
        FieldKind::Lines => ["lines", "", ""],
        FieldKind::Url => ["text", "url", "url"],
        FieldKind::Birthdate => ["text", "text", "numeric"],
        FieldKind::Phone => ["text", "tel", "tel"],
        FieldKind::Number => ["text", "text", "decimal"],
        FieldKind::Zone(_) | FieldKind::Language(_) | FieldKind::Flag | FieldKind::Choice(_) => ["select", "", ""],
        FieldKind::Choices(_) => ["boxes", "checkbox", ""],
    };
    let (label, autocomplete) = known(&field.name);
    Shown {
        label: field.title.clone().unwrap_or_else(|| page.text(label)),
        hint: hint(field).map(|hint| page.text(hint)),
        choices: choices(page, field, &id, &value),
        wrong: wrong.map(|(_, wrong)| sentence(page, *wrong)),
        kept: kept.map(|kept| {
            if kept.is_empty() {
                "\u{2013}".to_owned()
            } else {
                kept.clone()
            }
        }),
        name: field.name.clone(),
        shape,
        input,
        mode,
        autocomplete,
        value,
        id,
    }
}

/// What a field is called, and what browsers may fill it with (HTML, 4.10.18.7).
fn known(name: &str) -> (&'static str, &'static str) {
    match name {
        "name" => ("account-profile-name", "name"),
        "given_name" => ("account-profile-given-name", "given-name"),
        "middle_name" => ("account-profile-middle-name", "additional-name"),
        "family_name" => ("account-profile-family-name", "family-name"),
        "nickname" => ("account-profile-nickname", "nickname"),
        "picture" => ("account-profile-picture", "photo"),
        "website" => ("account-profile-website", "url"),
        "gender" => ("account-profile-gender", "sex"),
        "birthdate" => ("account-profile-birthdate", "bday"),
        "zoneinfo" => ("account-profile-zoneinfo", "off"),
        "locale" => ("account-profile-locale", "language"),
        "phone_number" => ("account-profile-phone-number", "tel"),
        "address.street_address" => ("account-profile-street-address", "street-address"),
        "address.postal_code" => ("account-profile-postal-code", "postal-code"),
        "address.locality" => ("account-profile-locality", "address-level2"),
        "address.region" => ("account-profile-region", "address-level1"),
        "address.country" => ("account-profile-country", "country-name"),
        _ => ("account-profile-more", "off"),
    }
}

fn hint(field: &Field) -> Option<&'static str> {
    match (field.name.as_str(), &field.kind) {
        ("name", _) => Some("account-profile-hint-name"),
        ("picture", _) => Some("account-profile-hint-picture"),
        ("phone_number", _) => Some("account-profile-hint-phone-number"),
        (_, FieldKind::Birthdate) => Some("account-profile-hint-birthdate"),
        (name, FieldKind::Lines) if name.starts_with("attribute.") => Some("account-profile-hint-lines"),
        _ => None,
    }
}

fn choices(page: &Page, field: &Field, id: &str, value: &str) -> Vec<Choice> {
    let choice = |chosen: &str, title: String| Choice {
        id: String::new(),
        name: String::new(),
        value: chosen.to_owned(),
        title,
        chosen: chosen == value,
    };
    let none = || choice("", page.text("account-profile-none"));
    let mut choices: Vec<Choice> = match &field.kind {
        FieldKind::Zone(zones) => {
            let zones = zones.iter().map(|zone| choice(zone, zone.replace('_', " ")));
            std::iter::once(none()).chain(zones).collect()
        }
        FieldKind::Language(tags) => {
            let called =
                |tag: &str| Language::of_tag(tag).map_or_else(|| tag.to_owned(), |it| it.own_name().to_owned());
            std::iter::once(none())
                .chain(tags.iter().map(|tag| choice(tag, called(tag))))
                .collect()
        }
        FieldKind::Flag => vec![
            none(),
            choice("true", page.text("account-profile-yes")),
            choice("false", page.text("account-profile-no")),
        ],
        FieldKind::Choice(values) => {
            let values = values.iter().map(|value| choice(value, value.clone()));
            std::iter::once(none()).chain(values).collect()
        }
        FieldKind::Choices(values) => {
            let boxes = values.iter().enumerate().map(|(at, of)| Choice {
                id: format!("{id}-{at}"),
                name: box_name(field, at),
                value: "1".to_owned(),
                title: of.clone(),
                chosen: value.lines().any(|line| line == of),
            });
            return boxes.collect();
        }
        _ => return Vec::new(),
    };
    // Written by other rules than these; it stays until its owner chooses another.
    if choices.iter().all(|choice| !choice.chosen) {
        choices.push(Choice {
            chosen: true,
            ..choice(value, value.to_owned())
        });
    }
    choices
}

fn sentence(page: &Page, wrong: Wrong) -> String {
    page.text(match wrong {
        Wrong::TooLong(most) => return page.text_with("account-profile-wrong-long", [("most", most as u64)]),
        Wrong::Characters => "account-profile-wrong-characters",
        Wrong::Url => "account-profile-wrong-url",
        Wrong::Https => "account-profile-wrong-https",
        Wrong::Birthdate => "account-profile-wrong-birthdate",
        Wrong::Phone => "account-profile-wrong-phone",
        Wrong::Number => "account-profile-wrong-number",
        Wrong::Choice => "account-profile-wrong-choice",
    })
}
