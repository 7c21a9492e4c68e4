//! Sessions that are raised, and browsers that are remembered.

use super::*;

#[tokio::test]
async fn a_remembered_browser_stands_in_for_the_second_factor_until_something_changes() {
    type Change = fn(&House) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>>;
    let rows: [(&str, Change); 5] = [
        ("password", |house| Box::pin(house.new_password())),
        ("another app", |house| {
            Box::pin(async {
                house.clock.advance(Duration::from_secs(30));
                house.import_app().await;
            })
        }),
        ("time", |house| {
            Box::pin(async { house.clock.advance(Duration::from_hours(30 * 24)) })
        }),
        ("forgotten", |house| {
            Box::pin(async {
                house
                    .idp
                    .forget_browsers_of(&house.user_id, |_| true, None)
                    .await
                    .unwrap();
            })
        }),
        ("disabled", |house| {
            Box::pin(async {
                let user = "alice".to_owned();
                house.order(AdminCommand::UserDisable { user: user.clone() }).await;
                house.order(AdminCommand::UserEnable { user }).await;
            })
        }),
    ];
    for (what, change) in rows {
        let house = House::with_app(&[]).await;
        let mine = house.signed_in(true).await;
        let again = with_cookies(&mine, house.sign_in(&mine).await.unwrap());
        assert_eq!(house.amr(&again).await, ["pwd"], "no more than was shown");
        waiting(house.sign_in(&browser()).await.unwrap());
        change(&house).await;
        waiting(
            house
                .sign_in(&mine)
                .await
                .unwrap_or_else(|error| panic!("{what}: {error}")),
        );
    }
}

#[tokio::test]
async fn a_remembered_browser_is_one_persons_and_only_where_it_is_offered() {
    let house = House::with_app(&[]).await;
    let mine = house.signed_in(true).await;
    let kept = house
        .idp
        .store
        .list::<RememberedBrowser>("", 10, house.clock.now())
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert!(
        !serde_json::to_string(&*kept[0])
            .unwrap()
            .contains(mine.remembered.as_ref().unwrap().expose().as_str())
    );
    let bob = NewUser {
        username: "bob".to_owned(),
        password: Some(Secret::new(PASSWORD.to_owned())),
        ..NewUser::default()
    };
    house.order(AdminCommand::UserAdd(bob)).await;
    let command = AdminCommand::UserImportAuthenticator {
        user: "bob".to_owned(),
        secret: Secret::new(BASE32.to_owned()),
    };
    house.order(command).await;
    let password = Secret::new(PASSWORD.to_owned());
    let of_bob = house
        .idp
        .sign_in(&Entry::default(), "bob", &password, &mine)
        .await
        .unwrap();
    waiting(of_bob);

    let house = House::with_app(&[("SIGN_IN__REMEMBER_BROWSER", "0s")]).await;
    let mine = house.signed_in(true).await;
    assert!(mine.remembered.is_none(), "not offered");
}

#[tokio::test]
async fn factors_are_changed_by_a_recent_sign_in_that_showed_all_of_them() {
    let house = House::with_app(&[]).await;
    let mine = house.signed_in(true).await;
    house.idp.recently_present(&mine).await.unwrap();
    let by_password = with_cookies(&mine, house.sign_in(&mine).await.unwrap());
    assert!(matches!(
        house.idp.recently_present(&by_password).await,
        Err(Error::SignInAgain)
    ));
    // The second factor alone is asked for, and raises the same session.
    let before = house.present(&by_password).await.session.to_value();
    let id = house.idp.step_up_to("passkeys", &by_password).await.unwrap().unwrap();
    let raised = with_cookies(&by_password, house.prove(&id, &by_password).await.unwrap());
    house.idp.recently_present(&raised).await.unwrap();
    let after = house.present(&raised).await.session.to_value();
    assert_eq!(
        (&after.sid, after.created_at, after.expires_at),
        (&before.sid, before.created_at, before.expires_at)
    );
    assert_ne!(after.cookie_digest, before.cookie_digest);
    assert_eq!(after.authentication.amr, ["pwd", "otp", "mfa"]);
    assert_eq!(after.authentication.auth_time, house.clock.now());
    assert!(
        house.idp.present(&by_password).await.unwrap().is_none(),
        "the former cookie is worth nothing"
    );
    // On the way there no remembered browser is asked.
    let entry = Entry {
        to: Some("passkeys"),
        ..Entry::default()
    };
    waiting(house.sign_in_to(&entry, &raised).await.unwrap());
    house.clock.advance(Duration::from_mins(11));
    assert!(matches!(
        house.idp.recently_present(&raised).await,
        Err(Error::SignInAgain)
    ));
}

