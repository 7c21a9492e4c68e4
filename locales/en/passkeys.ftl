# A person's passkeys, and signing in with one.

passkeys-title = Passkeys
passkeys-lead = Sign in with your fingerprint, your face or your device’s PIN instead of a password.
passkeys-none = You have no passkey yet.
passkeys-suspected-tag = May have been copied
passkeys-suspected = Somebody else may have this key too. It no longer signs in: remove it and add a new one.
passkeys-elsewhere = For { $domain }
# $added and $used are days.
passkeys-used = Added { $added } · last used { $used }
passkeys-unused = Added { $added } · not used yet
passkeys-change = Change
passkeys-name = Name
passkeys-rename = Rename
passkeys-remove = Remove
passkeys-remove-hint = Removing a passkey signs you out everywhere but here.
passkeys-add = Add a passkey
passkeys-no-script = Adding a passkey needs a browser that runs scripts.
passkeys-sign-in-first = To add or remove a passkey, sign in again first.
passkeys-sign-in-again = Sign in again
passkeys-second = Also after your password
passkeys-second-off = Whoever knows your password gets in without your passkey. You can have it asked for as well.
passkeys-second-on = After your password, you are asked for a passkey too.
passkeys-second-start = Ask for my passkey after the password
passkeys-second-stop = No longer ask for it
passkeys-second-stop-hint = Then you are signed out everywhere but here.
passkeys-old-page = The page had grown old. Please try again.
passkeys-sign-in = Sign in with a passkey
passkeys-script-known = This device or key has a passkey for your account already.
passkeys-script-not-added = No passkey was added.
passkeys-script-not-signed-in = You were not signed in. Try again, or sign in in another way.
passkeys-upgrade-title = Signing you in
passkeys-upgrade-lead = Your browser may save a passkey now, so that next time you need no password.
passkeys-upgrade-continue = Continue
