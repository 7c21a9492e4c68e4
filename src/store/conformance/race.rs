//! Only one of those who change the same thing succeeds, and the others are told.

use super::*;

pub async fn a_stale_update_delete_or_requirement_is_refused(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    let stale = load(&store, "1").await;
    update(&store, &stale, &person("1").visits(1)).await.unwrap();
    assert_conflict(&update(&store, &stale, &person("1").visits(2)).await);
    let mut changes = Changes::default();
    changes.delete(&stale).unwrap();
    assert_conflict(&store.commit(changes).await);
    let mut changes = Changes::default();
    changes.require(&stale);
    assert_conflict(&store.commit(changes).await);
    let fresh = load(&store, "1").await;
    assert_eq!(fresh.visits, 1);
    let mut changes = Changes::default();
    changes.require(&fresh);
    store.commit(changes).await.unwrap();
    assert_eq!(load(&store, "1").await.visits, 1);
}

pub async fn a_version_never_comes_back(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    let old = load(&store, "1").await;
    let mut changes = Changes::default();
    changes.delete(&old).unwrap();
    store.commit(changes).await.unwrap();
    insert(&store, &person("1")).await.unwrap();
    // The same key with the same value, and still not the same record.
    assert_conflict(&update(&store, &old, &person("1").visits(9)).await);
}

async fn race(store: &Store, contender: impl Fn(usize) -> Person) -> usize {
    let racers: Vec<_> = (0..64)
        .map(|racer| {
            let (store, person) = (store.clone(), contender(racer));
            tokio::spawn(async move { insert(&store, &person).await })
        })
        .collect();
    let mut winners = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(()) => winners += 1,
            lost => assert_conflict(&lost),
        }
    }
    winners
}

pub async fn sixty_four_racers_for_one_record_have_one_winner(store: Store) {
    assert_eq!(race(&store, |racer| person("prize").email(racer.to_string())).await, 1);
}

pub async fn sixty_four_racers_for_one_unique_value_have_one_winner(store: Store) {
    assert_eq!(race(&store, |racer| person(&racer.to_string()).email("prize")).await, 1);
    assert_eq!(store.list::<Person>("", 100, NOW).await.unwrap().len(), 1);
}

pub async fn concurrent_counters_lose_nothing(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    let visitors: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    loop {
                        let loaded = load(&store, "1").await;
                        let new = loaded.to_value().visits(loaded.visits + 1);
                        match update(&store, &loaded, &new).await {
                            Ok(()) => break,
                            lost => assert_conflict(&lost),
                        }
                    }
                }
            })
        })
        .collect();
    for visitor in visitors {
        visitor.await.unwrap();
    }
    assert_eq!(load(&store, "1").await.visits, 80);
}
