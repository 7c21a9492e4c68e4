//! The authorization endpoint: from a request to a page, a code or an error (OpenID Connect Core, 3.1.2).

use std::sync::Arc;

use super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
    gate::Asked,
    session::Present,
};
use crate::{
    model::{
        client::Client,
        factor::{Demand, FactorKind, Level, Shown, Step as Factor},
        interaction::Interaction,
    },
    protocol::{
        authorize::{self, AuthorizationRequest, Login, Progress, Refusal, Step},
        error::{Error as ProtocolError, ErrorCode},
        params::Params,
        response::{Answer, Destination},
    },
    secret,
    store::Loaded,
};

/// Where the browser goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// To the client, with what was granted or an error.
    Answer(Answer),
    /// To one of our pages.
    Interact {
        /// Which one.
        step: Step,
        /// The interaction that the page goes on with.
        interaction: String,
    },
    /// To the form of a new account, with the same.
    SignUp(String),
}

/// An interaction with what its pages need to know.
pub struct Pending {
    pub(super) interaction: Loaded<Interaction>,
    pub(super) client: Arc<Client>,
    pub(super) present: Option<Present>,
    pub(super) step: std::result::Result<Step, ProtocolError>,
}

impl Pending {
    /// The interaction's identity.
    pub fn id(&self) -> &str {
        &self.interaction.id
    }

    /// What was asked.
    pub fn request(&self) -> &AuthorizationRequest {
        &self.interaction.request
    }

    /// Who asks.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The languages in which the client asked to speak to the person.
    pub fn ui_locales(&self) -> Option<String> {
        let asked = Params::parse(self.interaction.query.as_bytes()).ok()?;
        asked.get("ui_locales").map(str::to_owned)
    }

    /// What it waits for; a request that forbids pages never waits.
    pub fn step(&self) -> Option<Step> {
        self.step.as_ref().ok().copied()
    }

    /// The name of the person who is signed in.
    pub fn username(&self) -> Option<&str> {
        self.present.as_ref().map(|present| present.user.username.as_str())
    }
}

impl Idp {
    /// A new authorization request. An error here was not proven to concern a redirect URI and is shown to the person.
    pub async fn authorize(&self, params: &Params, browser: &Browser) -> Result<Outcome> {
        again_on_conflict(async || self.try_authorize(params, browser).await).await
    }

    async fn try_authorize(&self, params: &Params, browser: &Browser) -> Result<Outcome> {
        let client = self.asking_client(params).await?;
        match self.asked_params(params, &client).await? {
            Ok(params) => self.begin(&params, &client, browser).await,
            Err(error) => self.turn_away(authorize::refuse(params, &client.metadata, error)),
        }
    }

    /// The same request once more. Its parameters are those that counted then: an object among them was opened, and is not looked for.
    async fn begin_again(&self, query: &str, browser: &Browser) -> Result<Outcome> {
        let params = Params::parse(query.as_bytes())?;
        again_on_conflict(async || {
            let client = self.asking_client(&params).await?;
            self.begin(&params, &client, browser).await
        })
        .await
    }

    async fn asking_client(&self, params: &Params) -> Result<Arc<Client>> {
        let unknown = || ErrorCode::InvalidRequest.because("client_id is not known here");
        let client = self.enabled_client(authorize::client_id(params)?).await?;
        Ok(client.ok_or_else(unknown)?)
    }

    fn turn_away(&self, refusal: Refusal) -> Result<Outcome> {
        match refusal {
            Refusal::Page(error) => Err(error.into()),
            Refusal::Redirect(destination, error) => Ok(self.tell(&destination, &error)),
        }
    }

