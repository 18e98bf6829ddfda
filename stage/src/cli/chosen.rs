//! How a command line chooses lessons.

use super::{Error, Topic, quiz};
use crate::chosen::Chosen;
use crate::lesson::Lesson;

impl Topic {
    /// Returns the lesson that the command line names, with its options; all lessons, with the
    /// defaults of theirs, where it names none.
    pub(super) fn chosen(&self, matches: &clap::ArgMatches) -> Result<Vec<Chosen>, Error> {
        let named = matches.subcommand().filter(|(name, _)| *name != quiz::NAME);
        let Some((name, given)) = named else {
            return self.lessons.iter().map(|lesson| self.by_default(lesson)).collect();
        };
        let lesson = self.lessons.iter().find(|lesson| lesson.name == name);
        let lesson =
            lesson.ok_or_else(|| Error::Request(format!("there is no lesson '{name}'")))?;
        let variants = lesson.make(given).map_err(|error| Error::Request(error.to_string()))?;
        let again = std::env::args_os().skip(1).collect();
        Ok(vec![Chosen { story: lesson.story, lesson: lesson.clone(), variants, again }])
    }

    /// Returns a lesson with the defaults of its options.
    pub(super) fn by_default(&self, lesson: &Lesson) -> Result<Chosen, Error> {
        let defaults = lesson.command().try_get_matches_from([lesson.name]);
        let variants = defaults.and_then(|given| lesson.make(&given));
        let variants = variants.map_err(|error| Error::Request(error.to_string()))?;
        let again = vec![lesson.name.into()];
        Ok(Chosen { story: lesson.story, lesson: lesson.clone(), variants, again })
    }

    /// Names the topic's lessons that have a model.
    pub(super) fn explorable(&self) -> Result<Vec<&'static str>, Error> {
        let mut explorable = Vec::new();
        for lesson in &self.lessons {
            if self.by_default(lesson)?.is_modelled() {
                explorable.push(lesson.name);
            }
        }
        Ok(explorable)
    }
}

/// Keeps one variant of the one lesson that was chosen.
pub(super) fn keep(lessons: &mut [Chosen], name: &str) -> Result<(), Error> {
    let [chosen] = lessons else {
        return Err(Error::Request("--variant is of one lesson: name the lesson first".into()));
    };
    let names: Vec<_> = chosen.variants.iter().map(|variant| variant.name).collect();
    chosen.variants.retain(|known| known.name == name);
    let [kept] = chosen.variants.as_slice() else {
        return Err(Error::Request(format!(
            "{} has no variant '{name}'; it has {}",
            chosen.lesson.name,
            names.join(", ")
        )));
    };
    chosen.story = kept.story.unwrap_or(chosen.story);
    Ok(())
}
