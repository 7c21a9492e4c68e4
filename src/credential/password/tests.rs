use super::*;

const SMALL: Params = Params {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
};

fn passwords(concurrency: usize, queue: usize) -> Arc<Passwords> {
    Arc::new(Passwords::unchecked(SMALL, concurrency, queue, Duration::from_millis(5)).unwrap())
}

fn text(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

async fn until(done: impl Fn() -> bool) {
    while !done() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn until_waiting(passwords: &Passwords, callers: usize) {
    until(|| passwords.waiting.load(Ordering::SeqCst) == callers).await;
}

#[tokio::test]
async fn one_password_typed_on_two_keyboards_is_one_password() {
    let passwords = passwords(1, 0);
    let phc = passwords.hash(text("caf\u{e9} \u{fb01}ne")).await.unwrap();
    for typed in ["cafe\u{301} fine", "caf\u{e9} fine", "ｃafé fine"] {
        let verdict = passwords.verify(text(typed), Some(&phc)).await.unwrap();
        assert_eq!(verdict, Verified::Right { rehash: false }, "{typed}");
    }
    assert_eq!(
        passwords.verify(text("cafe fine"), Some(&phc)).await.unwrap(),
        Verified::Wrong
    );
}

#[test]
fn cheaper_parameters_than_the_floor_are_refused() {
    let floor = Params::default();
    assert!(Passwords::new(floor, 0, 8).is_ok());
    for cheap in [
        Params {
            memory_kib: 19_455,
            ..floor
        },
        Params { iterations: 1, ..floor },
        Params {
            parallelism: 0,
            ..floor
        },
        Params {
            parallelism: 4_000,
            ..floor
        },
        Params {
            memory_kib: u32::MAX,
            ..floor
        },
    ] {
        assert!(matches!(Passwords::new(cheap, 1, 8), Err(Error::Params)), "{cheap:?}");
    }
}

#[tokio::test]
async fn an_unknown_user_is_wrong_and_a_damaged_hash_is_an_error() {
    let passwords = passwords(1, 0);
    assert_eq!(passwords.verify(text("anything"), None).await.unwrap(), Verified::Wrong);
    for phc in ["", "plain text", "$2b$12$abcdefghijklmnopqrstuv"] {
        let error = passwords.verify(text("anything"), Some(phc)).await.unwrap_err();
        assert!(matches!(error, Error::Unreadable), "{phc}");
    }
}

#[tokio::test]
async fn who_finds_the_queue_full_is_refused_at_once_and_who_stands_in_it_is_served() {
    let passwords = passwords(1, 2);
    let held = Arc::clone(&passwords.permits).try_acquire_owned().unwrap();
    let waiters: Vec<_> = (0..2)
        .map(|_| {
            let passwords = Arc::clone(&passwords);
            tokio::spawn(async move { passwords.verify(text("anything"), None).await })
        })
        .collect();
    until_waiting(&passwords, 2).await;
    assert!(matches!(passwords.hash(text("one more")).await, Err(Error::Busy)));
    assert_eq!(
        passwords.waiting.load(Ordering::SeqCst),
        2,
        "the refused one never stood in the queue"
    );
    drop(held);
    for waiter in waiters {
        assert_eq!(waiter.await.unwrap().unwrap(), Verified::Wrong);
    }
    assert_eq!(passwords.waiting.load(Ordering::SeqCst), 0);
    assert!(passwords.hash(text("one more")).await.is_ok());
}

#[tokio::test]
async fn a_caller_that_gives_up_leaves_the_queue() {
    let passwords = passwords(1, 1);
    let held = Arc::clone(&passwords.permits).try_acquire_owned().unwrap();
    let waiter = tokio::spawn({
        let passwords = Arc::clone(&passwords);
        async move { passwords.hash(text("anything")).await }
    });
    until_waiting(&passwords, 1).await;
    // On this single thread the waiter is not polled between the two: it is given the turn and never takes it.
    drop(held);
    waiter.abort();
    assert!(waiter.await.unwrap_err().is_cancelled());
    assert_eq!(
        (
            passwords.waiting.load(Ordering::SeqCst),
            passwords.permits.available_permits()
        ),
        (0, 1)
    );
}

#[tokio::test]
async fn memory_waits_a_little_for_the_next_hash_and_then_goes_back_to_the_system() {
    let passwords = Passwords::unchecked(SMALL, 1, 0, Duration::from_millis(100)).unwrap();
    for _ in 0..3 {
        passwords.hash(text("anything")).await.unwrap();
        assert_eq!(passwords.desk.hasher.spare_memory(), 1);
        until(|| passwords.desk.hasher.spare_memory() == 0).await;
        until(|| !passwords.desk.is_tidying.load(Ordering::SeqCst)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_hashes_run_at_once_than_allowed_and_their_memory_is_freed() {
    let passwords = passwords(2, 64);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (passwords, running, most) = (Arc::clone(&passwords), Arc::clone(&running), Arc::clone(&most));
            tokio::spawn(async move {
                let work = move |hasher: &Hasher| {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let done = hasher.hash(&text("anything"));
                    running.fetch_sub(1, Ordering::SeqCst);
                    done
                };
                passwords.run(work).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");
    until(|| passwords.desk.hasher.spare_memory() == 0).await;
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_free_the_core_before_the_work_is_done() {
    let passwords = passwords(1, 0);
    let (release, released) = std::sync::mpsc::channel::<()>();
    let work = move |hasher: &Hasher| {
        released.recv().unwrap();
        hasher.hash(&text("anything"))
    };
    let gave_up = tokio::time::timeout(Duration::from_millis(5), passwords.run(work)).await;
    assert!(gave_up.is_err());
    assert!(matches!(passwords.hash(text("another")).await, Err(Error::Busy)));
    release.send(()).unwrap();
    until(|| passwords.permits.available_permits() == 1).await;
    assert!(passwords.hash(text("another")).await.is_ok());
}

#[tokio::test]
async fn a_hash_of_another_system_is_right_once_and_asks_to_be_renewed() {
    let passwords = passwords(1, 0);
    for hash in [
        "$2b$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
        "pbkdf2_sha256$1000$saltysalt$ogyELkenhssjo9YzB+hLx2dedTg0guGJUM+KVU08H9I=",
        "$scrypt$ln=10,r=8,p=1$h1DqPScEAABgLOUc43yPkQ$+798dy7Lvyf2nFDJJjiTgoiKv4cRhqrGRZ+jERoq78o",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$gLKc+5HCvnZk/J11T0aIghH2H68epQJpg8JhTGr2Ydg",
        "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$g+VHXI6jVsdMt+1ff/wqLase7gVn5XmGink6LvrxAmk",
        "argon2$argon2id$v=19$m=256,t=2,p=8$c2FsdHlzYWx0$MlT3Fd70qpoAAMdWSmi6raQwQnJPpZrK3IW0Bak99bw",
    ] {
        assert_eq!(importable(hash), Ok(hash));
        let right = passwords.verify(text("correct horse"), Some(hash)).await.unwrap();
        assert_eq!(right, Verified::Right { rehash: true }, "{hash}");
        let wrong = passwords.verify(text("wrong horse"), Some(hash)).await.unwrap();
        assert_eq!(wrong, Verified::Wrong, "{hash}");
    }
}

#[tokio::test]
async fn another_system_hashed_what_was_typed_and_not_what_we_make_of_it() {
    let passwords = passwords(1, 0);
    // passlib, of the text as it stands: a ligature and a full-width letter.
    let hash = "$pbkdf2-sha256$1000$jlEKgfA.Z6yVEmIs5bwXIg$mrkyWpVam0i0g2sy3/yji32pgu2Lkbr/mW7Ch.spDD0";
    let verdict = passwords
        .verify(text("\u{fb01}ne \u{ff43}afé"), Some(hash))
        .await
        .unwrap();
    assert_eq!(verdict, Verified::Right { rehash: true });
    let ours = passwords.hash(text("\u{fb01}ne \u{ff43}afé")).await.unwrap();
    for typed in ["fine café", "\u{fb01}ne \u{ff43}afé"] {
        let verdict = passwords.verify(text(typed), Some(&ours)).await.unwrap();
        assert_eq!(verdict, Verified::Right { rehash: false }, "{typed}");
    }
}

/// SHA-1 of "correct horse".
const CORRECT_HORSE: &str = "2F9E53523B62ABC141A2B4D6019D23CBA835DBD0";

#[tokio::test]
async fn a_password_of_the_operator_s_list_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pwned");
    std::fs::write(&path, format!("{CORRECT_HORSE}:3\r\n")).unwrap();
    let with_list = || {
        let passwords = Passwords::unchecked(SMALL, 1, 0, Duration::from_millis(5)).unwrap();
        passwords.refusing(BreachedList::open(&path).unwrap())
    };
    let verdict = with_list().acceptable(&text("correct horse"), &[]).await.unwrap();
    assert_eq!(verdict, Err(Refusal::Breached));
    assert_eq!(
        with_list().acceptable(&text("battery staple"), &[]).await.unwrap(),
        Ok(())
    );
    assert_eq!(
        with_list().acceptable(&text("password"), &[]).await.unwrap(),
        Err(Refusal::Common)
    );
    let without = passwords(1, 0);
    assert_eq!(without.acceptable(&text("correct horse"), &[]).await.unwrap(), Ok(()));
}
