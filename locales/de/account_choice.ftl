account-choice-title = Konto auswählen
account-choice-lead = um mit { $client } fortzufahren
account-choice-continue = Weiter als
account-choice-other = Anderes Konto verwenden
