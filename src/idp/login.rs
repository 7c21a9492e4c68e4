//! Signing in: what follows a proof, whichever it was. A password is shown here, a passkey in `idp/passkey`, what comes beside the first
//! factor in `second`.
//!
//! A proof leads to a session, or to a record of a sign-in that waits for the next one. Either is one commit, which rests on everything
//! that it depends on: the user, the password or passkey that was shown, the record that went before, the code that is spent.

mod changes;
mod remembered;
mod second;
mod step_up;
#[cfg(test)]
mod tests;

pub use self::{
    remembered::RememberedOne,
    second::{Asked, SecondProof},
    step_up::{Lacking, StepUp},
};
use super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
    passkey::Proof as PasskeyProof,
};
use crate::{
    credential::password::Verified,
    model::{
        factor::{Demand, FactorKind, Proof, Shown, Step},
        interaction::Interaction,
        sign_in::SignIn,
        user::{Password, User, canonical},
    },
    protocol::client::policy::SignInPolicy,
    secret::Secret,
    store::Loaded,
};

/// Where a sign-in comes from, and goes on to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry<'a> {
    /// The interaction that waits for it; none: our own pages.
    pub interaction: Option<&'a str>,
    /// The word for a page of ours that is only shown to whoever has signed in just now.
    pub to: Option<&'a str>,
    /// Whether the browser may add a passkey by itself afterwards.
    pub upgrade: bool,
}

/// What a proof has led to.
#[derive(Clone, Debug)]
pub enum Progress {
    /// A session.
    SignedIn(SignedIn),
    /// A further factor is asked for; the id of the sign-in that waits for it.
    Second(String),
}

/// A new session, or one that was raised.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The value of the session cookie; told to the browser once, kept as a digest.
    pub cookie: Secret<String>,
    /// The value of the cookie of a browser that is remembered from now on.
    pub remembered: Option<Secret<String>>,
    /// Whether one of the person's recovery codes was spent.
    pub by_recovery_code: bool,
}

/// A proof on its way to a commit.
pub(super) struct Coming<'a> {
    /// Who gives it.
    pub user_id: &'a str,
    /// What it is, and what it rests on.
    pub factor: &'a Factor,
    /// The sign-in that waits for it, when it is not the first one.
    pub waiting: Option<&'a str>,
    /// Where the sign-in comes from; the record tells it when one waits.
    pub entry: Entry<'a>,
    /// Whether the browser is to be remembered.
    pub remember: bool,
}

/// A sign-in with the proof that has just come.
struct SoFar<'a> {
    user: &'a Loaded<User>,
    /// The record of what went before.
    waiting: Option<&'a Loaded<SignIn>>,
    /// All that was shown.
    shown: &'a [Shown],
    entry: Entry<'a>,
    interaction: Option<&'a Loaded<Interaction>>,
}

impl SoFar<'_> {
    /// The session that is raised by it, rather than a new one begun.
    fn raised(&self) -> Option<&str> {
        self.waiting?.sid.as_deref()
    }
}

/// What a user's proofs amount to.
enum Verdict {
    /// Enough. `remembered`: the browser stands in for the second factor.
    Enough { remembered: bool },
    /// Not enough.
    More,
}

impl Idp {
    /// Signs in at this browser by a password. Every failure takes as long as a success.
    pub async fn sign_in(
        &self,
        entry: &Entry<'_>,
        username: &str,
        password: &Secret<String>,
        browser: &Browser,
    ) -> Result<Progress> {
        let name = canonical(username);
        let user = self.store.find::<User>("login", &name, self.now()).await?;
        let user_id = user.as_ref().map(|user| user.id.as_str());
        let account = user_id.unwrap_or(&name);
        match self.right_password(account, user_id, password, browser).await? {
            (Some(user_id), Some(factor)) => {
                let coming = Coming {
                    user_id,
                    factor: &factor,
                    waiting: None,
                    entry: *entry,
                    remember: false,
                };
                again_on_conflict(async || self.follow_proof(&coming, browser).await).await
            }
            _ => Err(self.reject(account, user_id, "password", browser).await),
        }
    }

