# Was um jede Seite herum steht.

layout-error-title = Fehler: { $title }
layout-new-tab = (öffnet sich in einem neuen Tab)
layout-signed-in-as = Angemeldet als
layout-privacy-policy = Datenschutzerklärung
layout-terms = Nutzungsbedingungen
layout-colon = :
layout-languages = Sprache
layout-support = Hilfe
layout-imprint = Impressum
layout-privacy = Datenschutz
