//! `[users]`: the roles an end-user can have, and what people may do with their accounts.

use super::reader::Reader;

/// The roles an end-user can have, and what people may do with their accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Users {
    /// All roles; `user` and `admin` are always among them.
    pub roles: Vec<String>,
    /// The role of a new user, one of `roles`.
    pub default_role: String,
    /// Whether people may delete their own accounts.
    pub self_delete: bool,
}

impl Users {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let roles = r.checked(
            "roles",
            vec!["user".to_owned(), "admin".to_owned()],
            "The roles an end-user can have, told to clients in the claim \"role\". Add to these two; both must stay.",
            |roles| are_roles(roles),
        );
        let default_role = r.option(
            "default_role",
            "user".to_owned(),
            "The role of a new user, one of \"roles\".",
        );
        if !roles.contains(&default_role) {
            let key = if r.is_set("default_role") {
                "default_role"
            } else {
                "roles"
            };
            r.refuse(
                key,
                format!(
                    "expected default_role to be one of {}, found {default_role:?}",
                    roles.join(", ")
                ),
            );
        }
        let self_delete = r.option(
            "self_delete",
            true,
            "Whether people may delete their own accounts at /account/delete. The last administrator never can.",
        );
        Self {
            roles,
            default_role,
            self_delete,
        }
    }
}

fn are_roles(roles: &[String]) -> Result<(), String> {
    for shipped in ["user", "admin"] {
        if !roles.iter().any(|role| role == shipped) {
            return Err(format!("expected {shipped:?} to be among the roles"));
        }
    }
    let is_name = |role: &str| {
        (1..=64).contains(&role.len()) && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
    };
    for (place, role) in roles.iter().enumerate() {
        if !is_name(role) {
            return Err(format!(
                "expected roles of 1 to 64 letters, digits and -_.: each, found {role:?}"
            ));
        }
        if roles.iter().take(place).any(|earlier| earlier == role) {
            return Err(format!("expected each role once, found {role:?} twice"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(roles: &[&str]) -> Result<(), String> {
        are_roles(&roles.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn the_shipped_roles_stay_and_others_join_them() {
        assert_eq!(verdict(&["admin", "user"]), Ok(()));
        assert_eq!(verdict(&["user", "admin", "teacher", "team:lead"]), Ok(()));
        assert!(verdict(&["user"]).unwrap_err().contains("\"admin\""));
        assert!(verdict(&[]).unwrap_err().contains("\"user\""));
    }

    #[test]
    fn a_role_is_a_short_plain_name_given_once() {
        for odd in ["", "a b", "ö", &"x".repeat(65), "a,b"] {
            assert!(
                verdict(&["user", "admin", odd]).unwrap_err().contains("1 to 64"),
                "{odd:?}"
            );
        }
        assert!(
            verdict(&["user", "admin", "a", "a"])
                .unwrap_err()
                .contains("\"a\" twice")
        );
    }
}
