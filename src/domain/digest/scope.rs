//! What a digest is about: which KEPs, which parts, and how much of them is seen at once.

use super::Length;
use crate::domain::{
    Login, Runtime, Settings,
    board::{Entry, RuntimeSide},
};

/// What a channel wants to know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The runtime, by name.
    pub runtime: Box<str>,
    /// The SIGs whose KEPs it is about; none for all that are watched.
    pub sigs: Vec<Box<str>>,
    /// What it is told of, in this order.
    pub sections: Vec<Section>,
    /// How much of it the channel itself sees.
    pub length: Length,
    /// Whose KEPs alone it is about, where it is somebody's own.
    pub person: Option<Login>,
}

impl Scope {
    /// Everything about one runtime.
    pub fn of(runtime: impl Into<Box<str>>) -> Self {
        Self {
            runtime: runtime.into(),
            sigs: Vec::new(),
            sections: Section::ALL.to_vec(),
            length: Length::default(),
            person: None,
        }
    }
}

impl Scope {
    /// Whether a KEP is told of: one's own to a person, else one of the SIGs. One of another SIG that the
    /// runtime tracks, or tracked, concerns its channel, too, unless that asks for SIGs.
    pub fn concerns(&self, entry: &Entry, settings: &Settings) -> bool {
        if let Some(person) = &self.person {
            return !entry.parts_of(person).is_empty();
        }
        if !self.sigs.is_empty() {
            return entry.kep.belongs_to(&self.sigs);
        }
        let is_tracked = |side: &RuntimeSide| !side.issues.is_empty();
        entry.kep.belongs_to(&settings.sigs) || self.side(entry, settings).is_some_and(is_tracked)
    }

    pub(super) fn runtime_of<'a>(&self, settings: &'a Settings) -> Option<&'a Runtime> {
        let mut runtimes = settings.runtimes.iter();
        runtimes.find(|runtime| runtime.name == self.runtime)
    }

    pub(super) fn side<'a>(
        &self,
        entry: &'a Entry,
        settings: &Settings,
    ) -> Option<&'a RuntimeSide> {
        let mut runtimes = settings.runtimes.iter();
        let at = runtimes.position(|runtime| runtime.name == self.runtime)?;
        entry.runtimes.get(at)
    }
}

/// A part of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// KEPs with errors or warnings, and who mends them.
    Needs,
    /// KEPs that may miss the next freeze.
    Risk,
    /// KEPs that moved.
    Moved,
    /// What liaisons and shepherds said.
    Updates,
    /// Which release of the runtime has which KEPs.
    Ships,
    /// Whose work it was.
    Thanks,
}

impl Section {
    /// All, what matters most first.
    pub const ALL: [Self; 6] = [
        Self::Needs,
        Self::Risk,
        Self::Moved,
        Self::Updates,
        Self::Ships,
        Self::Thanks,
    ];

    /// Its name in the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Needs => "needs",
            Self::Risk => "risk",
            Self::Moved => "moved",
            Self::Updates => "updates",
            Self::Ships => "ships",
            Self::Thanks => "thanks",
        }
    }
}
