//! The command line of the ranking.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use bench::aims::{Aim, Aims};
use bench::ranking::{Ranking, rank};
use bench::results::{self, Results, topic};
use bench::run::{self, Run};
use clap::Parser;
use stage::{Style, Terminal};

mod check;
mod curves;
mod help;
mod markdown;
mod picture;
mod show;
mod turns;
mod workloads;

/// Ranks what `cargo bench` has timed.
///
/// Reads criterion's own results: for each workload the contenders, the fastest first, with the
/// median time, how close to it half of the samples lie, the ratio to the best, and how many times
/// as long Python's best takes. Results of different commits or machines are never compared. A
/// contender marked (limit) or (wrong) is no choice, and has no ratio.
///
/// With --check, it measures for itself: the contenders of the topics' aims take turns.
#[derive(Parser)]
#[command(name = "bench", version)]
struct Cli {
    /// Shows these only: a bench (`locks`), a workload (`locks/contended/short`) or a topic
    /// (`thread-safety`); all of them if none is given
    #[arg(value_name = "WHAT")]
    what: Vec<String>,

    /// Builds the benches, has the contenders of each aim take turns in short rounds, and compares
    /// the ratios with what the topics aimed at; exit code 1 if an aim is missed, 3 if none is and
    /// some are not measured
    #[arg(long, conflicts_with_all = ["markdown", "svg"])]
    check: bool,

    /// The time in seconds that the rounds of --check may take; fewer rounds are run where it is
    /// short; 600 if not given
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    limit: Option<u32>,

    /// Prints tables for a README: a bench's workloads side by side, or one workload with all that
    /// is known of it
    #[arg(long)]
    markdown: bool,

    /// Writes a picture of each workload into this folder
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,

    /// The width of the screen in columns, 40 to 160; the terminal's width if not given, 80 in a
    /// pipe
    #[arg(long, value_name = "COLUMNS", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(40..=160))]
    width: Option<u16>,

    #[command(flatten)]
    color: colorchoice_clap::Color,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The request was wrong: it says what would be right.
    #[error("{0}")]
    Request(String),
    /// There is nothing to show yet: it says what would change that.
    #[error("{0}")]
    NothingYet(String),
    /// A signal asked for the end.
    #[error("interrupted")]
    Interrupted,
    /// Something could not be written.
    #[error("{0}")]
    Output(#[from] io::Error),
}

/// The exit code of a request that is answered in part or not at all, since what it asks for has
/// not been measured.
const NOT_MEASURED: u8 = 3;

fn main() -> ExitCode {
    let (code, said) = match run() {
        Ok(code) => return ExitCode::from(code),
        // The reader has seen enough.
        Err(Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            return ExitCode::SUCCESS;
        }
        // As a shell has it for a program that a signal ended.
        Err(Error::Interrupted) => return ExitCode::from(130),
        Err(error @ Error::Request(_)) => (2, error.to_string()),
        Err(error @ Error::NothingYet(_)) => (NOT_MEASURED, error.to_string()),
        Err(error @ Error::Output(_)) => (1, error.to_string()),
    };
    // There is nowhere left to complain when this fails.
    let _ = writeln!(io::stderr(), "bench: {said}");
    ExitCode::from(code)
}

/// Does what is asked; returns the exit code.
fn run() -> Result<u8, Error> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return help::answer(&error),
    };
    cli.color.write_global();
    let mut terminal = Terminal::new(cli.color.as_choice(), cli.width.map(usize::from));
    if let Some(folder) = cli.svg.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(Error::Request(format!(
            "--svg: {} is not a folder; make it first",
            folder.display()
        )));
    }
    if cli.what.iter().any(|what| topic(what) == "scale") {
        return curves::show(&mut terminal, &cli);
    }
    if cli.limit.is_some() && !cli.check {
        return Err(Error::Request("--limit is for the rounds of --check".into()));
    }
    if cli.check {
        let aims = wanted_aims(&cli.what)?;
        show::sources(&mut terminal, Some(&Run::now()))?;
        let told = turns::take(&aims.aim, Duration::from_secs(cli.limit.unwrap_or(600).into()))?;
        return Ok(check::check(&mut terminal, &aims, told)?);
    }
    let results = results::read(&run::home());
    for unreadable in &results.unreadable {
        terminal.wrap("left out ", Style::Bad, unreadable)?;
    }
    let (rankings, missing) = wanted(&cli.what, &results)?;
    if cli.markdown {
        markdown::tables(&mut terminal, &rankings)?;
    }
    if let Some(folder) = &cli.svg {
        for file in picture::write(folder, &rankings)? {
            terminal.text(&format!("wrote {}", file.display()))?;
        }
    }
    if !cli.markdown && cli.svg.is_none() {
        show::rankings(&mut terminal, &rankings)?;
        for told in &missing {
            terminal.gap();
            terminal.wrap("not measured: ", Style::Bad, told)?;
        }
    }
    Ok(if missing.is_empty() { 0 } else { NOT_MEASURED })
}

