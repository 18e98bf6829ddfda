//! A lesson's models on the command line: explored, played, and written as a page.

use std::io::{self, Write};
use std::path::Path;

use super::{Error, PLAIN, Topic, recording, verdict};
use crate::chosen::Chosen;
use crate::explore::Bound;
use crate::options::Options;
use crate::progress::with_spinner;
use crate::terminal::{Style, Terminal};
use crate::{page, play, schedules, silence};

impl Topic {
    pub(super) fn explore(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        // A number of schedules that is given counts those of all orders.
        let plain = options.schedules.is_none().then_some(PLAIN);
        let mut bound = Bound { plain, ..Bound::default() };
        bound.schedules = options.schedules.map_or(bound.schedules, |most| most as usize);
        bound.seed = options.seed.unwrap_or(bound.seed);
        let modelled: Vec<_> = lessons.iter().filter(|chosen| chosen.is_modelled()).collect();
        if modelled.is_empty() {
            return Err(Error::Request(self.no_model()?));
        }
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
                    let again = format!("cargo run -p {} -- {}", self.name, chosen.lesson.name);
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

    pub(super) fn play(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        let [chosen] = lessons else {
            return Err(Error::Request("--play is of one lesson: name it first".into()));
        };
        if !chosen.is_modelled() {
            return Err(Error::Request(self.no_model()?));
        }
        // Shuttle reports each failing schedule on standard error; here they are what is played
        // for.
        let _quiet = silence::stderr()?;
        let played = play::play(terminal, self.name, chosen, options.schedule.as_deref())?;
        played.map(|()| true).map_err(Error::Request)
    }

    pub(super) fn write_page(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        (file, most): (&Path, usize),
    ) -> Result<bool, Error> {
        let [chosen] = lessons else {
            return Err(Error::Request("--page is of one lesson: name it first".into()));
        };
        let unwritable = |error| {
            let file = file.display();
            Error::Request(format!(
                "--page: {file} cannot be written ({error}); name a file in a folder that can"
            ))
        };
        // Before anything is run: a name that is wrong is told at once.
        if !chosen.is_modelled() {
            return Err(Error::Request(self.no_model()?));
        }
        let to_screen = file.as_os_str() == "-";
        if !to_screen {
            page::can_be_written(file).map_err(unwritable)?;
        }
        let page = {
            let _quiet = silence::stderr()?;
            let memory = recording();
            with_spinner("the schedules", || page::page(self.name, chosen, &memory, most))
        };
        let Some(page) = page else { return Err(Error::Request(self.no_model()?)) };
        if to_screen {
            let mut output = io::stdout().lock();
            return Ok(output
                .write_all(page.as_bytes())
                .and_then(|()| output.flush())
                .map(|()| true)?);
        }
        page::write(file, &page).map_err(unwritable)?;
        let told =
            format!("{}, {} kB: open it in a browser", file.display(), page.len().div_ceil(1000));
        Ok(terminal.wrap("", Style::Plain, &told).map(|()| true)?)
    }

    pub(super) fn no_model(&self) -> Result<String, Error> {
        let with = self.explorable_or_none()?;
        Ok(format!("there is no model of it to explore; --explore and --play work with {with}"))
    }
}
