//! Invitations: bound to an address, used once, revoked by whoever made them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    super::{
        Browser, Error, Idp, Result,
        admin::{NewInvitation, NewUser, is_identifier, not_found},
        again_on_conflict,
        audit::{Event, Work},
        login::Progress,
        mail::{Bound, Recipient},
        session::Present,
    },
    Taken, Wanted, at_the_form,
};
use crate::{
    language::Language,
    model::{
        mail::{Letter, Link, Purpose},
        organization::Organization,
        sign_up::Invitation,
        user::{Membership, User, canonical},
    },
    protocol::claims::email::EmailAddress,
    secret,
    store::Loaded,
};

/// The longest that an invitation works.
const LONGEST: Duration = Duration::from_hours(90 * 24);
/// The role in an organization when none is said.
const MEMBER: &str = "member";
/// The most invitations that a list shows.
const SHOWN: usize = 10_000;

/// An invitation as whoever opens its link sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Whose it is.
    pub email: String,
    /// The name of the organization to join.
    pub organization: Option<String>,
    /// The name of the person who invites; none for an operator.
    pub inviter: Option<String>,
    /// What it means at this browser.
    pub standing: Standing,
}

/// What an invitation means to whoever opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The address has no account: there is a form to make one.
    New,
    /// Whose it is is signed in here, and can join.
    Join {
        /// Their username.
        username: String,
    },
    /// The address has an account, and nobody is signed in here.
    SignInFirst,
    /// Somebody else is signed in here.
    SomebodyElse {
        /// Their username.
        username: String,
    },
    /// Whose it is is signed in, but the address of the account is not proven.
    Unverified,
    /// The address has an account already, and there is nothing to join.
    Nothing,
}

/// What an invitation has brought about.
#[derive(Debug)]
pub enum Accepted {
    /// An account, and a sign-in to it.
    Entered(Progress),
    /// An account: its person signs in.
    Created,
    /// A membership.
    Joined,
}

/// An invitation with everything that it rests on.
struct Opened {
    link: Loaded<Link>,
    invitation: Loaded<Invitation>,
    organization: Option<Loaded<Organization>>,
    holder: Option<Loaded<User>>,
}

impl Opened {
    /// The commit that spends it.
    fn spent(&self) -> Result<Work> {
        let mut work = Work::default();
        work.delete(&self.link)?;
        work.delete(&self.invitation)?;
        if let Some(organization) = &self.organization {
            work.require(organization);
        }
        Ok(work)
    }

    fn standing(&self, present: Option<&Present>) -> Standing {
        let Some(holder) = &self.holder else {
            return Standing::New;
        };
        if self.invitation.membership.is_none() {
            return Standing::Nothing;
        }
        let Some(present) = present else {
            return Standing::SignInFirst;
        };
        let username = present.user.username.clone();
        if present.user.id != holder.id {
            return Standing::SomebodyElse { username };
        }
        // Not by a username that looks like the address, nor by an address that was only claimed (threat 39).
        let own = holder.email.as_deref().map(canonical) == Some(canonical(&self.invitation.email.to_string()));
        if own && holder.email_verified {
            Standing::Join { username }
        } else {
            Standing::Unverified
        }
    }
}

impl Idp {
    async fn open_invitation(&self, token: &str) -> Result<Opened> {
        let link = self.link(Purpose::Invitation, token).await?;
        let invitation = self.store.get::<Invitation>(&link.subject, self.now()).await?;
        let invitation = invitation.ok_or(Error::LinkGone)?;
        let organization = match &invitation.membership {
            Some(membership) => {
                let id = &membership.organization_id;
                let found = self.store.get::<Organization>(id, self.now()).await?;
                Some(found.ok_or(Error::LinkGone)?)
            }
            None => None,
        };
        let holder = self.holder(&invitation.email.to_string()).await?;
        Ok(Opened {
            link,
            invitation,
            organization,
            holder,
        })
    }

