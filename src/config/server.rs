//! `[server]`: where the daemon listens and how it is reached.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    issuer::Issuer,
    network::Network,
    one_per_core,
    reader::Reader,
    setting::{minutes, seconds},
};

/// Where the daemon listens and how it is reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Where connections are accepted; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The issuer when one is set; see [`Server::issuer_at`].
    pub issuer: Option<Issuer>,
    /// Certificate and key, when the daemon speaks TLS itself.
    pub tls: Option<Tls>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Worker threads as configured, 0 meaning one per core; see [`Server::worker_count`].
    pub workers: usize,
    /// How long requests in flight may take to finish after SIGTERM.
    pub shutdown_timeout: Duration,
    /// The unix socket for commands while the daemon runs; by default `admin.sock` in the directory of the keys.
    pub admin_socket: PathBuf,
}

/// Files in PEM, read again when they change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate and its chain, leaf first.
    pub cert_file: PathBuf,
    /// The private key of the certificate.
    pub key_file: PathBuf,
}

impl Server {
    /// The issuer of a daemon that listens on `port`: the one configured, else `http(s)://localhost:<port>`.
    pub fn issuer_at(&self, port: u16) -> Issuer {
        self.issuer
            .clone()
            .unwrap_or_else(|| Issuer::localhost(self.tls.is_some(), port))
    }

    /// Worker threads to start, at least one.
    pub fn worker_count(&self) -> usize {
        one_per_core(self.workers)
    }

    /// Puts the socket where it goes by default: beside the keys, a directory that others must not write to anyway.
    pub(super) fn place_admin_socket(&mut self, keys_dir: &Path) {
        if self.admin_socket.as_os_str().is_empty() {
            self.admin_socket = keys_dir.join("admin.sock");
        }
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let listen = r.option(
            "listen",
            SocketAddr::from(([127, 0, 0, 1], 3001)),
            "The IP address and port to listen on. Port 0 lets the system choose one.",
        );
        let issuer = r.option(
            "issuer",
            None,
            "The URL by which browsers and backends reach this daemon, exactly as tokens carry it in \"iss\". All links come \
             from it alone. It may have a path. Plain http is accepted for localhost, *.localhost, 127.0.0.0/8 and [::1] \
             only. Empty: http://localhost:PORT with the port of \"listen\", so http://localhost:3001 (https with TLS).",
        );
        let trusted_proxies = r.option(
            "trusted_proxies",
            Vec::new(),
            "Addresses or ranges (CIDR) of reverse proxies whose X-Forwarded-For tells the client's address.",
        );
        let workers = r.ranged("workers", 0, 0..=1024, "Worker threads. 0: one per core.");
        let shutdown_timeout = r.ranged(
            "shutdown_timeout",
            seconds(30),
            seconds(0)..=minutes(10),
            "How long requests in flight may take to finish after SIGTERM.",
        );
        let admin_socket = r.checked(
            "admin_socket",
            None,
            "The unix socket through which commands reach the running daemon. Empty: admin.sock in the directory of \
             \"keys.dir\".",
            |path: &Option<PathBuf>| fits_a_socket_address(path.as_deref()),
        );
        let tls = r.section(
            "tls",
            "TLS without a proxy. Both files or neither; read again when they change.",
            Tls::read,
        );
        Self {
            listen,
            issuer,
            tls,
            trusted_proxies,
            workers,
            shutdown_timeout,
            admin_socket: admin_socket.unwrap_or_default(),
        }
    }
}

impl Tls {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let cert_file = r.option(
            "cert_file",
            None,
            "The certificate and its chain in PEM, leaf first. Empty: no TLS.",
        );
        let key_file = r.option(
            "key_file",
            None,
            "The private key of the certificate in PEM. Empty: no TLS.",
        );
        match (cert_file, key_file) {
            (Some(cert_file), Some(key_file)) => Some(Self { cert_file, key_file }),
            (Some(_), None) => {
                r.refuse("cert_file", format!("expected {} beside it", r.path_of("key_file")));
                None
            }
            (None, Some(_)) => {
                r.refuse("key_file", format!("expected {} beside it", r.path_of("cert_file")));
                None
            }
            (None, None) => None,
        }
    }
}

/// `sockaddr_un` has room for 108 bytes, one of which ends the path.
fn fits_a_socket_address(path: Option<&Path>) -> Result<(), String> {
    match path {
        Some(path) if path.as_os_str().len() > 107 => Err("expected a path of at most 107 bytes".to_owned()),
        _ => Ok(()),
    }
}
