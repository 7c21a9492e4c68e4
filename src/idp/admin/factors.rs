//! Commands about what a user signs in with.

use serde_json::{Value, json};

use super::super::{Error, Idp, Result};
use crate::{
    model::factor::{FactorKind, Level, Step},
    secret::Secret,
};

impl Idp {
    pub(super) async fn user_factors(&self, named: &str) -> Result<Value> {
        let user = self.user(named).await?;
        let factors = self.factors(&user).await?;
        let mut answers = Vec::new();
        for factor in factors.all() {
            let mut answer = json!({"factor": factor.kind, "usable": factor.usable, "second": factor.second});
            if factor.kind == FactorKind::RecoveryCodes {
                answer["left"] = self.recovery_codes_left(&user.id).await?.into();
            }
            answers.push(answer);
        }
        Ok(json!({
            "user": user.id,
            "factors_needed": if factors.required() == Level::Two { 2 } else { 1 },
            "can_sign_in": factors.is_open() && !user.disabled,
            "factors": answers,
        }))
    }

    pub(super) async fn user_remove_factor(&self, named: &str, factor: String) -> Result<Value> {
        let user = self.user(named).await?;
        // At the command line words are joined by dashes.
        let kind = FactorKind::from(factor.replace('-', "_"));
        let kind = match kind {
            FactorKind::Unknown(_) => FactorKind::from(factor),
            known => known,
        };
        self.remove_factor(&user.id, &kind, "operator").await?;
        self.user_factors(&user.id).await
    }

    /// The authenticator app that a user has set up in another system.
    pub(super) async fn user_import_authenticator(&self, named: &str, secret: &Secret<String>) -> Result<Value> {
        let user = self.user(named).await?;
        self.import_totp(&user.id, secret).await?;
        self.user_factors(&user.id).await
    }

    pub(super) async fn user_recovery_codes(&self, named: &str) -> Result<Value> {
        let user = self.user(named).await?;
        if self.factors(&user).await?.next(&[], Level::One) == Step::Stuck {
            return Err(Error::Invalid {
                field: "user",
                message: "a recovery code is good beside a password or a passkey only, and this user has neither: see \
                          `avouch user password --help`"
                    .into(),
            });
        }
        let made = self.new_recovery_codes(&user.id, "operator").await?;
        let codes: Vec<&String> = made.codes.iter().map(Secret::expose).collect();
        Ok(json!({"user": user.id, "recovery_codes": codes}))
    }
}
