//! People's formatted text, of neither side.

/// A formatted text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rich {}
