account-menu = Su cuenta
account-menu-back = Volver a su cuenta
account-menu-overview = Resumen
account-menu-profile = Perfil
account-menu-email = Dirección de correo
account-menu-password = Contraseña
account-menu-passkeys = Llaves de acceso
account-menu-authenticator = Aplicación de autenticación
account-menu-recovery-codes = Códigos de recuperación
account-menu-sessions = Dónde ha iniciado sesión
account-menu-applications = Aplicaciones
account-menu-activity = Actividad reciente
account-menu-export = Descargar sus datos
account-menu-delete = Eliminar su cuenta

account-recent = Para cambiar algo aquí, vuelva a iniciar sesión.
account-sign-in-again = Iniciar sesión de nuevo
account-factor-last = Esta es su última forma de entrar. Añada otra primero y después elimine esta.

account-overview-title = Su cuenta
account-concerns = Conviene revisar
account-concern-copied-passkey = Es posible que otra persona tenga una copia de una de sus llaves de acceso. Ya no sirve para iniciar sesión. Elimínela y añada una nueva.
account-concern-one-way-in = Solo tiene una forma de iniciar sesión. Añada una llave de acceso para poder entrar si la pierde.
account-concern-no-codes = Si pierde su segundo factor, no podrá entrar. Cree códigos de recuperación y guárdelos en un lugar seguro.
account-concern-few-codes = { $count ->
    [one] Solo le queda { $count } código de recuperación. Cree otros nuevos antes de necesitarlos.
   *[other] Solo le quedan { $count } códigos de recuperación. Cree otros nuevos antes de necesitarlos.
}
account-concern-unverified-email = Su dirección de correo todavía no está confirmada.
account-email = Correo electrónico
account-role = Rol
account-organization = Organización
account-group-you = Sobre usted
account-group-signing-in = Cómo inicia sesión
account-group-use = Dónde se usa su cuenta
account-group-record = Sus datos
account-state-profile = Su nombre, foto, idioma y datos de contacto
account-state-password = Establecida el { $day }
account-state-no-password = Sin establecer
account-state-passkeys = { $count ->
    [0] Ninguna todavía
    [one] { $count } llave de acceso
   *[other] { $count } llaves de acceso
}
account-state-authenticator = Activada desde el { $day }
account-state-no-authenticator = Desactivada
account-state-recovery-codes = { $count ->
    [0] Ninguno
    [one] Queda { $count }
   *[other] Quedan { $count }
}
account-state-sessions = { $count ->
    [one] En { $count } navegador
   *[other] En { $count } navegadores
}
account-state-applications = { $count ->
    [0] Ninguna tiene acceso
    [one] { $count } aplicación tiene acceso
   *[other] { $count } aplicaciones tienen acceso
}
account-state-activity = Inicios de sesión y cambios de los últimos 90 días
account-state-export = Un archivo con todo lo que se guarda sobre usted
account-state-delete = Para siempre
account-sign-out = Cerrar sesión