    /// Looks at a password, whether there is one or not.
    async fn right_password<'a>(
        &self,
        account: &str,
        user_id: Option<&'a str>,
        password: &Secret<String>,
        browser: &Browser,
    ) -> Result<(Option<&'a str>, Option<Factor>)> {
        let throttled = || self.metrics.login("throttled");
        self.throttled(account, browser).await.inspect_err(|_| throttled())?;
        let kept = match user_id {
            Some(user_id) => self.store.get::<Password>(user_id, self.now()).await?,
            None => None,
        };
        let hash = kept.as_ref().map(|kept| kept.hash.expose().as_str());
        let verified = self.passwords.verify(password.clone(), hash).await?;
        let (Some(kept), Verified::Right { rehash }) = (kept, verified) else {
            return Ok((user_id, None));
        };
        let rehashed = if rehash {
            // Asked before the second hash, which would tell a right guess by its time once the door is closed.
            self.throttled(account, browser).await.inspect_err(|_| throttled())?;
            Some(Secret::new(self.passwords.hash(password.clone()).await?))
        } else {
            None
        };
        Ok((user_id, Some(Factor::Password { kept, rehashed })))
    }

    /// Commits what follows a proof. On a conflict the caller looks at the proof again.
    pub(super) async fn follow_proof(&self, coming: &Coming<'_>, browser: &Browser) -> Result<Progress> {
        let mut work = Work::default();
        let progress = self.after_proof(&mut work, coming, browser).await?;
        self.commit(work).await?;
        self.count_progress(&progress);
        Ok(progress)
    }

    fn count_progress(&self, progress: &Progress) {
        self.metrics.login(match progress {
            Progress::SignedIn(_) => "succeeded",
            Progress::Second(_) => "second_factor",
        });
    }

    /// What follows a proof, as changes to be committed with it.
    async fn after_proof(&self, work: &mut Work, coming: &Coming<'_>, browser: &Browser) -> Result<Progress> {
        // Asked again: of many guesses made at once, those that fail first close the door for the one that is right.
        let counters = self
            .throttled(coming.user_id, browser)
            .await
            .inspect_err(|_| self.metrics.login("throttled"))?;
        let Some(user) = self.enabled_user(coming.user_id).await? else {
            self.metrics.login("disabled");
            return Err(Error::Disabled);
        };
        let waiting = match coming.waiting {
            Some(id) => Some(self.waiting_sign_in(id, &user, browser).await?),
            None => None,
        };
        let entry = waiting.as_deref().map_or(coming.entry, entry_of);
        let mut shown = waiting
            .as_ref()
            .map(|waiting| waiting.shown.clone())
            .unwrap_or_default();
        shown.push(Shown {
            proof: coming.factor.proof(),
            at: self.now(),
        });
        let interaction = self.waiting_interaction(entry.interaction, browser).await?;
        let so_far = SoFar {
            user: &user,
            waiting: waiting.as_ref(),
            shown: &shown,
            entry,
            interaction: interaction.as_ref(),
        };
        let verdict = self.verdict(&so_far, browser).await?;
        // A user disabled or a factor changed at this very moment wins.
        work.require(&user);
        self.keep_factor(work, coming.factor).await?;
        self.keep_waiting(work, coming.factor, waiting.as_deref()).await?;
        let Verdict::Enough { remembered } = verdict else {
            return self.ask_more(work, &so_far, coming, browser);
        };
        if let Some(waiting) = &waiting {
            work.delete(waiting)?;
        }
        let raised = so_far.raised();
        let new = NewSession {
            shown: shown.clone(),
            remembered,
            raised,
        };
        let (sid, cookie) = self.insert_session(work, &user, new, browser).await?;
        if raised.is_none() {
            self.notice_sign_in(work, &user, &counters, browser).await?;
            Self::record_login(work, interaction.as_ref(), &sid)?;
        }
        self.count_success(work, &counters, &user.id, browser)?;
        let kind = coming.factor.proof().kind();
        Ok(Progress::SignedIn(SignedIn {
            cookie,
            remembered: if coming.remember && coming.waiting.is_some() {
                self.remember_browser(work, &user, &kind, browser).await?
            } else {
                None
            },
            by_recovery_code: kind == FactorKind::RecoveryCodes,
        }))
    }

    /// Whether what was shown is enough: for the account, for the operator's policy, and for the client that waits.
    async fn verdict(&self, so_far: &SoFar<'_>, browser: &Browser) -> Result<Verdict> {
        let user = so_far.user;
        let (policy, two_factors) = self.demanded(user, so_far.interaction).await?;
        let demand = Demand::of(policy, two_factors);
        // Most accounts have one factor, and most doors ask for no more: then nothing needs to be looked up.
        if user.second_factors.is_empty() && demand == Demand::NONE {
            return Ok(Verdict::Enough { remembered: false });
        }
        let proofs = Shown::proofs(so_far.shown);
        let factors = self.factors(user).await?;
        match factors.next_for(&proofs, demand) {
            Step::Done(_) => Ok(Verdict::Enough { remembered: false }),
            Step::Second(kinds) => {
                // It stands in for what the account and a policy ask for; not for what a client asks for, nor where factors are changed.
                let is_asked = two_factors || so_far.raised().is_some() || so_far.entry.to.is_some();
                let may_stand_in = !is_asked && policy < SignInPolicy::Passkey;
                let remembered = may_stand_in && self.is_remembered(user, &kinds, browser).await?;
                Ok(if remembered {
                    Verdict::Enough { remembered }
                } else {
                    Verdict::More
                })
            }
            // What is demanded beside the account's own factors cannot be shown: the person comes in, may add a factor, and goes no further.
            Step::First(_) | Step::Stuck => match factors.next_for(&proofs, Demand::NONE) {
                Step::Done(_) => Ok(Verdict::Enough { remembered: false }),
                Step::Second(_) => Ok(Verdict::More),
                Step::First(_) | Step::Stuck => {
                    self.metrics.login("stuck");
                    Err(Error::NoWayIn)
                }
            },
        }
    }

    /// What is demanded of a sign-in: by which policy, and whether by a client that wants two factors.
    async fn demanded(&self, user: &User, interaction: Option<&Loaded<Interaction>>) -> Result<(SignInPolicy, bool)> {
        let request = interaction.map(|interaction| &interaction.request);
        let client = match request {
            Some(request) => self.enabled_client(&request.client_id).await?,
            None => None,
        };
        let policy = self.policy_for(user, client.as_deref()).await?;
        let two_factors = match request {
            Some(request) if request.demands_two_factors() => true,
            // A mere wish is not worth a code that is good once.
            Some(request) if request.wishes_two_factors() => {
                let factors = self.factors(user).await?;
                let is_kept = |kind: &FactorKind| matches!(kind, FactorKind::Totp | FactorKind::Passkey);
                factors
                    .all()
                    .iter()
                    .any(|factor| factor.usable && is_kept(&factor.kind))
            }
            _ => false,
        };
        Ok((policy, two_factors))
    }

    /// Writes down what was shown, and that more is asked for.
    fn ask_more(
        &self,
        work: &mut Work,
        so_far: &SoFar<'_>,
        coming: &Coming<'_>,
        browser: &Browser,
    ) -> Result<Progress> {
        let SoFar { user, shown, .. } = *so_far;
        let id = if let Some(waiting) = so_far.waiting {
            let further = SignIn {
                shown: shown.to_vec(),
                password_changed_at: coming.factor.changed_at().or(waiting.password_changed_at),
                ..waiting.to_value()
            };
            work.update(waiting, &further)?;
            further.id
        } else {
            let mut begun = self.new_sign_in(user, &coming.entry, browser);
            begun.shown = shown.to_vec();
            begun.password_changed_at = coming.factor.changed_at();
            work.insert(&begun)?;
            begun.id
        };
        let event = Event::new("login.second_factor_asked")
            .subject(&user.id)
            .at(browser)
            .fact("amr", Shown::authentication(shown).amr);
        self.audit(work, event)?;
        Ok(Progress::Second(id))
    }

    /// Counts a failure. When others have closed the door meanwhile it says so, as it would to a right guess.
    pub(super) async fn reject(
        &self,
        account: &str,
        user_id: Option<&str>,
        wrong: &'static str,
        browser: &Browser,
    ) -> Error {
        self.metrics.login("failed");
        // Every racer's failure counts, so the losers of a commit go on until theirs is written or the door is closed.
        loop {
            match self.count_one_failure(account, user_id, wrong, browser).await {
                Ok(()) => return Error::WrongCredentials,
                Err(Error::Conflict) => {}
                Err(other) => return other,
            }
        }
    }

    async fn count_one_failure(
        &self,
        account: &str,
        user_id: Option<&str>,
        wrong: &'static str,
        browser: &Browser,
    ) -> Result<()> {
        let counters = self.throttled(account, browser).await?;
        let mut changes = Work::default();
        self.count_failure(&mut changes, &counters)?;
        let mut event = Event::new("login.failed").at(browser);
        event.subject = user_id;
        self.audit(&mut changes, event.fact("wrong", wrong))?;
        self.commit(changes).await
    }
}

