//! What `--list` prints and what `--help` says beyond clap's own: the variants of each lesson, and
//! where `--explore` works.

use std::io;

use super::chosen::{Chosen, chosen, explorable};
use super::{Error, Topic};
use crate::lesson::{Form, Promise};
use crate::page::{Ink, Page};

/// What stands in place of a story that nobody has written yet.
pub(crate) const NO_STORY: &str = "(no story)";

fn kind(form: &Form) -> String {
    let promise = match form.promise {
        Promise::Deadlocks => "deadlocks",
        Promise::Breaks => "breaks",
        Promise::Holds => "holds",
    };
    format!("{promise}{}", if form.model.is_some() { ", --explore" } else { "" })
}

/// Prints each lesson with its variants: how each ends, whether it can be explored, and its story.
pub(super) fn list(page: &mut Page, lessons: &[Chosen]) -> io::Result<()> {
    for chosen in lessons {
        page.gap();
        page.wrap(&format!("{} · ", chosen.name), Ink::Title, &chosen.title)?;
        for form in &chosen.lesson.forms {
            page.wrap_after(&format!("  {}  ", form.name), (&kind(form), Ink::Quiet), "")?;
            page.wrap("      ", Ink::Plain, form.story.unwrap_or(NO_STORY))?;
        }
        page.wrap("  read  ", Ink::Quiet, chosen.lesson.source)?;
    }
    Ok(())
}

/// Returns the names of the lessons that can be explored, or that there are none.
pub(super) fn explorable_or_none<T: Topic>() -> Result<String, Error> {
    let names = explorable::<T>()?.join(", ");
    Ok(if names.is_empty() { "no lesson of this topic".to_owned() } else { names })
}

/// Adds to the help of the topic where `--explore` works, and to that of each lesson its variants.
pub(super) fn with_help<T: Topic>() -> Result<clap::Command, Error> {
    let mut command = T::command();
    let names = explorable_or_none::<T>()?;
    command = command.after_help(format!(
        "--explore works with {names}.\n--list names the variants of every lesson."
    ));
    let lessons: Vec<_> =
        T::command().get_subcommands().map(|lesson| lesson.get_name().to_owned()).collect();
    for name in lessons.into_iter().filter(|name| name != "help") {
        let Ok(cli) = T::try_parse_from([command.get_name(), &name]) else { continue };
        let text = variants(&chosen(&cli, Some(&name), None)?);
        command = command.mut_subcommand(name, |lesson| lesson.after_help(text));
    }
    Ok(command)
}

fn variants(lessons: &[Chosen]) -> String {
    let mut text = String::from("Variants (--form NAME):");
    for form in lessons.iter().flat_map(|chosen| &chosen.lesson.forms) {
        text += &format!("\n  {}  {}", form.name, kind(form));
        for line in form.story.iter().flat_map(|story| textwrap::wrap(story, 72)) {
            text += &format!("\n      {line}");
        }
    }
    text
}
