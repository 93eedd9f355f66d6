//! One thing that somebody wants to be otherwise in how they are told.

use super::{Kind, Off, Preferences, Quiet};
use crate::domain::KepNumber;

/// One thing that somebody wants to be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Nothing at all for now, or everything again.
    Off(Option<Off>),
    /// A kind, or no more of it.
    Kind(Kind, bool),
    /// Nothing in these hours; `None` for no such hours.
    Quiet(Option<Quiet>),
    /// No more of a KEP, or of it again.
    Mute(KepNumber, bool),
    /// In this workspace.
    Workspace(Box<str>),
}

impl Preferences {
    /// Takes in what somebody wants to be otherwise.
    pub fn take_in(&mut self, wish: &Wish) {
        match wish {
            Wish::Off(off) => self.off = *off,
            Wish::Kind(kind, true) => {
                self.without.remove(kind);
            }
            Wish::Kind(kind, false) => {
                self.without.insert(*kind);
            }
            Wish::Quiet(hours) => self.quiet = *hours,
            Wish::Mute(kep, true) => {
                self.muted.insert(*kep);
            }
            Wish::Mute(kep, false) => {
                self.muted.remove(kep);
            }
            Wish::Workspace(workspace) => self.workspace = Some(workspace.clone()),
        }
    }
}
