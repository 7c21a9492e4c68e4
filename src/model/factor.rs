//! What an account is proven with, and how much of it a sign-in has to show. Pure: the one place that counts factors.

use serde::{Deserialize, Serialize};

use crate::protocol::{Timestamp, client::policy::SignInPolicy, id_token::Authentication};

/// A kind of factor. One that a later version wrote is kept as it is: it cannot be shown here, but it still counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum FactorKind {
    /// Something the person knows.
    Password,
    /// A WebAuthn credential.
    Passkey,
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// Codes on paper that stand in for a second factor that was lost.
    RecoveryCodes,
    /// Nothing that this version knows.
    Unknown(String),
}

impl FactorKind {
    /// The word for it in records, answers and commands.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::RecoveryCodes => "recovery_codes",
            Self::Unknown(word) => word,
        }
    }
}

impl From<String> for FactorKind {
    fn from(word: String) -> Self {
        match word.as_str() {
            "password" => Self::Password,
            "passkey" => Self::Passkey,
            "totp" => Self::Totp,
            "recovery_codes" => Self::RecoveryCodes,
            _ => Self::Unknown(word),
        }
    }
}

impl From<FactorKind> for String {
    fn from(kind: FactorKind) -> Self {
        kind.as_str().to_owned()
    }
}

/// How much a sign-in shows: one factor, or two of different kinds. There is no level below one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A password, or a passkey that did not verify its user.
    One,
    /// Two kinds, or a passkey that verified its user: the device and what unlocks it.
    Two,
}

/// What was shown in one sign-in and found right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proof", rename_all = "snake_case")]
pub enum Proof {
    /// The password.
    Password,
    /// A passkey's assertion.
    Passkey {
        /// The authenticator verified its user (WebAuthn, flag UV).
        user_verified: bool,
    },
    /// A code of the authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

impl Proof {
    /// The kind of factor that it proves.
    pub const fn kind(self) -> FactorKind {
        match self {
            Self::Password => FactorKind::Password,
            Self::Passkey { .. } => FactorKind::Passkey,
            Self::Totp => FactorKind::Totp,
            Self::RecoveryCode => FactorKind::RecoveryCodes,
        }
    }
}

/// A proof, and when it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What was shown.
    #[serde(flatten)]
    pub proof: Proof,
    /// When.
    pub at: Timestamp,
}

impl Shown {
    /// What was shown, without the times.
    pub fn proofs(shown: &[Self]) -> Vec<Proof> {
        shown.iter().map(|shown| shown.proof).collect()
    }

    /// What clients are told of it. `auth_time` is that of the last proof: whoever gives a further one has the others no older than a
    /// sign-in may be that counts as recent.
    ///
    /// RFC 8176 has no word for a recovery code; `recovery_code` says what it is. It stands for the second factor, so `mfa` stays
    /// beside it.
    pub fn authentication(shown: &[Self]) -> Authentication {
        let proofs = Self::proofs(shown);
        let passkey = proofs.iter().any(|proof| matches!(proof, Proof::Passkey { .. }));
        let words = [
            (proofs.contains(&Proof::Password), "pwd"),
            (passkey, "pop"),
            (proofs.contains(&Proof::Passkey { user_verified: true }), "user"),
            (proofs.contains(&Proof::Totp), "otp"),
            (proofs.contains(&Proof::RecoveryCode), "recovery_code"),
            (reached(&proofs) == Some(Level::Two), "mfa"),
        ];
        let said = words.into_iter().filter(|(is_so, _)| *is_so);
        Authentication {
            auth_time: shown
                .iter()
                .map(|shown| shown.at)
                .max()
                .unwrap_or(Timestamp::from_unix(0)),
            amr: said.map(|(_, word)| word.to_owned()).collect(),
            remembered_browser: false,
        }
    }

    /// What a session shows of which only the words for clients were kept.
    pub fn of(authentication: &Authentication) -> Vec<Self> {
        let has = |word: &str| authentication.amr.iter().any(|kept| kept == word);
        let proofs = [
            has("pwd").then_some(Proof::Password),
            has("pop").then_some(Proof::Passkey {
                user_verified: has("user"),
            }),
            has("otp").then_some(Proof::Totp),
            has("recovery_code").then_some(Proof::RecoveryCode),
        ];
        let at = authentication.auth_time;
        proofs.into_iter().flatten().map(|proof| Self { proof, at }).collect()
    }
}

/// What a sign-in has to reach beyond what its account asks for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// How much.
    pub level: Level,
    /// Whether a passkey must be among it.
    pub passkey: bool,
}

impl Demand {
    /// Nothing: what the account asks for is enough.
    pub const NONE: Self = Self {
        level: Level::One,
        passkey: false,
    };

    /// What a policy demands, or a client that wants two factors.
    pub fn of(policy: SignInPolicy, two_factors: bool) -> Self {
        Self {
            level: if policy > SignInPolicy::Password || two_factors {
                Level::Two
            } else {
                Level::One
            },
            passkey: policy == SignInPolicy::Passkey,
        }
    }
}

