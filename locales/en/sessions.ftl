# Where a person is signed in.

sessions-title = Where you are signed in
sessions-lead =
    Ending a session signs you out of { $service } in that browser, and tells the applications that you used there.
# For example: Firefox on Linux
sessions-device = { $browser } on { $system }
sessions-device-unknown = Another program
sessions-this = This browser
# $moment is a day and a time.
sessions-signed-in = Signed in { $moment }
sessions-signed-in-from = Signed in { $moment } from { $address }
sessions-applications = Applications: { $names }
sessions-sign-out = Sign out
sessions-end = End this session
sessions-end-others = End all other sessions
sessions-end-all = Sign out everywhere

# Browsers in which the second step is skipped.
sessions-remembered = Browsers without the second step
sessions-remembered-means = You chose not to be asked for the second step in these browsers.
sessions-remembered-until = Until { $day }
sessions-forget = Ask again there
sessions-forget-all = Ask again everywhere
