//! What `--help` shows: a topic's lessons, and of a lesson what it can do.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Arg, Command, FromArgMatches};

use super::{Error, Topic, lens, quiz, refusal};
use crate::lesson::{Promise, Variant};
use crate::terminal::{Terminal, wrapped};

/// The options that a topic's help leaves to those of its lessons, and of the quiz.
const WITH_A_LENS: [&str; 6] = ["schedules", "seed", "source", "quiz", "answer", "progress"];
/// The options of a quiz about all lessons.
const OF_A_QUIZ: [&str; 6] = ["seed", "answer", "progress", "width", "color", "help"];

/// Returns the arguments of this process; those of `help LESSON` as `LESSON --help`.
pub(super) fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

/// Returns the terminal for a help: as wide, and with the colours, that the other arguments ask for
/// by the options `width` and `color` of the command.
///
/// # Errors
/// One of them has a value that it cannot have.
pub fn help_screen(command: Command, arguments: &[OsString]) -> Result<Terminal, clap::Error> {
    let others = arguments.iter().filter(|given| *given != "--help" && *given != "-h");
    let given = match command.try_get_matches_from(others) {
        Err(error)
            if matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) =>
        {
            return Err(error);
        }
        given => given.ok(),
    };
    let width = given.as_ref().and_then(|given| given.get_one::<u16>("width").copied());
    let color = given.and_then(|given| colorchoice_clap::Color::from_arg_matches(&given).ok());
    let color = color.map(|color| color.as_choice()).unwrap_or_default();
    Ok(Terminal::new(color, width.map(usize::from)))
}

impl Topic {
    /// Prints the help that was asked for.
    pub(super) fn help(&self, arguments: &[OsString]) -> Result<(), Error> {
        let screen = help_screen(self.command(), arguments);
        let refused = |error| Error::Request(refusal(&error, &self.command()));
        let mut screen = screen.map_err(refused)?;
        let command = self.with_help(screen.width())?;
        Ok(screen.help(command, arguments)?)
    }

    /// Returns the command line with the help of the topic, of each lesson and of the quiz, for a
    /// screen of that width.
    fn with_help(&self, width: usize) -> Result<Command, Error> {
        let mut command = self.command().term_width(width);
        command.build();
        let mut nowhere = [&lens::OF_ONE_LESSON[..], &WITH_A_LENS].concat();
        let explorable = self.explorable()?;
        nowhere.extend(lens::OF_MODELS.iter().filter(|_| explorable.is_empty()));
        if self.lessons.iter().all(|lesson| lesson.mutants.is_empty()) {
            nowhere.push("weaken");
        }
        let explore = if explorable.is_empty() {
            "No lesson of this topic has a model to explore.".to_owned()
        } else {
            format!("--explore works with {}.", explorable.join(", "))
        };
        let after = [
            explore,
            "LESSON --help tells what a lesson can do, quiz --help what a quiz can; --list names \
             the variants of every lesson."
                .into(),
        ];
        command =
            command.after_help(after.map(|text| textwrap::fill(&text, wrapped(width))).join("\n"));
        command = command.mut_args(|option| without(option, |id| nowhere.contains(&id)));
        for lesson in &self.lessons {
            let chosen = self.by_default(lesson)?;
            let lacking = lens::lacking(&chosen);
            command = command.mut_subcommand(lesson.name, |command| {
                let command =
                    command.mut_args(|option| without(option, |id| lacking.contains(&id)));
                let head = head(lesson.name, lesson.title, lesson.story, width);
                command.help_template(head).after_help(variants(&chosen.variants, width))
            });
        }
        Ok(command.mut_subcommand(quiz::NAME, |command| {
            let command = command.mut_args(|option| without(option, |id| !OF_A_QUIZ.contains(&id)));
            let title = command.get_about().map(ToString::to_string).unwrap_or_default();
            command.help_template(head(quiz::NAME, &title, quiz::STORY, width))
        }))
    }
}

/// Leaves an option out of a help if its name is one of some.
fn without(option: Arg, some: impl Fn(&str) -> bool) -> Arg {
    let hidden = some(option.get_id().as_str());
    option.hide(hidden)
}

/// Returns the template of a help that begins as the lesson's screen does.
fn head(name: &str, title: &str, story: &str, width: usize) -> String {
    let title = textwrap::fill(&format!("{name} · {title}"), wrapped(width));
    let indented = wrapped(width).initial_indent("  ").subsequent_indent("  ");
    let story = textwrap::fill(story, indented);
    format!("{title}\n{story}\n\n{{usage-heading}} {{usage}}\n\n{{all-args}}{{after-help}}")
}

/// Returns the names of the variants, by how they end, and of those that have no model.
fn variants(variants: &[Variant], width: usize) -> String {
    let names = |is: &dyn Fn(&Variant) -> bool| {
        let names = variants.iter().filter(|variant| is(variant)).map(|variant| variant.name);
        names.collect::<Vec<_>>().join(", ")
    };
    let modelled = variants.iter().any(|variant| variant.model.is_some());
    let lines = [
        ("  deadlocks  ", names(&|variant| variant.promise == Promise::Deadlocks)),
        ("  breaks     ", names(&|variant| variant.promise == Promise::Breaks)),
        ("  holds      ", names(&|variant| variant.promise == Promise::Holds)),
        ("  no model   ", names(&|variant| modelled && variant.model.is_none())),
    ];
    let lines = lines.iter().filter(|(_, names)| !names.is_empty()).map(|(first, names)| {
        let beside = wrapped(width).initial_indent(first).subsequent_indent("             ");
        textwrap::fill(names, beside)
    });
    let head = "Variants:".to_owned();
    [head].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}
