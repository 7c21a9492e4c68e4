//! A real browser brings an answer to the application by a form (Form Post Response Mode, 2): Chromium applies `form-action` of each page
//! on the way, and only it can say that none of them is too strict.

use std::collections::BTreeMap;

use url::form_urlencoded;

use crate::support::{
    App, Chromium, Daemon, SignIn,
    landing::{Arrival, Landing},
    scene::{PASSWORD, USERNAME},
};

struct Walk {
    daemon: Daemon,
    landing: Landing,
    app: App,
}

impl Walk {
    /// A third-party application on this machine, so that there is a consent page on the way.
    fn start() -> Self {
        let daemon = Daemon::start();
        daemon.add_user(USERNAME, PASSWORD, &[]);
        let landing = Landing::start();
        let client = daemon.add_client("App", &["--redirect-uri", &landing.redirect_uri]);
        let app = App::of(&daemon, &client, &landing.redirect_uri);
        Self { daemon, landing, app }
    }

    fn begin(&self, more: &[(&str, &str)]) -> SignIn {
        self.app
            .begin("openid email", &[more, &[("response_mode", "form_post")]].concat())
    }

    /// The last arrival: one POST without a query, whose body has what belongs to the request.
    fn arrival(&self, sign_in: &SignIn, count: usize) -> (Arrival, BTreeMap<String, String>) {
        let all = self.landing.arrivals();
        assert_eq!(all.len(), count, "{all:?}");
        let last = all[count - 1].clone();
        assert_eq!(
            (last.method.as_str(), last.target.as_str()),
            ("POST", "/cb"),
            "nothing is in the URL"
        );
        assert!(
            last.headers
                .contains("content-type: application/x-www-form-urlencoded\r\n"),
            "{last:?}"
        );
        let mut fields: BTreeMap<String, String> = form_urlencoded::parse(last.body.as_bytes()).into_owned().collect();
        assert_eq!(fields.remove("state").as_deref(), Some(sign_in.state.as_str()));
        assert_eq!(fields.remove("iss").as_deref(), Some(self.app.issuer.as_str()));
        (last, fields)
    }
}

#[tokio::test]
async fn a_form_brings_the_answer_to_the_application_by_itself() {
    let walk = Walk::start();
    let chromium = Chromium::start().await;
    let mut sign_in = walk.begin(&[("state", "\"><script>document.title='mine'</script>&amp;\u{fc}")]);
    sign_in.state = "\"><script>document.title='mine'</script>&amp;\u{fc}".to_owned();
    chromium.open(&sign_in.url).await;
    chromium.sign_in(USERNAME, PASSWORD).await;
    chromium.click("consent-allow").await;
    chromium.element("arrived").await;
    let (arrival, fields) = walk.arrival(&sign_in, 1);
    walk.app.redeem(&sign_in, &fields["code"]).await;
    // The application may look at who posts to it, and learns no more.
    assert!(
        arrival.headers.contains(&format!("origin: {}\r\n", walk.app.issuer)),
        "{arrival:?}"
    );
    assert!(
        arrival.headers.contains(&format!("referer: {}/\r\n", walk.app.issuer)),
        "{arrival:?}"
    );

    // Signed in, with the consent remembered: the form comes as an answer to the first request.
    let sign_in = walk.begin(&[]);
    chromium.open(&sign_in.url).await;
    chromium.element("arrived").await;
    let (_, fields) = walk.arrival(&sign_in, 2);
    walk.app.redeem(&sign_in, &fields["code"]).await;

    // Errors take the same way, from a form of ours and without a page.
    let sign_in = walk.begin(&[("prompt", "consent")]);
    chromium.open(&sign_in.url).await;
    chromium.click("consent-deny").await;
    chromium.element("arrived").await;
    assert_eq!(walk.arrival(&sign_in, 3).1["error"], "access_denied");
    let sign_in = walk.begin(&[("prompt", "none"), ("scope", "openid phone")]);
    chromium.open(&sign_in.url).await;
    chromium.element("arrived").await;
    assert_eq!(walk.arrival(&sign_in, 4).1["error"], "consent_required");
    walk.daemon.has_no_errors();
}

#[tokio::test]
async fn where_no_script_runs_its_button_does_it() {
    let walk = Walk::start();
    let chromium = Chromium::without_scripts().await;
    let sign_in = walk.begin(&[]);
    chromium.open(&sign_in.url).await;
    chromium.sign_in(USERNAME, PASSWORD).await;
    chromium.click("consent-allow").await;
    chromium.element("form-post-continue").await;
    assert!(walk.landing.arrivals().is_empty());
    let shown = chromium.page_text().await;
    assert!(shown.contains("127.0.0.1:") && shown.contains("Continue"), "{shown}");
    chromium.click("form-post-continue").await;
    chromium.element("arrived").await;
    let (_, fields) = walk.arrival(&sign_in, 1);
    walk.app.redeem(&sign_in, &fields["code"]).await;
}
