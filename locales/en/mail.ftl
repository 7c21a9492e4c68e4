# Letters. $provider is the operator's name.

mail-greeting = Hello,
# $name is what the person is called.
mail-greeting-name = Hello { $name },
mail-ending = { $provider } sent this letter automatically. Replies are not read.
# $lifetime is a duration: 30 minutes
mail-link-lifetime = The link works once, within { $lifetime }.

## Links

mail-verify-subject = Confirm your email address
mail-verify-lead = Please confirm that this is your address, so that { $provider } can write to you here.
mail-verify-button = Confirm this address
mail-verify-after = If you did not ask for this, do nothing: without the link, nothing happens.
# $account is the username of the account that is to have the address.
mail-verify-change-lead = The account “{ $account }” at { $provider } is to have this email address. If that account is yours, sign in to it and confirm the address.
mail-verify-change-after = If that account is not yours, do nothing: without the link, nothing happens.

mail-reset-subject = Choose a new password
mail-reset-lead = Somebody, probably you, has forgotten the password of your account at { $provider }. With this link you choose a new one.
mail-reset-button = Choose a new password
mail-reset-after = If it was not you, do nothing: your password stays as it is.

mail-sign-up-subject = Finish creating your account
mail-sign-up-lead = You are one step away from your account at { $provider }: please confirm that this is your address.
mail-sign-up-button = Create my account
mail-sign-up-after = If you did not ask for an account, do nothing: without the link, there is none.

mail-invitation-subject = Your invitation to { $provider }
mail-invitation-lead = You are invited to have an account at { $provider }.
# $organization is what the person is to be a member of.
mail-invitation-lead-organization = You are invited to join { $organization } with an account at { $provider }.
mail-invitation-button = Accept the invitation
mail-invitation-after = The invitation is for this address alone. If you do not want an account, do nothing.

## Somebody else's wish

mail-account-exists-subject = You have an account already
mail-account-exists-lead = Somebody, maybe you, wanted to create an account at { $provider } with this address. There is one already, so nothing was created.
mail-account-exists-button = Go to the sign-in page
mail-account-exists-after = If you no longer know your password, choose “Forgot your password?” on the sign-in page.

mail-address-taken-subject = Your address was entered for another account
mail-address-taken-lead = Somebody wanted to use this address for another account at { $provider }. It belongs to yours, so nothing was changed.
mail-address-taken-after = If that was you, sign in to the account that has this address. Otherwise you need not do anything.

## News

mail-fact-when = When
mail-fact-browser = Browser
mail-fact-no-browser = Unknown
mail-fact-address = Network address
mail-not-you = If this was you, all is well. If not, sign in, choose a new password and look at where you are signed in.

mail-new-sign-in-subject = A sign-in from a new browser
mail-new-sign-in-lead = Somebody has signed in to your account at { $provider } with a browser that you have not used before.

mail-password-changed-subject = Your password was changed
mail-password-changed-lead = Your account at { $provider } has a new password. You were signed out everywhere else.
mail-password-removed-subject = Your password was removed
mail-password-removed-lead = Your account at { $provider } has no password any more.
mail-passkey-added-subject = A passkey was added
mail-passkey-added-lead = There is a new passkey for your account at { $provider }.
mail-passkey-removed-subject = A passkey was removed
mail-passkey-removed-lead = One of the passkeys of your account at { $provider } was removed. It no longer signs in.
mail-totp-added-subject = An authenticator app was added
mail-totp-added-lead = Signing in to your account at { $provider } now asks for a code of an authenticator app.
mail-totp-removed-subject = The authenticator app was removed
mail-totp-removed-lead = Signing in to your account at { $provider } no longer asks for a code of an authenticator app.
mail-recovery-made-subject = You have new recovery codes
mail-recovery-made-lead = There are new recovery codes for your account at { $provider }. Former ones no longer work.
mail-recovery-removed-subject = Your recovery codes were removed
mail-recovery-removed-lead = The recovery codes of your account at { $provider } no longer work.
mail-recovery-used-subject = A recovery code was used
mail-recovery-used-lead = One of the recovery codes of your account at { $provider } was used. It works only once.
mail-email-asked-subject = Another email address was entered
mail-email-asked-lead = Your account at { $provider } is to have another email address. This one stays until the new one is confirmed.
mail-email-changed-subject = Your email address was changed
mail-email-changed-lead = Your account at { $provider } has another email address now. Letters no longer come here.

## Trial

mail-trial-subject = A letter from { $provider }
mail-trial-lead = This letter shows that { $provider } can send mail.