/// A factor of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Which.
    pub kind: FactorKind,
    /// It can be shown: it is known here, and its record is there.
    pub usable: bool,
    /// It was added to be asked for beside another one, so that one alone is not enough.
    pub second: bool,
}

/// What a sign-in asks for next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Enough was shown; how much it was.
    Done(Level),
    /// One of these, to begin with.
    First(Vec<FactorKind>),
    /// One of these, beside what was shown.
    Second(Vec<FactorKind>),
    /// More is required, and the account has nothing that could be asked for: only the operator can help.
    Stuck,
}

/// All factors of an account, each kind once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factors(Vec<Factor>);

impl Factors {
    /// `second`: the kinds that the account lists as second factors. `found`: the kinds of which it has a record that can
    /// be used. What is listed and not found still counts: a record that is gone must not open the door.
    pub fn new(second: &[FactorKind], found: &[FactorKind]) -> Self {
        let mut kinds: Vec<&FactorKind> = found.iter().chain(second).collect();
        kinds.sort();
        kinds.dedup();
        let factors = kinds.into_iter().map(|kind| {
            let is_known = !matches!(kind, FactorKind::Unknown(_));
            Factor {
                kind: kind.clone(),
                usable: is_known && found.contains(kind),
                // An authenticator app is never a first factor, and an unknown one may be anything.
                second: second.contains(kind) || matches!(kind, FactorKind::Totp | FactorKind::Unknown(_)),
            }
        });
        Self(factors.collect())
    }

    /// Each kind, in a fixed order.
    pub fn all(&self) -> &[Factor] {
        &self.0
    }

    /// What every sign-in of the account has to show at least. A further factor never lowers it, a second one raises it.
    pub fn required(&self) -> Level {
        if self.0.iter().any(|factor| factor.second) {
            Level::Two
        } else {
            Level::One
        }
    }

    /// What comes next in a sign-in that has shown `proofs` and shall reach at least `wanted`.
    pub fn next(&self, proofs: &[Proof], wanted: Level) -> Step {
        self.next_for(
            proofs,
            Demand {
                level: wanted,
                passkey: false,
            },
        )
    }

    /// The same for a demand that may name a passkey: then nothing else is asked for until one was shown.
    pub fn next_for(&self, proofs: &[Proof], demand: Demand) -> Step {
        use FactorKind::{Passkey, Password, RecoveryCodes, Totp};
        let needed = self.required().max(demand.level);
        match reached(proofs) {
            Some(_) if demand.passkey && !was_shown(proofs, &Passkey) => self.step(Step::Second, [Passkey].into_iter()),
            Some(level) if level >= needed => Step::Done(level),
            Some(_) => self.step(
                Step::Second,
                [Passkey, Totp, Password, RecoveryCodes]
                    .into_iter()
                    .filter(|kind| !was_shown(proofs, kind)),
            ),
            None => self.step(Step::First, [Passkey, Password].into_iter()),
        }
    }

    /// Whether the person can come in at all with what the account has.
    pub fn is_open(&self) -> bool {
        let second = [FactorKind::Totp, FactorKind::RecoveryCodes];
        self.has(&FactorKind::Passkey)
            || (self.has(&FactorKind::Password)
                && (self.required() == Level::One || second.iter().any(|kind| self.has(kind))))
    }

    /// Whether the person can still come in without any factor of this kind.
    pub fn can_lose(&self, kind: &FactorKind) -> bool {
        let rest = self.0.iter().filter(|factor| factor.kind != *kind).cloned();
        Self(rest.collect()).is_open()
    }

    fn has(&self, kind: &FactorKind) -> bool {
        self.0.iter().any(|factor| factor.kind == *kind && factor.usable)
    }

    fn step(&self, step: fn(Vec<FactorKind>) -> Step, kinds: impl Iterator<Item = FactorKind>) -> Step {
        let usable: Vec<FactorKind> = kinds.filter(|kind| self.has(kind)).collect();
        if usable.is_empty() { Step::Stuck } else { step(usable) }
    }
}

/// What proofs amount to; nothing as long as no first factor is among them.
fn reached(proofs: &[Proof]) -> Option<Level> {
    let password = proofs.contains(&Proof::Password);
    let verified = proofs.contains(&Proof::Passkey { user_verified: true });
    let passkey = verified || proofs.contains(&Proof::Passkey { user_verified: false });
    let beside = proofs.contains(&Proof::Totp) || proofs.contains(&Proof::RecoveryCode);
    match (password, passkey) {
        (false, false) => None,
        _ if verified || beside || (password && passkey) => Some(Level::Two),
        _ => Some(Level::One),
    }
}

fn was_shown(proofs: &[Proof], kind: &FactorKind) -> bool {
    proofs.iter().any(|proof| proof.kind() == *kind)
}

#[cfg(test)]
#[path = "factor_tests.rs"]
mod tests;
