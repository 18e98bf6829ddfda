//! A word on the command line that would be right in another place.

use clap::Command;
use clap::error::{ContextKind, ContextValue};

use super::{Topic, lens, quiz};
use crate::typed::typed;

impl Topic {
    /// Returns the line on a word that is a lesson, a variant or an option, and stands where it is
    /// none of them; `None` if the error is about something else.
    pub(super) fn misplaced(&self, error: &clap::Error) -> Option<String> {
        let kinds = [ContextKind::InvalidArg, ContextKind::InvalidSubcommand];
        let ContextValue::String(word) = kinds.into_iter().find_map(|kind| error.get(kind))? else {
            return None;
        };
        let (typed, mut command) = (typed(self.name), self.command());
        // Before that, an option does not know how it is written.
        command.build();
        let given = std::env::args_os().skip(1).map(|given| given.to_string_lossy().into_owned());
        let given: Vec<_> = given.take_while(|given| given != word).collect();
        let lesson = |name: &str| self.lessons.iter().find(|lesson| lesson.name == name);
        let named = given.iter().find_map(|given| lesson(given));
        if let Some(option) = option(&command, word) {
            let of = match named {
                Some(lesson)
                    if lens::lacking(&self.by_default(lesson).ok()?).contains(&&**word) =>
                {
                    return Some(self.lacks(word, lesson.name));
                }
                Some(lesson) => format!(" {}", lesson.name),
                None if lens::OF_ONE_LESSON.contains(&&**word) => " LESSON".to_owned(),
                None => String::new(),
            };
            return Some(format!("{word} is an option: {typed}{of} {option}"));
        }
        if lesson(word).is_some() {
            return Some(if given.iter().any(|given| given == quiz::NAME) {
                format!("quiz is about all lessons; a quiz about one is {typed} {word} --quiz")
            } else {
                format!("{word} is a lesson, and one is run at a time: {typed} {word}")
            });
        }
        let named = named?;
        let variants = self.by_default(named).ok()?.variants;
        variants
            .iter()
            .find(|variant| variant.name == word)
            .map(|_| format!("{word} is a variant: {typed} {} --variant {word}", named.name))
    }
}

/// Returns how an option of all lessons is written that has this name.
fn option(command: &Command, name: &str) -> Option<String> {
    let option = command.get_arguments().find(|argument| argument.get_long() == Some(name))?;
    Some(option.to_string())
}
