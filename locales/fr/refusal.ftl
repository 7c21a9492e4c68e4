refusal-password-missing = Choisissez un mot de passe.
refusal-password-too-short = Un mot de passe compte au moins 8 caractères. Allongez-le un peu.
refusal-password-too-long = Un mot de passe compte au plus 256 caractères. Raccourcissez-le un peu.
refusal-password-nul = Un mot de passe ne contient pas de caractère NUL. Utilisez d’autres caractères.
refusal-password-common = Ce mot de passe figure parmi les plus utilisés, ceux que l’on essaie en premier. Choisissez-en un autre.
refusal-password-run = Ce mot de passe est une suite de caractères identiques ou voisins. Choisissez-en un autre.
refusal-password-name = Ce mot de passe n’est guère plus qu’un nom facile à deviner. Choisissez-en un autre.
refusal-password-breached = Ce mot de passe figure dans une liste de mots de passe volés. Choisissez-en un autre, et changez-le partout où vous l’utilisez.

refusal-username = Un nom d’utilisateur compte de 1 à 128 lettres, chiffres et . _ - + @, sans espaces.
refusal-email = Ce n’est pas une adresse e-mail. Elle ressemble à name@example.com.
refusal-login-taken = Quelqu’un d’autre se connecte avec { $name }. Choisissez autre chose.

refusal-passkey-name = Un nom compte de 1 à { $longest } caractères.
refusal-passkey-many = Vous avez { $most } clés d’accès. Supprimez-en une avant d’en ajouter une autre.
refusal-passkey-known = Cette clé d’accès est déjà connue ici.
refusal-passkey-model = Ce type d’authentificateur n’est pas accepté ici. Utilisez-en un autre.
refusal-passkey = Cette clé d’accès n’a pas pu être ajoutée. Veuillez réessayer.
refusal-passkey-last = Cette clé d’accès est votre seul moyen de vous connecter. Ajoutez-en d’abord une autre.

refusal-factor-passkeys = Les clés d’accès se suppriment une par une.
refusal-factor-last = C’est le dernier accès au compte. Ajoutez-en d’abord un autre.
refusal-code = Ce code n’est pas correct ou a déjà été utilisé. Attendez le suivant et réessayez.
refusal-totp-name = Ce nom d’utilisateur est trop long pour un code QR.
refusal-totp-expired = Cette configuration a expiré ou est terminée. Recommencez.
refusal-totp-code = Ce n’est pas le code que l’application affiche en ce moment. Vérifiez l’heure de l’appareil et essayez le code suivant.
refusal-passkey-first = Ajoutez d’abord une clé d’accès.
