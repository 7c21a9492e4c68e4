//! The second step: a sign-in that waits in its browser for a further factor.

use std::time::Duration;

use super::{Coming, Entry, Factor, Progress};
use crate::{
    credential::passkey::Assertion,
    idp::{
        Browser, Error, Idp, Result, again_on_conflict,
        audit::Work,
        factors::{Presented, second_factor_of},
        passkey::{Accepted, Challenge},
    },
    model::{
        factor::{Demand, FactorKind, Shown, Step},
        passkey::{Passkey, Purpose},
        sign_in::SignIn,
        user::User,
    },
    protocol::client::policy::SignInPolicy,
    secret::{self, Secret},
    store::Loaded,
};

/// How long a sign-in waits for its next factor.
const LIFETIME: Duration = Duration::from_mins(10);

/// What a person types as a further factor. A passkey answers through a ceremony of its own.
pub enum SecondProof {
    /// A code.
    Code(Presented),
    /// The password, after a passkey that did not verify its person.
    Password(Secret<String>),
}

/// What the page of a waiting sign-in asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The kinds that would do, the one to ask for first in front.
    pub kinds: Vec<FactorKind>,
    /// Who signs in.
    pub username: String,
    /// The interaction that waits.
    pub interaction: Option<String>,
    /// The page of ours that the person goes on to.
    pub to: Option<String>,
    /// Whether the browser may add a passkey by itself afterwards.
    pub upgrade: bool,
    /// Whether a session is raised, rather than begun.
    pub raises: bool,
    /// For how long the browser can be remembered.
    pub remember: Option<Duration>,
}

impl SecondProof {
    fn kind(&self) -> FactorKind {
        match self {
            Self::Code(presented) => presented.proof().kind(),
            Self::Password(_) => FactorKind::Password,
        }
    }
}

impl Idp {
    /// What a sign-in of this browser waits for.
    ///
    /// # Errors
    /// `InteractionGone` when it is over, too old or another browser's; `Disabled`.
    pub async fn asked_second(&self, id: &str, browser: &Browser) -> Result<Asked> {
        let (waiting, user) = self.waiting(id, browser).await?;
        let interaction = waiting.interaction.as_deref();
        let interaction = self.waiting_interaction(interaction, browser).await?;
        let (policy, two_factors) = self.demanded(&user, interaction.as_ref()).await?;
        let factors = self.factors(&user).await?;
        let proofs = Shown::proofs(&waiting.shown);
        let next = match factors.next_for(&proofs, Demand::of(policy, two_factors)) {
            Step::Stuck => factors.next_for(&proofs, Demand::NONE),
            next => next,
        };
        let (Step::First(mut kinds) | Step::Second(mut kinds)) = next else {
            // The factor that was waited for is gone.
            return Err(Error::InteractionGone);
        };
        // What most people have at hand comes first.
        kinds.sort_by_key(|kind| *kind != FactorKind::Totp);
        let lifetime = self.config.sign_in.remember_browser;
        let can_remember = !lifetime.is_zero()
            && waiting.sid.is_none()
            && waiting.to.is_none()
            && !two_factors
            && policy < SignInPolicy::Passkey;
        Ok(Asked {
            kinds,
            username: user.username.clone(),
            interaction: waiting.interaction.clone(),
            to: waiting.to.clone(),
            upgrade: waiting.upgrade,
            raises: waiting.sid.is_some(),
            remember: can_remember.then_some(lifetime),
        })
    }

    /// Takes what was typed.
    ///
    /// # Errors
    /// `Invalid` with the field `code` or `password` when it is wrong, `TooMany` after too many of those, and those of
    /// [`Idp::asked_second`].
    pub async fn prove_second(
        &self,
        id: &str,
        proof: &SecondProof,
        remember: bool,
        browser: &Browser,
    ) -> Result<(Progress, Asked)> {
        let asked = self.asked_second(id, browser).await?;
        if !asked.kinds.contains(&proof.kind()) {
            return Err(Error::InteractionGone);
        }
        let (_, user) = self.waiting(id, browser).await?;
        let coming = |factor| Coming {
            user_id: &user.id,
            factor,
            waiting: Some(id),
            entry: Entry::default(),
            remember: remember && asked.remember.is_some(),
        };
        let progress = match proof {
            SecondProof::Code(presented) => {
                let factor = Factor::Code(presented.proof());
                let then = async |work: &mut Work| self.after_proof(work, &coming(&factor), browser).await;
                let spent = self.spend_second_factor(&user.id, presented, browser, then).await;
                match &spent {
                    Ok(progress) => self.count_progress(progress),
                    Err(Error::Invalid { .. }) => self.metrics.login("failed"),
                    Err(_) => {}
                }
                spent?
            }
            SecondProof::Password(password) => {
                match self.right_password(&user.id, Some(&user.id), password, browser).await? {
                    (_, Some(factor)) => {
                        again_on_conflict(async || self.follow_proof(&coming(&factor), browser).await).await?
                    }
                    _ => return Err(self.reject(&user.id, Some(&user.id), "password", browser).await),
                }
            }
        };
        Ok((progress, asked))
    }

