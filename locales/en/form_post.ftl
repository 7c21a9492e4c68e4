# The page that posts an answer to the application, by itself where scripts run.

form-post-title = Continue
form-post-heading = One moment
form-post-lead = You return to { $host }. If nothing happens, press the button.
form-post-continue = Continue
