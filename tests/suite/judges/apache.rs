//! Apache with mod_auth_openidc, as Debian ships them: a site that lets in whoever we vouch for.

use std::{
    cell::RefCell,
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::judge::Running;
use crate::support::{Authority, Browser, Daemon, Page};

const MODULES: &str = "/usr/lib/apache2/modules";

/// Shows what the module tells an application behind it.
const PAGE: &str = "<pre><!--#printenv --></pre>\n";

/// The site, and an end-user's browser that trusts both sides.
struct Site {
    running: RefCell<Running>,
    dir: TempDir,
    url: String,
    daemon: Daemon,
    browser: Browser,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn is_root() -> bool {
    // The owner of a file of ours is who we are.
    std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0
}

fn configuration(dir: &Path, port: u16, daemon: &Daemon, client: &Value, options: &str) -> String {
    let modules = [
        "mpm_event",
        "authz_core",
        "authz_user",
        "authn_core",
        "auth_openidc",
        "dir",
        "include",
        "mime",
        "ssl",
    ];
    let modules = modules.map(|module| format!("LoadModule {module}_module {MODULES}/mod_{module}.so\n"));
    let dir = dir.display();
    // Root binds and reads; who serves is nobody in particular.
    let user = if is_root() { "User www-data\nGroup www-data" } else { "" };
    let text = |name: &str| client[name].as_str().unwrap();
    format!(
        "{modules}{user}
ServerRoot {dir}
ServerName localhost
PidFile {dir}/pid
Mutex file:{dir} default
ErrorLog {dir}/error.log
LogLevel warn auth_openidc:info
Listen 127.0.0.1:{port} https
SSLEngine on
SSLCertificateFile {dir}/cert.pem
SSLCertificateKeyFile {dir}/key.pem
DocumentRoot {dir}/www
DirectoryIndex index.shtml
TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory {dir}/www>
  Options +Includes
</Directory>
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCCABundlePath {dir}/authority.pem
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI https://localhost:{port}/callback
OIDCCryptoPassphrase of-a-test
OIDCScope \"openid profile email\"
OIDCPKCEMethod S256
OIDCRemoteUserClaim email
{options}
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
<Location /admin>
  Require claim role:admin
</Location>
",
        modules = modules.concat(),
        issuer = daemon.issuer,
        client_id = text("client_id"),
        client_secret = text("client_secret"),
    )
}

impl Site {
    /// A client of `client add` with further options, and the site with further directives.
    async fn start(client_options: &[&str], options: &str) -> Self {
        let authority = Authority::new();
        let daemon = authority.daemon();
        daemon.add_user("alice", "correct horse", &[]);
        daemon.add_user("root", "battery staple", &["--role", "admin"]);
        let port = free_port();
        let url = format!("https://localhost:{port}");
        let client = daemon.add_client(
            "Apache",
            &[
                &["--redirect-uri", &format!("{url}/callback")][..],
                &["--post-logout-redirect-uri", &format!("{url}/bye"), "--first-party"],
                client_options,
            ]
            .concat(),
        );
        let dir = TempDir::new().unwrap();
        // The server reads as somebody else.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        authority.issue_into(dir.path());
        fs::write(
            dir.path().join("authority.pem"),
            authority.certificate().to_pem().unwrap(),
        )
        .unwrap();
        for (folder, page) in [("www", PAGE), ("www/admin", PAGE)] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
            fs::write(dir.path().join(folder).join("index.shtml"), page).unwrap();
        }
        let file = dir.path().join("apache2.conf");
        fs::write(&file, configuration(dir.path(), port, &daemon, &client, options)).unwrap();
        let log = fs::File::create(dir.path().join("output")).unwrap();
        let running = RefCell::new(Running(
            Command::new("/usr/sbin/apache2")
                .args(["-X", "-f"])
                .arg(&file)
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .expect("Apache is not installed: run `make test`, or tests/install.sh before `cargo test`"),
        ));
        let browser = Browser::with(&daemon.issuer, authority.client());
        let site = Self {
            running,
            dir,
            url,
            daemon,
            browser,
        };
        let listens = async || {
            let ended = site.running.borrow_mut().0.try_wait().unwrap();
            assert!(ended.is_none(), "Apache ended: {}", site.log());
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        };
        site.daemon.wait_until("Apache listens", listens).await;
        site
    }

    fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
        format!("{}{}", read("output"), read("error.log"))
    }

    /// Opens a page of the site, and goes to the provider and back as often as it sends us.
    async fn open(&self, path: &str, username: &str, password: &str) -> Page {
        let mut page = self.browser.get_only(&format!("{}{path}", self.url)).await;
        for _ in 0..10 {
            page = if let Some(next) = page.location() {
                self.browser.get_only(next.as_str()).await
            } else if page.has("login-submit") {
                self.browser.sign_in(&page, username, password).await
            } else {
                return page;
            };
        }
        panic!("for ever on the way: {}\n{}", page.url, self.log());
    }
}

#[tokio::test]
async fn apache_lets_in_whom_we_vouch_for_and_tells_the_site_who_they_are() {
    let site = Site::start(&[], "").await;
    let page = site.open("/", "alice", "correct horse").await;
    assert_eq!(page.status, 200, "{}\n{}", page.body, site.log());
    assert!(page.body.contains("REMOTE_USER=alice@example.com"), "{}", page.body);
    assert!(
        page.body.contains("OIDC_CLAIM_preferred_username=alice"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains(&format!("OIDC_CLAIM_iss={}", site.daemon.issuer)),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn apache_decides_by_the_role_that_we_tell() {
    let site = Site::start(&[], "").await;
    let page = site.open("/admin/", "alice", "correct horse").await;
    assert_eq!(page.status, 401, "{}", page.body);
    let site = Site::start(&[], "").await;
    let page = site.open("/admin/", "root", "battery staple").await;
    assert_eq!(page.status, 200, "{}\n{}", page.body, site.log());
    assert!(page.body.contains("OIDC_CLAIM_role=admin"), "{}", page.body);
}

#[tokio::test]
async fn apache_signs_out_at_the_provider_too() {
    let site = Site::start(&[], "").await;
    site.open("/", "alice", "correct horse").await;
    let logout = format!("{}/callback?logout={}/bye", site.url, site.url);
    let page = site.browser.get_only(&logout).await;
    let page = site.browser.get(page.location().unwrap().as_str()).await;
    assert!(
        page.location()
            .is_some_and(|back| back.as_str() == format!("{}/bye", site.url)),
        "{}\n{}",
        page.body,
        site.log()
    );
    let page = site.browser.get("/").await;
    assert!(!page.body.contains("alice"), "{}", page.body);
}
