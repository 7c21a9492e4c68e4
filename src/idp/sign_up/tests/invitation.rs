//! Invitations: what they make, how they end, and which cannot be.

use serde_json::json;

use super::*;
use crate::{model::sign_up::Invitation, protocol::client::policy::SignInPolicy};

#[tokio::test]
async fn an_invitation_makes_the_account_that_it_describes_once() {
    // Threat 24.
    let stage = Stage::start("mode = \"invitation\"").await;
    let shop = AdminCommand::OrganizationAdd {
        name: "Shop".to_owned(),
        id: Some("shop".to_owned()),
        sign_in_policy: SignInPolicy::default(),
    };
    stage.idp.execute(shop).await.unwrap();
    let (_, token) = stage
        .invite(NewInvitation {
            role: Some("admin".to_owned()),
            organization: Some("Shop".to_owned()),
            org_role: Some("owner".to_owned()),
            ..invitation("Alice@example.com")
        })
        .await;
    let here = browser("here");
    let invited = stage.idp.invited(&token, &here).await.unwrap();
    assert_eq!(
        (invited.email.as_str(), invited.organization.as_deref()),
        ("Alice@example.com", Some("Shop"))
    );
    assert_eq!(invited.standing, Standing::New);
    let outcomes = futures_util::future::join_all((0..64).map(|_| stage.accept(&token, &here))).await;
    let made = outcomes.iter().filter(|it| matches!(it, Ok(Ok(_)))).count();
    let users = stage.users().await;
    assert_eq!((made, users.len()), (1, 1));
    assert_eq!((users[0].role.as_str(), users[0].email_verified), ("admin", true));
    assert_eq!(
        users[0].memberships,
        [crate::model::user::Membership {
            organization_id: "shop".to_owned(),
            role: "owner".to_owned(),
        }]
    );
    assert!(matches!(stage.accept(&token, &here).await, Err(Error::LinkGone)));
}

#[tokio::test]
async fn an_invitation_ends_by_time_by_hand_and_never_serves_for_something_else() {
    let stage = Stage::start("mode = \"invitation\"").await;
    let here = browser("here");
    let (id, revoked) = stage.invite(invitation("a@example.com")).await;
    let (_, late) = stage
        .invite(NewInvitation {
            lifetime_seconds: Some(60),
            ..invitation("b@example.com")
        })
        .await;
    let listed = stage.idp.execute(AdminCommand::InvitationList).await.unwrap();
    assert_eq!(listed["invitations"].as_array().unwrap().len(), 2);
    let revoke = AdminCommand::InvitationRevoke { id };
    stage.idp.execute(revoke.clone()).await.unwrap();
    assert!(stage.idp.execute(revoke).await.is_err(), "there is none any more");
    stage.clock.advance(Duration::from_mins(1));
    for token in [&revoked, &late] {
        assert!(matches!(stage.idp.invited(token, &here).await, Err(Error::LinkGone)));
        assert!(matches!(stage.accept(token, &here).await, Err(Error::LinkGone)));
    }
    assert!(stage.users().await.is_empty());
    let (_, token) = stage.invite(invitation("c@example.com")).await;
    assert!(
        matches!(stage.confirm(&token, &here).await, Err(Error::LinkGone)),
        "it is no link of a sign-up"
    );
    let kept = stage
        .idp
        .store
        .list::<Invitation>("", 10, stage.clock.now())
        .await
        .unwrap();
    assert!(
        !serde_json::to_string(&*kept[0]).unwrap().contains(&token[22..]),
        "the token is nowhere"
    );
}

#[tokio::test]
async fn an_invitation_that_cannot_be_is_refused_in_words() {
    let closed = Stage::start("").await;
    let refused = |refused: std::result::Result<serde_json::Value, _>| -> String {
        let error: crate::idp::admin::AdminError = refused.unwrap_err();
        error.message
    };
    let new = |new| AdminCommand::InvitationNew(new);
    let why = refused(closed.idp.execute(new(invitation("a@example.com"))).await);
    assert!(why.contains("sign_up.mode"), "{why}");
    let stage = Stage::start("mode = \"invitation\"").await;
    let (_, token) = stage.invite(invitation("taken@example.com")).await;
    stage.accept(&token, &browser("x")).await.unwrap().unwrap();
    let base = || invitation("a@example.com");
    for (wrong, told) in [
        (invitation("nonsense"), "not an address"),
        (invitation("Taken@Example.com"), "has an account already"),
        (
            NewInvitation {
                role: Some("king".to_owned()),
                ..base()
            },
            "role is one of",
        ),
        (
            NewInvitation {
                org_role: Some("owner".to_owned()),
                ..base()
            },
            "needs the organization",
        ),
        (
            NewInvitation {
                organization: Some("nowhere".to_owned()),
                ..base()
            },
            "no organization",
        ),
        (
            NewInvitation {
                lifetime_seconds: Some(0),
                ..base()
            },
            "90 days",
        ),
        (
            NewInvitation {
                lifetime_seconds: Some(91 * 86_400),
                ..base()
            },
            "90 days",
        ),
    ] {
        let why = refused(stage.idp.execute(new(wrong.clone())).await);
        assert!(why.contains(told), "{wrong:?}: {why}");
    }
    assert_eq!(
        stage.idp.execute(AdminCommand::InvitationList).await.unwrap(),
        json!({"invitations": []})
    );
}
