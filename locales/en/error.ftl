# The error page.

error-not-found-title = Not found
error-not-found = There is nothing at this address.
error-refused-title = That did not work
error-request-title = The application sent a wrong request
error-request =
    You cannot sign in this way. Go back to the application; if it happens again, tell the people who run it.
error-interaction-gone-title = This page is no longer good
error-interaction-gone =
    The sign-in was started in another browser or too long ago, or this browser keeps no cookies. Go back to the application and sign in again.
error-link-gone-title = This link is no longer good
error-link-gone = It works once and for one hour. Whoever runs this server can make a new one with: avouch setup-link
error-busy-title = Please wait a moment
error-busy = The server has much to do. Try again in a moment.
error-internal-title = Something went wrong here
error-internal = It is our fault, not yours. Try again in a while.
error-developers = For developers
error-go-home = Go to the home page
# $id is a number to read out.
error-ask = If you ask for help, give this number: { $id }

error-old-page = The page had grown old, or your browser does not keep cookies. Reload it and try again.
error-too-large = That was more than we can take. Try again with less.
error-unreadable = We could not read what your browser sent. Go back and try again.
error-wrong-credentials = That username and password do not go together. Check both and try again.
error-unknown-passkey = That passkey belongs to no account here. Sign in in another way.
error-disabled = This account has been disabled. Ask the people who run this service.
error-no-way-in =
    This account asks for a second factor that it does not have any more. Ask the people who run this service for help.
error-sign-in-again = Please sign in again, then try once more.

## Sentences that a script shows on the page it runs on.

error-script-wrong-passkey = That passkey could not be used. Try again, or sign in in another way.
error-script-too-long = That took too long. Please try again.
error-script-too-many = There were too many attempts. Wait a while, then try again.
