use std::{
    fs,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::Path,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::oneshot,
    task::{JoinHandle, LocalSet, spawn_local},
};

use super::{address::Address, *};
use crate::{
    idp::admin::{AdminCommand, AdminRefusal},
    secret::Secret,
};

/// Repeats what it is told, refuses to know a user called nobody, and sleeps when it lists clients.
async fn echo(command: AdminCommand) -> Result<Value, AdminError> {
    match command {
        AdminCommand::UserShow { user } if user == "nobody" => Err(AdminError {
            reason: AdminRefusal::NotFound,
            message: "no such user".to_owned(),
        }),
        AdminCommand::ClientList => {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(json!({ "clients": [] }))
        }
        command => Ok(serde_json::to_value(command).unwrap()),
    }
}

struct Daemon {
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Daemon {
    async fn start(path: &Path) -> Self {
        Self::start_with(AdminSocket::bind(path).await.unwrap())
    }

    fn start_with(socket: AdminSocket) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let served = spawn_local(socket.serve(echo, async move {
            let _ = stopped.await;
        }));
        Self { stop, served }
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        self.served.await.unwrap();
    }
}

/// Runs a test in a directory of its own, on one thread as the daemon does.
fn run<F: Future<Output = ()>>(test: impl FnOnce(TempDir) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test(tempdir().unwrap()));
}

async fn raw(path: &Path, request: &[u8]) -> String {
    let mut stream = UnixStream::connect(&Address::of(path).unwrap()).await.unwrap();
    let _ = stream.write_all(request).await;
    let _ = stream.shutdown().await;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

fn show(user: &str) -> AdminCommand {
    AdminCommand::UserShow { user: user.to_owned() }
}

#[test]
fn a_command_goes_through_and_its_answer_or_refusal_comes_back() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let daemon = Daemon::start(&path).await;
        let password = AdminCommand::UserPassword {
            user: "alice".to_owned(),
            password: Secret::new("a\nb\"".to_owned()),
        };
        let answer = ask(&path, &password).await.unwrap().unwrap();
        assert_eq!(
            answer,
            json!({ "command": "user_password", "user": "alice", "password": "a\nb\"" })
        );
        let refusal = ask(&path, &show("nobody")).await.unwrap().unwrap_err();
        assert_eq!(
            (refusal.reason, refusal.message.as_str()),
            (AdminRefusal::NotFound, "no such user")
        );
        daemon.stop().await;
    });
}

#[test]
fn the_socket_is_the_owners_alone_and_goes_away_with_the_daemon() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let daemon = Daemon::start(&path).await;
        let found = fs::symlink_metadata(&path).unwrap();
        assert!(found.file_type().is_socket());
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "the private directory is gone"
        );
        daemon.stop().await;
        assert!(!path.exists());
        assert!(matches!(
            ask(&path, &show("alice")).await,
            Err(SocketError::Nobody { .. })
        ));
    });
}

#[test]
fn a_socket_left_behind_is_replaced() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        fs::create_dir(dir.path().join(".admin.sock.new")).unwrap();
        drop(std::os::unix::net::UnixListener::bind(dir.path().join(".admin.sock.new/s")).unwrap());
        assert!(matches!(
            ask(&path, &show("alice")).await,
            Err(SocketError::Nobody { .. })
        ));
        let daemon = Daemon::start(&path).await;
        assert!(ask(&path, &show("alice")).await.unwrap().is_ok());
        daemon.stop().await;
    });
}

#[test]
fn a_living_daemon_is_not_replaced() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let daemon = Daemon::start(&path).await;
        assert!(matches!(
            AdminSocket::bind(&path).await,
            Err(SocketError::Occupied { .. })
        ));
        assert!(ask(&path, &show("alice")).await.unwrap().is_ok());
        daemon.stop().await;
    });
}

#[test]
fn a_file_or_a_missing_directory_is_told_and_left_alone() {
    run(|dir| async move {
        let file = dir.path().join("admin.sock");
        fs::write(&file, "mine").unwrap();
        assert!(matches!(
            AdminSocket::bind(&file).await,
            Err(SocketError::NotASocket { .. })
        ));
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        let error = AdminSocket::bind(&dir.path().join("absent/admin.sock"))
            .await
            .err()
            .unwrap();
        assert!(error.to_string().contains("absent/admin.sock"), "{error}");
    });
}