account-profile-title = Perfil
account-profile-lead = Las aplicaciones solo ven de esto lo que usted les permite.
account-profile-saved = Su perfil se ha guardado.
account-profile-wrong = Su perfil todavía no se ha guardado. Revise los campos marcados.
account-profile-changed-meanwhile = Entretanto su perfil se cambió en otra ventana. Abajo está lo que usted escribió; donde es distinto, se indica lo que está guardado. Guarde de nuevo para conservar lo suyo.
account-profile-signed-out = Su sesión se ha cerrado. No se ha perdido nada de lo que escribió: inicie sesión en otra ventana y vuelva a guardar aquí.
account-profile-kept = Guardado ahora: { $value }
account-profile-save = Guardar
account-profile-names = Su nombre
account-profile-about = Sobre usted
account-profile-contact = Cómo contactar con usted
account-profile-more = Más sobre usted
account-profile-name = Nombre completo
account-profile-given-name = Nombre
account-profile-middle-name = Segundo nombre
account-profile-family-name = Apellidos
account-profile-nickname = Apodo
account-profile-picture = Foto
account-profile-website = Sitio web
account-profile-gender = Género
account-profile-birthdate = Fecha de nacimiento
account-profile-zoneinfo = Zona horaria
account-profile-locale = Idioma
account-profile-phone-number = Número de teléfono
account-profile-street-address = Calle y número
account-profile-postal-code = Código postal
account-profile-locality = Ciudad
account-profile-region = Provincia o región
account-profile-country = País
account-profile-hint-name = Déjelo vacío para que se use su nombre y apellidos.
account-profile-hint-picture = La dirección de una imagen en la web. Empieza por https://
account-profile-hint-phone-number = Con el prefijo del país, por ejemplo +34 912 345 678
account-profile-hint-birthdate = Por ejemplo 1990-12-31, o solo el año
account-profile-hint-lines = Uno en cada línea
account-profile-none = Sin establecer
account-profile-yes = Sí
account-profile-no = No
account-profile-wrong-long = Es demasiado largo. Use como máximo { $most } caracteres.
account-profile-wrong-characters = Contiene un carácter que no se puede guardar. Escríbalo de nuevo.
account-profile-wrong-url = Eso no es una dirección web. Empieza por https:// o http://
account-profile-wrong-https = Eso no es la dirección de una imagen que empiece por https://
account-profile-wrong-birthdate = Escriba la fecha como 1990-12-31, o solo el año. No puede ser futura.
account-profile-wrong-phone = Escriba el número con el prefijo del país, por ejemplo +34 912 345 678
account-profile-wrong-number = Eso no es un número. Escríbalo con cifras, por ejemplo 12.5
account-profile-wrong-choice = Elija una opción de la lista.

account-password-title = Contraseña
account-password-since = Estableció su contraseña el { $day }.
account-password-none = No tiene contraseña. Puede iniciar sesión sin ella.
account-password-current = Contraseña actual
account-password-new = Nueva contraseña
account-password-hint = Al menos 8 caracteres. Varias palabras seguidas son seguras y fáciles de escribir.
account-password-repeated = Nueva contraseña otra vez
account-password-change = Cambiar la contraseña
account-password-set = Establecer la contraseña
account-password-ends = Aquí su sesión continúa. En todas las demás partes se cierra.
account-password-was-set = Su contraseña está establecida. Se ha cerrado su sesión en todas partes menos aquí.
account-password-was-removed = Su contraseña se ha eliminado. Se ha cerrado su sesión en todas partes menos aquí.
account-password-differs = Las dos contraseñas nuevas no son iguales. Escríbalas de nuevo.
account-password-wrong = Esa no es su contraseña actual. Escríbala de nuevo.
account-password-too-many = Hubo demasiados intentos. Inténtelo de nuevo en { $duration }.
account-password-gone = Ya no tiene contraseña.
account-password-removal = Prescindir de la contraseña
account-password-can-go = Puede iniciar sesión sin ella. Lo que no existe no se puede robar.
account-password-remove = Eliminar la contraseña
account-password-only-way = Su contraseña es su única forma de entrar. Añada una llave de acceso si quiere prescindir de ella.

