second-step-title = Bestätigen Sie, dass Sie es sind
second-step-as = Anmeldung als { $username }
second-step-submit = Weiter
second-step-start-over = Von vorn beginnen

second-step-code = Code
second-step-code-hint = Öffnen Sie Ihre Authentifizierungs-App und geben Sie die sechs Ziffern ein, die sie anzeigt.
second-step-recovery-code = Wiederherstellungscode
second-step-recovery-code-hint = Geben Sie einen der Codes ein, die Sie beim Einrichten Ihres Kontos aufbewahrt haben. Jeder funktioniert einmal.
second-step-passkey = Passkey verwenden
second-step-passkey-hint = Verwenden Sie Fingerabdruck, Gesicht, die PIN Ihres Geräts oder einen Sicherheitsschlüssel.
second-step-passkey-cancelled = Es wurde nichts bestätigt. Versuchen Sie es noch einmal, oder verwenden Sie einen anderen Weg.
second-step-passkey-script = Für Passkeys muss der Browser Skripte ausführen. Verwenden Sie hier einen anderen Weg.
second-step-remember = In diesem Browser erst nach { $duration } wieder fragen
second-step-remember-hint = Nur auf einem Gerät, das sonst niemand benutzt.

second-step-other-ways = Anderen Weg verwenden
second-step-way-totp = Code Ihrer Authentifizierungs-App
second-step-way-passkey = Passkey oder Sicherheitsschlüssel
second-step-way-password = Passwort
second-step-way-recovery-code = Wiederherstellungscode

second-step-incomplete = Geben Sie ein, wonach die Seite fragt.
second-step-wrong-code = Dieser Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten und versuchen Sie es noch einmal.
second-step-wrong-recovery-code = Dieser Wiederherstellungscode stimmt nicht oder wurde schon benutzt. Prüfen Sie ihn, oder versuchen Sie einen anderen.
second-step-wrong-password = Dieses Passwort stimmt nicht. Prüfen Sie es und versuchen Sie es noch einmal.

second-step-recovered-title = Sie sind angemeldet
second-step-codes-left = { $count ->
    [0] Das war Ihr letzter Wiederherstellungscode.
    [one] Sie haben noch einen Wiederherstellungscode.
   *[other] Sie haben noch { $count } Wiederherstellungscodes.
}
second-step-recovered-hint = Wenn Sie Ihr Telefon oder Ihren Schlüssel verloren haben, richten Sie in Ihrem Konto einen neuen ein, bevor die Codes ausgehen.

second-step-lacking-title = Noch ein Schritt ist nötig
second-step-lacking = { $client } verlangt einen zweiten Weg, um zu bestätigen, dass Sie es sind, und Ihr Konto hat noch keinen. Fügen Sie einen hinzu, dann geht es weiter.
second-step-lacking-passkey = { $client } verlangt einen Passkey, und Ihr Konto hat noch keinen. Fügen Sie einen hinzu, dann geht es weiter.
second-step-add-passkey = Passkey hinzufügen
second-step-add-authenticator = Authentifizierungs-App einrichten
second-step-back = Zurück zu { $client }
