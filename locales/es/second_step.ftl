second-step-title = Confirme que es usted
second-step-as = Inicio de sesión como { $username }
second-step-submit = Continuar
second-step-start-over = Empezar de nuevo

second-step-code = Código
second-step-code-hint = Abra su aplicación de autenticación e introduzca las seis cifras que muestra.
second-step-recovery-code = Código de recuperación
second-step-recovery-code-hint = Introduzca uno de los códigos que guardó al configurar su cuenta. Cada uno funciona una vez.
second-step-passkey = Usar una llave de acceso
second-step-passkey-hint = Use su huella, su rostro, el PIN de su dispositivo o una llave de seguridad.
second-step-passkey-cancelled = No se ha confirmado nada. Inténtelo de nuevo o use otra forma.
second-step-passkey-script = Las llaves de acceso necesitan un navegador que ejecute scripts. Use aquí otra forma.
second-step-remember = No volver a preguntar en este navegador durante { $duration }
second-step-remember-hint = Solo en un dispositivo que nadie más use.

second-step-other-ways = Usar otra forma
second-step-way-totp = Código de su aplicación de autenticación
second-step-way-passkey = Llave de acceso o de seguridad
second-step-way-password = Contraseña
second-step-way-recovery-code = Código de recuperación

second-step-incomplete = Introduzca lo que pide la página.
second-step-wrong-code = Ese código no es correcto o ya se ha usado. Espere al siguiente e inténtelo de nuevo.
second-step-wrong-recovery-code = Ese código de recuperación no es correcto o ya se ha usado. Compruébelo o pruebe con otro.
second-step-wrong-password = Esa contraseña no es correcta. Compruébela e inténtelo de nuevo.

second-step-recovered-title = Ha iniciado sesión
second-step-codes-left = { $count ->
    [0] Ese era su último código de recuperación.
    [one] Le queda un código de recuperación.
   *[other] Le quedan { $count } códigos de recuperación.
}
second-step-recovered-hint = Si ha perdido su teléfono o su llave, configure uno nuevo en su cuenta antes de que se acaben los códigos.

second-step-lacking-title = Falta un paso más
second-step-lacking = { $client } pide una segunda forma de confirmar que es usted, y su cuenta todavía no tiene ninguna. Añada una y podrá continuar.
second-step-lacking-passkey = { $client } pide una llave de acceso, y su cuenta todavía no tiene ninguna. Añada una y podrá continuar.
second-step-add-passkey = Añadir una llave de acceso
second-step-add-authenticator = Configurar una aplicación de autenticación
second-step-back = Volver a { $client }
