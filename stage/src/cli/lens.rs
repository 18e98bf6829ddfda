//! The lenses that look at models in place of a run: which of them is asked for, and of what.

use clap::ArgMatches;

use super::{Error, Topic, quiz};
use crate::chosen::Chosen;
use crate::options::{Options, SITTING};

/// Tells whether one of them is asked for.
pub(super) fn is_asked_for(matches: &ArgMatches, options: &Options) -> bool {
    let explores = options.explore || options.schedule.is_some() || options.play;
    let asks = options.weaken || quiz::is_asked_for(matches, options);
    explores || asks || options.page.is_some()
}

/// Returns the lesson that an option of one lesson is about.
pub(super) fn the_one<'a>(option: &str, lessons: &'a [Chosen]) -> Result<&'a Chosen, Error> {
    let [chosen] = lessons else {
        return Err(Error::Request(format!("{option} is of one lesson: name it first")));
    };
    Ok(chosen)
}

impl Topic {
    /// Refuses a lens that has nothing to look at in these lessons.
    pub(super) fn has_models(&self, lessons: &[Chosen], options: &Options) -> Result<(), Error> {
        for (option, given) in [("--page", options.page.is_some()), ("--play", options.play)] {
            if given {
                the_one(option, lessons)?;
            }
        }
        let letters = options.answer.len();
        if letters > SITTING {
            return Err(Error::Request(format!(
                "--answer has {letters} letters, and a quiz has {SITTING} questions"
            )));
        }
        if !options.weaken {
            if lessons.iter().any(Chosen::is_modelled) {
                return Ok(());
            }
            if let (Some(variant), [Chosen { lesson, .. }]) = (&options.variant, lessons)
                && self.by_default(lesson)?.is_modelled()
            {
                return Err(Error::Request(format!(
                    "there is no model of {variant}; {} --list tells which variants have one",
                    lesson.name
                )));
            }
            return Err(Error::Request(self.no_model()?));
        }
        if lessons.iter().any(|chosen| !chosen.lesson.mutants.is_empty()) {
            return Ok(());
        }
        let with = self.lessons.iter().filter(|lesson| !lesson.mutants.is_empty());
        let with: Vec<_> = with.map(|lesson| lesson.name).collect();
        let with = if with.is_empty() { "no lesson of this topic".into() } else { with.join(", ") };
        Err(Error::Request(format!("nothing is weakened of it; --weaken works with {with}")))
    }

    pub(super) fn no_model(&self) -> Result<String, Error> {
        let with = self.explorable_or_none()?;
        Ok(format!("there is no model of it to explore; --explore and --play work with {with}"))
    }
}
