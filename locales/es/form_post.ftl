form-post-title = Continuar
form-post-heading = Un momento
form-post-lead = Vuelve a { $host }. Si no ocurre nada, pulse el botón.
form-post-continue = Continuar
