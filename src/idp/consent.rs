//! The end-user's yes or no, and the choice of an account.

use std::collections::BTreeSet;

use super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
    authorize::{Outcome, Pending, Resumed},
};
use crate::{
    model::{grant::Consent, interaction::Interaction},
    protocol::{
        authorize::Step,
        client::ConsentPolicy,
        error::{Error as ProtocolError, ErrorCode},
        scope::Scope,
    },
    secret,
};

/// What the end-user said on the consent or account page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The client may have what it asked for.
    Allow,
    /// It may not.
    Deny,
    /// Go on with the account that is signed in.
    Continue,
    /// Sign in as somebody else.
    OtherAccount,
}

fn refused() -> ProtocolError {
    ErrorCode::AccessDenied.because("the end-user refused")
}

impl Idp {
    /// Applies a decision to the step for which it was made; on any other step it does nothing and the right page is shown.
    pub async fn decide(&self, interaction_id: &str, decision: Decision, browser: &Browser) -> Result<Outcome> {
        if decision == Decision::Deny {
            // A no on a page that had ended stays a no: starting again might find an earlier yes.
            let interaction = self.own_interaction(interaction_id, browser).await?;
            if !interaction.is_usable(self.now()) {
                return Ok(self.tell(&interaction.request.destination, &refused()));
            }
        }
        again_on_conflict(async || {
            let pending = match self.pending(interaction_id, browser).await? {
                Resumed::Pending(pending) => pending,
                Resumed::StartedAgain(outcome) => return Ok(outcome),
            };
            match (pending.step(), decision) {
                (Some(Step::Consent), Decision::Allow) => self.allow(&pending, browser).await,
                (Some(Step::Consent), Decision::Deny) => self.refuse(&pending, &refused()).await,
                (Some(Step::SelectAccount), Decision::Continue) => {
                    let account = pending.present.as_ref().map(|present| present.session.sid.clone());
                    self.go_on(&pending, browser, |interaction| {
                        interaction.account.clone_from(&account);
                    })
                    .await
                }
                (Some(Step::Consent | Step::SelectAccount), Decision::OtherAccount) => {
                    self.go_on(&pending, browser, |interaction| {
                        interaction.login = None;
                        interaction.request.prompt.login = true;
                    })
                    .await
                }
                _ => self.advance_pending(&pending).await,
            }
        })
        .await
    }

    /// One commit: the yes is remembered, the interaction ends, the code is written.
    async fn allow(&self, pending: &Pending, browser: &Browser) -> Result<Outcome> {
        let present = pending.present.as_ref().ok_or(Error::InteractionGone)?;
        let mut changes = Self::finishing(pending)?;
        let mut mark = String::new();
        if pending.client.metadata.consent == ConsentPolicy::Required {
            mark = self
                .remember_consent(&mut changes, &present.user.id, pending, browser)
                .await?;
        }
        self.issue(changes, &pending.client, pending.request(), present, mark)
            .await
            .map(Outcome::Answer)
    }

    /// Gives the mark of the yes: a yes to more goes on from an earlier one.
    async fn remember_consent(
        &self,
        changes: &mut Work,
        user_id: &str,
        pending: &Pending,
        browser: &Browser,
    ) -> Result<String> {
        let client_id = &pending.client.client_id;
        let earlier = self
            .store
            .get::<Consent>(&Consent::id_of(user_id, client_id), self.now())
            .await?;
        let since = pending.client.created_at;
        let valid = earlier.as_ref().filter(|consent| consent.client_since == since);
        let before = valid.map(|consent| consent.scope.clone()).unwrap_or_default();
        let [claims, resources] = valid
            .map(|consent| [consent.claims.clone(), consent.resources.clone()])
            .unwrap_or_default();
        let mark = valid.map_or_else(secret::random_id, |consent| consent.mark.clone());
        let scope = Scope::union(&before, &pending.request().scope);
        let beyond = self.claims_beyond(&pending.client, &scope, &pending.request().claims);
        let beyond: BTreeSet<String> = beyond.into_iter().collect();
        let asked: BTreeSet<String> = pending.request().resources.iter().cloned().collect();
        let consent = Consent {
            user_id: user_id.to_owned(),
            client_id: client_id.clone(),
            client_since: since,
            mark: mark.clone(),
            scope,
            claims: claims.union(&beyond).cloned().collect(),
            resources: resources.union(&asked).cloned().collect(),
            given_at: self.now(),
        };
        match &earlier {
            Some(earlier) => changes.update(earlier, &consent)?,
            None => changes.insert(&consent)?,
        }
        let mut event = Event::new("consent.given")
            .actor(user_id)
            .subject(client_id)
            .at(browser);
        event = event.fact("scope", pending.request().scope.to_string());
        for (fact, named) in [("claims", beyond), ("resources", asked)] {
            if !named.is_empty() {
                event = event.fact(fact, named.into_iter().collect::<Vec<_>>().join(" "));
            }
        }
        self.audit(changes, event)?;
        Ok(mark)
    }

    async fn go_on(&self, pending: &Pending, browser: &Browser, change: impl Fn(&mut Interaction)) -> Result<Outcome> {
        let mut interaction = pending.interaction.to_value();
        change(&mut interaction);
        let mut changes = Work::default();
        changes.update(&pending.interaction, &interaction)?;
        self.commit(changes).await?;
        Box::pin(self.advance(&interaction.id, browser)).await
    }
}
