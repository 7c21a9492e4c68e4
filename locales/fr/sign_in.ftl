sign-in-title = Se connecter
sign-in-to-continue = pour continuer vers { $client }
sign-in-at-host = sur { $host }
sign-in-username = Nom d’utilisateur ou e-mail
sign-in-password = Mot de passe
sign-in-submit = Se connecter
sign-in-forgotten = Mot de passe oublié ?
sign-in-sign-up = Créer un compte

sign-in-old-page = La page était trop ancienne, ou votre navigateur ne conserve pas les cookies. Veuillez réessayer.
sign-in-incomplete = Saisissez votre nom d’utilisateur ou votre e-mail, et votre mot de passe.
sign-in-wrong = Ce nom d’utilisateur et ce mot de passe ne vont pas ensemble. Vérifiez les deux et réessayez.
sign-in-too-many = Il y a eu trop de tentatives. Réessayez dans { $wait }.
sign-in-busy = Beaucoup de personnes se connectent en ce moment. Veuillez réessayer dans un instant.
sign-in-second-step-gone = Cette connexion a pris trop de temps ou a été commencée dans un autre navigateur. Veuillez vous reconnecter.
