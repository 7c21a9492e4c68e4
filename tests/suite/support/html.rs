//! Just enough HTML to fill in a form as a person without scripts would.

use std::collections::BTreeMap;

/// A form of a page.
#[derive(Clone, Debug)]
pub struct Form {
    /// `method`, lower case.
    pub method: String,
    /// `action` as written.
    pub action: String,
    /// The named inputs that are not buttons or empty boxes, with their values.
    pub fields: BTreeMap<String, String>,
}

/// The first form of a page.
pub fn form(html: &str) -> Option<Form> {
    let start = html.find("<form")?;
    let end = start + html[start..].find("</form>")?;
    let form = &html[start..end];
    let head = &form[..=form.find('>')?];
    let inputs = tags(form, "input")
        .filter(|tag| attribute(tag, "type").as_deref() != Some("checkbox") || tag.contains(" checked"))
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())));
    Some(Form {
        method: attribute(head, "method")
            .unwrap_or_else(|| "get".to_owned())
            .to_lowercase(),
        action: attribute(head, "action").unwrap_or_default(),
        fields: inputs.collect(),
    })
}

/// The tags of a kind, each from `<` to `>`.
pub fn tags<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let open = format!("<{name}");
    let starts: Vec<usize> = html.match_indices(&open).map(|(at, _)| at).collect();
    starts
        .into_iter()
        .filter_map(move |at| Some(&html[at..=at + html[at..].find('>')?]))
}

/// An attribute of a tag, unescaped.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let end = start + tag[start..].find('"')?;
    Some(unescape(&tag[start..end]))
}

/// The text of the element with an id.
pub fn text_of(html: &str, id: &str) -> Option<String> {
    let at = html.find(&format!("id=\"{id}\""))?;
    let start = at + html[at..].find('>')? + 1;
    let end = start + html[start..].find("</")?;
    Some(unescape(html[start..end].trim()))
}

/// Numeric and the five named character references.
pub fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';') else { break };
        let decoded = match &rest[1..end] {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            number => number
                .strip_prefix('#')
                .and_then(|digits| digits.parse().ok())
                .and_then(char::from_u32),
        };
        if let Some(character) = decoded {
            out.push(character);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out + rest
}
