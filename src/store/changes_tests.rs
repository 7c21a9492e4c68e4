use super::{super::conformance::*, *};
use crate::{protocol::Timestamp, store::Store};

fn batch(fill: impl FnOnce(&mut Changes)) -> Batch {
    let mut changes = Changes::default();
    fill(&mut changes);
    changes.into_batch().unwrap()
}

fn loaded(value: Person) -> Loaded<Person> {
    let key = key::record(Person::KIND, &value.id).unwrap();
    Loaded::new(key, Arc::new(value), 7)
}

#[test]
fn an_insert_checks_the_record_and_its_unique_values_only() {
    let batch = batch(|changes| changes.insert(&person("1")).unwrap());
    let absent = |key: &str| (key.to_owned(), Check::Absent);
    assert_eq!(batch.checks, [absent("person#email/1@example.com"), absent("person/1")]);
    let keys: Vec<_> = batch.puts.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["person#email/1@example.com", "person/1", "person@team/red/1"]);
    assert_eq!(batch.puts[0].1, br#""1""#);
    assert!(batch.deletes.is_empty());
}

#[test]
fn an_update_writes_only_the_keys_that_changed() {
    let old = loaded(person("1"));
    let same = batch(|changes| changes.update(&old, &person("1").visits(1)).unwrap());
    assert_eq!(same.checks, [("person/1".to_owned(), Check::Version(7))]);
    assert_eq!(same.puts.len(), 1);
    assert!(same.deletes.is_empty());

    let moved = batch(|changes| changes.update(&old, &person("1").email("new")).unwrap());
    assert_eq!(moved.checks.len(), 2);
    assert_eq!(moved.deletes, ["person#email/1@example.com"]);
}

#[test]
fn an_expiry_entry_is_rewritten_when_the_keys_that_leave_with_the_record_change() {
    let mortal = person("1").expires_at(NOW);
    let old = loaded(mortal.clone());
    let visited = batch(|changes| changes.update(&old, &mortal.clone().visits(1)).unwrap());
    assert_eq!(visited.puts.len(), 1);
    let moved = batch(|changes| changes.update(&old, &mortal.clone().team("blue")).unwrap());
    let entry = moved.puts.iter().find(|(key, _)| key.starts_with("!expiry/")).unwrap();
    assert_eq!(entry.1, br#"["person#email/1@example.com","person@team/blue/1"]"#);
    let longer = mortal.expires_at(later(1));
    let longer = batch(|changes| changes.update(&old, &longer).unwrap());
    assert_eq!(longer.deletes.len(), 1);
    assert!(longer.deletes[0].starts_with("!expiry/"));
}

#[test]
fn a_delete_takes_every_key_of_the_record() {
    let old = loaded(person("1").expires_at(NOW));
    let batch = batch(|changes| changes.delete(&old).unwrap());
    assert_eq!(batch.deletes.len(), 4);
    assert!(batch.puts.is_empty());
}

#[test]
fn one_commit_cannot_do_two_things_to_one_record() {
    let old = loaded(person("1"));
    let contradicts = |fill: &dyn Fn(&mut Changes) -> Result<(), Error>| {
        let outcome = fill(&mut Changes::default());
        assert!(
            matches!(outcome, Err(Error::Contradiction { kind: "person" })),
            "{outcome:?}"
        );
    };
    contradicts(&|changes| changes.insert(&person("1")).and_then(|()| changes.insert(&person("1"))));
    contradicts(&|changes| changes.update(&old, &old).and_then(|()| changes.update(&old, &old)));
    contradicts(&|changes| changes.update(&old, &old).and_then(|()| changes.delete(&old)));
    contradicts(&|changes| changes.delete(&old).and_then(|()| changes.update(&old, &old)));
    contradicts(&|changes| changes.delete(&old).and_then(|()| changes.delete(&old)));
    let same_email = person("2").email("1@example.com");
    contradicts(&|changes| changes.insert(&person("1")).and_then(|()| changes.insert(&same_email)));
}

#[test]
fn an_identity_cannot_change() {
    let outcome = Changes::default().update(&loaded(person("1")), &person("2"));
    assert!(matches!(outcome, Err(Error::IdentityChanged { kind: "person" })));
}

#[test]
fn a_requirement_alone_is_not_nothing() {
    let mut changes = Changes::default();
    changes.require(&loaded(person("1")));
    assert!(!changes.is_empty());
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Unwritable(std::collections::BTreeMap<(u8, u8), u8>);

impl Record for Unwritable {
    const KIND: &'static str = "unwritable";

    fn id(&self) -> String {
        "1".into()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

#[tokio::test]
async fn what_json_cannot_say_is_refused() {
    let outcome = Changes::default().insert(&Unwritable([((1, 2), 3)].into()));
    assert!(matches!(outcome, Err(Error::Unreadable { kind: "unwritable", .. })));
    assert!(Store::memory().get::<Unwritable>("1", NOW).await.unwrap().is_none());
}
