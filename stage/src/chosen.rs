//! A lesson that a command line has chosen.

use std::ffi::OsString;
use std::io;

use crate::lesson::{Lesson, Variant};
use crate::terminal::{Style, Terminal};

/// A lesson that will be run, with the variants of it that were chosen.
pub(crate) struct Chosen {
    pub(crate) lesson: Lesson,
    pub(crate) variants: Vec<Variant>,
    /// The story of the lesson, or of the one variant that was chosen.
    pub(crate) story: &'static str,
    /// The arguments that choose it once more, in a child.
    pub(crate) again: Vec<OsString>,
}

impl Chosen {
    pub(crate) fn heading(&self, terminal: &mut Terminal) -> io::Result<()> {
        terminal.wrap(&format!("{} · ", self.lesson.name), Style::Title, self.lesson.title)?;
        terminal.wrap("  ", Style::Plain, self.story)?;
        terminal.gap();
        Ok(())
    }

    /// Tells whether some variant of it can be explored.
    pub(crate) fn is_modelled(&self) -> bool {
        self.variants.iter().any(|variant| variant.model.is_some())
    }
}
