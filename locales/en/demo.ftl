# The demo application.

demo-mode = Demo mode:
demo-mode-hint = not for real users
demo-title = Demo application
demo-lead = A tiny application that lets { $service } sign you in, then shows what it learned.
demo-credentials = Sign in as { $username } with the password { $password }.
demo-sign-in = Sign in
demo-failed = The demo application could not sign you in. Try again.
demo-signed-in = You are signed in
demo-signed-in-lead =
    The demo application exchanged a code for these tokens and verified their signatures with the keys that { $service } publishes.
demo-id-token = ID token
demo-id-token-hint = who signed in, for the application
demo-access-token = Access token
demo-access-token-hint = what a backend receives
demo-claim = Claim
demo-value = Value
demo-sign-out = Sign out
