//! What a read costs when the config is there: each approach against `OnceLock`, closer than the
//! bench `singleton` can tell.
//!
//! A read takes a cycle or two. What a machine does beside it takes more, and so does a loop that
//! happens to lie across two lines of the cache: of two loops of the same instructions, one took
//! 1.3 times as long. So each contender is compiled eight times, with a static and a loop of its
//! own each; every copy is timed in every round, for 5 000 reads, and the order changes from round
//! to round, so that what comes and goes meets all of them. A run has 300 rounds; it takes the
//! median of each copy, and of the copies the one that lies best. Printed is the median of nine
//! runs, and the lowest and the highest. `OnceLock` is there three times, once by `get`: its other
//! lines say how much of a ratio is noise.
//!
//! A read is: to ask, to have the *reference*, which `black_box` takes out of the compiler's sight,
//! and to add up the number that it refers to. All is in the nearest cache. Where it is not, who
//! follows a pointer waits for two lines, and a contender with state and value side by side for
//! one.
//!
//! `reference (limit)` asks nobody: it is the loop, and a config that was built before it.

use std::hint::black_box;
use std::sync::{LazyLock, OnceLock};
use std::time::Instant;

use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use singleton::{Built, Config, Singleton};

static BUILT: Built = Built::new();

fn build() -> Config {
    Config::build(&BUILT)
}

const READS: usize = 5000;
const COPIES: usize = 8;
const ROUNDS: usize = 300;
const RUNS: usize = 9;

type Contender = (&'static str, [fn() -> usize; COPIES]);

/// Asks so often, and adds up what it is given.
#[inline(always)]
fn sum(one: impl Fn() -> &'static Config) -> usize {
    (0..READS).map(|_| black_box(one()).number()).sum()
}

/// Makes loops around an approach, each with a static of its own: were they alike, they would be
/// compiled to one.
macro_rules! reads {
    ($name:literal, $singleton:ty) => {
        reads!($name, {
            static CONFIG: $singleton = <$singleton>::new();
            sum(|| CONFIG.instance(build))
        })
    };
    ($name:literal, $read:block) => {
        ($name, reads!(copies $read, $read, $read, $read, $read, $read, $read, $read))
    };
    (copies $($read:block),*) => {
        [$({
            #[inline(never)]
            fn reads() -> usize {
                $read
            }
            reads
        }),*]
    };
}

/// Returns the middle one of some figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Times all copies of all contenders in `rounds` rounds; returns the ns a read of each contender's
/// best.
fn run<const N: usize>(contenders: &[Contender; N], rounds: usize) -> [f64; N] {
    let mut times = [const { [const { Vec::new() }; COPIES] }; N];
    let mut order: Vec<_> = (0..N * COPIES).map(|index| (index % N, index / N)).collect();
    for round in 0..rounds {
        order.rotate_left(1);
        if round % 7 == 0 {
            order.reverse();
        }
        for &(contender, copy) in &order {
            let start = Instant::now();
            black_box(contenders[contender].1[copy]());
            times[contender][copy].push(start.elapsed().as_secs_f64() * 1e9 / READS as f64);
        }
    }
    times.map(|copies| copies.map(median).into_iter().fold(f64::INFINITY, f64::min))
}

fn main() {
    let contenders: [Contender; 9] = [
        reads!("OnceLock", OnceLock<Config>),
        reads!("OnceLock, again", OnceLock<Config>),
        reads!("OnceLock::get", {
            static CONFIG: OnceLock<Config> = OnceLock::new();
            CONFIG.get_or_init(build);
            sum(|| CONFIG.get().expect("it was built"))
        }),
        reads!("LazyLock", {
            static CONFIG: LazyLock<Config> = LazyLock::new(build);
            sum(|| &*CONFIG)
        }),
        reads!("once cell (ours)", OnceCell<Config>),
        reads!("double check", DoubleChecked),
        reads!("compare-exchange", FirstWins),
        reads!("Once", WithOnce),
        reads!("reference (limit)", {
            static CONFIG: OnceLock<Config> = OnceLock::new();
            let config = CONFIG.get_or_init(build);
            sum(|| config)
        }),
    ];
    let given = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    // It has no ids: what it finds out is a table of its own.
    if bench::listing() {
        return;
    }
    // `cargo bench -- --test` asks whether it runs.
    let rounds = if given("--test") { 1 } else { ROUNDS };
    run(&contenders, rounds);
    let runs: [_; RUNS] = std::array::from_fn(|_| run(&contenders, rounds));
    println!("{:20} {:>8} {:>12} {:>16}", "", "ns", "of OnceLock", "in nine runs");
    for (index, (name, _)) in contenders.iter().enumerate() {
        let mut ratios = runs.map(|run| run[index] / run[0]);
        ratios.sort_by(f64::total_cmp);
        let time = median(runs.iter().map(|run| run[index]).collect());
        let [lowest, middle, highest] = [ratios[0], ratios[RUNS / 2], ratios[RUNS - 1]];
        println!("{name:20} {time:8.3} {middle:12.3} {lowest:8.3} to {highest:.3}");
    }
}
