# The choice of an account.

account-choice-title = Choose an account
account-choice-lead = to continue to { $client }
# Stands before the account's name.
account-choice-continue = Continue as
account-choice-other = Use another account