account-authenticator-title = Aplicación de autenticación
account-authenticator-lead = Una aplicación en su teléfono muestra un código que cambia cada 30 segundos. Se le pide después de la contraseña.
account-authenticator-why = Así nadie entra solo con su contraseña. Sirve cualquier aplicación de autenticación.
account-authenticator-begin = Configurar una aplicación
account-authenticator-since = Su aplicación se configuró el { $day }.
account-authenticator-used = Se usó por última vez el { $day }.
account-authenticator-not-used = Todavía no se ha usado.
account-authenticator-replace = Configurar otra aplicación
account-authenticator-until-then = Su aplicación actual sigue valiendo hasta que se confirme el primer código de la nueva.
account-authenticator-scan = Escanee esto con la aplicación
account-authenticator-or-type = O escriba esta clave en la aplicación:
account-authenticator-open = La aplicación está en este dispositivo: abrirla
account-authenticator-confirm = Escriba el código que muestra la aplicación
account-authenticator-code = Código
account-authenticator-turn-on = Activar
account-authenticator-wrong-code = Ese no es el código que la aplicación muestra ahora. Pruebe con el siguiente. Si vuelve a fallar, compruebe el reloj del dispositivo.
account-authenticator-expired = Ha tardado demasiado o ya está hecho. Empiece de nuevo.
account-authenticator-gone = Ya no hay ninguna aplicación de autenticación.
account-authenticator-was-set-up = Su aplicación de autenticación está configurada. A partir de ahora se le pedirá su código.
account-authenticator-was-removed = Su aplicación de autenticación se ha eliminado. Se ha cerrado su sesión en todas partes menos aquí.
account-authenticator-removal = Desactivarla
account-authenticator-removal-means = Ya no se le pedirá un código. Se cerrará su sesión en todas partes menos aquí.
account-authenticator-remove = Eliminar la aplicación de autenticación

account-codes-title = Códigos de recuperación
account-codes-lead = Si pierde su teléfono, un código de recuperación le permite entrar. Cada uno funciona una vez.
account-codes-come-next = Su aplicación de autenticación está configurada. Un último paso: cree códigos de recuperación por si la pierde.
account-codes-of-no-use = Todavía no los necesita: sustituyen a una aplicación de autenticación y no ha configurado ninguna.
account-codes-none = Todavía no tiene ninguno.
account-codes-left = { $count ->
    [one] Le queda { $count } código de los que creó el { $day }.
   *[other] Le quedan { $count } códigos de los que creó el { $day }.
}
account-codes-replaces = Los códigos nuevos sustituyen a los anteriores, que dejan de funcionar.
account-codes-anew = Crear códigos nuevos
account-codes-make = Crear códigos de recuperación
account-new-codes-title = Sus nuevos códigos de recuperación
account-new-codes-lead = Imprímalos o cópielos ahora y guárdelos en un lugar seguro. No se mostrarán de nuevo.
account-new-codes-of = Códigos de recuperación de { $username } en { $service }, creados el { $day }
account-new-codes-each-once = Cada código funciona una vez. Los que creó antes ya no funcionan.
account-new-codes-kept = Los he guardado

account-apps-title = Aplicaciones
account-apps-lead = Estas aplicaciones pueden usar su cuenta porque usted lo permitió.
account-apps-none = Ninguna aplicación puede usar su cuenta. Cuando alguna lo pida, decide usted.
account-apps-withdrawn = Esa aplicación ya no puede usar su cuenta.
account-apps-gone = No disponible ahora
account-apps-offline = También en su ausencia
account-apps-since = Permitida el { $day }
account-apps-used = última sesión con ella el { $day }
account-apps-may = Qué puede ver y hacer
account-apps-withdraw = Retirar el acceso
account-apps-means = Cuando retira el acceso a una aplicación, se le avisa y tiene que volver a pedírselo.

