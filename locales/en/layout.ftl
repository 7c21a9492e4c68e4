# What stands around every page.

# Before the title of a page whose form was refused; $title is the title.
layout-error-title = Error: { $title }
# Said after a link, to those who listen to the page.
layout-new-tab = (opens in a new tab)
# Stands before an account's name.
layout-signed-in-as = Signed in as
layout-privacy-policy = Privacy policy
layout-terms = Terms of service
# After a name that introduces a list of links.
layout-colon = :
layout-languages = Language

## The operator's own pages.

layout-support = Help
layout-imprint = Legal notice
layout-privacy = Privacy