    async fn begin(&self, params: &Params, client: &Client, browser: &Browser) -> Result<Outcome> {
        let request = match authorize::validate(params, &client.client_id, &client.metadata, self.response_types()) {
            Ok(request) => request,
            Err(refusal) => return self.turn_away(refusal),
        };
        if request.prompt.create && !self.config.sign_up.is_open() {
            let error = ErrorCode::InvalidRequest.because("nobody can sign up here: prompt=create is not supported");
            return Ok(self.tell(&request.destination, &error));
        }
        let request = match self.permit_resources(client, request.resources.clone()) {
            Ok(resources) => AuthorizationRequest {
                resources,
                claims: self.permitted_claims(client, request.claims),
                ..request
            },
            Err(error) => return Ok(self.tell(&request.destination, &error)),
        };
        let interaction = Interaction {
            id: secret::random_id(),
            browser_digest: secret::digest(browser.binding.expose()),
            request,
            query: params.to_query(),
            login: None,
            account: None,
            finished: false,
            usable_until: self.now() + self.config.sessions.interaction_lifetime,
        };
        let present = self.present(browser).await?;
        match self.next_step(&interaction, client, present.as_ref()).await? {
            Err(error) => Ok(self.tell(&interaction.request.destination, &error)),
            Ok(Step::Issue) => {
                let present = present.ok_or(Error::InteractionGone)?;
                let consent = self.consent_mark(&present.user.id, client).await?;
                self.issue(Work::default(), client, &interaction.request, &present, consent)
                    .await
                    .map(Outcome::Answer)
            }
            Ok(step) => {
                let mut changes = Work::default();
                changes.insert(&interaction)?;
                self.commit(changes).await?;
                let Interaction { id, request, .. } = interaction;
                Ok(match step {
                    Step::Login if request.prompt.create => Outcome::SignUp(id),
                    step => Outcome::Interact { step, interaction: id },
                })
            }
        }
    }

    /// Goes on with an interaction as far as it goes without the person.
    pub async fn advance(&self, interaction_id: &str, browser: &Browser) -> Result<Outcome> {
        again_on_conflict(async || {
            let pending = match self.pending(interaction_id, browser).await? {
                Resumed::Pending(pending) => pending,
                Resumed::StartedAgain(outcome) => return Ok(outcome),
            };
            self.advance_pending(&pending).await
        })
        .await
    }

    pub(super) async fn advance_pending(&self, pending: &Pending) -> Result<Outcome> {
        match (&pending.step, &pending.present) {
            (Err(error), _) => self.refuse(pending, error).await,
            (Ok(Step::Issue), Some(present)) => {
                let changes = Self::finishing(pending)?;
                let consent = self.consent_mark(&present.user.id, &pending.client).await?;
                self.issue(changes, &pending.client, pending.request(), present, consent)
                    .await
                    .map(Outcome::Answer)
            }
            (Ok(step), _) => Ok(Outcome::Interact {
                step: *step,
                interaction: pending.id().to_owned(),
            }),
        }
    }

    /// The interaction of this browser, whatever has become of it.
    pub(super) async fn own_interaction(&self, interaction_id: &str, browser: &Browser) -> Result<Loaded<Interaction>> {
        let interaction = self
            .store
            .get::<Interaction>(interaction_id, self.now())
            .await?
            .ok_or(Error::InteractionGone)?;
        if !secret::same(&interaction.browser_digest, &secret::digest(browser.binding.expose())) {
            return Err(Error::InteractionGone);
        }
        Ok(interaction)
    }

    /// Loads an interaction for its browser. One that ended or grew old starts again by itself from what was asked.
    pub async fn pending(&self, interaction_id: &str, browser: &Browser) -> Result<Resumed> {
        let interaction = self.own_interaction(interaction_id, browser).await?;
        if !interaction.is_usable(self.now()) {
            let outcome = self.begin_again(&interaction.query, browser).await?;
            return Ok(Resumed::StartedAgain(outcome));
        }
        let client = self
            .enabled_client(&interaction.request.client_id)
            .await?
            .ok_or(Error::InteractionGone)?;
        // What the operator has taken from the client meanwhile is taken from its waiting requests too.
        let redirect_uri = interaction.request.destination.redirect_uri();
        let response_type = interaction.request.response_type;
        if !client.metadata.has_redirect_uri(redirect_uri)
            || authorize::permits(response_type, &client.metadata, self.response_types()).is_err()
        {
            return Err(Error::InteractionGone);
        }
        let present = self.present(browser).await?;
        let step = self.next_step(&interaction, &client, present.as_ref()).await?;
        Ok(Resumed::Pending(Box::new(Pending {
            interaction,
            client,
            present,
            step,
        })))
    }

