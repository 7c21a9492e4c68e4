use super::{conformance::*, *};

#[tokio::test]
async fn only_known_urls_open_a_store() {
    for url in [
        "",
        "sled",
        "sled:",
        "memory",
        "memory:x",
        "postgres:x",
        "/var/lib/avouch",
    ] {
        let outcome = Store::open(url, Options::default()).await;
        assert!(
            matches!(&outcome, Err(OpenError::BadUrl(bad)) if bad == url),
            "{url}: {outcome:?}"
        );
    }
    assert!(Store::open("memory:", Options::default()).await.unwrap().is_healthy());
}

#[tokio::test]
async fn a_store_opened_twice_says_whose_fault_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sled:{}", directory.path().display());
    let first = Store::open(&url, Options::default()).await.unwrap();
    let second = Store::open(&url, Options::default()).await.unwrap_err();
    assert!(
        matches!(&second, OpenError::AlreadyOpen { path } if path == directory.path()),
        "{second:?}"
    );
    assert!(second.to_string().contains("is the daemon running?"));
    assert!(first.is_healthy());
}

#[tokio::test]
async fn a_store_that_was_closed_or_dropped_is_opened_again_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sled:{}", directory.path().display());
    for round in 0..10 {
        let store = Store::open(&url, Options { cache_bytes: 1 << 20 }).await.unwrap();
        assert_eq!(store.list::<Person>("", 100, NOW).await.unwrap().len(), round);
        insert(&store, &person(&round.to_string())).await.unwrap();
        if round % 2 == 0 {
            store.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_record_of_another_shape_is_an_error_and_not_absent() {
    #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
    struct Other(u8);

    impl Record for Other {
        const KIND: &'static str = "person";

        fn id(&self) -> String {
            "1".into()
        }
    }

    let store = Store::memory();
    insert(&store, &person("1")).await.unwrap();
    assert!(matches!(
        store.get::<Other>("1", NOW).await,
        Err(Error::Unreadable { kind: "person", .. })
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_finds_a_unique_value_while_it_moves_between_records() {
    let store = Store::memory();
    insert(&store, &person("a").email("x")).await.unwrap();
    insert(&store, &person("b").email("y")).await.unwrap();
    let swapping = store.clone();
    let writer = tokio::spawn(async move {
        for _ in 0..500 {
            let (a, b) = (load(&swapping, "a").await, load(&swapping, "b").await);
            let mut changes = Changes::default();
            changes.update(&a, &a.to_value().email(&b.email)).unwrap();
            changes.update(&b, &b.to_value().email(&a.email)).unwrap();
            swapping.commit(changes).await.unwrap();
        }
    });
    while !writer.is_finished() {
        assert_eq!(
            store.find::<Person>("email", "x", NOW).await.unwrap().unwrap().email,
            "x"
        );
    }
    writer.await.unwrap();
}
