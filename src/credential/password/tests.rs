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

#[test]
fn a_password_has_8_to_256_characters_of_any_kind() {
    for good in [
        "12345678",
        "pass phrase with spaces",
        "        ",
        "пароль12",
        "🔑🔑🔑🔑🔑🔑🔑🔑",
        &"x".repeat(256),
    ] {
        assert_eq!(acceptable(good), Ok(()), "{good}");
    }
    for (bad, refusal) in [
        ("", Refusal::TooShort),
        ("1234567", Refusal::TooShort),
        ("🔑🔑🔑🔑🔑🔑🔑", Refusal::TooShort),
        (&"x".repeat(257), Refusal::TooLong),
        (&"é".repeat(257), Refusal::TooLong),
        ("1234\x005678", Refusal::Nul),
    ] {
        assert_eq!(acceptable(bad), Err(refusal), "{bad}");
    }
    assert_eq!(acceptable(&"é".repeat(256)), Ok(()), "characters count, not bytes");
}

#[test]
fn characters_that_normalization_joins_count_once() {
    assert_eq!(acceptable(&"e\u{301}".repeat(4)), Err(Refusal::TooShort));
    assert_eq!(acceptable(&"e\u{301}".repeat(8)), Ok(()));
    assert_eq!(
        acceptable("\u{fdfa}"),
        Err(Refusal::TooShort),
        "one character that normalization makes eighteen"
    );
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
