# The sign-in page.

sign-in-title = Sign in
# $client is the name of an application.
sign-in-to-continue = to continue to { $client }
# Beside the name of an application that nobody registered; $host is where it says it is from.
sign-in-at-host = at { $host }
sign-in-username = Username or email
sign-in-password = Password
sign-in-submit = Sign in
sign-in-forgotten = Forgot your password?
sign-in-sign-up = Create an account

sign-in-old-page = The page had grown old, or your browser does not keep cookies. Please try again.
sign-in-incomplete = Enter your username or email and your password.
sign-in-wrong = That username and password do not go together. Check both and try again.
# $wait is a duration: 15 minutes
sign-in-too-many = There were too many attempts. Try again in { $wait }.
sign-in-busy = Many people are signing in. Please try again in a moment.
sign-in-second-step-gone = That sign-in took too long, or was begun in another browser. Please sign in again.
