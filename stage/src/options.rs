//! The options that all topics share.

use std::path::PathBuf;

/// The number of questions of one sitting of the quiz.
pub(crate) const SITTING: usize = 5;

/// The options that all topics share, with a line of help each: a help is read on one screen.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Lists each variant with its story; runs none
    #[arg(long, global = true, conflicts_with_all = ["explore", "schedule", "trace"])]
    pub(crate) list: bool,

    /// Runs this variant alone, with its lanes
    #[arg(long, global = true, value_name = "NAME", aliases = ["form", "strategy"])]
    pub(crate) variant: Option<String>,

    /// Runs all schedules of the models, or a bounded part
    #[arg(long, global = true)]
    pub(crate) explore: bool,

    /// Bounds the search, or the positions that a page has of a variant, 1 to 10000000; 20000 if
    /// not given
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) schedules: Option<u32>,

    /// Seeds the draw of a sample, or of questions: 1, 2, …
    #[arg(long, global = true, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Runs one schedule again, as --explore printed it
    #[arg(long, global = true, value_name = "STEPS")]
    pub(crate) schedule: Option<String>,

    /// With --explore, --schedule: the source of each step
    #[arg(long, global = true)]
    pub(crate) source: bool,

    /// Lets you choose each step, with undo: make it fail
    #[arg(long, global = true, conflicts_with_all = ["list", "explore", "trace", "schedules", "seed", "source"])]
    pub(crate) play: bool,

    /// Writes its lanes and a player as HTML; - prints it
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["list", "explore", "play", "trace", "schedule", "seed", "source"])]
    pub(crate) page: Option<PathBuf>,

    /// Asks five questions about the models
    #[arg(long, global = true)]
    pub(crate) quiz: bool,

    /// Weakens a line, and asks who is the first to notice
    #[arg(long, global = true, conflicts_with_all = ["list", "explore", "play", "page", "python", "quiz", "variant", "trace", "schedule", "schedules", "progress", "source"])]
    pub(crate) weaken: bool,

    /// Answers the questions: a letter a to d each, as a,c
    #[arg(long, global = true, value_name = "LETTERS", value_delimiter = ',', value_parser = letter)]
    pub(crate) answer: Vec<char>,

    /// Keeps which answers were right, for the next quiz
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) progress: Option<PathBuf>,

    /// Prints the same in Python, and runs it
    #[arg(long, global = true, conflicts_with_all = ["list", "explore", "play", "page", "quiz", "variant", "trace", "schedule"])]
    pub(crate) python: bool,

    /// Writes what is recorded, for <https://ui.perfetto.dev>
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,

    /// The width of the screen in columns, 40 to 160
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
