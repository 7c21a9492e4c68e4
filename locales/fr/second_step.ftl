second-step-title = Confirmez que c’est bien vous
second-step-as = Connexion en tant que { $username }
second-step-submit = Continuer
second-step-start-over = Recommencer

second-step-code = Code
second-step-code-hint = Ouvrez votre application d’authentification et saisissez les six chiffres qu’elle affiche.
second-step-recovery-code = Code de secours
second-step-recovery-code-hint = Saisissez un des codes que vous avez conservés en configurant votre compte. Chacun fonctionne une fois.
second-step-passkey = Utiliser une clé d’accès
second-step-passkey-hint = Utilisez votre empreinte, votre visage, le code de votre appareil ou une clé de sécurité.
second-step-passkey-cancelled = Rien n’a été confirmé. Réessayez ou utilisez un autre moyen.
second-step-passkey-script = Les clés d’accès demandent un navigateur qui exécute des scripts. Utilisez ici un autre moyen.
second-step-remember = Ne plus demander dans ce navigateur pendant { $duration }
second-step-remember-hint = Uniquement sur un appareil que personne d’autre n’utilise.

second-step-other-ways = Utiliser un autre moyen
second-step-way-totp = Code de votre application d’authentification
second-step-way-passkey = Clé d’accès ou clé de sécurité
second-step-way-password = Mot de passe
second-step-way-recovery-code = Code de secours

second-step-incomplete = Saisissez ce que la page demande.
second-step-wrong-code = Ce code n’est pas correct ou a déjà été utilisé. Attendez le suivant et réessayez.
second-step-wrong-recovery-code = Ce code de secours n’est pas correct ou a déjà été utilisé. Vérifiez-le ou essayez-en un autre.
second-step-wrong-password = Ce mot de passe n’est pas correct. Vérifiez-le et réessayez.

second-step-recovered-title = Vous êtes connecté
second-step-codes-left = { $count ->
    [0] C’était votre dernier code de secours.
    [one] Il vous reste un code de secours.
   *[other] Il vous reste { $count } codes de secours.
}
second-step-recovered-hint = Si vous avez perdu votre téléphone ou votre clé, configurez-en un nouveau dans votre compte avant d’être à court de codes.

second-step-lacking-title = Une étape de plus est nécessaire
second-step-lacking = { $client } demande un second moyen de confirmer que c’est bien vous, et votre compte n’en a pas encore. Ajoutez-en un, et vous pourrez continuer.
second-step-lacking-passkey = { $client } demande une clé d’accès, et votre compte n’en a pas encore. Ajoutez-en une, et vous pourrez continuer.
second-step-add-passkey = Ajouter une clé d’accès
second-step-add-authenticator = Configurer une application d’authentification
second-step-back = Retourner à { $client }
