//! Which policy counts, and what it lets people do who do not meet it yet.

use super::*;

#[tokio::test]
async fn the_strictest_policy_counts() {
    use SignInPolicy::{Passkey, Password, SecondFactor};
    let words = SignInPolicy::WORDS;
    for (daemon, (word, of_daemon)) in words.into_iter().enumerate() {
        let house = House::open(&[("SIGN_IN__POLICY", word)]).await;
        let add = |id: &str, sign_in_policy| AdminCommand::OrganizationAdd {
            name: id.to_owned(),
            id: Some(id.to_owned()),
            sign_in_policy,
        };
        house.order(add("lax", Password)).await;
        house.order(add("strict", SecondFactor)).await;
        for organization in ["lax", "strict"] {
            let join = AdminCommand::MemberAdd {
                organization: organization.to_owned(),
                user: "alice".to_owned(),
                role: "member".to_owned(),
            };
            house.order(join).await;
        }
        let user = house.idp.enabled_user(&house.user_id).await.unwrap().unwrap();
        assert_eq!(
            user.active_membership().unwrap().organization_id,
            "lax",
            "the other one counts as well"
        );
        for (client, (_, of_client)) in words.into_iter().enumerate() {
            let metadata = ClientMetadata {
                sign_in_policy: of_client,
                ..ClientMetadata::default()
            };
            let asking = crate::model::client::Client {
                client_id: "app".to_owned(),
                metadata,
                secrets: Vec::new(),
                disabled: false,
                created_at: house.clock.now(),
                registration: None,
            };
            let strictest = house.idp.policy_for(&user, Some(&asking)).await.unwrap();
            assert_eq!(
                strictest,
                of_daemon.max(of_client).max(SecondFactor),
                "{daemon} {client}"
            );
        }
        assert_eq!(
            house.idp.policy_for(&user, None).await.unwrap(),
            of_daemon.max(SecondFactor)
        );
        assert!(Passkey >= of_daemon);
    }
}

#[tokio::test]
async fn whoever_cannot_meet_the_policy_yet_may_add_what_it_wants() {
    let house = House::open(&[("SIGN_IN__POLICY", "second_factor")]).await;
    let mine = browser();
    let mine = with_cookies(&mine, house.sign_in(&mine).await.unwrap());
    house.idp.recently_present(&mine).await.unwrap();
    house.import_app().await;
    assert!(
        matches!(house.idp.recently_present(&mine).await, Err(Error::SignInAgain)),
        "now it can be shown"
    );
    // Only a passkey would do, and there is none: what the account has is asked for all the same.
    let house = House::with_app(&[("SIGN_IN__POLICY", "passkey")]).await;
    let other = house.signed_in(true).await;
    assert!(other.remembered.is_none(), "not under this policy");
    house.idp.recently_present(&other).await.unwrap();
    let answer = json!(house.amr(&other).await);
    assert_eq!(answer, json!(["pwd", "otp", "mfa"]));
}
