# Why what was typed cannot be taken. Operators read these at the command line as well, in English.

## Passwords

refusal-password-missing = Choose a password.
refusal-password-too-short = A password has at least 8 characters. Make it a little longer.
refusal-password-too-long = A password has at most 256 characters. Make it a little shorter.
refusal-password-nul = A password has no NUL character. Type it with other characters.
refusal-password-common = This password is on the list of the most used ones, which are tried first. Choose another one.
refusal-password-run = This password is a row of equal or neighbouring characters. Choose another one.
refusal-password-name = This password is little more than a name that anybody can guess. Choose another one.
refusal-password-breached =
    This password was found in a list of stolen ones. Choose another one, and change it where else you use it.

## Names and addresses

refusal-username = A username is 1 to 128 letters, digits and . _ - + @, without spaces.
refusal-email = That is not an email address. It looks like name@example.com.
# $name is a username or an email address.
refusal-login-taken = Somebody else signs in with { $name }. Choose another one.

## Passkeys

refusal-passkey-name = A name has 1 to { $longest } characters.
refusal-passkey-many = You have { $most } passkeys. Remove one before you add another.
refusal-passkey-known = That passkey is known here already.
refusal-passkey-model = This kind of authenticator is not accepted here. Use another one.
refusal-passkey = That passkey could not be added. Please try again.
refusal-passkey-first = Add a passkey first.
refusal-passkey-last = This passkey is your only way in. Add another one first.

## Other factors

refusal-factor-passkeys = Passkeys are removed one by one.
refusal-factor-last = This is the last way into the account. Add another one first.
refusal-code = That code is not right, or it was used before. Wait for the next one and try again.
refusal-totp-name = This username is too long for a QR code.
refusal-totp-expired = This set-up has expired or is done. Begin again.
refusal-totp-code = That is not the code that the app shows now. Check the clock of the device and try the next code.
