//! Another value for each option of `[sign_up]`.

/// As in `super::OTHERS`.
pub(super) const OTHERS: &[(&str, &str)] = &[
    ("sign_up.mode", "invitation"),
    ("sign_up.domains", "example.com"),
    ("sign_up.username", "chosen"),
    ("sign_up.ask", "given_name"),
    ("sign_up.require", "family_name"),
    ("sign_up.terms", "https://example.com/terms"),
    ("sign_up.lifetime", "1h"),
    ("sign_up.invitation_lifetime", "1d"),
    ("attributes.hardware_tier.sign_up", "required"),
];
