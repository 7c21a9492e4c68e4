use std::{collections::HashMap, convert::Infallible};

use KeyState::{Active, Next, Retired};
use SigningAlgorithm::{EdDsa, Es256, Ps256, Rs256};
use proptest::prelude::*;

use super::*;
use crate::{keys::fixtures, model::signing_key::PublicKey};

const DAY: Duration = Duration::from_hours(24);
const LIFE: Duration = Duration::from_hours(24);
const SECOND: Duration = Duration::from_secs(1);
const START: Timestamp = Timestamp::from_unix(1_750_000_000);

fn policy() -> Policy {
    Policy::new(DAY, 90 * DAY, LIFE).unwrap()
}

/// A ring as the store would hold it, with stand-ins for keys.
#[derive(Clone, Default)]
struct Ring {
    keys: Vec<SigningKey>,
    made: usize,
}

impl Ring {
    fn born_at(now: Timestamp) -> Self {
        let mut ring = Self::default();
        ring.plan(now, &policy());
        ring
    }

    fn commit(&mut self, transitions: &[Transition], now: Timestamp) {
        let make = |alg| {
            self.made += 1;
            let kid = format!("k{}", self.made);
            Ok::<_, Infallible>(SealedKey {
                kid,
                alg,
                public: PublicKey::Okp { x: "x".into() },
                sealed_private_key: "s".into(),
            })
        };
        let changes = apply(&self.keys, transitions, now, make).unwrap();
        fixtures::commit(&mut self.keys, changes);
    }

    fn plan(&mut self, now: Timestamp, policy: &Policy) {
        self.commit(&plan(&self.keys, now, policy), now);
    }

    fn rotate(&mut self, now: Timestamp, policy: &Policy) -> Rotation {
        self.rotate_of(Rs256, now, policy)
    }

    fn rotate_of(&mut self, algorithm: SigningAlgorithm, now: Timestamp, policy: &Policy) -> Rotation {
        let rotation = rotate(&self.keys, algorithm, now, policy);
        match &rotation {
            Rotation::Now(transitions) | Rotation::Scheduled { transitions, .. } => self.commit(transitions, now),
        }
        rotation
    }

    fn kid(&self, state: KeyState) -> String {
        let mut found = self.keys.iter().filter(|key| key.state == state);
        let kid = found.next().unwrap().kid.clone();
        assert!(found.next().is_none(), "two keys are {state:?}");
        kid
    }

    fn of(&self, alg: SigningAlgorithm) -> Vec<(&str, KeyState)> {
        let keys = self.keys.iter().filter(|key| key.alg == alg);
        keys.map(|key| (key.kid.as_str(), key.state)).collect()
    }

    fn states(&self) -> Vec<(&str, KeyState)> {
        self.keys.iter().map(|key| (key.kid.as_str(), key.state)).collect()
    }
}

