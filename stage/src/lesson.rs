//! A lesson as its topic describes it: the forms that break, the forms that hold, each for real and
//! as a model.

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::explore::{self, Model};

/// What a form's real run has to show: a report, or why the promise was not kept.
pub type Shown = Result<Report, String>;

/// Says what a run showed: one line, and facts below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub(crate) line: String,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) kind: Kind,
}

/// How the statement of a report was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By this run: what was promised came out.
    #[default]
    Shown,
    /// By this run, as a figure: nothing was promised but that it is measured.
    Measured,
    /// By a model checker alone: this machine does not show it.
    Modelled,
    /// Not at all: this machine lacks what it takes.
    NotHere,
}

impl Report {
    /// Makes a report of one line.
    pub fn new(line: impl Into<String>) -> Self {
        Self { line: line.into(), ..Self::default() }
    }

    /// Makes a report of what this machine cannot show, and why: it has one core, or a processor
    /// that keeps an order which others do not. The lesson has kept its promise as far as it could
    /// be asked for.
    pub fn not_here(why: impl Into<String>) -> Self {
        Self { kind: Kind::NotHere, ..Self::new(why) }
    }

    /// Makes a report of figures, which are neither right nor wrong: the screen says "measured" in
    /// place of a verdict.
    pub fn measured(line: impl Into<String>) -> Self {
        Self { kind: Kind::Measured, ..Self::new(line) }
    }

    /// Makes a report of what a model checker has shown in this run, and this machine has not: the
    /// screen says so in place of "breaks".
    pub fn by_model_checker(line: impl Into<String>) -> Self {
        Self { kind: Kind::Modelled, ..Self::new(line) }
    }

    /// Adds a fact under a label; an empty label continues the fact above it.
    #[must_use]
    pub fn fact(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((label.into(), value.into()));
        self
    }
}

/// Reports, if what came out is what has to come out.
///
/// # Errors
/// Something else came out; both are named.
pub fn expect<T: PartialEq + Debug>(out: T, wanted: T, line: impl Into<String>) -> Shown {
    if out == wanted {
        Ok(Report::new(line))
    } else {
        Err(format!("{out:?} came out, not {wanted:?}"))
    }
}

const DEADLINE: Duration = Duration::from_secs(30);

/// Says how a form ends when it does what it promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// In a deadlock, in a child process.
    Deadlocks,
    /// In a failure that it lives to report.
    Breaks,
    /// Well.
    Holds,
}

/// Describes one approach to a lesson: a broken one or a mended one.
#[derive(Clone)]
pub struct Form {
    pub(crate) name: &'static str,
    pub(crate) promise: Promise,
    pub(crate) real: Arc<dyn Fn() -> Shown + Send + Sync>,
    pub(crate) model: Option<(&'static str, &'static str, Model)>,
    pub(crate) deadline: Duration,
    pub(crate) story: Option<&'static str>,
}

impl Form {
    fn new(
        name: &'static str,
        promise: Promise,
        real: impl Fn() -> Shown + Send + Sync + 'static,
    ) -> Self {
        Self { name, promise, real: Arc::new(real), model: None, deadline: DEADLINE, story: None }
    }

    /// Describes a form that never returns: it is run in a child process, watched, and ended.
    pub fn deadlocks<T: Debug>(
        name: &'static str,
        real: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        let real = move || Err(format!("it returned {:?}", real()));
        Self::new(name, Promise::Deadlocks, real)
    }

    /// Describes a form that breaks and says how.
    pub fn breaks(name: &'static str, real: impl Fn() -> Shown + Send + Sync + 'static) -> Self {
        Self::new(name, Promise::Breaks, real)
    }

    /// Describes a form that holds.
    pub fn holds(name: &'static str, real: impl Fn() -> Shown + Send + Sync + 'static) -> Self {
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

    /// Adds the same source compiled against the model checker, for `--explore`: of what `size`,
    /// and what a schedule in which it fails does ("deadlock", "lose an update").
    #[must_use]
    pub fn explored<T>(
        mut self,
        size: &'static str,
        fails: &'static str,
        model: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        self.model = Some((size, fails, explore::model(model)));
        self
    }

    /// As [`explored`](Self::explored), with every outcome counted; one that is not among `right`
    /// is a failure.
    #[must_use]
    pub fn explored_for<T: Debug + PartialEq + Send + Sync + 'static>(
        mut self,
        size: &'static str,
        fails: &'static str,
        right: impl Into<Vec<T>>,
        model: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        self.model = Some((size, fails, explore::outcomes(right.into(), model)));
        self
    }
}

/// Describes a lesson: where its source is, and its forms in the order in which they are shown.
#[derive(Clone)]
pub struct Lesson {
    pub(crate) source: &'static str,
    pub(crate) forms: Vec<Form>,
}

impl Lesson {
    /// Makes a lesson out of its forms; `source` is the file or folder to read.
    ///
    /// # Panics
    /// If two forms have the same name.
    pub fn new(source: &'static str, forms: impl IntoIterator<Item = Form>) -> Self {
        let forms: Vec<_> = forms.into_iter().collect();
        let names: HashSet<_> = forms.iter().map(|form| form.name).collect();
        assert_eq!(names.len(), forms.len(), "two forms of one name in {source}");
        Self { source, forms }
    }

    /// Tells whether some form of it can be explored.
    pub(crate) fn is_modelled(&self) -> bool {
        self.forms.iter().any(|form| form.model.is_some())
    }
}
