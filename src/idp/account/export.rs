//! All that is kept about a person, for the person: no secret, no hash, nothing of anybody else.

use serde_json::{Value, json};

use super::super::{
    Browser, Idp, Result, again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    model::{
        audit::AuditEvent,
        grant::Consent,
        organization::Organization,
        passkey::Passkey,
        recovery_code::RecoveryCodes,
        session::Session,
        totp::Totp,
        user::{Password, User},
    },
    protocol::Timestamp,
};

/// No more records of a kind than this; nobody has as many.
const MOST: usize = 10_000;

impl Idp {
    /// The record of whoever has signed in recently, as JSON for people who read JSON.
    pub async fn export_own_record(&self, browser: &Browser) -> Result<Value> {
        again_on_conflict(async || {
            let present = self.recently_present(browser).await?;
            let mut record = self.record_of(&present.user).await?;
            // An address that was asked for and is not proven yet.
            let address = self.own_address(browser).await?;
            record["account"]["email_pending"] = address.and_then(|own| own.pending).into();
            let mut work = Work::default();
            work.require(&present.session);
            let event = Event::new("account.exported")
                .actor(&present.user.id)
                .subject(&present.user.id);
            self.audit(&mut work, event.at(browser))?;
            self.commit(work).await?;
            Ok(record)
        })
        .await
    }

    async fn record_of(&self, user: &User) -> Result<Value> {
        let now = self.now();
        let sessions = self.store.list_by::<Session>("user", &user.id, "", MOST, now).await?;
        let consents = self.store.list_by::<Consent>("user", &user.id, "", MOST, now).await?;
        let events = self.events_of(&user.id, "", MOST).await?;
        Ok(json!({
            "exported_at": written(now),
            "issuer": self.issuer,
            "account": {
                "id": user.id,
                "username": user.username,
                "email": user.email,
                "email_verified": user.email_verified,
                "role": user.role,
                "claims": user.claims,
                "attributes": user.attributes,
                "organizations": self.organizations_of(user).await?,
                "created_at": written(user.created_at),
                "updated_at": written(user.updated_at),
            },
            "sign_in": self.ways_in_of(user).await?,
            "sessions": sessions.iter().map(|session| session_of(session)).collect::<Vec<_>>(),
            "applications": consents.iter().map(|consent| consent_of(consent)).collect::<Vec<_>>(),
            "activity": events.iter().map(event_of).collect::<Vec<_>>(),
        }))
    }

    async fn organizations_of(&self, user: &User) -> Result<Vec<Value>> {
        let mut organizations = Vec::new();
        for membership in &user.memberships {
            let id = &membership.organization_id;
            let organization = self.store.get::<Organization>(id, self.now()).await?;
            organizations.push(json!({
                "id": id,
                "name": organization.map(|organization| organization.name.clone()),
                "role": membership.role,
            }));
        }
        Ok(organizations)
    }

    async fn ways_in_of(&self, user: &User) -> Result<Value> {
        let (now, id) = (self.now(), user.id.as_str());
        let password = self.store.get::<Password>(id, now).await?;
        let passkeys = self.passkeys_of(id).await?;
        let app = self.store.get::<Totp>(id, now).await?;
        let codes = self.store.get::<RecoveryCodes>(id, now).await?;
        Ok(json!({
            "password": password.map(|kept| json!({"changed_at": written(kept.changed_at)})),
            "passkeys": passkeys.iter().map(|passkey| passkey_of(passkey)).collect::<Vec<_>>(),
            "authenticator_app": app.map(|app| json!({
                "created_at": written(app.created_at),
                "used_at": app.used_at.map(written),
            })),
            "recovery_codes": codes.map(|codes| json!({
                "left": codes.digests.len(),
                "created_at": written(codes.created_at),
            })),
            "asked_for_beside_the_first": user.second_factors,
        }))
    }
}

fn passkey_of(passkey: &Passkey) -> Value {
    json!({
        "name": passkey.name,
        "relying_party": passkey.rp_id,
        "credential_id": passkey.credential_id,
        "model": passkey.aaguid,
        "backed_up": passkey.backed_up,
        "created_at": written(passkey.created_at),
        "last_used_at": passkey.last_used_at.map(written),
    })
}

fn session_of(session: &Session) -> Value {
    let clients = session.participants.iter().map(|participant| &participant.client_id);
    json!({
        "sid": session.sid,
        "browser": session.user_agent,
        "address": session.address,
        "signed_in_at": written(session.authentication.auth_time),
        "by": session.authentication.amr,
        "expires_at": written(session.expires_at),
        "applications": clients.collect::<Vec<_>>(),
    })
}

fn consent_of(consent: &Consent) -> Value {
    json!({
        "client_id": consent.client_id,
        "scope": consent.scope,
        "claims": consent.claims,
        "resources": consent.resources,
        "allowed_at": written(consent.given_at),
    })
}

fn event_of(event: &AuditEvent) -> Value {
    json!({
        "at": written(event.at),
        "event": event.event,
        "by": event.actor,
        "about": event.subject,
        "address": event.address,
        "facts": event.facts,
    })
}

/// RFC 3339, in UTC.
fn written(at: Timestamp) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(at.unix()).ok();
    let text = moment.and_then(|at| at.format(&time::format_description::well_known::Rfc3339).ok());
    text.unwrap_or_default()
}
