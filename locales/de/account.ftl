account-menu = Ihr Konto
account-menu-back = Zurück zu Ihrem Konto
account-menu-overview = Übersicht
account-menu-profile = Profil
account-menu-email = E-Mail-Adresse
account-menu-password = Passwort
account-menu-passkeys = Passkeys
account-menu-authenticator = Authentifizierungs-App
account-menu-recovery-codes = Wiederherstellungscodes
account-menu-sessions = Wo Sie angemeldet sind
account-menu-applications = Anwendungen
account-menu-activity = Letzte Aktivitäten
account-menu-export = Ihre Daten herunterladen
account-menu-delete = Ihr Konto löschen

account-recent = Um hier etwas zu ändern, melden Sie sich bitte erst erneut an.
account-sign-in-again = Erneut anmelden
account-factor-last = Das ist Ihr letzter Zugang. Fügen Sie erst einen anderen hinzu, dann entfernen Sie diesen.

account-overview-title = Ihr Konto
account-concerns = Einen Blick wert
account-concern-copied-passkey = Jemand anderes könnte eine Kopie eines Ihrer Passkeys haben. Mit ihm kann man sich nicht mehr anmelden. Entfernen Sie ihn und fügen Sie einen neuen hinzu.
account-concern-one-way-in = Sie haben nur einen Weg, sich anzumelden. Fügen Sie einen Passkey hinzu, damit Sie auch hineinkommen, wenn Sie ihn verlieren.
account-concern-no-codes = Wenn Sie Ihren zweiten Faktor verlieren, kommen Sie nicht mehr hinein. Erstellen Sie Wiederherstellungscodes und bewahren Sie sie sicher auf.
account-concern-few-codes = { $count ->
    [one] Sie haben nur noch { $count } Wiederherstellungscode. Erstellen Sie neue, bevor Sie sie brauchen.
   *[other] Sie haben nur noch { $count } Wiederherstellungscodes. Erstellen Sie neue, bevor Sie sie brauchen.
}
account-concern-unverified-email = Ihre E-Mail-Adresse ist noch nicht bestätigt.
account-email = E-Mail
account-role = Rolle
account-organization = Organisation
account-group-you = Über Sie
account-group-signing-in = Wie Sie sich anmelden
account-group-use = Wo Ihr Konto benutzt wird
account-group-record = Ihre Daten
account-state-profile = Ihr Name, Ihr Bild, Ihre Sprache und wie man Sie erreicht
account-state-password = Festgelegt am { $day }
account-state-no-password = Nicht festgelegt
account-state-passkeys = { $count ->
    [0] Noch keine
    [one] { $count } Passkey
   *[other] { $count } Passkeys
}
account-state-authenticator = Aktiv seit { $day }
account-state-no-authenticator = Aus
account-state-recovery-codes = { $count ->
    [0] Keine
   *[other] Noch { $count }
}
account-state-sessions = In { $count } { $count ->
    [one] Browser
   *[other] Browsern
}
account-state-applications = { $count ->
    [0] Keine hat Zugriff
    [one] { $count } Anwendung hat Zugriff
   *[other] { $count } Anwendungen haben Zugriff
}
account-state-activity = Anmeldungen und Änderungen der letzten 90 Tage
account-state-export = Eine Datei mit allem, was über Sie gespeichert ist
account-state-delete = Endgültig
account-sign-out = Abmelden

