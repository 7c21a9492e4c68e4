account-choice-title = Elija una cuenta
account-choice-lead = para continuar en { $client }
account-choice-continue = Continuar como
account-choice-other = Usar otra cuenta
