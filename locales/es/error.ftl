error-not-found-title = No encontrado
error-not-found = No hay nada en esta dirección.
error-refused-title = No ha funcionado
error-request-title = La aplicación envió una solicitud incorrecta
error-request = No puede iniciar sesión de esta manera. Vuelva a la aplicación; si ocurre de nuevo, avise a sus responsables.
error-interaction-gone-title = Esta página ya no es válida
error-interaction-gone = El inicio de sesión comenzó en otro navegador o hace demasiado tiempo, o este navegador no guarda cookies. Vuelva a la aplicación e inicie sesión de nuevo.
error-link-gone-title = Este enlace ya no es válido
error-link-gone = Funciona una sola vez y durante una hora. Quien administra este servidor puede crear uno nuevo con: avouch setup-link
error-busy-title = Espere un momento
error-busy = El servidor tiene mucho trabajo. Inténtelo de nuevo en un momento.
error-internal-title = Algo ha fallado aquí
error-internal = Es culpa nuestra, no suya. Inténtelo de nuevo dentro de un rato.
error-developers = Para desarrolladores
error-go-home = Ir a la página de inicio
error-ask = Si pide ayuda, indique este número: { $id }

error-old-page = La página era demasiado antigua, o su navegador no guarda cookies. Vuelva a cargarla e inténtelo de nuevo.
error-too-large = Eso es más de lo que podemos aceptar. Inténtelo con menos.
error-unreadable = No hemos podido leer lo que envió su navegador. Vuelva atrás e inténtelo de nuevo.
error-wrong-credentials = Ese nombre de usuario y esa contraseña no coinciden. Compruebe ambos e inténtelo de nuevo.
error-unknown-passkey = Esa llave de acceso no pertenece a ninguna cuenta de aquí. Inicie sesión de otra manera.
error-disabled = Esta cuenta está desactivada. Consulte a los responsables de este servicio.
error-sign-in-again = Vuelva a iniciar sesión e inténtelo de nuevo.

error-script-wrong-passkey = No se pudo usar esa llave de acceso. Inténtelo de nuevo o inicie sesión de otra manera.
error-script-too-long = Ha tardado demasiado. Inténtelo de nuevo.
error-script-too-many = Hubo demasiados intentos. Espere un poco e inténtelo de nuevo.
