# The page about one's own email address, and the link that proves it.

account-email-title = Your email address
account-email-verified = Confirmed
account-email-unverified = Not confirmed
account-email-none = You have no email address here yet.
# $address is an email address.
account-email-pending = { $address } is waiting to be confirmed: use the link in the letter that we sent there. Until then, nothing changes.
account-email-sent = A letter is on its way. If it does not come, look in your spam folder, or send it again in a while.
account-email-resend = Send the letter again
account-email-keep = Keep the address as it is
account-email-no-mail = Ask the people who run this service for the link that confirms it.
account-email-change-title = Change it
account-email-change-lead = We send a letter with a link to the new address. The change happens when you use the link.
account-email-new = New email address
account-email-change = Send the link
account-email-sign-in-first = To change the address, sign in again first.
account-email-sign-in = Sign in again
account-email-not-an-address = That does not look like an email address. Check it and try again.
account-email-same = That is your address already.

account-email-verify-title = Confirm your email address
account-email-verify-lead = Is { $address } your address? Confirm it, and we can write to you there.
account-email-verify-change = Is { $address } your address? Confirm it, and it takes the place of the one that you have here.
account-email-verify-sign-in-first = Sign in as the person who asked for this, then open the link again. It stays good.
account-email-verify-sign-in = Sign in
account-email-verify-submit = Confirm
account-email-verify-not-you = If you did not ask for this, close this page: nothing happens.
account-email-done-title = Your address is confirmed
account-email-done = From now on we write to { $address }.
account-email-next = Go on
account-email-link-gone = It was used already, is too old, or a newer one was sent. On the page about your address you can have another one sent.
