//! The schema version at the head of the store, and the way from an older one.
//!
//! Values describe themselves and new fields have defaults, so a schema rises only when keys change their layout.

use super::OpenError;

/// The schema that this version writes.
pub const SCHEMA: u32 = 1;

/// What to do with a store of schema `found`. A newer one is refused: this version does not know what it would break.
///
/// Schema 1 is the first; steps that rewrite an older store before it is served will stand here.
pub fn admit(found: u32) -> Result<(), OpenError> {
    match found {
        SCHEMA => Ok(()),
        0 => Err(OpenError::Damaged("its head has no schema".into())),
        _ => Err(OpenError::NewerSchema { found, known: SCHEMA }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_schema_is_admitted() {
        assert!(admit(SCHEMA).is_ok());
    }

    #[test]
    fn a_newer_schema_is_refused_with_both_numbers() {
        let Err(OpenError::NewerSchema { found, known }) = admit(SCHEMA + 1) else {
            panic!("admitted")
        };
        assert_eq!((found, known), (SCHEMA + 1, SCHEMA));
    }

    #[test]
    fn a_head_without_schema_is_damage() {
        assert!(matches!(admit(0), Err(OpenError::Damaged(_))));
    }
}
