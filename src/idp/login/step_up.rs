//! Step-up: whoever is signed in shows a further factor, when a client or a policy wants more than the session shows.

use super::Entry;
use crate::{
    idp::{
        Browser, Idp, Result, again_on_conflict,
        audit::Work,
        authorize::{Outcome, Pending, Resumed},
        session::Present,
    },
    model::{
        factor::{Demand, FactorKind, Shown, Step},
        interaction::Interaction,
        user::Password,
    },
    protocol::{
        authorize::Step as Wanted,
        error::{Error as ProtocolError, ErrorCode},
    },
    store::Loaded,
};

/// How somebody who is signed in gets further.
pub enum StepUp {
    /// By one factor more; the id of the sign-in that waits for it.
    Second(String),
    /// By signing in anew: the first factor was shown too long ago.
    SignIn,
    /// Not at all, with what the account has.
    Nothing(Box<Lacking>),
    /// The interaction waits for something else.
    Elsewhere(Outcome),
}

/// What an account lacks for an interaction.
pub struct Lacking {
    /// The interaction.
    pub pending: Box<Pending>,
    /// Whether only a passkey would do.
    pub passkey: bool,
}

impl Idp {
    /// What can be done for an interaction that waits for a further factor.
    pub async fn step_up(&self, interaction: &str, browser: &Browser) -> Result<StepUp> {
        again_on_conflict(async || {
            let pending = match self.pending(interaction, browser).await? {
                Resumed::Pending(pending) => pending,
                Resumed::StartedAgain(outcome) => return Ok(StepUp::Elsewhere(outcome)),
            };
            let (Some(Wanted::StepUp), Some(present)) = (pending.step(), &pending.present) else {
                return self.advance_pending(&pending).await.map(StepUp::Elsewhere);
            };
            let (policy, two_factors) = self.demanded(&present.user, Some(&pending.interaction)).await?;
            let demand = Demand::of(policy, two_factors);
            let entry = Entry {
                interaction: Some(interaction),
                ..Entry::default()
            };
            Ok(match self.raise_by(present, demand, &entry, browser).await? {
                Some(raise) => raise,
                None => StepUp::Nothing(Box::new(Lacking {
                    passkey: demand.passkey,
                    pending,
                })),
            })
        })
        .await
    }

    /// The same before a page of ours that changes factors; `None` when there is nothing to ask for beside a whole sign-in.
    pub async fn step_up_to(&self, to: &str, browser: &Browser) -> Result<Option<String>> {
        again_on_conflict(async || {
            let Some(present) = self.present(browser).await? else {
                return Ok(None);
            };
            let demand = Demand::of(self.strictest_policy(&present.user).await?, false);
            let entry = Entry {
                to: Some(to),
                ..Entry::default()
            };
            Ok(match self.raise_by(&present, demand, &entry, browser).await? {
                Some(StepUp::Second(id)) => Some(id),
                _ => None,
            })
        })
        .await
    }

    /// Begins to raise a session. `None`: the account has nothing that would.
    async fn raise_by(
        &self,
        present: &Present,
        demand: Demand,
        entry: &Entry<'_>,
        browser: &Browser,
    ) -> Result<Option<StepUp>> {
        let shown = present.session.shown();
        let proofs = Shown::proofs(&shown);
        let factors = self.factors(&present.user).await?;
        let next = match factors.next_for(&proofs, demand) {
            // An account may ask for more by itself since the session began, or where a browser stood in for it.
            Step::Stuck => factors.next_for(&proofs, Demand::NONE),
            next => next,
        };
        match next {
            Step::Second(_) if self.is_first_recent(&shown) => {}
            Step::Second(_) | Step::First(_) => return Ok(Some(StepUp::SignIn)),
            Step::Done(_) | Step::Stuck => return Ok(None),
        }
        let mut begun = self.new_sign_in(&present.user, entry, browser);
        if proofs.contains(&crate::model::factor::Proof::Password) {
            let kept = self.store.get::<Password>(&present.user.id, self.now()).await?;
            begun.password_changed_at = kept.map(|kept| kept.changed_at);
        }
        // Both proofs are to be recent when it is done.
        if let Some(first) = shown.iter().map(|shown| shown.at).min() {
            begun.expires_at = begun.expires_at.min(first + self.config.sign_in.recent);
        }
        begun.sid = Some(present.session.sid.clone());
        begun.shown = shown;
        let mut work = Work::default();
        work.insert(&begun)?;
        work.require(&present.session);
        self.commit(work).await?;
        Ok(Some(StepUp::Second(begun.id)))
    }

    /// Whether what was shown first still counts beside a further factor. Judged by its own time: a session cannot be kept young by second
    /// factors alone.
    fn is_first_recent(&self, shown: &[Shown]) -> bool {
        let first = shown.iter().map(|shown| shown.at).min();
        first.is_some_and(|first| self.now().since(first) <= self.config.sign_in.recent)
    }

    /// Ends an interaction whose end-user gives up at the step-up; on any other step the right page is shown.
    pub async fn give_up(&self, interaction: &str, browser: &Browser) -> Result<Outcome> {
        again_on_conflict(async || {
            let pending = match self.pending(interaction, browser).await? {
                Resumed::Pending(pending) => pending,
                Resumed::StartedAgain(outcome) => return Ok(outcome),
            };
            if pending.step() == Some(Wanted::StepUp) {
                self.refuse(&pending, &Self::gave_up(&pending.interaction)).await
            } else {
                self.advance_pending(&pending).await
            }
        })
        .await
    }

    /// What a client is told when its end-user gives up at the step-up.
    fn gave_up(interaction: &Loaded<Interaction>) -> ProtocolError {
        if interaction.request.demands_two_factors() {
            ErrorCode::UnmetAuthenticationRequirements.because("the end-user could not show what acr asks for")
        } else {
            ErrorCode::AccessDenied.because("the end-user could not sign in as the operator's policy wants it")
        }
    }

    /// Whether a session shows as much as its account and the strictest policy of any client ask for, for what only its owner may do. Where the
    /// account has nothing more to show, what it has shown is enough: so the first passkey of an account that needs one can be added.
    pub(in crate::idp) async fn shows_enough(&self, present: &Present) -> Result<bool> {
        let demand = Demand::of(self.strictest_policy(&present.user).await?, false);
        if present.user.second_factors.is_empty() && demand == Demand::NONE {
            return Ok(true);
        }
        let proofs = Shown::proofs(&present.session.shown());
        let factors = self.factors(&present.user).await?;
        let is_done = |demand| matches!(factors.next_for(&proofs, demand), Step::Done(_));
        Ok(match factors.next_for(&proofs, demand) {
            Step::Done(_) => true,
            Step::Stuck => is_done(Demand::NONE),
            Step::First(_) | Step::Second(_) => false,
        })
    }

    /// Adds a proof to a session that was given in it, so that it need not be asked for again at once; for a factor that is confirmed by
    /// showing it.
    pub(in crate::idp) fn raise_session(&self, work: &mut Work, present: &Present, kind: &FactorKind) -> Result<()> {
        let proof = match kind {
            FactorKind::Totp => crate::model::factor::Proof::Totp,
            _ => return Ok(()),
        };
        let mut session = present.session.to_value();
        session.shown = present.session.shown();
        if !self.is_first_recent(&session.shown) {
            return Ok(());
        }
        session.shown.push(Shown { proof, at: self.now() });
        session.authentication = Shown::authentication(&session.shown);
        Ok(work.update(&present.session, &session)?)
    }
}
