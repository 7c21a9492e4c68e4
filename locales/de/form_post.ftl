form-post-title = Weiter
form-post-heading = Einen Moment
form-post-lead = Sie kehren zu { $host } zurück. Wenn nichts geschieht, drücken Sie die Schaltfläche.
form-post-continue = Weiter
