//! How a lane looks while it does something.

use crate::record::State;
use crate::terminal::Style;

/// What a lane can be seen doing: a state, or two at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Holds,
    /// It works with something in its hold.
    HoldsAndRuns,
    Waits,
    Runs,
    Idles,
}

impl Look {
    pub(super) const ALL: [Self; 5] =
        [Self::Holds, Self::HoldsAndRuns, Self::Waits, Self::Runs, Self::Idles];

    /// Returns how a lane looks whose newest span is of this state, while it holds something or
    /// not.
    pub(super) fn of(state: State, holding: bool) -> Self {
        match state {
            State::Holds => Self::Holds,
            State::Runs if holding => Self::HoldsAndRuns,
            State::Runs => Self::Runs,
            State::Waits => Self::Waits,
            State::Idles => Self::Idles,
        }
    }

    /// Tells whether whoever sees this sees that as well.
    pub(super) fn includes(self, other: Self) -> bool {
        self == other || (self == Self::HoldsAndRuns && matches!(other, Self::Holds | Self::Runs))
    }

    pub(super) fn state(self) -> State {
        match self {
            Self::Holds | Self::HoldsAndRuns => State::Holds,
            Self::Waits => State::Waits,
            Self::Runs => State::Runs,
            Self::Idles => State::Idles,
        }
    }

    pub(super) fn style(self) -> Style {
        Style::State(self.state())
    }

    pub(super) fn word(self) -> &'static str {
        if self == Self::HoldsAndRuns { "holds and runs" } else { self.state().word() }
    }

    pub(super) fn glyph(self) -> char {
        match self {
            Self::Holds => '█',
            Self::HoldsAndRuns => '▓',
            Self::Waits => '▒',
            Self::Runs => '▄',
            Self::Idles => '·',
        }
    }

    /// Returns the sign for less than half a cell of it.
    pub(super) fn brief(self) -> char {
        match self {
            Self::Holds | Self::HoldsAndRuns => '▌',
            Self::Waits => '░',
            Self::Runs => '▖',
            Self::Idles => '·',
        }
    }
}
