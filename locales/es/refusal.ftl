refusal-password-missing = Elija una contraseña.
refusal-password-too-short = Una contraseña tiene al menos 8 caracteres. Hágala un poco más larga.
refusal-password-too-long = Una contraseña tiene como máximo 256 caracteres. Hágala un poco más corta.
refusal-password-nul = Una contraseña no contiene el carácter NUL. Use otros caracteres.
refusal-password-common = Esta contraseña está en la lista de las más usadas, las que se prueban primero. Elija otra.
refusal-password-run = Esta contraseña es una serie de caracteres iguales o consecutivos. Elija otra.
refusal-password-name = Esta contraseña es poco más que un nombre fácil de adivinar. Elija otra.
refusal-password-breached = Esta contraseña aparece en una lista de contraseñas robadas. Elija otra y cámbiela también donde más la use.

refusal-username = Un nombre de usuario tiene de 1 a 128 letras, cifras y . _ - + @, sin espacios.
refusal-email = Eso no es una dirección de correo. Tiene la forma name@example.com.
refusal-login-taken = Otra persona inicia sesión con { $name }. Elija otra cosa.

refusal-passkey-name = Un nombre tiene de 1 a { $longest } caracteres.
refusal-passkey-many = Tiene { $most } llaves de acceso. Elimine una antes de añadir otra.
refusal-passkey-known = Esa llave de acceso ya se conoce aquí.
refusal-passkey-model = Aquí no se acepta este tipo de autenticador. Use otro.
refusal-passkey = No se pudo añadir esa llave de acceso. Inténtelo de nuevo.
refusal-passkey-last = Esta llave de acceso es su única forma de entrar. Añada otra primero.

refusal-factor-passkeys = Las llaves de acceso se eliminan una a una.
refusal-factor-last = Esta es la última forma de entrar en la cuenta. Añada otra primero.
refusal-code = Ese código no es correcto o ya se ha usado. Espere al siguiente e inténtelo de nuevo.
refusal-totp-name = Este nombre de usuario es demasiado largo para un código QR.
refusal-totp-expired = Esta configuración ha caducado o ya está hecha. Empiece de nuevo.
refusal-totp-code = Ese no es el código que la aplicación muestra ahora. Compruebe el reloj del dispositivo y pruebe con el siguiente código.
refusal-passkey-first = Añada primero una llave de acceso.