/// What an end-user has proven themselves with, as the commit of the sign-in must still find it.
pub(super) enum Factor {
    /// A password that was right.
    Password {
        kept: Loaded<Password>,
        /// Its hash by today's parameters, when the kept one is older.
        rehashed: Option<Secret<String>>,
    },
    /// A passkey that has answered.
    Passkey(Box<PasskeyProof>),
    /// A code, which the same commit spends.
    Code(Proof),
}

impl Factor {
    fn proof(&self) -> Proof {
        match self {
            Self::Password { .. } => Proof::Password,
            Self::Passkey(proof) => Proof::Passkey {
                user_verified: proof.asserted.user_verified,
            },
            Self::Code(proof) => *proof,
        }
    }

    fn changed_at(&self) -> Option<crate::protocol::Timestamp> {
        match self {
            Self::Password { kept, .. } => Some(kept.changed_at),
            Self::Passkey(_) | Self::Code(_) => None,
        }
    }
}

/// A session that is about to begin.
struct NewSession<'a> {
    shown: Vec<Shown>,
    /// Whether the browser stands in for the second factor.
    remembered: bool,
    /// The session that it takes the place of, by its name.
    raised: Option<&'a str>,
}

fn entry_of(waiting: &SignIn) -> Entry<'_> {
    Entry {
        interaction: waiting.interaction.as_deref(),
        to: waiting.to.as_deref(),
        upgrade: waiting.upgrade,
    }
}
