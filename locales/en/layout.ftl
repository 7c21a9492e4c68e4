# What stands around every page.

# Before the title of a page whose form was refused; $title is the title.
layout-error-title = Error: { $title }
