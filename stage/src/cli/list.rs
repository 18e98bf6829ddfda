//! What `--list` prints and what `--help` says beyond clap's own: the variants of each lesson, and
//! where `--explore` works.

use std::io;

use super::{Error, Topic};
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
        terminal.gap();
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
    }
    Ok(())
}

impl Topic {
    /// Returns the names of the lessons that can be explored, or that there are none.
    pub(super) fn explorable_or_none(&self) -> Result<String, Error> {
        let names = self.explorable()?.join(", ");
        Ok(if names.is_empty() { "no lesson of this topic".to_owned() } else { names })
    }

    /// Returns the command line with the help of the topic and of each lesson: where `--explore`
    /// works, and the variants.
    pub(super) fn with_help(&self) -> Result<clap::Command, Error> {
        let mut command = self.command().after_help(format!(
            "--explore works with {}.\n--list names the variants of every lesson.",
            self.explorable_or_none()?
        ));
        for lesson in &self.lessons {
            let text = help(&self.by_default(lesson)?.variants);
            command = command.mut_subcommand(lesson.name, |lesson| lesson.after_help(text));
        }
        Ok(command)
    }
}

fn help(variants: &[Variant]) -> String {
    let mut text = String::from("Variants (--variant NAME):");
    for variant in variants {
        text += &format!("\n  {}  {}", variant.name, kind(variant));
        for line in variant.story.iter().flat_map(|story| textwrap::wrap(story, 72)) {
            text += &format!("\n      {line}");
        }
    }
    text
}
