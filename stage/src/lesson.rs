//! A lesson as its topic describes it: the variants that break, the variants that hold, each for
//! real and as a model.

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, Args, Command};

use crate::explore::{self, Model};
use crate::mutant::Mutant;
use crate::report::Checked;

const DEADLINE: Duration = Duration::from_secs(30);

/// How a variant ends when it does what it promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// In a deadlock, in a child process.
    Deadlocks,
    /// In a failure that it lives to report.
    Breaks,
    /// Well.
    Holds,
}

/// One approach to a lesson: a broken one or a fixed one.
#[derive(Clone)]
pub struct Variant {
    pub(crate) name: &'static str,
    pub(crate) promise: Promise,
    pub(crate) real: Arc<dyn Fn() -> Checked + Send + Sync>,
    pub(crate) model: Option<Modelled>,
    pub(crate) deadline: Duration,
    pub(crate) story: Option<&'static str>,
    pub(crate) asked: Option<Asked>,
}

/// A variant's model.
#[derive(Clone)]
pub(crate) struct Modelled {
    /// Its size: "2 threads".
    pub(crate) size: &'static str,
    /// What comes out of a schedule: "the counter"; empty where that needs no name.
    pub(crate) outcome: &'static str,
    /// What a schedule in which it fails does: "lose an update".
    pub(crate) fails: &'static str,
    pub(crate) run: Model,
}

/// A question about what a variant shows, which its own lenses answer.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) asks: String,
    pub(crate) choices: Vec<&'static str>,
    /// Finds the number of the true choice, and why it is true.
    pub(crate) judge: Arc<dyn Fn() -> (usize, String) + Send + Sync>,
}

impl Variant {
    fn new(
        name: &'static str,
        promise: Promise,
        real: impl Fn() -> Checked + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            promise,
            real: Arc::new(real),
            model: None,
            deadline: DEADLINE,
            story: None,
            asked: None,
        }
    }

    /// Returns a variant that never returns: it is run in a child process, watched, and ended.
    pub fn deadlocks<T: Debug>(
        name: &'static str,
        real: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        let real = move || Err(format!("it returned {:?}", real()));
        Self::new(name, Promise::Deadlocks, real)
    }

    /// Returns a variant that breaks and says how.
    pub fn breaks(name: &'static str, real: impl Fn() -> Checked + Send + Sync + 'static) -> Self {
        Self::new(name, Promise::Breaks, real)
    }

    /// Returns a variant that holds.
    pub fn holds(name: &'static str, real: impl Fn() -> Checked + Send + Sync + 'static) -> Self {
        Self::new(name, Promise::Holds, real)
    }

    /// Sets when a run that has not come to its end counts as one that hangs; 30 s if not set.
    #[must_use]
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the variant's own story: one sentence that says what it does, and how that fixes the
    /// lesson or breaks it. It stands below the title, in place of the lesson's story, when this
    /// variant is shown alone.
    #[must_use]
    pub fn story(mut self, story: &'static str) -> Self {
        self.story = Some(story);
        self
    }

    /// Adds a question for the quiz: what it asks, its choices, and a function that finds the number
    /// of the true one when it is asked, and in a sentence why.
    #[must_use]
    pub fn asked(
        mut self,
        asks: impl Into<String>,
        choices: impl IntoIterator<Item = &'static str>,
        judge: impl Fn() -> (usize, String) + Send + Sync + 'static,
    ) -> Self {
        let (choices, judge) = (choices.into_iter().collect(), Arc::new(judge));
        self.asked = Some(Asked { asks: asks.into(), choices, judge });
        self
    }

    /// Adds the same source compiled against the model checker, for `--explore`: of what `size`,
    /// and what a schedule in which it fails does ("deadlock", "lose an update").
    #[must_use]
    pub fn explored<T>(
        mut self,
        size: &'static str,
        fails: &'static str,
        model: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        self.model = Some(Modelled { size, outcome: "", fails, run: explore::model(model) });
        self
    }

    /// As [`explored`](Self::explored), with every outcome counted; one that is not among `right`
    /// is a failure. `outcome` says what comes out ("the counter"); it is empty where the value says
    /// it by itself.
    #[must_use]
    pub fn explored_for<T: Debug + PartialEq + Send + Sync + 'static>(
        mut self,
        size: &'static str,
        outcome: &'static str,
        fails: &'static str,
        right: impl Into<Vec<T>>,
        model: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        let run = explore::outcomes_of(outcome, right.into(), model);
        self.model = Some(Modelled { size, outcome, fails, run });
        self
    }
}

