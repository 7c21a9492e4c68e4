//! Expired records are absent to everyone, and leave with all their keys.

use super::*;

pub async fn an_expired_record_reads_as_absent_everywhere(store: Store) {
    insert(&store, &mortal("1", 60)).await.unwrap();
    insert(&store, &person("2")).await.unwrap();
    let seen = async |now| {
        (
            store.list::<Person>("", 1, now).await.unwrap()[0].id.clone(),
            store.list_by::<Person>("team", "red", "", 1, now).await.unwrap()[0]
                .id
                .clone(),
        )
    };
    assert_eq!(seen(later(59)).await, ("1".into(), "1".into()));
    // A page is filled with what lives, or the caller would think it the last.
    assert_eq!(seen(later(60)).await, ("2".into(), "2".into()));
    assert!(
        store
            .find::<Person>("email", "1@example.com", later(59))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        store
            .find::<Person>("email", "1@example.com", later(60))
            .await
            .unwrap()
            .is_none()
    );
    insert(&store, &mortal("1", 60)).await.unwrap();
    assert!(store.get::<Person>("1", later(59)).await.unwrap().is_some());
    assert!(store.get::<Person>("1", later(60)).await.unwrap().is_none());
}

pub async fn an_expired_record_is_not_in_the_way_of_who_looked_first(store: Store) {
    insert(&store, &mortal("1", 60)).await.unwrap();
    assert_conflict(&insert(&store, &mortal("1", 600)).await);
    assert!(store.get::<Person>("1", later(60)).await.unwrap().is_none());
    insert(&store, &mortal("1", 600)).await.unwrap();
    assert!(
        store
            .find::<Person>("email", "1@example.com", later(600))
            .await
            .unwrap()
            .is_none()
    );
    insert(&store, &person("2").email("1@example.com")).await.unwrap();
    assert_eq!(store.sweep(later(10_000), 10).await.unwrap(), 0);
}

pub async fn the_sweep_removes_what_expired_with_all_its_keys(store: Store) {
    for (id, lifetime) in [("1", 60), ("2", 120), ("3", 60)] {
        insert(&store, &mortal(id, lifetime)).await.unwrap();
    }
    insert(&store, &person("4")).await.unwrap();
    assert_eq!(store.sweep(later(59), 10).await.unwrap(), 0);
    assert_eq!(store.sweep(later(60), 10).await.unwrap(), 2);
    assert_eq!(ids_in(&store, "red").await, ["2", "4"]);
    // Free at once, also for those who never looked.
    insert(&store, &person("1")).await.unwrap();
    assert_eq!(store.sweep(later(10_000), 10).await.unwrap(), 1);
    assert_eq!(store.sweep(later(10_000), 10).await.unwrap(), 0);
}

pub async fn the_sweep_follows_an_expiry_that_moved(store: Store) {
    insert(&store, &mortal("longer", 60)).await.unwrap();
    insert(&store, &mortal("renamed", 60)).await.unwrap();
    insert(&store, &mortal("visited", 60)).await.unwrap();
    insert(&store, &mortal("immortal", 60)).await.unwrap();
    for new in [
        mortal("longer", 120),
        mortal("renamed", 60).email("new").team("blue"),
        mortal("visited", 60).visits(1),
        person("immortal"),
    ] {
        update(&store, &load(&store, &new.id).await, &new).await.unwrap();
    }
    assert_eq!(store.sweep(later(60), 10).await.unwrap(), 2);
    assert_eq!(ids_in(&store, "red").await, ["immortal", "longer"]);
    assert_eq!(ids_in(&store, "blue").await, [""; 0]);
    insert(&store, &person("5").email("new")).await.unwrap();
    assert_eq!(store.sweep(later(10_000), 10).await.unwrap(), 1);
}

pub async fn the_sweep_is_bounded(store: Store) {
    let mut changes = Changes::default();
    for number in 0..300 {
        changes.insert(&mortal(&format!("{number:03}"), 60)).unwrap();
    }
    store.commit(changes).await.unwrap();
    assert_eq!(store.sweep(later(60), 0).await.unwrap(), 0);
    assert_eq!(store.sweep(later(60), 7).await.unwrap(), 7);
    assert_eq!(store.list::<Person>("", 1000, NOW).await.unwrap().len(), 293);
    assert_eq!(store.sweep(later(60), usize::MAX).await.unwrap(), 293);
    assert!(store.list::<Person>("", 1000, NOW).await.unwrap().is_empty());
}
