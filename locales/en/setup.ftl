# The first administrator.

setup-title = Create the first administrator
setup-lead = This account manages { $service }. The link that brought you here works once.
setup-username = Username
setup-email = Email
setup-password = Password
setup-password-hint = At least 8 characters. A few words in a row are strong and easy to type.
setup-submit = Create administrator
setup-old-page = The page had grown old. Please try again.
setup-done-title = Administrator created
setup-done-lead =
    { $service } is ready. The set-up link is spent; from now on you sign in with the username and password you chose.
setup-done-sign-in = Sign in