#[test]
fn a_daemon_removes_only_its_own_socket() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let daemon = Daemon::start(&path).await;
        fs::remove_file(&path).unwrap();
        let successor = Daemon::start(&path).await;
        daemon.stop().await;
        assert!(ask(&path, &show("alice")).await.unwrap().is_ok());
        successor.stop().await;
        assert!(!path.exists());
    });
}

#[test]
fn a_path_longer_than_a_socket_address_works() {
    run(|dir| async move {
        let deep = dir.path().join("a".repeat(100)).join("b".repeat(100));
        fs::create_dir_all(&deep).unwrap();
        let path = deep.join("admin.sock");
        assert!(matches!(
            ask(&path, &show("alice")).await,
            Err(SocketError::Nobody { .. })
        ));
        let daemon = Daemon::start(&path).await;
        assert!(ask(&path, &show("alice")).await.unwrap().is_ok());
        assert!(matches!(
            AdminSocket::bind(&path).await,
            Err(SocketError::Occupied { .. })
        ));
        assert_eq!(fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        daemon.stop().await;
        assert!(!path.exists());
        let absent = dir.path().join("c".repeat(120)).join("admin.sock");
        assert!(matches!(
            ask(&absent, &show("alice")).await,
            Err(SocketError::Nobody { .. })
        ));
    });
}

#[test]
fn a_request_that_is_too_long_is_refused_by_either_side() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let daemon = Daemon::start(&path).await;
        let long = AdminCommand::KeyImport {
            pem: Secret::new("x".repeat(MAX_REQUEST)),
            algorithm: None,
        };
        assert!(matches!(ask(&path, &long).await, Err(SocketError::TooLong)));
        let answer = raw(&path, &vec![b' '; MAX_REQUEST + 10_000]).await;
        assert!(
            answer.contains(r#""reason":"invalid""#) && answer.contains("longer than"),
            "{answer}"
        );
        let fits = AdminCommand::KeyImport {
            pem: Secret::new("x".repeat(MAX_REQUEST - 100)),
            algorithm: None,
        };
        assert!(ask(&path, &fits).await.unwrap().is_ok());
        daemon.stop().await;
    });
}

#[test]
fn garbage_is_refused_and_half_a_command_is_not_carried_out() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let daemon = Daemon::start(&path).await;
        for garbage in [
            &b"\n"[..],
            b"GET / HTTP/1.1\r\n",
            b"{}\n",
            b"{\"command\":\"format_disk\"}\n",
            b"\xff\xfe\n",
            b"[1,2\n",
        ] {
            let answer: Value = serde_json::from_str(&raw(&path, garbage).await).unwrap();
            assert_eq!(answer["error"]["reason"], "invalid", "{garbage:?}");
        }
        for half in [&b""[..], br#"{"command":"key_list"}"#] {
            assert_eq!(raw(&path, half).await, "", "{half:?}");
        }
        assert_eq!(
            raw(&path, b"{\"command\":\"key_list\"}\nand more").await,
            "{\"ok\":{\"command\":\"key_list\"}}\n"
        );
        daemon.stop().await;
    });
}

#[test]
fn commands_run_side_by_side_and_those_in_flight_end_before_the_daemon_does() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let daemon = Daemon::start(&path).await;
        let slow = spawn_local({
            let path = path.clone();
            async move { ask(&path, &AdminCommand::ClientList).await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(ask(&path, &show("alice")).await.unwrap().is_ok());
        assert!(!slow.is_finished());
        daemon.stop().await;
        assert_eq!(slow.await.unwrap().unwrap().unwrap(), json!({ "clients": [] }));
    });
}

#[test]
fn a_silent_visitor_and_a_slow_command_are_cut_off() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let mut socket = AdminSocket::bind(&path).await.unwrap();
        socket.time_limit = Duration::from_millis(50);
        let daemon = Daemon::start_with(socket);
        let mut silent = UnixStream::connect(&path).await.unwrap();
        let mut answer = String::new();
        silent.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("took longer"), "{answer}");
        let slow = ask(&path, &AdminCommand::ClientList).await.unwrap().unwrap_err();
        assert_eq!(slow.reason, AdminRefusal::Internal);
        daemon.stop().await;
    });
}

#[test]
fn a_daemon_that_hangs_up_leaves_the_outcome_open() {
    run(|dir| async move {
        let path = dir.path().join("admin.sock");
        let listener = tokio::net::UnixListener::bind(&path).unwrap();
        spawn_local(async move { drop(listener.accept().await) });
        let error = ask(&path, &show("alice")).await.unwrap_err();
        assert!(matches!(error, SocketError::Unanswered { .. }));
        assert!(error.to_string().contains("not known"));
    });
}
