//! What connecting would come to: looked at before anything is made in the system or stored.

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// In the order of [`About::ALL`], each once.
    pub checks: Vec<Check>,
    /// The address that was asked.
    pub server: Option<String>,
    /// What the system calls its version.
    pub version: Option<String>,
    /// Which system it is.
    pub pin: Option<String>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub about: About,
    /// How it is.
    pub finding: Finding,
}

/// What can be looked at. Each needs those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The credential that was named can be read.
    Context,
    /// The system answers.
    Reach,
    /// It shows to be the one that was meant.
    Trust,
    /// It accepts the credential.
    Credential,
    /// It says which system it is, and nobody else uses it as their own.
    System,
    /// The credential's rights are enough for connecting.
    Rights,
    /// What is to be offered is there.
    Permissions,
    /// The places that Bellhop is to be limited to are there.
    Places,
}

impl About {
    /// All, in the order in which they are looked at.
    pub const ALL: [Self; 8] = [
        Self::Context,
        Self::Reach,
        Self::Trust,
        Self::Credential,
        Self::System,
        Self::Rights,
        Self::Permissions,
        Self::Places,
    ];
}

/// How it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// As it has to be. More about it in words, or nothing.
    Passed(String),
    /// Connecting would not work.
    Failed(Flaw),
    /// It could not be looked at, because something before it failed or was not to be seen.
    NotSeen,
}

/// Why connecting would not work, and what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flaw {
    /// Why.
    pub why: String,
    /// What to do.
    pub next: String,
    /// A command that helps, word by word.
    pub command: Vec<String>,
    /// The rights that are missing, each by name.
    pub missing: Vec<String>,
    /// What was answered, word by word.
    pub details: String,
}

impl Preview {
    /// Notes what was found about one thing; what was noted first stays.
    pub(crate) fn note(&mut self, about: About, finding: Finding) {
        if self.of(about).is_none() {
            self.checks.push(Check { about, finding });
        }
    }

    /// What was found about one thing.
    #[must_use]
    pub fn of(&self, about: About) -> Option<&Finding> {
        self.checks.iter().find(|check| check.about == about).map(|check| &check.finding)
    }

    /// All of them, in their order: what was not looked at is told as that.
    pub(crate) fn completed(mut self) -> Self {
        for about in About::ALL {
            self.note(about, Finding::NotSeen);
        }
        let place = |check: &Check| About::ALL.iter().position(|about| *about == check.about);
        self.checks.sort_by_key(place);
        self
    }
}