#[tokio::test]
async fn second_factors_alone_do_not_keep_a_session_young() {
    let house = House::with_app(&[]).await;
    let mine = house.signed_in(true).await;
    let mine = with_cookies(&mine, house.sign_in(&mine).await.unwrap());
    house.clock.advance(Duration::from_mins(9));
    let id = house.idp.step_up_to("passkeys", &mine).await.unwrap().unwrap();
    let raised = with_cookies(&mine, house.prove(&id, &mine).await.unwrap());
    house.clock.advance(Duration::from_mins(9));
    house.idp.recently_present(&raised).await.unwrap();
    house.clock.advance(Duration::from_mins(2));
    assert_eq!(
        house.idp.step_up_to("passkeys", &raised).await.unwrap(),
        None,
        "the password is 20 minutes old"
    );
}

#[tokio::test]
async fn a_second_factor_comes_while_the_first_is_recent_or_not_at_all() {
    let house = House::with_app(&[]).await;
    let mine = house.signed_in(true).await;
    let mine = with_cookies(&mine, house.sign_in(&mine).await.unwrap());
    house.clock.advance(Duration::from_mins(9));
    let id = house.idp.step_up_to("passkeys", &mine).await.unwrap().unwrap();
    house.clock.advance(Duration::from_mins(2));
    assert!(is_gone(&house.prove(&id, &mine).await));
}

#[tokio::test]
async fn a_right_guess_among_many_at_once_looks_again_when_a_wrong_one_was_counted() {
    let house = House::open(&[]).await;
    let (mine, account) = (browser(), "second factor of somebody");
    let counters = house.idp.throttled(account, &mine).await.unwrap();
    house.idp.reject(account, None, "totp", &mine).await;
    let mut work = Work::default();
    house.idp.count_success(&mut work, &counters, account, &mine).unwrap();
    assert!(matches!(house.idp.commit(work).await, Err(Error::Conflict)));
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_raised() {
    let house = House::with_app(&[]).await;
    let mine = house.signed_in(true).await;
    let mine = with_cookies(&mine, house.sign_in(&mine).await.unwrap());
    let id = house.idp.step_up_to("passkeys", &mine).await.unwrap().unwrap();
    house.idp.end_sessions(&house.user_id, |_| true, None).await.unwrap();
    assert!(is_gone(&house.prove(&id, &mine).await));
}

#[tokio::test]
async fn an_app_that_was_confirmed_here_need_not_be_shown_again() {
    let house = House::open(&[]).await;
    let mine = browser();
    let mine = with_cookies(&mine, house.sign_in(&mine).await.unwrap());
    house.idp.begin_own_totp(&mine).await.unwrap();
    let offer = house.idp.own_authenticator(&mine).await.unwrap().offer.unwrap();
    let secret = totp::importable(offer.secret.expose()).unwrap();
    let code = Secret::new(totp::tests::code_at(secret.expose(), house.clock.now()));
    house.idp.confirm_own_totp(&code, &mine).await.unwrap();
    assert_eq!(house.amr(&mine).await, ["pwd", "otp", "mfa"]);
    house.idp.recently_present(&mine).await.unwrap();
}
