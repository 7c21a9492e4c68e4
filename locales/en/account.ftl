# The pages of a person's own account.

## The menu

account-menu = Your account
account-menu-back = Back to your account
account-go-on = Go on with signing in
account-menu-overview = Overview
account-menu-profile = Profile
account-menu-email = Email address
account-menu-password = Password
account-menu-passkeys = Passkeys
account-menu-authenticator = Authenticator app
account-menu-recovery-codes = Recovery codes
account-menu-sessions = Where you are signed in
account-menu-applications = Applications
account-menu-activity = Recent activity
account-menu-export = Download your data
account-menu-delete = Delete your account

## On several pages

account-recent = To change something here, sign in again first.
account-sign-in-again = Sign in again
account-factor-last = This is your last way in. Add another one first, then remove this one.

## Overview

account-overview-title = Your account
account-concerns = Worth a look
account-concern-copied-passkey = Somebody else may have a copy of one of your passkeys. It no longer signs in. Remove it and add a new one.
account-concern-one-way-in = You have only one way to sign in. Add a passkey, so that you still get in if you lose it.
account-concern-no-codes = If you lose your second factor, you cannot get in. Make recovery codes and keep them in a safe place.
# $count is how many are left, 1 to 3.
account-concern-few-codes = { $count ->
    [one] You have only { $count } recovery code left. Make new ones before you need them.
   *[other] You have only { $count } recovery codes left. Make new ones before you need them.
}
account-concern-unverified-email = Your email address is not confirmed yet.
account-email = Email
account-role = Role
account-organization = Organization
account-group-you = About you
account-group-signing-in = How you sign in
account-group-use = Where your account is used
account-group-record = Your data
account-state-profile = Your name, picture, language and contact details
# $day is a day in words.
account-state-password = Set on { $day }
account-state-no-password = Not set
account-state-passkeys = { $count ->
    [0] None yet
    [one] { $count } passkey
   *[other] { $count } passkeys
}
account-state-authenticator = On since { $day }
account-state-no-authenticator = Off
account-state-recovery-codes = { $count ->
    [0] None
    [one] { $count } left
   *[other] { $count } left
}
account-state-sessions = { $count ->
    [one] In { $count } browser
   *[other] In { $count } browsers
}
account-state-applications = { $count ->
    [0] None has access
    [one] { $count } application has access
   *[other] { $count } applications have access
}
account-state-activity = Sign-ins and changes of the last 90 days
account-state-export = A file with everything that is kept about you
account-state-delete = For good
account-sign-out = Sign out

## Profile

account-profile-title = Profile
account-profile-lead = Applications see of this only what you allow them to see.
account-profile-saved = Your profile is saved.
account-profile-wrong = Your profile was not saved yet. Look at the fields that are marked below.
account-profile-changed-meanwhile =
    Your profile was changed in another window meanwhile. Below is what you typed; where it differs, it says what is kept now. Save again to keep yours.
account-profile-signed-out =
    You are signed out. Nothing that you typed is lost: sign in in another window, then save here again.
# $value is what is kept.
account-profile-kept = Kept now: { $value }
account-profile-save = Save
account-profile-names = Your name
account-profile-about = About you
account-profile-contact = How to reach you
account-profile-more = More about you
account-profile-name = Full name
account-profile-given-name = First name
account-profile-middle-name = Middle name
account-profile-family-name = Last name
account-profile-nickname = Nickname
account-profile-picture = Picture
account-profile-website = Website
account-profile-gender = Gender
account-profile-birthdate = Date of birth
account-profile-zoneinfo = Time zone
account-profile-locale = Language
account-profile-phone-number = Phone number
account-profile-street-address = Street and number
account-profile-postal-code = Postal code
account-profile-locality = City
account-profile-region = State or region
account-profile-country = Country
account-profile-hint-name = Leave it empty to be called by your first and last name.
account-profile-hint-picture = The address of a picture on the web. It begins with https://
account-profile-hint-phone-number = With the country code, for example +44 20 7946 0000
account-profile-hint-birthdate = For example 1990-12-31, or only the year
account-profile-hint-lines = One on each line
account-profile-none = Not set
account-profile-yes = Yes
account-profile-no = No
# $most is how many characters it may have.
account-profile-wrong-long = That is too long. Use at most { $most } characters.
account-profile-wrong-characters = There is a character in it that cannot be kept. Type it again.
account-profile-wrong-url = That is not an address on the web. It begins with https:// or http://
account-profile-wrong-https = That is not a picture's address that begins with https://
account-profile-wrong-birthdate = Write the date like 1990-12-31, or only the year. It cannot be in the future.
account-profile-wrong-phone = Write the number with the country code, for example +44 20 7946 0000
account-profile-wrong-number = That is not a number. Write it with digits, for example 12.5
account-profile-wrong-choice = Choose one from the list.

