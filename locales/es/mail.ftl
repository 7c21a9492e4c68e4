mail-greeting = Hola:
mail-greeting-name = Hola, { $name }:
mail-ending = { $provider } ha enviado este mensaje de forma automática. Las respuestas no se leen.
mail-link-lifetime = El enlace funciona una sola vez, durante { $lifetime }.

mail-verify-subject = Confirme su dirección de correo
mail-verify-lead = Confirme que esta dirección es suya para que { $provider } pueda escribirle aquí.
mail-verify-button = Confirmar esta dirección
mail-verify-after = Si no lo ha pedido, no haga nada: sin el enlace no ocurre nada.
mail-verify-change-lead = La cuenta «{ $account }» de { $provider } va a tener esta dirección de correo. Si esa cuenta es suya, inicie sesión en ella y confirme la dirección.
mail-verify-change-after = Si esa cuenta no es suya, no haga nada: sin el enlace no ocurre nada.

mail-reset-subject = Elija una nueva contraseña
mail-reset-lead = Alguien, probablemente usted, ha olvidado la contraseña de su cuenta en { $provider }. Con este enlace puede elegir una nueva.
mail-reset-button = Elegir una nueva contraseña
mail-reset-after = Si no ha sido usted, no haga nada: su contraseña sigue como está.

mail-sign-up-subject = Termine de crear su cuenta
mail-sign-up-lead = Está a un paso de tener su cuenta en { $provider }: confirme que esta dirección es suya.
mail-sign-up-button = Crear mi cuenta
mail-sign-up-after = Si no ha pedido una cuenta, no haga nada: sin el enlace no habrá ninguna.

mail-invitation-subject = Su invitación a { $provider }
mail-invitation-lead = Le invitan a tener una cuenta en { $provider }.
mail-invitation-lead-organization = Le invitan a unirse a { $organization } con una cuenta en { $provider }.
mail-invitation-button = Aceptar la invitación
mail-invitation-after = La invitación es solo para esta dirección. Si no quiere una cuenta, no haga nada.

mail-account-exists-subject = Ya tiene una cuenta
mail-account-exists-lead = Alguien, quizá usted, quiso crear una cuenta en { $provider } con esta dirección. Ya existe una, así que no se ha creado nada.
mail-account-exists-button = Ir a la página de inicio de sesión
mail-account-exists-after = Si ya no recuerda su contraseña, elija «¿Ha olvidado su contraseña?» en la página de inicio de sesión.

mail-address-taken-subject = Su dirección se ha introducido para otra cuenta
mail-address-taken-lead = Alguien quiso usar esta dirección para otra cuenta en { $provider }. Pertenece a la suya, así que no se ha cambiado nada.
mail-address-taken-after = Si ha sido usted, inicie sesión en la cuenta que tiene esta dirección. Si no, no tiene que hacer nada.

mail-fact-when = Cuándo
mail-fact-browser = Navegador
mail-fact-no-browser = Desconocido
mail-fact-address = Dirección de red
mail-not-you = Si ha sido usted, todo está bien. Si no, inicie sesión, elija una nueva contraseña y mire dónde ha iniciado sesión.

mail-new-sign-in-subject = Inicio de sesión desde un navegador nuevo
mail-new-sign-in-lead = Alguien ha iniciado sesión en su cuenta de { $provider } con un navegador que usted no había usado antes.

mail-password-changed-subject = Se ha cambiado su contraseña
mail-password-changed-lead = Su cuenta en { $provider } tiene una nueva contraseña. Se ha cerrado su sesión en todos los demás sitios.
mail-password-removed-subject = Se ha eliminado su contraseña
mail-password-removed-lead = Su cuenta en { $provider } ya no tiene contraseña.
mail-passkey-added-subject = Se ha añadido una llave de acceso
mail-passkey-added-lead = Hay una nueva llave de acceso para su cuenta en { $provider }.
mail-passkey-removed-subject = Se ha eliminado una llave de acceso
mail-passkey-removed-lead = Se ha eliminado una de las llaves de acceso de su cuenta en { $provider }. Ya no sirve para iniciar sesión.
mail-totp-added-subject = Se ha añadido una aplicación de autenticación
mail-totp-added-lead = Para iniciar sesión en su cuenta de { $provider } ahora se pide un código de una aplicación de autenticación.
mail-totp-removed-subject = Se ha eliminado la aplicación de autenticación
mail-totp-removed-lead = Para iniciar sesión en su cuenta de { $provider } ya no se pide un código de una aplicación de autenticación.
mail-recovery-made-subject = Tiene nuevos códigos de recuperación
mail-recovery-made-lead = Hay nuevos códigos de recuperación para su cuenta en { $provider }. Los anteriores ya no funcionan.
mail-recovery-removed-subject = Se han eliminado sus códigos de recuperación
mail-recovery-removed-lead = Los códigos de recuperación de su cuenta en { $provider } ya no funcionan.
mail-recovery-used-subject = Se ha usado un código de recuperación
mail-recovery-used-lead = Se ha usado uno de los códigos de recuperación de su cuenta en { $provider }. Funciona una sola vez.
mail-email-asked-subject = Se ha introducido otra dirección de correo
mail-email-asked-lead = Su cuenta en { $provider } va a tener otra dirección de correo. Esta sigue siendo válida hasta que se confirme la nueva.
mail-email-changed-subject = Se ha cambiado su dirección de correo
mail-email-changed-lead = Su cuenta en { $provider } tiene ahora otra dirección de correo. Los mensajes ya no llegan aquí.

mail-trial-subject = Un mensaje de { $provider }
mail-trial-lead = Este mensaje muestra que { $provider } puede enviar correo.