    /// A challenge for one of the passkeys of whoever signs in.
    pub async fn begin_second_passkey(&self, id: &str, browser: &Browser) -> Result<Challenge> {
        let asked = self.asked_second(id, browser).await?;
        if !asked.kinds.contains(&FactorKind::Passkey) {
            return Err(Error::InteractionGone);
        }
        let (_, user) = self.waiting(id, browser).await?;
        let sign_in = id.to_owned();
        self.challenge_owner(&user.id, Purpose::SecondFactor { sign_in }, browser)
            .await
    }

    /// Takes the answer to it.
    pub async fn finish_second_passkey(
        &self,
        ceremony: &str,
        answer: &str,
        remember: bool,
        browser: &Browser,
    ) -> Result<(Progress, Asked, Option<Accepted>)> {
        let ceremony = self.spend_challenge(ceremony, browser).await?;
        let Purpose::SecondFactor { sign_in: id } = ceremony.purpose.clone() else {
            return Err(Error::InteractionGone);
        };
        let asked = self.asked_second(&id, browser).await?;
        let (_, user) = self.waiting(&id, browser).await?;
        let account = second_factor_of(&user.id);
        let assertion = match Assertion::parse(answer) {
            Ok(assertion) => assertion,
            Err(refusal) => return Err(self.reject(&account, Some(&user.id), refusal.word(), browser).await),
        };
        let digest = Passkey::credential_digest(&assertion.credential_id);
        let passkey = self.store.find::<Passkey>("credential", &digest, self.now()).await?;
        let Some(passkey) = passkey.filter(|passkey| passkey.user_id == user.id) else {
            return Err(self
                .reject(&account, Some(&user.id), "unknown_credential", browser)
                .await);
        };
        let remember = remember && asked.remember.is_some();
        let progress = again_on_conflict(async || {
            let factor = self
                .assert_passkey(&account, &passkey.id, &ceremony, &assertion, browser)
                .await?;
            let coming = Coming {
                user_id: &user.id,
                factor: &factor,
                waiting: Some(&id),
                entry: Entry::default(),
                remember,
            };
            self.follow_proof(&coming, browser).await
        })
        .await?;
        let accepted = match progress {
            Progress::SignedIn(_) => Some(self.accepted_here(&user.id).await?),
            Progress::Second(_) => None,
        };
        Ok((progress, asked, accepted))
    }

    /// A sign-in of this browser that waits, and its user.
    async fn waiting(&self, id: &str, browser: &Browser) -> Result<(Loaded<SignIn>, Loaded<User>)> {
        let kept = self
            .store
            .get::<SignIn>(id, self.now())
            .await?
            .ok_or(Error::InteractionGone)?;
        let user = self.enabled_user(&kept.user_id).await?.ok_or(Error::Disabled)?;
        Ok((self.waiting_sign_in(id, &user, browser).await?, user))
    }

    /// The same, as the commit has to find it: of this browser, this user, and begun in the user's present epoch.
    pub(super) async fn waiting_sign_in(&self, id: &str, user: &User, browser: &Browser) -> Result<Loaded<SignIn>> {
        let kept = self.store.get::<SignIn>(id, self.now()).await?;
        let of_this = |kept: &Loaded<SignIn>| {
            secret::same(&kept.browser_digest, &secret::digest(browser.binding.expose()))
                && kept.user_id == user.id
                && kept.epoch == user.epoch
        };
        kept.filter(of_this).ok_or(Error::InteractionGone)
    }

    /// A sign-in that has shown nothing yet.
    pub(super) fn new_sign_in(&self, user: &User, entry: &Entry<'_>, browser: &Browser) -> SignIn {
        SignIn {
            id: secret::random_id(),
            browser_digest: secret::digest(browser.binding.expose()),
            user_id: user.id.clone(),
            epoch: user.epoch,
            password_changed_at: None,
            shown: Vec::new(),
            sid: None,
            // What a form says, and no interaction is called.
            interaction: entry.interaction.filter(|id| id.len() <= 64).map(str::to_owned),
            to: entry.to.map(str::to_owned),
            upgrade: entry.upgrade,
            expires_at: self.now() + LIFETIME,
        }
    }
}
