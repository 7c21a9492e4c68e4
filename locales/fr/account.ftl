account-menu = Votre compte
account-menu-back = Retour à votre compte
account-menu-overview = Vue d’ensemble
account-menu-profile = Profil
account-menu-email = Adresse e-mail
account-menu-password = Mot de passe
account-menu-passkeys = Clés d’accès
account-menu-authenticator = Application d’authentification
account-menu-recovery-codes = Codes de secours
account-menu-sessions = Où vous êtes connecté
account-menu-applications = Applications
account-menu-activity = Activité récente
account-menu-export = Télécharger vos données
account-menu-delete = Supprimer votre compte

account-recent = Pour modifier quelque chose ici, reconnectez-vous d’abord.
account-sign-in-again = Se reconnecter
account-factor-last = C’est votre dernier moyen de vous connecter. Ajoutez-en d’abord un autre, puis supprimez celui-ci.

account-overview-title = Votre compte
account-concerns = À vérifier
account-concern-copied-passkey = Quelqu’un d’autre possède peut-être une copie d’une de vos clés d’accès. Elle ne permet plus de se connecter. Supprimez-la et ajoutez-en une nouvelle.
account-concern-one-way-in = Vous n’avez qu’un seul moyen de vous connecter. Ajoutez une clé d’accès, afin de pouvoir encore entrer si vous le perdez.
account-concern-no-codes = Si vous perdez votre second facteur, vous ne pourrez plus entrer. Créez des codes de secours et gardez-les en lieu sûr.
account-concern-few-codes = { $count ->
    [one] Il ne vous reste que { $count } code de secours. Créez-en de nouveaux avant d’en avoir besoin.
   *[other] Il ne vous reste que { $count } codes de secours. Créez-en de nouveaux avant d’en avoir besoin.
}
account-concern-unverified-email = Votre adresse e-mail n’est pas encore confirmée.
account-email = E-mail
account-role = Rôle
account-organization = Organisation
account-group-you = À propos de vous
account-group-signing-in = Comment vous vous connectez
account-group-use = Où votre compte est utilisé
account-group-record = Vos données
account-state-profile = Votre nom, votre photo, votre langue et vos coordonnées
account-state-password = Défini le { $day }
account-state-no-password = Non défini
account-state-passkeys = { $count ->
    [0] Aucune pour l’instant
    [one] { $count } clé d’accès
   *[other] { $count } clés d’accès
}
account-state-authenticator = Activée depuis le { $day }
account-state-no-authenticator = Désactivée
account-state-recovery-codes = { $count ->
    [0] Aucun
    [one] { $count } restant
   *[other] { $count } restants
}
account-state-sessions = { $count ->
    [one] Dans { $count } navigateur
   *[other] Dans { $count } navigateurs
}
account-state-applications = { $count ->
    [0] Aucune n’a accès
    [one] { $count } application a accès
   *[other] { $count } applications ont accès
}
account-state-activity = Connexions et modifications des 90 derniers jours
account-state-export = Un fichier avec tout ce qui est conservé à votre sujet
account-state-delete = Définitivement
account-sign-out = Se déconnecter

