//! The options that all topics share.

use std::path::PathBuf;

/// The number of questions of one sitting of the quiz.
pub(crate) const SITTING: usize = 5;

/// The options that all topics share.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Lists the lessons and their variants, each with its story, and whether it can be explored;
    /// runs none
    #[arg(long, global = true, conflicts_with_all = ["explore", "schedule", "trace"])]
    pub(crate) list: bool,

    /// Runs a lesson's model under a model checker instead of for real: every schedule, or where
    /// there are too many a bounded search and a sample
    #[arg(long, global = true)]
    pub(crate) explore: bool,

    /// Lets you choose each step of the lesson's model, with undo: make it fail
    #[arg(long, global = true, conflicts_with_all = ["list", "explore", "trace", "schedules", "seed", "source"])]
    pub(crate) play: bool,

    /// Writes the lesson as one HTML file, or with - to standard output: the lanes of a real run, and
    /// a player of its models' schedules, for any browser
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["list", "explore", "play", "trace", "schedule", "seed", "source"])]
    pub(crate) page: Option<PathBuf>,

    /// Prints the Python scripts that show the same as the lesson, and runs them where there is a
    /// Python
    #[arg(long, global = true, conflicts_with_all = ["list", "explore", "play", "page", "quiz", "variant", "trace", "schedule"])]
    pub(crate) python: bool,

    /// Asks five questions about the lesson's models: say first what will happen, then see
    #[arg(long, global = true)]
    pub(crate) quiz: bool,

    /// Weakens a line of the lesson's primitive, an ordering or a `while`, asks who will notice, and
    /// then runs all three: this machine, Shuttle and Loom
    #[arg(long, global = true, conflicts_with_all = ["list", "explore", "play", "page", "python", "quiz", "variant", "trace", "schedule", "schedules", "progress", "source"])]
    pub(crate) weaken: bool,

    /// With --quiz, quiz or --weaken: the answers, a letter from a to d for each question, instead
    /// of standard input
    #[arg(long, global = true, value_name = "LETTERS", value_delimiter = ',', value_parser = letter)]
    pub(crate) answer: Vec<char>,

    /// With --quiz or quiz: keeps in FILE what was answered right, and asks that again last
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) progress: Option<PathBuf>,

    /// Runs this variant of the lesson alone, with its lanes
    #[arg(long, global = true, value_name = "NAME", aliases = ["form", "strategy"])]
    pub(crate) variant: Option<String>,

    /// With --explore: the number of schedules that are tried depth first before the rest is
    /// sampled; with --page: the number of positions of a variant that the page holds at the most.
    /// 1 to 10000000; 20000 if not given
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) schedules: Option<u32>,

    /// With --explore or a quiz: the seed, a whole number, that the sample or the questions are
    /// drawn from; 1 if not given
    #[arg(long, global = true, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Runs one schedule again, as --explore printed it
    #[arg(long, global = true, value_name = "STEPS")]
    pub(crate) schedule: Option<String>,

    /// With --explore or --schedule: shows the line of the source below each step
    #[arg(long, global = true)]
    pub(crate) source: bool,

    /// Writes what is recorded of the run to FILE, for <https://ui.perfetto.dev> or
    /// `chrome://tracing`; standard output has the screen
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,

    /// The width of the screen in columns, 40 to 160; the terminal's width if not given, 80 in a
    /// pipe
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=160))]
    pub(crate) width: Option<u16>,

    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
}

/// Reads the letter of a choice.
fn letter(text: &str) -> Result<char, &'static str> {
    match text.to_lowercase().as_str() {
        "a" => Ok('a'),
        "b" => Ok('b'),
        "c" => Ok('c'),
        "d" => Ok('d'),
        _ => Err("an answer is a letter from a to d, and a comma stands between two"),
    }
}
