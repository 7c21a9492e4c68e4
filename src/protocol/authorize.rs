//! The authorization request (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2): what it asks, and what comes next.

use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    claims::request::ClaimsRequest,
    client::ClientMetadata,
    error::{Error, ErrorCode},
    id_token::{ACR_ONE_FACTOR, ACR_TWO_FACTORS, ACR_VALUES},
    params::Params,
    pkce::CodeChallenge,
    resource,
    response::{Destination, ResponseMode, ResponseType},
    scope::{OFFLINE_ACCESS, OPENID, Scope},
};

/// The longest value of a parameter that is kept or sent back; an `id_token_hint` may have more.
const MAX_VALUE: usize = 2048;
const MAX_HINT: usize = 8192;

/// `prompt` (OpenID Connect Core, 3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the specifications' words, any of which may stand together"
)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// The end-user must authenticate anew.
    pub login: bool,
    /// The end-user must be asked for consent.
    pub consent: bool,
    /// The end-user must choose an account.
    pub select_account: bool,
    /// The end-user wants to create an account (OpenID Connect Prompt Create 1.0).
    #[serde(default)]
    pub create: bool,
}

impl Prompt {
    fn parse(text: &str) -> Result<Self, Error> {
        let mut prompt = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                "create" => prompt.create = true,
                _ => return Err(ErrorCode::InvalidRequest.because("prompt has an unknown value")),
            }
        }
        if prompt.none && (prompt.login || prompt.consent || prompt.select_account || prompt.create) {
            return Err(ErrorCode::InvalidRequest.because("prompt=none stands alone"));
        }
        Ok(prompt)
    }
}

/// A permitted authorization request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client that asks.
    pub client_id: String,
    /// Where the answer goes.
    pub destination: Destination,
    /// What the answer holds.
    #[serde(default)]
    pub response_type: ResponseType,
    /// What may be granted: the asked scope, less what the client may not have.
    pub scope: Scope,
    /// Returned in the ID token.
    pub nonce: Option<String>,
    /// What the token request must answer.
    pub code_challenge: Option<CodeChallenge>,
    /// How the end-user is to be asked.
    pub prompt: Prompt,
    /// The greatest age of a login in seconds.
    pub max_age: Option<u64>,
    /// Whom the client expects: fills the username field.
    pub login_hint: Option<String>,
    /// An ID token of the end-user whom the client expects.
    pub id_token_hint: Option<String>,
    /// Single claims that the client asks for.
    #[serde(default)]
    pub claims: ClaimsRequest,
    /// What the access tokens are to be used at (RFC 8707); empty: the default audience.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Which `acr` the client would like, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
}

impl AuthorizationRequest {
    /// Whether one factor is not enough for the client: an essential `acr` says so (OpenID Connect Core, 5.5.1.1).
    pub fn demands_two_factors(&self) -> bool {
        !self.claims.permits_acr(ACR_ONE_FACTOR) && self.claims.permits_acr(ACR_TWO_FACTORS)
    }

    /// Whether the client would rather have two: of the words in `acr_values`, or in an `acr` claim that is not essential, the first
    /// that means something here counts (OpenID Connect Core, 3.1.2.1 and 5.5.1.1).
    pub fn wishes_two_factors(&self) -> bool {
        let asked = self.acr_values.iter().map(String::as_str);
        let wished = asked
            .chain(self.claims.wished_acr())
            .find(|acr| ACR_VALUES.contains(acr));
        wished == Some(ACR_TWO_FACTORS)
    }
}

/// Why a request goes no further, and who may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The redirect URI was not proven: the end-user is told, nobody is redirected.
    Page(Error),
    /// The client is told.
    Redirect(Destination, Error),
}

/// The client that a request names; the first thing that must be known (RFC 6749, 4.1.2.1).
pub fn client_id(params: &Params) -> Result<&str, Error> {
    if params.is_repeated("client_id") {
        return Err(ErrorCode::InvalidRequest.because("parameter client_id is repeated"));
    }
    params.require("client_id")
}