account-profile-title = Profil
account-profile-lead = Anwendungen sehen davon nur, was Sie ihnen erlauben.
account-profile-saved = Ihr Profil ist gespeichert.
account-profile-wrong = Ihr Profil wurde noch nicht gespeichert. Sehen Sie sich die markierten Felder an.
account-profile-changed-meanwhile = Ihr Profil wurde inzwischen in einem anderen Fenster geändert. Unten steht, was Sie eingegeben haben; wo es abweicht, steht dabei, was jetzt gespeichert ist. Speichern Sie noch einmal, um Ihre Angaben zu behalten.
account-profile-signed-out = Sie sind abgemeldet. Nichts von dem, was Sie eingegeben haben, ist verloren: Melden Sie sich in einem anderen Fenster an und speichern Sie hier noch einmal.
account-profile-kept = Jetzt gespeichert: { $value }
account-profile-save = Speichern
account-profile-names = Ihr Name
account-profile-about = Über Sie
account-profile-contact = Wie man Sie erreicht
account-profile-more = Mehr über Sie
account-profile-name = Vollständiger Name
account-profile-given-name = Vorname
account-profile-middle-name = Weiterer Vorname
account-profile-family-name = Nachname
account-profile-nickname = Spitzname
account-profile-picture = Bild
account-profile-website = Website
account-profile-gender = Geschlecht
account-profile-birthdate = Geburtsdatum
account-profile-zoneinfo = Zeitzone
account-profile-locale = Sprache
account-profile-phone-number = Telefonnummer
account-profile-street-address = Straße und Hausnummer
account-profile-postal-code = Postleitzahl
account-profile-locality = Ort
account-profile-region = Bundesland oder Region
account-profile-country = Land
account-profile-hint-name = Lassen Sie das Feld leer, um mit Vor- und Nachnamen genannt zu werden.
account-profile-hint-picture = Die Adresse eines Bildes im Web. Sie beginnt mit https://
account-profile-hint-phone-number = Mit Ländervorwahl, zum Beispiel +49 30 12345678
account-profile-hint-birthdate = Zum Beispiel 1990-12-31, oder nur das Jahr
account-profile-hint-lines = In jeder Zeile eines
account-profile-none = Nicht festgelegt
account-profile-yes = Ja
account-profile-no = Nein
account-profile-wrong-long = Das ist zu lang. Verwenden Sie höchstens { $most } Zeichen.
account-profile-wrong-characters = Darin ist ein Zeichen, das nicht gespeichert werden kann. Geben Sie es noch einmal ein.
account-profile-wrong-url = Das ist keine Adresse im Web. Sie beginnt mit https:// oder http://
account-profile-wrong-https = Das ist keine Bildadresse, die mit https:// beginnt.
account-profile-wrong-birthdate = Schreiben Sie das Datum wie 1990-12-31, oder nur das Jahr. Es darf nicht in der Zukunft liegen.
account-profile-wrong-phone = Schreiben Sie die Nummer mit Ländervorwahl, zum Beispiel +49 30 12345678
account-profile-wrong-number = Das ist keine Zahl. Schreiben Sie sie mit Ziffern, zum Beispiel 12.5
account-profile-wrong-choice = Wählen Sie etwas aus der Liste.

account-password-title = Passwort
account-password-since = Sie haben Ihr Passwort am { $day } festgelegt.
account-password-none = Sie haben kein Passwort. Sie können sich ohne anmelden.
account-password-current = Jetziges Passwort
account-password-new = Neues Passwort
account-password-hint = Mindestens 8 Zeichen. Ein paar Wörter hintereinander sind sicher und leicht zu tippen.
account-password-repeated = Neues Passwort noch einmal
account-password-change = Passwort ändern
account-password-set = Passwort festlegen
account-password-ends = Hier bleiben Sie angemeldet. Überall sonst werden Sie abgemeldet.
account-password-was-set = Ihr Passwort ist festgelegt. Überall außer hier sind Sie abgemeldet.
account-password-was-removed = Ihr Passwort ist entfernt. Überall außer hier sind Sie abgemeldet.
account-password-differs = Die beiden neuen Passwörter sind nicht gleich. Geben Sie beide noch einmal ein.
account-password-wrong = Das ist nicht Ihr jetziges Passwort. Geben Sie es noch einmal ein.
account-password-too-many = Es gab zu viele Versuche. Versuchen Sie es in { $duration } noch einmal.
account-password-gone = Sie haben kein Passwort mehr.
account-password-removal = Ohne Passwort auskommen
account-password-can-go = Sie können sich ohne anmelden. Was es nicht gibt, kann nicht gestohlen werden.
account-password-remove = Passwort entfernen
account-password-only-way = Ihr Passwort ist Ihr einziger Zugang. Fügen Sie einen Passkey hinzu, wenn Sie ohne Passwort auskommen möchten.

