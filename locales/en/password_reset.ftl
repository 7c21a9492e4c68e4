# A forgotten password.

forgotten-title = Forgot your password?
forgotten-lead = Tell us who you are, and we send you a link with which you choose a new one.
forgotten-name = Username or email
forgotten-submit = Send the link
forgotten-back = Back to sign-in
forgotten-no-name = Enter your username or your email address.
# $wait is a duration: 2 minutes
forgotten-too-many = There were too many attempts. Try again in { $wait }.
forgotten-wrong-password = That password is not right. Check it and try again.
forgotten-asked-title = Check your email
# $lifetime is a duration: 30 minutes
forgotten-asked = If there is an account with that name and an email address, a letter is on its way there. Its link works for { $lifetime }.
forgotten-asked-nothing = If nothing comes, look in your spam folder, or ask the people who run this service.
forgotten-ask-again = Ask for a new link
forgotten-link-gone = It was used already, is too old, or a newer one was sent. Your password is as it was.

forgotten-reset-title = Choose a new password
# $name is the username.
forgotten-reset-lead = For the account { $name }.
forgotten-password = New password
forgotten-password-hint = At least 8 characters. A few words in a row are strong and easy to type.
forgotten-reset-submit = Set the password
forgotten-reset-after = You will be signed out everywhere, and sign in with the new password.
forgotten-done-title = Your password is changed
forgotten-done = You were signed out everywhere. Sign in with your new password.
forgotten-sign-in = Sign in
