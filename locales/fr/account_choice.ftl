account-choice-title = Choisir un compte
account-choice-lead = pour continuer vers { $client }
account-choice-continue = Continuer en tant que
account-choice-other = Utiliser un autre compte
