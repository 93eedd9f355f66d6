//! What takes turns, so that a sync in which nothing is new asks for one of it alone: hardly anything of
//! it is urgent, or webhooks tell of it.

/// What a sync asks for beside what every one asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Turn {
    /// The release pages.
    #[default]
    Pages,
    /// What is said on enhancement issues, every second time.
    Talk,
    /// The texts of enhancement issues.
    Texts,
}

impl Turn {
    /// Whose turn it is the nth time, from 0.
    pub fn of(nth: usize) -> Self {
        match nth % 4 {
            0 => Self::Pages,
            2 => Self::Texts,
            _ => Self::Talk,
        }
    }
}