    async fn next_step(
        &self,
        interaction: &Interaction,
        client: &Client,
        present: Option<&Present>,
    ) -> Result<std::result::Result<Step, ProtocolError>> {
        let request = &interaction.request;
        let hinted = match &request.id_token_hint {
            None => None,
            Some(hint) => match self.hinted_sub(hint) {
                Some(sub) => Some(sub),
                None => {
                    return Ok(Err(
                        ErrorCode::InvalidRequest.because("id_token_hint is not an ID token of this issuer")
                    ));
                }
            },
        };
        let sub = present.map(|present| self.sub(client, &present.user));
        let consent_remembered = match present {
            Some(present) => self.consents(&present.user.id, client, &Asked::by(request)).await?,
            None => false,
        };
        let progress = Progress {
            session: present.zip(sub.as_deref()).map(|(present, sub)| Login {
                sub,
                sid: &present.session.sid,
                auth_time: present.session.authentication.auth_time,
                acr: present.session.authentication.acr(),
            }),
            login: interaction.login.as_deref(),
            account: interaction.account.as_deref(),
            consented: false,
            consent_remembered,
            hinted_sub: hinted.as_deref(),
            below_policy: match present {
                Some(present) => {
                    let policy = self.policy_for(&present.user, Some(client)).await?;
                    !policy.is_met_by(&present.session.authentication) || self.shows_too_little(present).await?
                }
                None => false,
            },
            can_raise: match present {
                Some(present) if request.wishes_two_factors() => self.can_raise(present).await?,
                _ => false,
            },
        };
        Ok(authorize::next_step(request, &progress, self.now()))
    }

    /// Whether the account asks for more than the session shows, as it does when a second factor was added since: the session goes on,
    /// but opens no further door until it is shown.
    async fn shows_too_little(&self, present: &Present) -> Result<bool> {
        if present.user.second_factors.is_empty() || present.session.authentication.remembered_browser {
            return Ok(false);
        }
        let shown = Shown::proofs(&present.session.shown());
        let next = self.factors(&present.user).await?.next_for(&shown, Demand::NONE);
        Ok(matches!(next, Factor::Second(_)))
    }

    /// Whether the person has a factor beyond those that they have shown.
    async fn can_raise(&self, present: &Present) -> Result<bool> {
        let shown = Shown::proofs(&present.session.shown());
        let demand = Demand {
            level: Level::Two,
            ..Demand::NONE
        };
        let next = self.factors(&present.user).await?.next_for(&shown, demand);
        // A mere wish is not worth a code that is good once.
        let is_kept = |kind: &FactorKind| *kind != FactorKind::RecoveryCodes;
        Ok(matches!(next, Factor::Second(kinds) if kinds.iter().any(is_kept)))
    }

    /// The `sub` of a genuine ID token of ours. An expired one still says whom the client means.
    pub(super) fn hinted_sub(&self, id_token_hint: &str) -> Option<String> {
        let claims = self.own_id_token(id_token_hint)?;
        claims.get("sub").and_then(|sub| sub.as_str()).map(str::to_owned)
    }

    /// The change that ends an interaction.
    pub(super) fn finishing(pending: &Pending) -> Result<Work> {
        let mut changes = Work::default();
        changes.update(
            &pending.interaction,
            &Interaction {
                finished: true,
                ..pending.interaction.to_value()
            },
        )?;
        Ok(changes)
    }

    /// Ends an interaction with an error for the client.
    pub(super) async fn refuse(&self, pending: &Pending, error: &ProtocolError) -> Result<Outcome> {
        let mut changes = Self::finishing(pending)?;
        let event = Event::new("authorization.refused")
            .subject(&pending.client.client_id)
            .fact("error", error.error.as_str());
        self.audit(&mut changes, event)?;
        self.commit(changes).await?;
        Ok(self.tell(&pending.request().destination, error))
    }

    pub(super) fn tell(&self, destination: &Destination, error: &ProtocolError) -> Outcome {
        Outcome::Answer(destination.with_error(error, &self.issuer))
    }
}

/// What became of an interaction that a page asked for.
pub enum Resumed {
    /// It goes on.
    Pending(Box<Pending>),
    /// It had ended; the request was made again.
    StartedAgain(Outcome),
}
