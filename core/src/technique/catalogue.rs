//! The catalogue: one entry a technique; the engine, the docs and every format are driven by it.

use super::Technique;

/// Every technique, sorted by id.
pub static CATALOGUE: &[Technique] = &[];

/// The technique with this id.
pub fn find(id: &str) -> Option<&'static Technique> {
    CATALOGUE.iter().find(|technique| technique.id == id)
}
