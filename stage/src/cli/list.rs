//! What `--list` prints: the variants of each lesson, each with its story.

use std::io;

use crate::chosen::Chosen;
use crate::lesson::{Promise, Variant};
use crate::terminal::{Style, Terminal};

/// What stands in place of a story that nobody has written yet.
const NO_STORY: &str = "(no story)";

fn kind(variant: &Variant) -> String {
    let promise = match variant.promise {
        Promise::Deadlocks => "deadlocks",
        Promise::Breaks => "breaks",
        Promise::Holds => "holds",
    };
    format!("{promise}{}", if variant.model.is_some() { ", --explore" } else { "" })
}

/// Prints each lesson with its variants: how each ends, whether it can be explored, and its story.
pub(super) fn list(terminal: &mut Terminal, lessons: &[Chosen]) -> io::Result<()> {
    for Chosen { lesson, variants, .. } in lessons {
        terminal.wrap(&format!("{} · ", lesson.name), Style::Title, lesson.title)?;
        for variant in variants {
            let name = format!("  {}  ", variant.name);
            terminal.wrap_after(&name, (&kind(variant), Style::Quiet), "")?;
            terminal.wrap("      ", Style::Plain, variant.story.unwrap_or(NO_STORY))?;
        }
        terminal.wrap("  read  ", Style::Quiet, lesson.source)?;
        if !lesson.scripts.is_empty() {
            terminal.wrap("  in Python  ", Style::Quiet, &lesson.scripts.join(", "))?;
        }
        terminal.gap();
    }
    Ok(())
}
