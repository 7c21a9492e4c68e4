use super::{
    super::{
        conformance::{NOW, later},
        memory::Memory,
    },
    *,
};

#[test]
fn a_record_is_gone_from_the_second_of_its_expiry_on() {
    assert!(!is_past(None, NOW));
    assert!(!is_past(Some(later(1)), NOW));
    assert!(is_past(Some(NOW), NOW));
    assert!(is_past(Some(NOW), later(1)));
}

async fn put(memory: &Memory, key: &str, value: &[u8]) {
    memory
        .commit(Batch {
            puts: vec![(key.into(), value.into())],
            ..Batch::default()
        })
        .await
        .unwrap();
}

async fn due(memory: &Memory, id: &str) -> Batch {
    let (record, entry) = (format!("person/{id}"), key::expiry(NOW, &format!("person/{id}")));
    put(memory, &record, b"{}").await;
    put(memory, &entry, b"[]").await;
    let stored = memory
        .get(std::slice::from_ref(&entry))
        .await
        .unwrap()
        .remove(0)
        .unwrap();
    removal(&entry, &record, &stored).unwrap()
}

#[tokio::test]
async fn an_entry_that_was_rewritten_meanwhile_holds_up_only_itself() {
    let memory = Memory::default();
    let batches = [
        due(&memory, "1").await,
        due(&memory, "2").await,
        due(&memory, "3").await,
    ];
    put(&memory, &key::expiry(NOW, "person/2"), br#"["person#email/x"]"#).await;
    assert_eq!(remove(&memory, &batches).await.unwrap(), 2);
    let left = memory.scan("person/", "", 9).await.unwrap();
    assert_eq!(
        left.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
        ["person/2"]
    );
    assert_eq!(sweep(&memory, NOW, 9).await.unwrap(), 1);
}

#[tokio::test]
async fn an_entry_that_is_no_list_of_keys_is_an_error() {
    let memory = Memory::default();
    put(&memory, &key::expiry(NOW, "person/1"), b"null").await;
    assert!(matches!(
        sweep(&memory, NOW, 9).await,
        Err(Error::Unreadable {
            kind: "expiry entry",
            ..
        })
    ));
}
