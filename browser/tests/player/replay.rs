//! At the end of a schedule, the page shows what the terminal says, by the same words.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::page::{LESSONS, Page};

/// The most schedules of a variant that are looked at.
const MOST: usize = 50;

/// A schedule from the beginning of a model to an end.
#[derive(Debug, Default)]
struct Walk {
    /// What `--schedule` takes.
    schedule: String,
    /// The number of each move in `--play`.
    numbers: Vec<usize>,
    /// Whether it finishes, and what it comes to.
    end: (bool, String),
}

/// Returns the parts of a position: its threads, its moves and its end.
fn position(variant: &Value, node: usize) -> (&[Value], &[Value], &Value) {
    let node = &variant["nodes"][node];
    let list = |part: &Value, index: usize| part[index].as_array().is_some();
    assert!(list(node, 0) && list(node, 1), "a position is its threads, its moves and its end");
    let array = |index: usize| node[index].as_array().map(Vec::as_slice).unwrap_or_default();
    (array(0), array(1), &node[2])
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("a small one")
}

/// Walks from the beginning to an end, by the move that is chosen at each position; `None` where
/// the page does not go as far.
fn walk(variant: &Value, mut choose: impl FnMut(usize) -> usize) -> Option<Walk> {
    let schedule = variant["begin"].as_str().expect("it has a beginning").to_owned();
    let mut walked = Walk { schedule, ..Walk::default() };
    let mut at = 0;
    loop {
        let (threads, moves, end) = position(variant, at);
        if !end.is_null() {
            walked.end = (end[0] == 1, end[1].as_str().unwrap_or_default().to_owned());
            return Some(walked);
        }
        if moves.is_empty() {
            return None;
        }
        let chosen = &moves[choose(moves.len())];
        let thread = number(&chosen[0]);
        let can_move = |index: &usize| variant["states"][number(&threads[*index])][3] == 1;
        walked.numbers.push(1 + (0..thread).filter(can_move).count());
        walked.schedule += chosen[1].as_str().expect("choices");
        at = number(&chosen[2]);
    }
}

/// Returns every schedule to an end; `None` if they are more than `MOST`.
fn all(variant: &Value) -> Option<Vec<Walk>> {
    let (mut found, mut beginnings) = (Vec::new(), vec![Vec::new()]);
    while let Some(beginning) = beginnings.pop() {
        let (mut made, mut counts) = (beginning.iter().copied(), Vec::new());
        let walked = walk(variant, |count| {
            counts.push(count);
            made.next().unwrap_or(0)
        });
        // The others are the same up to one of the moves that were added, and differ there.
        for (index, &count) in counts.iter().enumerate().skip(beginning.len()) {
            for other in 1..count {
                let mut next = beginning.clone();
                next.resize(index, 0);
                next.push(other);
                beginnings.push(next);
            }
        }
        found.extend(walked);
        if found.len() > MOST {
            return None;
        }
    }
    Some(found)
}

/// Returns schedules that are chosen by a generator with a fixed seed (a linear congruential one).
fn some(variant: &Value) -> Vec<Walk> {
    let mut state = 17_u64;
    let mut choose = |count: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % count
    };
    (0..20 * MOST).filter_map(|_| walk(variant, &mut choose)).take(MOST).collect()
}

/// Returns what `--play` shows at each position of the walks, one after the other, with all moves at
/// the end of each, before they are undone.
fn played(page: &Page, variant: &str, walks: &[Walk]) -> Vec<String> {
    let mut typed = String::new();
    for walk in walks {
        walk.numbers.iter().for_each(|number| typed += &format!("{number}\n"));
        typed += "s\n";
        typed += &"u\n".repeat(walk.numbers.len());
    }
    let mut playing = Command::new(&page.binary)
        .args([page.lesson, "--variant", variant, "--play", "--width", "160"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary was built");
    let mut input = playing.stdin.take().expect("it was asked for");
    let typing = std::thread::spawn(move || input.write_all(typed.as_bytes()));
    let output = playing.wait_with_output().expect("it ends");
    typing.join().expect("it does not panic").expect("all of it is read");
    assert!(output.status.success(), "{variant}");
    let screen = String::from_utf8(output.stdout).expect("it is text");
    screen.split("q: quit > ").map(str::to_owned).collect()
}

/// Finds the move of that number in what `--play` shows of a position.
fn offered(screen: &str, wanted: usize) -> &str {
    let head = format!("\n  {wanted:>3}  ");
    let (_, rest) = screen.split_once(&head).unwrap_or_else(|| panic!("no {wanted} in {screen}"));
    rest.lines().next().unwrap_or_default().trim_end()
}

/// Returns the moves that `--play` shows, as the page's table has them: who, what, and where.
fn told(screen: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for line in screen.lines() {
        let number = line.get(..7).and_then(|number| number.trim().parse::<usize>().ok());
        if number.is_some() {
            let (lane, did) = line[9..].split_once("  ").expect("a lane, and what it did");
            steps.push(format!("{lane} {}", did.trim()));
        } else if let Some((at, _)) =
            line.strip_prefix("         ").and_then(|at| at.split_once("  "))
            && let Some(last) = steps.last_mut().filter(|_| !at.starts_with(' '))
        {
            *last = format!("{last}  {at}");
        }
    }
    steps
}

fn last_line(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

fn agrees(lesson: (&str, &'static str)) {
    let page = Page::of(lesson);
    let mut looked_at = 0;
    for variant in page.variants() {
        let name = variant["name"].as_str().expect("it has a name");
        let walks = all(variant).unwrap_or_else(|| some(variant));
        assert!(!walks.is_empty(), "{name}: a schedule ends");
        let screens = played(&page, name, &walks);
        let mut next = 0;
        for walk in &walks {
            let Walk { schedule, numbers, end } = walk;
            page.open(&format!("{name}/{schedule}"));
            let shown = page.shown();
            // `--play` offers each move under its number.
            for (&number, screen) in numbers.iter().zip(&screens[next..]) {
                offered(screen, number);
            }
            next += numbers.len();
            let end_shown = format!("  {}\n", shown.end);
            let screen = &screens[next];
            assert!(screen.contains(&end_shown), "{name} {schedule}: {end_shown} in {screen}");
            assert_eq!(shown.steps, told(&screens[next + 1]), "{name} {schedule}");
            next += numbers.len() + 1;
            // The address is a schedule that `--schedule` takes, and it ends there in the same way.
            let replayed = Command::new(&page.binary)
                .args([page.lesson, "--variant", name, "--schedule", schedule, "--width", "160"])
                .output()
                .expect("the binary was built");
            let said = last_line(&replayed.stdout);
            let wanted = match end {
                (true, out) if out.is_empty() => "all finished".to_owned(),
                (true, out) => format!("all finished: {out}"),
                (false, why) if why.starts_with("nobody can move") => "nobody can move".to_owned(),
                (false, why) => why.clone(),
            };
            assert_eq!(said, wanted, "{name} {schedule}");
            looked_at += 1;
        }
        page.is_quiet();
    }
    println!("{}: {looked_at} schedules", page.lesson);
}

#[test]
fn the_page_of_lock_order_shows_what_play_and_replay_say() {
    agrees(LESSONS[0]);
}

#[test]
fn the_page_of_lost_update_shows_what_play_and_replay_say() {
    agrees(LESSONS[1]);
}

#[test]
fn the_page_of_semaphore_shows_what_play_and_replay_say() {
    agrees(LESSONS[2]);
}

#[test]
fn the_page_of_your_turn_shows_what_play_and_replay_say() {
    agrees(LESSONS[3]);
}