/// Checks a request against its client and the response types that the operator offers, in the order in which an answer becomes
/// possible.
pub fn validate(
    params: &Params,
    client_id: &str,
    client: &ClientMetadata,
    offered: &[ResponseType],
) -> Result<AuthorizationRequest, Refusal> {
    let destination = prove_destination(params, client).map_err(Refusal::Page)?;
    let refused = |error| Refusal::Redirect(destination.clone(), error);
    validate_rest(params, client_id, client, offered, &destination).map_err(refused)
}

/// What becomes of a request whose real parameters were not to be had: the client is told where those around them prove it.
pub fn refuse(params: &Params, client: &ClientMetadata, error: Error) -> Refusal {
    match prove_destination(params, client) {
        Ok(destination) => Refusal::Redirect(destination, error),
        Err(_) => Refusal::Page(error),
    }
}

fn prove_destination(params: &Params, client: &ClientMetadata) -> Result<Destination, Error> {
    for name in ["redirect_uri", "state"] {
        if params.is_repeated(name) {
            return Err(ErrorCode::InvalidRequest.because(format!("parameter {name} is repeated")));
        }
    }
    bounded(params, "state", MAX_VALUE)?;
    let redirect_uri = params.require("redirect_uri")?;
    if !client.has_redirect_uri(redirect_uri) {
        return Err(ErrorCode::InvalidRequest.because("redirect_uri is not registered for this client"));
    }
    // Of two values that disagree neither can be meant.
    let once = |name| params.get(name).filter(|_| !params.is_repeated(name));
    Ok(Destination::proven(
        redirect_uri.to_owned(),
        ResponseMode::of_answer(once("response_type"), once("response_mode")),
        params.get("state").map(str::to_owned),
    ))
}

/// Whether the operator and the client's registration allow the response type: asked when a request comes, and again when it is
/// answered.
pub fn permits(response_type: ResponseType, client: &ClientMetadata, offered: &[ResponseType]) -> Result<(), Error> {
    if !offered.contains(&response_type) {
        return Err(ErrorCode::UnsupportedResponseType.because("this server does not offer the response_type"));
    }
    if !client.may_ask_for(response_type) {
        return Err(ErrorCode::UnauthorizedClient.because("this client may not use the response_type"));
    }
    Ok(())
}

fn response_type(params: &Params, client: &ClientMetadata, offered: &[ResponseType]) -> Result<ResponseType, Error> {
    let unknown = || ErrorCode::UnsupportedResponseType.because("response_type is not one that this server knows");
    let response_type = ResponseType::parse(params.require("response_type")?).ok_or_else(unknown)?;
    permits(response_type, client, offered)?;
    match params.get("response_mode").map(ResponseMode::parse) {
        Some(None) => return Err(ErrorCode::InvalidRequest.because("response_mode is not one that this server knows")),
        Some(Some(mode)) if !response_type.permits(mode) => {
            return Err(ErrorCode::InvalidRequest.because("response_mode=query cannot carry tokens"));
        }
        _ => {}
    }
    if response_type.has_id_token() && params.get("nonce").is_none() {
        // OpenID Connect Core, 3.2.2.1 and 3.3.2.1.
        return Err(ErrorCode::InvalidRequest.because("nonce is missing: this response_type needs one"));
    }
    Ok(response_type)
}

fn bounded(params: &Params, name: &str, limit: usize) -> Result<(), Error> {
    if params.get(name).is_some_and(|value| value.len() > limit) {
        return Err(ErrorCode::InvalidRequest.because(format!("parameter {name} is longer than {limit} bytes")));
    }
    Ok(())
}

