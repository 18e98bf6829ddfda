//! The lenses that look at models in place of a run: which of them is asked for, and of what.

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::{Error, Topic, quiz};
use crate::chosen::Chosen;
use crate::lesson::Lesson;
use crate::options::{Options, SITTING};

/// The options that look at a model, or at what a look has chosen.
pub(super) const OF_MODELS: [&str; 10] = [
    "explore",
    "schedules",
    "seed",
    "schedule",
    "source",
    "play",
    "page",
    "quiz",
    "answer",
    "progress",
];
/// The options that are of one lesson alone.
pub(super) const OF_ONE_LESSON: [&str; 5] = ["variant", "schedule", "play", "page", "python"];

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

/// Returns the options that a lesson would refuse, whatever its variant.
pub(super) fn lacking(chosen: &Chosen) -> Vec<&'static str> {
    let mut lacking = Vec::new();
    if !chosen.is_modelled() {
        lacking.extend(OF_MODELS);
    }
    if chosen.lesson.mutants.is_empty() {
        lacking.push("weaken");
    }
    if chosen.lesson.scripts.is_empty() {
        lacking.push("python");
    }
    lacking
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
        if options.weaken {
            let some = lessons.iter().any(|chosen| !chosen.lesson.mutants.is_empty());
            let none = || Error::Request(self.lacks("weaken", "this topic"));
            return some.then_some(()).ok_or_else(none);
        }
        if lessons.iter().any(Chosen::is_modelled) {
            return Ok(());
        }
        Err(Error::Request(match (&options.variant, lessons) {
            (Some(variant), [Chosen { lesson, .. }]) => format!(
                "there is no model of {variant}; {} --list tells which variants have one",
                lesson.name
            ),
            _ => self.lacks("explore", "this topic"),
        }))
    }

    /// Returns the line on an option that the one lesson cannot follow, with those that can; `None`
    /// if it can follow each that is given.
    pub(super) fn impossible(&self, lessons: &[Chosen], matches: &ArgMatches) -> Option<String> {
        let chosen =
            lessons.iter().find(|chosen| matches.subcommand_name() == Some(chosen.lesson.name))?;
        let given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let option = lacking(chosen).into_iter().find(given)?;
        Some(self.lacks(option, chosen.lesson.name))
    }

    /// Returns the line on an option that a lesson lacks what it takes for.
    pub(super) fn lacks(&self, option: &str, lesson: &str) -> String {
        let with = |has: &dyn Fn(&Lesson) -> bool| {
            let with = self.lessons.iter().filter(|lesson| has(lesson)).map(|lesson| lesson.name);
            let with = with.collect::<Vec<_>>().join(", ");
            if with.is_empty() { "no lesson of this topic".to_owned() } else { with }
        };
        match option {
            "weaken" => format!(
                "no line of {lesson} is weakened; --weaken works with {}",
                with(&|lesson| !lesson.mutants.is_empty())
            ),
            "python" => format!(
                "there is no Python script beside {lesson}; --python works with {}",
                with(&|lesson| !lesson.scripts.is_empty())
            ),
            _ => format!(
                "--{option}: there is no model of {lesson}; --explore, --play, --page and --quiz \
                 work with {}",
                with(&|lesson| self.by_default(lesson).is_ok_and(|chosen| chosen.is_modelled()))
            ),
        }
    }
}
