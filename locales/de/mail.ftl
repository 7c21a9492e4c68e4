mail-greeting = Guten Tag,
mail-greeting-name = Guten Tag { $name },
mail-ending = { $provider } hat diese E-Mail automatisch verschickt. Antworten darauf werden nicht gelesen.
mail-link-lifetime = Der Link funktioniert einmal, innerhalb von { $lifetime }.

mail-verify-subject = Bestätigen Sie Ihre E-Mail-Adresse
mail-verify-lead = Bitte bestätigen Sie, dass dies Ihre Adresse ist, damit { $provider } Ihnen hierhin schreiben kann.
mail-verify-button = Diese Adresse bestätigen
mail-verify-after = Wenn Sie das nicht veranlasst haben, tun Sie nichts: Ohne den Link geschieht nichts.
mail-verify-change-lead = Das Konto „{ $account }“ bei { $provider } soll diese E-Mail-Adresse bekommen. Wenn das Ihr Konto ist, melden Sie sich dort an und bestätigen Sie die Adresse.
mail-verify-change-after = Wenn das nicht Ihr Konto ist, tun Sie nichts: Ohne den Link geschieht nichts.

mail-reset-subject = Wählen Sie ein neues Passwort
mail-reset-lead = Jemand, vermutlich Sie, hat das Passwort Ihres Kontos bei { $provider } vergessen. Mit diesem Link wählen Sie ein neues.
mail-reset-button = Neues Passwort wählen
mail-reset-after = Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.

mail-sign-up-subject = Nur noch ein Schritt bis zu Ihrem Konto
mail-sign-up-lead = Nur noch ein Schritt bis zu Ihrem Konto bei { $provider }: Bitte bestätigen Sie, dass dies Ihre Adresse ist.
mail-sign-up-button = Mein Konto anlegen
mail-sign-up-after = Wenn Sie kein Konto wollten, tun Sie nichts: Ohne den Link entsteht keines.

mail-invitation-subject = Ihre Einladung zu { $provider }
mail-invitation-lead = Sie sind eingeladen, ein Konto bei { $provider } zu haben.
mail-invitation-lead-organization = Sie sind eingeladen, { $organization } mit einem Konto bei { $provider } beizutreten.
mail-invitation-button = Einladung annehmen
mail-invitation-after = Die Einladung gilt nur für diese Adresse. Wenn Sie kein Konto möchten, tun Sie nichts.

mail-account-exists-subject = Sie haben schon ein Konto
mail-account-exists-lead = Jemand, vielleicht Sie, wollte bei { $provider } mit dieser Adresse ein Konto anlegen. Es gibt schon eines, deshalb wurde nichts angelegt.
mail-account-exists-button = Zur Anmeldeseite
mail-account-exists-after = Wenn Sie Ihr Passwort nicht mehr wissen, wählen Sie auf der Anmeldeseite „Passwort vergessen?“.

mail-address-taken-subject = Ihre Adresse wurde für ein anderes Konto eingegeben
mail-address-taken-lead = Jemand wollte diese Adresse für ein anderes Konto bei { $provider } verwenden. Sie gehört zu Ihrem, deshalb wurde nichts geändert.
mail-address-taken-after = Wenn Sie das waren, melden Sie sich bei dem Konto an, das diese Adresse hat. Sonst müssen Sie nichts tun.

mail-fact-when = Wann
mail-fact-browser = Browser
mail-fact-no-browser = Unbekannt
mail-fact-address = Netzwerkadresse
mail-not-you = Wenn Sie das waren, ist alles in Ordnung. Wenn nicht, melden Sie sich an, wählen Sie ein neues Passwort und sehen Sie nach, wo Sie angemeldet sind.

mail-new-sign-in-subject = Anmeldung mit einem neuen Browser
mail-new-sign-in-lead = Jemand hat sich bei Ihrem Konto bei { $provider } mit einem Browser angemeldet, den Sie bisher nicht benutzt haben.

mail-password-changed-subject = Ihr Passwort wurde geändert
mail-password-changed-lead = Ihr Konto bei { $provider } hat ein neues Passwort. Überall sonst wurden Sie abgemeldet.
mail-password-removed-subject = Ihr Passwort wurde entfernt
mail-password-removed-lead = Ihr Konto bei { $provider } hat kein Passwort mehr.
mail-passkey-added-subject = Ein Passkey wurde hinzugefügt
mail-passkey-added-lead = Für Ihr Konto bei { $provider } gibt es einen neuen Passkey.
mail-passkey-removed-subject = Ein Passkey wurde entfernt
mail-passkey-removed-lead = Einer der Passkeys Ihres Kontos bei { $provider } wurde entfernt. Mit ihm kann man sich nicht mehr anmelden.
mail-totp-added-subject = Eine Authentifizierungs-App wurde hinzugefügt
mail-totp-added-lead = Wer sich bei Ihrem Konto bei { $provider } anmeldet, braucht jetzt einen Code aus einer Authentifizierungs-App.
mail-totp-removed-subject = Die Authentifizierungs-App wurde entfernt
mail-totp-removed-lead = Wer sich bei Ihrem Konto bei { $provider } anmeldet, braucht keinen Code aus einer Authentifizierungs-App mehr.
mail-recovery-made-subject = Sie haben neue Wiederherstellungscodes
mail-recovery-made-lead = Für Ihr Konto bei { $provider } gibt es neue Wiederherstellungscodes. Frühere funktionieren nicht mehr.
mail-recovery-removed-subject = Ihre Wiederherstellungscodes wurden entfernt
mail-recovery-removed-lead = Die Wiederherstellungscodes Ihres Kontos bei { $provider } funktionieren nicht mehr.
mail-recovery-used-subject = Ein Wiederherstellungscode wurde benutzt
mail-recovery-used-lead = Einer der Wiederherstellungscodes Ihres Kontos bei { $provider } wurde benutzt. Jeder funktioniert nur einmal.
mail-email-asked-subject = Eine andere E-Mail-Adresse wurde eingegeben
mail-email-asked-lead = Ihr Konto bei { $provider } soll eine andere E-Mail-Adresse bekommen. Diese hier bleibt, bis die neue bestätigt ist.
mail-email-changed-subject = Ihre E-Mail-Adresse wurde geändert
mail-email-changed-lead = Ihr Konto bei { $provider } hat jetzt eine andere E-Mail-Adresse. Hierher kommen keine E-Mails mehr.

mail-trial-subject = Eine E-Mail von { $provider }
mail-trial-lead = Diese E-Mail zeigt, dass { $provider } E-Mails verschicken kann.
