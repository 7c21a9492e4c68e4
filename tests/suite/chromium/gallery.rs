//! Every page in a real browser: pictures for people to look at, no sideways scrolling on a small screen, and axe's verdict.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{
    pages::client::png,
    support::{App, AuthenticatorApp, Browser, Chromium, Daemon, Partner, chromium::Scheme, partner::Answer},
};

const PASSWORD: &str = "correct horse battery";

/// Widths at which pages are looked at: the narrowest that WCAG 2.2, 1.4.10 asks for, and a desk.
const SIZES: [(u32, u32); 2] = [(320, 640), (1280, 800)];

/// Looks at pages.
pub struct Gallery {
    pub chromium: Chromium,
    /// Nothing, or the language in the names of pictures.
    suffix: String,
    folder: PathBuf,
    axe: String,
    sizes: [(u32, u32); 2],
    pub complaints: Vec<String>,
}

/// Where cargo puts what it makes.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder")
}

impl Gallery {
    pub async fn open() -> Self {
        let folder =
            std::env::var_os("AVOUCH_TEST_ARTIFACTS").map_or_else(|| target().join("screenshots"), PathBuf::from);
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        let axe = target().join("npm/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&axe)
            .unwrap_or_else(|_| panic!("axe-core is not installed: run tests/install.sh (it needs npm)"));
        Self {
            chromium: Chromium::start().await,
            suffix: String::new(),
            folder,
            axe,
            sizes: SIZES,
            complaints: Vec::new(),
        }
    }

    /// A gallery of another language: it is chosen once, as people do at the foot of a page.
    async fn open_in(language: &str, daemon: &Daemon) -> Self {
        let mut gallery = Self::open().await;
        gallery.chromium.open(&daemon.url("/")).await;
        gallery.chromium.click(&format!("language-{language}")).await;
        gallery.chromium.wait_for_language(language).await;
        gallery.suffix = format!("-{language}");
        gallery
    }

    /// The same at other sizes.
    pub fn at(self, sizes: [(u32, u32); 2]) -> Self {
        Self { sizes, ..self }
    }

    /// Looks at the page that is open, in every size and in light and dark.
    pub async fn look(&mut self, name: &str) {
        for (width, height) in self.sizes {
            self.chromium.resize(width, height).await;
            for scheme in [Scheme::Light, Scheme::Dark] {
                self.chromium.prefer(scheme).await;
                let title = format!("{name}-{width}-{}{}", scheme.word(), self.suffix);
                self.fits(&title, width, height).await;
                self.ask_axe(&title).await;
            }
        }
        self.chromium.prefer(Scheme::Light).await;
    }

    /// Looks at the page that is open once, in light and on a desk: for long walks over pages that are looked at in full elsewhere.
    pub async fn glance(&mut self, name: &str) {
        let title = self.keep(name).await;
        self.ask_axe(&title).await;
    }

    /// Keeps a picture of what is open, in light and on a desk; what it is called.
    pub async fn keep(&mut self, name: &str) -> String {
        let (width, height) = self.sizes[1];
        self.chromium.resize(width, height).await;
        self.chromium.prefer(Scheme::Light).await;
        let title = format!("{name}-{width}-{}", Scheme::Light.word());
        self.fits(&title, width, height).await;
        title
    }

    /// Nothing is wider than the screen; a picture of the whole page is kept.
    async fn fits(&mut self, title: &str, width: u32, height: u32) {
        let size = self
            .chromium
            .script("const it = document.documentElement; return [it.scrollWidth, it.scrollHeight]")
            .await;
        if size[0].as_u64() > Some(width.into()) {
            self.complaints.push(format!("{title}: {} px wide", size[0]));
        }
        let whole = u32::try_from(size[1].as_u64().expect("a height")).expect("a height");
        self.chromium.resize(width, whole.max(height)).await;
        self.chromium
            .screenshot(&self.folder.join(format!("{title}.png")))
            .await;
        self.chromium.resize(width, height).await;
    }

    async fn ask_axe(&mut self, title: &str) {
        self.chromium
            .script(&format!("if (!window.axe) {{ {} }} return 1", self.axe))
            .await;
        let verdict = self
            .chromium
            .script_with_callback(
                "const done = arguments[arguments.length - 1];
                 axe.run(document, {resultTypes: ['violations']}).then(
                    it => done(it.violations.map(v => [v.id, v.nodes.map(n => n.html + ' ' + n.failureSummary)])),
                    error => done([['axe failed', String(error)]]))",
            )
            .await;
        if verdict != json!([]) {
            self.complaints.push(format!("{title}: {verdict}"));
        }
    }
}

/// A client of which its owner wrote as much as a page can be asked to bear.
fn wordy_app(daemon: &Daemon, partner: &Partner) -> App {
    let redirect_uri = "https://a-rather-long-name-of-a-host-that-does-not-break.applications.example/cb";
    let client = json!({
        "client_name": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "client_uri": "https://a-rather-long-name-of-a-host-that-does-not-break.applications.example/about-us",
        "logo_uri": partner.url("/logo.png"),
        "policy_uri": "https://a-rather-long-name-of-a-host-that-does-not-break.applications.example/policy",
        "tos_uri": "https://a-rather-long-name-of-a-host-that-does-not-break.applications.example/terms",
        "redirect_uris": [redirect_uri],
        "scope": "openid profile email address phone offline_access",
    });
    let file = daemon.dir().join("client.json");
    std::fs::write(&file, client.to_string()).expect("a file");
    let client: Value = daemon.cli(&["client", "add", "--file", file.to_str().expect("UTF-8")]);
    App::of(daemon, &client, redirect_uri)
}

#[tokio::test]
async fn every_page_fits_a_small_screen_and_satisfies_axe_in_light_and_dark() {
    look_at_every_page("en").await;
}

#[tokio::test]
async fn the_same_in_german_whose_words_are_long() {
    look_at_every_page("de").await;
}

#[tokio::test]
async fn the_same_in_japanese_which_has_no_spaces() {
    look_at_every_page("ja").await;
}

async fn look_at_every_page(language: &str) {
    let partner = Partner::start();
    partner.serve("/logo.png", Answer::of("image/png", png()));
    let daemon = partner
        .daemon()
        .set("client_id_metadata.enabled", "true")
        .set("client_id_metadata.allowed_hosts", partner.host())
        .arg("--demo")
        .start();
    daemon.add_user("alice.with.a.rather.long.name.that.does.not.break", PASSWORD, &[]);
    let mut gallery = match language {
        "en" => Gallery::open().await,
        other => Gallery::open_in(other, &daemon).await,
    };

    pages_without_a_session(&mut gallery, &daemon).await;
    pages_of_the_demo(&mut gallery, &daemon).await;
    pages_of_a_wordy_client(&mut gallery, &daemon, &partner).await;
    pages_of_an_unregistered_client(&mut gallery, &daemon, &partner).await;
    assert!(gallery.complaints.is_empty(), "{}", gallery.complaints.join("\n"));
}

async fn pages_without_a_session(gallery: &mut Gallery, daemon: &Daemon) {
    for (name, path) in [
        ("welcome", "/"),
        ("login", "/login"),
        ("demo", "/demo"),
        ("demo-refused", "/demo/callback?error=access_denied"),
        ("signed-out", "/logout"),
        ("error-not-found", "/nothing"),
        ("error-gone", "/login?interaction=unknown"),
        ("error-wrong-request", "/authorize?client_id=unknown"),
    ] {
        gallery.chromium.open(&daemon.url(path)).await;
        gallery.look(name).await;
    }
    gallery
        .chromium
        .open(daemon.setup_link.as_deref().expect("a link"))
        .await;
    gallery.look("setup").await;
    gallery.chromium.fill("username", "root").await;
    gallery.chromium.fill("email", "demo@demo.invalid").await;
    gallery.chromium.fill("password", PASSWORD).await;
    gallery.chromium.click("setup-submit").await;
    gallery.chromium.element("form-error").await;
    gallery.look("setup-wrong").await;
    gallery.chromium.fill("email", "root@example.com").await;
    gallery.chromium.fill("password", PASSWORD).await;
    gallery.chromium.click("setup-submit").await;
    gallery.chromium.element("setup-sign-in").await;
    gallery.look("setup-done").await;
}

async fn pages_of_the_demo(gallery: &mut Gallery, daemon: &Daemon) {
    gallery.chromium.open(&daemon.url("/demo")).await;
    gallery.chromium.click("demo-sign-in").await;
    gallery.chromium.sign_in("demo", "wrong horse").await;
    gallery.chromium.element("form-error").await;
    gallery.look("login-wrong").await;
    gallery.chromium.sign_in("demo", "demonstration").await;
    gallery.chromium.element("consent-allow").await;
    gallery.look("consent").await;
    gallery.chromium.click("consent-allow").await;
    gallery.chromium.element("id-token-claims").await;
    gallery.look("demo-claims").await;
    gallery.chromium.open(&daemon.url("/")).await;
    gallery.look("home").await;
    pages_of_passkeys(gallery, daemon).await;
    let start = "initiate_login_uri=https://demo.example/start";
    daemon.cli(&["client", "set", "avouch-demo", "--set", start]);
    gallery.chromium.open(&daemon.url("/")).await;
    gallery.look("home-applications").await;
    gallery.chromium.open(&daemon.url("/account/sessions")).await;
    gallery.look("sessions-applications").await;
    gallery.chromium.open(&daemon.url("/logout")).await;
    gallery.look("logout").await;
    gallery.chromium.click("logout-confirm").await;
    gallery.chromium.element("signed-out-again").await;
}

async fn pages_of_an_unregistered_client(gallery: &mut Gallery, daemon: &Daemon, partner: &Partner) {
    let client = json!({
        "client_id": partner.url("/client.json"),
        "client_name": "Traveller",
        "logo_uri": partner.url("/gone.png"),
        "redirect_uris": ["https://app.example/cb"],
    });
    partner.serve_json("/client.json", &client);
    let app = App::of(daemon, &client, "https://app.example/cb");
    gallery
        .chromium
        .open(&app.begin("openid", &[("prompt", "login")]).url)
        .await;
    gallery.look("login-unregistered").await;
    gallery.chromium.open(&app.begin("openid", &[]).url).await;
    gallery.chromium.element("consent-allow").await;
    gallery.look("consent-unregistered").await;
}

async fn pages_of_passkeys(gallery: &mut Gallery, daemon: &Daemon) {
    let authenticator = gallery.chromium.add_authenticator().await;
    gallery.chromium.open(&daemon.url("/account/passkeys")).await;
    gallery.chromium.shown("passkey-button").await;
    gallery.look("passkeys-none").await;
    gallery.chromium.click("passkey-button").await;
    gallery.chromium.element("passkeys-list").await;
    gallery
        .chromium
        .script("document.querySelector('details').open = true")
        .await;
    gallery.look("passkeys").await;
    gallery.chromium.remove_authenticator(&authenticator).await;
}

#[tokio::test]
async fn so_do_the_pages_of_the_second_step() {
    let daemon = Daemon::start();
    let name = "alice.with.a.rather.long.name.that.does.not.break";
    daemon.add_user(name, PASSWORD, &[]);
    daemon.add_user("bob", PASSWORD, &[]);
    let phone = AuthenticatorApp::imported(&daemon, name);
    let codes = daemon.cli(&["user", "recovery-codes", name]);
    let mut gallery = Gallery::open().await;
    let device = gallery.chromium.add_authenticator().await;
    let half = async |gallery: &Gallery| {
        gallery.chromium.open(&daemon.url("/login")).await;
        gallery.chromium.sign_in(name, PASSWORD).await;
        gallery.chromium.element("start-over").await;
    };
    half(&gallery).await;
    gallery.chromium.fill("code", &phone.code().await).await;
    gallery.chromium.click("second-submit").await;
    gallery.chromium.open(&daemon.url("/account/passkeys")).await;
    gallery.chromium.press_button("passkey-button").await;
    gallery.chromium.wait_for_text("not used yet").await;
    gallery.chromium.remove_authenticator(&device).await;
    gallery.chromium.open(&daemon.url("/")).await;
    gallery.chromium.click("home-sign-out").await;

    half(&gallery).await;
    gallery.look("second-step-totp").await;
    gallery.chromium.fill("code", "000000").await;
    gallery.chromium.click("second-submit").await;
    gallery.look("second-step-totp-wrong").await;
    gallery.chromium.click("way-passkey").await;
    gallery.chromium.shown("passkey-button").await;
    gallery.look("second-step-passkey").await;
    gallery.chromium.click("way-recovery-code").await;
    gallery.look("second-step-recovery-code").await;
    let code = codes["recovery_codes"][0].as_str().expect("a code");
    gallery.chromium.fill("code", code).await;
    gallery.chromium.click("second-submit").await;
    gallery.chromium.element("codes-left").await;
    gallery.look("recovered").await;
    gallery.chromium.click("recovered-continue").await;
    gallery.chromium.click("home-sign-out").await;
    gallery.chromium.open(&daemon.url("/login/second?sign_in=gone")).await;
    gallery.look("second-step-gone").await;

    for (policy, title) in [("second_factor", "step-up"), ("passkey", "step-up-passkey")] {
        let app = App::with(&daemon, &["--first-party", "--sign-in-policy", policy]);
        let sign_in = app.begin("openid", &[("prompt", "login")]);
        gallery.chromium.open(&sign_in.url).await;
        gallery.chromium.sign_in("bob", PASSWORD).await;
        gallery.chromium.element("step-up-cancel").await;
        gallery.look(title).await;
    }
    assert!(gallery.complaints.is_empty(), "{}", gallery.complaints.join("\n"));
}

async fn pages_of_a_wordy_client(gallery: &mut Gallery, daemon: &Daemon, partner: &Partner) {
    let app = wordy_app(daemon, partner);
    let scope = "openid profile email address phone offline_access";
    gallery.chromium.open(&app.begin(scope, &[]).url).await;
    gallery.look("login-wordy").await;
    let name = "alice.with.a.rather.long.name.that.does.not.break";
    gallery.chromium.sign_in(name, PASSWORD).await;
    gallery.chromium.element("consent-allow").await;
    gallery.look("consent-wordy").await;
    let choose = app.begin("openid", &[("prompt", "select_account")]);
    gallery.chromium.open(&choose.url).await;
    gallery.look("select-account-wordy").await;
    gallery.chromium.open(&daemon.url("/")).await;
    gallery.look("home-wordy").await;
    gallery.chromium.open(&daemon.url("/account/sessions")).await;
    gallery.look("sessions-one").await;
    let elsewhere = Browser::calling_itself(&daemon.issuer, "Firefox/1 Linux");
    elsewhere.sign_in(&elsewhere.get("/login").await, name, PASSWORD).await;
    gallery.chromium.open(&daemon.url("/account/sessions")).await;
    gallery.look("sessions").await;
    let logout = format!("{}?client_id={}", daemon.url("/logout"), app.client_id);
    gallery.chromium.open(&logout).await;
    gallery.look("logout-wordy").await;
}

#[tokio::test]
async fn pages_in_an_operators_colours_satisfy_axe_too() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let logo = folder.path().join("logo.svg");
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 96 32\"><rect width=\"32\" height=\"32\" rx=\"8\" fill=\"#7a1fa2\"/>\
               <path d=\"M9 22 16 8l7 14\" fill=\"none\" stroke=\"#fff\" stroke-width=\"3\"/><rect x=\"40\" y=\"11\" width=\"56\" \
               height=\"10\" rx=\"5\" fill=\"#7a1fa2\"/></svg>";
    std::fs::write(&logo, svg).expect("a file");
    for (name, accent) in [("violet", "#7a1fa2"), ("yellow", "#ffd800"), ("grey", "#808080")] {
        let mut daemon = Daemon::builder()
            .set("pages.name", "Wonderland")
            .set("pages.accent", accent)
            .set("pages.support", "https://wonderland.example/help")
            .set("pages.imprint", "https://wonderland.example/imprint")
            .set("pages.privacy", "https://wonderland.example/privacy");
        if name == "violet" {
            daemon = daemon
                .set("pages.logo", logo.to_str().expect("UTF-8"))
                .set("pages.show_name", "false");
        }
        let daemon = daemon.start();
        daemon.add_user("alice", PASSWORD, &[]);
        let mut gallery = Gallery::open().await;
        gallery.suffix = format!("-{name}");
        gallery.chromium.open(&daemon.url("/login")).await;
        gallery.look("brand-login").await;
        gallery.chromium.sign_in("alice", "wrong horse").await;
        gallery.chromium.element("form-error").await;
        gallery.look("brand-wrong").await;
        gallery.chromium.sign_in("alice", PASSWORD).await;
        gallery.chromium.element("home-sign-out").await;
        gallery.look("brand-home").await;
        assert!(gallery.complaints.is_empty(), "{}", gallery.complaints.join("\n"));
    }
}
