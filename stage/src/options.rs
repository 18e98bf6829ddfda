//! The options that all topics share.

use std::path::PathBuf;

/// The options that all topics share.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Runs the lesson under every schedule instead of for real
    #[arg(long, global = true)]
    pub(crate) explore: bool,

    /// Plays this form of the lesson alone, with its lanes
    #[arg(long, global = true, value_name = "NAME", visible_alias = "strategy")]
    pub(crate) form: Option<String>,

    /// With --explore: tries so many schedules depth first before it samples the rest; 20000 if not given
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) schedules: Option<u32>,

    /// With --explore: draws the sample from this seed; 1 if not given
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,

    /// Runs one schedule again, as --explore printed it
    #[arg(long, global = true, value_name = "STEPS")]
    pub(crate) schedule: Option<String>,

    /// Writes what is recorded of the run to FILE, for <https://ui.perfetto.dev> or `chrome://tracing`; standard output has the screen
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,

    /// Draws so many columns (40 to 160; the terminal's width if not given, 80 in a pipe)
    #[arg(long, global = true, value_name = "COLUMNS", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(40..=160))]
    pub(crate) width: Option<u16>,

    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
}
