//! Unique values, indexes and order.

use super::*;

pub async fn a_listing_follows_the_ids_and_continues_after_one(store: Store) {
    for id in ["b", "a/2", "ä", "a", "c", "a0"] {
        insert(&store, &person(id)).await.unwrap();
    }
    let list = async |after: &str, limit| {
        let found = store.list::<Person>(after, limit, NOW).await.unwrap();
        found.into_iter().map(|found| found.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(list("", 100).await, ["a", "a/2", "a0", "b", "c", "ä"]);
    assert_eq!(list("", 2).await, ["a", "a/2"]);
    assert_eq!(list("a/2", 2).await, ["a0", "b"]);
    assert_eq!(list("aa", 1).await, ["b"]);
    assert_eq!(list("ä", 9).await, [""; 0]);
    assert_eq!(list("", 0).await, [""; 0]);
}

pub async fn an_index_lists_the_records_under_a_value_and_no_others(store: Store) {
    for (id, team) in [
        ("1", "red"),
        ("2", "red/blue"),
        ("3", "red"),
        ("4", "re"),
        ("5", ""),
        ("6", "red"),
    ] {
        insert(&store, &person(id).team(team)).await.unwrap();
    }
    assert_eq!(ids_in(&store, "red").await, ["1", "3", "6"]);
    assert_eq!(ids_in(&store, "red/blue").await, ["2"]);
    assert_eq!(ids_in(&store, "").await, ["5"]);
    assert_eq!(ids_in(&store, "blue").await, [""; 0]);
    let second = store.list_by::<Person>("team", "red", "1", 1, NOW).await.unwrap();
    assert_eq!(second.iter().map(|found| &*found.id).collect::<Vec<_>>(), ["3"]);
}

pub async fn an_index_can_be_followed_backwards(store: Store) {
    for (id, team) in [
        ("1", "red"),
        ("2", "red/blue"),
        ("3", "red"),
        ("4", "re"),
        ("5", "redd"),
        ("6", "red"),
    ] {
        insert(&store, &person(id).team(team)).await.unwrap();
    }
    insert(
        &store,
        &Person {
            team: "red".to_owned(),
            ..mortal("7", 0)
        },
    )
    .await
    .unwrap();
    let back = async |before: &str, limit| {
        let found = store
            .list_back_by::<Person>("team", "red", before, limit, NOW)
            .await
            .unwrap();
        found.into_iter().map(|found| found.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(back("", 9).await, ["6", "3", "1"], "what has expired is not among them");
    assert_eq!(back("", 2).await, ["6", "3"]);
    assert_eq!(back("3", 9).await, ["1"]);
    assert_eq!(back("1", 9).await, [""; 0]);
    assert_eq!(back("", 0).await, [""; 0]);
}

pub async fn an_update_moves_unique_values_and_indexes(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    let loaded = load(&store, "1").await;
    let new = person("1").email("new@example.com").team("blue");
    update(&store, &loaded, &new).await.unwrap();
    assert_eq!(holder(&store, "1@example.com").await, None);
    assert_eq!(holder(&store, "new@example.com").await.as_deref(), Some("1"));
    assert_eq!(
        (ids_in(&store, "red").await, ids_in(&store, "blue").await),
        (vec![], vec!["1".to_owned()])
    );
    insert(&store, &person("2").email("1@example.com")).await.unwrap();
}

pub async fn a_deleted_record_leaves_nothing_behind(store: Store) {
    insert(&store, &mortal("1", 60)).await.unwrap();
    let mut changes = Changes::default();
    changes.delete(&load(&store, "1").await).unwrap();
    store.commit(changes).await.unwrap();
    assert!(store.get::<Person>("1", NOW).await.unwrap().is_none());
    assert_eq!(ids_in(&store, "red").await, [""; 0]);
    assert_eq!(store.sweep(later(61), 10).await.unwrap(), 0);
    insert(&store, &person("1")).await.unwrap();
}

pub async fn a_unique_value_moves_between_records_in_one_commit(store: Store) {
    insert(&store, &person("a").email("x")).await.unwrap();
    let a = load(&store, "a").await;
    let mut changes = Changes::default();
    changes.insert(&person("b").email("x")).unwrap();
    changes.delete(&a).unwrap();
    store.commit(changes).await.unwrap();
    assert_eq!(holder(&store, "x").await.as_deref(), Some("b"));
    assert_eq!(ids_in(&store, "red").await, ["b"]);
}

pub async fn two_records_swap_their_unique_values_in_one_commit(store: Store) {
    insert(&store, &person("a")).await.unwrap();
    insert(&store, &person("b")).await.unwrap();
    let (a, b) = (load(&store, "a").await, load(&store, "b").await);
    let mut changes = Changes::default();
    changes.update(&a, &a.to_value().email(&b.email)).unwrap();
    changes.update(&b, &b.to_value().email(&a.email)).unwrap();
    store.commit(changes).await.unwrap();
    assert_eq!(holder(&store, "a@example.com").await.as_deref(), Some("b"));
    assert_eq!(holder(&store, "b@example.com").await.as_deref(), Some("a"));
}

pub async fn a_record_is_replaced_by_another_of_its_id_in_one_commit(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    let loaded = load(&store, "1").await;
    let mut changes = Changes::default();
    changes.delete(&loaded).unwrap();
    changes.insert(&person("1").team("blue").visits(7)).unwrap();
    store.commit(changes).await.unwrap();
    assert_eq!(load(&store, "1").await.visits, 7);
    assert_eq!(
        (ids_in(&store, "red").await, ids_in(&store, "blue").await),
        (vec![], vec!["1".to_owned()])
    );
}

pub async fn values_of_odd_characters_are_kept_apart(store: Store) {
    let long = "x".repeat(1000);
    let odd = [
        "",
        "/",
        "//",
        "a/b",
        "a",
        "a/",
        "%2F",
        "%",
        "~",
        "\0",
        "a\0b",
        "\u{10ffff}",
        "ß",
        "ss",
        "👩‍🚀",
        "#",
        "@",
        "\n",
        &long,
    ];
    for (number, value) in odd.iter().enumerate() {
        let odd = person(&number.to_string()).email(*value).team(*value);
        insert(&store, &odd).await.unwrap();
        assert_conflict(
            &insert(
                &store,
                &Person {
                    id: format!("{number}-again"),
                    ..odd
                },
            )
            .await,
        );
    }
    for (number, value) in odd.iter().enumerate() {
        assert_eq!(holder(&store, value).await, Some(number.to_string()), "{value:?}");
        assert_eq!(ids_in(&store, value).await, [number.to_string()], "{value:?}");
    }
}
