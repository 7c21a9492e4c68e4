mail-greeting = Bonjour,
mail-greeting-name = Bonjour { $name },
mail-ending = { $provider } a envoyé ce message automatiquement. Les réponses ne sont pas lues.
mail-link-lifetime = Le lien fonctionne une seule fois, pendant { $lifetime }.

mail-verify-subject = Confirmez votre adresse e-mail
mail-verify-lead = Veuillez confirmer que cette adresse est la vôtre, afin que { $provider } puisse vous écrire ici.
mail-verify-button = Confirmer cette adresse
mail-verify-after = Si vous n’avez rien demandé, ne faites rien : sans le lien, il ne se passe rien.
mail-verify-change-lead = Le compte « { $account } » chez { $provider } doit recevoir cette adresse e-mail. Si ce compte est le vôtre, connectez-vous et confirmez l’adresse.
mail-verify-change-after = Si ce compte n’est pas le vôtre, ne faites rien : sans le lien, il ne se passe rien.

mail-reset-subject = Choisissez un nouveau mot de passe
mail-reset-lead = Quelqu’un, probablement vous, a oublié le mot de passe de votre compte { $provider }. Ce lien vous permet d’en choisir un nouveau.
mail-reset-button = Choisir un nouveau mot de passe
mail-reset-after = Si ce n’était pas vous, ne faites rien : votre mot de passe reste inchangé.

mail-sign-up-subject = Terminez la création de votre compte
mail-sign-up-lead = Plus qu’une étape avant d’avoir votre compte { $provider } : veuillez confirmer que cette adresse est la vôtre.
mail-sign-up-button = Créer mon compte
mail-sign-up-after = Si vous n’avez pas demandé de compte, ne faites rien : sans le lien, il n’y en aura pas.

mail-invitation-subject = Votre invitation à { $provider }
mail-invitation-lead = Vous êtes invité à avoir un compte { $provider }.
mail-invitation-lead-organization = Vous êtes invité à rejoindre { $organization } avec un compte { $provider }.
mail-invitation-button = Accepter l’invitation
mail-invitation-after = L’invitation vaut pour cette adresse uniquement. Si vous ne voulez pas de compte, ne faites rien.

mail-account-exists-subject = Vous avez déjà un compte
mail-account-exists-lead = Quelqu’un, peut-être vous, a voulu créer un compte { $provider } avec cette adresse. Il en existe déjà un ; rien n’a donc été créé.
mail-account-exists-button = Aller à la page de connexion
mail-account-exists-after = Si vous ne connaissez plus votre mot de passe, choisissez « Mot de passe oublié ? » sur la page de connexion.

mail-address-taken-subject = Votre adresse a été saisie pour un autre compte
mail-address-taken-lead = Quelqu’un a voulu utiliser cette adresse pour un autre compte { $provider }. Elle appartient au vôtre ; rien n’a donc changé.
mail-address-taken-after = Si c’était vous, connectez-vous au compte qui a cette adresse. Sinon, vous n’avez rien à faire.

mail-fact-when = Quand
mail-fact-browser = Navigateur
mail-fact-no-browser = Inconnu
mail-fact-address = Adresse réseau
mail-not-you = Si c’était vous, tout va bien. Sinon, connectez-vous, choisissez un nouveau mot de passe et regardez où vous êtes connecté.

mail-new-sign-in-subject = Connexion depuis un nouveau navigateur
mail-new-sign-in-lead = Quelqu’un s’est connecté à votre compte { $provider } avec un navigateur que vous n’aviez pas encore utilisé.

mail-password-changed-subject = Votre mot de passe a été modifié
mail-password-changed-lead = Votre compte { $provider } a un nouveau mot de passe. Vous avez été déconnecté partout ailleurs.
mail-password-removed-subject = Votre mot de passe a été supprimé
mail-password-removed-lead = Votre compte { $provider } n’a plus de mot de passe.
mail-passkey-added-subject = Une clé d’accès a été ajoutée
mail-passkey-added-lead = Votre compte { $provider } a une nouvelle clé d’accès.
mail-passkey-removed-subject = Une clé d’accès a été supprimée
mail-passkey-removed-lead = Une des clés d’accès de votre compte { $provider } a été supprimée. Elle ne permet plus de se connecter.
mail-totp-added-subject = Une application d’authentification a été ajoutée
mail-totp-added-lead = La connexion à votre compte { $provider } demande désormais un code d’une application d’authentification.
mail-totp-removed-subject = L’application d’authentification a été supprimée
mail-totp-removed-lead = La connexion à votre compte { $provider } ne demande plus de code d’une application d’authentification.
mail-recovery-made-subject = Vous avez de nouveaux codes de secours
mail-recovery-made-lead = Il y a de nouveaux codes de secours pour votre compte { $provider }. Les anciens ne fonctionnent plus.
mail-recovery-removed-subject = Vos codes de secours ont été supprimés
mail-recovery-removed-lead = Les codes de secours de votre compte { $provider } ne fonctionnent plus.
mail-recovery-used-subject = Un code de secours a été utilisé
mail-recovery-used-lead = Un des codes de secours de votre compte { $provider } a été utilisé. Il ne fonctionne qu’une fois.
mail-email-asked-subject = Une autre adresse e-mail a été saisie
mail-email-asked-lead = Votre compte { $provider } doit recevoir une autre adresse e-mail. Celle-ci reste valable jusqu’à ce que la nouvelle soit confirmée.
mail-email-changed-subject = Votre adresse e-mail a été modifiée
mail-email-changed-lead = Votre compte { $provider } a maintenant une autre adresse e-mail. Les messages n’arrivent plus ici.

mail-trial-subject = Un message de { $provider }
mail-trial-lead = Ce message montre que { $provider } peut envoyer du courrier.