fn validate_rest(
    params: &Params,
    client_id: &str,
    client: &ClientMetadata,
    offered: &[ResponseType],
    destination: &Destination,
) -> Result<AuthorizationRequest, Error> {
    params.each_once()?;
    for (name, limit) in [
        ("nonce", MAX_VALUE),
        ("login_hint", MAX_VALUE),
        ("scope", MAX_VALUE),
        ("acr_values", MAX_VALUE),
        ("id_token_hint", MAX_HINT),
    ] {
        bounded(params, name, limit)?;
    }
    if params.get("request").is_some() {
        return Err(ErrorCode::RequestNotSupported.because("request objects are not supported"));
    }
    if params.get("request_uri").is_some() {
        return Err(ErrorCode::RequestUriNotSupported.because("request_uri is not supported"));
    }
    if params.get("registration").is_some() {
        return Err(ErrorCode::RegistrationNotSupported.because("the registration parameter is not supported"));
    }
    let response_type = response_type(params, client, offered)?;
    let scope = scope(params, client, response_type)?;
    let prompt = params.get("prompt").map(Prompt::parse).transpose()?.unwrap_or_default();
    let max_age = match params.get("max_age").map(str::parse) {
        None => client.default_max_age,
        Some(Ok(seconds)) => Some(seconds),
        Some(Err(_)) => return Err(ErrorCode::InvalidRequest.because("max_age is a number of seconds")),
    };
    Ok(AuthorizationRequest {
        client_id: client_id.to_owned(),
        destination: destination.clone(),
        response_type,
        scope,
        nonce: params.get("nonce").map(str::to_owned),
        code_challenge: code_challenge(params, client, response_type)?,
        prompt,
        max_age,
        login_hint: params.get("login_hint").map(str::to_owned),
        id_token_hint: params.get("id_token_hint").map(str::to_owned),
        claims: params
            .get("claims")
            .map(ClaimsRequest::parse)
            .transpose()?
            .unwrap_or_default(),
        resources: resource::asked(params)?,
        acr_values: match params.get("acr_values") {
            Some(words) => words
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
            None => client.default_acr_values.clone(),
        },
    })
}

fn scope(params: &Params, client: &ClientMetadata, response_type: ResponseType) -> Result<Scope, Error> {
    let asked = Scope::parse(params.get("scope").unwrap_or_default())?;
    let mut scope = asked.intersection(&client.scope);
    if !response_type.has_code() {
        // Without a code there is no refresh token (OpenID Connect Core, 11).
        scope = scope.without(OFFLINE_ACCESS);
    }
    if scope.is_empty() {
        return Err(ErrorCode::InvalidScope.because("nothing in scope can be granted to this client"));
    }
    if response_type.has_id_token() && !scope.contains(OPENID) {
        return Err(ErrorCode::InvalidScope.because("an ID token needs the scope openid"));
    }
    Ok(scope)
}

fn code_challenge(
    params: &Params,
    client: &ClientMetadata,
    response_type: ResponseType,
) -> Result<Option<CodeChallenge>, Error> {
    if !response_type.has_code() {
        return Ok(None);
    }
    let method = params.get("code_challenge_method");
    match params.get("code_challenge") {
        Some(challenge) => CodeChallenge::parse(challenge, method).map(Some),
        None if client.needs_pkce() => {
            Err(ErrorCode::InvalidRequest.because("code_challenge is missing: this client needs PKCE"))
        }
        None if method.is_some() => {
            Err(ErrorCode::InvalidRequest.because("code_challenge_method stands without code_challenge"))
        }
        None => Ok(None),
    }
}

/// The end-user's session at this browser, as far as the next step depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login<'a> {
    /// Who is signed in.
    pub sub: &'a str,
    /// The session.
    pub sid: &'a str,
    /// When the end-user authenticated.
    pub auth_time: Timestamp,
    /// What that authentication is worth.
    pub acr: &'a str,
}

/// What has been done for a request so far. Recorded, never inferred from clocks.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, found out by somebody else"
)]
pub struct Progress<'a> {
    /// The live session of the browser.
    pub session: Option<Login<'a>>,
    /// The session in which the end-user authenticated *for this request*.
    pub login: Option<&'a str>,
    /// The session that the end-user chose to go on with for this request.
    pub account: Option<&'a str>,
    /// Whether the end-user said yes to this request.
    pub consented: bool,
    /// Whether an earlier yes, or the operator's, covers the scope.
    pub consent_remembered: bool,
    /// The `sub` of a genuine `id_token_hint`.
    pub hinted_sub: Option<&'a str>,
    /// Whether the login is not good enough for the operator: of the daemon's, the organization's and the client's policy one is not
    /// met.
    pub below_policy: bool,
    /// Whether the end-user has another factor to show.
    pub can_raise: bool,
}