    /// The invitation of a token, for the page that shows it. Nothing changes.
    pub async fn invited(&self, token: &str, browser: &Browser) -> Result<Invited> {
        let opened = self.open_invitation(token).await?;
        let present = self.present(browser).await?;
        let inviter = match &opened.invitation.invited_by {
            Some(id) => self.enabled_user(id).await?.map(|user| user.display_name()),
            None => None,
        };
        Ok(Invited {
            email: opened.invitation.email.to_string(),
            standing: opened.standing(present.as_ref()),
            organization: opened.organization.map(|organization| organization.name.clone()),
            inviter,
        })
    }

    /// Makes the account of an invitation, or joins its organization. The commit that does it spends the invitation.
    pub async fn accept_invitation(
        &self,
        token: &str,
        wanted: Option<&Wanted>,
        language: Language,
        browser: &Browser,
    ) -> Result<Taken<Accepted>> {
        let opened = self.open_invitation(token).await?;
        if opened.holder.is_some() {
            return self.join(token, browser).await.map(|()| Ok(Accepted::Joined));
        }
        // The page of somebody whose address has lost its account since.
        let Some(wanted) = wanted else {
            return Err(Error::LinkGone);
        };
        let described = NewUser {
            email_verified: true,
            role: opened.invitation.role.clone(),
            ..wanted.user(&opened.invitation.email, language)
        };
        let user = match self.shaped_user(&described) {
            Ok(user) => User {
                memberships: opened.invitation.membership.iter().cloned().collect(),
                ..user
            },
            Err(error) => return at_the_form(error),
        };
        let password = match self.chosen_password(&user, &wanted.password).await {
            Ok(password) => password,
            Err(error) => return at_the_form(error),
        };
        let created = again_on_conflict(async || {
            let opened = self.open_invitation(token).await?;
            let mut work = opened.spent()?;
            self.add_account(&mut work, &user, &password.hash).await?;
            let mut event = Event::new("user.invited").actor(&user.id).subject(&user.id);
            event = event.fact("invitation", opened.invitation.id.as_str());
            if let Some(terms) = &wanted.terms {
                event = event.fact("terms", terms.as_str());
            }
            self.audit(&mut work, event.address(browser.address))?;
            self.commit(work).await
        });
        if let Err(error) = created.await {
            return at_the_form(error);
        }
        Ok(Ok(match self.enter(&user.id, None, browser).await? {
            Some(progress) => Accepted::Entered(progress),
            None => Accepted::Created,
        }))
    }

