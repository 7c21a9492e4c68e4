form-post-title = Continuer
form-post-heading = Un instant
form-post-lead = Vous retournez à { $host }. Si rien ne se passe, appuyez sur le bouton.
form-post-continue = Continuer
