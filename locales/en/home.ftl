# The home page: who is signed in, or a way in.

home-title = Your account
home-heading = Hello, { $name }
home-lead = You are signed in to { $service }.
home-admin = You administer it.
home-username = Username
home-email = Email
home-verified = Confirmed
home-unverified = Not confirmed
home-role = Role
home-organization = Organization
home-applications = Your applications
home-manage = Manage your account
home-sign-out = Sign out
welcome-title = Welcome
welcome-lead = { $service } signs you in to the applications you use, with one account.
welcome-sign-in = Sign in
welcome-demo = Open the demo application
