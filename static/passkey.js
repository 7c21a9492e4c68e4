// Passkeys (WebAuthn Level 3). All else on these pages works without a script, and they look the same where this one does not run.
'use strict';
(async () => {
  const here = document.getElementById('passkey');
  const api = window.PublicKeyCredential;
  if (!here || !api?.parseCreationOptionsFromJSON || !api.parseRequestOptionsFromJSON) return;
  const { mode, begin, finish, next, again } = here.dataset;
  const said = document.getElementById('passkey-error');
  const button = document.getElementById('passkey-button');

  const post = async (url, more) => {
    const { csrf, interaction, to, waiting: sign_in } = here.dataset;
    const remember = document.getElementById('remember')?.checked && '1';
    const all = { csrf, interaction, to, sign_in, remember, ...more };
    const body = new URLSearchParams(Object.entries(all).filter(([, value]) => value));
    // The answer is in the page's language.
    const spoken = `${url}?ui_locales=${document.documentElement.lang}`;
    const response = await fetch(spoken, { method: 'POST', body, credentials: 'same-origin', redirect: 'error' });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.error), { answer });
    return answer;
  };
  const tell = (sentence) => {
    if (!said) return;
    said.textContent = sentence;
    said.hidden = !sentence;
  };
  // WebAuthn, 5.1.10: what authenticators need not offer any more, and what people are called now.
  const signal = async ({ rpId, userId, credentialIds, name, displayName }) => {
    try {
      await api.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds: credentialIds });
      await api.signalCurrentUserDetails?.({ rpId, userId, name, displayName });
    } catch { /* A courtesy: nothing depends on it. */ }
  };
  const failed = (error, cancelled) => {
    if (error.name === 'AbortError') return;
    if (error.answer?.sign_in_again && again) location.assign(again);
    else tell(error.answer ? error.message : cancelled);
  };

  let waiting;
  const signIn = async (mediation) => {
    waiting?.abort();
    const mine = waiting = new AbortController();
    const begun = await post(begin, {});
    if (mine.signal.aborted) return;
    // The page may stay open for longer than a challenge is good.
    const renewal = mediation && setTimeout(offer, begun.expires_in * 800);
    let credential;
    try {
      const publicKey = api.parseRequestOptionsFromJSON(begun.publicKey);
      credential = await navigator.credentials.get({ publicKey, mediation, signal: mine.signal });
    } finally {
      clearTimeout(renewal);
    }
    try {
      const done = await post(finish, { ceremony: begun.ceremony, credential: JSON.stringify(credential) });
      if (done.accepted) await signal(done.accepted);
      location.assign(done.next);
    } catch (error) {
      if (error.answer?.unknown) {
        await api.signalUnknownCredential?.({ rpId: begun.publicKey.rpId, credentialId: credential.id }).catch(() => {});
      }
      throw error;
    }
  };
  const offer = () => signIn('conditional').catch((error) => { if (error.answer) failed(error); });

  const register = async (mediation) => {
    const begun = await post(begin, mediation ? { conditional: '1' } : {});
    const publicKey = api.parseCreationOptionsFromJSON(begun.publicKey);
    const credential = await navigator.credentials.create({ publicKey, ...(mediation && { mediation }) });
    const done = await post(finish, { ceremony: begun.ceremony, credential: JSON.stringify(credential) });
    await signal(done.accepted);
  };

  const can = await api.getClientCapabilities?.() ?? {};
  if (mode === 'upgrade') {
    // Nobody is kept waiting for something that nobody asked for.
    const leave = () => location.replace(next);
    setTimeout(leave, 5000);
    await register('conditional').catch(() => {});
    leave();
  } else if (mode === 'account') {
    await signal(JSON.parse(here.dataset.accepted));
    button.hidden = false;
    button.addEventListener('click', () => {
      tell('');
      register().then(() => location.replace(next), (error) => failed(error, error.name === 'InvalidStateError'
        ? here.dataset.known
        : here.dataset.cancelled));
    });
  } else {
    button.hidden = false;
    button.addEventListener('click', () => {
      tell('');
      signIn().catch((error) => {
        failed(error, here.dataset.cancelled);
        if (can.conditionalGet && mode !== 'second') offer();
      });
    });
    if (mode === 'second') return;
    if (can.conditionalCreate) document.getElementById('passkey-upgrade').value = '1';
    if (can.conditionalGet ?? await api.isConditionalMediationAvailable?.()) offer();
  }
})();
