# The second step of a sign-in, and what to do where an account has none.

second-step-title = Confirm it is you
# $username is the name that the person signs in with.
second-step-as = Signing in as { $username }
second-step-submit = Continue
second-step-start-over = Start over

second-step-code = Code
second-step-code-hint = Open your authenticator app and enter the six digits that it shows.
second-step-recovery-code = Recovery code
second-step-recovery-code-hint = Enter one of the codes that you kept when you set up your account. Each works once.
second-step-passkey = Use a passkey
second-step-passkey-hint = Use your fingerprint, your face, your device’s PIN or a security key.
second-step-passkey-cancelled = Nothing was confirmed. Try again, or use another way.
second-step-passkey-script = Passkeys need a browser that runs scripts. Use another way here.
# $duration is a duration: 30 days
second-step-remember = Do not ask again in this browser for { $duration }
second-step-remember-hint = Only on a device that nobody else uses.

second-step-other-ways = Use another way
second-step-way-totp = Code of your authenticator app
second-step-way-passkey = Passkey or security key
second-step-way-password = Password
second-step-way-recovery-code = Recovery code

second-step-incomplete = Enter what the page asks for.
second-step-wrong-code = That code is not right, or it was used before. Wait for the next one and try again.
second-step-wrong-recovery-code = That recovery code is not right, or it was used before. Check it, or try another one.
second-step-wrong-password = That password is not right. Check it and try again.

second-step-recovered-title = You are signed in
# $count is a number.
second-step-codes-left = { $count ->
    [0] That was your last recovery code.
    [one] You have one recovery code left.
   *[other] You have { $count } recovery codes left.
}
second-step-recovered-hint = If you have lost your phone or key, set up a new one in your account before the codes run out.

second-step-lacking-title = One more step is needed
# $client is the name of an application.
second-step-lacking = { $client } asks for a second way to confirm that it is you, and your account has none yet. Add one, and you can go on.
second-step-lacking-passkey = { $client } asks for a passkey, and your account has none yet. Add one, and you can go on.
second-step-add-passkey = Add a passkey
second-step-add-authenticator = Set up an authenticator app
second-step-back = Go back to { $client }