impl Progress<'_> {
    /// Whether the client demands an `acr` that less would have reached: only another sign-in could.
    fn is_too_strong(request: &AuthorizationRequest, login: &Login<'_>) -> bool {
        !request.claims.permits_acr(login.acr) && is_reachable(request) && !request.demands_two_factors()
    }

    /// Whether a further factor is to be asked for. A mere wish is not worth a page that may not be shown, nor one on which nothing could
    /// be done.
    fn is_too_weak(&self, request: &AuthorizationRequest, login: &Login<'_>) -> bool {
        let demanded = !request.claims.permits_acr(login.acr) && request.demands_two_factors();
        let wished = self.can_raise && !request.prompt.none && request.wishes_two_factors();
        self.below_policy || demanded || (wished && login.acr == ACR_ONE_FACTOR)
    }

    /// Whether the end-user authenticated for this very request.
    fn is_fresh(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| self.login == Some(session.sid))
    }

    /// Whether the client means another end-user, by a hint or by a `sub` claim with a value (OpenID Connect Core, 5.5.1).
    fn is_somebody_else(&self, request: &AuthorizationRequest) -> bool {
        self.session.as_ref().is_some_and(|session| {
            self.hinted_sub.is_some_and(|sub| sub != session.sub) || !request.claims.permits_sub(session.sub)
        })
    }
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The end-user must authenticate.
    Login,
    /// The end-user is signed in and must show more.
    StepUp,
    /// The end-user must say which account to go on with.
    SelectAccount,
    /// The end-user must say yes or no.
    Consent,
    /// Nothing: a code can be issued.
    Issue,
}

/// The one place that decides what comes next. Under `prompt=none` every page becomes an error (OpenID Connect Core, 3.1.2.6).
pub fn next_step(request: &AuthorizationRequest, progress: &Progress<'_>, now: Timestamp) -> Result<Step, Error> {
    if progress.is_somebody_else(request) && progress.is_fresh() {
        // Whoever signed in for this request is not whom the client means: asking again would ask for ever.
        return Err(ErrorCode::LoginRequired.because("the end-user is not the one whom the request names"));
    }
    let step = wanted_step(request, progress, now);
    let by_less = progress.is_fresh() && !request.demands_two_factors();
    let unmet = |session: &Login<'_>| !request.claims.permits_acr(session.acr) && (by_less || !is_reachable(request));
    if step != Step::Login && progress.session.as_ref().is_some_and(unmet) {
        return Err(ErrorCode::UnmetAuthenticationRequirements.because("no method of authentication here has that acr"));
    }
    match step {
        _ if !request.prompt.none => Ok(step),
        Step::Login => Err(ErrorCode::LoginRequired.because("the end-user is not signed in")),
        Step::StepUp => Err(ErrorCode::LoginRequired.because("the end-user must show another factor")),
        Step::SelectAccount => Err(ErrorCode::InteractionRequired.because("the end-user must choose an account")),
        Step::Consent => Err(ErrorCode::ConsentRequired.because("the end-user has not consented")),
        Step::Issue => Ok(Step::Issue),
    }
}

/// Whether some way to sign in has an `acr` that the request permits.
fn is_reachable(request: &AuthorizationRequest) -> bool {
    ACR_VALUES.iter().any(|acr| request.claims.permits_acr(acr))
}

fn wanted_step(request: &AuthorizationRequest, progress: &Progress<'_>, now: Timestamp) -> Step {
    let Some(session) = &progress.session else {
        return Step::Login;
    };
    let fresh = progress.is_fresh();
    let too_old = request
        .max_age
        .is_some_and(|max_age| now.since(session.auth_time).as_secs() > max_age);
    let too_strong = Progress::is_too_strong(request, session);
    let anew = request.prompt.login || request.prompt.create || too_old || too_strong;
    if progress.is_somebody_else(request) || (!fresh && anew) {
        return Step::Login;
    }
    if request.prompt.select_account && !fresh && progress.account != Some(session.sid) {
        return Step::SelectAccount;
    }
    if progress.is_too_weak(request, session) {
        return Step::StepUp;
    }
    if !progress.consented && (request.prompt.consent || !progress.consent_remembered) {
        return Step::Consent;
    }
    Step::Issue
}

#[cfg(test)]
mod tests;