## Password

account-password-title = Password
account-password-since = You set your password on { $day }.
account-password-none = You have no password. You can sign in without one.
account-password-current = Current password
account-password-new = New password
account-password-hint = At least 8 characters. A few words in a row are strong and easy to type.
account-password-repeated = New password once more
account-password-change = Change password
account-password-set = Set password
account-password-ends = You stay signed in here. Everywhere else you are signed out.
account-password-was-set = Your password is set. Everywhere but here you are signed out.
account-password-was-removed = Your password is removed. Everywhere but here you are signed out.
account-password-differs = The two new passwords are not the same. Type both again.
account-password-wrong = That is not your current password. Type it again.
# $duration is a time in words, for example 45 seconds.
account-password-too-many = There were too many attempts. Try again in { $duration }.
account-password-gone = You have no password any more.
account-password-removal = Do without a password
account-password-can-go = You can sign in without it. What does not exist cannot be stolen.
account-password-remove = Remove password
account-password-only-way = Your password is your only way in. Add a passkey if you want to do without it.

## Authenticator app

account-authenticator-title = Authenticator app
account-authenticator-lead = An app on your phone shows a code that changes every 30 seconds. After your password, you are asked for it.
account-authenticator-why = Then nobody gets in with your password alone. Any authenticator app will do.
account-authenticator-begin = Set up an app
account-authenticator-since = Your app was set up on { $day }.
account-authenticator-used = It was last used on { $day }.
account-authenticator-not-used = It was not used yet.
account-authenticator-replace = Set up another app
account-authenticator-until-then = Your present app goes on until the first code of the new one is confirmed.
account-authenticator-scan = Scan this with the app
account-authenticator-or-type = Or type this key into the app:
account-authenticator-open = The app is on this device: open it
account-authenticator-confirm = Type the code that the app shows
account-authenticator-code = Code
account-authenticator-turn-on = Turn on
account-authenticator-wrong-code =
    That is not the code that the app shows now. Try the next one. If it is wrong again, look whether the clock of the device is right.
account-authenticator-expired = This took too long, or it is done already. Begin again.
account-authenticator-gone = There is no authenticator app any more.
account-authenticator-was-set-up = Your authenticator app is set up. From now on you are asked for its code.
account-authenticator-was-removed = Your authenticator app is removed. Everywhere but here you are signed out.
account-authenticator-removal = Turn it off
account-authenticator-removal-means = Then you are no longer asked for a code. Everywhere but here you are signed out.
account-authenticator-remove = Remove authenticator app

## Recovery codes

account-codes-title = Recovery codes
account-codes-lead = If you lose your phone, a recovery code lets you in instead. Each works once.
account-codes-come-next = Your authenticator app is set up. One last step: make recovery codes, in case you lose it.
account-codes-of-no-use = You need none yet: they stand in for an authenticator app, and you have not set one up.
account-codes-none = You have none yet.
# $count is how many are left, $day is a day in words.
account-codes-left = { $count ->
    [one] You have { $count } code left of those that you made on { $day }.
   *[other] You have { $count } codes left of those that you made on { $day }.
}
account-codes-replaces = New codes take the place of the old ones, which then no longer work.
account-codes-anew = Make new codes
account-codes-make = Make recovery codes
account-new-codes-title = Your new recovery codes
account-new-codes-lead = Print or copy them now and keep them in a safe place. They are not shown again.
account-new-codes-of = Recovery codes of { $username } at { $service }, made on { $day }
account-new-codes-each-once = Each code works once. Any older codes no longer work.
account-new-codes-kept = I have saved them