account-profile-title = Profil
account-profile-lead = Les applications n’en voient que ce que vous leur permettez de voir.
account-profile-saved = Votre profil est enregistré.
account-profile-wrong = Votre profil n’est pas encore enregistré. Regardez les champs signalés ci-dessous.
account-profile-changed-meanwhile = Votre profil a été modifié entre-temps dans une autre fenêtre. Vous voyez ci-dessous ce que vous avez saisi ; là où cela diffère, la valeur conservée est indiquée. Enregistrez à nouveau pour garder la vôtre.
account-profile-signed-out = Vous êtes déconnecté. Rien de ce que vous avez saisi n’est perdu : connectez-vous dans une autre fenêtre, puis enregistrez à nouveau ici.
account-profile-kept = Conservé actuellement : { $value }
account-profile-save = Enregistrer
account-profile-names = Votre nom
account-profile-about = À propos de vous
account-profile-contact = Comment vous joindre
account-profile-more = Plus d’informations sur vous
account-profile-name = Nom complet
account-profile-given-name = Prénom
account-profile-middle-name = Deuxième prénom
account-profile-family-name = Nom de famille
account-profile-nickname = Surnom
account-profile-picture = Photo
account-profile-website = Site web
account-profile-gender = Genre
account-profile-birthdate = Date de naissance
account-profile-zoneinfo = Fuseau horaire
account-profile-locale = Langue
account-profile-phone-number = Numéro de téléphone
account-profile-street-address = Numéro et rue
account-profile-postal-code = Code postal
account-profile-locality = Ville
account-profile-region = État ou région
account-profile-country = Pays
account-profile-hint-name = Laissez vide pour être appelé par vos prénom et nom.
account-profile-hint-picture = L’adresse d’une image sur le web. Elle commence par https://
account-profile-hint-phone-number = Avec l’indicatif du pays, par exemple +33 1 23 45 67 89
account-profile-hint-birthdate = Par exemple 1990-12-31, ou seulement l’année
account-profile-hint-lines = Un par ligne
account-profile-none = Non défini
account-profile-yes = Oui
account-profile-no = Non
account-profile-wrong-long = C’est trop long. Utilisez au plus { $most } caractères.
account-profile-wrong-characters = Cela contient un caractère qui ne peut pas être conservé. Saisissez-le à nouveau.
account-profile-wrong-url = Ce n’est pas une adresse web. Elle commence par https:// ou http://
account-profile-wrong-https = Ce n’est pas l’adresse d’une image commençant par https://
account-profile-wrong-birthdate = Écrivez la date comme 1990-12-31, ou seulement l’année. Elle ne peut pas être dans le futur.
account-profile-wrong-phone = Écrivez le numéro avec l’indicatif du pays, par exemple +33 1 23 45 67 89
account-profile-wrong-number = Ce n’est pas un nombre. Écrivez-le en chiffres, par exemple 12.5
account-profile-wrong-choice = Choisissez un élément de la liste.

account-password-title = Mot de passe
account-password-since = Vous avez défini votre mot de passe le { $day }.
account-password-none = Vous n’avez pas de mot de passe. Vous pouvez vous connecter sans.
account-password-current = Mot de passe actuel
account-password-new = Nouveau mot de passe
account-password-hint = Au moins 8 caractères. Quelques mots à la suite sont sûrs et faciles à saisir.
account-password-repeated = Nouveau mot de passe, encore une fois
account-password-change = Modifier le mot de passe
account-password-set = Définir le mot de passe
account-password-ends = Vous restez connecté ici. Partout ailleurs, vous êtes déconnecté.
account-password-was-set = Votre mot de passe est défini. Vous êtes déconnecté partout sauf ici.
account-password-was-removed = Votre mot de passe est supprimé. Vous êtes déconnecté partout sauf ici.
account-password-differs = Les deux nouveaux mots de passe sont différents. Saisissez-les à nouveau.
account-password-wrong = Ce n’est pas votre mot de passe actuel. Saisissez-le à nouveau.
account-password-too-many = Il y a eu trop de tentatives. Réessayez dans { $duration }.
account-password-gone = Vous n’avez plus de mot de passe.
account-password-removal = Se passer de mot de passe
account-password-can-go = Vous pouvez vous connecter sans. Ce qui n’existe pas ne peut pas être volé.
account-password-remove = Supprimer le mot de passe
account-password-only-way = Votre mot de passe est votre seul moyen de vous connecter. Ajoutez une clé d’accès si vous voulez vous en passer.

