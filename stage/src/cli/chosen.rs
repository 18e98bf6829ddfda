//! The lessons that a command line chooses, with what `--help` says of them.

use std::ffi::OsString;
use std::io;

use super::{Error, Topic};
use crate::lesson::{Form, Lesson};
use crate::page::{Ink, Page};

/// A lesson that will be played.
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) story: String,
    pub(super) lesson: Lesson,
    /// The arguments that choose it once more, in a child.
    pub(super) again: Vec<OsString>,
}

impl Chosen {
    pub(super) fn heading(&self, page: &mut Page) -> io::Result<()> {
        page.wrap(&format!("{} · ", self.name), Ink::Title, &self.title)?;
        page.wrap("  ", Ink::Plain, &self.story)?;
        page.gap();
        Ok(())
    }
}

/// Finds the lessons to play, with their titles and stories: the first line and the rest of what
/// `--help` says.
pub(super) fn chosen<T: Topic>(
    cli: &T,
    wanted: Option<&str>,
    form: Option<&str>,
) -> Result<Vec<Chosen>, Error> {
    let command = T::command();
    let mut lessons = Vec::new();
    let of_the_topic = |name: &str| name != "help" && wanted.is_none_or(|wanted| wanted == name);
    for subcommand in
        command.get_subcommands().filter(|subcommand| of_the_topic(subcommand.get_name()))
    {
        let name = subcommand.get_name().to_owned();
        let (lesson, again) = if wanted.is_some() {
            (cli.lesson(), std::env::args_os().skip(1).collect())
        } else {
            (by_default::<T>(&name)?, vec![name.clone().into()])
        };
        let Some(lesson) = lesson else { continue };
        let title = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
        let story = subcommand.get_long_about().map(ToString::to_string).unwrap_or_default();
        let story = story.strip_prefix(title.as_str()).unwrap_or(&story).trim().replace('\n', " ");
        lessons.push(Chosen { name, title, story, lesson, again });
    }
    if let Some(form) = form {
        let [chosen] = lessons.as_mut_slice() else {
            return Err(Error::Request("--form is of one lesson: name the lesson first".into()));
        };
        let names: Vec<_> = chosen.lesson.forms.iter().map(|form| form.name).collect();
        chosen.lesson.forms.retain(|known| known.name == form);
        if chosen.lesson.forms.is_empty() {
            return Err(Error::Request(format!(
                "{} has no form '{form}'; it has {}",
                chosen.name,
                names.join(", ")
            )));
        }
        if let [Form { story: Some(story), .. }] = chosen.lesson.forms.as_slice() {
            chosen.story = (*story).to_owned();
        }
    }
    Ok(lessons)
}

/// Returns a lesson with the defaults of its options.
fn by_default<T: Topic>(name: &str) -> Result<Option<Lesson>, Error> {
    let command = T::command();
    let defaults = T::try_parse_from([command.get_name(), name]);
    Ok(defaults.map_err(|error| Error::Request(error.to_string()))?.lesson())
}

/// Names the topic's lessons that have a model.
pub(super) fn explorable<T: Topic>() -> Result<Vec<String>, Error> {
    let command = T::command();
    let names =
        command.get_subcommands().map(clap::Command::get_name).filter(|name| *name != "help");
    let mut explorable = Vec::new();
    for name in names {
        if by_default::<T>(name)?.is_some_and(|lesson| lesson.is_modelled()) {
            explorable.push(name.to_owned());
        }
    }
    Ok(explorable)
}