/// How the variants of a lesson are made from the options that were given.
type Make = Arc<dyn Fn(&ArgMatches) -> Result<Vec<Variant>, clap::Error> + Send + Sync>;

/// A lesson: its name, what it is about, where its source is, its options, and its variants in the
/// order in which they are shown.
///
/// ```
/// use stage::{Lesson, Report, Variant};
///
/// let lesson = Lesson::new("greeting", "a line of text")
///     .story("It is printed.")
///     .source("topic/src/greeting.rs")
///     .variants(|| [Variant::holds("plain", || Ok(Report::new("hello")))]);
/// # let _ = lesson;
/// ```
#[derive(Clone)]
pub struct Lesson {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) story: &'static str,
    pub(crate) source: &'static str,
    /// The names of the Python scripts that show the same.
    pub(crate) scripts: Vec<&'static str>,
    /// What can be weakened of it.
    pub(crate) mutants: Vec<Mutant>,
    options: fn(Command) -> Command,
    make: Make,
}

impl Lesson {
    /// Returns a lesson without variants. `name` is its subcommand, `title` one line without an end
    /// mark.
    pub fn new(name: &'static str, title: &'static str) -> Self {
        let make: Make = Arc::new(|_| Ok(Vec::new()));
        let (scripts, mutants) = Default::default();
        let options = |command| command;
        Self { name, title, story: "", source: "", scripts, mutants, options, make }
    }

    /// Sets what happens in the lesson, in a sentence or two.
    #[must_use]
    pub fn story(mut self, story: &'static str) -> Self {
        self.story = story;
        self
    }

    /// Sets the file or folder to read, from the root of the workspace.
    #[must_use]
    pub fn source(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }

    /// Adds a Python script that shows the same, for `--python`: `callback` is the topic's file
    /// `python/callback.py`.
    #[must_use]
    pub fn python(mut self, script: &'static str) -> Self {
        self.scripts.push(script);
        self
    }

    /// Sets what can be weakened of its primitive, for `--weaken`.
    #[must_use]
    pub fn mutants(mut self, mutants: impl IntoIterator<Item = Mutant>) -> Self {
        self.mutants = mutants.into_iter().collect();
        self
    }

    /// Sets the variants of a lesson without options of its own.
    #[must_use]
    pub fn variants<V: IntoIterator<Item = Variant>>(
        mut self,
        variants: impl Fn() -> V + Send + Sync + 'static,
    ) -> Self {
        self.make = Arc::new(move |_| Ok(variants().into_iter().collect()));
        self
    }

    /// Sets the variants of a lesson that has options, which `O` describes.
    #[must_use]
    pub fn variants_with<O: Args, V: IntoIterator<Item = Variant>>(
        mut self,
        variants: impl Fn(&O) -> V + Send + Sync + 'static,
    ) -> Self {
        self.options = O::augment_args;
        self.make =
            Arc::new(move |given| Ok(variants(&O::from_arg_matches(given)?).into_iter().collect()));
        self
    }

    /// Returns the lesson's subcommand.
    pub(crate) fn command(&self) -> Command {
        let command = Command::new(self.name).allow_negative_numbers(true);
        // Where the options are documented, that is about them.
        (self.options)(command).about(self.title).long_about(None)
    }

    /// Makes the variants from the options that were given.
    ///
    /// # Panics
    /// If two have the same name.
    pub(crate) fn make(&self, given: &ArgMatches) -> Result<Vec<Variant>, clap::Error> {
        let variants = (self.make)(given)?;
        let names: HashSet<_> = variants.iter().map(|variant| variant.name).collect();
        assert_eq!(names.len(), variants.len(), "two variants of one name in {}", self.name);
        Ok(variants)
    }
}