    /// Whoever is signed in joins, when it is exactly whose address it is.
    async fn join(&self, token: &str, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let opened = self.open_invitation(token).await?;
            let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
            let (Standing::Join { .. }, Some(membership)) =
                (opened.standing(Some(&present)), &opened.invitation.membership)
            else {
                return Err(Error::SignInAgain);
            };
            let mut user = present.user.to_value();
            let id = &membership.organization_id;
            match user.memberships.iter_mut().find(|own| own.organization_id == *id) {
                Some(own) => own.role.clone_from(&membership.role),
                None => user.memberships.push(membership.clone()),
            }
            user.updated_at = self.now();
            let mut work = opened.spent()?;
            work.require(&present.session);
            work.update(&present.user, &user)?;
            let event = Event::new("invitation.accepted").actor(&user.id).subject(&user.id);
            let event = event.fact("invitation", opened.invitation.id.as_str());
            self.audit(&mut work, event.address(browser.address))?;
            self.commit(work).await
        })
        .await
    }

    /// Invites somebody. The link goes by mail, or to the operator when there is no mail server or they asked for it.
    pub(in crate::idp) async fn invitation_new(&self, new: NewInvitation) -> Result<Value> {
        if !self.config.sign_up.takes_invitations() {
            let words = "nobody can be invited while sign_up.mode is \"closed\": set it to \"invitation\" first";
            return Err(Error::invalid("mode", words));
        }
        let (invitation, organization) = self.shaped_invitation(&new).await?;
        let is_sent = self.has_mail() && !new.print_link;
        again_on_conflict(async || {
            let mut work = Work::default();
            work.insert(&invitation)?;
            if let Some(organization) = &organization {
                work.require(organization);
            }
            let bound = Bound {
                purpose: Purpose::Invitation,
                subject: &invitation.id,
                address: Some(invitation.email.clone()),
                former: None,
                epoch: None,
                lifetime: invitation.expires_at.since(self.now()),
            };
            let link = self.new_link(&mut work, bound).await?;
            if is_sent {
                let recipient = Recipient {
                    user_id: None,
                    to: &invitation.email,
                    language: None,
                };
                let letter = Letter::Invitation {
                    link: link.id.clone(),
                    organization: organization.as_ref().map(|organization| organization.name.clone()),
                };
                self.send_letter_to(&mut work, &recipient, letter, Some(link.expires_at))?;
            }
            let event = Event::new("invitation.made").actor("operator");
            self.audit(&mut work, event.subject(&invitation.id))?;
            self.commit(work).await?;
            let mut answer = invitation_answer(&invitation);
            answer["sent"] = is_sent.into();
            if !is_sent {
                answer["url"] = self.link_url(&link).expose().as_str().into();
            }
            Ok(answer)
        })
        .await
    }

    async fn shaped_invitation(&self, new: &NewInvitation) -> Result<(Invitation, Option<Loaded<Organization>>)> {
        let email = EmailAddress::parse(&new.email)
            .map_err(|error| Error::invalid("email", format!("{:?} is {error}", new.email)))?;
        if let Some(role) = new.role.as_ref().filter(|role| !self.config.users.roles.contains(role)) {
            let roles = self.config.users.roles.join(", ");
            return Err(Error::invalid("role", format!("role is one of {roles}, not {role}")));
        }
        let organization = match &new.organization {
            Some(named) => Some(self.organization(named).await?),
            None if new.org_role.is_some() => {
                return Err(Error::invalid(
                    "org_role",
                    "a role in an organization needs the organization",
                ));
            }
            None => None,
        };
        let org_role = new.org_role.as_deref().unwrap_or(MEMBER);
        if !is_identifier(org_role) {
            return Err(Error::invalid("org_role", "a role is 1 to 128 of A-Z a-z 0-9 . _ ~ -"));
        }
        if organization.is_none() && self.holder(&email.to_string()).await?.is_some() {
            let words = format!("{email} has an account already: invite it to an organization");
            return Err(Error::invalid("email", words));
        }
        let lifetime = new
            .lifetime_seconds
            .map_or(self.config.sign_up.invitation_lifetime, Duration::from_secs);
        if lifetime.is_zero() || lifetime > LONGEST {
            return Err(Error::invalid("lifetime", "an invitation works for at most 90 days"));
        }
        let now = self.now();
        let invitation = Invitation {
            id: secret::random_id(),
            email,
            role: new.role.clone(),
            membership: organization.as_ref().map(|organization| Membership {
                organization_id: organization.id.clone(),
                role: org_role.to_owned(),
            }),
            invited_by: None,
            created_at: now,
            expires_at: now + lifetime,
        };
        Ok((invitation, organization))
    }

    /// The invitations that still work.
    pub(in crate::idp) async fn invitation_list(&self) -> Result<Value> {
        let invitations = self.store.list::<Invitation>("", SHOWN, self.now()).await?;
        let answers: Vec<Value> = invitations.iter().map(|it| invitation_answer(it)).collect();
        Ok(json!({ "invitations": answers }))
    }

    /// Ends an invitation; its link dies.
    pub(in crate::idp) async fn invitation_revoke(&self, id: &str) -> Result<Value> {
        again_on_conflict(async || {
            let invitation = self.store.get::<Invitation>(id, self.now()).await?;
            let invitation = invitation.ok_or_else(|| not_found("invitation", id))?;
            let mut work = Work::default();
            work.delete(&invitation)?;
            self.forget_link(&mut work, Purpose::Invitation, id).await?;
            let event = Event::new("invitation.revoked").actor("operator");
            self.audit(&mut work, event.subject(id))?;
            self.commit(work).await?;
            Ok(json!({ "id": id }))
        })
        .await
    }
}

fn invitation_answer(invitation: &Invitation) -> Value {
    let membership = invitation.membership.as_ref();
    json!({
        "id": invitation.id,
        "email": invitation.email.to_string(),
        "role": invitation.role,
        "organization": membership.map(|membership| membership.organization_id.as_str()),
        "org_role": membership.map(|membership| membership.role.as_str()),
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    })
}
