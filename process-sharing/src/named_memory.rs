//! Shared memory by name (`shm_open`), and a mapped file: for processes that are no relatives, and
//! so cannot inherit a descriptor.
//!
//! Any process of the same user that knows the name opens the same memory. Both stay until the name
//! is unlinked, the memory by name until the machine is rebooted at the latest. Processes that have
//! mapped the memory keep it after that, and it goes with the last. `MAP_SHARED` writes into the
//! memory; `MAP_PRIVATE` into a copy of the page (copy-on-write).
#![expect(unsafe_code, reason = "what the kernel maps is a raw pointer")]

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kit::child::Entry;
use rustix::fs::{Mode, ftruncate};
use rustix::shm;

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, number, words};
use crate::shared_memory::{MapMode, Mapping};

/// Opens the memory of a name, or makes it: eight bytes, all of them 0. A name for `shm_open` is a
/// slash and a word; any other is the path of a file.
fn open(name: &str, make: bool) -> io::Result<OwnedFd> {
    let memory = if name.rfind('/') == Some(0) {
        let how = shm::OFlags::RDWR;
        let make = if make { shm::OFlags::CREATE | shm::OFlags::EXCL } else { how };
        shm::open(name, how | make, Mode::RUSR | Mode::WUSR)?
    } else {
        File::options().read(true).write(true).create_new(make).open(name)?.into()
    };
    if make {
        ftruncate(&memory, size_of::<AtomicU64>() as u64)?;
        // Where there is no room for the bytes, this is told here; otherwise the first of the
        // processes that write to the memory is killed by SIGBUS.
        #[cfg(target_os = "linux")]
        rustix::io::pwrite(&memory, &[0; size_of::<AtomicU64>()], 0)?;
    }
    Ok(memory)
}

/// Two processes that have mapped the same memory.
struct Two {
    first: TalkingChild,
    second: TalkingChild,
    name: String,
    names: Names,
}

impl Two {
    /// Starts both; the second maps the memory in this mode.
    fn start(program: &Path, by_path: bool, mode: MapMode) -> io::Result<Self> {
        let names = Names::new(program)?;
        let name = if by_path { names.path("memory") } else { names.word() };
        // This process makes it: the names are removed at its end. A child that has not yet seen
        // that end could make the memory after that, and it would stay.
        open(&name, true)?;
        let first = start(program, "first", &name, MapMode::Shared)?;
        let second = start(program, "second", &name, mode)?;
        Ok(Self { first, second, name, names })
    }

    /// Lets the first process write 7, and the second one read it and write 8; returns what the
    /// second has read, and what the first reads then.
    fn exchange(&mut self) -> io::Result<[u64; 2]> {
        write(&mut self.first, 7)?;
        let read_by_second = read(&mut self.second)?;
        write(&mut self.second, 8)?;
        Ok([read_by_second, read(&mut self.first)?])
    }
}

fn start(program: &Path, lane: &str, name: &str, mode: MapMode) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &CHILD, lane, &[], &[name, mode.word()])?.after("mapped")
}

fn write(child: &mut TalkingChild, value: u64) -> io::Result<()> {
    let _runs = child.lane().runs(&format!("writes {value}"));
    child.send_line(value)?;
    child.expect_line("written")
}

fn read(child: &mut TalkingChild) -> io::Result<u64> {
    let _runs = child.lane().runs("reads");
    child.send_line("read")?;
    number(&child.recv_line()?)
}

/// Lets two processes exchange numbers in memory that both have opened by its name; returns what
/// the second reads after the first has written 7, and the first after the second has written 8.
pub fn by_name(program: &Path, mode: MapMode) -> io::Result<[u64; 2]> {
    Two::start(program, false, mode)?.exchange()
}

/// As [`by_name`], with a file that both have mapped; returns as well what the file holds when both
/// have exited.
pub fn mapped_file(program: &Path) -> io::Result<([u64; 2], u64)> {
    let mut two = Two::start(program, true, MapMode::Shared)?;
    let exchanged = two.exchange()?;
    for mut child in [two.first, two.second] {
        child.send_line("exit")?;
        child.succeeds()?;
    }
    let bytes = fs::read(two.names.path("memory"))?;
    let bytes = bytes.try_into().map_err(|_| io::ErrorKind::InvalidData)?;
    Ok((exchanged, u64::from_ne_bytes(bytes)))
}

/// Kills both processes when they have exchanged numbers and none has unlinked the name; returns
/// what a third one reads under it.
pub fn left_behind(program: &Path) -> io::Result<u64> {
    let mut two = Two::start(program, false, MapMode::Shared)?;
    two.exchange()?;
    two.first.kill()?;
    two.second.kill()?;
    read(&mut start(program, "third", &two.name, MapMode::Shared)?)
}

/// Unlinks the name while both processes have the memory mapped, and lets them exchange numbers;
/// returns those, and whether the name can still be opened.
pub fn unlinked(program: &Path) -> io::Result<([u64; 2], bool)> {
    let mut two = Two::start(program, false, MapMode::Shared)?;
    shm::unlink(two.name.as_str())?;
    let opens = match open(&two.name, false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        opened => opened.map(|_| true)?,
    };
    Ok((two.exchange()?, opens))
}

/// The child: opens the memory of a name, and writes and reads as it is told.
pub const CHILD: Entry = Entry { name: "named-memory", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [name, mode] = words(arguments)?;
    let parent = Parent::listen()?;
    let memory = Mapping::of_a_file(open(name, false)?, mode.parse()?)?;
    // SAFETY: a page is mapped, so the address is aligned; the 8 bytes at its beginning exist, for
    // the process that makes the memory starts this one when they do, and stay mapped as long as
    // `memory`. Any bytes are a number. The other processes are this program, for the name
    // belongs to one run and no other user may open it: they reach it as an atomic, and make the
    // memory no smaller.
    let value: &AtomicU64 = unsafe { memory.address().cast().as_ref() };
    parent.send_line("mapped")?;
    loop {
        match parent.recv_line()?.as_str() {
            "exit" => return Ok(()),
            "read" => parent.send_line(value.load(Relaxed))?,
            written => {
                value.store(number(written)?, Relaxed);
                parent.send_line("written")?;
            }
        }
    }
}
