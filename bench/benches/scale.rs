//! How far each approach scales: with more and more threads, and with more and more that wait.
//!
//! `cargo bench --bench scale -- --threads 1,2,4,all` measures with the numbers of threads that are
//! asked for (`all`: the cores that this machine has; `1,...,all` doubles in between), draws a
//! curve for each contender, and keeps it: `cargo run -p bench -- scale` draws it again, and with
//! `--svg DIR` as a picture. Without `--threads` it takes the numbers up to all cores, and then
//! twice as many threads as cores. `-- locks` measures the curves of that name alone.
//!
//! | curve | what is counted | by the number of |
//! | --- | --- | --- |
//! | `scale/locks/short` | lock, add 1, unlock, and nothing else to do | threads |
//! | `scale/locks/25-100` | the same with 25 ns of work inside, 100 outside (calibrated) | threads |
//! | `scale/counters` | updates of a counter, as in the lesson `lost-update` | threads |
//! | `scale/pools/empty` | tasks that do nothing, submitted by one thread | workers |
//! | `scale/pools/20us` | tasks that compute for 20 µs, likewise | workers |
//! | `scale/channels` | messages, a word each, room for 1024, to one receiver | senders |
//! | `scale/idle/time` | what it takes to start one that waits for ever, until it waits | tasks |
//! | `scale/idle/memory` | what one takes meanwhile | tasks |
//!
//! A round is short, and the contenders take turns, in the other order each time: what the machine
//! does beside meets all of them. A point is the median of the rounds; half of them lie as close to
//! it as its spread says. Threads that contend are pinned to the cores, one after the other, on
//! Linux; those of pools and channels are not. Each contender's sum is checked in each round.
//!
//! What it can show is bounded by the cores that there are. Up to their number, a curve shows
//! whether more threads do more at once; beyond it, how an approach bears that a thread which holds
//! a lock, or has the next turn, is preempted. That is no picture of a machine with more cores.
//!
//! A task's memory is what it has asked of the allocator. A thread's is by how much the process has
//! grown, without what the kernel keeps for it; of few threads, that is too little to be seen.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use bench::curve::{Contender, Curve, Point, Unit, panel, picture};
use bench::threads;
use clap::{CommandFactory, Parser};
use coroutines::cost::Counting;
use stage::Terminal;

#[path = "scale/channels.rs"]
mod channels;
#[path = "scale/contend.rs"]
mod contend;
#[path = "scale/counters.rs"]
mod counters;
#[path = "scale/idle.rs"]
mod idle;
#[path = "scale/locks.rs"]
mod locks;
#[path = "scale/pools.rs"]
mod pools;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Measures how far each approach scales, and draws the curves.
#[derive(Parser)]
#[command(name = "scale")]
struct Cli {
    /// The curves whose names hold this; all of them if none is given
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Numbers of threads, as in 1,2,4,all or 1,...,all
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    threads: Option<String>,

    /// Writes a picture of each curve into this folder as well
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,

    /// Runs each contender once, and measures nothing; so does cargo test
    #[arg(long)]
    test: bool,

    /// Lists the curves
    #[arg(long)]
    list: bool,

    /// Cargo says so to a bench
    #[arg(long, hide = true)]
    bench: bool,

    #[command(flatten)]
    color: colorchoice_clap::Color,
}

/// What measures one contender at one place: it returns a value, or why there is none.
type Round<'a> = Box<dyn FnMut(u64) -> Result<f64, String> + 'a>;

/// What is measured, and how long.
struct Plan {
    names: Vec<String>,
    threads: Vec<u64>,
    test: bool,
}

