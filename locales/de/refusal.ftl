refusal-password-missing = Wählen Sie ein Passwort.
refusal-password-too-short = Ein Passwort hat mindestens 8 Zeichen. Machen Sie es etwas länger.
refusal-password-too-long = Ein Passwort hat höchstens 256 Zeichen. Machen Sie es etwas kürzer.
refusal-password-nul = Ein Passwort enthält kein NUL-Zeichen. Verwenden Sie andere Zeichen.
refusal-password-common = Dieses Passwort steht auf der Liste der meistbenutzten, die zuerst ausprobiert werden. Wählen Sie ein anderes.
refusal-password-run = Dieses Passwort ist eine Folge gleicher oder benachbarter Zeichen. Wählen Sie ein anderes.
refusal-password-name = Dieses Passwort ist kaum mehr als ein Name, den alle erraten können. Wählen Sie ein anderes.
refusal-password-breached = Dieses Passwort steht auf einer Liste gestohlener Passwörter. Wählen Sie ein anderes, und ändern Sie es auch dort, wo Sie es sonst benutzen.

refusal-username = Ein Benutzername besteht aus 1 bis 128 Buchstaben, Ziffern und . _ - + @, ohne Leerzeichen.
refusal-email = Das ist keine E-Mail-Adresse. Sie sieht aus wie name@example.com.
refusal-login-taken = Mit { $name } meldet sich schon jemand anderes an. Wählen Sie etwas anderes.

refusal-passkey-name = Ein Name hat 1 bis { $longest } Zeichen.
refusal-passkey-many = Sie haben { $most } Passkeys. Entfernen Sie einen, bevor Sie einen weiteren hinzufügen.
refusal-passkey-known = Dieser Passkey ist hier schon bekannt.
refusal-passkey-model = Diese Art von Authentifikator wird hier nicht angenommen. Verwenden Sie einen anderen.
refusal-passkey = Dieser Passkey konnte nicht hinzugefügt werden. Bitte versuchen Sie es noch einmal.
refusal-passkey-last = Dieser Passkey ist Ihr einziger Zugang. Fügen Sie erst einen anderen hinzu.

refusal-factor-passkeys = Passkeys werden einzeln entfernt.
refusal-factor-last = Das ist der letzte Zugang zum Konto. Fügen Sie erst einen anderen hinzu.
refusal-code = Dieser Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten und versuchen Sie es noch einmal.
refusal-totp-name = Dieser Benutzername ist zu lang für einen QR-Code.
refusal-totp-expired = Diese Einrichtung ist abgelaufen oder schon abgeschlossen. Beginnen Sie noch einmal.
refusal-totp-code = Das ist nicht der Code, den die App jetzt anzeigt. Prüfen Sie die Uhr des Geräts und versuchen Sie es mit dem nächsten Code.
refusal-passkey-first = Fügen Sie zuerst einen Passkey hinzu.