account-authenticator-title = Authentifizierungs-App
account-authenticator-lead = Eine App auf Ihrem Telefon zeigt einen Code, der sich alle 30 Sekunden ändert. Nach dem Passwort werden Sie danach gefragt.
account-authenticator-why = Dann kommt niemand allein mit Ihrem Passwort hinein. Jede Authentifizierungs-App ist geeignet.
account-authenticator-begin = App einrichten
account-authenticator-since = Ihre App wurde am { $day } eingerichtet.
account-authenticator-used = Sie wurde zuletzt am { $day } benutzt.
account-authenticator-not-used = Sie wurde noch nicht benutzt.
account-authenticator-replace = Andere App einrichten
account-authenticator-until-then = Ihre jetzige App gilt weiter, bis der erste Code der neuen bestätigt ist.
account-authenticator-scan = Scannen Sie dies mit der App
account-authenticator-or-type = Oder geben Sie diesen Schlüssel in die App ein:
account-authenticator-open = Die App ist auf diesem Gerät: öffnen
account-authenticator-confirm = Geben Sie den Code ein, den die App zeigt
account-authenticator-code = Code
account-authenticator-turn-on = Einschalten
account-authenticator-wrong-code = Das ist nicht der Code, den die App jetzt anzeigt. Versuchen Sie den nächsten. Wenn er wieder nicht stimmt, prüfen Sie die Uhr des Geräts.
account-authenticator-expired = Das hat zu lange gedauert oder ist schon erledigt. Beginnen Sie noch einmal.
account-authenticator-gone = Es gibt keine Authentifizierungs-App mehr.
account-authenticator-was-set-up = Ihre Authentifizierungs-App ist eingerichtet. Von nun an werden Sie nach ihrem Code gefragt.
account-authenticator-was-removed = Ihre Authentifizierungs-App ist entfernt. Überall außer hier sind Sie abgemeldet.
account-authenticator-removal = Ausschalten
account-authenticator-removal-means = Dann werden Sie nicht mehr nach einem Code gefragt. Überall außer hier werden Sie abgemeldet.
account-authenticator-remove = Authentifizierungs-App entfernen

account-codes-title = Wiederherstellungs{ "\u00AD" }codes
account-codes-lead = Wenn Sie Ihr Telefon verlieren, kommen Sie mit einem Wiederherstellungscode hinein. Jeder funktioniert einmal.
account-codes-come-next = Ihre Authentifizierungs-App ist eingerichtet. Noch ein letzter Schritt: Erstellen Sie Wiederherstellungscodes, falls Sie sie verlieren.
account-codes-of-no-use = Sie brauchen noch keine: Sie treten an die Stelle einer Authentifizierungs-App, und Sie haben keine eingerichtet.
account-codes-none = Sie haben noch keine.
account-codes-left = { $count ->
    [one] Von den Codes, die Sie am { $day } erstellt haben, ist noch { $count } übrig.
   *[other] Von den Codes, die Sie am { $day } erstellt haben, sind noch { $count } übrig.
}
account-codes-replaces = Neue Codes ersetzen die alten, die dann nicht mehr funktionieren.
account-codes-anew = Neue Codes erstellen
account-codes-make = Wiederherstellungs{ "\u00AD" }codes erstellen
account-new-codes-title = Ihre neuen Wiederherstellungs{ "\u00AD" }codes
account-new-codes-lead = Drucken oder kopieren Sie sie jetzt, und bewahren Sie sie sicher auf. Sie werden nicht noch einmal angezeigt.
account-new-codes-of = Wiederherstellungscodes von { $username } bei { $service }, erstellt am { $day }
account-new-codes-each-once = Jeder Code funktioniert einmal. Früher erstellte Codes funktionieren nicht mehr.
account-new-codes-kept = Ich habe sie aufbewahrt

account-apps-title = Anwendungen
account-apps-lead = Diese Anwendungen dürfen Ihr Konto verwenden, weil Sie es erlaubt haben.
account-apps-none = Keine Anwendung darf Ihr Konto verwenden. Wenn eine fragt, entscheiden Sie.
account-apps-withdrawn = Diese Anwendung kann Ihr Konto nicht mehr verwenden.
account-apps-gone = Zurzeit nicht verfügbar
account-apps-offline = Auch, während Sie nicht da sind
account-apps-since = Erlaubt am { $day }
account-apps-used = zuletzt damit angemeldet am { $day }
account-apps-may = Was sie sehen und tun darf
account-apps-withdraw = Zugriff entziehen
account-apps-means = Wenn Sie einer Anwendung den Zugriff entziehen, erfährt sie es und muss Sie neu fragen.