account-authenticator-title = Application d’authentification
account-authenticator-lead = Une application sur votre téléphone affiche un code qui change toutes les 30 secondes. Il vous est demandé après votre mot de passe.
account-authenticator-why = Ainsi, personne n’entre avec votre seul mot de passe. N’importe quelle application d’authentification convient.
account-authenticator-begin = Configurer une application
account-authenticator-since = Votre application a été configurée le { $day }.
account-authenticator-used = Dernière utilisation le { $day }.
account-authenticator-not-used = Elle n’a pas encore été utilisée.
account-authenticator-replace = Configurer une autre application
account-authenticator-until-then = Votre application actuelle reste valable jusqu’à ce que le premier code de la nouvelle soit confirmé.
account-authenticator-scan = Scannez ceci avec l’application
account-authenticator-or-type = Ou saisissez cette clé dans l’application :
account-authenticator-open = L’application est sur cet appareil : l’ouvrir
account-authenticator-confirm = Saisissez le code affiché par l’application
account-authenticator-code = Code
account-authenticator-turn-on = Activer
account-authenticator-wrong-code = Ce n’est pas le code que l’application affiche en ce moment. Essayez le suivant. S’il est encore incorrect, vérifiez l’heure de l’appareil.
account-authenticator-expired = Cela a pris trop de temps, ou c’est déjà fait. Recommencez.
account-authenticator-gone = Il n’y a plus d’application d’authentification.
account-authenticator-was-set-up = Votre application d’authentification est configurée. Désormais, son code vous sera demandé.
account-authenticator-was-removed = Votre application d’authentification est supprimée. Vous êtes déconnecté partout sauf ici.
account-authenticator-removal = La désactiver
account-authenticator-removal-means = Aucun code ne vous sera plus demandé. Vous serez déconnecté partout sauf ici.
account-authenticator-remove = Supprimer l’application d’authentification

account-codes-title = Codes de secours
account-codes-lead = Si vous perdez votre téléphone, un code de secours vous permet d’entrer. Chacun fonctionne une fois.
account-codes-come-next = Votre application d’authentification est configurée. Une dernière étape : créez des codes de secours, au cas où vous la perdriez.
account-codes-of-no-use = Vous n’en avez pas encore besoin : ils remplacent une application d’authentification, et vous n’en avez pas configuré.
account-codes-none = Vous n’en avez pas encore.
account-codes-left = { $count ->
    [one] Il vous reste { $count } code parmi ceux que vous avez créés le { $day }.
   *[other] Il vous reste { $count } codes parmi ceux que vous avez créés le { $day }.
}
account-codes-replaces = Les nouveaux codes remplacent les anciens, qui ne fonctionnent alors plus.
account-codes-anew = Créer de nouveaux codes
account-codes-make = Créer des codes de secours
account-new-codes-title = Vos nouveaux codes de secours
account-new-codes-lead = Imprimez-les ou copiez-les maintenant et gardez-les en lieu sûr. Ils ne seront plus affichés.
account-new-codes-of = Codes de secours de { $username } pour { $service }, créés le { $day }
account-new-codes-each-once = Chaque code fonctionne une fois. Ceux que vous aviez créés auparavant ne fonctionnent plus.
account-new-codes-kept = Je les ai conservés

account-apps-title = Applications
account-apps-lead = Ces applications peuvent utiliser votre compte parce que vous l’avez autorisé.
account-apps-none = Aucune application ne peut utiliser votre compte. Si l’une d’elles le demande, c’est vous qui décidez.
account-apps-withdrawn = Cette application ne peut plus utiliser votre compte.
account-apps-gone = Indisponible pour l’instant
account-apps-offline = Aussi en votre absence
account-apps-since = Autorisée le { $day }
account-apps-used = dernière connexion avec elle le { $day }
account-apps-may = Ce qu’elle peut voir et faire
account-apps-withdraw = Retirer l’accès
account-apps-means = Quand vous retirez l’accès d’une application, elle en est informée et doit vous le redemander.