/// Returns the aims that were asked for: by a topic, a bench, a workload or a contender.
fn wanted_aims(asked: &[String]) -> Result<Aims, Error> {
    let mut aims = Aims::all().map_err(Error::Request)?;
    let names = |aim: &Aim| [aim.topic.clone(), aim.of.clone(), aim.to.clone()];
    for what in asked {
        let mut known = aims.aim.iter().flat_map(names);
        if !known.any(|name| is_below(&name, what)) {
            return Err(unknown_of(what, "topic or aim", &ALL_TOPICS.into()));
        }
    }
    aims.aim.retain(|aim| chosen(asked, &names(aim).each_ref().map(String::as_str)));
    aims.tested.retain(|tested| chosen(asked, &[&tested.topic]));
    Ok(aims)
}

/// The topics, each of which has aims.
const ALL_TOPICS: [&str; 10] = [
    "threads-basics",
    "thread-safety",
    "locks",
    "deadlock",
    "thread-pool",
    "singleton",
    "processes",
    "process-sharing",
    "process-pool",
    "coroutines",
];

/// The topics whose benches have other names.
const TOPICS: [(&str, &[&str]); 7] = [
    ("coroutines", &["coroutines", "sockets"]),
    ("process-pool", &["process_pools"]),
    ("process-sharing", &["ipc"]),
    ("processes", &["start_methods", "spawn/a-process"]),
    ("thread-pool", &["pools"]),
    ("thread-safety", &["counter"]),
    ("threads-basics", &["spawn/start-and-join", "gil"]),
];

/// Ranks what was asked for, and says what of it has no result.
fn wanted(asked: &[String], results: &Results) -> Result<(Vec<Ranking>, Vec<String>), Error> {
    let mut what: Vec<String> = Vec::new();
    for asked in asked {
        match TOPICS.iter().find(|(topic, _)| topic == asked) {
            Some((_, benches)) => what.extend(benches.iter().map(ToString::to_string)),
            None => what.push(asked.clone()),
        }
    }
    let mut rankings = rank(&results.timed);
    let mut missing = Vec::new();
    for what in &what {
        if rankings.iter().any(|ranking| is_below(&ranking.workload, what)) {
            continue;
        }
        let (benches, bench) = (benches(), topic(what));
        if let Some(wrong) = is_contender(what, &rankings) {
            return Err(Error::Request(wrong));
        }
        if !benches.iter().any(|known| known == bench) {
            return Err(unknown_of(what, "bench", &benches.iter().map(String::as_str).collect()));
        }
        let measured = rankings.iter().map(|ranking| ranking.workload.as_str());
        let mut there: BTreeSet<&str> = measured.collect();
        workloads::names().for_each(|name| _ = there.insert(name));
        there.retain(|name| is_below(name, bench));
        let is_known = |name: &&str| is_below(name, what) || is_below(what, name);
        if what != bench && !there.iter().any(is_known) {
            return Err(unknown_of(what, "workload", &there));
        }
        missing.push(if bench == "singleton_reads" {
            "singleton_reads is not ranked: cargo bench --bench singleton_reads prints its own \
             table"
                .into()
        } else {
            format!("there is no result of {what} yet: run cargo bench --bench {bench}")
        });
    }
    rankings.retain(|ranking| chosen(&what, &[&ranking.workload]));
    if rankings.is_empty() {
        let told = "there is no result yet: run cargo bench, or one of it, as in \
                    cargo bench --bench locks";
        return Err(Error::NothingYet(if missing.is_empty() {
            told.into()
        } else {
            missing.join("; ")
        }));
    }
    Ok((rankings, missing))
}

/// Returns the line for a request that is the name of a contender, alone or behind that of its
/// workload, if it is one.
fn is_contender(what: &str, rankings: &[Ranking]) -> Option<String> {
    let has = |ranking: &&Ranking, name: &str| {
        ranking.places.iter().any(|place| place.timed.contender == name)
    };
    let of = |ranking: &&Ranking| {
        let name = what.strip_prefix(&ranking.workload).and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| has(ranking, name)) || has(ranking, what)
    };
    let workloads: Vec<_> =
        rankings.iter().filter(of).map(|ranking| ranking.workload.as_str()).collect();
    let (first, more) = workloads.split_first()?;
    let more = if more.is_empty() { String::new() } else { format!(" and of {} more", more.len()) };
    Some(format!(
        "{what} is a contender of {first}{more}: name the workload, and all its contenders are \
         ranked"
    ))
}

/// Returns the names of the benches, as this package has them: those whose `main` is their own, for
/// what the test harness runs times nothing.
fn benches() -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Package {
        bench: Vec<Bench>,
    }
    #[derive(serde::Deserialize)]
    struct Bench {
        name: String,
        harness: Option<bool>,
    }
    let package: Package =
        toml_edit::de::from_str(include_str!("../Cargo.toml")).expect("Cargo has read it too");
    let benches = package.bench.into_iter().filter(|bench| bench.harness == Some(false));
    benches.map(|bench| bench.name).collect()
}

fn unknown_of(what: &str, kind: &str, there: &BTreeSet<&str>) -> Error {
    let there: Vec<_> = there.iter().copied().collect();
    Error::Request(format!("there is no {kind} of the name {what}; there is {}", there.join(", ")))
}

/// Tells whether one of these names is among what was asked for, or lies below it.
fn chosen(what: &[String], names: &[&str]) -> bool {
    what.is_empty() || what.iter().any(|what| names.iter().any(|name| is_below(name, what)))
}

fn is_below(name: &str, what: &str) -> bool {
    let rest = name.strip_prefix(what.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