account-activity-title = Letzte Aktivitäten
account-activity-lead = Was in den letzten 90 Tagen mit Ihrem Konto geschehen ist, das Neueste zuerst.
account-activity-nothing = Es ist noch nichts geschehen.
account-activity-look = Waren Sie das?
account-activity-by-operator = Durch die Betreiber dieses Dienstes
account-activity-newest = Neueste
account-activity-older = Frühere
account-activity-not-you = Waren Sie etwas davon nicht? Ändern Sie Ihr Passwort, entfernen Sie, was Sie nicht kennen, und melden Sie sich überall ab.
account-activity-signed-in = Sie haben sich angemeldet
account-activity-sign-in-failed = Jemand hat vergeblich versucht, sich anzumelden
account-activity-wrong-password = Ein falsches jetziges Passwort wurde eingegeben
account-activity-signed-out = Sie haben sich abgemeldet
account-activity-session-begun = Sie sind in einem neuen Browser angemeldet
account-activity-session-ended = Sie haben eine Sitzung beendet
account-activity-passkey-added = Ein Passkey wurde hinzugefügt
account-activity-passkey-removed = Ein Passkey wurde entfernt
account-activity-passkey-refused = Ein Passkey konnte nicht hinzugefügt werden
account-activity-passkey-suspected = Ein Passkey wurde gesperrt, weil es eine Kopie davon geben könnte
account-activity-authenticator-added = Eine Authentifizierungs-App wurde eingerichtet
account-activity-authenticator-removed = Die Authentifizierungs-App wurde entfernt
account-activity-password-removed = Das Passwort wurde entfernt
account-activity-factor-removed = Ein Weg, sich anzumelden, wurde entfernt
account-activity-second-used = Ein zweiter Faktor wurde benutzt
account-activity-second-failed = Ein falscher Code wurde eingegeben
account-activity-codes-made = Neue Wiederherstellungscodes wurden erstellt
account-activity-second-added = Von hier an wird nach einem zweiten Faktor gefragt
account-activity-second-removed = Von hier an wird nicht mehr nach einem zweiten Faktor gefragt
account-activity-password-set = Ein Passwort wurde festgelegt
account-activity-password-changed = Das Passwort wurde geändert
account-activity-email-asked = Eine andere E-Mail-Adresse wurde eingegeben
account-activity-email-changed = Die E-Mail-Adresse wurde bestätigt
account-activity-password-forgotten = Jemand hat per E-Mail ein neues Passwort angefordert
account-activity-password-link = Ein Link für ein neues Passwort wurde erstellt
account-activity-email-link = Ein Link zum Bestätigen der E-Mail-Adresse wurde erstellt
account-activity-letter-sent = Eine E-Mail wurde an Sie gesendet
account-activity-letter-lost = Eine E-Mail an Sie konnte nicht zugestellt werden
account-activity-consent-given = Sie haben einer Anwendung Ihr Konto freigegeben
account-activity-consent-withdrawn = Sie haben einer Anwendung den Zugriff entzogen
account-activity-profile-changed = Das Profil wurde geändert
account-activity-exported = Ihre Daten wurden heruntergeladen
account-activity-added = Das Konto wurde angelegt
account-activity-disabled = Das Konto wurde gesperrt
account-activity-enabled = Das Konto wurde entsperrt
account-activity-organization = Die aktive Organisation wurde gewechselt
account-activity-other = An Ihrem Konto wurde etwas geändert
account-way-password = Passwort
account-way-passkey = Passkey
account-way-authenticator = Authentifizierungs-App
account-way-recovery-code = Wiederherstellungscode

account-export-title = Ihre Daten herunterladen
account-export-lead = Eine Datei mit allem, was { $service } über Sie speichert.
account-export-what = Ihr Profil, wie Sie sich anmelden, wo Sie angemeldet sind, welche Anwendungen Ihr Konto verwenden dürfen und was zuletzt geschehen ist. Passwörter und Schlüssel sind nicht darin. Behalten Sie die Datei trotzdem für sich.
account-export-download = Herunterladen

account-delete-title = Ihr Konto löschen
account-delete-lead = Das lässt sich nicht rückgängig machen.
account-delete-sign-in = Sie können sich nicht mehr anmelden, weder hier noch bei einer Anwendung, die Sie mit diesem Konto benutzen.
account-delete-applications = Jede Sitzung endet sofort, und die Anwendungen erfahren es.
account-delete-elsewhere = Was Anwendungen selbst über Sie gespeichert haben, müssen Sie dort löschen lassen.
account-delete-export-first = Erst Ihre Daten herunterladen
account-delete-type = Um es zu löschen, geben Sie hier { $username } ein
account-delete-submit = Mein Konto endgültig löschen
account-delete-other-name = Das ist nicht der Name dieses Kontos. Geben Sie ihn ein, wie er dort steht.
account-delete-last-administrator = Sie verwalten diesen Dienst als Einzige oder Einziger. Machen Sie erst jemand anderen zum Administrator, dann können Sie gehen.
account-deleted-title = Ihr Konto ist gelöscht
account-deleted = Niemand kann sich damit noch bei { $service } anmelden. Danke, dass Sie hier waren.
account-deleted-frame = Meldet Sie bei einer Anwendung ab
account-go-on = Weiter mit der Anmeldung
account-activity-second-asked = Es wurde nach einem zweiten Faktor gefragt
account-activity-browser-remembered = Ein Browser wurde gemerkt; er wird nicht nach dem zweiten Faktor gefragt
account-activity-browser-forgotten = Ein Browser wird nicht mehr gemerkt
account-activity-joined = Sie sind einer Organisation beigetreten