account-activity-title = Activité récente
account-activity-lead = Ce qui s’est passé sur votre compte ces 90 derniers jours, le plus récent en premier.
account-activity-nothing = Il ne s’est encore rien passé.
account-activity-look = Était-ce vous ?
account-activity-by-operator = Par les responsables de ce service
account-activity-newest = Les plus récents
account-activity-older = Plus anciens
account-activity-not-you = Quelque chose ici ne vient pas de vous ? Modifiez votre mot de passe, supprimez ce que vous ne connaissez pas, et déconnectez-vous partout.
account-activity-signed-in = Vous vous êtes connecté
account-activity-sign-in-failed = Quelqu’un a essayé de se connecter, sans succès
account-activity-wrong-password = Un mot de passe actuel incorrect a été saisi
account-activity-signed-out = Vous vous êtes déconnecté
account-activity-session-begun = Vous êtes connecté dans un nouveau navigateur
account-activity-session-ended = Vous avez terminé une session
account-activity-passkey-added = Une clé d’accès a été ajoutée
account-activity-passkey-removed = Une clé d’accès a été supprimée
account-activity-passkey-refused = Une clé d’accès n’a pas pu être ajoutée
account-activity-passkey-suspected = Une clé d’accès a été bloquée, car il en existe peut-être une copie
account-activity-authenticator-added = Une application d’authentification a été configurée
account-activity-authenticator-removed = L’application d’authentification a été supprimée
account-activity-password-removed = Le mot de passe a été supprimé
account-activity-factor-removed = Un moyen de se connecter a été supprimé
account-activity-second-used = Un second facteur a été utilisé
account-activity-second-failed = Un code incorrect a été saisi
account-activity-codes-made = De nouveaux codes de secours ont été créés
account-activity-second-added = À partir d’ici, un second facteur est demandé
account-activity-second-removed = À partir d’ici, un second facteur n’est plus demandé
account-activity-password-set = Un mot de passe a été défini
account-activity-password-changed = Le mot de passe a été modifié
account-activity-email-asked = Une autre adresse e-mail a été demandée
account-activity-email-changed = L’adresse e-mail a été confirmée
account-activity-password-forgotten = Quelqu’un a demandé un nouveau mot de passe par e-mail
account-activity-password-link = Un lien pour un nouveau mot de passe a été créé
account-activity-email-link = Un lien pour confirmer l’adresse e-mail a été créé
account-activity-letter-sent = Un e-mail vous a été envoyé
account-activity-letter-lost = Un e-mail n’a pas pu vous être remis
account-activity-consent-given = Vous avez autorisé une application à utiliser votre compte
account-activity-consent-withdrawn = Vous avez retiré l’accès d’une application
account-activity-profile-changed = Le profil a été modifié
account-activity-exported = Vos données ont été téléchargées
account-activity-added = Le compte a été créé
account-activity-disabled = Le compte a été désactivé
account-activity-enabled = Le compte a été réactivé
account-activity-organization = L’organisation active a été changée
account-activity-other = Quelque chose a été modifié dans votre compte
account-way-password = Mot de passe
account-way-passkey = Clé d’accès
account-way-authenticator = Application d’authentification
account-way-recovery-code = Code de secours

account-export-title = Télécharger vos données
account-export-lead = Un fichier avec tout ce que { $service } conserve à votre sujet.
account-export-what = Votre profil, comment vous vous connectez, où vous êtes connecté, quelles applications peuvent utiliser votre compte, et ce qui s’est passé récemment. Il ne contient ni mots de passe ni clés. Gardez-le néanmoins pour vous.
account-export-download = Télécharger

account-delete-title = Supprimer votre compte
account-delete-lead = C’est irréversible.
account-delete-sign-in = Vous ne pourrez plus vous connecter, ni ici ni aux applications que vous utilisez avec ce compte.
account-delete-applications = Toutes les sessions se terminent aussitôt, et les applications en sont informées.
account-delete-elsewhere = Ce que les applications ont elles-mêmes conservé à votre sujet, c’est à elles qu’il faut demander de le supprimer.
account-delete-export-first = Télécharger d’abord vos données
account-delete-type = Pour le supprimer, saisissez ici { $username }
account-delete-submit = Supprimer définitivement mon compte
account-delete-other-name = Ce n’est pas le nom de ce compte. Saisissez-le tel qu’il est écrit.
account-delete-last-administrator = Vous êtes le seul compte administrateur. Donnez d’abord ce rôle à quelqu’un d’autre ; vous pourrez ensuite partir.
account-deleted-title = Votre compte est supprimé
account-deleted = Plus personne ne peut se connecter à { $service } avec lui. Merci d’avoir été là.
account-deleted-frame = Vous déconnecte d’une application
account-go-on = Poursuivre la connexion
account-activity-second-asked = Un second facteur a été demandé
account-activity-browser-remembered = Un navigateur a été mémorisé ; le second facteur ne lui est pas demandé
account-activity-browser-forgotten = Un navigateur n’est plus mémorisé
account-activity-joined = Vous avez rejoint une organisation
