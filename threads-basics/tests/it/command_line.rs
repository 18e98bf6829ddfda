//! The command line: a wrong request gets one clear line and exit status 2, a right one its effect.

use std::process::Output;

fn threads_basics(line: &str) -> Output {
    checks::run(env!("CARGO_BIN_EXE_threads-basics"), &line.split(' ').collect::<Vec<_>>())
}

#[test]
fn a_wrong_request_is_refused_in_one_line_that_says_what_is_right() {
    for (line, wanted) in [
        ("spwan", "spawn"),
        ("spawn --variant wishful", "started, called"),
        ("scope --explore", "no model"),
        ("names --threads 1", "2..=100"),
        ("names --threads 101", "2..=100"),
        ("names --threads 1000000", "2..=100"),
        ("names --threads -3", "--threads"),
        ("names --threads ten", "--threads"),
        ("gil --interval 0", "1..=50"),
        ("gil --interval 51", "1..=50"),
        ("gil --interval 5.5", "it is no whole number"),
        ("versus-process --starts 0", "1..=1000"),
        ("versus-process --starts 1001", "1..=1000"),
        ("oversubscription --threads 0", "1..=512"),
        ("oversubscription --threads 513", "1..=512"),
        ("oversubscription --threads -1", "1..=512"),
        ("states --calls 1", "--calls"),
    ] {
        checks::refused(&threads_basics(line), wanted);
    }
}

#[test]
fn a_right_request_has_its_effect_up_to_the_limits_of_the_options() {
    for (line, wanted) in [
        ("worker --explore", "2 deadlock"),
        ("names --variant named --threads 100", "99-checkout-worker"),
        ("names --variant small-stack", "its whole process is ended, signal "),
        ("names --variant small-stack", "thread 'deep'"),
        ("gil --variant io-bound --interval 1", "all wait at once"),
        ("gil --variant io-bound --interval 50", "all wait at once"),
        ("versus-process --variant cost --starts 1", "the median of 1 start"),
        ("versus-process --variant thread --starts 1000", "the parent sees the change"),
        ("oversubscription --variant io-bound --threads 1", "1 thread "),
        ("oversubscription --variant io-bound --threads 512", "512 threads"),
    ] {
        let screen = checks::fits(&threads_basics(line), "80");
        assert!(screen.contains(wanted), "{line}: no {wanted:?} in {screen}");
    }
}

#[test]
fn the_tour_keeps_every_promise_fits_the_width_and_ends_with_what_to_do_next() {
    let screen = checks::the_narrow_tour(env!("CARGO_BIN_EXE_threads-basics"));
    for wanted in ["parent │ ", "t3 │ ", "Ada owes 59", "never came", "local 0", "one at a time"]
    {
        assert!(screen.contains(wanted), "{wanted}: {screen}");
    }
    let all = "\n15 of 15 lessons showed what they\npromise, in ";
    let next = "\n\n  questions and answers\n    threads-basics/README.md\n  \
                their names:  cargo run -p threads-basics -- --list\n  \
                ask yourself:  cargo run -p threads-basics -- quiz\n";
    assert!(screen.contains(all) && screen.ends_with(next), "{screen}");
}