account-activity-title = Actividad reciente
account-activity-lead = Lo que ha ocurrido en su cuenta en los últimos 90 días, lo más reciente primero.
account-activity-nothing = Todavía no ha ocurrido nada.
account-activity-look = ¿Ha sido usted?
account-activity-by-operator = Por los responsables de este servicio
account-activity-newest = Lo más reciente
account-activity-older = Anteriores
account-activity-not-you = ¿Algo de esto no lo ha hecho usted? Cambie su contraseña, elimine lo que no conozca y cierre la sesión en todas partes.
account-activity-signed-in = Inició sesión
account-activity-sign-in-failed = Alguien intentó iniciar sesión sin éxito
account-activity-wrong-password = Se escribió una contraseña actual incorrecta
account-activity-signed-out = Cerró la sesión
account-activity-session-begun = Ha iniciado sesión en un navegador nuevo
account-activity-session-ended = Terminó una sesión
account-activity-passkey-added = Se añadió una llave de acceso
account-activity-passkey-removed = Se eliminó una llave de acceso
account-activity-passkey-refused = No se pudo añadir una llave de acceso
account-activity-passkey-suspected = Se bloqueó una llave de acceso porque puede haber una copia de ella
account-activity-authenticator-added = Se configuró una aplicación de autenticación
account-activity-authenticator-removed = Se eliminó la aplicación de autenticación
account-activity-password-removed = Se eliminó la contraseña
account-activity-factor-removed = Se eliminó una forma de iniciar sesión
account-activity-second-used = Se usó un segundo factor
account-activity-second-failed = Se escribió un código incorrecto
account-activity-codes-made = Se crearon nuevos códigos de recuperación
account-activity-second-added = Desde aquí se pide un segundo factor
account-activity-second-removed = Desde aquí ya no se pide un segundo factor
account-activity-password-set = Se estableció una contraseña
account-activity-password-changed = Se cambió la contraseña
account-activity-email-asked = Se pidió otra dirección de correo
account-activity-email-changed = Se confirmó la dirección de correo
account-activity-password-forgotten = Alguien pidió una nueva contraseña por correo
account-activity-password-link = Se creó un enlace para una nueva contraseña
account-activity-email-link = Se creó un enlace para confirmar la dirección de correo
account-activity-letter-sent = Se le envió un correo
account-activity-letter-lost = No se pudo entregarle un correo
account-activity-consent-given = Permitió que una aplicación use su cuenta
account-activity-consent-withdrawn = Retiró el acceso a una aplicación
account-activity-profile-changed = Se cambió el perfil
account-activity-exported = Se descargaron sus datos
account-activity-added = Se creó la cuenta
account-activity-disabled = Se desactivó la cuenta
account-activity-enabled = Se activó la cuenta
account-activity-organization = Se cambió la organización activa
account-activity-other = Se cambió algo en su cuenta
account-way-password = Contraseña
account-way-passkey = Llave de acceso
account-way-authenticator = Aplicación de autenticación
account-way-recovery-code = Código de recuperación

account-export-title = Descargar sus datos
account-export-lead = Un archivo con todo lo que { $service } guarda sobre usted.
account-export-what = Su perfil, cómo inicia sesión, dónde la ha iniciado, qué aplicaciones pueden usar su cuenta y qué ha ocurrido últimamente. No contiene contraseñas ni claves. Aun así, no lo comparta.
account-export-download = Descargar

account-delete-title = Eliminar su cuenta
account-delete-lead = Esto no se puede deshacer.
account-delete-sign-in = Ya no podrá iniciar sesión, ni aquí ni en ninguna aplicación que use con esta cuenta.
account-delete-applications = Todas las sesiones terminan de inmediato y se avisa a las aplicaciones.
account-delete-elsewhere = Lo que las aplicaciones hayan guardado por su cuenta sobre usted, tiene que pedirles que lo eliminen.
account-delete-export-first = Descargar antes sus datos
account-delete-type = Para eliminarla, escriba aquí { $username }
account-delete-submit = Eliminar mi cuenta para siempre
account-delete-other-name = Ese no es el nombre de esta cuenta. Escríbalo tal como aparece.
account-delete-last-administrator = Es la única persona que administra este servicio. Nombre antes a otra; después podrá irse.
account-deleted-title = Su cuenta se ha eliminado
account-deleted = Ya nadie puede iniciar sesión con ella en { $service }. Gracias por haber estado aquí.
account-deleted-frame = Cierra su sesión en una aplicación
account-go-on = Seguir iniciando sesión
account-activity-second-asked = Se pidió un segundo factor
account-activity-browser-remembered = Se recordó un navegador; no se le pide el segundo factor
account-activity-browser-forgotten = Ya no se recuerda un navegador
account-activity-joined = Se unió a una organización
