sign-in-title = Iniciar sesión
sign-in-to-continue = para continuar en { $client }
sign-in-at-host = en { $host }
sign-in-username = Nombre de usuario o correo
sign-in-password = Contraseña
sign-in-submit = Iniciar sesión
sign-in-forgotten = ¿Ha olvidado su contraseña?
sign-in-sign-up = Crear una cuenta

sign-in-old-page = La página era demasiado antigua, o su navegador no guarda cookies. Inténtelo de nuevo.
sign-in-incomplete = Introduzca su nombre de usuario o correo y su contraseña.
sign-in-wrong = Ese nombre de usuario y esa contraseña no coinciden. Compruebe ambos e inténtelo de nuevo.
sign-in-too-many = Hubo demasiados intentos. Inténtelo de nuevo en { $wait }.
sign-in-busy = Muchas personas están iniciando sesión. Inténtelo de nuevo en un momento.
sign-in-second-step-gone = Ese inicio de sesión tardó demasiado o comenzó en otro navegador. Inicie sesión de nuevo.