#[test]
fn a_first_start_makes_an_active_and_a_next_key() {
    let ring = Ring::born_at(START);
    assert_eq!(ring.states(), [("k1", Active), ("k2", Next)]);
    assert_eq!(ring.keys.iter().map(|key| key.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(ring.keys[0].activated_at, Some(START));
}

#[test]
fn a_key_born_with_its_store_may_sign_at_once() {
    let mut ring = Ring::born_at(START);
    assert!(matches!(ring.rotate(START, &policy()), Rotation::Now(_)));
    assert_eq!(ring.states(), [("k1", Retired), ("k2", Active), ("k3", Next)]);
}

#[test]
fn a_key_rotates_when_it_is_90_days_old_and_not_a_second_before() {
    let mut ring = Ring::born_at(START);
    ring.plan(START + 90 * DAY - SECOND, &policy());
    assert_eq!(ring.kid(Active), "k1");
    let then = START + 90 * DAY;
    ring.plan(then, &policy());
    assert_eq!(ring.states(), [("k1", Retired), ("k2", Active), ("k3", Next)]);
    assert_eq!(ring.keys[0].retired_at, Some(then));
    assert_eq!(ring.keys[1].activated_at, Some(then));
    assert_eq!(ring.keys[2].published_at, then);
}

#[test]
fn a_retired_key_loses_its_private_half_and_stays_for_the_longest_token_life_and_an_hour() {
    let mut ring = Ring::born_at(START);
    ring.rotate(START, &policy());
    assert_eq!(ring.keys[0].sealed_private_key, None);
    ring.plan(START + LIFE + HOUR - SECOND, &policy());
    assert_eq!(ring.keys.len(), 3);
    ring.plan(START + (LIFE + HOUR), &policy());
    assert_eq!(ring.states(), [("k2", Active), ("k3", Next)]);
}

#[test]
fn a_second_rotation_waits_until_the_next_key_is_published_long_enough() {
    let mut ring = Ring::born_at(START);
    ring.rotate(START, &policy());
    let soon = START + HOUR;
    let Rotation::Scheduled { kid, at, .. } = ring.rotate(soon, &policy()) else {
        panic!("too early")
    };
    assert_eq!((kid.as_str(), at), ("k3", START + DAY));
    ring.plan(START + DAY - SECOND, &policy());
    assert_eq!(ring.kid(Active), "k2");
    ring.plan(START + DAY, &policy());
    assert_eq!((ring.kid(Active), ring.kid(Next)), ("k3".into(), "k4".into()));
    ring.plan(START + 3 * DAY, &policy());
    assert_eq!(ring.kid(Active), "k3", "the wish is fulfilled once");
}

#[test]
fn asking_twice_for_a_scheduled_rotation_rotates_once() {
    let mut ring = Ring::born_at(START);
    ring.rotate(START, &policy());
    let first = ring.rotate(START + HOUR, &policy());
    assert_eq!(ring.rotate(START + 2 * HOUR, &policy()), first);
    ring.plan(START + 10 * DAY, &policy());
    ring.plan(START + 20 * DAY, &policy());
    assert_eq!(ring.kid(Active), "k3");
}

#[test]
fn an_emergency_leaves_none_of_the_old_keys() {
    let mut ring = Ring::born_at(START);
    ring.rotate(START, &policy());
    ring.commit(&emergency(&ring.keys, START + HOUR, &policy()), START + HOUR);
    assert_eq!(ring.states(), [("k4", Active), ("k5", Next)]);
    assert_eq!(ring.keys.iter().map(|key| key.sequence).collect::<Vec<_>>(), [4, 5]);
    assert!(
        matches!(ring.rotate(START + 2 * HOUR, &policy()), Rotation::Scheduled { .. }),
        "k5 is new to verifiers"
    );
}

#[test]
fn an_imported_key_replaces_the_next_one_and_waits_like_any_other() {
    let mut ring = Ring::born_at(START);
    ring.commit(&import(&ring.keys, Rs256, START + HOUR), START + HOUR);
    assert_eq!(ring.states(), [("k1", Active), ("k3", Next)]);
    let Rotation::Scheduled { kid, at, .. } = ring.rotate(START + HOUR, &policy()) else {
        panic!("too early")
    };
    assert_eq!((kid.as_str(), at), ("k3", START + HOUR + DAY));
}

#[test]
fn a_wish_for_rotation_outlives_an_import() {
    let mut ring = Ring::born_at(START);
    ring.rotate(START, &policy());
    ring.rotate(START, &policy());
    ring.commit(&import(&ring.keys, Rs256, START + HOUR), START + HOUR);
    let imported = ring.kid(Next);
    ring.plan(START + HOUR + DAY, &policy());
    assert_eq!(ring.kid(Active), imported);
}

#[test]
fn a_damaged_ring_is_made_whole() {
    let whole = Ring::born_at(START);
    let now = START + HOUR;
    for missing in [vec![Active], vec![Next], vec![Active, Next]] {
        let mut ring = whole.clone();
        ring.rotate(START, &policy());
        ring.keys.retain(|key| !missing.contains(&key.state));
        ring.plan(now, &policy());
        ring.kid(Active);
        let next = ring.kid(Next);
        let published_at = ring.keys.iter().find(|key| key.kid == next).unwrap().published_at;
        assert_eq!(
            published_at, now,
            "verifiers have seen other key sets without it: {missing:?}"
        );
        assert_eq!(plan(&ring.keys, now, &policy()), []);
    }
}

#[test]
fn a_clock_that_went_back_rotates_nothing() {
    let mut ring = Ring::born_at(START);
    ring.rotate(START, &policy());
    let before = ring.states().len();
    ring.plan(Timestamp::from_unix(0), &policy());
    assert_eq!((ring.states().len(), ring.kid(Active).as_str()), (before, "k2"));
}

#[test]
fn publishing_less_than_an_hour_ahead_is_refused() {
    assert!(Policy::new(Duration::from_secs(3599), 90 * DAY, LIFE).is_err());
    assert_eq!(Policy::new(HOUR, 90 * DAY, LIFE).unwrap().keep_retired(), LIFE + HOUR);
}

#[test]
fn at_a_first_start_every_algorithm_signs_at_once() {
    let policy = policy().with_algorithms(&[EdDsa, Es256, Rs256]);
    let mut ring = Ring::default();
    ring.plan(START, &policy);
    for (algorithm, kids) in [(Rs256, ["k1", "k2"]), (Es256, ["k3", "k4"]), (EdDsa, ["k5", "k6"])] {
        assert_eq!(ring.of(algorithm), [(kids[0], Active), (kids[1], Next)]);
    }
    assert_eq!(ring.of(Ps256), []);
    assert_eq!(
        ring.keys.iter().map(|key| key.sequence).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6]
    );
    assert_eq!(plan(&ring.keys, START, &policy), []);
}

#[test]
fn an_algorithm_switched_on_later_is_published_before_it_signs() {
    let mut ring = Ring::born_at(START);
    let policy = policy().with_algorithms(&[Es256]);
    ring.plan(START + HOUR, &policy);
    assert_eq!(ring.of(Es256), [("k3", Next)]);
    let Rotation::Scheduled { kid, at, transitions } = ring.rotate_of(Es256, START + HOUR, &policy) else {
        panic!("too early")
    };
    assert_eq!((kid.as_str(), at, transitions), ("k3", START + HOUR + DAY, vec![]));
    ring.plan(START + HOUR + DAY - SECOND, &policy);
    assert_eq!(ring.of(Es256), [("k3", Next)]);
    ring.plan(START + HOUR + DAY, &policy);
    assert_eq!(ring.of(Es256), [("k3", Active), ("k4", Next)]);
    assert_eq!(ring.of(Rs256), [("k1", Active), ("k2", Next)]);
}

#[test]
fn an_algorithm_switched_off_leaves_in_order() {
    let both = policy().with_algorithms(&[Es256]);
    let mut ring = Ring::default();
    ring.plan(START, &both);
    let off = START + DAY;
    ring.plan(off, &policy());
    assert_eq!(ring.of(Es256), [("k3", Retired)], "the next key has signed nothing");
    let retired = ring.keys.iter().find(|key| key.kid == "k3").unwrap();
    assert_eq!((retired.retired_at, &retired.sealed_private_key), (Some(off), &None));
    ring.plan(off + LIFE + HOUR - SECOND, &policy());
    assert_eq!(ring.of(Es256).len(), 1);
    ring.plan(off + LIFE + HOUR, &policy());
    assert_eq!(ring.of(Es256), []);
    assert_eq!(ring.of(Rs256), [("k1", Active), ("k2", Next)]);
}

#[test]
fn an_algorithm_switched_on_again_waits_once_more() {
    let both = policy().with_algorithms(&[Es256]);
    let mut ring = Ring::default();
    ring.plan(START, &both);
    ring.plan(START + DAY, &policy());
    ring.plan(START + DAY + HOUR, &both);
    assert_eq!(ring.of(Es256), [("k3", Retired), ("k5", Next)]);
    ring.plan(START + DAY + HOUR + DAY, &both);
    assert!(ring.of(Es256).contains(&("k5", Active)), "{:?}", ring.of(Es256));
}

#[test]
fn each_algorithm_rotates_by_itself() {
    let both = policy().with_algorithms(&[Ps256]);
    let mut ring = Ring::default();
    ring.plan(START, &both);
    assert!(matches!(ring.rotate_of(Ps256, START + HOUR, &both), Rotation::Now(_)));
    assert_eq!(ring.of(Ps256), [("k3", Retired), ("k4", Active), ("k5", Next)]);
    assert_eq!(ring.of(Rs256), [("k1", Active), ("k2", Next)]);
    ring.commit(&import(&ring.keys, Ps256, START + HOUR), START + HOUR);
    assert_eq!(ring.of(Ps256)[2], ("k6", Next));
    assert_eq!(ring.of(Rs256), [("k1", Active), ("k2", Next)]);
    ring.plan(START + 90 * DAY, &both);
    assert_eq!(ring.of(Rs256)[1], ("k2", Active));
    assert_eq!(ring.of(Ps256)[0], ("k4", Active), "an hour younger");
}

#[test]
fn an_emergency_leaves_no_old_key_of_any_algorithm() {
    let both = policy().with_algorithms(&[EdDsa]);
    let mut ring = Ring::default();
    ring.plan(START, &both);
    ring.commit(&emergency(&ring.keys, START + HOUR, &both), START + HOUR);
    assert_eq!(ring.of(Rs256), [("k5", Active), ("k6", Next)]);
    assert_eq!(ring.of(EdDsa), [("k7", Active), ("k8", Next)]);
    assert_eq!(ring.keys.len(), 4);
}

#[derive(Clone, Debug)]
enum Event {
    Plan,
    Rotate,
    Import,
    Emergency,
}

fn events() -> impl Strategy<Value = Vec<(u64, Event)>> {
    let step = prop_oneof![4 => 1..7_200u64, 3 => 3_600..200_000u64, 1 => 200_000..20_000_000u64, 1 => Just(0)];
    let event = prop_oneof![
        12 => Just(Event::Plan),
        3 => Just(Event::Rotate),
        1 => Just(Event::Import),
        1 => Just(Event::Emergency),
    ];
    prop::collection::vec((step, event), 1..120)
}

fn policies() -> impl Strategy<Value = Policy> {
    let seconds = |range: std::ops::Range<u64>| range.prop_map(Duration::from_secs);
    (seconds(3_600..200_000), seconds(0..20_000_000), seconds(60..2_000_000))
        .prop_map(|(ahead, every, life)| Policy::new(ahead, every, life).unwrap())
}

/// What the world saw of a key.
struct Seen {
    published: Timestamp,
    signed: Option<(Timestamp, Timestamp)>,
    /// Signed at the first start or after an emergency, when nothing could wait; or died in an emergency.
    excused: bool,
}

/// Notes what the ring publishes and signs with at `now`, and checks it against what the world saw before.
fn witness(world: &mut HashMap<String, Seen>, ring: &Ring, now: Timestamp, excused: bool, policy: &Policy) {
    for key in &ring.keys {
        let seen = world.entry(key.kid.clone()).or_insert(Seen {
            published: now,
            signed: None,
            excused,
        });
        if key.state == Active {
            let first = seen.signed.map_or(now, |(first, _)| first);
            seen.signed = Some((first, now));
        }
    }
    for (kid, seen) in world.iter().filter(|(_, seen)| !seen.excused) {
        let Some((first, last)) = seen.signed else { continue };
        assert!(
            first.since(seen.published) >= policy.publish_ahead,
            "{kid} signed before verifiers could know it"
        );
        let published = ring.keys.iter().any(|key| key.kid == *kid);
        assert!(
            published || now.since(last) >= policy.keep_retired,
            "{kid} left while its tokens lived"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_token_is_verifiable_by_any_key_set_fetched_in_the_hour_before_it_and_until_it_expires(
        events in events(),
        policy in policies(),
    ) {
        let (mut ring, mut now, mut world) = (Ring::default(), START, HashMap::new());
        ring.plan(now, &policy);
        witness(&mut world, &ring, now, true, &policy);
        for (step, event) in events {
            now = now + Duration::from_secs(step);
            // The active key signs until the very moment of the event.
            witness(&mut world, &ring, now, false, &policy);
            match event {
                Event::Plan => ring.plan(now, &policy),
                Event::Rotate => drop(ring.rotate(now, &policy)),
                Event::Import => ring.commit(&import(&ring.keys, Rs256, now), now),
                Event::Emergency => {
                    ring.commit(&emergency(&ring.keys, now, &policy), now);
                    for seen in world.values_mut() {
 seen.excused = true;
}
                    world.insert(ring.kid(Active), Seen { published: now, signed: None, excused: true });
                }
            }
            witness(&mut world, &ring, now, false, &policy);
            ring.kid(Active);
            ring.kid(Next);
        }
    }

    #[test]
    fn planning_again_after_applying_gives_nothing_new(events in events(), policy in policies()) {
        let (mut ring, mut now) = (Ring::default(), START);
        for (step, event) in events {
            now = now + Duration::from_secs(step);
            if matches!(event, Event::Rotate) && !ring.keys.is_empty() {
                ring.rotate(now, &policy);
            }
            ring.plan(now, &policy);
            prop_assert_eq!(plan(&ring.keys, now, &policy), []);
        }
    }

    #[test]
    fn the_ring_stays_small_and_its_sequence_never_repeats(events in events()) {
        let (mut ring, mut now, mut seen) = (Ring::born_at(START), START, HashMap::new());
        for (step, event) in events {
            now = now + Duration::from_secs(step);
            match event {
                Event::Emergency => ring.commit(&emergency(&ring.keys, now, &policy()), now),
                _ => drop(ring.rotate(now, &policy())),
            }
            ring.plan(now, &policy());
            // A rotation needs a day of publishing, and a retired key leaves after a day and an hour.
            prop_assert!(ring.keys.len() <= 5, "{:?}", ring.states());
            for key in &ring.keys {
                prop_assert_eq!(seen.entry(key.sequence).or_insert_with(|| key.kid.clone()), &key.kid);
            }
        }
    }
}