## Applications

account-apps-title = Applications
account-apps-lead = These applications may use your account because you said yes.
account-apps-none = No application may use your account. When one asks, you decide.
account-apps-withdrawn = That application can no longer use your account.
account-apps-gone = Not available now
account-apps-offline = Also while you are away
account-apps-since = Allowed on { $day }
account-apps-used = signed in with it on { $day }
account-apps-may = What it may see and do
account-apps-withdraw = Remove access
account-apps-means = When you remove the access of an application, it is told, and it has to ask you again.

## Recent activity

account-activity-title = Recent activity
account-activity-lead = What happened to your account in the last 90 days, the latest first.
account-activity-nothing = Nothing happened yet.
account-activity-look = Was this you?
account-activity-by-operator = By those who run this service
account-activity-newest = Latest
account-activity-older = Earlier
account-activity-not-you =
    Was something here not you? Change your password, remove what you do not know, and sign out everywhere.
account-activity-signed-in = You signed in
account-activity-sign-in-failed = Somebody tried to sign in, and failed
account-activity-wrong-password = A wrong current password was typed
account-activity-second-asked = A second factor was asked for
account-activity-browser-remembered = A browser was remembered, so that it is not asked for the second factor
account-activity-browser-forgotten = A browser is no longer remembered
account-activity-signed-out = You signed out
account-activity-session-begun = You are signed in in a new browser
account-activity-session-ended = You ended a session
account-activity-passkey-added = A passkey was added
account-activity-passkey-removed = A passkey was removed
account-activity-passkey-refused = A passkey could not be added
account-activity-passkey-suspected = A passkey was blocked, because there may be a copy of it
account-activity-authenticator-added = An authenticator app was set up
account-activity-authenticator-removed = The authenticator app was removed
account-activity-password-removed = The password was removed
account-activity-factor-removed = A way to sign in was removed
account-activity-second-used = A second factor was used
account-activity-second-failed = A wrong code was typed
account-activity-codes-made = New recovery codes were made
account-activity-second-added = From here on, a second factor is asked for
account-activity-second-removed = From here on, a second factor is no longer asked for
account-activity-password-set = A password was set
account-activity-password-changed = The password was changed
account-activity-email-asked = Another email address was asked for
account-activity-email-changed = The email address was confirmed
account-activity-password-forgotten = Somebody asked for a new password by letter
account-activity-password-link = A link for a new password was made
account-activity-email-link = A link to confirm the email address was made
account-activity-letter-sent = A letter was sent to you
account-activity-letter-lost = A letter could not be delivered to you
account-activity-consent-given = You let an application use your account
account-activity-consent-withdrawn = You removed the access of an application
account-activity-profile-changed = The profile was changed
account-activity-exported = Your data was downloaded
account-activity-added = The account was made
account-activity-disabled = The account was disabled
account-activity-enabled = The account was enabled
account-activity-organization = The active organization was changed
account-activity-joined = You joined an organization
account-activity-other = Something about your account was changed
account-way-password = Password
account-way-passkey = Passkey
account-way-authenticator = Authenticator app
account-way-recovery-code = Recovery code

## Download

account-export-title = Download your data
account-export-lead = One file with everything that { $service } keeps about you.
account-export-what =
    Your profile, how you sign in, where you are signed in, which applications may use your account, and what happened lately. No passwords and no keys are in it. Keep it to yourself all the same.
account-export-download = Download

## Delete

account-delete-title = Delete your account
account-delete-lead = This cannot be undone.
account-delete-sign-in = You can no longer sign in, here or to any application that you use with this account.
account-delete-applications = Every session ends at once, and the applications are told.
account-delete-elsewhere = What applications have kept about you themselves, you have to ask them to delete.
account-delete-export-first = Download your data first
# $username is the name of the account.
account-delete-type = To delete it, type { $username } here
account-delete-submit = Delete my account for good
account-delete-other-name = That is not the name of this account. Type it as it stands there.
account-delete-last-administrator =
    You are the only administrator. Make somebody else an administrator first; then you can leave.
account-deleted-title = Your account is deleted
account-deleted = Nobody can sign in to { $service } with it any more. Thank you for having been here.
account-deleted-frame = Signs you out of an application
