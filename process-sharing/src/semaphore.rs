//! Five processes that go into a critical section, and how many are in it at once: without a
//! semaphore, and with a named one that has two permits.

use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::path::Path;

use kit::child::Entry;
use tracing::Span;

use crate::child::TalkingChild;
use crate::named_semaphore::{Semaphore, unlink};
use crate::names::Names;
use crate::parent::{Parent, inherited, words};

/// How many processes go in.
const CROWD: usize = 5;
/// How many may be in the critical section at once.
const PERMITS: u32 = 2;

/// How many processes were in the critical section, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// The greatest number at once.
    pub most: usize,
    /// The number of entries.
    pub came: usize,
}

/// Lets five processes go in without a semaphore. All of them stay in until the last has come.
pub fn free_for_all(program: &Path) -> io::Result<Crowd> {
    crowd(program, CROWD, "-")
}

/// Lets five processes go in, two at a time. A process stays in until as many are in as the
/// semaphore has permits: so all permits are taken while a process is left to take one.
pub fn limited(program: &Path) -> io::Result<Crowd> {
    let mut names = Names::new(program)?;
    let _semaphore = names.semaphore(PERMITS)?;
    crowd(program, PERMITS as usize, &names.word())
}

/// Starts the processes, and lets one leave whenever `full` of them are in, or all that are left.
fn crowd(program: &Path, full: usize, name: &str) -> io::Result<Crowd> {
    // One pipe for the reports of all: so they come in the order in which they were written.
    let (reports, report) = io::pipe()?;
    let mut children = Vec::new();
    for number in 0..CROWD {
        let lane = format!("p{number}");
        let arguments = [number.to_string()];
        let child = TalkingChild::start(program, &CHILD, lane, &[&report], &[&arguments[0], name])?;
        children.push(child.after("open")?);
    }
    drop(report);
    if name != "-" {
        // All have it open.
        unlink(name)?;
    }
    for child in &mut children {
        child.send_line("go in")?;
    }
    let crowd = watch(reports, &mut children, full)?;
    children.into_iter().try_for_each(TalkingChild::succeeds)?;
    Ok(crowd)
}

fn watch(reports: PipeReader, children: &mut [TalkingChild], full: usize) -> io::Result<Crowd> {
    let mut crowd = Crowd { most: 0, came: 0 };
    let waits = |child: &TalkingChild| child.lane().waits("a place inside", None);
    let mut waits: Vec<Option<Span>> = children.iter().map(|child| Some(waits(child))).collect();
    let mut inside: Vec<(usize, Span)> = Vec::new();
    let mut left = 0;
    // The pipe ends when all of them have exited.
    for line in BufReader::new(reports).lines() {
        let line = line?;
        let (number, what) = line.split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
        let number: usize = number.parse().map_err(io::Error::other)?;
        let child = children.get(number).ok_or(io::ErrorKind::InvalidData)?;
        if what == "in" {
            waits[number] = None;
            inside.push((number, child.lane().holds("a place inside")));
            crowd.came += 1;
            crowd.most = crowd.most.max(inside.len());
        } else {
            inside.retain(|(one, _)| *one != number);
            left += 1;
        }
        // One leaves at a time, and only when all places are taken: the next report is that of the
        // next process that goes in, or of this one's exit.
        let waiting = CROWD - left - inside.len();
        if let Some((first, _)) = inside.first().filter(|_| inside.len() >= full || waiting == 0) {
            children[*first].send_line("go out")?;
        }
    }
    Ok(crowd)
}

/// Kills a process that holds the only permit, and tells whether another one gets it then.
pub fn killed_inside(program: &Path) -> io::Result<bool> {
    let mut names = Names::new(program)?;
    let semaphore = names.semaphore(1)?;
    let (reports, report) = io::pipe()?;
    let name = names.word();
    let mut killed = TalkingChild::start(program, &CHILD, "killed", &[&report], &["0", &name])?;
    drop(report);
    killed.expect_line("open")?;
    unlink(&name)?;
    killed.send_line("go in")?;
    BufReader::new(reports).read_line(&mut String::new())?;
    let holds = killed.lane().holds("the permit");
    killed.kill()?;
    drop(holds);
    semaphore.try_wait()
}

/// The child: one of the processes, which is given its number, and the semaphore's name or `-`.
pub const CHILD: Entry = Entry { name: "semaphore", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [report, number, name] = words(arguments)?;
    let (mut report, parent) = (io::PipeWriter::from(inherited(report)?), Parent::listen()?);
    let semaphore = (name != "-").then(|| Semaphore::open(name)).transpose()?;
    parent.send_line("open")?;
    parent.recv_line()?;
    semaphore.as_ref().map_or(Ok(()), Semaphore::wait)?;
    // In one write each: a write of a line into a pipe with several writers is atomic.
    report.write_all(format!("{number} in\n").as_bytes())?;
    parent.recv_line()?;
    // Before the post: the process that gets the permit reports after this.
    report.write_all(format!("{number} out\n").as_bytes())?;
    semaphore.as_ref().map_or(Ok(()), Semaphore::post)
}