impl Plan {
    /// Measures a curve, if it was asked for.
    fn curve(
        &self,
        curves: &mut Vec<Curve>,
        (name, what, of, unit): (&str, &str, &str, Unit),
        at: &[u64],
        contenders: Vec<(&str, Round<'_>)>,
    ) {
        if !self.wants(name) {
            return;
        }
        let mut curve = Curve::new(name, what, of, unit, at.to_vec());
        let (names, mut measure): (Vec<_>, Vec<_>) = contenders.into_iter().unzip();
        curve.contenders = names
            .into_iter()
            .map(|name| Contender { name: name.into(), points: Vec::new() })
            .collect();
        for &at in at {
            let mut rounds = vec![Vec::new(); measure.len()];
            for round in 0..self.rounds(at) {
                let mut order: Vec<usize> = (0..measure.len()).collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for index in order {
                    match measure[index](at) {
                        Ok(value) => rounds[index].push(value),
                        Err(why) if round == 0 && !why.is_empty() => {
                            eprintln!("{name}, {at} {of}: {}: {why}", curve.contenders[index].name);
                        }
                        Err(_) => {}
                    }
                }
            }
            for (contender, rounds) in curve.contenders.iter_mut().zip(rounds) {
                contender.points.push(Point::of(rounds));
            }
        }
        curves.push(curve);
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| name.contains(wanted))
    }

    /// Returns the number of rounds; there are fewer where one takes long.
    fn rounds(&self, at: u64) -> usize {
        match at {
            _ if self.test => 1,
            at if at >= 10_000 => 3,
            _ => 9,
        }
    }
}

/// The names of all curves.
const NAMES: [&str; 8] = [
    locks::SHORT,
    locks::LONGER,
    counters::NAME,
    pools::EMPTY,
    pools::COMPUTING,
    channels::NAME,
    idle::TIME,
    idle::MEMORY,
];

fn main() -> ExitCode {
    let Err((code, told)) = run() else { return ExitCode::SUCCESS };
    // There is nowhere left to complain when this fails.
    let _ = writeln!(io::stderr(), "scale: {told}");
    ExitCode::from(code)
}

fn run() -> Result<(), (u8, String)> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => {
            return error.print().map_err(|error| (1, error.to_string()));
        }
        Err(error) => return Err((2, stage::refusal(&error, &Cli::command()))),
    };
    cli.color.write_global();
    // As criterion does, which Cargo tells in no other way that it is `cargo test`.
    let test = cli.test || !cli.bench;
    let cores = available_parallelism().map_or(1, usize::from);
    let threads = match &cli.threads {
        Some(list) => {
            threads::parse(list, cores).map_err(|told| (2, format!("--threads: {told}")))?
        }
        None if test => vec![1, 2],
        None => threads::usual(cores),
    };
    if let Some(folder) = cli.svg.as_ref().filter(|folder| !folder.is_dir()) {
        let told = format!("--svg: {} is not a folder; make it first", folder.display());
        return Err((2, told));
    }
    let threads = threads.into_iter().map(|number| number as u64).collect();
    let plan = Plan { names: cli.names, threads, test };
    let mut wanted = NAMES.iter().filter(|name| plan.wants(name)).peekable();
    if wanted.peek().is_none() {
        // Cargo hands a name to all benches: that it is none of this one is no mistake.
        eprintln!("scale: no curve has that in its name; there is {}", NAMES.join(", "));
        return Ok(());
    }
    let mut curves = Vec::new();
    let mut terminal = Terminal::new(cli.color.as_choice(), None);
    let output = |error: io::Error| (1, error.to_string());
    if cli.list {
        let mut listed = wanted.map(|name| terminal.text(&format!("{name}: benchmark")));
        return listed.try_for_each(|printed| printed.map_err(output));
    }
    for measure in [locks::curves, counters::curves, pools::curves, channels::curves, idle::curves]
    {
        let first = curves.len();
        measure(&plan, &mut curves);
        for curve in &curves[first..] {
            if test {
                terminal.text(&format!("{}: each contender once", curve.name)).map_err(output)?;
                continue;
            }
            terminal.gap();
            panel::draw(&mut terminal, curve).map_err(output)?;
            curve.keep().map_err(output)?;
        }
    }
    if let Some(folder) = &cli.svg {
        for file in picture::write(folder, &curves).map_err(output)? {
            terminal.text(&format!("wrote {}", file.display())).map_err(output)?;
        }
    }
    Ok(())
}
