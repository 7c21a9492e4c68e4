error-not-found-title = Nicht gefunden
error-not-found = Unter dieser Adresse gibt es nichts.
error-refused-title = Das hat nicht geklappt
error-request-title = Die Anwendung hat eine fehlerhafte Anfrage geschickt
error-request = So können Sie sich nicht anmelden. Gehen Sie zurück zur Anwendung. Wenn es wieder passiert, sagen Sie es bitte denen, die sie betreiben.
error-interaction-gone-title = Diese Seite gilt nicht mehr
error-interaction-gone = Die Anmeldung wurde in einem anderen Browser oder vor zu langer Zeit begonnen, oder dieser Browser speichert keine Cookies. Gehen Sie zurück zur Anwendung und melden Sie sich erneut an.
error-link-gone-title = Dieser Link gilt nicht mehr
error-link-gone = Er funktioniert einmal und eine Stunde lang. Wer diesen Server betreibt, kann einen neuen anfordern: avouch setup-link
error-busy-title = Einen Moment bitte
error-busy = Der Server hat gerade viel zu tun. Versuchen Sie es gleich noch einmal.
error-internal-title = Hier ist etwas schiefgegangen
error-internal = Das liegt an uns, nicht an Ihnen. Versuchen Sie es in einer Weile noch einmal.
error-developers = Für Entwickler
error-go-home = Zur Startseite
error-ask = Wenn Sie um Hilfe bitten, nennen Sie diese Nummer: { $id }

error-old-page = Die Seite war zu alt, oder Ihr Browser speichert keine Cookies. Laden Sie sie neu und versuchen Sie es noch einmal.
error-too-large = Das war mehr, als wir annehmen können. Versuchen Sie es mit weniger.
error-unreadable = Wir konnten nicht lesen, was Ihr Browser geschickt hat. Gehen Sie zurück und versuchen Sie es noch einmal.
error-wrong-credentials = Benutzername und Passwort passen nicht zusammen. Prüfen Sie beide und versuchen Sie es noch einmal.
error-unknown-passkey = Dieser Passkey gehört hier zu keinem Konto. Melden Sie sich auf andere Weise an.
error-disabled = Dieses Konto wurde gesperrt. Wenden Sie sich an die Betreiber dieses Dienstes.
error-sign-in-again = Bitte melden Sie sich erneut an und versuchen Sie es dann noch einmal.

error-script-wrong-passkey = Dieser Passkey konnte nicht verwendet werden. Versuchen Sie es noch einmal, oder melden Sie sich auf andere Weise an.
error-script-too-long = Das hat zu lange gedauert. Bitte versuchen Sie es noch einmal.
error-script-too-many = Es gab zu viele Versuche. Warten Sie eine Weile und versuchen Sie es dann noch einmal.
