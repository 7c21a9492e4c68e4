error-not-found-title = Page introuvable
error-not-found = Il n’y a rien à cette adresse.
error-refused-title = Cela n’a pas fonctionné
error-request-title = L’application a envoyé une demande incorrecte
error-request = Vous ne pouvez pas vous connecter de cette façon. Retournez à l’application ; si cela se reproduit, prévenez ses responsables.
error-interaction-gone-title = Cette page n’est plus valable
error-interaction-gone = La connexion a été commencée dans un autre navigateur ou il y a trop longtemps, ou bien ce navigateur ne conserve pas les cookies. Retournez à l’application et connectez-vous à nouveau.
error-link-gone-title = Ce lien n’est plus valable
error-link-gone = Il fonctionne une seule fois, pendant une heure. Les responsables de ce serveur peuvent en créer un nouveau : avouch setup-link
error-busy-title = Un instant, s’il vous plaît
error-busy = Le serveur est très occupé. Réessayez dans un instant.
error-internal-title = Un problème est survenu ici
error-internal = C’est notre faute, pas la vôtre. Réessayez dans un moment.
error-developers = Pour les développeurs
error-go-home = Aller à la page d’accueil
error-ask = Si vous demandez de l’aide, indiquez ce numéro : { $id }

error-old-page = La page était trop ancienne, ou votre navigateur ne conserve pas les cookies. Rechargez-la et réessayez.
error-too-large = C’est plus que ce que nous pouvons accepter. Réessayez avec moins.
error-unreadable = Nous n’avons pas pu lire ce que votre navigateur a envoyé. Revenez en arrière et réessayez.
error-wrong-credentials = Ce nom d’utilisateur et ce mot de passe ne vont pas ensemble. Vérifiez les deux et réessayez.
error-unknown-passkey = Cette clé d’accès n’appartient à aucun compte ici. Connectez-vous d’une autre façon.
error-disabled = Ce compte a été désactivé. Adressez-vous aux responsables de ce service.
error-sign-in-again = Veuillez vous reconnecter, puis réessayer.

error-script-wrong-passkey = Cette clé d’accès n’a pas pu être utilisée. Réessayez ou connectez-vous d’une autre façon.
error-script-too-long = Cela a pris trop de temps. Veuillez réessayer.
error-script-too-many = Il y a eu trop de tentatives. Attendez un peu, puis réessayez.
