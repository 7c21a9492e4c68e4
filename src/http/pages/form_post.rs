//! The page that posts an authorization response to the client (OAuth 2.0 Form Post Response Mode, 2): by its script at once, and by its
//! button where no script runs.

use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::{Page, consent::host_of};
use crate::{
    http::{Site, error::PageFailure, headers::form_post_headers},
    idp,
    protocol::redirect_uri::form_action_source,
};

/// The page's only script. The button is out of use once it has run: a second click would send the code a second time, which ends
/// everything that came of it.
const SCRIPT: &str = "var f=document.forms[0];f.elements['form-post-continue'].disabled=true;f.submit()";

#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPostPage<'a> {
    page: Page,
    host: String,
    action: &'a str,
    fields: &'a [(&'static str, String)],
    script: &'static str,
}

/// Draws the page. Nothing of the answer is in any URL.
pub fn draw(
    site: &Site,
    action: &str,
    fields: &[(&'static str, String)],
) -> Result<(HttpResponseBuilder, String), PageFailure> {
    let mut page = site.page();
    // Asked for again, this page would be another answer.
    page.languages.clear();
    let html = html(page, action, fields)?;
    let mut response = HttpResponse::Ok();
    for (name, value) in form_post_headers(form_action_source(action).as_deref(), SCRIPT) {
        response.insert_header((name, value));
    }
    response.content_type("text/html; charset=utf-8");
    Ok((response, html))
}

fn html(page: Page, action: &str, fields: &[(&'static str, String)]) -> Result<String, PageFailure> {
    let template = FormPostPage {
        page,
        host: host_of(action),
        action,
        fields,
        script: SCRIPT,
    };
    Ok(template
        .render()
        .map_err(|error| idp::Error::Internal(Box::new(error)))?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(action: &str, state: &str, description: &str) -> String {
        let page = Page::english();
        let fields = [
            ("error_description", description.to_owned()),
            ("state", state.to_owned()),
        ];
        html(page, action, &fields).unwrap()
    }

    /// What a browser would make of a value.
    fn unescaped(text: &str) -> String {
        let named = [
            ("&#60;", "<"),
            ("&#62;", ">"),
            ("&#34;", "\""),
            ("&#39;", "'"),
            ("&#38;", "&"),
        ];
        named
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    fn value_of(html: &str, name: &str) -> String {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        unescaped(rest.split_once('"').unwrap().0)
    }

    /// The bytes that make markup.
    fn markup(html: &str) -> Vec<char> {
        html.chars().filter(|c| "<>\"'".contains(*c)).collect()
    }

    proptest! {
        /// Threats 11: whatever a value holds, the page has the same elements and attributes.
        #[test]
        fn no_value_becomes_markup(
            state in "(\\PC|[<>\"'&=/ ]|</form>|<script>|\"><img src=x onerror=y>|&#34;|&quot;|\\]\\]>|<!--){0,12}",
            description in "([ -~]|<|\"|javascript:){0,20}",
        ) {
            let action = "https://app.example/cb?a=\"><script>&b='";
            let html = drawn(action, &state, &description);
            prop_assert_eq!(markup(&html), markup(&drawn("https://app.example/", "x", "y")));
            prop_assert_eq!(value_of(&html, "state"), state);
            prop_assert_eq!(value_of(&html, "error_description"), description);
            prop_assert_eq!(html.matches("<script>").count(), 1);
        }
    }
}
