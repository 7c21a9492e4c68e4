# A new account: the form, the link that proves its address, and invitations.

sign-up-title = Create your account
# $client is the application that the person came from.
sign-up-lead-client = to continue to { $client }
sign-up-email = Email
sign-up-email-hint = We send a letter there to make sure that it is yours.
# $domains is a list: example.com and example.org
sign-up-email-hint-domains = An address of { $domains }. We send a letter there to make sure that it is yours.
sign-up-username = Username
sign-up-username-hint = Letters, digits and . _ - +, without spaces. You sign in with it or with your email.
sign-up-password = Password
sign-up-password-hint = At least 8 characters. A few words in a row are strong and easy to type.
# Beside the label of a field that may stay empty.
sign-up-optional = (optional)
sign-up-choose = Choose…
sign-up-yes = Yes
sign-up-no = No
sign-up-lines-hint = One on each line.
sign-up-birthdate-hint = Year, month and day, as in 1990-12-31.
sign-up-terms = I agree to the
sign-up-terms-link = terms of use
sign-up-new-tab = (opens in a new tab)
sign-up-submit = Create account
sign-up-have-one = Already have an account?
sign-up-sign-in = Sign in
sign-up-sign-out = Sign out
sign-up-home = Go to your account

## Labels of what is asked

sign-up-given-name = First name
sign-up-middle-name = Middle name
sign-up-family-name = Last name
sign-up-name = Full name
sign-up-nickname = What we should call you
sign-up-birthdate = Date of birth
sign-up-phone-number = Phone number
sign-up-website = Website

## What cannot be taken

# $domains is a list: example.com and example.org
sign-up-wrong-domain = Accounts here are for addresses of { $domains }. Enter one of those, or ask for an invitation.
sign-up-wrong-username = A username is 1 to 64 letters, digits and . _ - +, without spaces and without @.
sign-up-wrong-empty = Please fill this in.
sign-up-wrong-long = That is too long, or has characters that cannot be kept. Make it shorter and plainer.
sign-up-wrong-number = That is not a number. Enter one such as 42 or 1.5.
sign-up-wrong-value = That cannot be kept here. Check it and try again.
sign-up-wrong-birthdate = That is not a date. Enter one such as 1990-12-31.
sign-up-wrong-website = That is not the address of a website. It begins with https://
sign-up-wrong-terms = Without your agreement there can be no account. Read the terms and tick the box.
# $wait is a duration: 2 minutes
sign-up-too-many = There were too many attempts. Try again in { $wait }.

## The letter

sign-up-sent-title = Check your email
sign-up-sent = A letter is on its way to { $address }. Open the link in it, best in this browser, and you are done.
# $lifetime is a duration: 24 hours
sign-up-sent-lifetime = The link works for { $lifetime }. You can close this page.
sign-up-sent-nothing = No letter? Look in your spam folder.
sign-up-sent-again = Try again

## The link

sign-up-confirm-title = One last step
# $address is an email address.
sign-up-confirm-lead = Your account will have the address { $address }.
sign-up-confirm-password-hint = The one that you chose when you asked for the account. We ask because this is another browser.
sign-up-confirm-wrong-password = That is not the password that you chose. Check it and try again, or create your account anew.
sign-up-confirm-submit = Create my account
sign-up-confirm-not-you = If you did not ask for an account, close this page: then there is none.
sign-up-done-title = Your account is ready
sign-up-done = Sign in with the password that you chose. If an application was waiting, go back to the browser in which you began, or start there again.
sign-up-exists-title = You have an account already
sign-up-exists = This address got an account in the meantime, so nothing was created. Sign in with it.
sign-up-link-gone-title = This link is no longer good
sign-up-link-gone = It works once and for a limited time. If you have used it already, your account is there: sign in. If not, create your account anew.

## Invitations

sign-up-invitation-title = You are invited
# $inviter is a person or the service, $organization what the person is to be a member of.
sign-up-invitation-join = { $inviter } invites you to join { $organization }.
sign-up-invitation-account = { $inviter } invites you to have an account.
sign-up-invitation-address = Your account will have the address { $address }.
# $name is a username.
sign-up-invitation-as = You join as { $name }.
sign-up-invitation-submit = Accept and create account
sign-up-invitation-join-submit = Join
sign-up-invitation-not-you = If you do not want this, close the page. Nothing happens then.
# $address is an email address.
sign-up-invitation-sign-in = { $address } has an account already. Sign in with it, and then open the link of the invitation again.
sign-up-invitation-somebody-else = The invitation is for { $address }, but you are signed in as { $name }. Sign out, sign in with the account of that address, and open the link again.
sign-up-invitation-unverified = The invitation is for { $address }, and that address of your account is not confirmed yet. Confirm it first, and then open the link again.
sign-up-invitation-nothing = { $address } has an account already, so there is nothing left to do. Sign in with it.
sign-up-invitation-gone-title = This invitation is no longer good
sign-up-invitation-gone = It was used already, is too old, or was taken back. Ask whoever invited you for a new one.
sign-up-joined-title = Welcome
sign-up-joined = You are a member now.
