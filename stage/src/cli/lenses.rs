//! A lesson's models on the command line: explored, played, written as a page, and asked about.

use std::io::{self, Write};
use std::path::Path;

use clap::ArgMatches;

use super::{Error, Topic, lens, quiz as quiz_command, recording, verdict};
use crate::chosen::Chosen;
use crate::explore::Bound;
use crate::options::Options;
use crate::progress::with_spinner;
use crate::quiz::{self, Answered, Request};
use crate::terminal::{Style, Terminal};
use crate::typed::typed;
use crate::{page, play, schedules, silence, whole_file};

/// How many schedules are tried with all orders of independent steps, where all that differ were
/// tried.
const PLAIN: usize = 2_000;

/// How many positions of a variant a page holds at the most.
const POSITIONS: usize = 20_000;

impl Topic {
    /// Looks at the lessons through the lens that was asked for.
    pub(super) fn look(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        matches: &ArgMatches,
        options: &Options,
    ) -> Result<bool, Error> {
        if let Some(file) = &options.page {
            let most = options.schedules.map_or(POSITIONS, |most| most as usize);
            self.write_page(terminal, lessons, (file, most))
        } else if quiz_command::is_asked_for(matches, options) {
            self.quiz(terminal, lessons, options)
        } else if options.weaken {
            self.weaken(terminal, lessons, options)
        } else if options.play {
            self.play(terminal, lessons, options)
        } else {
            self.explore(terminal, lessons, options)
        }
    }

    fn explore(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        // A number of schedules that is given counts those of all orders.
        let plain = options.schedules.is_none().then_some(PLAIN);
        let mut bound = Bound { plain, ..Bound::default() };
        bound.schedules = options.schedules.map_or(bound.schedules, |most| most as usize);
        bound.random = bound.random.min(bound.schedules);
        bound.seed = options.seed.unwrap_or(bound.seed);
        let modelled: Vec<_> = lessons.iter().filter(|chosen| chosen.is_modelled()).collect();
        if options.schedule.is_some() && modelled.iter().any(|chosen| chosen.variants.len() != 1) {
            return Err(Error::Request(
                "--schedule is of one variant of one lesson: name it with --variant".into(),
            ));
        }
        // Shuttle reports each failing schedule on standard error; here they are counted.
        let _quiet = silence::stderr()?;
        let (mut broken, mut words) = (Vec::new(), schedules::Words::default());
        for chosen in modelled {
            let kept = match &options.schedule {
                None => {
                    let again = format!("{} {}", typed(self.name), chosen.lesson.name);
                    schedules::explore_lesson(
                        terminal,
                        chosen,
                        &bound,
                        (&again, options.source),
                        &mut words,
                    )?
                }
                Some(schedule) => {
                    let again = schedules::replay(terminal, chosen, schedule, options.source)?;
                    again.map(|()| true).map_err(Error::Request)?
                }
            };
            if !kept {
                broken.push(chosen.lesson.name);
            }
            terminal.gap();
        }
        if options.schedule.is_none() {
            words.explain(terminal, &bound)?;
        }
        verdict(terminal, &broken)
    }

    fn play(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        let chosen = lens::the_one("--play", lessons)?;
        // Shuttle reports each failing schedule on standard error; here they are what is played
        // for.
        let _quiet = silence::stderr()?;
        let played = play::play(terminal, self.name, chosen, options.schedule.as_deref())?;
        played.map(|()| true).map_err(Error::Request)
    }

    fn write_page(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        (file, most): (&Path, usize),
    ) -> Result<bool, Error> {
        let chosen = lens::the_one("--page", lessons)?;
        let unwritable = |error| {
            let file = file.display();
            Error::Request(format!(
                "--page: {file} cannot be written ({error}); name a file in a folder that can"
            ))
        };
        // Before anything is run: a name that is wrong is told at once.
        let to_screen = file.as_os_str() == "-";
        if !to_screen {
            whole_file::can_be_written(file).map_err(unwritable)?;
        }
        let page = {
            let _quiet = silence::stderr()?;
            let memory = recording();
            with_spinner("the schedules", || page::page(self.name, chosen, &memory, most))
        };
        let Some(page) = page else {
            return Err(Error::Request(self.lacks("page", chosen.lesson.name)));
        };
        if to_screen {
            let mut output = io::stdout().lock();
            return Ok(output
                .write_all(page.as_bytes())
                .and_then(|()| output.flush())
                .map(|()| true)?);
        }
        whole_file::write(file, page.as_bytes()).map_err(unwritable)?;
        let told =
            format!("{}, {} kB: open it in a browser", file.display(), page.len().div_ceil(1000));
        Ok(terminal.wrap("", Style::Plain, &told).map(|()| true)?)
    }

    /// Asks who notices a line that is weakened.
    fn weaken(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        let request = self.request(lessons, options, ["--weaken"; 2]);
        // Shuttle and a test that panics report on standard error; here that is what is asked about.
        let _quiet = silence::stderr()?;
        Ok(quiz::weaken(terminal, &request).map(|()| true)?)
    }

    fn quiz(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        let opened = options.progress.as_deref().map(Answered::open).transpose();
        let mut answered = opened.map_err(Error::Request)?;
        let request = self.request(lessons, options, ["--quiz", quiz_command::NAME]);
        // Shuttle reports each failing schedule on standard error; here they are asked about.
        let _quiet = silence::stderr()?;
        Ok(quiz::sit(terminal, &request, answered.as_mut()).map(|()| true)?)
    }

    /// Returns what a sitting is of. By the two words it is asked for, of one lesson and of all.
    fn request<'a>(
        &self,
        lessons: &'a [Chosen],
        options: &'a Options,
        [of_one, of_all]: [&str; 2],
    ) -> Request<'a> {
        let (of, asks) = match lessons {
            [one] => (one.lesson.name, format!("{} {of_one}", one.lesson.name)),
            _ => (self.name, of_all.to_owned()),
        };
        let mut again = format!("{} {asks}", typed(self.name));
        if let Some(name) = &options.variant {
            again += &format!(" --variant {name}");
        }
        if let Some(file) = &options.progress {
            again += &format!(" --progress {}", file.display());
        }
        let answers = (!options.answer.is_empty()).then_some(options.answer.as_slice());
        let seed = options.seed.unwrap_or(1);
        Request { topic: self.name, of, lessons, seed, answers, again }
    }
}
