use proptest::prelude::*;

use super::{
    FactorKind::{Passkey, Password, RecoveryCodes, Totp},
    *,
};

const VERIFIED: Proof = Proof::Passkey { user_verified: true };
const UNVERIFIED: Proof = Proof::Passkey { user_verified: false };

fn unknown() -> FactorKind {
    FactorKind::from("iris_scan".to_owned())
}

fn factors(second: &[FactorKind], found: &[FactorKind]) -> Factors {
    Factors::new(second, found)
}

#[test]
fn a_kind_of_a_later_version_is_kept_and_counts_but_cannot_be_used() {
    let listed: Vec<FactorKind> = serde_json::from_str(r#"["totp","iris_scan"]"#).unwrap();
    assert_eq!(listed, [Totp, unknown()]);
    assert_eq!(serde_json::to_string(&listed).unwrap(), r#"["totp","iris_scan"]"#);
    let factors = factors(&[unknown()], &[Password]);
    assert_eq!(factors.required(), Level::Two);
    let strange = factors.all().iter().find(|factor| factor.kind == unknown()).unwrap();
    assert!(strange.second && !strange.usable);
    assert_eq!(factors.next(&[Proof::Password], Level::One), Step::Stuck);
}

/// One row: what the account has, what was shown, what is asked for.
#[test]
#[expect(clippy::too_many_lines, reason = "one row for each account")]
fn what_comes_next_for_each_account() {
    let one = Level::One;
    let second = |kinds: &[FactorKind]| Step::Second(kinds.to_vec());
    let rows: [(&str, Factors, &[Proof], Level, Step); 22] = [
        (
            "nothing at all is never enough",
            factors(&[], &[]),
            &[],
            one,
            Step::Stuck,
        ),
        (
            "nothing shown",
            factors(&[], &[Password]),
            &[],
            one,
            Step::First(vec![Password]),
        ),
        (
            "a password",
            factors(&[], &[Password]),
            &[Proof::Password],
            one,
            Step::Done(one),
        ),
        (
            "the stronger one comes first",
            factors(&[], &[Password, Passkey]),
            &[],
            one,
            Step::First(vec![Passkey, Password]),
        ),
        (
            "a passkey that was added by the way locks nobody out",
            factors(&[], &[Password, Passkey]),
            &[Proof::Password],
            one,
            Step::Done(one),
        ),
        (
            "a passkey as second factor",
            factors(&[Passkey], &[Password, Passkey]),
            &[Proof::Password],
            one,
            second(&[Passkey]),
        ),
        (
            "a password and a passkey",
            factors(&[Passkey], &[Password, Passkey]),
            &[Proof::Password, UNVERIFIED],
            one,
            Step::Done(Level::Two),
        ),
        (
            "a verifying passkey is two",
            factors(&[Totp], &[Password, Passkey, Totp]),
            &[VERIFIED],
            one,
            Step::Done(Level::Two),
        ),
        (
            "one that does not verify is one",
            factors(&[Totp], &[Password, Passkey, Totp]),
            &[UNVERIFIED],
            one,
            second(&[Totp, Password]),
        ),
        (
            "an app",
            factors(&[Totp], &[Password, Totp]),
            &[Proof::Password],
            one,
            second(&[Totp]),
        ),
        (
            "an app that is not listed counts all the same",
            factors(&[], &[Password, Totp]),
            &[Proof::Password],
            one,
            second(&[Totp]),
        ),
        (
            "codes come last",
            factors(&[Totp], &[Password, Totp, RecoveryCodes]),
            &[Proof::Password],
            one,
            second(&[Totp, RecoveryCodes]),
        ),
        (
            "a code of the app",
            factors(&[Totp], &[Password, Totp]),
            &[Proof::Password, Proof::Totp],
            one,
            Step::Done(Level::Two),
        ),
        (
            "a recovery code",
            factors(&[Totp], &[Password, Totp, RecoveryCodes]),
            &[Proof::Password, Proof::RecoveryCode],
            one,
            Step::Done(Level::Two),
        ),
        (
            "a code alone is nothing",
            factors(&[Totp], &[Password, Totp]),
            &[Proof::Totp],
            one,
            Step::First(vec![Password]),
        ),
        (
            "two codes are nothing either",
            factors(&[Totp], &[Password, Totp, RecoveryCodes]),
            &[Proof::Totp, Proof::RecoveryCode],
            one,
            Step::First(vec![Password]),
        ),
        (
            "a listed app whose record is gone",
            factors(&[Totp], &[Password]),
            &[Proof::Password],
            one,
            Step::Stuck,
        ),
        (
            "a recovery code helps where a record is gone",
            factors(&[Totp], &[Password, RecoveryCodes]),
            &[Proof::Password],
            one,
            second(&[RecoveryCodes]),
        ),
        (
            "codes alone ask for nothing",
            factors(&[], &[Password, RecoveryCodes]),
            &[Proof::Password],
            one,
            Step::Done(one),
        ),
        (
            "a client asks for two",
            factors(&[], &[Password, Passkey]),
            &[Proof::Password],
            Level::Two,
            second(&[Passkey]),
        ),
        (
            "a client asks for what is not there",
            factors(&[], &[Password]),
            &[Proof::Password],
            Level::Two,
            Step::Stuck,
        ),
        (
            "an unknown one beside an app",
            factors(&[unknown(), Totp], &[Password, Totp]),
            &[Proof::Password],
            one,
            second(&[Totp]),
        ),
    ];
    for (what, factors, proofs, wanted, expected) in rows {
        assert_eq!(factors.next(proofs, wanted), expected, "{what}");
    }
}

#[test]
fn the_last_way_in_is_known() {
    let can_lose = |second: &[FactorKind], found: &[FactorKind], kind| factors(second, found).can_lose(&kind);
    assert!(!can_lose(&[], &[Password], Password));
    assert!(!can_lose(&[], &[Passkey], Passkey));
    assert!(can_lose(&[], &[Password, Passkey], Password));
    assert!(can_lose(&[], &[Password, Passkey], Passkey));
    assert!(
        can_lose(&[Totp], &[Password, Totp], Totp),
        "one factor is left, and enough"
    );
    assert!(
        !can_lose(&[Totp], &[Password, Totp], Password),
        "a code alone lets nobody in"
    );
    assert!(
        !can_lose(&[unknown()], &[Password, Totp], Totp),
        "the unknown one still asks for a second"
    );
    assert!(can_lose(&[unknown()], &[Password], unknown()));
    assert!(!factors(&[], &[RecoveryCodes, Totp]).is_open());
    assert!(!factors(&[], &[]).is_open());
}

fn kind() -> impl Strategy<Value = FactorKind> {
    prop::sample::select(vec![Password, Passkey, Totp, RecoveryCodes, unknown()])
}

fn kinds() -> impl Strategy<Value = Vec<FactorKind>> {
    prop::collection::vec(kind(), 0..5)
}

fn proofs() -> impl Strategy<Value = Vec<Proof>> {
    let proof = prop::sample::select(vec![
        Proof::Password,
        VERIFIED,
        UNVERIFIED,
        Proof::Totp,
        Proof::RecoveryCode,
    ]);
    prop::collection::vec(proof, 0..4)
}

proptest! {
    #[test]
    fn a_further_factor_never_lowers_what_is_required(second in kinds(), found in kinds(), more in kind(), listed: bool) {
        let before = factors(&second, &found).required();
        let mut after = (second, found);
        if listed { after.0.push(more.clone()) } else { after.1.push(more.clone()) }
        let after = factors(&after.0, &after.1).required();
        prop_assert!(after >= before);
        if listed || matches!(more, Totp | FactorKind::Unknown(_)) {
            prop_assert_eq!(after, Level::Two);
        }
    }

    #[test]
    fn nobody_is_done_with_less_than_required(second in kinds(), found in kinds(), shown in proofs()) {
        let account = factors(&second, &found);
        if let Step::Done(level) = account.next(&shown, Level::One) {
            prop_assert!(level >= account.required());
            let has_first = shown.iter().any(|proof| matches!(proof, Proof::Password | Proof::Passkey { .. }));
            prop_assert!(has_first);
        }
    }

    #[test]
    fn only_what_can_be_used_and_was_not_shown_is_asked_for(second in kinds(), found in kinds(), shown in proofs()) {
        let account = factors(&second, &found);
        if let Step::First(asked) | Step::Second(asked) = account.next(&shown, Level::Two) {
            prop_assert!(!asked.is_empty());
            for kind in asked {
                prop_assert!(account.all().iter().any(|factor| factor.kind == kind && factor.usable));
                prop_assert!(!was_shown(&shown, &kind));
            }
        }
    }

    #[test]
    fn an_open_account_has_a_way_to_the_end(second in kinds(), found in kinds()) {
        let account = factors(&second, &found);
        let ways: [&[Proof]; 4] = [
            &[VERIFIED],
            &[Proof::Password],
            &[Proof::Password, Proof::Totp],
            &[Proof::Password, Proof::RecoveryCode],
        ];
        let kind_of = |proof: &Proof| match proof {
            Proof::Password => Password,
            Proof::Passkey { .. } => Passkey,
            Proof::Totp => Totp,
            Proof::RecoveryCode => RecoveryCodes,
        };
        let has_way = ways.iter().any(|way| {
            way.iter().all(|proof| found.contains(&kind_of(proof)))
                && matches!(account.next(way, Level::One), Step::Done(_))
        });
        prop_assert_eq!(account.is_open(), has_way);
    }
}
