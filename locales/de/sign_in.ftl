sign-in-title = Anmelden
sign-in-to-continue = um mit { $client } fortzufahren
sign-in-at-host = unter { $host }
sign-in-username = Benutzername oder E-Mail
sign-in-password = Passwort
sign-in-submit = Anmelden
sign-in-forgotten = Passwort vergessen?
sign-in-sign-up = Konto anlegen

sign-in-old-page = Die Seite war zu alt, oder Ihr Browser speichert keine Cookies. Bitte versuchen Sie es noch einmal.
sign-in-incomplete = Geben Sie Ihren Benutzernamen oder Ihre E-Mail-Adresse und Ihr Passwort ein.
sign-in-wrong = Benutzername und Passwort passen nicht zusammen. Prüfen Sie beide und versuchen Sie es noch einmal.
sign-in-too-many = Es gab zu viele Versuche. Versuchen Sie es in { $wait } noch einmal.
sign-in-busy = Gerade melden sich viele Menschen an. Bitte versuchen Sie es gleich noch einmal.
sign-in-second-step-gone = Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Bitte melden Sie sich noch einmal an.
