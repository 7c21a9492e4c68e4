# The consent page: what an application will learn, and the person's yes or no.

consent-title = Allow access
consent-heading = Allow { $client } to use your account?
# $host is a domain.
consent-unregistered = Nobody has registered this application here. It is known only by its address, { $host }.
consent-other-account = Use another account
consent-nothing = It will learn only that you are the same person each time you come back.
consent-asks-for = It asks for
consent-allow = Allow
consent-deny = Deny
consent-return = Either way you return to { $host }.

## What is asked for: a title, and what it means.

consent-identity = Who you are
consent-identity-detail = An identifier of your account, your role, and your organizations
consent-profile = Your profile
consent-profile-detail = Your name, picture and language
consent-email = Your email address
consent-email-detail = The address and whether it is verified
consent-phone = Your phone number
consent-phone-detail = The number and whether it is verified
consent-address = Your postal address
consent-address-detail = Where you live or work
consent-offline = Access while you are away
consent-offline-detail = It stays connected until you or it ends that
consent-own-permission = A permission of the application’s own
consent-more = More about you
consent-claims = Some details about you
# $resource is the name of a service.
consent-resource = Use of { $resource }

## What single details are called.

consent-claim-name = Name
consent-claim-family-name = Family name
consent-claim-given-name = Given name
consent-claim-middle-name = Middle name
consent-claim-nickname = Nickname
consent-claim-username = Username
consent-claim-profile = Profile page
consent-claim-picture = Picture
consent-claim-website = Website
consent-claim-gender = Gender
consent-claim-birthdate = Birthdate
consent-claim-zoneinfo = Time zone
consent-claim-locale = Language
consent-claim-updated-at = Time of the last change
consent-claim-email = Email address
consent-claim-address = Postal address
consent-claim-phone-number = Phone number
