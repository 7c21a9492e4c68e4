//! A real Chromium, headless, driven through chromedriver; both end with it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

/// Every argument of the browser but its profile: no network of its own, nothing that greets or updates.
const ARGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The preference that switches scripts off.
const NO_SCRIPTS: fn() -> Value = || json!({"profile.managed_default_content_settings.javascript": 2});

/// A person's real browser, with a profile of its own.
pub struct Chromium {
    pub(super) client: Client,
    _driver: Driver,
    /// Kept until the browser has ended.
    _profile: TempDir,
}

/// chromedriver, and the port at which it listens.
struct Driver {
    process: Child,
    port: u16,
}

/// A command of the Chrome DevTools Protocol.
#[derive(Debug)]
struct DevTools {
    cmd: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/goog/cdp/execute", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({"cmd": self.cmd, "params": self.params});
        (Method::POST, Some(body.to_string()))
    }
}

/// Which colours the person prefers.
#[derive(Clone, Copy, Debug)]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    /// As the media feature `prefers-color-scheme` has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Chromium {
    /// Starts one.
    pub async fn start() -> Self {
        Self::with_preferences(json!({})).await
    }

    /// Starts one that believes any certificate, for servers of a test's own authority.
    pub async fn trusting() -> Self {
        Self::with(json!({}), true).await
    }

    /// The same with scripts switched off.
    pub async fn trusting_without_scripts() -> Self {
        Self::with(NO_SCRIPTS(), true).await
    }

    /// Starts one in which scripts are switched off.
    pub async fn without_scripts() -> Self {
        Self::with_preferences(NO_SCRIPTS()).await
    }

    async fn with_preferences(preferences: Value) -> Self {
        Self::with(preferences, false).await
    }

    async fn with(preferences: Value, believes_any_certificate: bool) -> Self {
        let chromium = find("chromium", "chromium");
        let driver = Driver::start(&find("chromedriver", "chromium-driver"));
        let profile = TempDir::new().expect("a profile");
        let args: Vec<String> = ARGS
            .iter()
            .map(|arg| (*arg).to_owned())
            .chain([format!("--user-data-dir={}", profile.path().display())])
            .collect();
        let options = json!({"args": args, "prefs": preferences, "binary": chromium});
        let capabilities = json!({"browserName": "chrome", "goog:chromeOptions": options,
            "acceptInsecureCerts": believes_any_certificate});
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
        Self {
            client,
            _driver: driver,
            _profile: profile,
        }
    }

    /// Opens a URL and waits until it is loaded.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.expect("the page opens");
    }

    /// The element with an id, which must come.
    pub async fn element(&self, id: &str) -> Element {
        let wait = self.client.wait().at_most(Duration::from_secs(20));
        match wait.for_element(Locator::Id(id)).await {
            Ok(element) => element,
            Err(error) => panic!("no {id}: {error}: {} {}", self.url().await, self.source().await),
        }
    }

    /// Whichever of some elements is there first: its id.
    pub async fn first_of(&self, ids: &[&str]) -> String {
        let either = ids.iter().map(|id| format!("#{id}")).collect::<Vec<_>>().join(", ");
        let wait = self.client.wait().at_most(Duration::from_secs(20));
        let element = wait.for_element(Locator::Css(&either)).await;
        let element = element.unwrap_or_else(|error| panic!("none of {ids:?}: {error}"));
        element.attr("id").await.expect("an attribute").expect("an id")
    }

    /// Clicks the element with an id, which leads to another page, and waits until this one is gone.
    pub async fn click(&self, id: &str) {
        let element = self.element(id).await;
        element.click().await.expect("a click");
        self.wait_until_gone(&element).await;
    }

    /// Waits until the page of an element has been left.
    async fn wait_until_gone(&self, element: &Element) {
        for _ in 0..400 {
            if element.tag_name().await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the page stays: {} {}", self.url().await, self.source().await);
    }

    /// Types into the field with an id, in place of what stood there.
    pub async fn fill(&self, id: &str, text: &str) {
        let field = self.element(id).await;
        field.clear().await.expect("an empty field");
        field.send_keys(text).await.expect("typed");
    }

    /// Fills in and sends the sign-in page.
    pub async fn sign_in(&self, username: &str, password: &str) {
        self.fill("username", username).await;
        self.fill("password", password).await;
        self.click("login-submit").await;
    }

    /// The text of the element with an id, as it is seen.
    pub async fn text(&self, id: &str) -> String {
        self.element(id).await.text().await.expect("a text")
    }

    /// The text of the whole page, as it is seen.
    pub async fn page_text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await.expect("a body");
        body.text().await.expect("a text")
    }

    /// Waits until the page shows a text.
    pub async fn wait_for_text(&self, text: &str) {
        for _ in 0..200 {
            // A page that is just being left has no body: it is asked again.
            if let Ok(body) = self.client.find(Locator::Css("body")).await
                && body.text().await.is_ok_and(|shown| shown.contains(text))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {text:?}: {} {}", self.url().await, self.source().await);
    }

    /// Waits until a page in a language is there.
    pub async fn wait_for_language(&self, language: &str) {
        let html = format!("html[lang=\"{language}\"]");
        let found = self.client.wait().for_element(Locator::Css(&html)).await;
        found.unwrap_or_else(|error| panic!("never in {language}: {error}"));
    }

    /// Where it is.
    pub async fn url(&self) -> Url {
        self.client.current_url().await.expect("a URL")
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        self.client.title().await.expect("a title")
    }

    /// Goes back, as by its button.
    pub async fn back(&self) {
        let here = self.client.find(Locator::Css("body")).await.expect("a body");
        self.client.back().await.expect("back");
        self.wait_until_gone(&here).await;
    }

    async fn source(&self) -> String {
        self.client.source().await.unwrap_or_default()
    }

    /// Runs a script as a developer would at the console; the page's policy does not bind it.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("a script")
    }

    /// The same for a script that ends by calling its last argument.
    pub async fn script_with_callback(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.expect("a script")
    }

    /// Which element has the focus: its id.
    pub async fn focused(&self) -> String {
        let active = self.client.active_element().await.expect("an element");
        active.attr("id").await.expect("an attribute").unwrap_or_default()
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: fantoccini::key::Key) {
        let active = self.client.active_element().await.expect("an element");
        active.send_keys(&key.to_string()).await.expect("a key");
    }

    /// Types where the focus is.
    pub async fn press_all(&self, text: &str) {
        let active = self.client.active_element().await.expect("an element");
        active.send_keys(text).await.expect("typed");
    }

    /// Gives the page a width and a height in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let params = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.dev_tools("Emulation.setDeviceMetricsOverride", params).await;
    }

    /// Prefers light or dark.
    pub async fn prefer(&self, scheme: Scheme) {
        // Without motion there is no moment between two colours.
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme.word()},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.dev_tools("Emulation.setEmulatedMedia", json!({"features": features}))
            .await;
    }

    /// A picture of the whole page, as PNG.
    pub async fn screenshot(&self, file: &Path) {
        std::fs::write(file, self.client.screenshot().await.expect("a picture")).expect("a file");
    }

    pub(super) async fn dev_tools(&self, cmd: &'static str, params: Value) -> Value {
        let command = DevTools { cmd, params };
        self.client
            .issue_cmd(command)
            .await
            .unwrap_or_else(|error| panic!("{cmd}: {error}"))
    }
}

impl Driver {
    fn start(program: &Path) -> Self {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let lines = BufReader::new(process.stdout.take().expect("stdout")).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            line.split_once("started successfully on port ")?
                .1
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        Self {
            process,
            port: port.expect("chromedriver tells its port"),
        }
    }

    /// Asks it to end its browsers and itself.
    fn shut_down(&mut self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.shut_down().is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Where a program is. Without it the test fails: a browser that was not there must not look like one that was content.
fn find(program: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!("{program} is not installed: run tests/install.sh, or install the Debian package {package}")
        })
}
