# Signing out, and the page afterwards.

logout-title = Sign out
logout-heading = Sign out?
logout-asked = { $client } asks to sign you out of { $service }.
logout-lead = This ends your session at { $service } in this browser.
logout-confirm = Sign out
logout-stay = Stay signed in
signed-out-title = You are signed out
signed-out-return =
    Your session at { $service } has ended. The applications that you used are being told, and then you go back.
signed-out-continue = Continue
signed-out-lead =
    Your session at { $service } has ended. Applications that are still open may keep their own sessions for a while; on a shared computer, close the browser.
signed-out-again = Sign in again
# Of a frame that nobody sees.
signed-out-frame = Signs you out of an application
