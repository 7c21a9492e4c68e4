//! A browser without scripts: it keeps cookies, follows our own redirects, fills in forms, and stops where an application begins.

use reqwest::{
    Client, ClientBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use url::Url;

use super::html::{self, Form};

/// A person's browser.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    home: Url,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: StatusCode,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: String,
    /// Every `Set-Cookie` on the way here, redirects included.
    pub set_cookies: Vec<String>,
}

impl Browser {
    /// A new browser that takes `home` for its own site.
    pub fn new(home: &str) -> Self {
        Self::with(home, Client::builder())
    }

    /// A browser behind the address that a proxy tells.
    pub fn behind_proxy(home: &str, forwarded_for: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded_for.parse().expect("a header"));
        Self::with(home, Client::builder().default_headers(headers))
    }

    /// A browser with further settings, for example an authority that it trusts.
    pub fn with(home: &str, client: ClientBuilder) -> Self {
        let client = client.cookie_store(true).redirect(Policy::none());
        // A daemon that was started again must not meet a connection of its former life.
        let client = client.pool_max_idle_per_host(0).build().expect("a client");
        Self {
            client,
            home: Url::parse(home).expect("a URL"),
        }
    }

    /// A browser that says so in its `User-Agent`.
    pub fn calling_itself(home: &str, user_agent: &str) -> Self {
        Self::with(home, Client::builder().user_agent(user_agent))
    }

    /// A browser that shows these cookies always, and keeps none that it is given.
    pub fn wearing(home: &str, cookies: &str) -> Self {
        let headers = HeaderMap::from_iter([(COOKIE, cookies.parse().expect("a header"))]);
        let client = Client::builder().default_headers(headers).redirect(Policy::none());
        Self {
            client: client.build().expect("a client"),
            home: Url::parse(home).expect("a URL"),
        }
    }

    /// The client underneath, for requests that no browser would make.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens a URL (or a path of the home site) and follows redirects within the site.
    pub async fn get(&self, url: &str) -> Page {
        let url = self.home.join(url).expect("a URL");
        let response = self.client.get(url).send().await.expect("an answer");
        self.follow(response).await
    }

    /// Opens a URL and follows nothing.
    pub async fn get_only(&self, url: &str) -> Page {
        let url = self.home.join(url).expect("a URL");
        Page::of(self.client.get(url).send().await.expect("an answer")).await
    }

    /// Posts a form and follows redirects within the site.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Page {
        let url = self.home.join(url).expect("a URL");
        let response = self.client.post(url).form(fields).send().await.expect("an answer");
        self.follow(response).await
    }

    /// Fills in the form of a page and sends it.
    pub async fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let form = page.form();
        let url = page.url.join(&form.action).expect("an action");
        let mut all = form.fields;
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let request = if form.method == "post" {
            self.client.post(url).form(&all)
        } else {
            self.client.get(url).query(&all)
        };
        self.follow(request.send().await.expect("an answer")).await
    }

    /// Signs in on a sign-in page.
    pub async fn sign_in(&self, page: &Page, username: &str, password: &str) -> Page {
        assert!(
            page.body.contains("login-submit"),
            "not the sign-in page: {} {}",
            page.url,
            page.body
        );
        self.submit(page, &[("username", username), ("password", password)])
            .await
    }

    async fn follow(&self, response: Response) -> Page {
        let mut page = Page::of(response).await;
        for _ in 0..10 {
            match page.location() {
                Some(next) if next.origin() == self.home.origin() => {
                    let before = page.set_cookies;
                    page = Page::of(self.client.get(next).send().await.expect("an answer")).await;
                    page.set_cookies.splice(0..0, before);
                }
                _ => return page,
            }
        }
        panic!("redirected for ever: {}", page.url);
    }
}

impl Page {
    /// Reads an answer to its end.
    pub async fn of(response: Response) -> Self {
        let (status, url, headers) = (response.status(), response.url().clone(), response.headers().clone());
        let set_cookies = headers.get_all(SET_COOKIE).iter();
        Self {
            status,
            url,
            set_cookies: set_cookies.map(|it| it.to_str().expect("ASCII").to_owned()).collect(),
            headers,
            body: response.text().await.expect("a body"),
        }
    }

    /// Where it redirects to.
    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().expect("ASCII");
        self.status
            .is_redirection()
            .then(|| self.url.join(location).expect("a URL"))
    }

    /// A parameter of the URL that it redirects to.
    pub fn redirect_param(&self, name: &str) -> Option<String> {
        self.location()?
            .query_pairs()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The value of a cookie that was set on the way here; the last one counts.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let prefix = format!("{name}=");
        let mut values = self.set_cookies.iter().filter_map(|line| line.strip_prefix(&prefix));
        values.next_back()?.split(';').next().map(str::to_owned)
    }

    /// Whether it has an element with this id.
    pub fn has(&self, id: &str) -> bool {
        self.body.contains(&format!("id=\"{id}\""))
    }

    /// The text of the element with an id.
    pub fn text(&self, id: &str) -> Option<String> {
        html::text_of(&self.body, id)
    }

    /// The value of a field of its first form.
    pub fn field(&self, name: &str) -> String {
        let mut fields = self.form().fields;
        fields
            .remove(name)
            .unwrap_or_else(|| panic!("no field {name} in {}", self.body))
    }

    /// Its first form.
    pub fn form(&self) -> Form {
        html::form(&self.body).unwrap_or_else(|| panic!("no form at {}: {} {}", self.url, self.status, self.body))
    }

    /// Its body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// Whether it is a page for people.
    pub fn is_html(&self) -> bool {
        self.headers
            .get(CONTENT_TYPE)
            .is_some_and(|it| it.as_bytes().starts_with(b"text/html"))
    }
}
